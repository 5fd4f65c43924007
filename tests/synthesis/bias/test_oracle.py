"""Every case of R's tests of bias, again: metafor, meta and metasens over 90 data sets.

Tolerances are those of the README beside the reference set, unless said otherwise.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from shared import SHARED, shared_path

from weigh.effects import effect_size
from weigh.synthesis import bias

# Closed forms and what follows from tau2 by REML; p-values a little looser, being tails.
CLOSED = {"rel": 1e-10, "abs": 1e-12}
ITERATED = {"rel": 1e-7, "abs": 1e-10}


@lru_cache(maxsize=4)
def dataset(name: str) -> dict[str, Any]:
    return json.loads(shared_path("oracle", f"{name}.json").read_text(encoding="utf-8"))


def datasets(*kinds: str) -> list[str]:
    """Names of the data sets that have a case of one of these kinds."""
    found = []
    for path in sorted((SHARED / "oracle").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        if any(f'"kind":"{kind}"' in text for kind in kinds):
            found.append(path.stem)
    return found


def cases(data: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [case for case in data["cases"] if case["kind"] == kind]
    assert found, f"no case of kind {kind}"
    return found


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def effects(data: dict[str, Any], case: dict[str, Any]) -> dict[str, np.ndarray]:
    """Effects of a case; R leaves out the rows where either is missing."""
    effect = data["effects"][case["effect"]]
    return {"yi": numbers(effect["yi"]), "vi": numbers(effect["vi"])}


def sizes(data: dict[str, Any], case: dict[str, Any]) -> np.ndarray | None:
    effect = data["effects"][case["effect"]]
    return numbers(effect["ni"]) if "ni" in effect else None


def same(ours: float | None, theirs: Any, **tolerance: float) -> bool:
    """Whether two numbers agree; R gives numbers in lists or alone."""
    if isinstance(theirs, list):
        assert len(theirs) == 1
        theirs = theirs[0]
    if theirs is None or ours is None:
        return theirs is None and ours is None
    return ours == pytest.approx(float(theirs), **tolerance)


def check_options(case: dict[str, Any], known: set[str]) -> dict[str, Any]:
    options = case.get("options") or {}
    assert set(options) <= known, f"{case['id']}: options that this test does not know"
    return options


def mods_matrix(data: dict[str, Any], case: dict[str, Any]) -> np.ndarray:
    """R's own model matrix of a regression, without its intercept, over all rows of the effects."""
    stem = case["id"].rsplit("/", 1)[0]
    matrix = next(
        other["outputs"]
        for other in data["cases"]
        if other["kind"] == "model.matrix" and other["id"].startswith(stem + "/")
    )
    return np.array(matrix["X"], dtype=float)[:, 1:]


def check_regtest(data: dict[str, Any], case: dict[str, Any]) -> None:
    options = check_options(case, {"model", "predictor", "method", "mods"})
    given: dict[str, Any] = effects(data, case)
    model, predictor = options.get("model", "rma"), options.get("predictor", "sei")
    method = options.get("method", "REML")
    if predictor not in ("sei", "vi"):
        given["ni"] = sizes(data, case)
    if "mods" in options:
        given = with_moderators(data, case, given)
    wanted = case["outputs"]

    found = bias.egger(**given, model=model, predictor=predictor, method=method)

    near = CLOSED if model == "lm" or method == "EE" else ITERATED
    # A coefficient that nearly vanishes has the error of the larger ones: hence abs from them.
    scale = max(abs(value) for value in wanted["coef"])
    for index, coefficient in enumerate(found.coefficients):
        assert coefficient.estimate == pytest.approx(
            wanted["coef"][index], rel=near["rel"], abs=near["rel"] * scale
        ), case["id"]
        assert same(coefficient.se, wanted["se"][index], **near), case["id"]
    assert len(found.coefficients) == len(wanted["coef"])
    assert found.statistic == pytest.approx(wanted["zval"], rel=near["rel"] * 10, abs=1e-8)
    assert found.p == pytest.approx(wanted["pval"], rel=1e-6, abs=1e-300), case["id"]
    assert same(found.df, wanted["dfs"]), case["id"]
    if "tau2" in wanted:
        assert same(found.tau2, wanted["tau2"], rel=1e-7, abs=1e-9), case["id"]
    if "est" in wanted:
        assert found.limit is not None
        assert same(found.limit.estimate, wanted["est"], rel=near["rel"] * 10, abs=1e-9)
        assert same(found.limit.ci_low, wanted["ci_lb"], rel=near["rel"] * 10, abs=1e-9)
        assert same(found.limit.ci_high, wanted["ci_ub"], rel=near["rel"] * 10, abs=1e-9)
    else:
        assert found.limit is None or "mods" in options


def with_moderators(
    data: dict[str, Any], case: dict[str, Any], given: dict[str, Any]
) -> dict[str, Any]:
    """The studies of a regression: those with effects and with moderators."""
    x = mods_matrix(data, case)
    known = np.isfinite(given["yi"]) & np.isfinite(given["vi"])
    if x.shape[0] != np.count_nonzero(known):
        known &= moderators_known(data, case)
    assert x.shape[0] == np.count_nonzero(known), case["id"]
    return {"yi": given["yi"][known], "vi": given["vi"][known], "mods": x}


def moderators_known(data: dict[str, Any], case: dict[str, Any]) -> np.ndarray:
    names = [column["name"] for column in data["columns"]]
    used = [
        names.index(name)
        for name in re.findall(r"[A-Za-z_.][\w.]*", case["options"]["mods"])
        if name in names
    ]
    return np.array([all(row[index] is not None for index in used) for row in data["rows"]])


def check_ranktest(data: dict[str, Any], case: dict[str, Any]) -> None:
    check_options(case, set())

    found = bias.begg(**effects(data, case))

    assert same(found.tau, case["outputs"]["tau"], **CLOSED), case["id"]
    assert found.p == pytest.approx(case["outputs"]["pval"], rel=1e-8), case["id"]


def check_trimfill(data: dict[str, Any], case: dict[str, Any]) -> None:
    options = check_options(case, {"method", "estimator", "side"})
    wanted = case["outputs"]

    found = bias.trim_and_fill(**effects(data, case), **options)

    assert found.k0 == wanted["k0"], case["id"]
    assert found.side == wanted["side"], case["id"]
    assert same(found.k0_se, wanted["se_k0"], **ITERATED), case["id"]
    assert same(found.k0_p, wanted["p_k0"], **CLOSED), case["id"]
    kept = numbers(wanted["yi"])
    known = np.isfinite(kept)
    assert found.yi == pytest.approx(kept[known], **ITERATED), case["id"]
    assert found.vi == pytest.approx(numbers(wanted["vi"])[known], **CLOSED), case["id"]
    assert np.count_nonzero(found.filled) == sum(wanted["fill"]), case["id"]
    assert found.filled[np.count_nonzero(~found.filled) :].all(), case["id"]
    check_filled_fit(found, wanted, case["id"])


def check_filled_fit(found: bias.TrimAndFill, wanted: dict[str, Any], name: str) -> None:
    """The pooled effect of filled studies; trimfill cannot be told to tighten its last fit."""
    fit = found.fit
    assert same(fit.q, wanted["QE"], rel=1e-7, abs=1e-9), name
    tau2 = float(wanted["tau2"] if not isinstance(wanted["tau2"], list) else wanted["tau2"][0])
    if fit.method != "REML":
        assert fit.tau2 == pytest.approx(tau2, rel=1e-9, abs=1e-12), name
    # At R's tau2 the effect is R's effect, and ours is at least as likely as R's.
    w = 1.0 / (found.vi + tau2)
    assert np.sum(w * found.yi) / np.sum(w) == pytest.approx(wanted["beta"][0], rel=1e-8, abs=1e-10)
    assert 1.0 / math.sqrt(np.sum(w)) == pytest.approx(wanted["se"][0], rel=1e-8), name
    if fit.method == "REML":
        ours, theirs = (restricted(found.yi, found.vi, value) for value in (fit.tau2, tau2))
        assert ours >= theirs - 1e-9 * abs(theirs), name
        assert fit.tau2 == pytest.approx(tau2, rel=1e-3, abs=1e-4 * np.mean(found.vi) + 1e-4), name


def restricted(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Restricted log-likelihood of tau2, without its constant."""
    w = 1.0 / (v + tau2)
    mean = np.sum(w * y) / np.sum(w)
    return float(
        0.5 * np.sum(np.log(w)) - 0.5 * math.log(np.sum(w)) - 0.5 * np.sum(w * (y - mean) ** 2)
    )


def check_fsn(data: dict[str, Any], case: dict[str, Any]) -> None:
    options = check_options(case, {"type"})
    wanted = case["outputs"]
    given = effects(data, case)

    found = bias.fail_safe_n(**given, kind=options["type"], alpha=wanted["alpha"])

    if options["type"] == "General":
        check_general(given, found, wanted, case["id"])
        return
    assert found.number == wanted["fsnum"], case["id"]
    assert same(found.estimate, wanted["est"], **CLOSED), case["id"]
    assert same(found.target, wanted["target"], **CLOSED), case["id"]
    if wanted["pval"] is not None:
        assert found.p == pytest.approx(wanted["pval"], rel=1e-8, abs=1e-300), case["id"]


def check_general(
    given: dict[str, np.ndarray], found: bias.FailSafeN, wanted: dict[str, Any], name: str
) -> None:
    """The root search of fsn stops where a step function rises, not always at its first step.

    So its number may be more than is needed. Ours is the smallest: it is enough and one less is
    not. Nor can fsn be told to tighten REML; so its figures are checked from its own tau2.
    """
    known = np.isfinite(given["yi"]) & np.isfinite(given["vi"])
    y, v = given["yi"][known], given["vi"][known]
    theirs = with_hidden(y, v, wanted["est"], wanted["tau2"], wanted["fsnum"])
    assert theirs == pytest.approx(
        (wanted["est_fsn"], wanted["tau2_fsn"], wanted["pval_fsn"]), rel=1e-6, abs=1e-300
    ), name
    ours = restricted(y, v, found.tau2)
    assert ours >= restricted(y, v, wanted["tau2"]) - 1e-9, name
    assert found.tau2 == pytest.approx(wanted["tau2"], rel=1e-3, abs=2e-5), name
    assert found.number <= wanted["fsnum"], name
    assert found.p_with >= wanted["alpha"], name
    assert with_hidden(y, v, found.estimate, found.tau2, found.number) == pytest.approx(
        (found.estimate_with, found.tau2_with, found.p_with), rel=1e-10, abs=1e-300
    ), name
    if found.number:
        one_less = with_hidden(y, v, found.estimate, found.tau2, found.number - 1)
        assert one_less[2] < wanted["alpha"], name


def with_hidden(
    y: np.ndarray, v: np.ndarray, estimate: float, tau2: float, number: float
) -> tuple[float, float, float]:
    """Effect, tau2 and p with hidden studies of no effect and average variance."""
    k, hidden = y.size, 1.0 / np.mean(1.0 / v)
    if number:
        mean = k * estimate / (k + number)
        within = (k - 1) * tau2 + (number - 1) * tau2
        tau2 = (within + k * (estimate - mean) ** 2 + number * mean**2) / (k + number - 1)
    total = np.sum(1.0 / (v + tau2)) + number / (hidden + tau2)
    pooled = np.sum(y / (v + tau2)) / total
    return float(pooled), float(tau2), float(2.0 * ndtr(-abs(pooled) * math.sqrt(total)))


CHECKS: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "regtest": check_regtest,
    "ranktest": check_ranktest,
    "trimfill": check_trimfill,
    "fsn": check_fsn,
}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in CHECKS for name in datasets(kind)]
)
def test_cases_of_the_reference_agree(kind, name):
    data = dataset(name)
    for case in cases(data, kind):
        CHECKS[kind](data, case)


# Calls of R's meta: its arguments in order, as ours.
def evaluate(data: dict[str, Any], expression: str) -> np.ndarray:
    """A column of the data, or a sum of columns."""
    names = [column["name"] for column in data["columns"]]
    total: Any = 0.0
    for part in expression.split("+"):
        index = names.index(part.strip())
        total = total + numbers([row[index] for row in data["rows"]])
    return np.asarray(total)


def meta_arguments(data: dict[str, Any], call: str) -> tuple[str, list[np.ndarray]]:
    match = re.search(r"meta::(metabin|metacont)\(([^=]*), data=dat", call)
    assert match, call
    return match[1], [evaluate(data, part) for part in match[2].split(",")]


def check_metabias(data: dict[str, Any], case: dict[str, Any]) -> None:
    kind, columns = meta_arguments(data, case["call"])
    match = re.search(r'method.bias="(\w+)"', case["call"])
    assert match
    assert case["call"].endswith("k.min=3)")
    test, wanted = match[1], case["outputs"]

    found = metabias(kind, columns, test)

    # metabias stops REML at a change of 1e-5 in tau2 and cannot be told to go on; Thompson's is the
    # one test that has a tau2. Scores of a rank test are whole numbers; R gets at them through tau.
    rel = 1e-3 if test == "Thompson" else 1e-8
    assert found.estimate == pytest.approx(wanted["estimate"][0], rel=rel, abs=1e-12), case["id"]
    assert found.se == pytest.approx(wanted["estimate"][1], rel=rel), case["id"]
    assert found.statistic == pytest.approx(wanted["statistic"], rel=rel, abs=1e-12), case["id"]
    assert found.p == pytest.approx(wanted["pval"], rel=rel), case["id"]
    assert found.df == wanted.get("df"), case["id"]


def metabias(kind: str, columns: list[np.ndarray], test: str) -> bias.AsymmetryTest:
    if kind == "metacont":
        n1, m1, sd1, n2, m2, sd2 = columns
        # Meta takes the unbiased variance.
        es = effect_size("SMD", mean1=m1, sd1=sd1, n1=n1, mean2=m2, sd2=sd2, n2=n2, vtype="UB")
        if test == "Pustejovsky":
            return bias.pustejovsky(es.yi, es.vi, n1, n2)
        counts = None
    else:
        events1, n1, events2, n2 = columns
        counts = {"events1": events1, "n1": n1, "events2": events2, "n2": n2}
        es = effect_size("OR", **counts, drop00=True)
    if test == "Begg":
        return bias.begg(es.yi, es.vi, exact=False)
    if test == "Egger":
        return bias.egger(es.yi, es.vi)
    if test == "Thompson":
        return bias.thompson(es.yi, es.vi, method="REML")
    assert counts is not None
    if test == "Deeks":
        return bias.deeks(es.yi, es.vi, n1, n2)
    if test in ("Harbord", "Schwarzer"):
        return {"Harbord": bias.harbord, "Schwarzer": bias.schwarzer}[test](**counts)
    return {"Macaskill": bias.macaskill, "Peters": bias.peters}[test](es.yi, es.vi, **counts)


CHECKS["meta.metabias"] = check_metabias


@pytest.mark.shared
@pytest.mark.parametrize("name", datasets("meta.metabias"))
def test_asymmetry_tests_of_meta_agree(name):
    data = dataset(name)
    for case in cases(data, "meta.metabias"):
        check_metabias(data, case)


def check_tes(data: dict[str, Any], case: dict[str, Any]) -> None:
    check_options(case, set())
    wanted = case["outputs"]
    # metafor counts exactly up to a million combinations, beyond that by chi-squared.
    test = "exact" if wanted["X2"] is None else "chi2"

    found = bias.excess_significance(**effects(data, case), test=test)

    assert (found.k, found.observed) == (wanted["k"], wanted["O"]), case["id"]
    assert same(found.expected, wanted["E"], **CLOSED), case["id"]
    assert same(found.effect, wanted["theta"], **CLOSED), case["id"]
    assert same(found.chi2, wanted["X2"], rel=1e-8), case["id"]
    assert found.power == pytest.approx(numbers(wanted["power"]), rel=1e-10, abs=1e-15)
    assert found.p == pytest.approx(wanted["pval"], rel=1e-8, abs=1e-12), case["id"]


def check_hc(data: dict[str, Any], case: dict[str, Any]) -> None:
    check_options(case, set())
    wanted = case["outputs"]

    found = bias.henmi_copas(**effects(data, case))

    assert same(found.estimate, wanted["beta"], **CLOSED), case["id"]
    assert same(found.se, wanted["se"], **CLOSED), case["id"]
    assert same(found.tau2, wanted["tau2"], **CLOSED), case["id"]
    # hc finds its percentage point by uniroot to 1.2e-4, and integrates to the same.
    half = (wanted["ci_ub"] - wanted["ci_lb"]) / 2.0
    assert (found.ci_high - found.ci_low) / 2.0 == pytest.approx(half, rel=1.5e-4), case["id"]


def check_limitmeta(data: dict[str, Any], case: dict[str, Any]) -> None:
    check_options(case, set())
    _, columns = meta_arguments(data, case["call"])
    events1, n1, events2, n2 = columns
    es = effect_size("OR", events1=events1, n1=n1, events2=events2, n2=n2, drop00=True)
    wanted = case["outputs"]

    found = bias.limit_meta_analysis(es.yi, es.vi)

    # metabin stops REML at a change of 1e-11 in tau2, whatever its scale.
    near = {"rel": 1e-6, "abs": 1e-9}
    assert same(found.estimate, wanted["TE_adjust"], **near), case["id"]
    if found.k == len(events1):
        assert same(found.se, wanted["seTE_adjust"], **near), case["id"]
        assert same(found.ci_low, wanted["lower_adjust"], **near), case["id"]
        assert same(found.ci_high, wanted["upper_adjust"], **near), case["id"]
    else:
        # Studies without an effect have weight 0 in metabin, and limitmeta lets these zeros into
        # the mean and the variance of the weights: R is at fault.
        faulty = limit_error_with_zeros(found, es.vi)
        assert same(faulty, wanted["seTE_adjust"], **near), case["id"]
    assert same(found.intercept, wanted["alpha_r"], **near), case["id"]
    assert same(found.slope, wanted["beta_r"], **near), case["id"]
    assert same(found.q_small, wanted["Q_small"], rel=1e-8, abs=1e-10), case["id"]
    assert same(found.q_residual, wanted["Q_resid"], rel=1e-8, abs=1e-10), case["id"]
    assert same(found.g2, wanted["G_squared"], **near), case["id"]
    limits = numbers(wanted["TE_limit"])
    assert found.yi_limit == pytest.approx(limits[np.isfinite(limits)], **near), case["id"]


def limit_error_with_zeros(found: bias.LimitMetaAnalysis, vi: np.ndarray) -> float:
    """The standard error as limitmeta has it, with weights of 0 for studies left out."""
    x = np.where(np.isfinite(vi), 1.0 / np.sqrt(vi + found.tau2), 0.0)
    tau, scale = math.sqrt(found.tau2), np.var(x, ddof=1) * (found.k - 1)
    return math.sqrt((1.0 + found.tau2 * np.mean(x * x) - 2.0 * tau * np.mean(x)) / scale)


LATER = {"tes": check_tes, "hc": check_hc, "limitmeta": check_limitmeta}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in LATER for name in datasets(kind)]
)
def test_adjustments_of_the_reference_agree(kind, name):
    data = dataset(name)
    for case in cases(data, kind):
        LATER[kind](data, case)
