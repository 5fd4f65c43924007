"""Whole counts for exact methods, and their results in plain parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from weigh.errors import StatisticsError
from weigh.synthesis.count_tables import Counts, check_counts, empty_note
from weigh.synthesis.exact_conditional import Conditional

__all__ = ["count_informative", "plain", "whole_counts"]


def plain(result: Any) -> dict[str, Any]:
    """The fields of a result, ready for JSON: what is infinite is None."""
    parts = {field.name: getattr(result, field.name) for field in fields(result)}
    return {
        name: None
        if isinstance(value, float) and not math.isfinite(value)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in parts.items()
    }


def whole_counts(
    events1: Any, n1: Any, events2: Any, n2: Any, slab: Sequence[Any] | None, *, rates: bool
) -> tuple[Counts, tuple[str, ...]]:
    """Check counts as `check_counts` does, and that they are whole; return them with notes."""
    counts, rows, _, notes = check_counts(events1, n1, events2, n2, slab, rates=rates)
    parts = (counts.a, counts.c) if rates else (counts.a, counts.n1, counts.c, counts.n2)
    for part in parts:
        broken = np.flatnonzero(part != np.floor(part))
        if broken.size:
            at = broken[0]
            raise StatisticsError(
                f"Row {rows[at] + 1} holds {part[at]:g}, and exact methods count whole numbers.",
                hint="Give the counts as they were seen, with nothing added to empty cells.",
            )
    if rates and ((counts.n1 == 0.0) | (counts.n2 == 0.0)).any():
        raise StatisticsError("A group without person-time has no rate; leave that study out.")
    empty = int(counts.empty(rates=rates).sum())
    return counts, (*notes, empty_note(empty, rates=rates)) if empty else notes


def count_informative(strata: list[Conditional]) -> int:
    """Return how many strata say anything about a ratio; at least one has to."""
    informative = sum(stratum.informative for stratum in strata)
    if informative == 0:
        raise StatisticsError(
            "No study has events in one group that could have been in the other, so nothing can "
            "be learnt about a ratio."
        )
    return informative
