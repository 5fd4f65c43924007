"""Log odds ratios of one design by Mantel and Haenszel's method for any number of arms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["design_odds_ratios"]

FloatArray = npt.NDArray[np.float64]


def design_odds_ratios(events: FloatArray, without: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log odds ratios of trials with the same arms.

    Parameters
    ----------
    events, without
        (k, a) people with and without the event, a trial a row and an arm a column.

    Returns
    -------
    effects : (a - 1,) array
        Log odds ratios of the later arms against the first.
    covariance : (a - 1, a - 1) array
        By the dually consistent estimator: right with few large trials and with many small ones.
        Both hold what is not finite where an arm has no event in any trial, or nobody without.

    References
    ----------
    :cite:t:`efthimiou2019`, after :cite:t:`robins1986` for two arms.
    """
    a = events.shape[1]
    total = (events + without).sum(axis=1)
    # c and d of each trial, for each ordered pair of arms.
    c = events[:, :, None] * without[:, None, :] / total[:, None, None]
    d = (events[:, :, None] + without[:, None, :]) / total[:, None, None]
    back_c, back_d = np.swapaxes(c, 1, 2), np.swapaxes(d, 1, 2)
    sums = c.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logs = np.log(sums / sums.T)
        pair = (
            (c * d).sum(axis=0) / (2.0 * sums**2)
            + (c * back_d + back_c * d).sum(axis=0) / (2.0 * sums * sums.T)
            + (back_c * back_d).sum(axis=0) / (2.0 * sums.T**2)
        )
    np.fill_diagonal(pair, 0.0)
    np.fill_diagonal(logs, 0.0)
    mean = (logs.sum(axis=1)[:, None] - logs.sum(axis=1)[None, :]) / a
    triple = _triples(events, without, total, sums)
    own = pair.sum(axis=1) + triple.sum(axis=(1, 2))
    both = triple.copy()
    for x in range(a):
        for y in range(a):
            if x != y:
                both[x, y, y] = pair[x, y]
    if not (np.isfinite(pair).all() and np.isfinite(triple).all()):
        return np.full(a - 1, np.nan), np.full((a - 1, a - 1), np.nan)
    shared = both.sum(axis=0) - both.sum(axis=2) - both.sum(axis=2).T + pair
    # Covariance of the means against the first arm.
    covariance = (
        own[0] - shared[0, None, :] - shared[:, 0, None] + shared + np.diag(own - shared.diagonal())
    ) / a**2
    return -mean[0, 1:], covariance[1:, 1:]


def _triples(
    events: FloatArray, without: FloatArray, total: FloatArray, sums: FloatArray
) -> FloatArray:
    """Covariance of two log odds ratios that share their first arm, for three different arms."""
    n = events + without

    def over_trials(one: FloatArray, two: FloatArray, three: FloatArray) -> FloatArray:
        result: FloatArray = np.einsum("k,kx,ky,kz->xyz", total**-2.0, one, two, three)
        return result

    with np.errstate(divide="ignore", invalid="ignore"):
        there, back = 1.0 / sums, 1.0 / sums.T
        found = (
            over_trials(events, without, without) * there[:, :, None] * there[:, None, :]
            + over_trials(n, without, events) * there[:, :, None] * back[:, None, :]
            + over_trials(n, events, without) * back[:, :, None] * there[:, None, :]
            + over_trials(without, events, events) * back[:, :, None] * back[:, None, :]
        ) / 3.0
    for x in range(events.shape[1]):
        found[x, x, :] = found[x, :, x] = found[:, x, x] = 0.0
    return np.asarray(found)
