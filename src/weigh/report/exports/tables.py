"""An answer as a bundle of CSV tables with a plain README, in one zip file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from weigh.evidence.answer import Answer
from weigh.evidence.comparison import Comparison
from weigh.report.exports.archive import zipped
from weigh.report.exports.citations import csl_json
from weigh.report.page import answer_json

__all__ = ["bundle", "comparison_rows", "csv_text", "disarmed", "study_rows"]

#: What begins a formula in a spreadsheet, and is kept from doing so (OWASP, CSV injection); a
#: spreadsheet looks past blanks, and takes the wide forms for the narrow ones.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n\x00]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def disarmed(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def bundle(answer: Answer) -> bytes:
    """The tables of an answer, ``answer.json``, the references and a README, zipped."""
    tables = {
        "comparisons.csv": comparison_rows(answer.comparisons),
        "studies.csv": study_rows(answer.comparisons),
        "statements.csv": _statements(answer),
        "sources.csv": _sources(answer),
    }
    files: dict[str, str | bytes] = {name: csv_text(rows) for name, rows in tables.items()}
    files["answer.json"] = answer_json(answer)
    files["references.json"] = csl_json(answer.references)
    files["README.txt"] = _readme(answer)
    return zipped(files)


Row = Sequence[Any]


def csv_text(rows: Iterable[Row]) -> str:
    """Rows as CSV; a cell that a spreadsheet would take for a formula is disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return out.getvalue()


def comparison_rows(comparisons: Iterable[Comparison]) -> list[Row]:
    """One row a comparison, under a row of heads."""
    rows: list[Row] = [
        (
            "id", "label", "outcome", "design", "measure", "k", "n", "estimate", "ci_low",
            "ci_high", "pi_low", "pi_high", "tau2", "i2", "method", "test", "certainty",
            "statement",
        )
    ]  # fmt: skip
    for c in comparisons:
        natural, pooled = c.natural, c.pooled
        rows.append(
            (
                c.id,
                c.label,
                c.outcome.id,
                c.design.value,
                c.measure,
                c.k,
                c.n,
                *((None,) * 5 if natural is None else
                  (natural.estimate, natural.ci_low, natural.ci_high, natural.pi_low,
                   natural.pi_high)),
                *((None,) * 4 if pooled is None else
                  (pooled.tau2, pooled.i2, pooled.method, pooled.test)),
                None if c.certainty is None else c.certainty.rating.value,
                None if c.statement is None else c.statement.text,
            )
        )  # fmt: skip
    return rows


def study_rows(comparisons: Iterable[Comparison]) -> list[Row]:
    """One row a study in a comparison, under a row of heads."""
    rows: list[Row] = [
        ("comparison", "study", "year", "n", "yi", "vi", "estimate", "ci_low", "ci_high", "weight")
    ]
    for c in comparisons:
        for s in c.studies:
            natural = s.natural
            rows.append(
                (c.id, s.study.label, s.study.year, s.n, s.yi, s.vi, natural.estimate,
                 natural.ci_low, natural.ci_high, s.weight)
            )  # fmt: skip
        for missing in c.not_estimable:
            label, year = missing.study.label, missing.study.year
            rows.append((c.id, label, year, missing.n, *(None,) * 6))
    return rows


def _statements(answer: Answer) -> list[Row]:
    rows: list[Row] = [("id", "text", "because")]
    groups = (
        (answer.verdict.sentence,),
        answer.summary,
        answer.key_points,
        tuple(c.statement for c in answer.comparisons if c.statement is not None),
        tuple(view.statement for view in answer.doses if view.statement is not None),
        tuple(view.statement for view in answer.times if view.statement is not None),
        answer.gaps,
        answer.conclusion,
    )
    seen: set[str] = set()
    for statement in (s for group in groups for s in group):
        if statement.id not in seen:
            seen.add(statement.id)
            rows.append((statement.id, statement.text, " ".join(statement.because)))
    return rows


def _sources(answer: Answer) -> list[Row]:
    """Every cell that the answer rests on."""
    rows: list[Row] = [("node", "label", "value", "file", "line", "column", "source", "quote")]
    for name in sorted(answer.trace.nodes):
        node = answer.trace[name].to_dict()
        if node["kind"] == "datum":
            rows.append(
                (name, node["label"], node["value"], node["file"], node["line"], node["column"],
                 node["source"], node["quote"])
            )  # fmt: skip
    return rows


def _readme(answer: Answer) -> str:
    return f"""{answer.question.title}

{answer.verdict.sentence.text}

What is in here
  comparisons.csv   one row a comparison: pooled estimate on the natural scale, model, certainty
  studies.csv       one row a study and comparison: effect on the analysis scale (yi, vi) and on the
                    natural one; rows without numbers are studies that gave none that can be used
  statements.csv    sentences of the answer, each with the nodes that it rests on
  sources.csv       every cell that the answer rests on, with its file, line, source and quote
  answer.json       the whole answer with its trace
  references.json   the sources, in CSL-JSON

Where it comes from
  Evidence searched {answer.searched}; weigh {answer.version}; evidence folder {answer.fingerprint}.
  The sources are listed in references.json; quotes are theirs.

Cautions
  A cell that begins like a formula has an apostrophe before it, so that no spreadsheet runs it.
  {answer.disclaimer}

How to cite
  {answer.question.title} weigh {answer.version}, evidence folder {answer.fingerprint[:12]}, \
evidence searched {answer.searched}.
"""
