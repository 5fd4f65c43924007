"""Certified searches for the between-study variance, for many sets of effects at once.

Every equation is solved for all sets together, each set converging on its own. Nothing depends on
the scale of the effects, and no tolerance is absolute.

`level_crossing` solves y'Py = c (Paule-Mandel, Q-profile): 1/y'Py rises and is concave in t, so
that Newton's method started at or left of the root climbs to it and cannot overshoot.

`maximize` finds the maximum of the full or restricted likelihood. All its parts have the form
sum of c/(d + t)^m with c >= 0 and d between the smallest and the largest sampling variance (the d
of the restricted one interlace the variances). So on a cell a <= t <= b each part is bounded by its
values at the ends, and that is enough to prove that a cell holds no root of the score or at most
one. Cells are split until that is proved; the likelihood then has as many maxima as the score has
falls through zero, and where there are several the highest one is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.stats.alone import (
    LAST_STEP,
    MAX_HALVINGS,
    MAX_STEPS,
    NOISE,
    ROOM,
    climb_to_level,
    single_maximum,
)
from weigh.stats.sums import Score, Sums

__all__ = ["Maxima", "level_crossing", "maximize"]

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


def level_crossing(sums: Sums, level: FloatArray, start: FloatArray | None = None) -> FloatArray:
    """Solve y'Py = level for t >= 0; 0 where y'Py starts at or below the level.

    Parameters
    ----------
    sums
        The sets.
    level
        (sets,) right-hand sides, above 0.
    start
        Where to start, at or left of the root; 0 if not given.
    """
    if sums.alone is not None:
        root = climb_to_level(
            sums.alone, float(level[0]), 0.0 if start is None else float(start[0])
        )
        return np.array([root])
    t = np.zeros(sums.sets) if start is None else start.copy()
    active = np.arange(sums.sets)
    # Sets that have converged stand still until enough of them make it worth while to drop them.
    moving = np.ones(sums.sets, dtype=np.bool_)
    part = sums
    noise = NOISE * sums.v_low
    for _ in range(MAX_STEPS):
        here = t[active]
        q, fall = part.q(here)
        goal = level[active]
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.where(moving & (q > goal), q * (q / goal - 1.0) / fall, 0.0)
        t[active] = here + step
        moving = step > np.maximum(LAST_STEP * here, noise[active])
        if not moving.any():
            break
        if moving.sum() <= 0.75 * moving.size:
            active = active[moving]
            moving = moving[moving]
            part = sums.take(active)
    return t


def _no_root(at_a: Score, at_b: Score, ua: FloatArray, ub: FloatArray, rises: bool) -> BoolArray:
    """Whether the score keeps its sign on a cell, by the parts scaled with powers of t + s.

    With s the smallest variance each part so scaled rises in t, with s the largest it falls.
    """
    a2, b2 = at_a.quad2 * ua * ua, at_b.quad2 * ub * ub
    a1, b1 = at_a.trace1 * ua, at_b.trace1 * ub
    low2, high2, low1, high1 = (a2, b2, a1, b1) if rises else (b2, a2, b1, a1)
    return (low2 > high1 * ub) | (high2 < low1 * ua)


def _one_root(at_a: Score, at_b: Score, ua: FloatArray, ub: FloatArray, rises: bool) -> BoolArray:
    """Whether trace1 / quad2 is monotone on a cell, so that it passes 1 at most once."""
    low, high = (at_a, at_b) if rises else (at_b, at_a)
    ratio = ua / ub if rises else ub / ua
    shrink = (ratio * ratio) * (ratio * ratio)
    grows = 2.0 * low.trace1 * low.quad3 * shrink > high.quad2 * high.trace2
    falls = 2.0 * high.trace1 * high.quad3 < low.quad2 * low.trace2 * shrink
    return grows | falls


def _settled(
    a: FloatArray, b: FloatArray, at_a: Score, at_b: Score, v_low: FloatArray, v_high: FloatArray
) -> BoolArray:
    """Whether a cell is proved to hold at most one root of the score."""
    settled = (at_b.quad2 > at_a.trace1) | (at_a.quad2 < at_b.trace1)
    settled |= 2.0 * at_b.trace1 * at_b.quad3 > at_a.quad2 * at_a.trace2
    settled |= 2.0 * at_a.trace1 * at_a.quad3 < at_b.quad2 * at_b.trace2
    for shift, rises in ((v_low, True), (v_high, False)):
        settled |= _no_root(at_a, at_b, a + shift, b + shift, rises)
        settled |= _one_root(at_a, at_b, a + shift, b + shift, rises)
    return settled


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of the search: the set that each belongs to, its ends, the score's parts there."""

    which: IndexArray
    a: FloatArray
    b: FloatArray
    at_a: Score
    at_b: Score

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
        return (self.at_a.quad2 > self.at_a.trace1) & (self.at_b.quad2 <= self.at_b.trace1)


def _join(cells: list[_Cells]) -> _Cells:
    def scores(name: str) -> Score:
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


def _from_nodes(which: IndexArray, nodes: FloatArray, score: Score) -> _Cells:
    """Cells between the rows of `nodes`, flattened."""
    shape = (nodes.shape[0] - 1, nodes.shape[1])

    def rows(part: FloatArray, start: int) -> FloatArray:
        return part[start : start + shape[0]].reshape(-1)

    def ends(start: int) -> Score:
        return Score(
            rows(score.quad2, start),
            rows(score.trace1, start),
            rows(score.quad3, start),
            rows(score.trace2, start),
        )

    return _Cells(
        np.broadcast_to(which, shape).reshape(-1), rows(nodes, 0), rows(nodes, 1), ends(0), ends(1)
    )


def _first_nodes(sums: Sums, upper: FloatArray) -> FloatArray:
    """Where the score is looked at first: 0, a likely ceiling, and the upper bound.

    The ceiling is twice what the maximum would be with equal variances; from there to the bound
    one cell will nearly always do.
    """
    return np.stack([np.zeros_like(upper), np.minimum(2.0 * sums.rss / sums.df, upper), upper])


def _polish(sums: Sums, cells: _Cells, *, restricted: bool) -> FloatArray:
    """Find the fall of the score through zero inside each cell, to rounding."""
    a, b = cells.a.copy(), cells.b.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        rise_a = cells.at_a.trace1 / cells.at_a.quad2 - 1.0
        rise_b = cells.at_b.trace1 / cells.at_b.quad2 - 1.0
        t = a + (b - a) * np.where(np.isfinite(rise_b), -rise_a / (rise_b - rise_a), 0.5)
    t = np.where((t > a) & (t < b), t, 0.5 * (a + b))
    noise = NOISE * sums.v_low[cells.which]
    active = np.arange(t.size)
    moving = np.ones(t.size, dtype=np.bool_)
    part = sums.take(cells.which)
    for _ in range(MAX_STEPS):
        here = t[active]
        score = part.score(here, restricted=restricted)
        excess = score.quad2 - score.trace1
        left = excess > 0.0
        a[active] = np.where(left, here, a[active])
        b[active] = np.where(left, b[active], here)
        # Newton on trace1/quad2, which is linear in t where the variances are equal.
        slope = 2.0 * score.trace1 * score.quad3 - score.quad2 * score.trace2
        with np.errstate(invalid="ignore", divide="ignore"):
            target = here + score.quad2 * excess / slope
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
    if sums.alone is not None:
        top = single_maximum(sums.alone, restricted=restricted)
        if top is not None:
            return Maxima(np.array([top]), np.ones(1, dtype=np.intp), np.ones(1, dtype=np.bool_))
    t = np.zeros(sums.sets)
    count = np.ones(sums.sets, dtype=np.intp)
    certified = np.ones(sums.sets, dtype=np.bool_)
    # No term of the score is positive beyond the residual sum of squares less the smallest
    # variance, whatever the weights.
    upper = sums.rss * ROOM - sums.v_low
    open_sets = np.flatnonzero(upper > 0.0)
    if open_sets.size == 0:
        return Maxima(t, count, certified)
    part = sums if open_sets.size == sums.sets else sums.take(open_sets)
    v_low, v_high = part.v_low, part.v_high
    nodes = _first_nodes(part, upper[open_sets])
    score = part.score(nodes, restricted=restricted)
    starts_down = score.quad2[0] <= score.trace1[0]
    cells = _from_nodes(np.arange(part.sets), nodes, score)
    settled: list[_Cells] = []
    proved = np.ones(part.sets, dtype=np.bool_)
    for _ in range(MAX_HALVINGS + 1):
        done = _settled(
            cells.a, cells.b, cells.at_a, cells.at_b, v_low[cells.which], v_high[cells.which]
        )
        settled.append(cells.take(np.flatnonzero(done & cells.falls())))
        cells = cells.take(np.flatnonzero(~done))
        if cells.which.size == 0:
            break
        cells = _halved(part, cells, v_low[cells.which], restricted=restricted)
    else:
        proved[cells.which] = False
        settled.append(cells.take(np.flatnonzero(cells.falls())))
    falls = _join(settled)
    roots = _polish(part, falls, restricted=restricted)
    best, number = _highest(part, falls.which, roots, starts_down, restricted=restricted)
    t[open_sets] = best
    count[open_sets] = number
    certified[open_sets] = proved
    return Maxima(t, count, certified)


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
