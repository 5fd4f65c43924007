"""Every figure of an answer as SVG and PNG, with a list of what each shows, in one zip file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from weigh.evidence.answer import Answer
from weigh.report.body import render_body
from weigh.report.exports.archive import zipped
from weigh.report.exports.tables import csv_text
from weigh.report.plot import Plot

__all__ = ["pictures"]


def pictures(answer: Answer, others: Mapping[str, Plot] | None = None) -> bytes:
    """The figures of the answer page, and `others` by their file's name, zipped.

    Each comes as SVG and as PNG. ``plots.csv`` has title and finding of each, as they stand inside
    the files for those who do not see them.
    """
    files: dict[str, str | bytes] = {}
    told: list[tuple[str, str]] = []
    for name, drawing in render_body(answer).drawings.items():
        files |= {f"{name}.svg": drawing.svg, f"{name}.png": drawing.png()}
        told.append((name, drawing.alt))
    for name, plot in (others or {}).items():
        files |= {f"{name}.svg": plot.svg(key=name), f"{name}.png": plot.png()}
        told.append((name, f"{plot.title.rstrip('.')}. {plot.description}"))
    files["plots.csv"] = csv_text([("file", "shows"), *_ends(told)])
    files["README.txt"] = _readme(answer)
    return zipped(files)


def _ends(told: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f"{name}.{end}", shows) for name, shows in told for end in ("svg", "png")]


def _readme(answer: Answer) -> str:
    return f"""{answer.question.title}

{answer.verdict.sentence.text}

Figures of this answer, each as SVG (lines and letters, for any size) and as PNG. plots.csv says
what each of them shows; the same words stand inside the files. Plots of one comparison begin with
its id.

Evidence searched {answer.searched}; weigh {answer.version}; evidence folder {answer.fingerprint}.
{answer.disclaimer}
"""
