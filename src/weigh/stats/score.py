r"""The score of the likelihood of a between-study variance, and what can be proved from it.

Plain numbers for one set by itself and arrays for many go through the same formulas, in the same
order, so that both end on the same bits.

The parts of the score are sums of :math:`c / (d + t)^m` with c >= 0 and d between the smallest and
the largest sampling variance (the d of the restricted likelihood interlace the variances). A part
:math:`f` with power m falls at the rate :math:`-f'/f = m / (t + e)`, where e is a mean of the d in
which the larger ones count the more the larger t is: e never falls as t rises. So `trace1 / quad2`,
which passes 1 where the score is 0, rises where :math:`t + 2 e_1 > e_2`, with :math:`e_1` that of
`trace1` and :math:`e_2` that of `quad2`; values at the ends of a cell bound both inside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["Score", "assembled", "cubic_guess", "newton_step", "settled", "settled_beyond"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
Real = TypeVar("Real", float, FloatArray)

# What is proved holds with this much room, far above rounding.
_MARGIN = 1.0 + 1e-12


@dataclass(frozen=True, slots=True)
class Score(Generic[Real]):
    """What the score of the (restricted) likelihood and its slope are made of.

    The score is ``(quad2 - trace1) / 2`` and its slope in t is ``trace2 / 2 - quad3``. `quad2` is
    y'P²y and `quad3` is y'P³y. `trace1` and `trace2` are tr P and tr P² for the restricted
    likelihood, and tr W and tr W² for the full one.
    """

    quad2: Real
    trace1: Real
    quad3: Real
    trace2: Real

    def take(self: Score[FloatArray], where: IndexArray) -> Score[FloatArray]:
        """Pick entries."""
        return Score(self.quad2[where], self.trace1[where], self.quad3[where], self.trace2[where])

    def first(self: Score[FloatArray]) -> Score[float]:
        """Return the first entry, as plain numbers."""
        return Score(
            float(self.quad2[0]), float(self.trace1[0]), float(self.quad3[0]), float(self.trace2[0])
        )

    def each(self: Score[FloatArray]) -> list[Score[float]]:
        """Return all entries, as plain numbers."""
        parts = (self.quad2, self.trace1, self.quad3, self.trace2)
        return [Score(*one) for one in zip(*(part.tolist() for part in parts), strict=True)]

    def rises(self) -> Any:
        """Whether the likelihood rises here."""
        return self.quad2 > self.trace1


def assembled(
    w0: Real,
    mu: Real,
    sums: tuple[Real, Real, Real],
    u_sums: tuple[Real, Real, Real],
    *,
    restricted: bool,
) -> Score[Real]:
    """Make the score of the first study's weight, the mean, and the sums over the others.

    Parameters
    ----------
    w0, mu
        Weight of the most precise study, and the weighted mean counted from its effect.
    sums
        Of w, w², w³ over the other studies.
    u_sums
        Of u², wu, wu², with u = w (y - mean).
    restricted
        Whether the likelihood is the restricted one.
    """
    rest, rest2, rest3 = sums
    sum_u2, sum_wu, sum_wu2 = u_sums
    total = w0 + rest
    # The first study's residual is -mu, so that its part of Py is -w0 mu. What follows is
    # y'P³y = sum(w u²) - sum(w u)²/sum(w) with the first study's terms cancelled by hand.
    u0 = w0 * mu
    quad2 = u0 * u0 + sum_u2
    quad3 = (w0 * u0 * (rest * u0 + 2.0 * sum_wu) - sum_wu * sum_wu) / total + sum_wu2
    if not restricted:
        return Score(quad2, total, quad3, w0 * w0 + rest2)
    trace1 = (2.0 * w0 * rest + (rest * rest - rest2)) / total
    inverse = 1.0 / total
    first, others = w0 * inverse, rest2 * inverse
    trace2 = (
        (first * first * (rest * rest + 2.0 * rest2) + others * others)
        + rest2
        - 2.0 * rest3 * inverse
    )
    return Score(quad2, trace1, quad3, trace2)


def newton_step(at: Score[Real]) -> tuple[Real, Real]:
    """Return numerator and denominator of Newton's step to the zero of ``trace1 / quad2 - 1``.

    That function of t is linear where the variances are equal.
    """
    slope = 2.0 * at.trace1 * at.quad3 - at.quad2 * at.trace2
    return at.quad2 * (at.quad2 - at.trace1), slope


def cubic_guess(a: Real, b: Real, step_a: Real, step_b: Real, share: Real) -> Real:
    """Guess a zero between a and b by the cubic through values and slopes, t as function of value.

    Parameters
    ----------
    a, b
        Ends of the cell.
    step_a, step_b
        Newton's step from each.
    share
        How far the zero lies from a to b in terms of the values.
    """
    rest = 1.0 - share
    square = share * share
    return a + (b - a) * (square * (3.0 - 2.0 * share)) + step_a * (rest * rest) + step_b * square


def settled(h: Real, at_a: Score[Real], at_b: Score[Real]) -> Any:
    """Whether a cell of width h, from a to b, is proved to hold at most one zero of the score.

    Either the score is positive, or negative, all over it, or `trace1 / quad2` is monotone in it.
    See the module's docstring; all is multiplied out, as powers of a huge t may round to 0.
    """
    # Twice t + e1 against t + e2, each where it is on the side that the proof needs.
    rises = (2.0 * at_a.trace1 + h * at_a.trace2) * at_b.quad3 > (
        _MARGIN * at_b.quad2
    ) * at_a.trace2
    falls = (_MARGIN * 2.0 * at_b.trace1) * at_a.quad3 < (at_a.quad2 + h * at_a.quad3) * at_b.trace2
    # From a to b quad2 falls by no more than 1/stretch², and trace1 by no less than `left`.
    stretch = 1.0 + h * at_a.quad3 / at_a.quad2
    left = 1.0 - h * at_b.trace2 / at_b.trace1
    factor = stretch * stretch * (left + (_MARGIN - 1.0))
    positive = (at_a.quad2 > at_a.trace1) & (at_a.quad2 > at_a.trace1 * factor)
    # From b back to a likewise; if `ordered` the ratio of the two bounds is largest at an end, and
    # else the parts may at least not be larger than at a, or smaller than at b.
    ordered = 2.0 * (left - (_MARGIN - 1.0)) * at_b.trace1 * at_a.quad3 >= at_a.quad2 * at_b.trace2
    negative = (at_b.quad2 * factor < at_b.trace1) & ordered | (at_a.quad2 < at_b.trace1)
    return rises | falls | positive | negative


def settled_beyond(t: Real, v_high: Real, at: Score[Real]) -> Any:
    """Whether the likelihood is proved to fall from t on, whatever there is beyond.

    Parameters
    ----------
    t, at
        A place, and the score there.
    v_high
        Largest sampling variance: no e is larger.
    """
    rises = 2.0 * at.trace1 > (_MARGIN * (v_high + t)) * at.trace2
    return (at.quad2 <= at.trace1) & rises
