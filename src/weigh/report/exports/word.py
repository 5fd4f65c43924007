"""An answer as a Word document: headings, tables and figures with their alternative text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from weigh.errors import MissingExtraError
from weigh.evidence.answer import Answer
from weigh.evidence.statement import Statement
from weigh.report import references
from weigh.report.body import render_body
from weigh.report.drawings import Drawing
from weigh.report.exports.archive import zipped
from weigh.report.rows import Rows, effect_words
from weigh.report.wording import CERTAINTY_MEANS, GRADE_DOMAINS

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
    paper = library.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    paper.styles["Normal"].font.size = Pt(10.5)
    writer = _Writer(paper, Cm(17.0))
    _write(writer, answer, body.drawings, body.shared["rows"])
    properties = paper.core_properties
    properties.title = answer.question.title[:_LONGEST]
    properties.subject = f"Certainty: {answer.verdict.certainty.words}"
    properties.comments = f"weigh {answer.version}, evidence folder {answer.fingerprint}"
    properties.author = "weigh"
    properties.language = "en"
    properties.created = properties.modified = _CREATED
    properties.last_modified_by = "weigh"
    out = io.BytesIO()
    paper.save(out)
    return _settled(out.getvalue())


def _write(
    writer: _Writer, answer: Answer, drawings: Mapping[str, Drawing], rows: Mapping[str, Rows]
) -> None:
    writer.heading(answer.question.title, 0)
    writer.said([answer.verdict.sentence])
    certainty = answer.verdict.certainty
    writer.text(f"{certainty.symbol} {certainty.words}. {CERTAINTY_MEANS[certainty]}")
    for hazard in (*answer.safety.interactions, *answer.safety.contraindications):
        if hazard.severity == "danger":
            writer.text(f"Danger: {hazard.headline}.", bold=True)
    writer.said([*answer.counts, *answer.independence])
    writer.heading("Quick summary", 1)
    writer.said(answer.summary)
    writer.listed("Key points", answer.key_points)
    writer.paragraphs("Background", answer.background)
    writer.heading("What the studies show", 1)
    for comparison in answer.comparisons:
        writer.heading(comparison.label, 2)
        if comparison.statement is not None:
            writer.said([comparison.statement])
        writer.figure(drawings.get(f"forest-{comparison.id}"))
        held = rows[comparison.id]
        writer.table(
            ("Study", "Effect", "Weight"),
            [
                *((row.study.text, row.effect.text, row.weight.text) for row in held.studies),
                *((row.study.text, row.reason.text, "") for row in held.missing),
                *((f"{row.label}: {row.note}", row.effect.text, "") for row in held.pooled),
            ],
        )
        if comparison.certainty is not None:
            writer.table(
                ("Certainty", "Steps", "Why"),
                [
                    (GRADE_DOMAINS[d.domain], f"{d.levels:+d}" if d.levels else "0", d.reason.text)
                    for d in comparison.certainty.domains
                ],
            )
        writer.bullets(comparison.footnotes)
    writer.bullets([gap.statement for gap in answer.not_measured])
    writer.figure(drawings.get("risk-of-bias"))
    if answer.doses:
        writer.heading("Doses on a curve", 1)
    for view in answer.doses:
        writer.heading(f"{view.comparison.label}: {view.who}", 2)
        writer.said([view.statement] if view.statement is not None else [])
        writer.figure(drawings.get(f"doses-{view.id}"))
        writer.table(
            ("Dose a day", "Trials", "People who got it", view.comparison.measure),
            [
                (point.dose.text, point.studies.text, point.people.text,
                 effect_words(view.comparison.measure, point.natural).text)
                for point in view.points
            ],
        )  # fmt: skip
        writer.bullets(view.cautions)
    if answer.times:
        writer.heading("Several time points together", 1)
    for times in answer.times:
        writer.heading(times.comparison.label, 2)
        writer.said([times.statement] if times.statement is not None else [])
        writer.table(
            ("Study", "Time", times.comparison.measure),
            [
                (row.study.text, row.time.text,
                 effect_words(times.comparison.measure, row.natural).text)
                for row in times.rows
            ],
        )  # fmt: skip
        writer.bullets(times.cautions)
    writer.listed("How it might work", answer.mechanisms.statements)
    writer.figure(drawings.get("mechanisms"))
    writer.heading("Risks and interactions", 1)
    for hazard in (*answer.safety.interactions, *answer.safety.contraindications):
        writer.heading(hazard.headline, 2)
        writer.said(hazard.statements)
    writer.bullets([*answer.safety.adverse_effects, *answer.safety.statements])
    writer.listed("Who was studied, and who was not", (*answer.subgroups, *answer.residual))
    writer.listed("What would change this answer", answer.flips_statements)
    writer.listed("What is not known", answer.gaps)
    writer.listed("What else is done", answer.alternatives)
    writer.listed("What others concluded", [view.statement for view in answer.other_views])
    writer.paragraphs("Conclusion", answer.conclusion)
    writer.heading("Questions and answers", 1)
    for entry in answer.faq:
        writer.heading(entry.question, 2)
        writer.said(entry.answer)
    writer.heading("References", 1)
    for reference in references.entries(answer):
        status = f" {reference.status}." if reference.alarming else ""
        links = " ".join(link.address for link in reference.links)
        parts = (f"{reference.authors}." if reference.authors else "", f"{reference.title}.",
                 f"{reference.published}." if reference.published else "", links)  # fmt: skip
        writer.text(f"{reference.number}. {' '.join(p for p in parts if p)}{status}")
    writer.paragraphs("Methods", answer.methods)
    writer.text(f"Evidence searched {answer.searched}; weigh {answer.version}; evidence folder "
                f"{answer.fingerprint}.")  # fmt: skip
    writer.heading("Disclaimer", 1)
    writer.text(answer.disclaimer)


class _Writer:
    """A document under way."""

    def __init__(self, paper: Any, width: Any) -> None:
        self._paper = paper
        self._width = width

    def heading(self, words: str, level: int) -> None:
        self._paper.add_heading(words, level)

    def text(self, words: str, *, bold: bool = False) -> None:
        self._paper.add_paragraph().add_run(words).bold = bold or None

    def said(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.text(statement.text)

    def bullets(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self._paper.add_paragraph(statement.text, style="List Bullet")

    def listed(self, heading: str, statements: Sequence[Statement]) -> None:
        if statements:
            self.heading(heading, 1)
            self.bullets(statements)

    def paragraphs(self, heading: str, statements: Sequence[Statement]) -> None:
        if statements:
            self.heading(heading, 1)
            self.said(statements)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row is repeated on each page."""
        if not rows:
            return
        from docx.oxml import OxmlElement

        table = self._paper.add_table(rows=1, cols=len(heads), style="Light Grid")
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.text = head
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
        self._paper.add_paragraph()

    def figure(self, drawing: Drawing | None) -> None:
        """A figure with its alternative text."""
        if drawing is None:
            return
        shape = self._paper.add_picture(io.BytesIO(drawing.png()), width=self._width)
        properties = shape._inline.docPr
        properties.set("descr", drawing.alt)
        properties.set("name", drawing.name)


def _settled(data: bytes) -> bytes:
    """The same archive with every moment the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zipped({name: old.read(name) for name in old.namelist()}, sort=False)
