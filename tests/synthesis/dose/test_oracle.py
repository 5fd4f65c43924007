"""R's dosresmeta says the same of curves of dose, wherever it finds the maximum."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from synthesis.dose.r_counts import hamling_of_r
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, load, numbers, sources

from weigh.synthesis.dose import DoseResponse, dose_response, effective_counts
from weigh.synthesis.dose.likelihood import at_covariance
from weigh.synthesis.dose.moments import covariance_by_moments

PATHS = [path for path in sources() if path.stem.startswith("dosresmeta.")]
SHAPES = {"dose": "linear", "dose + I(dose^2)": "quadratic", "mixmeta_rcs": "spline"}
COVARIANCES = {"gl": "GL", "indep": "independent"}
# R sets negative eigenvalues of a covariance by moments to the root of the machine's precision.
LIFTED = 1.4901161193847656e-08


def _columns(data: DataSet) -> dict[str, np.ndarray]:
    n = "n" if "n" in data.columns else "peryears"
    found = {name: data.column(name) for name in ("dose", "logrr", "se", "cases", n)}
    return {
        "dose": found["dose"],
        "yi": found["logrr"],
        "vi": np.nan_to_num(found["se"] ** 2),
        "cases": found["cases"],
        "n": found[n],
        "study": np.array(data.columns["id"]),
        "design": np.array(data.columns["type"]),
    }


def _given_by_r(columns: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Hamling's covariances as R has them."""
    matrices = []
    for name in dict.fromkeys(columns["study"].tolist()):
        at = columns["study"] == name
        parts = [columns[part][at] for part in ("yi", "vi", "cases", "n")]
        matrices.append(hamling_of_r(*parts, columns["design"][at][0]).covariance())
    return matrices


def _fit(columns: dict[str, np.ndarray], options: dict, covariance: object) -> DoseResponse:
    return dose_response(
        **columns,
        shape=SHAPES[options["formula"]],
        method="EE" if options["method"] == "fixed" else options["method"].upper(),
        covariance=covariance,
        stages=int(options["proc"][0]),
    )


def _covar(data: DataSet, case: dict) -> list[str]:
    seen, options = Comparison(f"{data.name} {case['id']}"), case["options"]
    columns = _columns(data)
    at = columns["study"] == options["id"]
    parts = [columns[part][at] for part in ("yi", "vi", "cases", "n")]
    design = str(columns["design"][at][0])
    if options["covariance"] == "gl":
        ours = effective_counts(*parts, design=design)
        seen.close("V", ours.covariance(), case["outputs"]["V"], rel=1e-10)
        limit = effective_counts(*parts, design=design, tolerance=1e-24)
        seen.close("V at the limit", limit.covariance(), case["outputs"]["V"], rel=1e-4)
        seen.same("counts are solved", limit.residual < 1e-12, True)
        return seen.faults
    ours, theirs = (
        effective_counts(*parts, design=design, method="Hamling"),
        hamling_of_r(*parts, design),
    )
    # Where the search of R stops depends on the last bits of its numbers.
    seen.close("V by R's search", theirs.covariance(), case["outputs"]["V"], rel=2e-5)
    seen.same("counts are solved", ours.residual < 1e-9 < theirs.residual, True)
    if design == "cc":
        seen.close("V", ours.covariance(), case["outputs"]["V"], rel=1e-4)
    else:
        # R gives effective person-time the variances of people; solved, they give its matrix.
        other = {"ir": "ci", "ci": "ir"}[design]
        swapped = effective_counts(*parts, design=other, method="Hamling")
        shared = 1.0 / swapped.reference_cases
        spread = np.sqrt(swapped.vi / (shared + 1.0 / swapped.cases))
        matrix = shared * np.outer(spread, spread)
        np.fill_diagonal(matrix, swapped.vi)
        seen.close("V, swapped as in R", matrix, case["outputs"]["V"], rel=1e-4)
        seen.close("V", ours.covariance(), case["outputs"]["V"], rel=0.02)
    return seen.faults


def _curve(data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    columns, options = _columns(data), case["options"]
    hamling = options["covariance"] == "h"
    given = _given_by_r(columns) if hamling else COVARIANCES[options["covariance"]]
    ours = _fit(columns, options, given)
    if options["formula"] == "mixmeta_rcs":
        seen.close("knots", ours.shape.knots, theirs["knots"], rel=1e-14)
    # What R's search for Hamling's counts leaves open reaches the fits.
    exact, near = (1e-4, 1e-4) if hamling else (1e-8, 1e-5)
    if "Q" in theirs:
        seen.close("Q", ours.q.statistic, theirs["Q"][0], rel=exact)
        seen.same("Q df", ours.q.df, theirs["df"][0])
    if options["method"] == "fixed":
        seen.close("coefficients", ours.beta, theirs["coefficients"], rel=1e-7)
        seen.close("vcov", ours.vb, theirs["vcov"], rel=1e-7)
        seen.close("logLik", ours.log_likelihood, theirs["logLik"], rel=1e-9)
        return seen.faults
    psi = numbers(theirs["Psi"])
    if options["method"] == "mm":
        _moments(seen, ours, psi)
    restricted = options["method"] == "reml"
    inverse = np.linalg.inv(ours.evidence.unit)
    at_r = at_covariance(ours.evidence, inverse @ psi @ inverse.T, restricted=restricted)
    unit = ours.evidence.unit
    # At the covariance where R stopped, everything else is as R says.
    seen.close("coefficients at R's Psi", unit @ at_r.gamma, theirs["coefficients"], rel=exact)
    seen.close("vcov at R's Psi", unit @ at_r.vg @ unit.T, theirs["vcov"], rel=exact)
    if options["method"] == "mm":
        return seen.faults
    seen.same("certified", ours.certified, True)
    constant = ours.log_likelihood - _own(ours, restricted)
    seen.close(
        "logLik at R's Psi",
        at_r.log_likelihood + constant,
        theirs["logLik"],
        rel=0.0,
        absolute=1e-4 if hamling else 1e-8,
    )
    gain = _own(ours, restricted) - at_r.log_likelihood
    if gain < -1e-9:
        seen.faults.append(f"{seen.case}: less likely than R's by {-gain:.2g}")
    if gain < 1e-12 * ours.effects:
        # R has arrived: no likelihood is left to gain.
        seen.close("coefficients", ours.beta, theirs["coefficients"], rel=near)
        seen.close("vcov", ours.vb, theirs["vcov"], rel=near)
        seen.close(
            "Psi",
            ours.psi,
            psi.tolist(),
            rel=2.0 * near,
            absolute=1e-10 * np.diagonal(ours.vb).max(),
        )
    return seen.faults


def _own(fit: DoseResponse, restricted: bool) -> float:
    inverse = np.linalg.inv(fit.evidence.unit)
    psi = inverse @ fit.psi @ inverse.T
    return at_covariance(fit.evidence, psi, restricted=restricted).log_likelihood


def _moments(seen: Comparison, ours: DoseResponse, psi: np.ndarray) -> None:
    """Before negative eigenvalues are dealt with, moments give the covariance that R has.

    R sets them to 1.5e-8 in the units of the coefficients, which is large beside the variances of
    quadratic terms and depends on the unit of dose; weigh sets them to 0.
    """
    found, unit = ours.evidence, ours.evidence.unit
    raw = unit @ covariance_by_moments(found.own_coefficients(), found.information) @ unit.T
    values, vectors = np.linalg.eigh(raw)
    lifted = vectors @ np.diag(np.where(values < 0.0, LIFTED, values)) @ vectors.T
    seen.close("Psi", lifted, psi.tolist(), rel=1e-7, absolute=1e-9 * np.abs(psi).max())
    if (values > 0.0).all():
        seen.close("Psi as it is", ours.psi, psi.tolist(), rel=1e-7)


CHECKS = {"dosresmeta": _curve, "dosres.covar": _covar}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_every_case_of_dosresmeta_agrees(path: Path):
    """EE to 1e-7, and REML and ML to 1e-5 or at a higher likelihood than R's.

    R's own likelihood is checked as well: at the covariance where R stopped, weigh's is the same.
    """
    data = load(path)
    cases = [case for case in data.cases if case["kind"].startswith("dosres")]
    unknown = {case["kind"] for case in cases} - set(CHECKS)
    if unknown:
        raise UnknownCaseError(unknown)

    faults = [fault for case in cases for fault in CHECKS[case["kind"]](data, case)]

    assert faults == []
