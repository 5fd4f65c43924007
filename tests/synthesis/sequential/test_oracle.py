"""R's RTSA computes the same boundaries and sizes."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from synthesis.oracle_cases import Comparison, UnknownCaseError, load, numbers, sources

from weigh.synthesis.sequential import boundaries, required_size, sequential
from weigh.synthesis.sequential.integration import start
from weigh.synthesis.sequential.spending import spent

ABSOLUTE = 1e-4
PATHS = [path for path in sources() if path.stem.startswith("RTSA.")]
SPENDING = {"esOF": "OF", "esPoc": "Pocock"}
# RTSA writes 20 where less than about 1e-9 may be spent at a look.
NEVER, LITTLE = 20.0, 1e-8
# Paths that lie between the futility boundaries' outer sides, first on one and later on the
# other, are lost in RTSA's power; see test_inflation_gives_the_power_exactly.
LOST_PATHS = {
    "bounds/esOF/2/0.25_0.5_0.75_1/binding": 1e-3,
    "bounds/esPoc/2/0.25_0.5_0.75_1/binding": 2e-4,
}


def _upper(seen: Comparison, found, theirs) -> None:
    theirs = numbers(theirs)
    never = theirs == NEVER
    steps = np.diff(spent(found.alpha / found.side, found.timing, found.spending), prepend=0.0)
    if (steps[never] > LITTLE).any():
        seen.faults.append(f"{seen.case}: R spends nothing where {steps[never].max()} may be")
    ours = np.where(never, NEVER, found.upper)
    seen.close("alpha_ubound", ours, theirs.tolist(), rel=0.0, absolute=ABSOLUTE)


def _bounds(data, case) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    options = case["options"]
    side = options["side"]
    found = boundaries(
        options["timing"],
        alpha=0.05 if side == 2 else 0.025,
        beta=0.1,
        side=side,
        futility=options.get("futility", "none"),
        spending=SPENDING[options["es_alpha"]],
        futility_spending=SPENDING[options.get("es_beta", "esOF")],
    )
    _upper(seen, found, theirs["alpha_ubound"])
    root = LOST_PATHS.get(case["id"], ABSOLUTE)
    seen.close("root", found.inflation, theirs["root"], rel=0.0, absolute=root)
    for name, ours in (
        ("beta_ubound", found.futility_upper),
        ("beta_lbound", found.futility_lower),
    ):
        seen.close(name, ours, theirs[name], rel=0.0, absolute=ABSOLUTE)
    return seen.faults


def _size(data, case) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    given = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", case["call"])}
    kind = case["options"]["outcome"]

    def size(diversity: float = 0.0) -> int:
        return required_size(
            kind,
            given["mc"],
            risk=given.get("pC"),
            sd=given.get("sd_mc"),
            alpha=given["alpha"],
            beta=given["beta"],
            side=int(given["side"]),
            diversity=diversity,
        )

    seen.same("NF", size(), theirs["NF"])
    for name in ("D2", "I2"):
        if name in given:
            seen.same(f"NR_{name}", size(given[name]), theirs[f"NR_{name}"])
    return seen.faults


def _analysis(data, case) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    effects = next(iter(data.effects.values()))
    binding = 'futility="binding"' in case["call"]
    futility = "non-binding" if "non-binding" in case["call"] else "binding" if binding else "none"
    found = sequential(
        numbers(effects["yi"]),
        numbers(effects["vi"]),
        n=data.column("nI") + data.column("nC"),
        required=theirs.get("HARIS", theirs["RIS"]),
        beta=0.2,
        futility=futility,
        futility_spending="Pocock" if 'es_beta="esPoc"' in case["call"] else "OF",
    )
    seen.close("root", found.bounds.inflation, theirs["root"], rel=0.0, absolute=ABSOLUTE)
    timing = found.bounds.timing * found.bounds.inflation
    seen.close("timing", timing, theirs["timing"], rel=0.0, absolute=ABSOLUTE)
    risk = data.column("eC").sum() / data.column("nC").sum()
    seen.same("size", required_size("RR", 0.8, risk=risk, beta=0.2), theirs["RIS"])
    if binding:
        # RTSA goes back and forth between the two kinds of bounds and stops before they agree:
        # its own spend more than alpha, and less of beta than there is.
        own = found.bounds
        ours = _error(own.timing, own.upper, own.futility_upper)
        r = _error(theirs["timing"], theirs["alpha_ubound"], numbers(theirs["beta_ubound"]))
        if not abs(ours - 0.025) < 1e-9 < 1e-5 < r - 0.025:
            seen.faults.append(f"{seen.case}: alpha {ours} here and {r} in R; compare the bounds")
    else:
        _upper(seen, found.bounds, theirs["alpha_ubound"])
    return seen.faults


def _error(timing, upper, inner) -> float:
    """The error on one side that bounds have where those for futility are kept."""
    path, error = start(0.0), 0.0
    for share, high, edge in zip(timing, upper, inner, strict=True):
        error += path.above(high, share)
        path = path.kept([(-math.inf if np.isnan(edge) else edge, high)], share)
    return error


CHECKS = {"RTSA.boundaries": _bounds, "RTSA.ris": _size, "RTSA": _analysis}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_case_of_rtsa_agrees(path):
    """Sizes exactly, boundaries and inflation to 1e-4; the pooled effects are not compared.

    RTSA pools tables by conventions of its own; here effects and variances are given.
    """
    data = load(path)
    cases = [case for case in data.cases if case["kind"].startswith("RTSA")]
    unknown = {case["kind"] for case in cases} - set(CHECKS)
    if unknown:
        raise UnknownCaseError(unknown)

    faults = [fault for case in cases for fault in CHECKS[case["kind"]](data, case)]

    assert faults == []
