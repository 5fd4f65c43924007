"""How cases of one pooled effect, and of counts pooled directly, are checked against R."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, number, numbers

from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.synthesis import mantel_haenszel, peto, pool, predict, variance_inflation
from weigh.synthesis.fit_statistics import fit_statistics
from weigh.synthesis.generalized_q import GeneralizedQ
from weigh.synthesis.tau2_intervals import HeterogeneityIntervals, tau2_interval

# Tolerances of the set's own README: closed forms to rounding, iterated ones to what R's tightened
# settings leave; p values in the tail amplify the rounding of the statistic.
CLOSED = ("EE", "FE", "DL", "HE", "HS", "HSk", "SJ", "GENQ")
ITERATED = {"ML": 1e-7, "REML": 1e-7, "EB": 1e-7, "PM": 1e-7, "PMM": 1e-5, "GENQM": 1e-5}
OWN_NAMES = {
    "estimate": "beta",
    "se": "se",
    "statistic": "zval",
    "p": "pval",
    "ci_low": "ci_lb",
    "ci_high": "ci_ub",
    "q": "QE",
    "q_p": "QEp",
    "i2": "I2",
    "h2": "H2",
}


def tolerance(method: str) -> float:
    return 1e-10 if method in CLOSED else ITERATED[method]


def first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def pool_arguments(case: dict[str, Any], data: DataSet) -> dict[str, Any]:
    """Arguments of `pool` that a call of rma() without moderators stands for."""
    call, options = case["call"], case["options"]
    arguments: dict[str, Any] = {"method": options["method"], "test": options.get("test", "z")}
    for name in set(options) - {"method", "test", "weights"}:
        raise UnknownCaseError(f"{case['id']}: option {name}")
    if "level=90" in call:
        arguments["level"] = 0.90
    if "weighted=FALSE" in call:
        arguments["weights"] = np.ones(len(data.effects[case["effect"]]["yi"]))
    if "weights=1/vi" in call:
        arguments["weights"] = 1.0 / data.effect(case)[1]
    elif "weights" in options:
        arguments["weights"] = data.column({"ni": "ni"}.get(options["weights"], options["weights"]))
    return arguments


def check_uni(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """rma(yi, vi): every number that `Pooled` has."""
    out, method = case["outputs"], case["options"]["method"]
    yi, vi = data.effect(case)
    fit = pool(yi, vi, **pool_arguments(case, data))
    rel = tolerance(method)
    report.same("k", fit.k, out["k"])
    for ours, theirs in OWN_NAMES.items():
        wide = max(rel, 1e-8) if ours in ("p", "q_p") else rel
        # At the boundary R may leave tau2, and with it I2, a hair above 0.
        slack = 1e-10 if ours == "i2" else 1e-12
        report.close(ours, getattr(fit, ours), first(out[theirs]), rel=wide, absolute=slack)
    report.close("tau2", fit.tau2, out["tau2"], rel=rel, absolute=1e-11)
    report.close("tau2_se", fit.tau2_se, out["se_tau2"], rel=rel, absolute=1e-11)
    if "ddf" in out:
        report.close("df", fit.df, first(out["ddf"]), rel=0.0)
    if "fit_stats" in out:
        check_fit_statistics(fit, out["fit_stats"], report, rel=rel)
    for name, theirs in out.get("pi", {}).items():
        prediction = None if name == "default" else name.lower()
        again = pool(yi, vi, **pool_arguments(case, data), prediction=prediction)
        # tau alone, without the standard error, shows the root of what R leaves of tau2 at 0.
        slack = 1e-5 * fit.se if name == "simple" else 1e-12
        report.close(f"pi {name}", [again.pi_low, again.pi_high], theirs, rel=rel, absolute=slack)


def check_fit_statistics(
    fit: Pooled, theirs: dict[str, dict[str, Any]], report: Comparison, *, rel: float
) -> None:
    """Log-likelihoods and information criteria; their error is relative to the likelihood."""
    for name, values in theirs.items():
        ours = fit_statistics(fit, restricted=name == "REML")
        size = 1e-9 * max(abs(number(values["ll"])), 1.0)
        for key, mine in (
            ("ll", ours.log_likelihood),
            ("dev", ours.deviance),
            ("AIC", ours.aic),
            ("AICc", ours.aicc),
            ("BIC", ours.bic if ours.bic is not None else -np.inf),
        ):
            report.close(f"{name} {key}", mine, values[key], rel=rel, absolute=10.0 * size)


def check_confint(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """confint(rma(...)): tau2, tau, I2, H2 with limits."""
    options, out = case.get("options", {}), case["outputs"]
    kind, method = options.get("type", "QP"), options.get("method", "REML")
    if set(options) - {"type", "method", "level", "mods"}:
        raise UnknownCaseError(case["id"])
    yi, vi = data.effect(case)
    yi, vi = yi[~np.isnan(yi)], vi[~np.isnan(yi)]
    arguments: dict[str, Any] = {"method": method}
    if kind == "GENQ":
        arguments["weights"] = 1.0 / vi
    if "mods" in options:
        yi, vi = data.effect(case)
        arguments["mods"] = moderators(options["mods"], data)
    level = options.get("level", 95) / 100
    found = tau2_interval(pool(yi, vi, **arguments), kind, level=level)
    rel, absolute = {"QP": (1e-7, 1e-10), "HT": (1e-10, 1e-12), "PL": (1e-5, 1e-9)}.get(
        kind, (0.0, 0.0)
    )
    if kind == "GENQ":
        check_generalized_q_limits(yi, vi, found, out, report)
        return
    scale = float(np.nanmedian(vi))
    limited = [index for index, sign in enumerate(("", out["lb_sign"], out["ub_sign"])) if sign]
    for name in ("tau2", "tau", "I2", "H2"):
        ours, theirs = getattr(found, name.lower()), list(out[name])
        for index in range(3):
            if index in limited and not out["ci_null"]:
                # R stopped at the end of its search interval and says so by the sign.
                if not (ours[index] >= number(theirs[index])):
                    report.faults.append(f"{report.case} {name}[{index}]: not beyond R's bound")
                continue
            # tau2 on the boundary: what R leaves above 0 grows under the root of tau.
            slack = 1e-6 * scale**0.5 if name == "tau" else 1e-8 if name == "I2" else absolute
            report.close(f"{name}[{index}]", ours[index], theirs[index], rel=rel, absolute=slack)


def check_generalized_q_limits(
    yi: np.ndarray,
    vi: np.ndarray,
    found: HeterogeneityIntervals,
    out: dict[str, Any],
    report: Comparison,
) -> None:
    """R stops the search for these limits at 1.2e-4 absolute, so the equation itself is judged.

    Ours must give the observed Q exactly 2.5 or 97.5 percent from below, and lie as near to R's
    as R's tolerance allows.
    """
    form = GeneralizedQ(Design(yi, vi, np.ones((yi.size, 1))), 1.0 / vi)
    for limit, tail, theirs, sign in (
        (found.tau2[1], 0.975, out["tau2"][1], out["lb_sign"]),
        (found.tau2[2], 0.025, out["tau2"][2], out["ub_sign"]),
    ):
        if limit > 0.0:
            report.close("GENQ equation", form.below(limit), tail, rel=1e-9)
        else:
            report.same("GENQ at 0", bool(form.below(0.0) <= tail), True)
        if not sign:
            report.close("GENQ limit", limit, theirs, rel=1e-5, absolute=1.3e-4)


def moderators(formula: str, data: DataSet) -> dict[str, list[Any]]:
    """Columns that a formula of R names: `~ a + factor(b)`."""
    columns: dict[str, list[Any]] = {}
    for term in formula.removeprefix("~").split("+"):
        found = re.fullmatch(r"\s*(factor\()?([\w.]+)\)?\s*", term)
        if found is None:
            raise UnknownCaseError(formula)
        values = data.columns[found.group(2)]
        if found.group(1):
            # Numbers as categories sort as numbers in R.
            values = [None if value is None else f"{value:04}" for value in values]
        columns[term.strip()] = _factor(values, term.strip(), formula, data)
    return columns


def _factor(values: list[Any], name: str, formula: str, data: DataSet) -> Any:
    """Text as a category with R's order of levels, which the names of R's columns show."""
    present = sorted({value for value in values if isinstance(value, str)})
    case = next(
        (c for c in data.cases if c["kind"] == "model.matrix" and c["options"]["mods"] == formula),
        None,
    )
    if not present or case is None or "factor(" in name:
        return values
    shown = [title.removeprefix(name) for title in case["outputs"]["names"] if title != name]
    rest = [title for title in shown if title in present]
    return pd.Series(pd.Categorical(values, [lv for lv in present if lv not in rest] + rest))


def check_model_matrix(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """model.matrix(rma(...)): the columns themselves."""
    yi, vi = data.effect(case)
    fit = pool(yi, vi, mods=moderators(case["options"]["mods"], data))
    report.close("X", fit.design, case["outputs"]["X"], rel=1e-14)


def check_regression(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """rma(yi, vi, mods = ~ ...)."""
    options, out = case["options"], case["outputs"]
    if set(options) - {"method", "test", "mods"}:
        raise UnknownCaseError(case["id"])
    yi, vi = data.effect(case)
    mods = moderators(options["mods"], data)
    method = options["method"]
    fit = pool(yi, vi, method=method, test=options["test"], mods=mods)
    # R solves the normal equations, which magnify rounding by the condition of the model matrix
    # (a year beside an intercept); weigh goes by QR.
    rel = max(tolerance(method), 2e-8 if np.linalg.cond(fit.design) < 1e6 else 1e-6)
    report.same("k", fit.k, out["k"])
    table = {"estimate": "beta", "se": "se", "ci_low": "ci_lb", "ci_high": "ci_ub"}
    scale = np.sqrt(np.diagonal(fit.vb))
    for ours, theirs in table.items():
        mine = np.array([getattr(coefficient, ours) for coefficient in fit.coefficients])
        report.close(ours, mine / scale, list(numbers(out[theirs]) / scale), rel=rel, absolute=rel)
    for ours, theirs in {"statistic": "zval", "p": "pval"}.items():
        mine = np.array([getattr(coefficient, ours) for coefficient in fit.coefficients])
        report.close(ours, mine, out[theirs], rel=100 * rel, absolute=rel)
    report.close(
        "vb",
        fit.vb / np.outer(scale, scale),
        (numbers(out["vb"]) / np.outer(scale, scale)).tolist(),
        rel=rel,
        absolute=rel,
    )
    report.close("tau2", fit.tau2, out["tau2"], rel=rel, absolute=1e-11)
    report.close("tau2_se", fit.tau2_se, out["se_tau2"], rel=rel, absolute=1e-11)
    for ours, theirs in {
        "i2": "I2",
        "h2": "H2",
        "qe": "QE",
        "qe_p": "QEp",
        "r2": "R2",
        "qm": "QM",
        "qm_p": "QMp",
    }.items():
        if ours == "r2" and number(out["tau2"]) < 1e-11:
            continue  # R's is then a ratio of two numbers that should be 0
        slack = 1e-6 if ours == "r2" else 1e-9
        report.close(ours, getattr(fit, ours), out[theirs], rel=100 * rel, absolute=slack)
    report.close("qm_df", [np.nan if df is None else df for df in fit.qm_df], out["QMdf"], rel=0.0)
    report.close("df", fit.df, first(out["ddf"]), rel=0.0)
    check_fit_statistics(fit, out["fit_stats"], report, rel=rel)


def _regression(case: dict[str, Any], data: DataSet) -> Pooled:
    yi, vi = data.effect(case)
    if set(case["options"]) != {"mods"}:
        raise UnknownCaseError(case["id"])
    return pool(yi, vi, mods=moderators(case["options"]["mods"], data))


def check_predict(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """predict(rma(yi, vi, mods = ...)) at the studies' own moderators."""
    found = predict(_regression(case, data))
    slack = 1e-7 * float(np.nanmedian(data.effect(case)[1])) ** 0.5
    table = {
        "estimate": "pred",
        "se": "se",
        "ci_low": "ci_lb",
        "ci_high": "ci_ub",
        "pi_low": "pi_lb",
        "pi_high": "pi_ub",
    }
    for ours, theirs in table.items():
        report.close(ours, getattr(found, ours), case["outputs"][theirs], rel=1e-7, absolute=slack)


def check_vif(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """vif(): a factor for each coefficient."""
    found = variance_inflation(_regression(case, data))
    report.close("vif", list(found.values()), case["outputs"]["vif"], rel=1e-6)


def _argument(case: dict[str, Any], data: DataSet, name: str) -> np.ndarray | None:
    """A column, or a sum of columns, that a call names."""
    found = re.search(rf"\b{name}=([\w.+]+)", case["call"])
    if found is None:
        return None
    return np.sum([data.column(part) for part in found.group(1).split("+")], axis=0)


def _size(case: dict[str, Any], data: DataSet, events: str, others: str, total: str) -> np.ndarray:
    given = _argument(case, data, total)
    return (
        given
        if given is not None
        else _argument(case, data, events) + _argument(case, data, others)
    )


def check_mh(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """rma.mh(): the pooled estimate, Q, and the tests on the tables."""
    options, out = case["options"], case["outputs"]
    measure = options["measure"]
    if set(options) - {"measure", "add", "to", "correct"}:
        raise UnknownCaseError(case["id"])
    if measure in ("IRR", "IRD"):
        events1, time1, events2, time2 = (
            _argument(case, data, name) for name in ("x1i", "t1i", "x2i", "t2i")
        )
        fit = mantel_haenszel(events1, time1, events2, time2, measure=measure)
    else:
        rules = {}
        if "add" in options:
            rules = {
                "add": (options["add"], options["add"]),
                "to": (options["to"], options["to"]),
                "correct": options["correct"],
            }
        fit = mantel_haenszel(
            _argument(case, data, "ai"),
            _size(case, data, "ai", "bi", "n1i"),
            _argument(case, data, "ci"),
            _size(case, data, "ci", "di", "n2i"),
            measure=measure,
            **rules,
        )
    report.same("k", fit.k, out["k"])
    for ours, theirs in OWN_NAMES.items():
        if theirs in out:
            rel = 1e-8 if ours in ("p", "q_p") else 1e-10
            report.close(ours, getattr(fit, ours), first(out[theirs]), rel=rel, absolute=1e-12)
    tests = {"CO": "cochran", "MH": "cmh", "TA": "tarone", "BD": "breslow_day"}
    for theirs, ours in tests.items():
        if out.get(theirs) is not None:
            report.close(ours, fit.extra[ours], out[theirs], rel=1e-8, absolute=1e-12)
            report.close(f"{ours}_p", fit.extra[f"{ours}_p"], out[f"{theirs}p"], rel=1e-7)


def check_peto(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """rma.peto()."""
    out = case["outputs"]
    fit = peto(
        _argument(case, data, "ai"),
        _size(case, data, "ai", "bi", "n1i"),
        _argument(case, data, "ci"),
        _size(case, data, "ci", "di", "n2i"),
    )
    report.same("k", fit.k, out["k"])
    for ours, theirs in OWN_NAMES.items():
        if ours in ("i2", "h2", "q_p") and data.name == "dat.bourassa1996":
            # R counts the one study with an empty group, which has no estimate and adds nothing
            # to Q, into the degrees of freedom.
            continue
        rel = 1e-8 if ours in ("p", "q_p") else 1e-10
        report.close(ours, getattr(fit, ours), first(out[theirs]), rel=rel, absolute=1e-12)
