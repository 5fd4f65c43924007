"""Calls of R's meta, as the named choices of our own functions, and how their numbers compare.

What a function of meta does by default is said here in our words: its increments and variances
(`study_effects`), its common-effect estimate (`common_effect`), its random-effects one with test,
interval and prediction interval (`random_effects`). An option that is not known here is a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from synthesis.oracle_cases import DataSet, UnknownCaseError, numbers

from weigh.effects import effect_size
from weigh.evidence.pooled import Pooled
from weigh.synthesis import (
    cochran_rates,
    glmm,
    mantel_haenszel,
    peto,
    pool,
)

Array = np.ndarray

OPTIONS = {
    "MH.exact",
    "adhoc.hakn.ci",
    "allstudies",
    "exact.smd",
    "incr",
    "method",
    "method.ci",
    "method.incr",
    "method.predict",
    "method.random.ci",
    "method.smd",
    "method.tau",
    "method.tau.ci",
    "pooledvar",
    "prediction",
    "sm",
    "subgroup",
    "tau.common",
}
ADHOC = {"": "knha", "se": "adhoc", "ci": "adhoc-ci", "IQWiG6": "iqwig"}
# Prediction intervals: the test that gives the standard error, and the convention.
PREDICT = {
    "V": ("z", "t"),
    "HTS": ("z", "riley"),
    "S": ("z", "normal"),
    "HK": ("knha", "t"),
    "HK-PR": ("knha", "riley"),
    "KR": ("kr", "kr"),
    "KR-PR": ("kr", "kr-riley"),
}
SINGLE_MEASURES = {"PLOGIT": "PLO", "PRAW": "PR", "MRAW": "MN", "MLN": "MNLN"}
PROPCI = {
    "CP": "clopper-pearson",
    "WS": "wilson",
    "WSCC": "wilson-cc",
    "AC": "agresti-coull",
    "SA": "wald",
    "SACC": "wald-cc",
    "NAsm": "logit",
}
CLOSED = ("DL", "HE", "HS", "SJ")
# What meta's tightened iterations leave, by the README of the set.
CLOSED_REL, ITERATED_REL = 1e-10, 1e-7


@dataclass
class Call:
    """A call of meta: its function, its columns, its options."""

    function: str
    columns: list[Array]
    options: dict[str, str]
    # A tau2 to be taken as known: R's, where it stopped short of the most likely one.
    told: float | None = None

    @property
    def measure(self) -> str:
        """The summary measure."""
        return self.options.get("sm", "PLOGIT" if self.function == "metaprop" else "IRR")

    @property
    def tau2_method(self) -> str:
        """The estimator of tau2."""
        return self.options.get("method.tau", "REML")

    @property
    def test(self) -> str:
        """Our name for the test of the random-effects estimate."""
        kind = self.options.get("method.random.ci", "classic")
        if kind == "HK":
            return ADHOC[self.options.get("adhoc.hakn.ci", "")]
        return {"classic": "z", "KR": "kr"}[kind]

    @property
    def rel(self) -> float:
        """Tolerance of what rests on tau2."""
        return CLOSED_REL if self.tau2_method in CLOSED else ITERATED_REL


def read_call(case: dict[str, Any], data: DataSet) -> Call:
    """Take a call apart; its first arguments are columns, or y for effects."""
    match = re.fullmatch(r"meta::(\w+)\((.*)\)", case["call"])
    if match is None:
        raise UnknownCaseError(case["call"])
    columns, options = [], {}
    for part in match[2].split(", "):
        name, _, value = part.partition("=")
        if not value:
            columns.append(part)
        elif name != "data":
            options[name] = value.strip('"')
    if set(options) - OPTIONS:
        raise UnknownCaseError(f"{case['id']}: {sorted(set(options) - OPTIONS)}")
    if match[1] == "metagen":
        return Call("metagen", list(effects_of(case, data)), options)
    return Call(match[1], [_column(data, text) for text in columns], options)


def effects_of(case: dict[str, Any], data: DataSet) -> tuple[Array, Array]:
    """Effects and variances that a call of metagen was given; its output repeats them."""
    if "effect" in case:
        return data.effect(case)
    out = case["outputs"]
    return numbers(out["TE"]), numbers(out["seTE"]) ** 2


def _column(data: DataSet, text: str) -> Array:
    return sum(data.column(name.strip()) for name in text.split("+"))  # type: ignore[return-value]


def study_effects(call: Call) -> tuple[Array, Array]:
    """Each study's effect and variance, NaN where meta has none."""
    if call.function == "metagen":
        return call.columns[0], call.columns[1]
    if call.function == "metabin":
        return _two_by_two(call)
    if call.function == "metacont":
        return _means(call)
    if call.function == "metainc":
        a, t1, c, t2 = call.columns
        es = effect_size("IRR", events1=a, time1=t1, events2=c, time2=t2)
        return es.yi, es.vi
    measure = SINGLE_MEASURES.get(call.measure, call.measure)
    if call.function == "metaprop":
        return _proportions(call, measure)
    if call.function == "metarate":
        es = effect_size(measure, events=call.columns[0], time=call.columns[1])
    elif call.function == "metacor":
        es = effect_size(measure, r=call.columns[0], n=call.columns[1])
    elif call.function == "metamean":
        n, mean, sd = call.columns
        es = effect_size(measure, n=n, mean=mean, sd=sd)
    else:
        raise UnknownCaseError(call.function)
    return es.yi, es.vi


def _two_by_two(call: Call) -> tuple[Array, Array]:
    a, n1, c, n2 = call.columns
    arms = {"events1": a, "n1": n1, "events2": c, "n2": n2}
    measure, options = call.measure, call.options
    to: Any = options.get("method.incr", "only0")
    if measure == "RR":
        es = effect_size("RR", **arms, to=to, increment="events-and-people")
    elif measure == "RD":
        es = effect_size("RD", **arms, to=to, add_yi=False)
    elif measure == "ASD":
        es = effect_size("AS", **arms)
    elif options.get("method") == "Peto":
        es = effect_size("PETO", **arms, to="none")
    else:
        tacc = options.get("incr") == "TACC"
        es = effect_size("OR", **arms, to=to, increment="opposite-arm" if tacc else "cells")
    y, v = es.yi.copy(), es.vi.copy()
    if measure == "RR":
        # Where everybody had the event in both groups meta takes the events as they are.
        full = (a == n1) & (c == n2)
        a, n1, c, n2 = (column[full] for column in call.columns)
        v[full] = 1.0 / a - 1.0 / (n1 + 0.5) + 1.0 / c - 1.0 / (n2 + 0.5)
    y[without_information(call)] = np.nan
    return y, v


def without_information(call: Call) -> Array:
    """Tables that meta leaves out: nobody had the event, or for odds ratios everybody."""
    a, n1, c, n2 = call.columns
    if call.options.get("allstudies") == "TRUE" or call.measure in ("RD", "ASD"):
        return np.zeros(a.size, dtype=bool)
    nobody = (a == 0.0) & (c == 0.0)
    return nobody | ((a == n1) & (c == n2)) if call.measure == "OR" else nobody


def _means(call: Call) -> tuple[Array, Array]:
    n1, mean1, sd1, n2, mean2, sd2 = call.columns
    arms: dict[str, Any] = {"mean1": mean1, "sd1": sd1, "n1": n1}
    arms |= {"mean2": mean2, "sd2": sd2, "n2": n2}
    if call.measure == "MD":
        es = effect_size("MD", **arms, vtype="HO" if "pooledvar" in call.options else "LS")
    elif call.measure == "ROM":
        es = effect_size("ROM", **arms, correct=False)
    else:
        exact = call.options["exact.smd"] == "TRUE"
        measure, vtype, correct = {
            ("Hedges", True): ("SMD", "UB", "exact"),
            ("Hedges", False): ("SMD", "LS3", "approximate"),
            ("Cohen", True): ("SMD", "UB2", False),
            ("Cohen", False): ("SMD", "LS", False),
            ("Glass", True): ("SMD1", "DF", False),
            ("Glass", False): ("SMD1", "DF", False),
        }[call.options["method.smd"], exact]
        es = effect_size(measure, **arms, vtype=vtype, correct=correct)  # type: ignore[arg-type]
    return es.yi, es.vi


def _proportions(call: Call, measure: str) -> tuple[Array, Array]:
    x, n = call.columns
    if measure == "PLN":
        es = effect_size("PLN", events=x, n=n, increment="events-and-people")
        v = es.vi.copy()
        # As for risk ratios: where everybody had the event it is taken as it is.
        full = x == n
        v[full] = 1.0 / x[full] - 1.0 / (n[full] + 0.5)
        return es.yi, v
    if measure == "PR":
        es = effect_size("PR", events=x, n=n, add_yi=False)
    else:
        es = effect_size(measure, events=x, n=n)
    return es.yi, es.vi


def common_effect(call: Call, y: Array, v: Array, rows: Array | None = None) -> Pooled:
    """The common-effect estimate: of counts by the method named, else by inverse variance."""
    method = call.options.get("method", "MH" if call.function in ("metabin", "metainc") else "")
    columns = call.columns if rows is None else [column[rows] for column in call.columns]
    if call.function == "metainc":
        a, t1, c, t2 = columns
        if method == "MH":
            return mantel_haenszel(a, None, c, None, time1=t1, time2=t2, measure="IRR")
        if method == "Cochran":
            return cochran_rates(a, t1, c, t2)
    if method == "GLMM":
        return glmm(*columns, measure="PLO", method="EE")
    if call.function == "metabin" and method in ("MH", "Peto"):
        keep = ~without_information(call)
        if rows is not None:
            keep = keep[rows]
        tables = [column[keep] for column in columns]
        if method == "Peto":
            return peto(*tables)
        exact = call.options.get("MH.exact") == "TRUE"
        return mantel_haenszel(
            *tables,
            measure=call.measure,
            add=(0.5, 0.0 if exact else 0.5),
            to=("only0", "none" if exact else "only0"),
            drop00=(False, False),
            add_yi=False,
            rd_variance="greenland-robins",
        )
    if rows is not None:
        y, v = y[rows], v[rows]
    return pool(y, v, method="EE")


def center(call: Call, common: Pooled) -> float | None:
    """What Q is taken around: Mantel and Haenszel's estimate, where tau2 is by DL."""
    by_mh = call.function == "metabin" and common.method == "MH"
    return common.estimate if by_mh and call.tau2_method == "DL" else None


def random_effects(call: Call, y: Array, v: Array, around: float | None, **more: Any) -> Pooled:
    """The random-effects estimate with the test asked for."""
    arguments = {"test": call.test, "tau2": call.told, **more}
    return pool(y, v, method=call.tau2_method, center=around, **arguments)
