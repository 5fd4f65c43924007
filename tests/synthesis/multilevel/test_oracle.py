"""Models of dependent effects, and what surrounds them, agree with metafor's or are better."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from synthesis.multilevel.oracle_models import (
    compare,
    covariance_of,
    fit_call,
    having,
    inner_calls,
    order_of,
    table_of,
)
from synthesis.oracle_cases import Comparison, UnknownCaseError, load, numbers, sources

from weigh import effect_size
from weigh.synthesis.multilevel import (
    aggregate_effects,
    correlation_effects,
    matrix_regression,
    sampling_covariance,
)

MODELS = ("rma.mv",)
AROUND = (
    "anova.mv",
    "confint.mv",
    "mv.influence",
    "mv.ranef",
    "predict.mv",
    "profile.mv",
)
MAKING = ("aggregate", "data", "data.long", "matreg", "rcalc", "vcalc")


@pytest.mark.parametrize("path", having(sources(), MODELS), ids=lambda path: path.stem)
def test_every_model_agrees_with_metafor(path):
    """Cases of rma.mv: log-likelihood never below R's, estimates and tests the same."""
    data = load(path)

    cases = [case for case in data.cases if case["kind"] in MODELS]

    assert [fault for case in cases for fault in compare(data, case)] == []
    assert cases


def models_of(data, case):
    return [fit_call(data, case, call) for call in inner_calls(case["call"], "rma.mv")]


def kind_of(name):
    """R's name of a component: its kind, and its place among those of that kind."""
    plain = name.replace("^", "")
    kind, _, place = plain.partition(".")
    return kind, int(place or 1) - 1


def check_intervals(data, case, seen):
    (fit,) = models_of(data, case)
    for component in case["outputs"]["components"].values():
        theirs = numbers(component["all"])[0]
        kind, place = kind_of(component["name"])
        one = [each for each in fit.components if each.kind == kind][place]
        (found,) = fit.confint(one.name)
        seen.close("estimate", found.value, theirs[0], rel=1e-4, absolute=1e-6)
        limits = (("low", found.ci_low, theirs[1]), ("high", found.ci_high, theirs[2]))
        for end, ours, its in limits:
            seen.close(end, ours, its, rel=1e-3, absolute=1e-9)
            if ours not in (0.0, 1.0, -1.0):
                # The limit is where the likelihood has fallen by what it should.
                fall = fit.log_likelihood - fit.profile(one.name, at=[ours]).log_likelihood[0]
                seen.close(f"fall at {end}", fall, float(0.5 * chi2.ppf(0.95, 1)), rel=1e-6)


def check_profile(data, case, seen):
    (fit,) = models_of(data, case)
    theirs = case["outputs"]
    found = fit.profile(fit.components[0].name, at=theirs["sigma2"])
    seen.close("ll", found.log_likelihood, theirs["ll"], rel=1e-6)


def check_comparison(data, case, seen):
    one, two = models_of(data, case)
    big, small = (one, two) if one.criteria.parameters > two.criteria.parameters else (two, one)
    found = big.compare(small)
    theirs = case["outputs"]
    seen.close("LRT", found.lrt, theirs["LRT"], rel=1e-6)
    seen.close("pval", found.p, theirs["pval"], rel=1e-4)
    if "p_f" in theirs:
        parameters = (found.big.parameters, found.small.parameters)
        seen.same("parameters", parameters, (theirs["p_f"], theirs["p_r"]))


def check_predictions(data, case, seen):
    (fit,) = models_of(data, case)
    theirs = case["outputs"]
    levels = [one.levels[0] for one in fit.components if one.kind == "tau2"]
    found = fit.predict(np.eye(len(fit.names)), tau2_levels=levels)
    for ours, its in (
        (found.estimate, "pred"),
        (found.se, "se"),
        (found.ci_low, "ci.lb"),
        (found.ci_high, "ci.ub"),
        (found.pi_low, "pi.lb"),
        (found.pi_high, "pi.ub"),
    ):
        seen.close(its, ours, theirs[its], rel=1e-5)


def check_random_effects(data, case, seen):
    (fit,) = models_of(data, case)
    for found in fit.ranef():
        theirs = case["outputs"][found.term]
        seen.same("levels", list(found.names), theirs["levels"])
        seen.close("estimate", found.estimate, theirs["intrcpt"], rel=1e-5, absolute=1e-7)
        seen.close("se", found.se, theirs["se"], rel=1e-5)


def check_influence(data, case, seen):
    (fit,) = models_of(data, case)
    theirs = case["outputs"]
    found = fit.influence()
    # R stops the search for the components of each smaller model early.
    scale = float(np.max(found.cooks_distance))
    seen.close("cook", found.cooks_distance, theirs["cook"], rel=1e-4, absolute=1e-6 * scale)
    seen.close("hat", found.hat, theirs["hat"], rel=1e-5)
    seen.close("rstandard", found.rstandard, theirs["rstandard"], rel=1e-5)
    seen.close("rstudent", found.rstudent, theirs["rstudent"], rel=1e-4)
    clusters = fit.influence(data.columns["district"])
    seen.close("cook_district", clusters.cooks_distance, theirs["cook_district"], rel=1e-4)


CHECKS = {
    "anova.mv": check_comparison,
    "confint.mv": check_intervals,
    "mv.influence": check_influence,
    "mv.ranef": check_random_effects,
    "predict.mv": check_predictions,
    "profile.mv": check_profile,
}


@pytest.mark.parametrize("path", having(sources(), AROUND), ids=lambda path: path.stem)
def test_what_follows_from_a_model_agrees_with_metafor(path):
    """Cases of anova.mv confint.mv mv.influence mv.ranef predict.mv profile.mv."""
    data = load(path)
    cases = [case for case in data.cases if case["kind"] in AROUND]
    faults = []
    for case in cases:
        seen = Comparison(f"{data.name} {case['id']}")
        CHECKS[case["kind"]](data, case, seen)
        faults += seen.faults

    assert faults == []
    assert cases


def check_covariance(data, case, seen):
    theirs = case["outputs"]["V"]
    if "contrasts" in data.by_id:
        w = table_of(data, case, "w")
        made = sampling_covariance(
            "vi",
            cluster="study",
            grp1="treatment.1",
            grp2="treatment.2",
            w1="ni.1",
            w2="ni.2",
            data=w,
        )
    elif data.name == "dat.berkey1998":
        made = sampling_covariance(
            1, cluster="author", rvars=["v1i", "v2i"], data=pd.DataFrame(data.columns)
        )
    else:
        raise UnknownCaseError(f"{data.name} {case['id']}")
    seen.close("V", made, theirs, rel=1e-10, absolute=1e-15)


def check_aggregate(data, case, seen):
    options = dict(case["options"])
    yi, vi = data.effect(case)
    found = aggregate_effects(yi, vi, cluster=data.columns["district"], **options)
    theirs = case["outputs"]
    seen.same("clusters", list(found.cluster), [str(one) for one in theirs["cluster"]])
    seen.close("yi", found.yi, theirs["yi"], rel=1e-10, absolute=1e-14)
    seen.close("vi", found.vi, theirs["vi"], rel=1e-10)


def check_correlations(data, case, seen):
    theirs = case["outputs"]
    found = correlation_effects("ri", "var1", "var2", "ni", study="study", data=data.columns)
    seen.close("yi", found.yi, theirs["yi"], rel=0.0)
    seen.same("pair", list(found.pair), theirs["pair"])
    seen.same("study", list(found.study), theirs["study"])
    seen.close("V", found.V, theirs["V"], rel=1e-10, absolute=1e-16)


def check_matrix_regression(data, case, seen):
    model = next(one for one in data.cases if one["id"] == "mv/pairs/UN")
    fit = fit_call(data, model, model["call"])
    order = order_of(fit, model["outputs"])
    theirs = case["outputs"]
    found = matrix_regression(
        fit.estimates[order], 0, V=fit.vb[np.ix_(order, order)], names=["outcome", *theirs["names"]]
    )
    for key, values in (
        ("beta", [one.estimate for one in found.coefficients]),
        ("se", [one.se for one in found.coefficients]),
        ("zval", [one.statistic for one in found.coefficients]),
        ("pval", [one.p for one in found.coefficients]),
    ):
        seen.close(key, values, theirs[key], rel=1e-3 if key == "pval" else 1e-5)


def check_contrasts(data, case, seen):
    """The comparisons that models of senn2013 start from are differences of its arms."""
    w = table_of(data, case, "w")
    columns = {"mean": "mi", "sd": "sdi", "n": "ni"}
    arms = {f"{name}{arm}": w[f"{columns[name]}.{arm}"] for name in columns for arm in (1, 2)}
    made = effect_size("MD", **arms)
    seen.close("yi", made.yi, list(w["yi"]), rel=1e-10, absolute=1e-12)
    seen.close("vi", made.vi, list(w["vi"]), rel=1e-10)


def check_distances(data, case, seen):
    """The distances that spatial models take are those of places, both ways alike."""
    d = numbers(case["outputs"]["dmat"])
    seen.same("symmetric", bool(np.array_equal(d, d.T)), True)
    seen.same("names", case["outputs"]["names"], data.columns["site_station"])


MAKERS = {
    "aggregate": check_aggregate,
    "data": check_distances,
    "data.long": check_contrasts,
    "matreg": check_matrix_regression,
    "rcalc": check_correlations,
    "vcalc": check_covariance,
}


@pytest.mark.parametrize("path", having(sources(), MAKING), ids=lambda path: path.stem)
def test_what_models_start_from_agrees_with_metafor(path):
    """Cases of aggregate data data.long matreg rcalc vcalc."""
    data = load(path)
    cases = [case for case in data.cases if case["kind"] in MAKING]
    faults = []
    for case in cases:
        seen = Comparison(f"{data.name} {case['id']}")
        MAKERS[case["kind"]](data, case, seen)
        faults += seen.faults

    assert faults == []
    assert cases


def test_the_covariance_of_one_correlation_is_that_of_vcalc():
    """What the cases of riley2003 and corrdat take for V."""
    path = next(path for path in sources() if path.stem == "dat.konstantopoulos2011")
    data = load(path)
    case = data.by_id["mv/district_school/REML"]
    frame = table_of(data, case, "y")
    plain = covariance_of(data, "vcalc(vi, cluster=district, obs=school, rho=0.6, data=y)", frame)

    made = sampling_covariance("vi", cluster="district", obs="school", rho=0.6, data=frame)

    assert made == pytest.approx(plain, rel=1e-12)
