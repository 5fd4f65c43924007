"""Cluster wild bootstrap: joint tests whose distribution is drawn under the null hypothesis.

Whole clusters of residuals of the model without the tested coefficients change their sign or size
at random, and the full model is fitted anew each time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.figures import amount, p_value
from weigh.evidence.pooled import Pooled
from weigh.synthesis.combinations import combinations_of, in_words, tested_against
from weigh.synthesis.inputs import check_choice, check_count
from weigh.synthesis.records import as_record
from weigh.synthesis.robust.estimation import RobustEffects
from weigh.synthesis.robust.model import MarginalFit
from weigh.synthesis.robust.redrawing import Redrawn, redrawn_of

__all__ = ["WildBootstrap", "wild_bootstrap"]

FloatArray = npt.NDArray[np.float64]

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
    if check_count(iterations, "iterations") < 1:
        raise InputError(f"`iterations` is {iterations}; at least one is needed.")
    full = redrawn_of(fit, cluster)
    rows = combinations_of(full.names, which, contrast)
    values = tested_against(value, rows)
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


def _cautions(full: Redrawn, weights: str, *, undefined: int) -> tuple[str, ...]:
    notes = []
    if weights == "rademacher" and full.clusters < 10:
        notes.append(
            f"{full.clusters} clusters have {2 ** (full.clusters - 1)} sign changes that differ, "
            "and p is a multiple of one over their number; weights='webb' is finer."
        )
    if undefined:
        notes.append(f"{undefined} draws had a singular robust covariance and do not count.")
    return (*notes, *full.notes)
