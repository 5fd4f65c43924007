"""What a model rests on: leverage, residuals, and the model without one effect or cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.synthesis.multilevel.columns import codes_of, labels_of
from weigh.synthesis.multilevel.model import Model, Solved, prepared, solve_from
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.records import as_record

__all__ = ["MultilevelInfluence", "multilevel_influence"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultilevelInfluence:
    """Diagnostics of the effects, and of what leaving out each effect or cluster would change.

    Parameters
    ----------
    slab
        Names of the effects.
    hat
        Leverage of each effect: how much it draws its own fitted value towards itself.
    rstandard
        Residuals over their standard errors.
    rstudent
        Each effect's distance from what the model without it (or its cluster) predicts, over the
        standard error of that.
    cluster
        Names of what is left out in turn: clusters, or single effects.
    cooks_distance
        How far the coefficients move together, in units of their covariance.
    dfbetas
        (clusters, p): how far each coefficient moves, in standard errors.
    names
        Names of the coefficients.
    notes
        What could not be computed: entries are NaN where the rest cannot carry the model.
    """

    slab: tuple[str, ...]
    hat: FloatArray
    rstandard: FloatArray
    rstudent: FloatArray
    cluster: tuple[str, ...]
    cooks_distance: FloatArray
    dfbetas: FloatArray
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON; what could not be computed is None."""
        return as_record(self)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row for each effect or cluster that is left out.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        columns: dict[str, Any] = {
            "cluster": list(self.cluster),
            "cooks_distance": self.cooks_distance,
        }
        for index, name in enumerate(self.names):
            columns[f"dfbetas[{name}]"] = self.dfbetas[:, index]
        return nw.from_dict(columns, backend=backend).to_native()


def multilevel_influence(
    fit: Multilevel, cluster: Any = None, *, reestimate: bool = True
) -> MultilevelInfluence:
    """Leave out each effect, or each cluster, in turn.

    Parameters
    ----------
    fit
        A fit of `multilevel`.
    cluster
        Cluster of each effect, of the input or of those used; single effects by default.
    reestimate
        Whether the components are estimated anew each time, or kept.

    Returns
    -------
    MultilevelInfluence

    Notes
    -----
    The same as metafor's ``cooks.distance()``, ``dfbetas()``, ``hatvalues()``, ``rstandard()``
    and ``rstudent()``.

    References
    ----------
    :cite:t:`viechtbauer2010b`; :cite:t:`cook1977`.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5]
    >>> trial = list("aabbcc")
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": trial})
    >>> multilevel_influence(fit, trial).cooks_distance.round(2).tolist()
    [0.75, 0.0, 0.75]
    """
    codes, names = _clusters(fit, cluster)
    x, beta, vb = fit.design, fit.estimates, fit.vb
    hat, spread = _leverage(fit)
    inverse = np.linalg.inv(vb)
    cook = np.full(len(names), np.nan)
    dfbetas = np.full((len(names), beta.size), np.nan)
    rstudent = np.full(fit.k, np.nan)
    model = fit.solved.model
    restricted = fit.solved.likelihood.restricted
    whole = prepared(model, restricted=restricted)
    at = fit.solved.maximum.point.at
    lost = []
    for index, name in enumerate(names):
        out = np.flatnonzero(codes == index)
        kept = np.flatnonzero(codes != index)
        found = _without(model, kept, at, restricted=restricted, reestimate=reestimate)
        if found is None:
            lost.append(name)
            continue
        moved = beta - found.beta
        cook[index] = float(moved @ inverse @ moved)
        place = found.maximum.point.at
        # Standard errors from all effects, at the components that the others give.
        there = whole.at(place)
        triangle = np.linalg.inv(np.linalg.qr(model.x)[1])
        all_vb = triangle @ there.vb @ triangle.T * model.unit**2
        dfbetas[index] = moved / np.sqrt(np.diagonal(all_vb))
        own = np.diagonal(model.marginal(place, out)) * model.unit**2
        error = own + np.einsum("ip,pq,iq->i", x[out], found.vb, x[out])
        rstudent[out] = (fit.yi[out] - x[out] @ found.beta) / np.sqrt(error)
    notes: tuple[str, ...] = ()
    if lost:
        notes = (f"The rest cannot carry the model without {', '.join(lost[:5])}.",)
    alone = [name for name, left in zip(fit.slab, spread, strict=True) if np.isnan(left)]
    if alone:
        shown = ", ".join(alone[:5])
        notes += (f"Without a standardized residual, as the fit goes through it: {shown}.",)
    return MultilevelInfluence(
        slab=fit.slab,
        hat=hat,
        rstandard=fit.residuals / np.sqrt(spread),
        rstudent=rstudent,
        cluster=tuple(names),
        cooks_distance=cook,
        dfbetas=dfbetas,
        names=fit.names,
        notes=notes,
    )


def _leverage(fit: Multilevel) -> tuple[FloatArray, FloatArray]:
    """Leverage of each effect, and the variance of its residual."""
    hat, spread = np.zeros(fit.k), np.zeros(fit.k)
    for block in fit.blocks:
        x, m = fit.design[block], fit.marginal(block)
        weighted = np.linalg.solve(m, x)
        hat[block] = np.einsum("ip,pq,iq->i", x, fit.vb, weighted)
        own = np.diagonal(m)
        left = own - np.einsum("ip,pq,iq->i", x, fit.vb, x)
        # An effect that fixes a coefficient by itself has no residual but rounding.
        spread[block] = np.where(left > 1e-10 * own, left, np.nan)
    return hat, spread


def _clusters(fit: Multilevel, cluster: Any) -> tuple[IntArray, list[str]]:
    if cluster is None:
        return np.arange(fit.k), list(fit.slab)
    values = cluster.tolist() if hasattr(cluster, "tolist") else list(cluster)
    if len(values) != fit.k:
        if len(values) <= int(fit.rows.max()):
            raise InputError(
                f"`cluster` has {len(values)} values for the {fit.k} effects that were used."
            )
        values = [values[row] for row in fit.rows]
    return codes_of(labels_of(values, None, "cluster"))


def _without(
    model: Model, kept: IntArray, at: FloatArray, *, restricted: bool, reestimate: bool
) -> Solved | None:
    """The model of the effects kept; None where they cannot carry it."""
    part = model.take(kept)
    k, p = part.x.shape
    if k <= p or np.linalg.matrix_rank(part.x) < p:
        return None
    if not reestimate:
        part = part.standing(at)
    return solve_from(part, [at], restricted=restricted)
