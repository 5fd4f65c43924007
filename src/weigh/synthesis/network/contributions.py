"""How much each direct comparison contributes to each estimate of a network."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from weigh.synthesis.network.frames import Backend, as_frame
from weigh.synthesis.network.rows import Estimates, between_trials
from weigh.synthesis.network.trials import Trials, edge_weights

__all__ = ["Contributions", "Hat", "contribute", "hat_matrix", "study_weights"]

FloatArray = npt.NDArray[np.float64]
Pair = tuple[int, int]

# Flows below this are rounding.
_DRY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hat:
    """How estimates follow from contrasts.

    Parameters
    ----------
    study, treat1, treat2
        (m,) the contrasts in the order in which they were given.
    matrix
        (m, m) hat matrix: the row of a contrast tells how its estimate is made from all.
    weights
        (m,) weights of the contrasts, those of trials with more than two arms reduced.
    laplacian
        (n, n) the network as a weighted graph.
    treatments
        Names of rows and columns of `laplacian`.
    """

    study: tuple[str, ...]
    treat1: tuple[str, ...]
    treat2: tuple[str, ...]
    matrix: FloatArray
    weights: FloatArray
    laplacian: FloatArray
    treatments: tuple[str, ...]


def study_weights(trials: Trials, tau2: float) -> FloatArray:
    """(m,) weights of the contrasts of all trials given tau2, those of multi-arm trials reduced."""
    weights = np.empty(trials.edges.y.size)
    places = [{arm: at for at, arm in enumerate(trial.arms)} for trial in trials.trials]
    each = [
        edge_weights(trial.v + tau2 * between_trials(len(trial.arms) - 1))
        for trial in trials.trials
    ]
    edges = trials.edges
    for edge, (trial, i, j) in enumerate(
        zip(edges.trial.tolist(), edges.first.tolist(), edges.second.tolist(), strict=True)
    ):
        weights[edge] = each[trial][places[trial][i], places[trial][j]]
    return weights


def hat_matrix(trials: Trials, estimates: Estimates) -> Hat:
    """The hat matrix of all contrasts.

    References
    ----------
    :cite:t:`rucker2012`.
    """
    edges = trials.edges
    weights = study_weights(trials, estimates.tau2)
    ends = estimates.covariance[edges.first] - estimates.covariance[edges.second]
    matrix = (ends[:, edges.first] - ends[:, edges.second]) * weights
    laplacian = np.zeros((trials.n, trials.n))
    for first, second in ((edges.first, edges.second), (edges.second, edges.first)):
        np.add.at(laplacian, (first, second), -weights)
        np.add.at(laplacian, (first, first), weights)
    names = trials.treatments
    return Hat(
        study=tuple(trials.trials[i].name for i in edges.trial),
        treat1=tuple(names[i] for i in edges.first),
        treat2=tuple(names[i] for i in edges.second),
        matrix=matrix,
        weights=weights,
        laplacian=laplacian,
        treatments=names,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contributions:
    """Shares of the evidence that direct comparisons contribute to each estimate.

    Parameters
    ----------
    comparisons
        Pairs of treatments that are estimated, a row of `matrix` each.
    sources
        Pairs that trials compare directly, a column of `matrix` each.
    matrix
        Shares, 0 to 1; each row adds up to 1.
    weights
        Weight of each source.
    method, model
        ``"shortest-path"`` or ``"random-walk"``; ``"common"`` or ``"random"``.
    """

    comparisons: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    matrix: FloatArray
    weights: FloatArray
    method: str
    model: str

    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {
            "comparison": [" : ".join(pair) for pair in self.comparisons]
        }
        for column, pair in enumerate(self.sources):
            columns[" : ".join(pair)] = self.matrix[:, column].tolist()
        return columns

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "method": self.method,
            "model": self.model,
            "comparisons": [list(pair) for pair in self.comparisons],
            "sources": [list(pair) for pair in self.sources],
            "matrix": self.matrix.tolist(),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a comparison and one column a source."""
        return as_frame(self._columns(), backend)


def contribute(trials: Trials, estimates: Estimates, *, method: str, model: str) -> Contributions:
    """Contribution of each direct comparison to each estimate.

    Parameters
    ----------
    method
        ``"shortest-path"``: evidence is taken along the shortest path until it is used up, then
        along the next. ``"random-walk"``: along all paths, as often as a walker would take them.

    References
    ----------
    :cite:t:`papakonstantinou2018`; random walks by :cite:t:`davies2022`.
    """
    n = trials.n
    weights = np.zeros((n, n))
    edges = trials.edges
    each = study_weights(trials, estimates.tau2)
    np.add.at(weights, (edges.first, edges.second), each)
    np.add.at(weights, (edges.second, edges.first), each)
    there = np.zeros((n, n), dtype=bool)
    there[edges.first, edges.second] = there[edges.second, edges.first] = True
    sources = [(i, j) for i in range(n) for j in range(i + 1, n) if there[i, j]]
    first, second = np.array(sources).T
    along = weights[first, second]
    take = _streams if method == "shortest-path" else _walks
    comparisons = [(i, j) for i in range(n) for j in range(i + 1, n)]
    matrix = np.empty((len(comparisons), len(sources)))
    for row, (i, j) in enumerate(comparisons):
        ends = estimates.covariance[i] - estimates.covariance[j]
        matrix[row] = take((ends[first] - ends[second]) * along, sources, i, j)
    names = trials.treatments
    return Contributions(
        comparisons=tuple((names[i], names[j]) for i, j in comparisons),
        sources=tuple((names[i], names[j]) for i, j in sources),
        matrix=matrix,
        weights=along,
        method=method,
        model=model,
    )


def _streams(flow: FloatArray, sources: list[Pair], start: int, end: int) -> FloatArray:
    """Take the evidence along shortest paths, one after the other."""
    left: dict[Pair, float] = {}
    column: dict[Pair, int] = {}
    onward: dict[int, list[int]] = {}
    order: dict[int, int] = {}
    for at, (i, j) in enumerate(sources):
        amount = float(flow[at])
        tail, head = (i, j) if amount > 0.0 else (j, i)
        # Of paths of one length, the one through treatments met first is taken.
        order.setdefault(tail, len(order))
        order.setdefault(head, len(order))
        if abs(amount) > _DRY:
            left[tail, head], column[tail, head] = abs(amount), at
            onward.setdefault(tail, []).append(head)
    for heads in onward.values():
        heads.sort(key=order.__getitem__)
    shares = np.zeros(len(sources))
    while (path := _shortest(onward, start, end)) is not None:
        steps = list(pairwise(path))
        amount = min(left[step] for step in steps)
        for step in steps:
            shares[column[step]] += amount / len(steps)
            left[step] -= amount
            if left[step] <= _DRY:
                onward[step[0]].remove(step[1])
    return shares


def _shortest(onward: dict[int, list[int]], start: int, end: int) -> list[int] | None:
    """Breadth first, each treatment reached from the one that comes first."""
    came: dict[int, int] = {start: start}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in onward.get(here, ()):
            if there in came:
                continue
            came[there] = here
            if there == end:
                path = [end]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            queue.append(there)
    return None


def _walks(flow: FloatArray, sources: list[Pair], start: int, end: int) -> FloatArray:
    """Contributions of a walker's paths, which never turn back, without listing the paths.

    A path of length l gives each of its edges 1/l of its probability; sums over all paths are made
    length by length, as the flow of evidence has no cycles.
    """
    column = {
        ((i, j) if flow[at] > 0.0 else (j, i)): at
        for at, (i, j) in enumerate(sources)
        if abs(flow[at]) > _DRY
    }
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from((start, end))
    for (tail, head), at in column.items():
        graph.add_edge(tail, head, flow=abs(float(flow[at])))
    order = list(nx.topological_sort(graph))
    size = len(order)
    out = {node: sum(d["flow"] for _, _, d in graph.out_edges(node, data=True)) for node in order}
    # Probability to be at a treatment after so many steps, and to reach the end after so many more.
    reached = {node: np.zeros(size) for node in order}
    to_go = {node: np.zeros(size) for node in order}
    reached[start][0] = 1.0
    to_go[end][0] = 1.0
    for node in order:
        for _, there, data in graph.out_edges(node, data=True):
            if node != end:
                reached[there][1:] += reached[node][:-1] * data["flow"] / out[node]
    for node in reversed(order):
        if node != end:
            for _, there, data in graph.out_edges(node, data=True):
                to_go[node][1:] += to_go[there][:-1] * data["flow"] / out[node]
    lengths = np.add.outer(np.arange(size), np.arange(size)) + 1.0
    shares = np.zeros(len(sources))
    for (tail, head), at in column.items():
        if tail == end:
            continue
        step = graph.edges[tail, head]["flow"] / out[tail]
        shares[at] = step * (reached[tail] @ (1.0 / lengths) @ to_go[head])
    return shares
