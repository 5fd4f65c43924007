"""What is measured in two units: results of one outcome, doses of one form."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.errors import Fault
from weigh.evidence.result import Result
from weigh.folder.gathered import Gathered

__all__ = ["check_units"]

#: Measures that have no unit, so that results in different ones can be compared.
_FREE_OF_UNITS = frozenset({"SMD", "RR", "OR"})

_SAME = {"µg": "mcg", "μg": "mcg", "ug": "mcg", "microgram": "mcg", "micrograms": "mcg"}


def check_units(gathered: Gathered) -> Iterator[Fault]:
    """Units of results that are not their outcome's, and doses of one form in two units."""
    yield from _results(gathered)
    yield from _doses(gathered)


def _results(gathered: Gathered) -> Iterator[Fault]:
    outcomes = {outcome.id: outcome for outcome in gathered.outcomes}
    first: dict[str, Result] = {}
    for row in gathered.results:
        outcome = outcomes.get(row.outcome)
        if row.unit is None or outcome is None:
            continue
        where = f"{row.study}, {row.arm}, {row.outcome} at {row.timepoint}"
        if outcome.unit is not None:
            if not _same(row.unit, outcome.unit):
                yield gathered.fault(
                    row,
                    "unit",
                    f"{row.unit!r}",
                    f"{outcome.unit!r}, the unit of {outcome.id} in question.yaml",
                    "If the study used another scale, make it another outcome, or give the outcome "
                    "no unit and compare it by SMD.",
                    where=where,
                )
            continue
        other = first.setdefault(row.outcome, row)
        if other.unit is None or _same(row.unit, other.unit):
            continue
        plans = [plan for plan in gathered.plans if plan.outcome == row.outcome]
        if plans and all(plan.measure in _FREE_OF_UNITS for plan in plans):
            continue
        line = other.place.line if other.place else "?"
        yield gathered.fault(
            row,
            "unit",
            f"{row.unit!r}, while line {line} has {other.unit!r} for the same outcome",
            "one unit for an outcome",
            f"Results in different units can only be compared by SMD (`measure` of the comparison "
            f"of {row.outcome}).",
            where=where,
        )


def _doses(gathered: Gathered) -> Iterator[Fault]:
    first: dict[str, tuple[str, str]] = {}
    for study in gathered.studies:
        for index, arm in enumerate(study.arms):
            if arm.form is None or arm.dose is None:
                continue
            path = f"arms[{index}].unit"
            if arm.unit is None:
                yield gathered.fault(
                    arm,
                    "dose",
                    f"a dose of {arm.dose:g} without a unit",
                    "a `unit` beside it, such as mg",
                    where=f"{study.id}, {arm.id}",
                    path=path,
                )
                continue
            unit, other = first.setdefault(arm.form, (arm.unit, study.id))
            if not _same(arm.unit, unit):
                yield gathered.fault(
                    arm,
                    "unit",
                    f"{arm.unit!r} for a dose of {arm.form}, while {other} has {unit!r}",
                    "doses of one form in one unit, so that they can be compared",
                    where=f"{study.id}, {arm.id}",
                    path=path,
                )


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(unit: str) -> str:
    """A unit without what only looks different: case, spaces, the two micro signs, ``/day``."""
    words = unit.lower().replace("/", " / ").replace(" per ", " / ").split()
    for tail in (["/", "day"], ["/", "d"], ["a", "day"], ["daily"]):
        if words[-len(tail) :] == tail:
            words = words[: -len(tail)]
    return " ".join(_SAME.get(word, word) for word in words)
