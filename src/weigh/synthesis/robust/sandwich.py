r"""The sandwich: a covariance of coefficients learned from the residuals of clusters.

With :math:`e_j` the residuals of cluster j and :math:`B = (X'WX)^{-1}` it is :math:`\sum_j s_j
s_j'`, where :math:`s_j = B X_j'W_j A_j e_j`. The adjustments :math:`A_j` set right what residuals
lose to the coefficients that were fitted to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.robust.model import Clustered, Part

__all__ = ["TYPES", "Adjustments", "Sandwich", "adjustments", "sandwich"]

FloatArray = npt.NDArray[np.float64]

TYPES = ("CR0", "CR1", "CR1p", "CR1S", "CR2", "CR3")
# Directions in which a cluster has less than this share of its largest variance left are ones that
# the model fits exactly.
_EXACT = 1e-12
# A variance below this share of what the weights alone would give is rounding in the residuals.
_ROUNDING = 1e-24


@dataclass(frozen=True, slots=True)
class Sandwich:
    """A robust covariance and what it was made of.

    Parameters
    ----------
    type
        Which adjustment.
    vb
        (p, p) covariance, in the units of the model.
    half
        For each cluster the (p, n) matrix that takes its residuals to its part of the sandwich.
    exact
        Number of clusters that the model fits exactly in some direction.
    """

    type: str
    vb: FloatArray
    half: tuple[FloatArray, ...]
    exact: int

    def errors(self, model: Clustered, rows: FloatArray) -> FloatArray:
        """Standard errors of linear combinations; 0 where rounding is all that is left of them."""
        variance = np.einsum("mp,pq,mq->m", rows, self.vb, rows)
        usual = np.einsum("mp,pq,mq->m", rows, model.bread, rows)
        return np.sqrt(np.where(variance > _ROUNDING * usual, variance, 0.0))


def sandwich(model: Clustered, type: str) -> Sandwich:  # the literature's word
    """Make a robust covariance.

    Parameters
    ----------
    model
        The regression, cluster by cluster.
    type
        ``"CR0"``: no adjustment. ``"CR1"``: times J / (J - 1) for J clusters. ``"CR1p"``: times
        J / (J - p). ``"CR1S"``: times J (k - 1) / ((J - 1)(k - p)), that of Stata. ``"CR2"``: bias
        under the working covariance removed. ``"CR3"``: close to the jackknife over clusters.

    References
    ----------
    :cite:t:`liang1986`; CR2, :cite:t:`bell2002` and :cite:t:`pustejovsky2018`; in meta-analysis
    :cite:t:`hedges2010` and :cite:t:`tipton2015`.
    """
    made = adjustments(model, type)
    half = tuple(
        model.bread @ (part.xw @ one) for one, part in zip(made.matrices, model.parts, strict=True)
    )
    scores = np.array(
        [one @ model.residuals[part.rows] for one, part in zip(half, model.parts, strict=True)]
    )
    return Sandwich(type, scores.T @ scores, half, made.exact)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What each cluster's residuals are multiplied by, (n, n) a cluster.

    `exact` is the number of clusters that the model fits exactly in some direction.
    """

    matrices: tuple[FloatArray, ...]
    exact: int


def adjustments(model: Clustered, type: str) -> Adjustments:  # as above
    """Make the adjustments of residuals; arguments as in `sandwich`."""
    check_choice("type of sandwich", type, TYPES)
    if type in ("CR2", "CR3") and not model.nested:
        raise InputError(
            f"{type} takes clusters for independent, and under this model effects of different "
            "clusters are correlated.",
            hint="Take the clusters that the largest random effect has, or type='CR1p'.",
        )
    if type == "CR2":
        middle = _middle(model)
        made = [_cr2(model, part, middle) for part in model.parts]
    elif type == "CR3":
        made = [_cr3(model, part) for part in model.parts]
    else:
        factor = math.sqrt(_factor(model, type))
        made = [(factor * np.eye(part.rows.size), False) for part in model.parts]
    return Adjustments(tuple(one for one, _ in made), sum(exact for _, exact in made))


def _factor(model: Clustered, type: str) -> float:  # the literature's word
    j, k, p = model.clusters, model.k, model.p
    if type in ("CR1p", "CR1S") and min(j, k) <= p:
        raise StatisticsError(
            f"{j} clusters cannot carry {p} coefficients with the adjustment {type}.",
            hint="Take fewer moderators, or type='CR2'.",
        )
    if type == "CR1":
        return j / (j - 1)
    if type == "CR1p":
        return j / (j - p)
    return j * (k - 1) / ((j - 1) * (k - p)) if type == "CR1S" else 1.0


def _middle(model: Clustered) -> FloatArray:
    """Covariance of the coefficients under the working covariance."""
    meat = np.zeros((model.p, model.p))
    for part in model.parts:
        assert part.phi is not None  # `sandwich` asks whether clusters stand apart
        meat += part.xw @ part.phi @ part.xw.T
    return model.bread @ meat @ model.bread


def _cr2(model: Clustered, part: Part, middle: FloatArray) -> tuple[FloatArray, bool]:
    """The symmetric root, in the metric of the Cholesky factor of the working covariance."""
    assert part.phi is not None
    hat_phi = part.x @ (model.bread @ (part.xw @ part.phi))
    left = part.phi - hat_phi - hat_phi.T + part.x @ middle @ part.x.T
    upper = np.linalg.cholesky(part.phi).T
    values, vectors = np.linalg.eigh(upper @ left @ upper.T)
    # Against the variance that the cluster would have left, were nothing fitted to it.
    free = float(np.linalg.norm(upper @ part.phi @ upper.T, 2))
    good = values > _EXACT * free
    power = np.where(good, values, 1.0) ** -0.5 * good
    return upper.T @ (vectors * power) @ (vectors.T @ upper), not bool(good.all())


def _cr3(model: Clustered, part: Part) -> tuple[FloatArray, bool]:
    left = np.eye(len(part.rows)) - part.x @ (model.bread @ part.xw)
    u, size, vt = np.linalg.svd(left)
    good = size > _EXACT * max(float(size[0]), 1.0)
    inverse = (vt.T * (np.where(good, 1.0 / np.where(good, size, 1.0), 0.0))) @ u.T
    return inverse, not bool(good.all())
