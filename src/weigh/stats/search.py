"""Certified searches for the between-study variance, for many sets of effects at once.

Every equation is solved for all sets together, each set converging on its own. Nothing depends on
the scale of the effects, and no tolerance is absolute.

`level_crossing` solves y'Py = c (Paule-Mandel, Q-profile): 1/y'Py rises and is concave in t, so
that Newton's method started at or left of the root climbs to it and cannot overshoot.

`maximize` finds the maximum of the full or restricted likelihood. On a cell a <= t <= b the parts
of the score are bounded by their values at the ends, which is enough to prove that the cell holds
no root of the score or at most one (`weigh.stats.score`). Cells are split until that is proved; the
likelihood then has as many maxima as the score has falls through zero, and where there are several
the highest one is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.stats.alone import (
    FURTHER,
    LAST_STEP,
    MAX_HALVINGS,
    MAX_STEPS,
    NOISE,
    ROOM,
    Place,
    climb_to_level,
    highest_maximum,
)
from weigh.stats.protocols import Alone
from weigh.stats.score import Score, cubic_guess, newton_step, settled, settled_beyond
from weigh.stats.sums import Sums

__all__ = ["Maxima", "level_crossing", "level_crossings", "maximize"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Maxima:
    """Where the likelihood of each set is highest.

    Parameters
    ----------
    t
        The maximum, 0 where the likelihood falls from the start.
    count
        Number of local maxima, the one at 0 included.
    certified
        Whether `count` is proved; where it is not, two maxima closer to each other than the
        search could tell apart may hide behind one.
    """

    t: FloatArray
    count: IndexArray
    certified: BoolArray


def level_crossing(sums: Sums, level: FloatArray) -> FloatArray:
    """Solve y'Py = level for t >= 0; 0 where y'Py starts at or below the level.

    Parameters
    ----------
    sums
        The sets.
    level
        (sets,) right-hand sides, above 0.
    """
    return _climb(sums, level, _foot(sums)).t


def level_crossings(
    sums: Sums, first: FloatArray, second: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Solve y'Py = first, and from there y'Py = second, which is no higher.

    Parameters
    ----------
    sums
        The sets.
    first, second
        (sets,) right-hand sides, above 0.
    """
    place = _climb(sums, first, _foot(sums))
    return place.t, _climb(sums, second, place).t


@dataclass(frozen=True, slots=True)
class _Places:
    """Places of sets on the way to a level; see `weigh.stats.alone.Place`."""

    t: FloatArray
    here: FloatArray
    q: FloatArray
    fall: FloatArray


def _foot(sums: Sums) -> _Places:
    """Where every climb begins: t = 0."""
    zero = np.zeros(sums.sets)
    return _Places(zero, zero, sums.start.q, sums.start.fall)


def _climb(sums: Sums, level: FloatArray, place: _Places) -> _Places:
    """Go on to y'Py = level from places at or left of it."""
    if sums.alone is not None:
        one = Place(
            float(place.t[0]), float(place.here[0]), float(place.q[0]), float(place.fall[0])
        )
        one = climb_to_level(sums.alone, float(level[0]), one)
        return _Places(*(np.array([x]) for x in (one.t, one.here, one.q, one.fall)))
    out = _Places(*(values.copy() for values in (place.t, place.here, place.q, place.fall)))
    here, q, fall, goal, noise = place.here, place.q, place.fall, level, NOISE * sums.v_low
    active, part = np.arange(sums.sets), sums
    for _ in range(MAX_STEPS):
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.where(q > goal, q * (q / goal - 1.0) / fall, 0.0)
        t = here + step
        moving = step > np.maximum(LAST_STEP * here, noise)
        left = int(np.count_nonzero(moving))
        # Sets that have converged stand still until enough of them make it worth while to drop
        # them; standing still they find the same step again.
        if left == 0 or left <= 0.75 * moving.size:
            out.t[active], out.here[active], out.q[active], out.fall[active] = t, here, q, fall
            if left == 0:
                break
            rest = np.flatnonzero(moving)
            active, goal, noise, here = active[rest], goal[rest], noise[rest], t[rest]
            part = sums.take(active)
        else:
            here = np.where(moving, t, here)
        q, fall = part.q(here)
    return out


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of the search: the set that each belongs to, its ends, the score's parts there."""

    which: IndexArray
    a: FloatArray
    b: FloatArray
    at_a: Score[FloatArray]
    at_b: Score[FloatArray]

    def take(self, where: IndexArray) -> _Cells:
        return _Cells(
            self.which[where],
            self.a[where],
            self.b[where],
            self.at_a.take(where),
            self.at_b.take(where),
        )

    def falls(self) -> BoolArray:
        """Whether the score falls through zero from a to b."""
        falls: BoolArray = self.at_a.rises() & ~self.at_b.rises()
        return falls


def _join(cells: list[_Cells]) -> _Cells:
    def scores(name: str) -> Score[FloatArray]:
        parts = [getattr(cell, name) for cell in cells]
        return Score(
            *(
                np.concatenate([getattr(part, field) for part in parts])
                for field in ("quad2", "trace1", "quad3", "trace2")
            )
        )

    return _Cells(
        np.concatenate([cell.which for cell in cells]),
        np.concatenate([cell.a for cell in cells]),
        np.concatenate([cell.b for cell in cells]),
        scores("at_a"),
        scores("at_b"),
    )


def _first_cells(
    sums: Sums, at_zero: Score[FloatArray], upper: FloatArray, *, restricted: bool
) -> _Cells:
    """Cells from 0 to a likely place beyond the maximum, and from there to the upper bound.

    Neither is made for a set where it is clear beforehand that there is nothing to find in it.
    """
    v_high = sums.v_high
    which = np.flatnonzero(~settled_beyond(np.zeros_like(upper), v_high, at_zero))
    at_a = at_zero.take(which)
    # Twice what the maximum would be with equal variances, or what Newton's step from 0 says.
    likely = np.minimum(2.0 * sums.rss / sums.df, upper)[which]
    over, slope = newton_step(at_a)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        further = FURTHER * over / slope
    likely = np.where((over > 0.0) & (slope > 0.0), np.minimum(further, likely), likely)
    part = sums if which.size == sums.sets else sums.take(which)
    at_b = part.score(likely, restricted=restricted)
    first = _Cells(which, np.zeros(which.size), likely, at_a, at_b)
    rest = np.flatnonzero(~settled_beyond(likely, v_high[which], at_b))
    if rest.size == 0:
        return first
    top = upper[which[rest]]
    at_top = sums.take(which[rest]).score(top, restricted=restricted)
    return _join([first, _Cells(which[rest], likely[rest], top, at_b.take(rest), at_top)])


def _guess(cells: _Cells) -> FloatArray:
    """Where trace1 / quad2 passes 1, by a cubic through values and slopes at both ends."""
    (over_a, slope_a), (over_b, slope_b) = newton_step(cells.at_a), newton_step(cells.at_b)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        rise_a = cells.at_a.trace1 / cells.at_a.quad2 - 1.0
        rise_b = cells.at_b.trace1 / cells.at_b.quad2 - 1.0
        share = rise_a / (rise_a - rise_b)
        t = cubic_guess(cells.a, cells.b, over_a / slope_a, over_b / slope_b, share)
    good = (slope_a > 0.0) & (slope_b > 0.0) & (t > cells.a) & (t < cells.b)
    return np.where(good, t, 0.5 * (cells.a + cells.b))


def _polish(sums: Sums, cells: _Cells, *, restricted: bool) -> FloatArray:
    """Find the fall of the score through zero inside each cell, to rounding."""
    a, b = cells.a.copy(), cells.b.copy()
    t = _guess(cells)
    noise = NOISE * sums.v_low[cells.which]
    active = np.arange(t.size)
    moving = np.ones(t.size, dtype=np.bool_)
    part = sums.take(cells.which)
    for _ in range(MAX_STEPS):
        here = t[active]
        score = part.score(here, restricted=restricted)
        left = score.rises()
        a[active] = np.where(left, here, a[active])
        b[active] = np.where(left, b[active], here)
        over, slope = newton_step(score)
        with np.errstate(invalid="ignore", divide="ignore"):
            target = here + over / slope
        inside = (target >= a[active]) & (target <= b[active])
        target = np.where(inside, target, 0.5 * (a[active] + b[active]))
        target = np.where(moving, target, here)
        t[active] = target
        moving = np.abs(target - here) > np.maximum(LAST_STEP * here, noise[active])
        if not moving.any():
            break
        if moving.sum() <= 0.75 * moving.size:
            active = active[moving]
            moving = moving[moving]
            part = sums.take(cells.which[active])
    return t


def maximize(sums: Sums, *, restricted: bool) -> Maxima:
    """Maximize the full or restricted likelihood over t >= 0.

    Parameters
    ----------
    sums
        The sets.
    restricted
        REML if True, ML if False.
    """
    start = sums.start.score if restricted else None
    found = _one_by_one(sums.one_by_one(), start, restricted=restricted)
    if found is not None:
        return found
    t = np.zeros(sums.sets)
    count = np.ones(sums.sets, dtype=np.intp)
    certified = np.ones(sums.sets, dtype=np.bool_)
    # No term of the score is positive beyond the residual sum of squares less the smallest
    # variance, whatever the weights.
    upper = sums.rss * ROOM - sums.v_low
    open_sets = np.flatnonzero(upper > 0.0)
    if open_sets.size == 0:
        return Maxima(t, count, certified)
    if start is None:
        start = sums.score(t, restricted=False)
    part, score = sums, start
    if open_sets.size < sums.sets:
        part, score = sums.take(open_sets), start.take(open_sets)
    cells = _first_cells(part, score, upper[open_sets], restricted=restricted)
    starts_down = ~score.rises()
    v_low = part.v_low
    ends: list[_Cells] = []
    proved = np.ones(part.sets, dtype=np.bool_)
    for _ in range(MAX_HALVINGS + 1):
        done = settled(cells.b - cells.a, cells.at_a, cells.at_b)
        ended = np.flatnonzero(done & cells.falls())
        if ended.size:
            ends.append(cells.take(ended))
        rest = np.flatnonzero(~done)
        if rest.size < done.size:
            cells = cells.take(rest)
        if rest.size == 0:
            break
        cells = _halved(part, cells, v_low[cells.which], restricted=restricted)
    else:
        proved[cells.which] = False
        ends.append(cells.take(np.flatnonzero(cells.falls())))
    # Where no set has a fall, what is left of the cells is none at all.
    falls = ends[0] if len(ends) == 1 else _join(ends) if ends else cells
    roots = _polish(part, falls, restricted=restricted)
    best, number = _highest(part, falls.which, roots, starts_down, restricted=restricted)
    t[open_sets] = best
    count[open_sets] = number
    certified[open_sets] = proved
    return Maxima(t, count, certified)


def _one_by_one(
    ones: Sequence[Alone], start: Score[FloatArray] | None, *, restricted: bool
) -> Maxima | None:
    """Maximize in plain numbers; None where there are no such sets, or the proof fails for one."""
    if not ones:
        return None
    at_zero = [one.score(0.0, restricted=False) for one in ones] if start is None else start.each()
    t, count = [], []
    for one, score in zip(ones, at_zero, strict=True):
        top = highest_maximum(one, score, restricted=restricted)
        if top is None:
            return None
        t.append(top.t)
        count.append(top.count)
    return Maxima(np.array(t), np.array(count, dtype=np.intp), np.ones(len(t), dtype=np.bool_))


def _halved(sums: Sums, cells: _Cells, v_low: FloatArray, *, restricted: bool) -> _Cells:
    """Halve each cell on the log scale of t plus the smallest variance."""
    middle = np.sqrt((cells.a + v_low) * (cells.b + v_low)) - v_low
    middle = np.minimum(np.maximum(middle, cells.a), cells.b)
    score = sums.take(cells.which).score(middle, restricted=restricted)
    return _join(
        [
            _Cells(cells.which, cells.a, middle, cells.at_a, score),
            _Cells(cells.which, middle, cells.b, score, cells.at_b),
        ]
    )


def _highest(
    sums: Sums,
    which: IndexArray,
    roots: FloatArray,
    starts_down: BoolArray,
    *,
    restricted: bool,
) -> tuple[FloatArray, IndexArray]:
    """Of several local maxima of a set take the highest; 0 is one where the score starts down."""
    number = np.bincount(which, minlength=sums.sets) + starts_down
    best = np.zeros(sums.sets)
    single = number[which] == 1
    best[which[single]] = roots[single]
    rest = np.flatnonzero(~single)
    if rest.size:
        several = np.unique(which[rest])
        height = np.full(sums.sets, -np.inf)
        zero = several[starts_down[several]]
        height[zero] = sums.take(zero).log_likelihood(np.zeros(zero.size), restricted=restricted)
        heights = sums.take(which[rest]).log_likelihood(roots[rest], restricted=restricted)
        for root, group, at in zip(roots[rest], which[rest], heights, strict=True):
            if at > height[group]:
                best[group], height[group] = root, at
    return best, number
