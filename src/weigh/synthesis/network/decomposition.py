"""Heterogeneity within designs, and inconsistency between them.

A design is a set of treatments that trials compare with each other. Trials of one design differ by
heterogeneity; that designs differ beyond it is inconsistency, the interaction of design and
treatment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.evidence.figures import amount, p_value
from weigh.evidence.printout import columns_of_text
from weigh.stats.design import Design
from weigh.stats.tails import chi2_tail
from weigh.synthesis.network.frames import Backend, as_frame, records
from weigh.synthesis.network.rows import Rows
from weigh.synthesis.network.trials import Trials
from weigh.synthesis.tau2 import estimate_tau2

__all__ = ["DesignQ", "Inconsistency", "QTest", "decompose", "design_columns", "tau2_within"]

FloatArray = npt.NDArray[np.float64]

# Columns that leave this share of themselves, given the others, say something of their own.
_NEW = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class QTest:
    """A sum of squares with its degrees of freedom; `p` is None without any."""

    q: float
    df: int
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {"q": self.q, "df": self.df, "p": self.p}

    def __str__(self) -> str:
        if self.p is None:
            return "Q(0) = 0"
        return f"Q({self.df}) = {amount(self.q)}, p {_p(self.p)}"


def _p(p: float) -> str:
    shown = p_value(p)
    return shown if shown[:1] in "<>" else f"= {shown}"


def q_test(q: float, df: int) -> QTest:
    """Test a sum of squares; without degrees of freedom it is 0."""
    if df <= 0:
        return QTest(q=0.0, df=0, p=None)
    q = max(q, 0.0)
    return QTest(q=q, df=df, p=float(chi2_tail(q, df)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignQ:
    """One design.

    Parameters
    ----------
    treatments, k
        What its trials compare, and how many there are.
    within
        Heterogeneity of its trials.
    detached
        Inconsistency between designs that is left where this one goes its own way; None where
        nothing changes.
    """

    treatments: tuple[str, ...]
    k: int
    within: QTest
    detached: QTest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """The sum of squares of a network, taken apart.

    Parameters
    ----------
    total, within, between
        Cochran's Q of the network; its part within designs (heterogeneity) and between them
        (inconsistency), under common effects.
    between_random
        The design-by-treatment interaction under random effects: what differs between designs when
        trials of one design may differ by `tau2_within`.
    tau2_within
        Between-study variance within designs, by moments.
    designs
        Each design.
    """

    total: QTest
    within: QTest
    between: QTest
    between_random: QTest
    tau2_within: float
    designs: tuple[DesignQ, ...]

    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {
            "design": [" : ".join(one.treatments) for one in self.designs],
            "k": [one.k for one in self.designs],
        }
        for name in ("q", "df", "p"):
            columns[f"within_{name}"] = [getattr(one.within, name) for one in self.designs]
        for name in ("q", "df", "p"):
            columns[f"detached_{name}"] = [
                None if one.detached is None else getattr(one.detached, name)
                for one in self.designs
            ]
        return columns

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "total": self.total.to_dict(),
            "within": self.within.to_dict(),
            "between": self.between.to_dict(),
            "between_random": self.between_random.to_dict(),
            "tau2_within": self.tau2_within,
            "designs": records(self._columns()),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a design."""
        return as_frame(self._columns(), backend)

    def summary(self) -> str:
        """The decomposition as a printout."""
        lines = [
            f"total: {self.total}",
            f"within designs (heterogeneity): {self.within}",
            f"between designs (inconsistency): {self.between}",
            f"between designs, random effects: {self.between_random}, "
            f"tau² within designs {amount(self.tau2_within, 4)}",
            "",
        ]
        rows = [("design", "k", "within", "without it, between")]
        for one in self.designs:
            detached = "unchanged" if one.detached is None else str(one.detached)
            rows.append((" : ".join(one.treatments), str(one.k), str(one.within), detached))
        return "\n".join([*lines, *columns_of_text(rows)])


def design_columns(
    rows: Rows, trials: Trials, designs: Iterable[tuple[tuple[int, ...], tuple[int, ...]]]
) -> FloatArray:
    """Columns that let designs have effects of their own, for `Rows`.

    Parameters
    ----------
    designs
        Arms and trials of each.
    """
    columns = []
    for arms, members in designs:
        inside = np.isin(rows.trial, members)
        columns.append(np.where(inside[:, None], rows.x[:, arms[1:]], 0.0))
    return np.hstack(columns) if columns else np.empty((rows.y.size, 0))


def decompose(trials: Trials, rows: Rows) -> Inconsistency:
    """Take the sum of squares of a network apart.

    References
    ----------
    :cite:t:`higgins2012`; decomposition and detachment by :cite:t:`krahn2013`; tau2 within designs
    by :cite:t:`jackson2012`.
    """
    designs = tuple(trials.designs().items())
    base = rows.x[:, 1:]
    total = _q(rows, base, 0.0)
    own = design_columns(rows, trials, designs)
    within = _q(rows, own, 0.0)
    spread = tau2_within(rows, own)
    consistent, free = _q(rows, base, spread), _q(rows, own, spread)
    between_df = total.df - within.df
    each = [
        _one_design(trials, rows, arms, members, total=total, within=within)
        for arms, members in designs
    ]
    return Inconsistency(
        total=total,
        within=within,
        between=q_test(total.q - within.q, between_df),
        between_random=q_test(consistent.q - free.q, between_df),
        tau2_within=spread,
        designs=tuple(each),
    )


def _one_design(
    trials: Trials,
    rows: Rows,
    arms: tuple[int, ...],
    members: tuple[int, ...],
    *,
    total: QTest,
    within: QTest,
) -> DesignQ:
    inside = np.isin(rows.trial, members)
    part = Rows(y=rows.y[inside], v=rows.v[inside], x=rows.x[inside], trial=rows.trial[inside])
    own = _q(part, part.x[:, arms[1:]], 0.0)
    freed = _q(
        rows, np.hstack([rows.x[:, 1:], design_columns(rows, trials, [(arms, members)])]), 0.0
    )
    detached = None
    if freed.df < total.df:
        detached = q_test(freed.q - within.q, freed.df - within.df)
    return DesignQ(
        treatments=tuple(trials.treatments[arm] for arm in arms),
        k=len(members),
        within=own,
        detached=detached,
    )


def _q(rows: Rows, x: FloatArray, tau2: float) -> QTest:
    """Residual sum of squares of a regression whose columns may depend on each other."""
    root = 1.0 / np.sqrt(rows.v + tau2)
    basis = _basis(root[:, None] * x)
    scaled = root * rows.y
    left = scaled - basis @ (basis.T @ scaled)
    df = rows.y.size - basis.shape[1]
    return q_test(float(left @ left), df)


def _basis(x: FloatArray) -> FloatArray:
    """Orthonormal columns that span those of x."""
    left, size, _ = np.linalg.svd(x, full_matrices=False)
    return np.asarray(left[:, size > _NEW * size[0]]) if size.size else left


def tau2_within(rows: Rows, own: FloatArray) -> float:
    """Between-study variance within designs by moments; 0 where each design has one trial."""
    if rows.y.size == own.shape[1]:
        return 0.0
    return float(estimate_tau2(Design(rows.y, rows.v, own), "DL").value[0])
