"""The net heat: which design disagrees with which, and drives the inconsistency of others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.synthesis.network.decomposition import design_columns, tau2_within
from weigh.synthesis.network.evidence import flow_of_designs
from weigh.synthesis.network.frames import Backend, as_frame
from weigh.synthesis.network.rows import Rows, solve_rows
from weigh.synthesis.network.trials import Trials
from weigh.synthesis.records import as_record

__all__ = ["NetHeat", "net_heat"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetHeat:
    """Inconsistency of designs, and what becomes of it where one is detached.

    Parameters
    ----------
    designs
        Treatments of each design that takes part in a loop, in the order of rows and columns.
    inconsistency
        (d,) sum of squares between designs that each contributes.
    change
        (d, d) how much the inconsistency of the design of the row falls where that of the column
        goes its own way; what it rises by is negative. The diagonal is its own.
    share
        (d, d) part of the network's estimate for the design of the row that flows through that of
        the column, 0 to 1.
    q, model
        Sum of squares between designs, under ``"common"`` effects, or ``"random"`` ones with tau2
        within designs.
    """

    designs: tuple[tuple[str, ...], ...]
    inconsistency: FloatArray
    change: FloatArray
    share: FloatArray
    q: float
    model: str

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a pair of designs."""
        names = [" : ".join(design) for design in self.designs]
        size = len(names)
        return as_frame(
            {
                "design": [name for name in names for _ in range(size)],
                "detached": names * size,
                "change": self.change.ravel().tolist(),
                "share": self.share.ravel().tolist(),
            },
            backend,
        )


def net_heat(trials: Trials, rows: Rows, *, model: str) -> NetHeat:
    """Where inconsistency sits in a network.

    Parameters
    ----------
    model
        ``"common"``, or ``"random"``: with tau2 within designs.

    References
    ----------
    :cite:t:`krahn2013`.
    """
    designs = tuple(trials.designs().items())
    own = design_columns(rows, trials, designs)
    tau2 = tau2_within(rows, own) if model == "random" else 0.0
    root = 1.0 / np.sqrt(rows.v + tau2)
    whole = _contributions(rows, rows.x[:, 1:], own, designs, root)
    total_rank = np.linalg.matrix_rank(rows.x)
    changes = np.zeros((len(designs), len(designs)))
    for column, design in enumerate(designs):
        freed = np.hstack([rows.x[:, 1:], design_columns(rows, trials, [design])])
        if np.linalg.matrix_rank(freed) > total_rank:
            left = _contributions(rows, freed, own, designs, root)
            changes[:, column] = whole - left
    looped = np.flatnonzero(np.abs(changes).max(axis=0) > 1e-10)
    if looped.size < 2:
        raise StatisticsError(
            "The network has no loop in which designs could disagree, so there is no heat to show."
        )
    estimates = solve_rows(rows, tau2)
    flow = 0.5 * np.abs(flow_of_designs(trials, estimates)).sum(axis=2)
    share = np.array([_flow_of(arms, flow, trials.n) for arms, _ in designs])
    share = np.clip(share, 0.0, 1.0)
    return NetHeat(
        designs=tuple(
            tuple(trials.treatments[arm] for arm in designs[index][0]) for index in looped
        ),
        inconsistency=whole[looped],
        change=changes[np.ix_(looped, looped)],
        share=share[np.ix_(looped, looped)],
        q=float(whole.sum()),
        model=model,
    )


def _contributions(
    rows: Rows,
    x: FloatArray,
    own: FloatArray,
    designs: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...],
    root: FloatArray,
) -> FloatArray:
    """Sum of squares between the effects of designs and those of a model, design by design."""
    fitted = _fit(root[:, None] * own, root * rows.y) - _fit(root[:, None] * x, root * rows.y)
    return np.array(
        [float(np.sum(fitted[np.isin(rows.trial, members)] ** 2)) for _, members in designs]
    )


def _fit(x: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(x @ np.linalg.lstsq(x, y, rcond=1e-10)[0])


def _flow_of(arms: tuple[int, ...], flow: FloatArray, n: int) -> FloatArray:
    """Mean flow through each design over the pairs that a design compares."""
    place = {pair: at for at, pair in enumerate(combinations(range(n), 2))}
    pairs = [place[arms[0], arm] for arm in arms[1:]]
    return np.asarray(flow[pairs].mean(axis=0))
