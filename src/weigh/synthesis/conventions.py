"""What programs for meta-analysis do when nobody tells them: one named convention after another.

A program's row holds what its own documentation, its own source or its own output shows, and
`Program.sources` says which. What could not be sourced is left out, and `Program.left_out` says so.
Who runs data under them is `weigh.compare_programs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from weigh.errors import NotFoundError

__all__ = [
    "CONVENTIONS",
    "PROGRAMS",
    "Convention",
    "Conventions",
    "Model",
    "Program",
    "program_named",
    "relevant",
]

Model = Literal["random", "common"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """The choices that turn numbers of arms into a pooled effect.

    Parameters
    ----------
    zero_cells, double_zero, pooled_zero_cells
        Empty cells in a study's own effect; studies without events (or without anything else) in
        both groups; empty cells in a Mantel-Haenszel estimate.
    md_variance, smd_correction, smd_variance, rd_variance
        Formulas of a mean difference, a standardized one, a Mantel-Haenszel risk difference.
    center, method, test, i2_from, prediction
        The estimate that Q is taken around; estimator of tau2; test and interval of the estimate;
        what I2 is made from; prediction interval. The last is None where a program gives none or
        where its convention could not be sourced.
    """

    zero_cells: str = "every-cell"
    double_zero: str = "kept"
    pooled_zero_cells: str = "none"
    md_variance: str = "LS"
    smd_correction: str = "exact"
    smd_variance: str = "LS"
    rd_variance: str = "sato"
    center: str = "inverse-variance"
    method: str = "REML"
    test: str = "z"
    i2_from: str = "tau2"
    prediction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """One kind of choice: its name, what it is about, and each option in words."""

    name: str
    about: str
    options: Mapping[str | None, str]


# In the order in which numbers pass through them, which is the order of switching.
CONVENTIONS: tuple[Convention, ...] = (
    Convention(
        name="zero_cells",
        about="zero cells in a study's effect",
        options={
            "every-cell": "0.5 to every cell of a table with an empty one",
            "events-and-people": "0.5 to the events and to the people of such a table",
            "variance-only": "0.5 to every cell for the variance, none for the effect",
            "none": "nothing added",
        },
    ),
    Convention(
        name="double_zero",
        about="studies with no events in either group, or only events",
        options={
            "kept": "kept",
            "dropped": "left out where they say nothing about a ratio",
            "dropped-from-q": "left out of Q and I² alone",
        },
    ),
    Convention(
        name="pooled_zero_cells",
        about="zero cells in the Mantel-Haenszel estimate",
        options={
            "none": "nothing added",
            "every-cell": "0.5 to every cell of a table with an empty one",
        },
    ),
    Convention(
        name="md_variance",
        about="variance of a mean difference",
        options={"LS": "each group its own SD", "HO": "one SD for both groups"},
    ),
    Convention(
        name="smd_correction",
        about="Hedges' correction",
        options={"exact": "exact (gamma function)", "approximate": "1 - 3 / (4 df - 1)"},
    ),
    Convention(
        name="smd_variance",
        about="variance of a standardized mean difference",
        options={
            "LS": "1/n1 + 1/n2 + g²/(2N)",
            "LS2": "J² (1/n1 + 1/n2 + d²/(2N))",
            "LS3": "1/n1 + 1/n2 + g²/(2(N - 3.94))",
            "UB": "unbiased",
        },
    ),
    Convention(
        name="rd_variance",
        about="variance of a Mantel-Haenszel risk difference",
        options={"sato": "Sato, Greenland and Robins", "greenland-robins": "Greenland and Robins"},
    ),
    Convention(
        name="method",
        about="estimator of tau²",
        options={"REML": "restricted maximum likelihood", "DL": "DerSimonian and Laird"},
    ),
    Convention(
        name="center",
        about="the estimate that Q is taken around",
        options={"inverse-variance": "inverse variance", "mantel-haenszel": "Mantel-Haenszel"},
    ),
    Convention(
        name="test",
        about="test and interval",
        options={"z": "normal (Wald)", "knha": "Knapp-Hartung (HKSJ), t with k - 1"},
    ),
    Convention(
        name="i2_from",
        about="I²",
        options={"tau2": "from tau²", "q": "from Q"},
    ),
    Convention(
        name="prediction",
        about="prediction interval",
        options={"normal": "normal", "t": "t with k - 1", None: "not given"},
    ),
)


def relevant(measure: str, model: Model) -> tuple[Convention, ...]:
    """The conventions that can matter to a measure under a model.

    Without tau2, under a common effect, there is only one I2, that from Q.
    """
    wanted = {"method", "test", "i2_from", "prediction"} if model == "random" else set()
    if measure in ("RR", "OR", "RD"):
        wanted |= {"zero_cells", "double_zero", "pooled_zero_cells", "center"}
    if measure == "RD" and model == "common":
        wanted |= {"rd_variance"}
    if measure == "MD":
        wanted |= {"md_variance"}
    if measure == "SMD":
        wanted |= {"smd_correction", "smd_variance"}
    return tuple(convention for convention in CONVENTIONS if convention.name in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, and what it does by default.

    Parameters
    ----------
    name, call
        The program, with version where it matters, and the call or setting meant.
    random, common
        Its conventions under each model; None: not compared.
    by_measure
        Conventions that differ for a measure, by measure and name.
    common_for
        Measures that `common` holds for; None: all.
    sources
        Where each of these was read.
    left_out
        What could not be sourced.
    """

    name: str
    call: str
    random: Conventions | None
    common: Conventions | None
    by_measure: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    common_for: frozenset[str] | None = None
    sources: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def conventions(self, measure: str, model: Model) -> Conventions | None:
        """What the program does with this measure under this model; None: not compared."""
        base = self.random if model == "random" else self.common
        if base is None:
            return None
        if model == "common" and self.common_for is not None and measure not in self.common_for:
            return None
        return replace(base, **self.by_measure.get(measure, {}))


_COCHRANE = (
    "methods.cochrane.org/methods-cochrane/"
    "random-effects-meta-analysis-methods-intervention-reviews"
)
_NO_MEASURE_OF_EVENTS = frozenset({"MD", "SMD", "GEN"})
_REVMAN_5 = Conventions(
    double_zero="dropped",
    pooled_zero_cells="every-cell",
    smd_correction="approximate",
    smd_variance="LS3",
    rd_variance="greenland-robins",
    center="mantel-haenszel",
    method="DL",
    i2_from="q",
)
_REVMAN_NOW = replace(_REVMAN_5, center="inverse-variance", method="REML", i2_from="tau2")
_REVMAN_SOURCES = (
    "settings.meta('RevMan5') of R package meta, which reproduces RevMan 5",
    "effects, intervals and weights as printed in Cochrane reviews, which weigh is tested against",
)

PROGRAMS: tuple[Program, ...] = (
    Program(
        name="metafor",
        call="rma(), rma.mh(); version 5.0",
        random=Conventions(prediction="normal"),
        common=Conventions(double_zero="dropped-from-q", center="mantel-haenszel"),
        sources=(
            "results of metafor with its defaults, which weigh is tested against",
            "source of rma.mh: add = c(1/2, 0), to = c('only0', 'none'), drop00 = c(TRUE, FALSE)",
            "stat.ethz.ch/pipermail/r-sig-meta-analysis/2018-June/000852.html (prediction)",
        ),
    ),
    Program(
        name="meta",
        call="metabin(), metacont(), metagen(); version 8",
        random=Conventions(
            double_zero="dropped",
            pooled_zero_cells="every-cell",
            smd_variance="UB",
            rd_variance="greenland-robins",
            i2_from="q",
            prediction="t",
        ),
        common=Conventions(
            double_zero="dropped",
            pooled_zero_cells="every-cell",
            smd_variance="UB",
            rd_variance="greenland-robins",
        ),
        by_measure={
            "RR": {"zero_cells": "events-and-people"},
            "RD": {"zero_cells": "variance-only"},
        },
        sources=(
            "source of settings.meta: method.tau REML, method.random.ci classic, method.I2 Q, "
            "method.predict V, method MH, MH.exact FALSE, RR.Cochrane FALSE, exact.smd TRUE",
            "results of metagen, metabin, metacont and their kin, which weigh is tested against",
        ),
    ),
    Program(
        name="RevMan 5",
        call="method Mantel-Haenszel for events, inverse variance for means",
        random=_REVMAN_5,
        common=_REVMAN_5,
        by_measure={"RD": {"zero_cells": "variance-only"}},
        sources=_REVMAN_SOURCES,
    ),
    Program(
        name="RevMan REML",
        call="today's RevMan with REML and the Wald-type interval chosen",
        random=_REVMAN_NOW,
        common=None,
        by_measure={"RD": {"zero_cells": "variance-only"}},
        sources=(_COCHRANE, *_REVMAN_SOURCES),
        left_out=(
            "which of its options today's RevMan preselects",
            "degrees of freedom of its prediction interval",
        ),
    ),
    Program(
        name="RevMan HKSJ",
        call="today's RevMan with REML and the HKSJ interval chosen",
        random=replace(_REVMAN_NOW, test="knha"),
        common=None,
        by_measure={"RD": {"zero_cells": "variance-only"}},
        sources=(_COCHRANE, *_REVMAN_SOURCES),
        left_out=(
            "which of its options today's RevMan preselects",
            "degrees of freedom of its prediction interval",
        ),
    ),
    Program(
        name="Stata",
        call="meta esize, meta summarize; version 16 on",
        random=Conventions(md_variance="HO", smd_correction="approximate", smd_variance="LS2"),
        common=Conventions(md_variance="HO", smd_correction="approximate", smd_variance="LS2"),
        by_measure={"RD": {"zero_cells": "none"}},
        common_for=_NO_MEASURE_OF_EVENTS,
        sources=(
            "help meta esize: random(reml), zerocells(0.5, only0) for lnoratio and lnrratio, "
            "hedgesg approximate, mdiff with equal variances unless `unequal`",
            "output of meta summarize at statalist.org, thread 1696829: I2 is 5.3 % where Q is "
            "below its degrees of freedom, so it comes from tau2",
        ),
        left_out=(
            "its prediction interval",
            "zero cells in its Mantel-Haenszel estimate, so it has no row for events under a "
            "common effect",
        ),
    ),
)


def program_named(name: str) -> Program:
    """Return the program with this name, or an error that suggests the nearest."""
    for program in PROGRAMS:
        if program.name == name:
            return program
    raise NotFoundError("program to compare", name, (program.name for program in PROGRAMS))
