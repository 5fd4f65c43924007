"""Regressions in which some studies weigh a million times as much as the rest, or more.

A study that decides a coefficient alone has a leverage of 1 less some 1e-9, and the usual formulas
take the difference of two such numbers. Here the coefficients are eliminated with the p studies of
most weight instead, so that nothing large is subtracted from anything large.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr

from weigh.stats.score import Score

__all__ = ["FAR_ABOVE", "NEAR_ONE", "dominated_score", "mend_dominated"]

FloatArray = npt.NDArray[np.float64]

# A leverage so near to 1 leaves the usual formulas fewer than eight of their sixteen digits.
NEAR_ONE = 1.0 - 1e-5
# A study that is the only one to show a coefficient has such a leverage, too, and does no harm.
FAR_ABOVE = 1e5


def mend_dominated(
    score: Score[FloatArray], leverage: FloatArray, x: FloatArray, y: FloatArray, w: FloatArray
) -> None:
    """Put exact parts of the restricted score where a study's leverage rounds to 1.

    Parameters
    ----------
    score
        Parts of the score of n sets, changed in place.
    leverage, w
        (n, k) leverages and weights; a weight of 0 is padding.
    x, y
        (n, k, p) designs and (n, k) effects.
    """
    for one in np.flatnonzero(leverage.max(axis=1) > NEAR_ONE):
        real = w[one] > 0.0
        weights = w[one][real]
        if weights.max() < FAR_ABOVE * weights.min():
            continue
        exact = dominated_score(x[one][real], y[one][real], weights)
        score.quad2[one], score.trace1[one] = exact.quad2, exact.trace1
        score.quad3[one], score.trace2[one] = exact.quad3, exact.trace2


def dominated_score(x: FloatArray, y: FloatArray, w: FloatArray) -> Score[float]:
    r"""Return the parts of the restricted score.

    With the first p studies those that pivoting picks, :math:`U = D_2^{-1/2} X_2 X_1^{-1}
    D_1^{1/2}` has entries of order 1, and :math:`P = C R C'` where :math:`R = D_2^{-1/2} (I +
    UU')^{-1} D_2^{-1/2}` and :math:`C' = (-X_2 X_1^{-1}, I)`, D being the inverse weights.

    Parameters
    ----------
    x, y, w
        (k, p) design, (k,) effects and (k,) weights.
    """
    p = x.shape[1]
    root = np.sqrt(w)
    scaled = root[:, None] * x
    order = qr(scaled.T, mode="r", pivoting=True)[1]
    head, tail = order[:p], order[p:]
    u = np.linalg.solve(scaled[head].T, scaled[tail].T).T
    inner = np.linalg.inv(np.eye(p) + u.T @ u)
    w1, w2 = w[head], w[tail]
    root1, root2 = root[head], root[tail]

    def project(values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P times values: that of the head, and of the tail."""
        rest = root2 * values[tail] - u @ (root1 * values[head])
        rest = rest - u @ (inner @ (u.T @ rest))
        return -root1 * (u.T @ rest), root2 * rest

    first = np.empty_like(y)
    first[head], first[tail] = project(y)
    twice = np.concatenate(project(first))
    left = u.T @ u @ inner  # I - inner, without the difference
    share = np.einsum("ip,pq,iq->i", u, inner, u)
    cross = inner @ (u.T @ (w2[:, None] * u))
    across = root2[:, None] * (u @ inner) * root1
    within = root1[:, None] * left * root1
    trace2 = (
        np.sum(w2 * w2 * (1.0 - 2.0 * share))
        + np.sum(cross * cross.T)
        + 2.0 * np.sum(across * across)
        + np.sum(within * within)
    )
    return Score(
        float(first @ first),
        float(np.sum(w2 * (1.0 - share)) + np.sum(w1 * np.diagonal(left))),
        float(first @ twice[np.argsort(order)]),
        float(trace2),
    )
