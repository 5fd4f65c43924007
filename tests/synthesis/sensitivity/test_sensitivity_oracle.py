"""Every case of R's sensitivity analyses that weigh covers agrees with R.

Tolerances are those of the set's own README. A case of a covered kind that its check does not know
fails, so that nothing is skipped in silence; the last test counts what was covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shared import shared_path
from synthesis.oracle_cases import Comparison, DataSet, load, sources
from synthesis.sensitivity.oracle_sensitivity import (
    check_cumulative,
    check_gosh,
    check_influence,
    check_leave_one_out,
    check_permutation,
    check_predictions,
    check_residuals,
    check_weights,
)

CHECKS: dict[str, Callable[[dict[str, Any], DataSet, Comparison], None]] = {
    "leave1out": check_leave_one_out,
    "cumul": check_cumulative,
    "influence": check_influence,
    "blup": check_predictions,
    "ranef": check_predictions,
    "rstandard": check_residuals,
    "weights": check_weights,
    "gosh": check_gosh,
    "permutest": check_permutation,
}

# Number of cases of each kind beside the checkout.
EXPECTED = {
    "leave1out": 108,
    "cumul": 108,
    "influence": 139,
    "blup": 110,
    "ranef": 44,
    "rstandard": 44,
    "weights": 44,
    "gosh": 13,
    "permutest": 12,
}


def covering(paths: list[Path]) -> list[Path]:
    return [path for path in paths if any(case["kind"] in CHECKS for case in load(path).cases)]


@pytest.mark.parametrize(
    "path", covering(sources()), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_every_covered_case_agrees_with_r(path: Path):
    data = load(path)
    faults: list[str] = []
    for case in data.cases:
        if case["kind"] in CHECKS:
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
