"""Cluster wild bootstrap: joint tests whose distribution is drawn under the null hypothesis.

Whole clusters of residuals of the model without the tested coefficients change their sign or size
at random, and the full model is fitted anew each time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.figures import amount, p_value
from weigh.evidence.pooled import Pooled
from weigh.synthesis.combinations import combinations_of, in_words
from weigh.synthesis.grouping import Groups
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.multilevel import Multilevel
from weigh.synthesis.multilevel.model import solve_from
from weigh.synthesis.pooling import pool
from weigh.synthesis.records import as_record
from weigh.synthesis.robust.labels import cluster_groups
from weigh.synthesis.robust.model import Clustered, MarginalFit, clustered
from weigh.synthesis.robust.sandwich import adjustments
from weigh.synthesis.robust.weights import RobustEffects, weigh_by_moments
from weigh.synthesis.sensitivity.refits import Model, model_of, refit

__all__ = ["WildBootstrap", "wild_bootstrap"]

FloatArray = npt.NDArray[np.float64]
Weights = Callable[[FloatArray], FloatArray]

# Numbers that stand for a cluster's share in a draw: mean 0 and variance 1.
_ROOT5 = math.sqrt(5.0)
_WEBB = np.sqrt([0.5, 1.0, 1.5])
_SHARES: dict[str, tuple[FloatArray, FloatArray]] = {
    "rademacher": (np.array([-1.0, 1.0]), np.array([0.5, 0.5])),
    "mammen": (
        np.array([(1.0 - _ROOT5) / 2.0, (1.0 + _ROOT5) / 2.0]),
        np.array([(_ROOT5 + 1.0) / (2.0 * _ROOT5), (_ROOT5 - 1.0) / (2.0 * _ROOT5)]),
    ),
    "webb": (np.concatenate([-_WEBB, _WEBB]), np.full(6, 1.0 / 6.0)),
}
_ADJUST = ("CR0", "CR2", "CR3")
# Statistics that differ by less than this share are equal: draws that mirror each other give the
# same number but for rounding.
_TIE = 1e-8
# A correlation matrix of combinations whose smallest eigenvalue is below this is singular.
_SINGULAR = 1e-10
# Entries worked through at a time.
_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WildBootstrap:
    """A joint test by cluster wild bootstrap.

    Parameters
    ----------
    names
        The combinations tested.
    statistic, df
        Robust F by CR1, and the number of combinations.
    p
        Share of draws whose statistic is at least as large; random draws count the one observed
        too, so that p is never 0.
    draws
        The statistics drawn.
    exact
        Whether they are of all sign changes there are.
    undefined
        Draws whose covariance was singular, and that do not count.
    clusters
        Number of clusters.
    weights, adjust, seed
        As given; no seed where the test is exact.
    """

    names: tuple[str, ...]
    statistic: float
    df: int
    p: float
    draws: FloatArray
    exact: bool
    undefined: int
    clusters: int
    weights: str
    adjust: str
    seed: int | None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def summary(self, *, digits: int = 4) -> str:
        """The test as a printout."""
        shown = p_value(self.p)
        p = f"p {shown}" if shown.startswith("<") else f"p = {shown}"
        how = "all sign changes" if self.exact else f"{self.weights} weights, seed {self.seed}"
        lines = [
            f"Cluster wild bootstrap ({self.draws.size:,} draws, {how}; {self.clusters} clusters)",
            f"{', '.join(self.names)}: F({self.df}) = {amount(self.statistic, digits)}, {p}",
        ]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])


def wild_bootstrap(
    fit: Pooled | RobustEffects | MarginalFit,
    cluster: Any = None,
    which: str | int | Sequence[str | int] | None = None,
    *,
    contrast: Any = None,
    value: float | Sequence[float] = 0.0,
    weights: str = "rademacher",
    adjust: str = "CR0",
    iterations: int = 1999,
    seed: int = 1,
) -> WildBootstrap:
    """Test coefficients, or combinations of them, by a cluster wild bootstrap.

    With few clusters the F tests of `Robust.wald` hold their level at a price in power, above all
    for several coefficients together; this test holds it at less.

    Parameters
    ----------
    fit
        A fit of `weigh.pool`, `weigh.rve` or `weigh.multilevel`, whose variance components are
        estimated anew at each draw; or another with a covariance matrix, which is kept.
    cluster
        A label for each row of the input, or for each effect that the fit used; not for `rve`,
        which has its clusters.
    which, contrast, value
        What is tested, as in `weigh.wald_test`; by default all coefficients but the intercept.
    weights
        Distribution of what a cluster's residuals are multiplied by: ``"rademacher"``: -1 or 1;
        ``"webb"``: six points, for fewer than ten clusters; ``"mammen"``: two points, skewed.
    adjust
        What the residuals of the null model are adjusted by: ``"CR0"``: nothing; ``"CR2"``,
        ``"CR3"``.
    iterations
        Number of draws. With Rademacher weights and no more sign changes than that, all are taken.
    seed
        Of the draws.

    Returns
    -------
    WildBootstrap
        The p value counts draws at least as large as what was observed, R's wildmeta those that
        are larger: `draws` has them all.

    Raises
    ------
    InputError
        No clusters, or labels that do not match; a fit of counts or with a tau2 of one's own.
    StatisticsError
        A robust covariance that is singular.

    References
    ----------
    :cite:t:`joshi2022`; the weights, :cite:t:`webb2023` and :cite:t:`mammen1993`.

    Examples
    --------
    >>> from weigh import pool
    >>> fit = pool(
    ...     [0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.7],
    ...     [0.02, 0.03, 0.02, 0.04, 0.03, 0.05, 0.02],
    ...     method="DL",
    ... )
    >>> found = wild_bootstrap(fit, ["a", "a", "b", "b", "c", "d", "e"])
    >>> found.exact, found.p
    (True, 0.0625)
    """
    check_choice("distribution of weights", weights, _SHARES)
    check_choice("adjustment", adjust, _ADJUST)
    if iterations < 1:
        raise InputError(f"`iterations` is {iterations}; at least one is needed.")
    full = _full(fit, cluster)
    rows = combinations_of(full.names, which, contrast)
    values = np.broadcast_to(np.asarray(value, dtype=np.float64), rows.shape[:1])
    observed = float(full.statistics(full.y[None], rows, values)[0])
    if not math.isfinite(observed):
        raise StatisticsError(
            f"The robust covariance of these {len(rows)} is singular, as too few clusters speak to "
            "them.",
            hint="Test fewer coefficients.",
        )
    fitted, residuals = full.null(rows, values, adjust)
    exact = weights == "rademacher" and 2**full.clusters <= iterations
    drawn = []
    for shares in _shares(full.clusters, weights, iterations, seed, exact=exact):
        for part in np.array_split(shares, max(shares.shape[0] * full.entries // _ENTRIES, 1)):
            y = fitted + residuals * part[:, full.code]
            drawn.append(full.statistics(y, rows, values))
    draws = np.concatenate(drawn)
    good = np.isfinite(draws)
    larger = int(np.count_nonzero(draws[good] >= observed * (1.0 - _TIE)))
    return WildBootstrap(
        names=tuple(in_words(full.names, row) for row in rows),
        statistic=observed,
        df=len(rows),
        p=larger / int(good.sum()) if exact else (larger + 1) / (int(good.sum()) + 1),
        draws=draws[good],
        exact=exact,
        undefined=int(np.count_nonzero(~good)),
        clusters=full.clusters,
        weights=weights,
        adjust=adjust,
        seed=None if exact else seed,
        notes=_cautions(full, weights, undefined=int(np.count_nonzero(~good))),
    )


def _shares(
    clusters: int, weights: str, iterations: int, seed: int, *, exact: bool
) -> Iterator[FloatArray]:
    if exact:
        yield np.array(list(itertools.product((-1.0, 1.0), repeat=clusters)))
        return
    points, probability = _SHARES[weights]
    yield np.random.default_rng(seed).choice(points, (iterations, clusters), p=probability)


def _cautions(full: _Full, weights: str, *, undefined: int) -> tuple[str, ...]:
    notes = []
    if weights == "rademacher" and full.clusters < 10:
        notes.append(
            f"{full.clusters} clusters have {2 ** (full.clusters - 1)} sign changes that differ, "
            "and p is a multiple of one over their number; weights='webb' is finer."
        )
    if undefined:
        notes.append(f"{undefined} draws had a singular robust covariance and do not count.")
    return (*notes, *full.notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Full:
    """The model that is fitted at each draw.

    Parameters
    ----------
    y, x, names
        Effects and model matrix.
    code, groups
        (k,) number of each effect's cluster; the clusters.
    weigh
        Makes the weights of (n, k) effects, (n, k) or (n, k, k).
    null_weights
        Weights and covariance of the model with other columns.
    plain
        Whether the weights are a number an effect.
    """

    y: FloatArray
    x: FloatArray
    names: tuple[str, ...]
    groups: Groups
    code: npt.NDArray[np.intp]
    weigh: Weights
    null_weights: Callable[[FloatArray, FloatArray], tuple[Any, Any]]
    plain: bool = True
    notes: tuple[str, ...] = ()

    @property
    def clusters(self) -> int:
        return int(self.groups.size.size)

    @property
    def entries(self) -> int:
        return int(self.x.size if self.plain else self.x.shape[0] ** 2)

    def statistics(self, y: FloatArray, rows: FloatArray, values: FloatArray) -> FloatArray:
        """Robust F of (n, k) effects; NaN where the covariance is singular."""
        weights = self.weigh(y)
        xw = self.x.T * weights[:, None, :] if weights.ndim == 2 else self.x.T @ weights
        xw = np.broadcast_to(xw, (len(y), *xw.shape[1:]))
        bread = np.linalg.inv(xw @ self.x)
        beta = np.einsum("npq,nqk,nk->np", bread, xw, y, optimize=True)
        left = y - beta @ self.x.T
        order = self.groups.order
        parts = (xw * left[:, None, :])[:, :, order]
        scores = rows @ bread @ np.add.reduceat(parts, self.groups.start, axis=2)
        factor = self.clusters / (self.clusters - 1.0)
        covariance = factor * scores @ scores.swapaxes(1, 2)
        se = np.sqrt(np.einsum("nqq->nq", covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = (beta @ rows.T - values) / se
            correlation = covariance / (se[:, :, None] * se[:, None, :])
        found = np.full(len(y), np.nan)
        good = np.isfinite(correlation).all(axis=(1, 2))
        values_of = np.linalg.eigvalsh(correlation[good])[:, 0]
        good[good] = values_of > _SINGULAR
        if good.any():
            solved = np.linalg.solve(correlation[good], scaled[good][:, :, None])[:, :, 0]
            found[good] = np.sum(scaled[good] * solved, axis=1) / len(rows)
        return found

    def null(
        self, rows: FloatArray, values: FloatArray, adjust: str
    ) -> tuple[FloatArray, FloatArray]:
        """Fitted values and adjusted residuals of the model in which the combinations hold."""
        offset = self.x @ np.linalg.lstsq(rows, values, rcond=None)[0]
        kernel = np.linalg.svd(rows)[2][len(rows) :]
        y = self.y - offset
        if not len(kernel):  # nothing is left to fit
            return offset, y
        x = np.linalg.qr(self.x @ kernel.T)[0]
        weights, covariance = self.null_weights(y, x)
        names = tuple(f"null {index}" for index in range(x.shape[1]))
        model: Clustered = clustered(
            y, x, weights, covariance, self.groups, names=names, level=0.95
        )
        unit = 2.0**model.exponent
        residuals = unit * model.residuals
        if adjust != "CR0":
            for part, one in zip(model.parts, adjustments(model, adjust).matrices, strict=True):
                residuals[part.rows] = one @ residuals[part.rows]
        return offset + unit * (x @ model.beta), residuals


def _full(fit: Pooled | RobustEffects | MarginalFit, cluster: Any) -> _Full:
    if isinstance(fit, RobustEffects):
        if cluster is not None:
            raise InputError("A fit of `rve` has its clusters; leave out `cluster`.")
        return _rough(fit)
    if cluster is None:
        raise InputError(
            "There is no `cluster`: a label for each effect, of the study or sample it is from."
        )
    groups = cluster_groups(cluster, np.asarray(fit.rows))
    if isinstance(fit, Pooled):
        return _pooled(fit, groups)
    if isinstance(fit, Multilevel):
        return _multilevel(fit, groups)
    w, m = fit.W, fit.M
    dense = w if isinstance(w, np.ndarray) else w.toarray()
    return _Full(
        y=np.asarray(fit.yi),
        x=np.asarray(fit.design),
        names=fit.names,
        groups=groups,
        code=_code(groups, np.size(fit.yi)),
        weigh=lambda y: dense[None],
        null_weights=lambda y, x: (w, m),
        plain=False,
        notes=("The covariance of the effects is that of the fit at each draw.",),
    )


def _code(groups: Groups, k: int) -> npt.NDArray[np.intp]:
    code = np.empty(k, dtype=np.intp)
    code[groups.order] = np.repeat(np.arange(groups.size.size), groups.size)
    return code


def _rough(fit: RobustEffects) -> _Full:
    rho = 0.0 if fit.rho is None else fit.rho

    def weights_of(y: FloatArray, x: FloatArray) -> FloatArray:
        return weigh_by_moments(y, fit.vi, x, fit.groups, fit.model, rho).weights

    def both(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        found = weights_of(y, x)
        return found, 1.0 / found

    return _Full(
        y=fit.yi,
        x=fit.design,
        names=fit.robust.names,
        groups=fit.groups,
        code=_code(fit.groups, fit.yi.size),
        weigh=lambda y: np.array([weights_of(one, fit.design) for one in y]),
        null_weights=both,
    )


def _multilevel(fit: Multilevel, groups: Groups) -> _Full:
    """Components estimated anew at each draw, from those of the fit on."""
    model, start = fit.solved.model, [fit.solved.maximum.point.at]
    restricted = fit.method == "REML"

    def again(y: FloatArray, x: FloatArray) -> Multilevel | None:
        moved = replace(model, y=np.ldexp(y, -model.exponent), x=x)
        solved = solve_from(moved, start, restricted=restricted)
        return None if solved is None else replace(fit, solved=solved)

    def weigh(y: FloatArray) -> FloatArray:
        found = np.full((len(y), fit.k, fit.k), np.nan)
        for index, one in enumerate(y):
            fitted = again(one, model.x)
            if fitted is not None:
                found[index] = fitted.W
        return found

    def both(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        fitted = again(y, x)
        if fitted is None:
            raise StatisticsError(
                "The model without what is tested has no likelihood with a maximum."
            )
        return fitted.W, fitted.M

    return _Full(
        y=fit.yi,
        x=fit.design,
        names=fit.names,
        groups=groups,
        code=_code(groups, fit.k),
        weigh=weigh,
        null_weights=both,
        plain=False,
    )


def _pooled(fit: Pooled, groups: Groups) -> _Full:
    model: Model = replace(model_of(fit, "A wild bootstrap"), test="z")
    assert fit.design is not None  # `model_of` asks
    if fit.yi.size <= model.p:
        raise StatisticsError("As many coefficients as effects leave no residual to draw from.")

    def weigh(y: FloatArray) -> FloatArray:
        if fit.user_weights is not None:
            return np.broadcast_to(fit.user_weights, y.shape)
        every = np.broadcast_to(np.arange(y.shape[1]), y.shape)
        tau2 = refit(model, every, y=np.ldexp(y, -model.exponent)).tau2
        return np.asarray(1.0 / (fit.vi + tau2[:, None]))

    def both(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        again = pool(
            y, fit.vi, mods=x, intercept=False, method=fit.method, weights=fit.user_weights
        )
        covariance = fit.vi + again.tau2
        return (1.0 / covariance if fit.user_weights is None else fit.user_weights), covariance

    return _Full(
        y=fit.yi,
        x=fit.design,
        names=fit.names,
        groups=groups,
        code=_code(groups, fit.yi.size),
        weigh=weigh,
        null_weights=both,
    )
