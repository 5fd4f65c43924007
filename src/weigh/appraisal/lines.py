"""The lines that an interval is held against: no effect, and what matters on either side of it.

The minimal important difference of the outcome draws them where it is known. Where it is not, they
are GRADE's stand-ins: relative risks of 0.75 and 1.25, and half a standard deviation (Guyatt et al.
2011, GRADE guidelines 6; the GRADE handbook, section 5.2.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from weigh.appraisal.body import Body
from weigh.evidence.comparison import ArmData, Comparison

__all__ = ["LARGE", "RATIOS", "RATIO_LINES", "SD_LINE", "Lines", "decision_lines", "pooled_sd"]

#: Relative effects from which a benefit or harm is appreciable where no MID is known.
RATIO_LINES = (0.75, 1.25)

#: The same for differences, in standard deviations.
SD_LINE = 0.5

#: A large effect in MIDs; for ratios, a halving or a doubling (Guyatt et al. 2011, GRADE
#: guidelines 9).
LARGE = 2.0

#: Measures that people read as ratios, with 1 for no effect.
RATIOS = frozenset({"RR", "OR", "HR", "IRR", "ROM"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines, and the interval that is held against them on the same scale.

    Parameters
    ----------
    estimate, low, high
        The effect and its interval; None where there is none to hold.
    null
        No effect.
    important
        Where an effect begins to matter, below and above no effect; None where not known.
    large
        Where it begins to be large.
    known
        True where a minimal important difference draws the lines.
    low_cell, high_cell
        Nodes of the interval's ends.
    natural_lines, natural_important
        The lines on the scale of `Comparison.natural`, for the prediction interval.
    """

    estimate: float | None
    low: float | None
    high: float | None
    null: float
    important: tuple[float, float] | None
    large: tuple[float, float] | None
    known: bool
    percentage_points: bool = False
    low_node: str | None = None
    high_node: str | None = None
    natural_lines: tuple[float, ...]
    natural_important: tuple[float, float] | None


def decision_lines(body: Body) -> Lines:
    """The lines for a comparison, with its interval on the scale that they have."""
    comparison = body.comparison
    if comparison.outcome.kind == "dichotomous" and comparison.outcome.mid is not None:
        lines = _absolute_lines(comparison, comparison.outcome.mid.value)
        if lines is not None:
            return lines
    return _natural_lines(comparison)


def _absolute_lines(comparison: Comparison, mid: float) -> Lines | None:
    """A MID for an event is a difference in risk, so the interval is the absolute one."""
    absolute, natural = comparison.absolute, comparison.natural
    if absolute is None or absolute.per is None or natural is None:
        return None
    null = 1.0 if comparison.measure in RATIOS else 0.0
    risk = None if absolute.comparator is None else absolute.comparator / absolute.per
    important = _as_effect(comparison.measure, risk, mid)
    return Lines(
        estimate=absolute.difference / absolute.per,
        low=absolute.difference_low / absolute.per,
        high=absolute.difference_high / absolute.per,
        null=0.0,
        important=(-mid, mid),
        large=(-LARGE * mid, LARGE * mid),
        known=True,
        percentage_points=True,
        low_node=absolute.nodes.get("difference_low"),
        high_node=absolute.nodes.get("difference_high"),
        natural_lines=(null, *(important or ())),
        natural_important=important,
    )


def _as_effect(measure: str, risk: float | None, mid: float) -> tuple[float, float] | None:
    """The relative effects that come to a risk lower, and one higher, by the MID."""
    if measure not in ("RR", "OR"):
        return (-mid, mid) if measure == "RD" else None
    if risk is None or not mid < risk < 1.0 - mid:
        return None
    if measure == "RR":
        return (risk - mid) / risk, (risk + mid) / risk
    odds = risk / (1 - risk)
    low, high = risk - mid, risk + mid
    return low / (1 - low) / odds, high / (1 - high) / odds


def _natural_lines(comparison: Comparison) -> Lines:
    natural = comparison.natural
    ratio = comparison.measure in RATIOS
    null = 1.0 if ratio else 0.0
    mid, known = comparison.mid, comparison.mid is not None
    if not ratio and mid is None and comparison.measure == "SMD":
        mid = SD_LINE
    elif not ratio and mid is None and comparison.measure in ("MD", "MC"):
        spread = pooled_sd(comparison)
        mid = None if spread is None else SD_LINE * spread[0]
    important: tuple[float, float] | None
    large: tuple[float, float] | None
    if ratio:
        important, large = RATIO_LINES, (1.0 / LARGE, LARGE)
    elif mid is not None:
        important, large = (-mid, mid), (-LARGE * mid, LARGE * mid)
    else:
        important, large = None, None
    return Lines(
        estimate=None if natural is None else natural.estimate,
        low=None if natural is None else natural.ci_low,
        high=None if natural is None else natural.ci_high,
        null=null,
        important=important,
        large=large,
        known=known,
        low_node=None if natural is None else natural.nodes.get("ci_low"),
        high_node=None if natural is None else natural.nodes.get("ci_high"),
        natural_lines=(null, *(important if known and important else ())),
        natural_important=important,
    )


def pooled_sd(comparison: Comparison) -> tuple[float, tuple[str, ...]] | None:
    """The SD within arms over all studies, with the nodes it rests on; None where none is given.

    The square root of the mean variance, each arm counted by its degrees of freedom.
    """
    arms = [arm for row in comparison.studies for arm in (row.intervention, row.comparator) if arm]
    usable = [arm for arm in arms if _spread(arm) is not None]
    weight = sum((arm.n or 0) - 1 for arm in usable)
    if not usable or weight <= 0:
        return None
    total = sum(((arm.n or 0) - 1) * (arm.sd or 0.0) ** 2 for arm in usable)
    nodes = tuple(arm.nodes[name] for arm in usable for name in ("sd", "n") if name in arm.nodes)
    return math.sqrt(total / weight), nodes


def _spread(arm: ArmData) -> float | None:
    return arm.sd if arm.n is not None and arm.n > 1 else None
