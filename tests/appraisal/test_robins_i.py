"""ROBINS-I 2016: a study is as good as its worst domain."""

from __future__ import annotations

import pytest

from weigh.appraisal import robins_i


@pytest.mark.parametrize(
    ("levels", "overall"),
    [
        (["low"] * 7, "low"),
        (["low"] * 6, "no_information"),
        (["low"] * 6 + ["moderate"], "moderate"),
        (["moderate"] * 6 + ["serious"], "serious"),
        (["serious"] * 6 + ["critical"], "critical"),
        (["moderate"] * 6 + ["no_information"], "no_information"),
        (["serious"] + ["no_information"] * 6, "serious"),
    ],
)
def test_overall_by_the_worst_domain(levels: list[str], overall: str) -> None:
    assert robins_i.overall({str(n): level for n, level in enumerate(levels)}) == overall
