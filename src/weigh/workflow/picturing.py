"""Plots of a comparison's studies, by name: what each needs of them, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from weigh.errors import InputError
from weigh.evidence.comparison import Comparison
from weigh.evidence.pooled import Pooled
from weigh.report import plot as plots
from weigh.report.plot import Plot
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import baujat, cumulative, influence, leave_one_out, radial

__all__ = ["KINDS", "Pictured", "picture_all"]

#: Below this, a funnel shows nothing that chance would not (Cochrane Handbook 13.3.5.4).
FEWEST_IN_FUNNEL = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """The plots that a comparison's studies allow, and why the others are not there.

    `shown` has name, title and plot of each; `refused` title and reason.
    """

    shown: tuple[tuple[str, str, Plot], ...]
    refused: tuple[tuple[str, str], ...]


def picture_all(comparison: Comparison) -> Pictured:
    """Every plot of `KINDS` that the studies of a comparison allow."""
    shown, refused = [], []
    for name, (title, make) in KINDS.items():
        try:
            shown.append((name, title, make(comparison)))
        except InputError as error:
            refused.append((title, str(error)))
    return Pictured(shown=tuple(shown), refused=tuple(refused))


def _fit(comparison: Comparison) -> Pooled:
    """The comparison's studies pooled with their names; counts are pooled by inverse variance."""
    pooled = comparison.pooled
    if pooled is None or comparison.k < 2:
        raise InputError(
            f"{comparison.label}: found {comparison.k} studies with an estimate; a plot of "
            "several studies expects two or more."
        )
    method = "EE" if pooled.method in ("MH", "PETO") else pooled.method
    return pool(
        [row.yi for row in comparison.studies],
        [row.vi for row in comparison.studies],
        method=method,
        test=pooled.test,
        slab=[row.study.label for row in comparison.studies],
    )


def _funnel(comparison: Comparison) -> Plot:
    if comparison.k < FEWEST_IN_FUNNEL:
        raise InputError(
            f"{comparison.label}: found {comparison.k} studies; a funnel plot expects at least "
            f"{FEWEST_IN_FUNNEL}, since fewer show nothing that chance would not."
        )
    return plots.funnel(_fit(comparison), measure=comparison.measure)


def _cumulative(comparison: Comparison) -> Plot:
    fit = _fit(comparison)
    years = [row.study.year for row in comparison.studies]
    return plots.cumulative(cumulative(fit, years), fit=fit, measure=comparison.measure)


def _leave_one_out(comparison: Comparison) -> Plot:
    fit = _fit(comparison)
    return plots.leave_one_out(leave_one_out(fit), fit=fit, measure=comparison.measure)


def _bubble(comparison: Comparison) -> Plot:
    years = np.array([row.study.year for row in comparison.studies], dtype=float)
    fit = _fit(comparison)
    if comparison.k < FEWEST_IN_FUNNEL or np.ptp(years) == 0.0:
        raise InputError(
            f"{comparison.label}: found {comparison.k} studies; a regression on the year expects "
            f"at least {FEWEST_IN_FUNNEL}, of several years (Cochrane Handbook 10.11.5.1)."
        )
    regression = pool(
        fit.yi, fit.vi, method=fit.method, test=fit.test, mods={"year": years}, slab=fit.slab
    )
    return plots.bubble(regression, measure=comparison.measure)


KINDS: Mapping[str, tuple[str, Callable[[Comparison], Plot]]] = {
    "balance": ("Balance", lambda c: plots.balance(_fit(c), measure=c.measure)),
    "funnel": ("Funnel", _funnel),
    "cumulative": ("Cumulative, by year", _cumulative),
    "leave-one-out": ("Leave one out", _leave_one_out),
    "bubble": ("Regression on the year", _bubble),
    "baujat": ("Baujat", lambda c: plots.baujat(baujat(_fit(c)))),
    "radial": ("Radial", lambda c: plots.radial(radial(_fit(c)), measure=c.measure)),
    "drapery": ("P-value functions", lambda c: plots.drapery(_fit(c), measure=c.measure)),
    "influence": ("Influence", lambda c: plots.influence(influence(_fit(c)))),
}
