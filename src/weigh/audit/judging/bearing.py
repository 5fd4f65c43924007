"""What a comparison bears: which way it points, and how sure words about it may be.

The rungs follow GRADE's guidance on wording (Santesso et al. 2020, GRADE guidelines 26); the size
is held against the minimal important difference, as in the answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.claim import ClaimDirection, Level
from weigh.evidence.comparison import Comparison
from weigh.evidence.study import Allocation

__all__ = [
    "Pointing",
    "below_mid",
    "borne_at",
    "permitted",
    "points",
    "rating_of",
    "shows",
    "strongest",
]

#: Which way an effect points for the people concerned.
Pointing = str

_LEVELS = {
    CertaintyLevel.HIGH: Level.SETTLED,
    CertaintyLevel.MODERATE: Level.PROBABLE,
    CertaintyLevel.LOW: Level.CONDITIONAL,
    CertaintyLevel.VERY_LOW: Level.UNCERTAIN,
    CertaintyLevel.NO_EVIDENCE: Level.UNCERTAIN,
}


def rating_of(comparison: Comparison) -> CertaintyLevel:
    """The certainty of a comparison; no evidence where it was not rated."""
    return comparison.certainty.rating if comparison.certainty else CertaintyLevel.NO_EVIDENCE


def points(comparison: Comparison) -> Pointing:
    """``benefit``, ``harm``, ``no-difference`` or ``unclear``, certainty left aside.

    Benefit and harm need an interval that excludes no effect; an effect below the minimal
    important difference is no difference; nothing that cannot be estimated points anywhere.
    """
    pooled = comparison.pooled
    if pooled is None or comparison.design is Allocation.UNCONTROLLED:
        return "unclear"
    if below_mid(comparison):
        return "no-difference"
    return next((way for way in ("benefit", "harm") if shows(comparison, way)), "unclear")


def shows(comparison: Comparison, way: Pointing) -> bool:
    """Whether an interval lies wholly on the side of benefit, or of harm, however small."""
    pooled = comparison.pooled
    if pooled is None or pooled.ci_low <= comparison.null <= pooled.ci_high:
        return False
    lowers = pooled.estimate < comparison.null
    return (way == "benefit") == (lowers == (comparison.outcome.better == "lower"))


def borne_at(comparison: Comparison) -> Level:
    """The rung that the certainty alone bears, whichever way the effect points."""
    return _LEVELS[rating_of(comparison)]


def against_mid(comparison: Comparison) -> tuple[float, float, float, float] | None:
    """Effect, interval and minimal important difference on one scale; None where one is missing."""
    mid = comparison.outcome.mid
    if mid is None:
        return None
    if comparison.outcome.kind == "dichotomous":
        shown = comparison.absolute
        if shown is None or shown.per is None:
            return None
        return (
            shown.difference / shown.per,
            shown.difference_low / shown.per,
            shown.difference_high / shown.per,
            mid.value,
        )
    if comparison.pooled is None or comparison.mid is None:
        return None
    pooled = comparison.pooled
    return pooled.estimate, pooled.ci_low, pooled.ci_high, comparison.mid


def below_mid(comparison: Comparison, *, whole: bool = False) -> bool:
    """Whether the effect is smaller than what matters; `whole`, whether all its interval is."""
    shown = against_mid(comparison)
    if shown is None:
        return False
    estimate, low, high, mid = shown
    return -mid < low and high < mid if whole else abs(estimate) < mid


def permitted(comparison: Comparison, direction: ClaimDirection, *, doubt_named: bool) -> Level:
    """The highest rung that words about this comparison may stand on.

    Parameters
    ----------
    comparison, direction
        The evidence, and which way the words point.
    doubt_named
        Whether the claim's paragraph names the uncertainty; very low certainty then bears "may".
    """
    rating = rating_of(comparison)
    highest = _LEVELS[rating]
    if comparison.design is Allocation.UNCONTROLLED:
        highest = Level.UNCERTAIN
    if highest is Level.UNCERTAIN:
        return Level.CONDITIONAL if doubt_named else Level.UNCERTAIN
    pointing = points(comparison)
    if direction is ClaimDirection.NO_EFFECT:
        return highest if pointing == "no-difference" else Level.UNCERTAIN
    wanted = "harm" if direction is ClaimDirection.HARM else "benefit"
    if pointing == wanted:
        return highest
    if pointing == "unclear":
        return min(highest, Level.CONDITIONAL)
    return Level.UNCERTAIN


def strongest(
    comparisons: Iterable[Comparison], direction: ClaimDirection, *, doubt_named: bool
) -> Comparison | None:
    """The comparison that bears most of a claim: controlled and direct before others."""
    designs = list(Allocation)
    return max(
        comparisons,
        key=lambda c: (
            permitted(c, direction, doubt_named=doubt_named),
            -designs.index(c.design),
            c.direct,
            rating_of(c).rank,
            c.people,
        ),
        default=None,
    )
