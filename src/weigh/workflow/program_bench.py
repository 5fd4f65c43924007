"""One data set under any conventions: effects of studies, then their pooling, by the engine.

What the programs' own formulas do that no option of the engine does stands here, each with the
program that does it. Its numbers are held to those of metafor and meta in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.effects import effect_size
from weigh.effects.columns import Columns
from weigh.errors import StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis import mantel_haenszel, pool
from weigh.synthesis.conventions import Conventions, Model
from weigh.synthesis.programs import Figures

__all__ = ["COUNTS", "MEANS", "Bench"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

COUNTS = ("RR", "OR", "RD")
MEANS = ("MD", "SMD")


@dataclass(slots=True)
class Bench:
    """The data, and what came out under each set of conventions tried so far.

    Parameters
    ----------
    columns
        The numbers.
    kind
        The measure as far as formulas go, ``GEN`` for effects as given.
    model, level
        As in `weigh.compare_programs`.
    tried
        Figures and notes by conventions.
    """

    columns: Columns
    kind: str
    model: Model
    level: float
    tried: dict[Conventions, tuple[Figures, tuple[str, ...]]] = field(default_factory=dict)

    def run(self, conventions: Conventions) -> tuple[Figures, tuple[str, ...]]:
        """Figures under these conventions, and cautions about them."""
        if conventions not in self.tried:
            self.tried[conventions] = self._run(conventions)
        return self.tried[conventions]

    def _run(self, c: Conventions) -> tuple[Figures, tuple[str, ...]]:
        y, v = self.effects(c)
        usable = np.isfinite(y) & np.isfinite(v) & (v > 0.0)
        if not usable.any():
            raise StatisticsError("No study has an effect under these conventions.")
        left = int(np.count_nonzero(np.isfinite(y) & (v == 0.0)))
        studies = "1 study has" if left == 1 else f"{left} studies have"
        notes = (f"{studies} a sampling variance of 0 and cannot be used.",) if left else ()
        y, v = y[usable], v[usable]
        needs_mh = self.kind in COUNTS and (self.model == "common" or c.center == "mantel-haenszel")
        total = self.mantel_haenszel(c) if needs_mh else None
        if self.model == "common":
            return self._common(c, y, v, total), notes
        center = total.estimate if total is not None else None
        return self._random(c, y, v, center), notes

    def _random(
        self, c: Conventions, y: FloatArray, v: FloatArray, center: float | None
    ) -> Figures:
        fit = pool(
            y,
            v,
            method=c.method,
            test=c.test,
            level=self.level,
            prediction=c.prediction or "normal",
            # Q moves tau2 only where tau2 is made from it.
            center=center if c.method == "DL" else None,
        )
        i2 = fit.i2 if c.i2_from == "tau2" else _i2_from_q(y, v, center)
        shown = c.prediction is not None
        return Figures(
            estimate=fit.estimate,
            se=fit.se,
            ci_low=fit.ci_low,
            ci_high=fit.ci_high,
            pi_low=fit.pi_low if shown else None,
            pi_high=fit.pi_high if shown else None,
            tau2=fit.tau2,
            i2=i2,
            k=fit.k,
        )

    def _common(
        self, c: Conventions, y: FloatArray, v: FloatArray, total: Pooled | None
    ) -> Figures:
        fit = total if total is not None else pool(y, v, method="EE", level=self.level)
        center = fit.estimate if c.center == "mantel-haenszel" else None
        return Figures(
            estimate=fit.estimate,
            se=fit.se,
            ci_low=fit.ci_low,
            ci_high=fit.ci_high,
            pi_low=None,
            pi_high=None,
            tau2=None,
            i2=_i2_from_q(y, v, center),
            k=fit.k,
        )

    def effects(self, c: Conventions) -> tuple[FloatArray, FloatArray]:
        """Effects and variances of the studies, NaN where these conventions give none."""
        if self.kind == "GEN":
            y, v = self.columns.take("yi vi")
            self.columns.refuse_negative("vi")
            return y, v
        if self.kind in MEANS:
            names = "mean1 sd1 n1 mean2 sd2 n2"
            arguments: dict[str, Any] = dict(
                zip(names.split(), self.columns.take(names), strict=True)
            )
            if self.kind == "MD":
                es = effect_size("MD", vtype=c.md_variance, **arguments)
            else:
                correct: Any = c.smd_correction
                es = effect_size("SMD", vtype=c.smd_variance, correct=correct, **arguments)
            return es.yi, es.vi
        y, v = _count_effects(self.kind, self.columns, c.zero_cells)
        if c.double_zero != "kept":
            empty = _left_out(self.kind, self.columns, c.double_zero)
            y, v = np.where(empty, np.nan, y), np.where(empty, np.nan, v)
        return y, v

    def mantel_haenszel(self, c: Conventions) -> Pooled:
        """Mantel and Haenszel's estimate, with the rule for its own zero cells."""
        a, n1, b, n2 = self.columns.take("events1 n1 events2 n2")
        if c.double_zero == "dropped":
            keep = ~_left_out(self.kind, self.columns, c.double_zero)
            a, n1, b, n2 = a[keep], n1[keep], b[keep], n2[keep]
        added = c.pooled_zero_cells == "every-cell"
        return mantel_haenszel(
            a,
            n1,
            b,
            n2,
            measure=self.kind,
            add=(0.5, 0.5 if added else 0.0),
            to=("only0", "only0" if added else "none"),
            drop00=(False, False),
            add_yi=False,
            rd_variance=c.rd_variance,
            level=self.level,
        )


def _left_out(measure: str, columns: Columns, rule: str) -> BoolArray:
    """Studies that a rule for double zeros leaves out.

    Without events in both groups a study says nothing about a ratio, and where everybody had the
    event nothing about an odds ratio; a risk difference it always has. metafor leaves out both
    kinds whatever the measure.
    """
    a, n1, c, n2 = columns.take("events1 n1 events2 n2")
    no_events: BoolArray = (a == 0.0) & (c == 0.0)
    only_events: BoolArray = (a == n1) & (c == n2)
    if rule == "dropped-from-q" or measure == "OR":
        return no_events | only_events
    return no_events if measure == "RR" else np.zeros(a.size, dtype=np.bool_)


def _count_effects(measure: str, columns: Columns, rule: str) -> tuple[FloatArray, FloatArray]:
    a, n1, c, n2 = columns.take("events1 n1 events2 n2")
    if rule == "events-and-people":
        es = effect_size(measure, events1=a, n1=n1, events2=c, n2=n2, increment="events-and-people")
        y, v = es.yi.copy(), es.vi.copy()
        # Where everybody had the event in both groups meta takes the events as they are.
        full = (a == n1) & (c == n2)
        with np.errstate(divide="ignore"):
            v[full] = (1.0 / a - 1.0 / (n1 + 0.5) + 1.0 / c - 1.0 / (n2 + 0.5))[full]
        return y, v
    es = effect_size(
        measure,
        events1=a,
        n1=n1,
        events2=c,
        n2=n2,
        to="none" if rule == "none" else "only0",
        add_yi=rule != "variance-only",
    )
    return es.yi, es.vi


def _i2_from_q(y: FloatArray, v: FloatArray, center: float | None) -> float:
    return pool(y, v, method="EE", center=center).i2
