"""How many people's outcomes a pooled effect of counts hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_level, check_vector, numbered
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.two_by_two import Counts, Rules, pool_counts
from weigh.synthesis.tau2 import METHODS

__all__ = ["FragilityIndex", "FragilityStep", "fragility_index"]

_MEASURES = ("RR", "OR", "RD")


@dataclass(frozen=True, slots=True, kw_only=True)
class FragilityStep:
    """One person's outcome changed.

    Parameters
    ----------
    study
        Name of the study.
    group
        1 or 2.
    change
        1: an event where there was none. -1: none where there was one.
    estimate, ci_low, ci_high
        Pooled effect after it, on the analysis scale.
    """

    study: str
    group: int
    change: int
    estimate: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FragilityIndex:
    """The fewest changed outcomes found that turn a pooled effect's interval across no effect.

    Parameters
    ----------
    index
        Number of people; None where no way was found.
    quotient
        That number over all people.
    excludes_no_effect
        Whether the interval of the counts as they are leaves out no effect: the index then counts
        until it does not, otherwise until it does.
    steps
        The changes, in order.
    estimate, ci_low, ci_high
        Pooled effect of the counts as they are, on the analysis scale (log for ratios).
    people, measure, method, test, level
        All people in the studies; options as asked for.
    """

    index: int | None
    quotient: float | None
    excludes_no_effect: bool
    steps: tuple[FragilityStep, ...]
    estimate: float
    ci_low: float
    ci_high: float
    people: float
    measure: str
    method: str
    test: str
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self) | {"steps": [as_record(step) for step in self.steps]}


def fragility_index(
    events1: Any,
    n1: Any,
    events2: Any,
    n2: Any,
    *,
    measure: str = "RR",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    add: float = 0.5,
    limit: int = 1_000,
    slab: Sequence[Any] | None = None,
) -> FragilityIndex:
    """How few people's outcomes would have to differ for the interval to say something else.

    One outcome after the other is changed, each time the one, in any group of any study, that moves
    the limit of the interval furthest towards no effect (or past it, where the interval holds no
    effect now; both directions are then tried and the shorter way is given).

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people of the two groups. Studies where one is missing are left out.
    measure
        ``"RR"``, ``"OR"`` or ``"RD"``.
    method
        An estimator of tau2 as in `weigh.pool` (without weights), or ``"MH"`` for Mantel and
        Haenszel's method.
    test
        As in `weigh.pool`; ``"z"`` for ``"MH"``.
    level
        Confidence level.
    add
        Added to each cell of a study with an empty one (not by ``"MH"``, which needs it for single
        studies only).
    limit
        Changes after which the search is given up.
    slab
        Names of the studies.

    Returns
    -------
    FragilityIndex
        The way found one step at a time; a shorter one that begins with a worse step may exist.

    Raises
    ------
    StatisticsError
        Counts that cannot be, or no study left.

    References
    ----------
    :cite:t:`atal2019`; for a single trial, :cite:t:`walsh2014`.

    Examples
    --------
    >>> found = fragility_index([5, 8], [100, 120], [14, 21], [100, 120])
    >>> found.excludes_no_effect, found.index
    (True, 7)
    """
    check_choice("measure for a fragility index", measure, _MEASURES)
    check_choice("method for a fragility index", method, ("MH", *_poolable()))
    if method == "MH" and test != "z":
        raise InputError(f"Mantel and Haenszel's method has a normal test, and `test` is {test!r}.")
    rules = Rules(measure, method, test, check_level(level), add)
    if not add > 0.0:
        raise InputError(
            f"`add` is {add:g}; it must be above 0, as changed counts may have empty cells."
        )
    counts, names, notes = _checked(events1, n1, events2, n2, slab)
    start = pool_counts(counts, rules)
    low, high = float(start.low[0]), float(start.high[0])
    excludes = low > 0.0 or high < 0.0
    if excludes:
        ways = [_walk(counts, rules, names, upwards=high < 0.0, leave=True, limit=limit)]
    else:
        ways = [
            _walk(counts, rules, names, upwards=up, leave=False, limit=limit)
            for up in (float(start.estimate[0]) > 0.0, float(start.estimate[0]) <= 0.0)
        ]
    found = [way for way in ways if way is not None]
    best = min(found, key=len) if found else None
    people = float(counts.n1.sum() + counts.n2.sum())
    if best is None:
        notes = (*notes, f"No way was found within {limit} changes.")
    return FragilityIndex(
        index=None if best is None else len(best),
        quotient=None if best is None else len(best) / people,
        excludes_no_effect=excludes,
        steps=() if best is None else tuple(best),
        estimate=float(start.estimate[0]),
        ci_low=low,
        ci_high=high,
        people=people,
        measure=measure,
        method=method,
        test=test,
        level=level,
        notes=notes,
    )


def _poolable() -> tuple[str, ...]:
    return tuple(name for name in METHODS if name not in ("GENQ", "GENQM"))


def _checked(
    events1: Any, n1: Any, events2: Any, n2: Any, slab: Sequence[Any] | None
) -> tuple[Counts, tuple[str, ...], tuple[str, ...]]:
    given = {"events1": events1, "n1": n1, "events2": events2, "n2": n2}
    columns = {name: check_vector(values, name) for name, values in given.items()}
    k = columns["events1"].size
    for name, values in columns.items():
        if values.size != k:
            raise InputError(f"`{name}` has {values.size} entries and `events1` has {k}.")
    names = numbered(k) if slab is None else tuple(map(str, slab))
    if len(names) != k:
        raise InputError(f"`slab` has {len(names)} names for {k} studies.")
    known = ~np.logical_or.reduce([np.isnan(values) for values in columns.values()])
    for events, people in (("events1", "n1"), ("events2", "n2")):
        a, n = columns[events], columns[people]
        whole = (a == np.floor(a)) & (n == np.floor(n)) & (a >= 0.0) & (a <= n) & (n > 0.0)
        wrong = np.flatnonzero(known & ~(whole & np.isfinite(n)))
        if wrong.size:
            row = int(wrong[0])
            raise StatisticsError(
                f"Row {row + 1} ({names[row]}): {a[row]:g} events among {n[row]:g} people cannot "
                "be; whole events are needed, no more of them than people."
            )
    if not known.any():
        raise StatisticsError("There is no study with all four counts.")
    keep = np.flatnonzero(known)
    left_out = [name for name, good in zip(names, known.tolist(), strict=True) if not good]
    notes = (f"Left out for missing counts: {', '.join(left_out)}.",) if left_out else ()
    return (
        Counts(
            columns["events1"][None, keep],
            columns["events2"][None, keep],
            columns["n1"][keep],
            columns["n2"][keep],
        ),
        tuple(names[row] for row in keep),
        notes,
    )


def _candidates(counts: Counts, *, upwards: bool) -> tuple[Counts, list[tuple[int, int, int]]]:
    """Every single change that moves the effect up (or down): (study, group, change)."""
    change = 1 if upwards else -1
    changes = []
    for study in range(counts.n1.size):
        first = counts.events1[0, study] + change
        second = counts.events2[0, study] - change
        if 0.0 <= first <= counts.n1[study]:
            changes.append((study, 1, change))
        if 0.0 <= second <= counts.n2[study]:
            changes.append((study, 2, -change))
    events1 = np.repeat(counts.events1, len(changes), axis=0)
    events2 = np.repeat(counts.events2, len(changes), axis=0)
    for index, (study, group, by) in enumerate(changes):
        (events1 if group == 1 else events2)[index, study] += by
    return Counts(events1, events2, counts.n1, counts.n2), changes


def _walk(
    counts: Counts,
    rules: Rules,
    names: tuple[str, ...],
    *,
    upwards: bool,
    leave: bool,
    limit: int,
) -> list[FragilityStep] | None:
    """Change outcomes until the interval reaches no effect (`leave`), or leaves it behind."""
    steps: list[FragilityStep] = []
    while len(steps) < limit:
        tried, changes = _candidates(counts, upwards=upwards)
        if not changes:
            return None
        found = pool_counts(tried, rules)
        # The limit that has to cross zero: the nearer one to get in, the farther one to get out.
        edge = found.high if upwards == leave else found.low
        towards = np.where(np.isnan(edge), -np.inf, edge if upwards else -edge)
        best = int(np.argmax(towards))
        study, group, change = changes[best]
        steps.append(
            FragilityStep(
                study=names[study],
                group=group,
                change=change,
                estimate=float(found.estimate[best]),
                ci_low=float(found.low[best]),
                ci_high=float(found.high[best]),
            )
        )
        reached = towards[best] >= 0.0 if leave else towards[best] > 0.0
        if reached:
            return steps
        counts = Counts(
            tried.events1[best : best + 1], tried.events2[best : best + 1], counts.n1, counts.n2
        )
    return None
