"""Rows that say one thing twice: two figures for it, and no telling which one counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from weigh.errors import Fault
from weigh.evidence.document import Document
from weigh.folder.gathered import Gathered

__all__ = ["check_repeats"]

Row = TypeVar("Row", bound=Document)


def check_repeats(gathered: Gathered) -> Iterator[Fault]:
    """Two rows for one result in one source, one domain of one study, one override."""
    results = [((row.key, row.source), row) for row in gathered.results]
    for row, first in _repeated(results):
        yield gathered.fault(
            row,
            None,
            "the same study, arm, outcome, time, subgroup and source as on line "
            f"{first.place.line if first.place else '?'}",
            "one row for each",
            "Put all columns into one row, or tell the rows apart by `weeks` or `subgroup`.",
            where=f"{row.study}, {row.arm}, {row.outcome} at {row.timepoint}",
        )
    judged = [((b.study, b.outcome, b.tool, b.domain), b) for b in gathered.risk_of_bias]
    for entry, first_entry in _repeated(judged):
        line = first_entry.place.line if first_entry.place else "?"
        yield gathered.fault(
            entry,
            "domain",
            f"{entry.domain} judged a second time; the first is on line {line}",
            "one judgement of each domain for a study and outcome",
            where=f"{entry.study}, {entry.domain}",
        )
    set_by_hand = [((o.comparison, o.domain), o) for o in gathered.overrides]
    for override, _ in _repeated(set_by_hand):
        yield gathered.fault(
            override,
            "domain",
            f"{override.domain} of {override.comparison} set a second time",
            "one entry for each domain of a comparison",
            where=f"{override.comparison}, {override.domain}",
        )


def _repeated(rows: Iterable[tuple[Hashable, Row]]) -> Iterator[tuple[Row, Row]]:
    """Each row whose key was there before, with the first one that had it."""
    first: dict[Hashable, Row] = {}
    for key, row in rows:
        if key in first:
            yield row, first[key]
        else:
            first[key] = row
