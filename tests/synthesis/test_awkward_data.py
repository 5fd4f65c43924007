"""Data as unkind as they come: every analysis gives numbers, or one sentence that says why not.

No warning is raised (pytest turns them into errors), and no number is NaN without a note.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import weigh
from weigh import bias
from weigh.errors import WeighError
from weigh.evidence.pooled import Pooled
from weigh.synthesis import tau2_interval

METHODS = ("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
TESTS = ("z", "t", "knha", "adhoc", "adhoc-ci", "iqwig", "kr")


def awkward(k: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Sets of k studies."""
    rng = np.random.default_rng(k)
    y, v = rng.normal(size=k), rng.uniform(0.01, 1.0, size=k)
    return {
        "variances alike": (y, np.full(k, 0.1)),
        "effects alike": (np.full(k, 0.3), v),
        "no effects": (np.zeros(k), v),
        "all alike": (np.full(k, 0.3), np.full(k, 0.1)),
        "variances of sixteen orders": (y, v * np.logspace(-8, 8, k)),
        "large units": (y * 1e8, v * 1e16),
        "small units": (y * 1e-8, v * 1e-16),
        "an outlier": (np.r_[y[:-1], 1e6], v),
        "effects far beyond chance": (y * 1e4, v * 1e-4),
        "enormous variances": (y, v * 1e290),
        "missing rows": (np.r_[y, np.nan, 1.0], np.r_[v, 0.1, np.nan]),
    }


SETS = [
    pytest.param(*values, id=f"{name}, {k}")
    for k in (1, 2, 3, 5)
    for name, values in awkward(k).items()
]


def undefined(result: Any) -> Iterator[str]:
    """Names of numbers that are NaN."""
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, float) and np.isnan(value):
            yield field.name


def tried(analysis: Callable[[], Any]) -> Any:
    """Return what an analysis gives, or None where it is refused in words."""
    try:
        return analysis()
    except WeighError:
        return None


@pytest.mark.parametrize(("y", "v"), SETS)
def test_every_method_and_test_gives_numbers_or_says_why_not(y, v):
    for method in METHODS:
        for test in TESTS:
            fit = tried(lambda method=method, test=test: weigh.pool(y, v, method=method, test=test))
            if isinstance(fit, Pooled):
                missing = set(undefined(fit))
                assert missing <= {"statistic", "p"}
                assert not missing or any("no test" in note for note in fit.notes)
                assert fit.tau2 >= 0.0


@pytest.mark.parametrize(("y", "v"), SETS)
def test_what_is_asked_of_a_fit_gives_numbers_or_says_why_not(y, v):
    fit = weigh.pool(y, v)
    for kind in ("QP", "J", "BJ", "PL", "HT"):
        found = tried(lambda kind=kind: tau2_interval(fit, kind))
        if found is not None:
            assert 0.0 <= found.tau2[1] <= found.tau2[2]
    for analysis in (
        weigh.leave_one_out,
        weigh.cumulative,
        weigh.influence,
        weigh.blup,
        weigh.baujat,
        weigh.radial,
    ):
        tried(lambda analysis=analysis: analysis(fit))


@pytest.mark.parametrize(("y", "v"), [case for case in SETS if "enormous" not in str(case.id)])
def test_small_study_analyses_give_numbers_or_say_why_not(y, v):
    for analysis in (
        bias.egger,
        bias.begg,
        bias.thompson,
        bias.trim_and_fill,
        bias.fail_safe_n,
        bias.pet_peese,
        bias.limit_meta_analysis,
        bias.lfk_index,
        bias.henmi_copas,
        bias.excess_significance,
    ):
        found = tried(lambda analysis=analysis: analysis(y, v))
        if isinstance(found, bias.AsymmetryTest) and list(undefined(found)):
            assert any("no test" in note for note in found.notes)


def test_kenward_and_roger_widen_the_interval_beside_a_study_of_overwhelming_weight():
    """The adjustment is a sum of squares; taken as a difference, it came out below 0 here."""
    y, v = [0.3, -0.2], [5e-9, 5e7]

    assert weigh.pool(y, v, test="kr").se >= weigh.pool(y, v).se


def test_a_line_through_all_studies_leaves_no_test_and_says_so():
    found = bias.egger([0.1, 0.2, 0.3, 0.4], [1.0, 4.0, 9.0, 16.0])

    assert any("there is no test" in note for note in found.notes)
