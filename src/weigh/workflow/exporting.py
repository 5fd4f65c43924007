"""Every form that an answer can be had in: those of `weigh.report.exports`, and its plots.

The plots of a comparison's studies are made by pooling them anew, which is why they are added here.
"""

from __future__ import annotations

from collections.abc import Mapping

from weigh.errors import NotFoundError
from weigh.evidence.answer import Answer
from weigh.report.exports import EXPORTS as REPORTED
from weigh.report.exports import Export
from weigh.report.exports.pictures import pictures
from weigh.workflow.picturing import picture_all

__all__ = ["EXPORTS", "export"]


def _pictures(answer: Answer) -> bytes:
    others = {
        f"{comparison.id}-{name}": plot
        for comparison in answer.comparisons
        for name, _, plot in picture_all(comparison).shown
    }
    return pictures(answer, others)


EXPORTS: Mapping[str, Export] = {
    **REPORTED,
    "plots": Export(
        title="every plot as SVG and PNG, zipped",
        suffix="-plots.zip",
        media="application/zip",
        make=_pictures,
    ),
}


def export(answer: Answer, form: str) -> bytes:
    """The answer in a form of `EXPORTS`, as bytes; the same answer gives the same bytes.

    Raises
    ------
    NotFoundError
        If there is no such form.
    MissingExtraError
        If the form needs an optional part of weigh.
    """
    if form not in EXPORTS:
        raise NotFoundError("export", form, EXPORTS)
    made = EXPORTS[form].make(answer)
    return made.encode() if isinstance(made, str) else made
