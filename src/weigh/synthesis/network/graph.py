"""The network as a graph: treatments as nodes, what trials compare as edges."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.synthesis.network.frames import Backend, as_frame
from weigh.synthesis.network.trials import Trials

__all__ = ["NetworkGraph", "graph_of"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkGraph:
    """Treatments, and how many trials compare them.

    Parameters
    ----------
    treatments, trials, people
        Names, number of trials of each, and people in it over all trials; `people` is None where
        arms were not given.
    edges
        Pairs of treatments that trials compare, with the number of trials.
    multi_arm
        Sets of more than two treatments that single trials compare, with the number of trials.
    """

    treatments: tuple[str, ...]
    trials: tuple[int, ...]
    people: tuple[float, ...] | None
    edges: tuple[tuple[str, str, int], ...]
    multi_arm: tuple[tuple[tuple[str, ...], int], ...]

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        people = self.people or (None,) * len(self.treatments)
        return {
            "nodes": [
                {"treatment": name, "trials": k, "people": size}
                for name, k, size in zip(self.treatments, self.trials, people, strict=True)
            ],
            "edges": [{"treat1": a, "treat2": b, "trials": k} for a, b, k in self.edges],
            "multi_arm": [{"treatments": list(set_), "trials": k} for set_, k in self.multi_arm],
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row an edge."""
        columns = zip(*self.edges, strict=True)
        names = ("treat1", "treat2", "trials")
        return as_frame(
            {name: list(column) for name, column in zip(names, columns, strict=True)}, backend
        )


def graph_of(trials: Trials, sizes: FloatArray | None) -> NetworkGraph:
    """The graph of trials."""
    names = trials.treatments
    nodes, edges = Counter[int](), Counter[tuple[int, int]]()
    for trial in trials.trials:
        nodes.update(trial.arms)
        edges.update(combinations(trial.arms, 2))
    return NetworkGraph(
        treatments=names,
        trials=tuple(nodes[index] for index in range(len(names))),
        people=None if sizes is None else tuple(float(size) for size in sizes),
        edges=tuple((names[a], names[b], k) for (a, b), k in sorted(edges.items())),
        multi_arm=tuple(
            (tuple(names[arm] for arm in arms), len(members))
            for arms, members in trials.designs().items()
            if len(arms) > 2
        ),
    )
