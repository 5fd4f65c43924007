"""Proportional hazards regression of the times to an event of one study's participants."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weigh.synthesis.participants.likelihoods import Estimated, NotEstimable, newton

__all__ = ["fit_hazards"]

FloatArray = npt.NDArray[np.float64]


def fit_hazards(time: FloatArray, event: FloatArray, x: FloatArray) -> Estimated:
    """Cox's regression by the partial likelihood, ties as Efron has them.

    Parameters
    ----------
    time, event
        (n,) follow-up, and 1 where it ended with the event, 0 where it was cut off.
    x
        (n, p) covariates, without an intercept.

    References
    ----------
    :cite:t:`cox1972`; ties, :cite:t:`efron1977`.
    """
    if not event.any():
        raise NotEstimable("no events")
    order = np.lexsort((-event, -time))
    time, ended = time[order], event[order] > 0.0
    x = x[order] - x.mean(axis=0)
    # Whoever is followed as long as an event's time is at risk: up to the last row of that time.
    last = np.append(np.flatnonzero(time[1:] != time[:-1]), time.size - 1)
    group = np.searchsorted(last, np.flatnonzero(ended))
    tied = np.bincount(group, minlength=last.size)
    which = np.flatnonzero(ended)
    # Efron: the events of one time leave the risk set one after another, each by an equal share.
    place = np.arange(which.size) - np.repeat(np.cumsum(tied) - tied, tied)
    share = (place / tied[group])[:, None]
    p = x.shape[1]
    outer = np.einsum("np,nq->npq", x, x).reshape(-1, p * p)
    start_of_group = np.flatnonzero(np.diff(group, prepend=-1))

    def at_risk(values: FloatArray) -> FloatArray:
        """Sums over the risk set of each event, as far as those tied with it have left."""
        whole = np.cumsum(values, axis=0)[last[group]]
        leaving = np.add.reduceat(values[which], start_of_group, axis=0)
        number = np.cumsum(np.diff(group, prepend=-1) != 0) - 1
        return np.asarray(whole - share * leaving[number])

    def step(beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        eta = x @ beta
        eta = eta - eta.max()
        hazard = np.exp(eta)[:, None]
        total = at_risk(hazard)
        mean = at_risk(hazard * x) / total
        second = (at_risk(hazard * outer) / total).sum(axis=0).reshape(p, p)
        value = float(eta[which].sum() - np.log(total).sum())
        return value, (x[which] - mean).sum(axis=0), second - mean.T @ mean

    return newton(step, np.zeros(p))
