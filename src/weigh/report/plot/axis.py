"""Axes: how far they reach, where round numbers lie on them, where a value is drawn.

Effects are placed on the analysis scale and labelled on the printed one, so that ratios stand on a
logarithmic axis with ratios under it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import MaxNLocator

from weigh.report.figures.lettering import SMALL, text_width
from weigh.report.plot.showing import View, tick_text

__all__ = ["Axis", "Tick", "effect_axis", "number_axis", "span_of"]

FloatArray = npt.NDArray[np.float64]

#: Round numbers of a decade, the finest set first.
_DECADES = ((1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_NEAR_ONE = (
    (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3),
    (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.0),
    (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0),
    (0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 4.0),
)
_BETWEEN = 9.0  # pixels that two labels keep between them
_MARGIN = 14.0  # pixels that labels may reach beyond the axis
_BESIDE = 50.0  # and that there are beside an upright axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis: the value at which it stands, and what is printed."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From values `low` to `high` to pixels `start` to `end`, either way round."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[Tick, ...] = ()

    def at(self, value: float) -> float:
        """The place of a value in pixels, on the axis or beyond it."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def held(self, value: float) -> float:
        """The place of a value in pixels, brought inside the axis."""
        return self.at(min(max(value, self.low), self.high))

    def holds(self, value: float) -> bool:
        """Whether the value lies on the axis."""
        slack = 1e-9 * (self.high - self.low)
        return self.low - slack <= value <= self.high + slack


def span_of(
    values: npt.ArrayLike, *, pad: float = 0.05, around: Sequence[float] = ()
) -> tuple[float, float]:
    """The range of the finite values (and of `around`), a little wider on both sides."""
    x = np.concatenate([np.ravel(np.asarray(values, dtype=np.float64)), np.asarray(around)])
    x = x[np.isfinite(x)]
    if x.size == 0:
        return -1.0, 1.0
    low, high = float(x.min()), float(x.max())
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        room = 0.5 * max(abs(low), abs(high)) or 1.0
        return low - room, high + room
    return low - pad * (high - low), high + pad * (high - low)


def number_axis(
    low: float,
    high: float,
    start: float,
    end: float,
    *,
    upright: bool = False,
) -> Axis:
    """An axis of plain numbers; `upright` ones need no room for labels side by side."""
    room = abs(end - start)
    for bins in range(max(int(room // (38 if upright else 58)), 2), 0, -1):
        values = [
            float(t)
            for t in MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            if low - 1e-9 * (high - low) <= t <= high + 1e-9 * (high - low)
        ]
        labels = [tick_text(_clean(v, high - low)) for v in values]
        if upright and max((text_width(label, SMALL) for label in labels), default=0.0) > _BESIDE:
            labels = [tick_text(_clean(v, high - low), short=True) for v in values]
        axis = Axis(low=low, high=high, start=start, end=end)
        ticks = tuple(Tick(value=v, label=t) for v, t in zip(values, labels, strict=True))
        ticks = ticks if upright else tuple(tick for tick in ticks if _inside(axis, tick))
        axis = replace(axis, ticks=ticks)
        if upright or _apart(axis):
            return axis
    return Axis(low=low, high=high, start=start, end=end, ticks=ticks[:1])


def effect_axis(
    view: View, low: float, high: float, start: float, end: float, *, upright: bool = False
) -> Axis:
    """An axis of effects on the analysis scale, its ticks round numbers on the printed one."""
    if view.is_plain:
        return number_axis(low, high, start, end, upright=upright)
    axis = Axis(low=low, high=high, start=start, end=end)
    for values in _ratio_ticks(low, high) if view.is_log else _natural_ticks(view, low, high):
        places = view.analysed(np.array(values))
        ticks = tuple(
            Tick(value=float(place), label=tick_text(value))
            for value, place in zip(values, places, strict=True)
            if math.isfinite(place) and axis.holds(float(place))
        )
        ticks = ticks if upright else tuple(tick for tick in ticks if _inside(axis, tick))
        axis = replace(axis, ticks=ticks)
        if 2 <= len(axis.ticks) <= 8 and _apart(axis, upright=upright):
            return axis
    return _thinned(axis, upright=upright)


def _ratio_ticks(low: float, high: float) -> Iterator[list[float]]:
    """Sets of round ratios between two logarithms, the finest first."""
    if high - low < math.log(1.6):
        # So narrow that ratios are all but evenly spaced.
        for bins in range(6, 1, -1):
            found = MaxNLocator(nbins=bins).tick_values(math.exp(low), math.exp(high))
            yield [_clean(float(t), 1.0) for t in found if t > 0.0]
    if high - low < math.log(5.0) and math.log(0.4) < low and high < math.log(2.5):
        yield from (list(kept) for kept in _NEAR_ONE)
    first, last = math.floor(low / math.log(10.0)), math.ceil(high / math.log(10.0))
    for steps in _DECADES:
        if last - first <= 12:
            tens = range(first, last + 1)
            found = [float(f"{step:g}e{ten}") for ten in tens for step in steps]
            yield found
    for every in (2, 3, 5, 10, 20, 50, 100):
        # Counted from one, so that it has its tick where it is on the axis.
        tens = range(max(first - first % every, -300), min(last, 300) + 1, every)
        yield [10.0**ten for ten in tens]


def _natural_ticks(view: View, low: float, high: float) -> Iterator[list[float]]:
    """Round numbers of the printed scale."""
    ends = np.sort(view.natural(np.array([low, high])))
    for bins in range(7, 0, -1):
        found = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(*ends)
        yield [_clean(float(t), float(ends[1] - ends[0])) for t in found]


def _clean(value: float, span: float) -> float:
    """Without what arithmetic adds in the last digits: 0.30000000000000004 is 0.3."""
    if span <= 0.0 or not math.isfinite(span):
        return value
    digits = 6 - math.floor(math.log10(span))
    return round(value, digits) + 0.0


def _thinned(axis: Axis, *, upright: bool) -> Axis:
    """As many ticks as have room, no effect and what is near it first."""
    kept: list[Tick] = []
    for tick in sorted(axis.ticks, key=lambda tick: abs(tick.value)):
        together = replace(axis, ticks=tuple(sorted([*kept, tick], key=lambda t: t.value)))
        if _apart(together, upright=upright):
            kept.append(tick)
    return replace(axis, ticks=tuple(sorted(kept, key=lambda tick: tick.value)))


def _inside(axis: Axis, tick: Tick) -> bool:
    """Whether a label ends within the margin at the right."""
    return axis.at(tick.value) + text_width(tick.label, SMALL) / 2.0 <= axis.end + _MARGIN


def _apart(axis: Axis, *, upright: bool = False) -> bool:
    """Whether no two labels come close."""
    boxes = sorted(
        (axis.at(tick.value) - half, axis.at(tick.value) + half)
        for tick in axis.ticks
        for half in [SMALL / 2.0 if upright else text_width(tick.label, SMALL) / 2.0]
    )
    return all(one[1] + _BETWEEN <= other[0] for one, other in pairwise(boxes))
