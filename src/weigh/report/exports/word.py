"""An answer as a Word document: headings, tables and figures with their alternative text."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from weigh.errors import MissingExtraError
from weigh.evidence.answer import Answer
from weigh.report.body import Body, render_body
from weigh.report.drawings import credit
from weigh.report.exports.archive import zipped
from weigh.report.exports.word_paper import Paper
from weigh.report.exports.word_sections import (
    write_answer,
    write_closing,
    write_doses,
    write_findings,
    write_forms,
    write_mechanisms,
    write_open,
    write_risks,
    write_times,
)
from weigh.report.exports.word_trials import write_trials

__all__ = ["docx"]

#: Of a document's properties, as Word has it.
_LONGEST = 255
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)


def docx(answer: Answer) -> bytes:
    """The answer as a Word document.

    Raises
    ------
    MissingExtraError
        Without ``weigh[docx]``.
    """
    try:
        import docx as library
        from docx.shared import Cm, Pt
    except ImportError as error:
        raise MissingExtraError("Writing Word documents", "docx") from error
    body = render_body(answer)
    document = library.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    document.styles["Normal"].font.size = Pt(10.5)
    foot = section.footer.paragraphs[0]
    foot.text = credit(answer)
    foot.runs[0].font.size = Pt(8)
    _write(Paper(document, Cm(17.0), body.shared["m"].cited), answer, body)
    properties = document.core_properties
    properties.title = answer.question.title[:_LONGEST]
    properties.subject = f"Certainty: {answer.verdict.certainty.words}"
    properties.comments = f"weigh {answer.version}, evidence folder {answer.fingerprint}"
    properties.author = "weigh"
    properties.language = "en"
    properties.created = properties.modified = _CREATED
    properties.last_modified_by = "weigh"
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


def _write(paper: Paper, answer: Answer, body: Body) -> None:
    """The sections in the order of the page; wide tables lie."""
    write_answer(paper, answer)
    write_trials(paper, answer, body)
    wide = body.shared["findings"] or answer.forms.rows
    if wide:
        paper.turn()
        write_findings(paper, answer, body)
        write_forms(paper, answer, body)
        paper.turn()
    write_doses(paper, answer.doses, body)
    write_times(paper, answer.times)
    write_mechanisms(paper, answer, body)
    write_risks(paper, answer)
    write_open(paper, answer)
    write_closing(paper, answer, body)


def _settled(data: bytes) -> bytes:
    """The same archive with every moment the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zipped({name: old.read(name) for name in old.namelist()}, sort=False)
