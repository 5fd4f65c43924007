r"""How a sandwich itself varies, were the working covariance the true one.

The score of cluster i is :math:`s_i = G_i (y_i - X_i \hat\beta)`, so that the scores' covariances
:math:`P_{ij}` are made of a few p by p matrices a cluster. The variance of a linear combination of
coefficients is then estimated by a quadratic form in normal variables, whose mean is the trace of P
and whose variance twice the sum of its squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.synthesis.robust.model import Clustered
from weigh.synthesis.robust.sandwich import Sandwich

__all__ = ["Moments", "moments"]

FloatArray = npt.NDArray[np.float64]

# Share of the largest eigenvalue below which the smallest is rounding.
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class Moments:
    """Covariances of the clusters' scores under the working model.

    Parameters
    ----------
    own
        (J, p, p) each score's covariance if nothing had been fitted.
    reach
        (J, p, p) how each score moves with the coefficients.
    pull
        (J, p, p) covariance of the coefficients with each score, in that same case.
    middle
        (p, p) covariance of the coefficients.
    """

    own: FloatArray
    reach: FloatArray
    pull: FloatArray
    middle: FloatArray

    def along(self, row: FloatArray) -> FloatArray:
        """(J, J) covariances of the scores of one linear combination."""
        diagonal, left, right = self._along(row)
        found = left @ right.T
        found[np.diag_indices_from(found)] += diagonal
        return 0.5 * (found + found.T)

    def df(self, rows: FloatArray) -> FloatArray:
        """Satterthwaite's degrees of freedom of linear combinations, one a row.

        Twice the squared mean over the variance of the estimated variance; at least 1, as for one
        residual. NaN where only clusters that are fitted exactly speak to the combination.
        """
        found = np.empty(len(rows))
        for index, row in enumerate(rows):
            diagonal, left, right = self._along(row)
            shared = np.sum(left * right, axis=1)
            inner = right.T @ left
            squares = float(
                np.sum(diagonal**2) + 2.0 * np.sum(diagonal * shared) + np.sum(inner * inner.T)
            )
            mean = float(np.sum(diagonal + shared))
            known = mean > _SINGULAR * float(np.sum(diagonal)) and squares > 0.0
            found[index] = max(mean * mean / squares, 1.0) if known else np.nan
        return found

    def _along(self, row: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """P of one combination as a diagonal and a product of thin matrices."""
        u = np.einsum("jpq,p->jq", self.reach, row)
        t = np.einsum("jpq,q->jp", self.pull, row)
        diagonal = np.einsum("p,jpq,q->j", row, self.own, row)
        return diagonal, np.hstack([-u, -t, u @ self.middle]), np.hstack([t, u, u])

    def of(self, rows: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        """How the covariance matrix of linear combinations varies about its mean.

        Parameters
        ----------
        rows
            (q, p) combinations.

        Returns
        -------
        tuple
            (q, q) symmetric root of the inverse of the mean, and (q, q, q, q) covariances of the
            entries where this root has made the mean the identity. None where the mean is
            singular: only clusters that are fitted exactly speak to some combination.
        """
        reach = np.einsum("sp,jpr->jsr", rows, self.reach)
        pull = np.einsum("jpr,sr->jsp", self.pull, rows)
        own = np.einsum("sp,jpr,tr->jst", rows, self.own, rows, optimize=True)
        left = np.concatenate([reach @ self.middle, -reach, -pull], axis=2)
        right = np.concatenate([reach, pull, reach], axis=2)
        shared = left @ right.swapaxes(1, 2)
        mean = (own + shared).sum(axis=0)
        root = _inverse_root(0.5 * (mean + mean.T))
        if root is None:
            return None
        own, shared = root @ own @ root, root @ shared @ root
        left, right = root @ left, root @ right
        # Sums over i and j of P[s, v] P[t, u], where P is a diagonal and a thin product.
        crossed = np.einsum("jsv,jtu->svtu", own, shared)
        products = np.einsum("jsv,jtu->svtu", own, own) + crossed + crossed.transpose(2, 3, 0, 1)
        lefts = np.einsum("jsa,jtb->stab", left, left, optimize=True)
        rights = np.einsum("jva,jub->vuab", right, right, optimize=True)
        products = products + np.einsum("stab,vuab->svtu", lefts, rights)
        # Cov(s, t; u, v) is that of P[s, v] P[t, u] and of P[s, u] P[t, v].
        spread = np.einsum("svtu->stuv", products) + np.einsum("sutv->stuv", products)
        return root, spread


def _inverse_root(matrix: FloatArray) -> FloatArray | None:
    """Symmetric root of the inverse of a matrix; None unless it is positive definite."""
    values, vectors = np.linalg.eigh(matrix)
    if not values[0] > _SINGULAR * values[-1]:
        return None
    return np.asarray((vectors * values**-0.5) @ vectors.T)


def moments(model: Clustered, made: Sandwich) -> Moments:
    """Work out how a sandwich varies under the working covariance."""
    if not model.nested:
        raise InputError(
            "Degrees of freedom from the working covariance take clusters for independent, and "
            "under this model effects of different clusters are correlated.",
            hint="Take the clusters that the largest random effect has, or test='naive-tp'.",
        )
    meat = np.zeros((model.p, model.p))
    own, reach, pull = [], [], []
    for part, half in zip(model.parts, made.half, strict=True):
        assert part.phi is not None
        weighted = part.xw @ part.phi
        meat += weighted @ part.xw.T
        own.append(half @ part.phi @ half.T)
        reach.append(half @ part.x)
        pull.append(model.bread @ weighted @ half.T)
    middle = model.bread @ meat @ model.bread
    return Moments(np.array(own), np.array(reach), np.array(pull), middle)
