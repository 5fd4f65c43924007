"""Direct against indirect evidence, comparison by comparison."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np

from weigh.errors import NotFoundError
from weigh.evidence.figures import amount, p_value, per_cent
from weigh.evidence.printout import columns_of_text
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.network.evidence import Direct, direct_evidence
from weigh.synthesis.network.frames import Backend, as_frame, records
from weigh.synthesis.network.rows import Estimates, make_rows, solve_rows
from weigh.synthesis.network.trials import Trials
from weigh.synthesis.pooling import pool
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2

__all__ = ["Part", "Split", "SplitComparison", "indirect_by_designs", "split_evidence"]

# Shares of direct evidence nearer to 0 or 1 than this have nothing on the other side.
_NOTHING = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An estimate from part of the evidence, on the analysis scale."""

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    statistic: float
    p: float

    def to_dict(self) -> dict[str, float]:
        """The parts, ready for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitComparison:
    """One comparison, `treat1` against `treat2`.

    Parameters
    ----------
    k
        Number of trials that compare the two directly.
    share
        Part of the evidence that is direct, 0 to 1.
    network, direct, indirect
        Estimates from all, direct and indirect evidence; None where there is no such evidence.
    difference
        Direct less indirect, with the test that they agree; None unless there are both.
    q, tau2, i2
        Heterogeneity of the direct trials alone; tau2 and I2 (percent) are None for fewer than
        two.
    """

    treat1: str
    treat2: str
    k: int
    share: float
    network: Part
    direct: Part | None
    indirect: Part | None
    difference: Part | None
    q: float | None
    tau2: float | None
    i2: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Direct against indirect evidence of every comparison.

    Parameters
    ----------
    comparisons
        Each pair of treatments once.
    method
        ``"back-calculation"`` or ``"designs"``.
    model, level
        ``"common"`` or ``"random"``, and the confidence level.
    """

    comparisons: tuple[SplitComparison, ...]
    method: str
    model: str
    level: float

    def __getitem__(self, pair: tuple[str, str]) -> SplitComparison:
        """The comparison of two treatments, the first against the second."""
        first, second = map(str, pair)
        for one in self.comparisons:
            if (one.treat1, one.treat2) == (first, second):
                return one
            if (one.treat1, one.treat2) == (second, first):
                return _turned(one)
        known = [f"{one.treat1} : {one.treat2}" for one in self.comparisons]
        raise NotFoundError("comparison of the network", f"{first} : {second}", known)

    @property
    def mixed(self) -> tuple[SplitComparison, ...]:
        """Comparisons with direct and indirect evidence."""
        return tuple(one for one in self.comparisons if one.difference is not None)

    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {
            name: [getattr(one, name) for one in self.comparisons]
            for name in ("treat1", "treat2", "k", "share")
        }
        for source in ("network", "direct", "indirect", "difference"):
            for name in ("estimate", "se", "ci_low", "ci_high", "p"):
                parts = [getattr(one, source) for one in self.comparisons]
                columns[f"{source}_{name}"] = [
                    None if part is None else getattr(part, name) for part in parts
                ]
        for name in ("q", "tau2", "i2"):
            columns[name] = [getattr(one, name) for one in self.comparisons]
        return columns

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "method": self.method,
            "model": self.model,
            "level": self.level,
            "comparisons": records(self._columns()),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a pair of treatments."""
        return as_frame(self._columns(), backend)

    def summary(self, *, digits: int = 3) -> str:
        """Comparisons with both kinds of evidence as a printout."""
        rows: list[tuple[str, ...]] = [
            ("comparison", "k", "direct share", "network", "direct", "indirect", "p")
        ]
        for one in self.mixed:
            assert one.difference is not None
            shown = [
                "" if part is None else amount(part.estimate, digits)
                for part in (one.network, one.direct, one.indirect)
            ]
            share = per_cent(100.0 * one.share)
            pair = f"{one.treat1} : {one.treat2}"
            rows.append((pair, str(one.k), share, *shown, p_value(one.difference.p)))
        if len(rows) == 1:
            return "No comparison has both direct and indirect evidence."
        return "\n".join(columns_of_text(rows))


def _turned(one: SplitComparison) -> SplitComparison:
    def turn(part: Part | None) -> Part | None:
        if part is None:
            return None
        return Part(
            estimate=-part.estimate,
            se=part.se,
            ci_low=-part.ci_high,
            ci_high=-part.ci_low,
            statistic=-part.statistic,
            p=part.p,
        )

    network = turn(one.network)
    assert network is not None
    return SplitComparison(
        treat1=one.treat2,
        treat2=one.treat1,
        k=one.k,
        share=one.share,
        network=network,
        direct=turn(one.direct),
        indirect=turn(one.indirect),
        difference=turn(one.difference),
        q=one.q,
        tau2=one.tau2,
        i2=one.i2,
    )


def split_evidence(
    trials: Trials,
    estimates: Estimates,
    *,
    method: str,
    model: str,
    tau2_method: str,
    level: float,
) -> Split:
    """Compare direct with indirect evidence.

    Parameters
    ----------
    method
        ``"back-calculation"`` or ``"designs"``.
    tau2_method
        Estimator of tau2 for trials of one comparison, and of networks without them.

    References
    ----------
    :cite:t:`dias2010`; by designs (SIDDE) :cite:t:`efthimiou2019`.
    """
    direct = direct_evidence(trials, estimates)
    indirect, indirect_se = direct.indirect, direct.indirect_se
    if method == "designs":
        indirect, indirect_se = indirect_by_designs(
            trials, direct, "EE" if model == "common" else tau2_method
        )
    z = float(two_sided_quantile(level))
    difference, se = estimates.differences, estimates.se
    found = []
    for i, j in zip(*np.triu_indices(trials.n, 1), strict=True):
        share = float(direct.share[i, j])
        one = two = None
        if share >= _NOTHING:
            one = _part(direct.estimate[i, j], direct.se[i, j], z)
        if share <= 1.0 - _NOTHING and np.isfinite(indirect[i, j]):
            two = _part(indirect[i, j], indirect_se[i, j], z)
        apart = None
        if one is not None and two is not None:
            apart = _part(one.estimate - two.estimate, float(np.hypot(one.se, two.se)), z)
        found.append(
            SplitComparison(
                treat1=trials.treatments[i],
                treat2=trials.treatments[j],
                k=int(direct.k[i, j]),
                share=share,
                network=_part(difference[i, j], se[i, j], z),
                direct=one,
                indirect=two,
                difference=apart,
                **_heterogeneity(trials, int(i), int(j), tau2_method),
            )
        )
    return Split(comparisons=tuple(found), method=method, model=model, level=level)


def _part(estimate: float, se: float, z: float) -> Part:
    statistic = float(estimate / se)
    return Part(
        estimate=float(estimate),
        se=float(se),
        ci_low=float(estimate - z * se),
        ci_high=float(estimate + z * se),
        statistic=statistic,
        p=float(two_sided_p(statistic)),
    )


def _heterogeneity(trials: Trials, i: int, j: int, method: str) -> dict[str, float | None]:
    """Heterogeneity of the trials that compare two treatments."""
    edges = trials.edges
    along = (edges.first == i) & (edges.second == j)
    against = (edges.first == j) & (edges.second == i)
    y = np.concatenate([edges.y[along], -edges.y[against]])
    if y.size < 2:
        return {"q": 0.0 if y.size else None, "tau2": None, "i2": None}
    v = np.concatenate([edges.v[along], edges.v[against]])
    fit = pool(y, v, method=method)
    excess = max(fit.q - fit.q_df, 0.0)
    return {"q": fit.q, "tau2": fit.tau2, "i2": 100.0 * excess / fit.q if fit.q else 0.0}


def indirect_by_designs(
    trials: Trials, direct: Direct, tau2_method: str
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Indirect estimates from the trials that do not compare the two, with a tau2 of their own.

    Only comparisons that have direct evidence get one, and only where the rest of the trials
    leads from one treatment to the other.
    """
    n = trials.n
    estimate, se = np.full((n, n), np.nan), np.full((n, n), np.nan)
    for i, j in combinations(range(n), 2):
        if not direct.k[i, j]:
            continue
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from((i, j))
        rest = [t for t in trials.trials if not (i in t.arms and j in t.arms)]
        for trial in rest:
            nx.add_star(graph, trial.arms)
        part = nx.node_connected_component(graph, i)
        if j not in part:
            continue
        names = sorted(part)
        place = {arm: at for at, arm in enumerate(names)}
        inside = [t for t in rest if t.arms[0] in part]
        rows = make_rows(inside, n)
        rows = type(rows)(y=rows.y, v=rows.v, x=rows.x[:, names], trial=rows.trial)
        tau2 = 0.0
        if tau2_method not in COMMON_EFFECT and rows.y.size > len(names) - 1:
            tau2 = float(estimate_tau2(rows.design(), tau2_method).value[0])
        found = solve_rows(rows, tau2)
        a, b = place[i], place[j]
        estimate[i, j], se[i, j] = found.differences[a, b], found.se[a, b]
    return estimate, se
