"""What each comparison rests on: direct evidence, indirect evidence and the paths between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.synthesis.network.frames import Backend, as_columns, as_frame, records
from weigh.synthesis.network.rows import Estimates, between_trials
from weigh.synthesis.network.trials import Trials

__all__ = ["Direct", "Evidence", "direct_evidence", "flow_of_designs", "measure_evidence"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Direct:
    """Direct evidence, as (n, n) matrices: row against column, NaN where there is none.

    Parameters
    ----------
    k
        Number of trials that compare the two, in two arms or more.
    estimate, se
        Their pooled effect given tau2 of the network.
    share
        Part of the network's precision that is direct, 0 to 1.
    indirect, indirect_se
        What is left of the network's estimate without the direct one (back-calculation); the
        estimate of the network where none is direct, NaN where all of it is.
    """

    k: IndexArray
    estimate: FloatArray
    se: FloatArray
    share: FloatArray
    indirect: FloatArray
    indirect_se: FloatArray


def direct_evidence(trials: Trials, estimates: Estimates) -> Direct:
    """Direct and indirect evidence of each comparison.

    References
    ----------
    Share of direct evidence by :cite:t:`konig2013`; back-calculation by :cite:t:`dias2010`.
    """
    n, edges = trials.n, trials.edges
    w = 1.0 / (edges.v + estimates.tau2)
    weight, pull = np.zeros((n, n)), np.zeros((n, n))
    k = np.zeros((n, n), dtype=np.intp)
    for first, second, sign in (
        (edges.first, edges.second, 1.0),
        (edges.second, edges.first, -1.0),
    ):
        np.add.at(weight, (first, second), w)
        np.add.at(pull, (first, second), sign * w * edges.y)
        np.add.at(k, (first, second), 1)
    there = k > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, variance = pull / weight, 1.0 / weight
        estimate[~there] = variance[~there] = np.nan
        network = estimates.se**2
        share = np.where(there, network / variance, 0.0)
        rest = np.where(share > 1.0 - 1e-8, np.nan, 1.0 - share)
        known = np.where(there, share * estimate, 0.0)
        indirect = (estimates.differences - known) / rest
        indirect_se = np.sqrt(network / rest)
    for matrix in (share, indirect, indirect_se):
        np.fill_diagonal(matrix, np.nan)
    return Direct(
        k=k,
        estimate=estimate,
        se=np.sqrt(variance),
        share=share,
        indirect=indirect,
        indirect_se=indirect_se,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """How evidence flows into each comparison, one entry a pair of treatments.

    Parameters
    ----------
    treat1, treat2
        The pairs.
    direct
        Part of the evidence that is direct, 0 to 1.
    mean_path
        Mean number of designs that the evidence passes through; above 2 an estimate deserves
        caution.
    parallelism
        Minimal number of paths of independent evidence that the estimate rests on.
    """

    treat1: tuple[str, ...]
    treat2: tuple[str, ...]
    direct: FloatArray
    mean_path: FloatArray
    parallelism: FloatArray

    def _columns(self) -> dict[str, list[Any]]:
        names = ("treat1", "treat2", "direct", "mean_path", "parallelism")
        return as_columns({name: getattr(self, name) for name in names})

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {"comparisons": records(self._columns())}

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a pair of treatments."""
        return as_frame(self._columns(), backend)


def flow_of_designs(trials: Trials, estimates: Estimates) -> FloatArray:
    """Flow of evidence through the arms of each design, for each pair of treatments.

    Returns
    -------
    (pairs, designs, n) array
        What each design contributes to the estimate of a pair, as flow out of each treatment; what
        flows into one is negative.
    """
    n = trials.n
    first, second = np.triu_indices(n, 1)
    ends = estimates.covariance[first] - estimates.covariance[second]
    flows = []
    for arms, members in trials.designs().items():
        size = len(arms) - 1
        between = estimates.tau2 * between_trials(size)
        inverse = np.linalg.inv([trials.trials[i].v + between for i in members]).sum(axis=0)
        # The Laplacian of the design on its arms.
        towards = np.hstack([-np.ones((size, 1)), np.eye(size)])
        flow = np.zeros((first.size, n))
        flow[:, arms] = ends[:, arms] @ (towards.T @ inverse @ towards)
        flows.append(flow)
    return np.stack(flows, axis=1)


def measure_evidence(trials: Trials, estimates: Estimates) -> Evidence:
    """How evidence flows into each comparison.

    References
    ----------
    :cite:t:`konig2013`.
    """
    first, second = np.triu_indices(trials.n, 1)
    through = 0.5 * np.abs(flow_of_designs(trials, estimates)).sum(axis=2)
    share = direct_evidence(trials, estimates).share
    return Evidence(
        treat1=tuple(trials.treatments[i] for i in first),
        treat2=tuple(trials.treatments[j] for j in second),
        direct=share[first, second],
        mean_path=through.sum(axis=1),
        parallelism=1.0 / through.max(axis=1),
    )
