"""The axis of a forest plot: how far it reaches, where its ticks are, where a value lies on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from weigh.evidence.figures import plain

__all__ = ["Reach", "Scale", "scale_for"]

#: Ticks of a ratio axis, from the narrowest to the widest: they read the same from either end.
_LADDER = (
    (0.9, 0.95, 1.0, 1.05, 1.1),
    (0.8, 0.9, 1.0, 1.1, 1.25),
    (0.67, 0.8, 1.0, 1.25, 1.5),
    (0.5, 0.7, 1.0, 1.4, 2.0),
    (0.25, 0.5, 1.0, 2.0, 4.0),
    (0.2, 0.5, 1.0, 2.0, 5.0),
    (0.1, 0.3, 1.0, 3.0, 10.0),
    (0.05, 0.2, 1.0, 5.0, 20.0),
    (0.01, 0.1, 1.0, 10.0, 100.0),
    (0.001, 0.03, 1.0, 30.0, 1000.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """An estimate and its interval, on the natural scale."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From values on the natural scale to pixels between `left` and `right`."""

    logarithmic: bool
    low: float
    high: float
    ticks: tuple[float, ...]
    left: float
    right: float

    def at(self, value: float) -> float:
        """The place of a value in pixels, held inside the axis."""
        held = min(max(value, self.low), self.high)
        start, end, here = (self._even(v) for v in (self.low, self.high, held))
        return self.left + (here - start) / (end - start) * (self.right - self.left)

    def holds(self, value: float) -> bool:
        """Whether the value lies on the axis."""
        return self.low <= value <= self.high

    def labels(self) -> tuple[str, ...]:
        """The ticks as they are printed."""
        return tuple(plain(round(tick, 10)) for tick in self.ticks)

    def _even(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value


def scale_for(
    studies: Sequence[Reach],
    pooled: Sequence[Reach],
    *,
    logarithmic: bool,
    left: float,
    right: float,
) -> Scale:
    """Choose an axis with the line of no effect in its middle.

    Every point estimate and every pooled interval is on it, and the intervals of studies unless
    they are much wider than most: those are cut with an arrow rather than let squeeze the rest.
    """
    far = [_distance(reach.estimate, logarithmic) for reach in (*studies, *pooled)]
    far += [_distance(end, logarithmic) for reach in pooled for end in (reach.low, reach.high)]
    ends = sorted(
        max(_distance(reach.low, logarithmic), _distance(reach.high, logarithmic))
        for reach in studies
    )
    if ends:
        usual = ends[(len(ends) - 1) // 2]
        # Up to twice the usual width is shown in full.
        far += [end for end in ends if end <= 2.0 * usual]
    reach_out = max([value for value in far if math.isfinite(value)], default=1.0)
    if logarithmic:
        return _ratio_scale(reach_out, left, right)
    return _difference_scale(reach_out, left, right)


def _distance(value: float, logarithmic: bool) -> float:
    """How far from no effect, on the scale that is drawn evenly."""
    if not logarithmic:
        return abs(value)
    return abs(math.log(value)) if value > 0 else math.inf


def _ratio_scale(reach_out: float, left: float, right: float) -> Scale:
    ticks = next(
        (steps for steps in _LADDER if math.log(steps[-1]) >= reach_out * 0.98), _LADDER[-1]
    )
    # A little beyond the last tick, so that its mark and label have air.
    end = math.exp(max(math.log(ticks[-1]), -math.log(ticks[0])) * 1.06)
    return Scale(logarithmic=True, low=1.0 / end, high=end, ticks=ticks, left=left, right=right)


def _difference_scale(reach_out: float, left: float, right: float) -> Scale:
    reach_out = reach_out or 1.0
    locator = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], symmetric=True)
    above = [float(tick) for tick in locator.tick_values(-reach_out, reach_out) if tick > 0]
    # Rounding leaves the two sides unlike in their last digits; one is made of the other.
    ticks = tuple([-tick for tick in reversed(above)] + [0.0] + above)
    end = max(ticks[-1], reach_out)
    return Scale(
        logarithmic=False, low=-end * 1.04, high=end * 1.04, ticks=ticks, left=left, right=right
    )
