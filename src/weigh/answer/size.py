"""How large an effect is, in the only sense that a sentence may use.

The size of a pooled effect is held against the smallest difference that matters (the MID), never
against a p value. Where no such difference is known, only the interval speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

from weigh.evidence.comparison import Comparison

__all__ = ["LARGE_IN_MIDS", "Finding", "Interval", "Size", "find", "sized"]

#: An effect of twice the minimal important difference or more is called large. GRADE names no
#: figure; two is the step that its own rule for large effects takes from a relative risk of 1 to 2
#: (Guyatt 2011, GRADE guidelines 9).
LARGE_IN_MIDS = 2.0

#: Measures whose null is 1 and whose effects people read as ratios.
RATIOS = frozenset({"RR", "OR", "IRR", "ROM", "HR"})


class Size(Enum):
    """What a sentence may say of the size of an effect."""

    LARGE = "large"
    IMPORTANT = "important"
    TRIVIAL = "trivial"
    SOME = "some"  # no MID is known; the interval excludes no effect
    UNCLEAR = "unclear"  # no MID is known; the interval includes no effect
    NOT_ESTIMABLE = "not-estimable"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A comparison read as a size and a direction.

    Parameters
    ----------
    lowers
        True where the intervention's arms have the lower score or risk.
    favourable
        True where that is the good direction for the person.
    excludes_null
        True where the interval leaves out no effect.
    within_mid
        True where the whole interval is smaller than the MID, both ways.
    """

    size: Size
    lowers: bool = False
    favourable: bool = False
    excludes_null: bool = False
    within_mid: bool = False


def find(comparison: Comparison) -> Finding:
    """Read a comparison as a size and a direction.

    Returns
    -------
    Finding
        ``no-data`` where no study measured the outcome, ``not-estimable`` where studies did but
        none gives numbers that an effect can be computed from.
    """
    pooled = comparison.pooled
    if pooled is None:
        return Finding(size=Size.NOT_ESTIMABLE if comparison.not_estimable else Size.NO_DATA)
    return _found(
        pooled.estimate < comparison.null,
        comparison.outcome.better,
        excludes_null=not pooled.ci_low <= comparison.null <= pooled.ci_high,
        shown=_against_mid(comparison),
    )


class Interval(Protocol):
    """An effect with its interval, on the analysis scale."""

    @property
    def estimate(self) -> float:
        """Best guess."""

    @property
    def ci_low(self) -> float:
        """Lower end."""

    @property
    def ci_high(self) -> float:
        """Upper end."""


def sized(effect: Interval, comparison: Comparison) -> Finding:
    """Read another effect on the outcome of a comparison, by the same rules."""
    null, mid = comparison.null, comparison.mid
    return _found(
        effect.estimate < null,
        comparison.outcome.better,
        excludes_null=not effect.ci_low <= null <= effect.ci_high,
        shown=None if mid is None else (effect.estimate, effect.ci_low, effect.ci_high, mid),
    )


def _found(
    lowers: bool,
    better: Literal["lower", "higher"],
    *,
    excludes_null: bool,
    shown: tuple[float, float, float, float] | None,
) -> Finding:
    favourable = lowers == (better == "lower")
    if shown is None:
        return Finding(
            size=Size.SOME if excludes_null else Size.UNCLEAR,
            lowers=lowers,
            favourable=favourable,
            excludes_null=excludes_null,
        )
    estimate, low, high, mid = shown
    if abs(estimate) >= LARGE_IN_MIDS * mid:
        size = Size.LARGE
    elif abs(estimate) >= mid:
        size = Size.IMPORTANT
    else:
        size = Size.TRIVIAL
    return Finding(
        size=size,
        lowers=lowers,
        favourable=favourable,
        excludes_null=excludes_null,
        within_mid=-mid < low and high < mid,
    )


def _against_mid(comparison: Comparison) -> tuple[float, float, float, float] | None:
    """Estimate, interval and MID on the scale that the MID has; None where there is no MID."""
    if comparison.outcome.mid is None:
        return None
    if comparison.outcome.kind == "dichotomous":
        absolute = comparison.absolute
        if absolute is None or absolute.per is None:
            return None
        per = absolute.per
        return (
            absolute.difference / per,
            absolute.difference_low / per,
            absolute.difference_high / per,
            comparison.outcome.mid.value,
        )
    if comparison.pooled is None or comparison.mid is None:
        return None
    pooled = comparison.pooled
    return pooled.estimate, pooled.ci_low, pooled.ci_high, comparison.mid
