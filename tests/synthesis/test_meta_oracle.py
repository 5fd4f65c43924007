"""Every case of R's meta agrees with R, to the tolerances of the set's README.

The calls are put in our own words in `synthesis.oracle_meta`; an option that is not known there
fails, so that nothing is skipped in silence. The last test counts what was covered.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from shared import shared_path
from synthesis.oracle_cases import Comparison, load, sources
from synthesis.oracle_meta_checks import check_meta, check_propci

# Number of cases of each kind beside the checkout.
EXPECTED = {
    "meta.metabin": 489,
    "meta.metacont": 55,
    "meta.metacor": 4,
    "meta.metagen": 70,
    "meta.metainc": 6,
    "meta.metamean": 2,
    "meta.metaprop": 30,
    "meta.metarate": 8,
    "meta.propci": 35,
}


@pytest.mark.parametrize("path", sources(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_case_of_meta_agrees(path: Path):
    data = load(path)
    faults: list[str] = []
    for case in data.cases:
        if case["kind"] in EXPECTED:
            report = Comparison(f"{data.name} {case['id']}")
            check = check_propci if case["kind"] == "meta.propci" else check_meta
            check(case, data, report)
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

    assert {kind: kinds[kind] for kind in EXPECTED} == EXPECTED
