"""How cases of leave-one-out, influence and the like are checked against R."""

from __future__ import annotations

from typing import Any

import numpy as np
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, number, numbers
from synthesis.oracle_pooling import moderators, tolerance

from weigh.evidence.pooled import Pooled
from weigh.synthesis import pool
from weigh.synthesis.sensitivity import (
    blup,
    cumulative,
    gosh,
    influence,
    leave_one_out,
    permutation_test,
    ranef,
    rstandard,
)

OWN_NAMES = {
    "estimate": "estimate",
    "se": "se",
    "p": "pval",
    "ci_low": "ci.lb",
    "ci_high": "ci.ub",
    "q": "Q",
    "q_p": "Qp",
    "i2": "I2",
    "h2": "H2",
}


def refuse_unknown(case: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """Options of a case; one that no check knows is an error, not something to pass over."""
    options = case.get("options") or {}
    if set(options) - known:
        raise UnknownCaseError(f"{case['id']}: options {sorted(set(options) - known)}")
    return options


def fitted(case: dict[str, Any], data: DataSet, *, method: str = "REML") -> Pooled:
    options = refuse_unknown(case, {"method", "test", "mods", "order", "exact"})
    yi, vi = data.effect(case)
    mods = moderators(options["mods"], data) if "mods" in options else None
    return pool(
        yi, vi, method=options.get("method", method), test=options.get("test", "z"), mods=mods
    )


def accuracy(fit: Pooled) -> float:
    """R solves the normal equations, which magnify rounding by the condition of the columns."""
    rel = tolerance(fit.method)
    assert fit.design is not None
    if not fit.is_regression:
        return rel
    return max(rel, 2e-8 if np.linalg.cond(fit.design) < 1e6 else 1e-6)


def check_omission(
    ours: Any, out: dict[str, Any], report: Comparison, *, fit: Pooled, sets: list[np.ndarray]
) -> None:
    """Compare pooled effects of the sets of studies given."""
    rel = tolerance(fit.method)
    scale = float(np.sqrt(np.median(fit.vi)))
    statistic = out["zval"] if "zval" in out else out["tval"]
    # Where R's Fisher scoring did not converge it has no result; ours is then that of `pool`.
    failed = [index for index, value in enumerate(out["estimate"]) if value is None]
    if failed and fit.method not in ("REML", "ML", "EB"):
        raise UnknownCaseError(f"{report.case}: no result in R")
    alone = {
        index: pool(fit.yi[sets[index]], fit.vi[sets[index]], method=fit.method, test=fit.test)
        for index in failed
    }

    def theirs_or_alone(name: str, values: list[Any]) -> list[Any]:
        return [
            getattr(alone[index], name) if index in alone else value
            for index, value in enumerate(values)
        ]

    for name, theirs in OWN_NAMES.items():
        wide = max(rel, 1e-8) if name in ("p", "q_p") else rel
        # An estimate near 0 has the error of the effects; I2 near 0 that of what R leaves of tau2.
        slack = rel * scale if name in ("estimate", "ci_low", "ci_high") else 1e-8
        values = theirs_or_alone(name, out[theirs])
        report.close(name, getattr(ours, name), values, rel=wide, absolute=slack)
    values = theirs_or_alone("statistic", statistic)
    report.close("statistic", ours.statistic, values, rel=rel, absolute=rel)
    values = theirs_or_alone("tau2", out["tau2"])
    report.close("tau2", ours.tau2, values, rel=rel, absolute=1e-11 + 1e-9 * scale**2)


def check_leave_one_out(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """leave1out(rma(...))."""
    fit = fitted(case, data)
    sets = [np.delete(np.arange(fit.k), index) for index in range(fit.k)]
    check_omission(leave_one_out(fit), case["outputs"], report, fit=fit, sets=sets)


def check_cumulative(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """cumul(rma(...), order=...)."""
    fit, out = fitted(case, data), case["outputs"]
    order = case["options"].get("order")
    found = cumulative(fit, None if order is None else data.column(order))
    sets = [found.order[: count + 1] for count in range(found.k.size)]
    check_omission(found, out, report, fit=fit, sets=sets)
    report.close("k", found.k, list(range(1, len(out["k"]) + 1)), rel=0.0)
    report.close("ids", fit.rows[found.order] + 1, out["ids"], rel=0.0)


def check_influence(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """influence(rma(...)): every column, and the flag."""
    fit, out = fitted(case, data), case["outputs"]
    found, rel = influence(fit), 10.0 * accuracy(fit)
    scale = float(np.median(fit.vi))
    failed = [
        index
        for index, value in enumerate(out["rstudent"])
        if value is None and not np.isnan(found.rstudent[index])
    ]
    for index in failed:
        check_deleted(fit, index, found.tau2_deleted[index], report)
    for name, theirs, unit in (
        ("rstudent", "rstudent", 1.0),
        ("dffits", "dffits", 1.0),
        ("cook_d", "cook.d", 1.0),
        ("cov_ratio", "cov.r", 1.0),
        ("tau2_deleted", "tau2.del", scale),
        ("q_deleted", "QE.del", 1.0),
        ("hat", "hat", 1.0),
        ("weight", "weight", 1.0),
        ("dfbetas", "dfbs", 1.0),
    ):
        ours, wanted = getattr(found, name).copy(), out[theirs]
        if name not in ("hat", "weight"):
            ours[failed] = np.nan
        report.close(name, ours, wanted, rel=rel, absolute=rel * unit)
    # Where leaving a study out leaves a coefficient without an estimate, R has no answer.
    flags = [bool(flag) for flag in out["is_infl"]]
    ours = [flag and index not in failed for index, flag in enumerate(found.influential.tolist())]
    report.same("influential", ours, flags)


def check_deleted(fit: Pooled, index: int, tau2: float, report: Comparison) -> None:
    """R's Fisher scoring gave up without this study; ours is the fit of the others."""
    assert fit.design is not None
    rest = np.delete(np.arange(fit.k), index)
    again = pool(
        fit.yi[rest],
        fit.vi[rest],
        mods=fit.design[rest],
        intercept=False,
        method=fit.method,
        test=fit.test,
    )
    report.close("tau2 where R failed", tau2, again.tau2, rel=1e-9)


def check_predictions(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """blup(rma(...)) and ranef(rma(...))."""
    fit, out = fitted(case, data), case["outputs"]
    found = blup(fit) if case["kind"] == "blup" else ranef(fit)
    rel, scale = accuracy(fit), float(np.sqrt(np.median(fit.vi)))
    # Where tau2 is 0, standard errors of deviations show the root of what R leaves of it.
    slack = rel * scale if fit.tau2 > 0.0 else 1e-4 * scale
    for name, theirs in (
        ("estimate", "pred"),
        ("se", "se"),
        ("pi_low", "pi.lb"),
        ("pi_high", "pi.ub"),
    ):
        report.close(name, getattr(found, name), out[theirs], rel=rel, absolute=slack)


def check_residuals(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """rstandard(rma(...))."""
    fit, out = fitted(case, data), case["outputs"]
    found, rel = rstandard(fit), accuracy(fit)
    scale = float(np.sqrt(np.median(fit.vi)))
    report.close("residual", found.residual, out["resid"], rel=rel, absolute=rel * scale)
    report.close("se", found.se, out["se"], rel=rel)
    report.close("z", found.z, out["z"], rel=rel, absolute=rel)


def check_weights(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """weights(rma(...)), in percent."""
    fit = fitted(case, data)
    report.close("weights", fit.weights, case["outputs"]["weights"], rel=tolerance(fit.method))


def check_gosh(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """gosh(rma(..., method="DL")): all subsets, in R's order."""
    fit, out = fitted(case, data, method="DL"), case["outputs"]
    found, res = gosh(fit), case["outputs"]["res"]
    if "incl" in out:
        report.same("included", found.included.astype(int).tolist(), out["incl"])
    report.close("k", found.k, res["k"], rel=0.0)
    for name, theirs in (("q", "QE"), ("i2", "I2"), ("tau2", "tau2")):
        report.close(name, getattr(found, name), res[theirs], rel=1e-9, absolute=1e-10)
    # R's gosh() takes H2 of DL from Q, where it may fall below 1; rma() and weigh from tau2.
    report.close("h2", found.h2, np.maximum(numbers(res["H2"]), 1.0).tolist(), rel=1e-9)
    report.close("tau", np.sqrt(found.tau2), res["tau"], rel=1e-9, absolute=1e-10)
    report.close("estimate", found.estimate[:, 0], res["estimate"], rel=1e-9, absolute=1e-12)


def check_permutation(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """permutest(rma(...), exact=TRUE)."""
    found = permutation_test(fitted(case, data), exact=True)
    report.same("exact", found.exact, True)
    count = found.arrangements
    ours = [round(p * count) for p in found.p.tolist()]
    theirs = [round(number(p) * count) for p in numbers(case["outputs"]["pval"])]
    report.same("count", ours, theirs)
