"""How the numbers of R's meta compare with ours, call by call as `oracle_meta` reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import expit
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, numbers
from synthesis.oracle_meta import (
    PREDICT,
    PROPCI,
    Array,
    Call,
    center,
    common_effect,
    random_effects,
    read_call,
    study_effects,
)

from weigh.effects import proportion_interval
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import two_sided_p
from weigh.synthesis import (
    between_share,
    glmm,
    heterogeneity_from_q,
    interaction_test,
    mantel_haenszel,
    subgroups,
    tau2_interval,
)
from weigh.synthesis.statistics import prediction_half_width
from weigh.synthesis.tau2_intervals import sums_of

# What meta's tightened iterations leave, by the README of the set.
CLOSED_REL = 1e-10
ITERATED_REL = 1e-7


def _without_fault_of_missing(call: Call, fit: Pooled) -> Pooled:
    """The same estimate with the standard error that meta gives where a count is missing.

    For a risk difference by Mantel and Haenszel it divides the variance by the weights of all
    studies squared, among them those whose events are missing and which the estimate leaves out;
    the standard error comes out too small by the share of their weights.
    """
    if call.function != "metabin" or fit.method != "MH" or call.measure != "RD":
        return fit
    a, n1, c, n2 = call.columns
    weights = np.nan_to_num(n1 * n2 / (n1 + n2))
    missing = np.isnan(a) | np.isnan(c)
    if not missing.any():
        return fit
    se = fit.se * weights[~missing].sum() / weights.sum()
    half = 1.959963984540054 * se
    return replace(
        fit,
        se=se,
        statistic=fit.estimate / se,
        p=float(two_sided_p(fit.estimate / se)),
        ci_low=fit.estimate - half,
        ci_high=fit.estimate + half,
    )


def _lower_maximum(call: Call, fit: Pooled, theirs: float) -> bool:
    """Whether R stopped at a tau2 that is less likely than ours."""
    if call.tau2_method not in ("ML", "REML") or abs(fit.tau2 - theirs) <= 1e-6 * fit.tau2 + 1e-9:
        return False
    restricted = call.tau2_method == "REML"
    ours, other = (
        sums_of(fit).log_likelihood(np.array([fit.tau2]), restricted=restricted),
        (sums_of(fit).log_likelihood(np.array([theirs]), restricted=restricted)),
    )
    return float(ours[0]) > float(other[0]) + 1e-9


def check_meta(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """Every number of a call of metagen, metabin, metacont, metainc, metacor and so on."""
    call, out = read_call(case, data), case["outputs"]
    y, v = study_effects(call)
    _check_study_effects(y, v, out, report)
    usable = np.isfinite(y) & np.isfinite(v)
    report.same("k", int(usable.sum()), out["k"])
    common = _without_fault_of_missing(call, common_effect(call, y, v))
    glm = call.options.get("method") == "GLMM"
    _check_estimate("common", common, out, report, rel=1e-3 if glm else CLOSED_REL)
    if glm:
        _check_glmm(call, common, out, report)
        return
    around = center(call, common)
    fit = random_effects(call, y, v, around)
    if _lower_maximum(call, fit, out["tau2"]):
        # Then all that follows from tau2 must still be as in R, at R's tau2.
        call.told = out["tau2"]
        fit = replace(random_effects(call, y, v, around), tau2_interval="QP")
    _check_estimate("random", fit, out, report, rel=call.rel)
    report.close("df_random", np.inf if fit.df is None else fit.df, out["df_random"], rel=call.rel)
    _check_prediction(call, y, v, around, out, report)
    _check_heterogeneity(call, fit, around, out, report)
    _check_weights(common, fit, usable, out, report)
    if "Q_CMH" in out:
        tests = mantel_haenszel(*call.columns, measure="OR", correct=False).extra or {}
        report.close("Q_CMH", tests["cochran"], out["Q_CMH"], rel=CLOSED_REL)
    if "subgroup" in call.options:
        _check_subgroups(call, data, y, v, out, report)


def _check_study_effects(y: Array, v: Array, out: dict[str, Any], report: Comparison) -> None:
    se = np.sqrt(v)
    # A study without an effect may have an infinite standard error in R, or none.
    pairs = zip(out["TE"], out["seTE"], strict=True)
    theirs = [None if effect is None else error for effect, error in pairs]
    report.close("TE", y, out["TE"], rel=CLOSED_REL, absolute=1e-13)
    report.close("seTE", np.where(np.isnan(y), np.nan, se), theirs, rel=CLOSED_REL)


def _check_estimate(
    model: str, fit: Pooled, out: dict[str, Any], report: Comparison, *, rel: float
) -> None:
    names = {"TE": "estimate", "seTE": "se", "lower": "ci_low", "upper": "ci_high"}
    if out[f"statistic_{model}"] is not None:  # meta tests no single proportion or rate against 0
        names |= {"statistic": "statistic"}
        wide = max(rel * max(1.0, fit.statistic**2), 1e-8)
        report.close(f"pval_{model}", fit.p, out[f"pval_{model}"], rel=wide, absolute=1e-300)
    for theirs, ours in names.items():
        size = abs(fit.estimate) + fit.se if ours != "statistic" else 1.0
        report.close(
            f"{theirs}_{model}",
            getattr(fit, ours),
            out[f"{theirs}_{model}"],
            rel=rel,
            absolute=rel * size,
        )


def _check_prediction(
    call: Call, y: Array, v: Array, around: float | None, out: dict[str, Any], report: Comparison
) -> None:
    test, prediction = PREDICT[call.options.get("method.predict", "V")]
    if np.count_nonzero(np.isfinite(y)) < 2:
        raise UnknownCaseError("a prediction from one study")
    fit = random_effects(call, y, v, around, test=test, prediction=prediction)
    rel, size = call.rel, abs(fit.estimate) + fit.se
    ours = [fit.pi_low, fit.pi_high]
    theirs = [out["lower_predict"], out["upper_predict"]]
    if prediction == "kr-riley" and theirs == [None, None]:
        # One degree of freedom less than Kenward and Roger's leaves none: meta gives no interval,
        # where ours falls back to one degree of freedom.
        df = random_effects(call, y, v, around, test="kr").df
        report.same("too few degrees of freedom", df is not None and df <= 1.0, True)
        return
    report.close("predict", ours, theirs, rel=rel, absolute=rel * size)
    if out.get("seTE_predict") is not None:
        se = np.sqrt(fit.tau2 + fit.se**2)
        report.close("seTE_predict", se, out["seTE_predict"], rel=rel, absolute=rel * size)


def _check_heterogeneity(
    call: Call, fit: Pooled, around: float | None, out: dict[str, Any], report: Comparison
) -> None:
    report.close("tau2", fit.tau2, out["tau2"], rel=call.rel, absolute=1e-11)
    # At the boundary meta may leave tau2 a little above 0, which shows under the root.
    report.close("tau", fit.tau2**0.5, out["tau"], rel=call.rel, absolute=1e-4 * fit.se)
    report.close("Q", fit.q, out["Q"], rel=CLOSED_REL, absolute=1e-12)
    report.same("df_Q", fit.q_df, out["df_Q"])
    report.close("pval_Q", fit.q_p, out["pval_Q"], rel=1e-8)
    _check_from_q(fit.q, fit.q_df, out, report)
    report.close("Rb", between_share(fit) / 100.0, out["Rb"], rel=call.rel, absolute=1e-8)
    if out.get("lower_tau2") is None:
        return
    assert around is None
    default = "J" if call.tau2_method == "DL" else "QP"
    kind = call.options.get("method.tau.ci", default)
    if kind == "PL":  # which meta has for dependent effects alone, and gives QP instead
        kind = "QP"
    limits = tau2_interval(fit, kind).tau2[1:]
    # meta cannot be told to tighten its search for the limits; it is absolute, whatever the unit.
    report.close(
        "tau2 limits", limits, [out["lower_tau2"], out["upper_tau2"]], rel=0, absolute=3e-4
    )


def _check_from_q(q: float, df: int, out: dict[str, Any], report: Comparison) -> None:
    found = heterogeneity_from_q(q, df)
    for name, ours, scale in (("I2", found.i2, 0.01), ("H", found.h, 1.0)):
        mine = [np.nan if value is None else scale * value for value in ours]
        theirs = [out[name], out[f"lower_{name}"], out[f"upper_{name}"]]
        report.close(name, mine, theirs, rel=CLOSED_REL, absolute=1e-12)


def _check_weights(
    common: Pooled, fit: Pooled, usable: Array, out: dict[str, Any], report: Comparison
) -> None:
    for name, ours, rel in (("common", common, CLOSED_REL), ("random", fit, ITERATED_REL)):
        theirs = np.nan_to_num(numbers(out[f"w_{name}"]))
        theirs[~usable] = 0.0  # meta counts missing studies among those of a risk difference
        mine = np.zeros(theirs.size)
        # Counts are pooled over the tables that are left in, whose rows count from the first.
        rows = np.flatnonzero(usable) if ours.weights.size == usable.sum() else ours.rows
        mine[rows] = ours.weights
        shares = 100.0 * theirs / theirs.sum()
        # A weight moves with tau2, whose tolerance has an absolute part.
        rel += 1e-11 / float(np.min(ours.vi[np.isfinite(ours.vi)]) + ours.tau2)
        report.close(f"w_{name}", mine, shares.tolist(), rel=rel, absolute=1e-6 * rel)


def _check_glmm(call: Call, common: Pooled, out: dict[str, Any], report: Comparison) -> None:
    fit = glmm(*call.columns, measure="PLO")
    _check_estimate("random", fit, out, report, rel=1e-3)
    report.close("tau2", fit.tau2, out["tau2"], rel=1e-3, absolute=1e-6)
    report.close("tau", fit.tau2**0.5, out["tau"], rel=1e-3, absolute=1e-3)
    se = np.sqrt(fit.tau2 + fit.se**2)
    half = prediction_half_width(
        "t", se=np.array(fit.se), tau2=fit.tau2, df=float(fit.q_df), level=0.95
    )
    theirs = [out["lower_predict"], out["upper_predict"]]
    ours = [fit.estimate - half, fit.estimate + half]
    report.close("predict", ours, theirs, rel=1e-3, absolute=1e-3 * se)
    report.close("seTE_predict", se, out["seTE_predict"], rel=1e-3)
    likelihood = (common.extra or {})["q_lrt"]
    report.close("Q", [common.q, likelihood], out["Q"], rel=1e-6)
    report.same("df_Q", [common.q_df] * 2, out["df_Q"])
    _check_glmm_h(common, out, report)


def _check_glmm_h(common: Pooled, out: dict[str, Any], report: Comparison) -> None:
    found = heterogeneity_from_q(common.q, common.q_df)
    for name, ours, scale in (("I2", found.i2, 0.01), ("H", found.h, 1.0)):
        mine = [np.nan if value is None else scale * value for value in ours]
        theirs = [out[name], out[f"lower_{name}"], out[f"upper_{name}"]]
        report.close(name, mine, theirs, rel=1e-6, absolute=1e-6)


def _check_subgroups(
    call: Call, data: DataSet, y: Array, v: Array, out: dict[str, Any], report: Comparison
) -> None:
    levels = [str(level) for level in out["subgroup_levels"]]
    group = np.array([str(label) for label in data.columns[call.options["subgroup"]]])
    shared = call.options.get("tau.common") == "TRUE"
    usable = np.isfinite(y) & np.isfinite(v)
    rows = {level: np.flatnonzero((group == level) & usable) for level in levels}
    commons = [common_effect(call, y, v, rows[level]) for level in levels]
    apart = [
        random_effects(call, y[rows[level]], v[rows[level]], center(call, common))
        for level, common in zip(levels, commons, strict=True)
    ]
    usable &= np.isin(group, levels)
    found = subgroups(
        y[usable], v[usable], group[usable], method=call.tau2_method, common_tau2=shared
    )
    fits = [found[level] for level in levels] if shared else apart
    random = found.interaction if shared else interaction_test(apart)
    assert random is not None
    if not shared and center(call, commons[0]) is None:
        report.same(
            "subgroups()",
            [fit.to_dict() for fit in apart],
            [found[level].to_dict() for level in levels],
        )
    rel = call.rel
    report.close("TE_common_w", [fit.estimate for fit in commons], out["TE_common_w"], rel=1e-10)
    report.close("TE_random_w", [fit.estimate for fit in fits], out["TE_random_w"], rel=rel)
    report.close("Q_w", [fit.q for fit in apart], out["Q_w"], rel=1e-10, absolute=1e-12)
    several = [fit.tau2 if fit.k > 1 or shared else np.nan for fit in fits]
    theirs = out["tau2_w"] if isinstance(out["tau2_w"], list) else [out["tau2_w"]] * len(fits)
    report.close("tau2_w", several, theirs, rel=rel, absolute=1e-11)
    i2 = [
        heterogeneity_from_q(fit.q, fit.q_df).i2[0] / 100.0 if fit.k > 1 else np.nan
        for fit in apart
    ]
    report.close("I2_w", i2, out["I2_w"], rel=1e-10, absolute=1e-12)
    within = sum(fit.q for fit in apart)
    report.close("Q_w_common", within, out["Q_w_common"], rel=1e-10)
    tests = (("common", interaction_test(commons)), ("random", random))
    for name, test in tests:
        wide = 1e-9 if name == "common" else max(rel, 1e-9)
        report.close(f"Q_b_{name}", test.statistic, out[f"Q_b_{name}"], rel=wide, absolute=1e-10)
        report.same(f"df_Q_b_{name}", int(test.df), out[f"df_Q_b_{name}"])
        report.close(f"pval_Q_b_{name}", test.p, out[f"pval_Q_b_{name}"], rel=10 * wide)


def check_propci(case: dict[str, Any], data: DataSet, report: Comparison) -> None:
    """Intervals of single proportions; meta gives them on the log odds."""
    call, out = read_call(case, data), case["outputs"]
    x, n = call.columns
    kind = call.options["method.ci"]
    found = proportion_interval(x, n, method=PROPCI[kind])
    low, high = expit(numbers(out["lower"])), expit(numbers(out["upper"]))
    if kind == "WSCC":
        # Newcombe has 0 and 1 at the ends; meta leaves there what the formula of the middle gives.
        low, high = np.where(x == 0.0, 0.0, low), np.where(x == n, 1.0, high)
    report.close("lower", found.low, low.tolist(), rel=1e-9, absolute=1e-14)
    report.close("upper", found.high, high.tolist(), rel=1e-9)
