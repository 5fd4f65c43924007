"""Regressions of the outcomes of one study's participants: least squares and Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

__all__ = ["Estimated", "NotEstimable", "fit_counts", "fit_linear", "fit_logistic", "newton"]

FloatArray = npt.NDArray[np.float64]
Step = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]

_ROUNDS = 100
# Squared steps below this, in standard errors, lead nowhere.
_ENOUGH = 1e-18
_ROUNDING = 1e-13
# Share of the information at the start below which a direction has none.
_LOST = 1e-7
_NO_MAXIMUM = "the likelihood has no maximum, as where some group has one outcome only"


class NotEstimable(Exception):  # a finding about a study, not a fault
    """A study whose participants cannot tell the coefficient, and why in words."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """(p,) coefficients and their (p, p) covariance."""

    beta: FloatArray
    vb: FloatArray


def fit_linear(y: FloatArray, x: FloatArray) -> Estimated:
    """Least squares, with the residual variance on n - p degrees of freedom."""
    n, p = x.shape
    if n <= p:
        raise NotEstimable(f"{n} participants for {p} coefficients")
    basis, triangle = np.linalg.qr(x)
    beta = np.linalg.solve(triangle, basis.T @ y)
    left = y - x @ beta
    variance = float(left @ left) / (n - p)
    # Residuals this small beside the outcomes are what rounding left.
    if not variance > 1e-24 * float(np.mean(y * y)):
        raise NotEstimable(
            "the outcomes do not vary about the model, so there is no standard error"
        )
    inverse = np.linalg.inv(triangle)
    return Estimated(beta, variance * inverse @ inverse.T)


def fit_logistic(y: FloatArray, x: FloatArray, *, firth: bool = False) -> Estimated:
    """Logistic regression of outcomes 0 and 1 by maximum likelihood, penalized or not.

    References
    ----------
    The penalty, :cite:t:`firth1993`: finite estimates where an arm has no events.
    """

    def step(beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        eta = x @ beta
        share = expit(eta)
        weight = share * expit(-eta)
        information = (x.T * weight) @ x
        value = -float(np.sum(np.logaddexp(0.0, np.where(y > 0.0, -eta, eta))))
        score = y - share
        if firth:
            value += 0.5 * float(np.linalg.slogdet(information)[1])
            score = score + _leverage(x, weight, information) * (0.5 - share)
        return value, x.T @ score, information

    return newton(step, np.zeros(x.shape[1]), penalized=firth)


def fit_counts(
    y: FloatArray, x: FloatArray, log_exposure: FloatArray, *, firth: bool = False
) -> Estimated:
    """Poisson regression of counts, each over its exposure, by maximum likelihood."""

    def step(beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        eta = np.minimum(x @ beta + log_exposure, 700.0)
        mean = np.exp(eta)
        information = (x.T * mean) @ x
        value = float(np.sum(y * eta - mean))
        score = y - mean
        if firth:
            value += 0.5 * float(np.linalg.slogdet(information)[1])
            score = score + 0.5 * _leverage(x, mean, information)
        return value, x.T @ score, information

    start = np.zeros(x.shape[1])
    start[0] = np.log(max(float(y.sum()), 0.5)) - np.log(float(np.exp(log_exposure).sum()))
    return newton(step, start, penalized=firth)


def _leverage(x: FloatArray, weight: FloatArray, information: FloatArray) -> FloatArray:
    return np.asarray(weight * np.einsum("np,np->n", x, np.linalg.solve(information, x.T).T))


def newton(step: Step, start: FloatArray, *, penalized: bool = False) -> Estimated:
    """Climb a log-likelihood by its score and information, halving steps that lead down.

    Parameters
    ----------
    step
        Gives the log-likelihood, the score and the information at some coefficients.
    start
        (p,) coefficients to start from.
    penalized
        Whether the likelihood has a maximum whatever the data.

    Raises
    ------
    NotEstimable
        Where there is no maximum.
    """
    beta = start
    value, score, information = step(beta)
    first = _root(information)
    for _ in range(_ROUNDS):
        try:
            move = np.linalg.solve(information, score)
        except np.linalg.LinAlgError as error:
            raise NotEstimable(_NO_MAXIMUM) from error
        if abs(float(score @ move)) <= _ENOUGH:
            return Estimated(beta, np.asarray(np.linalg.inv(information), np.float64))
        for halving in range(40):
            tried = beta + move * 0.5**halving
            try:
                reached = step(tried)
            except np.linalg.LinAlgError:  # too far out for the penalty to be worked out
                continue
            # Near the maximum a gain drowns in the rounding of the likelihood.
            if np.isfinite(reached[0]) and reached[0] >= value - _ROUNDING * max(1.0, abs(value)):
                break
        else:
            raise NotEstimable(_NO_MAXIMUM)
        beta, (value, score, information) = tried, reached
        # Where coefficients run away, some direction of them loses all its information.
        left = np.linalg.eigvalsh(first.T @ information @ first)[0]
        if not penalized and left < _LOST:
            raise NotEstimable(_NO_MAXIMUM)
    raise NotEstimable("the search for the maximum of the likelihood did not end")


def _root(information: FloatArray) -> FloatArray:
    """Matrix whose square, transposed on the left, takes the information to the identity."""
    diagonal = np.diagonal(information)
    if not diagonal.min() > _ROUNDING:
        raise NotEstimable(_NO_MAXIMUM)
    size = np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(information / np.outer(size, size))
    if not values[0] > _ROUNDING:
        raise NotEstimable(_NO_MAXIMUM)
    return np.asarray((vectors * values**-0.5) / size[:, None])
