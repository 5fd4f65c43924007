"""Every case of R that weigh covers agrees with R, to the tolerances of the set's README.

A case of a covered kind that its check does not know fails, so that nothing is skipped in silence;
the last test counts what was covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shared import shared_path
from synthesis.oracle_cases import Comparison, DataSet, load, sources
from synthesis.oracle_pooling import (
    check_confint,
    check_mh,
    check_model_matrix,
    check_peto,
    check_predict,
    check_regression,
    check_uni,
    check_vif,
)

CHECKS: dict[str, Callable[[dict[str, Any], DataSet, Comparison], None]] = {
    "rma.uni": check_uni,
    "rma.uni.reg": check_regression,
    "model.matrix": check_model_matrix,
    "confint": check_confint,
    "rma.mh": check_mh,
    "rma.peto": check_peto,
    "predict": check_predict,
    "vif": check_vif,
}

# Number of cases of each kind beside the checkout.
EXPECTED = {
    "rma.uni": 2463,
    "rma.uni.reg": 583,
    "model.matrix": 53,
    "confint": 512,
    "rma.mh": 90,
    "rma.peto": 20,
    "predict": 53,
    "vif": 53,
}


def covered(data: DataSet) -> list[dict[str, Any]]:
    return [case for case in data.cases if case["kind"] in CHECKS]


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_covered_case_agrees_with_r(path: Path):
    data = load(path)
    faults: list[str] = []
    for case in covered(data):
        report = Comparison(f"{data.name} {case['id']}")
        CHECKS[case["kind"]](case, data, report)
        faults.extend(report.faults)

    assert faults == []


@pytest.mark.shared
def test_the_cases_covered_are_counted_and_complete():
    folder = shared_path("oracle")
    kinds = Counter(
        case["kind"]
        for path in sources()
        if path.resolve().parent == folder.resolve()
        for case in load(path).cases
    )

    assert {kind: kinds[kind] for kind in CHECKS} == EXPECTED
