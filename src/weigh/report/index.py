"""The index page: several answers, each with its question, its sentence and its certainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.evidence.answer import Answer
from weigh.evidence.audit import Audit
from weigh.report.body import environment
from weigh.report.wording import long_date

__all__ = ["IndexEntry", "render_index"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """An answer and the way to its page, relative to the index."""

    answer: Answer
    link: str


def render_index(entries: Sequence[IndexEntry], *, audits: Sequence[tuple[Audit, str]] = ()) -> str:
    """Make a page that links several answers, and audits with the way to their pages."""
    return (
        environment()
        .get_template("index.html")
        .render(
            entries=[(entry, long_date(entry.answer.searched)) for entry in entries],
            audits=audits,
        )
    )
