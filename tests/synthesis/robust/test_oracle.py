"""metafor's `robust` and clubSandwich say the same of clusters, to the tolerances of the set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shared import shared_path
from synthesis.oracle_cases import Comparison, load, number, numbers, sources
from synthesis.oracle_pooling import moderators
from synthesis.robust.working_models import fit_of, labels_of, model_of

from weigh.synthesis import pool
from weigh.synthesis.robust import Robust, robust, rve
from weigh.synthesis.robust.moments import moments as moments_of
from weigh.synthesis.robust.saddlepoint import quadratic_form, tail_at

# On a tau2 by REML, as in the set's README for REML; on variance components that the test searches
# for anew, as for rma.mv; on those that R gives, to what inverting its covariance leaves.
UNI, SEARCHED, GIVEN = 1e-7, 1e-5, 1e-9
# R stops the search for a saddlepoint at 1.2e-4.
UNIROOT = 1.3e-4


@lru_cache(maxsize=2)
def _working(path: Path, inner: str) -> tuple[Any, float]:
    """The model of the calls that share a model, and how closely R's must agree."""
    data = load(path)
    case = next(one for one in data.cases if _inner(one) == inner)
    if "mods" in case.get("options", {}):
        yi, vi = data.effect(case)
        return pool(yi, vi, mods=moderators(case["options"]["mods"], data)), UNI
    fit, stated = model_of(data, case)
    return fit, GIVEN if stated else SEARCHED if "rma.mv(" in inner else UNI


def _inner(case: dict[str, Any]) -> str:
    """The call of rma() inside a call, up to where its data are named."""
    found = re.search(r"rma(\.mv)?\(.*?, data=\w+\)(?=[,);])", case["call"])
    return found.group(0) if found else ""


def _robust(path: Path, case: dict[str, Any], type: str, test: str) -> tuple[Robust, float]:
    fit, rel = _working(path, _inner(case))
    return robust(fit, labels_of(load(path), case), type=type, test=test), rel


def _metafor(path: Path, case: dict[str, Any], seen: Comparison) -> None:
    """robust(): CR1p, or CR0 with adjust=FALSE, and t and F with J - p degrees of freedom."""
    out = case["outputs"]
    type = "CR0" if "adjust=FALSE" in case["call"] else "CR1p"
    found, rel = _robust(path, case, type, "naive-tp")
    _coefficients(found, out, seen, rel)


def _corrected(path: Path, case: dict[str, Any], seen: Comparison) -> None:
    """robust(clubSandwich=TRUE): what small_sample=True gives."""
    fit, rel = _working(path, _inner(case))
    found = robust(fit, labels_of(load(path), case))
    _coefficients(found, case["outputs"], seen, rel)


def _coefficients(found: Robust, out: dict[str, Any], seen: Comparison, rel: float) -> None:
    seen.same("k", found.k, out["k"])
    seen.same("clusters", found.clusters, out["n_clusters"])
    df = numbers(out["dfs"])
    for name, theirs in (
        ("estimate", "beta"),
        ("se", "se"),
        ("statistic", "zval"),
        ("p", "pval"),
        ("ci_low", "ci_lb"),
        ("ci_high", "ci_ub"),
    ):
        ours = [getattr(one, name) for one in found.coefficients]
        wide = max(10.0 * rel, 1e-8) if name in ("p", "statistic") else rel
        size = float(np.max(np.abs(numbers(out["se"]))))
        seen.close(name, ours, out[theirs], rel=wide, absolute=rel * size * (name != "p"))
    seen.close(
        "df",
        [one.df for one in found.coefficients],
        np.resize(df, len(out["beta"])).tolist(),
        rel=rel,
    )
    seen.close(
        "vb", found.vb, out["vb"], rel=rel, absolute=rel * float(np.max(np.abs(numbers(out["vb"]))))
    )
    seen.close("QM", found.joint.statistic, out["QM"], rel=10.0 * rel)
    seen.close("QMp", found.joint.p, out["QMp"], rel=max(100.0 * rel, 1e-8))
    seen.close("QMdf", [found.joint.df, found.joint.df_residual], out["QMdf"], rel=rel)


def _coef_test(path: Path, case: dict[str, Any], seen: Comparison) -> None:
    """coef_test(): a sandwich and a test by name."""
    out = case["outputs"]
    type, test = (
        re.search(rf'{name}="([\w-]+)"', case["call"]).group(1) for name in ("vcov", "test")
    )
    found, rel = _robust(path, case, type, test)
    seen.close("beta", [one.estimate for one in found.coefficients], out["beta"], rel=rel)
    seen.close("SE", [one.se for one in found.coefficients], out["SE"], rel=rel)
    seen.close("t", [one.statistic for one in found.coefficients], out["tstat"], rel=10.0 * rel)
    if test == "saddlepoint":
        _saddlepoints(found, out, seen, rel)
        return
    df, p = ("df_t", "p_t") if test == "naive-t" else ("df_Satt", "p_Satt")
    seen.close("df", [one.df for one in found.coefficients], out[df], rel=10.0 * rel)
    seen.close("p", [one.p for one in found.coefficients], out[p], rel=max(1e3 * rel, 1e-8))


def _saddlepoints(found: Robust, out: dict[str, Any], seen: Comparison, rel: float) -> None:
    """R stops 1.2e-4 short of the saddlepoint: our p value there is R's, and ours is nearer."""
    moments = moments_of(found.model, found.made)
    for index, one in enumerate(found.coefficients):
        theirs, p = out["saddlepoint"][index], number(out["p_saddle"][index])
        weights = np.linalg.eigvalsh(moments.along(np.eye(len(found.names))[index]))
        g = quadratic_form(one.statistic**2, weights)
        seen.close("saddlepoint", one.saddlepoint, theirs, rel=rel, absolute=UNIROOT)
        left = [abs(float(np.sum(g / (1.0 - 2.0 * g * s)))) for s in (one.saddlepoint, theirs)]
        if left[0] > left[1]:
            seen.faults.append(f"{seen.case}: the slope is nearer to 0 at R's saddlepoint")
        # Below rounding R's p value is a difference of two that are 1 or 0.
        at_theirs = tail_at(theirs, g)
        seen.close("p there", at_theirs, p, rel=max(1e3 * rel, 1e-8), absolute=3e-16)


def _vcov(path: Path, case: dict[str, Any], seen: Comparison) -> None:
    """vcovCR(type="CR2")."""
    found, rel = _robust(path, case, "CR2", "z")
    seen.close("vcov", found.vb, case["outputs"]["vcov"], rel=10.0 * rel)


def _wald(path: Path, case: dict[str, Any], seen: Comparison) -> None:
    """Wald_test(test="All") of all coefficients."""
    found, rel = _robust(path, case, "CR2", "Satterthwaite")
    out = case["outputs"]
    for index, test in enumerate(out["test"]):
        ours = found.wald(list(found.names), test=test)
        residual = np.inf if ours.df_residual is None else ours.df_residual
        seen.close(f"{test} F", ours.statistic, out["Fstat"][index], rel=20.0 * rel)
        seen.close(f"{test} delta", ours.delta, out["delta"][index], rel=10.0 * rel)
        seen.close(f"{test} df_num", ours.df, out["df_num"][index], rel=0.0)
        seen.close(f"{test} df_denom", residual, out["df_denom"][index], rel=10.0 * rel)
        seen.close(f"{test} p", ours.p, out["p_val"][index], rel=max(1e3 * rel, 1e-8))


def _robumeta(path: Path, case: dict[str, Any], seen: Comparison) -> None:
    """robu(): weights of Hedges, Tipton and Johnson."""
    data, options, out = load(path), case["options"], case["outputs"]
    names = [] if options["mods"] == "1" else options["mods"].split(" + ")
    found = rve(
        data.column("effectsize"),
        data.column("var"),
        data.columns["studyid"],
        mods={name: data.columns[name] for name in names} or None,
        model=options["modelweights"],
        rho=options["rho"],
        small_sample=options["small"],
    )
    for name, theirs in (
        ("estimate", "b.r"),
        ("se", "SE"),
        ("statistic", "t"),
        ("p", "prob"),
        ("ci_low", "CI.L"),
        ("ci_high", "CI.U"),
    ):
        ours = [getattr(one, name) for one in found.coefficients]
        seen.close(name, ours, out[theirs], rel=1e-8 if name == "p" else 1e-10)
    df = np.resize(numbers(out["dfs"]), len(found.coefficients)).tolist()
    seen.close("df", [one.df for one in found.coefficients], df, rel=1e-9)
    # Its `VR.r` is the plain sandwich where its standard errors are of CR1p.
    factor = 1.0 if options["small"] else found.robust.clusters - len(names) - 1.0
    factor /= 1.0 if options["small"] else found.robust.clusters
    seen.close("vcov", factor * found.robust.vb, out["vcov"], rel=1e-9)
    for name, theirs in (("tau2", "tau2"), ("omega2", "omega2"), ("i2", "I2")):
        seen.close(name, getattr(found, name), out.get(theirs), rel=1e-10)


CHECKS: dict[str, Callable[[Path, dict[str, Any], Comparison], None]] = {
    "robust": _metafor,
    "robust.CR2": _corrected,
    "clubSandwich.coef_test": _coef_test,
    "clubSandwich.vcov": _vcov,
    "clubSandwich.Wald": _wald,
    "robumeta": _robumeta,
}


def _cases():
    return [
        (kind, path)
        for path in sources()
        for kind in CHECKS
        if any(case["kind"] == kind for case in load(path).cases)
    ]


@pytest.mark.parametrize(("kind", "path"), _cases(), ids=str)
def test_every_case_of_clusters_agrees_with_r(kind, path):
    faults = []
    for case in load(path).cases:
        if case["kind"] == kind:
            seen = Comparison(f"{path.stem} {case['id']}")
            CHECKS[kind](path, case, seen)
            faults += seen.faults

    assert faults == []


@pytest.mark.parametrize("path", [path for kind, path in _cases() if kind == "robust.CR2"], ids=str)
def test_models_fitted_here_lead_to_the_same(path):
    """Standard errors to 1e-5, as the tolerances for rma.mv have them."""
    data = load(path)
    for case in data.cases:
        if case["kind"] == "robust.CR2" and "rma.mv(" in case["call"]:
            fit, out = fit_of(data, case), case["outputs"]

            found = robust(fit, labels_of(data, case))

            seen = Comparison(f"{path.stem} {case['id']}")
            for name, theirs, rel in (
                ("estimate", "beta", 1e-5),
                ("se", "se", 1e-5),
                ("df", "dfs", 1e-4),
                ("p", "pval", 1e-3),
            ):
                ours = [getattr(one, name) for one in found.coefficients]
                seen.close(name, ours, np.resize(out[theirs], len(ours)).tolist(), rel=rel)
            seen.close("QMp", found.joint.p, out["QMp"], rel=1e-3)
            assert seen.faults == []


@pytest.mark.shared
def test_the_cases_covered_are_counted_and_complete():
    folder = shared_path("oracle")
    kinds = Counter(
        case["kind"]
        for path in sources()
        if path.resolve().parent == folder.resolve()
        for case in load(path).cases
    )

    assert {kind: kinds[kind] for kind in CHECKS} == {
        "robust": 69,
        "robust.CR2": 8,
        "clubSandwich.coef_test": 88,
        "clubSandwich.vcov": 8,
        "clubSandwich.Wald": 8,
        "robumeta": 16,
    }
