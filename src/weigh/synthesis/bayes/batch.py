"""The hierarchical model of many sets of studies at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.synthesis.bayes.mixtures import Mixtures
from weigh.synthesis.bayes.model import check_mu_prior, require_posterior
from weigh.synthesis.bayes.priors import TauPrior, prior_of
from weigh.synthesis.bayes.quadrature import Grid, MuPrior, grid_of
from weigh.synthesis.bayes.tau_posterior import TauPosterior
from weigh.synthesis.grouping import blocks, read_rows
from weigh.synthesis.inputs import check_level
from weigh.synthesis.records import as_record

__all__ = ["BayesBatch", "bayes_many"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Nodes of tau that stand in a block for each study.
_WIDTH = 40
_NEGLIGIBLE = 1e-17


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BayesBatch:
    """Posteriors of many groups, one entry a group; what is undefined is NaN.

    Parameters
    ----------
    group, k
        Labels in order of first appearance, and numbers of studies.
    mu_median, mu_mean, mu_sd, mu_low, mu_high
        The average effect, with its central interval.
    tau_median, tau_mean, tau_sd, tau_low, tau_high
        Standard deviation between studies.
    new_median, new_sd, new_low, new_high
        The effect in a new study; its mean is that of mu.
    p_above, p_new_above
        Probability that the average effect, and the effect in a new study, exceed `threshold`.
    quadrature_error
        Posterior probability that moved when the step of the integral was last halved.
    threshold, level, tau_prior
        What was asked for.
    notes
        What was left out.
    """

    group: npt.NDArray[Any]
    k: IndexArray
    mu_median: FloatArray
    mu_mean: FloatArray
    mu_sd: FloatArray
    mu_low: FloatArray
    mu_high: FloatArray
    tau_median: FloatArray
    tau_mean: FloatArray
    tau_sd: FloatArray
    tau_low: FloatArray
    tau_high: FloatArray
    new_median: FloatArray
    new_sd: FloatArray
    new_low: FloatArray
    new_high: FloatArray
    p_above: FloatArray
    p_new_above: FloatArray
    quadrature_error: FloatArray
    threshold: float
    level: float
    tau_prior: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of groups."""
        return self.k.size

    def to_dict(self) -> dict[str, Any]:
        """The figures as lists, ready for JSON: None for what is undefined."""
        return as_record(self)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a group.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        columns = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
        return nw.from_dict(columns, backend=backend).to_native()


def bayes_many(
    yi: Any,
    vi: Any,
    group: Any,
    *,
    mu_prior: tuple[float, float] | None = None,
    tau_prior: TauPrior | str | tuple[str | float, ...],
    level: float = 0.95,
    threshold: float = 0.0,
) -> BayesBatch:
    """Pool each group by the normal-normal hierarchical model, many at a time.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    mu_prior, tau_prior, level
        As in `bayes`; intervals are central.
    threshold
        Value that effects are to exceed, such as a minimal important difference.

    Returns
    -------
    BayesBatch
        One entry a group, in order of first appearance; NaN for a group without a usable row.

    Raises
    ------
    StatisticsError
        A group with too few studies for a posterior under improper priors.

    References
    ----------
    :cite:t:`rover2020`.

    Examples
    --------
    >>> from weigh.synthesis.bayes import half_normal
    >>> found = bayes_many([0.1, 0.3, 0.2, 0.4], [0.02, 0.03, 0.02, 0.05], ["a", "a", "b", "b"],
    ...                    tau_prior=half_normal(0.5))
    >>> found.mu_median.round(3).tolist()
    [0.189, 0.274]
    """
    prior, known, level = prior_of(tau_prior), check_mu_prior(mu_prior), check_level(level)
    rows = read_rows(yi, vi, group)
    groups = rows.groups
    some = np.flatnonzero(groups.size > 0)
    if some.size:
        require_posterior(prior, known, int(groups.size[some].min()))
    names = [field.name for field in fields(BayesBatch) if field.type == "FloatArray"]
    out = {name: np.full(groups.size.size, np.nan) for name in names}
    for block in blocks(groups, rows.y, rows.v, some, width=_WIDTH):
        found = _block(block.y, block.v, prior, known, level, threshold)
        for name in names:
            out[name][block.which] = found[name]
    return BayesBatch(
        group=groups.labels,
        k=groups.size,
        threshold=float(threshold),
        level=level,
        tau_prior=prior.name,
        notes=rows.notes,
        **out,
    )


def _block(
    y: FloatArray,
    v: FloatArray,
    prior: TauPrior,
    mu_prior: MuPrior,
    level: float,
    threshold: float,
) -> dict[str, FloatArray]:
    """Figures of some groups side by side."""
    w = 1.0 / v
    shift = (w * y).sum(axis=0) / w.sum(axis=0)
    if mu_prior.proper:
        shift = np.zeros_like(shift)  # one prior for all groups, where it stands
    grid = grid_of(np.where(np.isfinite(v), y - shift, 0.0), v, prior, mu_prior)
    tau = TauPosterior(np.where(np.isfinite(v), y - shift, 0.0), v, prior, mu_prior, grid)
    mu, new = _mixtures(grid)
    p = np.array([0.5, 0.5 * (1.0 - level), 0.5 * (1.0 + level)])
    average, other = mu.quantile(p) + shift[:, None], new.quantile(p) + shift[:, None]
    spread = tau.quantile(p[:, None])
    tau_mean, tau_sd = tau.moments()
    mean = (grid.weight * grid.mu.mean).sum(axis=0)
    within = (grid.weight * (grid.mu.variance + (grid.mu.mean - mean) ** 2)).sum(axis=0)
    beyond = within + (grid.weight * grid.tau**2).sum(axis=0)
    finite = tau.tail > 3.0
    settled = finite | mu_prior.proper
    at = (threshold - shift)[:, None]
    return {
        "mu_median": average[:, 0],
        "mu_mean": np.where((tau.tail > 2.0) | mu_prior.proper, mean + shift, np.nan),
        "mu_sd": np.sqrt(np.where(settled, within, np.nan)),
        "mu_low": average[:, 1],
        "mu_high": average[:, 2],
        "tau_median": spread[0],
        "tau_mean": tau_mean,
        "tau_sd": tau_sd,
        "tau_low": spread[1],
        "tau_high": spread[2],
        "new_median": other[:, 0],
        "new_sd": np.sqrt(np.where(finite, beyond, np.nan)),
        "new_low": other[:, 1],
        "new_high": other[:, 2],
        "p_above": 1.0 - mu.cdf(at)[:, 0],
        "p_new_above": 1.0 - new.cdf(at)[:, 0],
        "quadrature_error": grid.error,
    }


def _mixtures(grid: Grid) -> tuple[Mixtures, Mixtures]:
    """Mixtures over tau for mu and a new effect, a row a group."""
    used = np.flatnonzero((grid.weight > _NEGLIGIBLE).any(axis=1))
    some = slice(used[0], used[-1] + 1)
    mean, variance = grid.mu.mean[some].T, grid.mu.variance[some].T
    weight = np.ascontiguousarray(grid.weight[some].T)
    new = np.sqrt(variance + grid.tau[some].T ** 2)
    return Mixtures(mean, np.sqrt(variance), weight), Mixtures(mean, new, weight)
