"""A network as one regression: independent rows whose variance is known, plus tau2.

A trial with `a` arms has a - 1 contrasts with the covariance V + tau2 (I + J) / 2, as each contrast
varies by tau2 between trials and two that share an arm by half of it. In the coordinates that make
the second part the identity and the first diagonal, every row is independent of the others, and all
that is known of regressions holds for networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.stats.design import Design
from weigh.synthesis.network.trials import Trial

__all__ = ["METHODS", "Estimates", "Rows", "between_trials", "make_rows", "solve_rows"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Estimators of tau2 that do not depend on how contrasts are chosen, and no tau2 at all.
METHODS = ("EE", "FE", "DL", "PM", "ML", "REML")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Independent rows of all trials.

    Parameters
    ----------
    y, v
        (r,) effects and sampling variances; that of a row under random effects is v + tau2.
    x
        (r, n) what each treatment adds to a row; rows add up to 0.
    trial
        (r,) index of the trial.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray
    trial: IndexArray

    @property
    def n(self) -> int:
        """Number of treatments."""
        return int(self.x.shape[1])

    def design(self) -> Design:
        """The regression on all treatments but the first, for a network that hangs together."""
        return Design(self.y, self.v, self.x[:, 1:])


def between_trials(contrasts: int) -> FloatArray:
    """Covariance of a trial's contrasts between trials, in units of tau2."""
    return 0.5 * (np.eye(contrasts) + np.ones((contrasts, contrasts)))


def make_rows(trials: Sequence[Trial], n: int) -> Rows:
    """Turn trials into independent rows.

    Parameters
    ----------
    trials
        The trials.
    n
        Number of treatments.

    References
    ----------
    :cite:t:`lu2006` for the covariance between trials.
    """
    total = sum(len(trial.arms) - 1 for trial in trials)
    y, v, x = np.empty(total), np.empty(total), np.zeros((total, n))
    owner = np.empty(total, dtype=np.intp)
    start = 0
    starts = []
    for index, trial in enumerate(trials):
        starts.append(start)
        size = len(trial.arms) - 1
        owner[start : start + size] = index
        start += size
    by_size: dict[int, list[int]] = {}
    for index, trial in enumerate(trials):
        by_size.setdefault(len(trial.arms), []).append(index)
    for a, members in by_size.items():
        effects = np.array([trials[i].y for i in members])
        covariance = np.array([trials[i].v for i in members])
        arms = np.array([trials[i].arms for i in members])
        turn, variance = _turn(covariance)
        where = np.array([starts[i] for i in members])[:, None] + np.arange(a - 1)
        y[where] = np.einsum("kij,kj->ki", turn, effects)
        v[where] = variance
        for arm in range(1, a):
            x[where, arms[:, arm, None]] += turn[:, :, arm - 1]
        x[where, arms[:, 0, None]] -= turn.sum(axis=2)
    return Rows(y=y, v=v, x=x, trial=owner)


def _turn(covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Matrices that make covariances diagonal and `between_trials` the identity."""
    size = covariance.shape[-1]
    if size == 1:
        return np.ones_like(covariance), covariance[:, :, 0]
    # The inverse root of (I + J) / 2: its eigenvalues are 1/2, and (1 + size) / 2 along the ones.
    flat = np.full((size, size), 1.0 / size)
    root = np.sqrt(2.0) * (np.eye(size) - flat) + np.sqrt(2.0 / (1.0 + size)) * flat
    values, vectors = np.linalg.eigh(root @ covariance @ root)
    return np.swapaxes(vectors, 1, 2) @ root, values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates:
    """Effects of all treatments against the first, given tau2.

    Parameters
    ----------
    effects, covariance
        (n,) and (n, n); the first treatment has 0 everywhere.
    tau2
        Between-study variance.
    """

    effects: FloatArray
    covariance: FloatArray
    tau2: float

    @property
    def differences(self) -> FloatArray:
        """(n, n) effect of the treatment of the row against that of the column."""
        result: FloatArray = self.effects[:, None] - self.effects[None, :]
        return result

    @property
    def se(self) -> FloatArray:
        """(n, n) standard errors of the differences; 0 on the diagonal."""
        own = self.covariance.diagonal()
        variance = own[:, None] + own[None, :] - 2.0 * self.covariance
        return np.sqrt(np.maximum(variance, 0.0))


def solve_rows(rows: Rows, tau2: float) -> Estimates:
    """Weighted least squares with weights 1 / (v + tau2)."""
    root = 1.0 / np.sqrt(rows.v + tau2)
    basis, triangle = np.linalg.qr(root[:, None] * rows.x[:, 1:])
    effects, covariance = np.zeros(rows.n), np.zeros((rows.n, rows.n))
    inverse = np.linalg.inv(triangle)
    effects[1:] = inverse @ (basis.T @ (root * rows.y))
    covariance[1:, 1:] = inverse @ inverse.T
    return Estimates(effects=effects, covariance=covariance, tau2=tau2)
