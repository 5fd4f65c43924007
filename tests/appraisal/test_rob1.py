"""RoB 1: Cochrane's convention for an overall judgement."""

from __future__ import annotations

import pytest

from weigh.appraisal import rob1


@pytest.mark.parametrize(
    ("levels", "overall"),
    [
        (["low", "low"], "low"),
        (["low", "some_concerns"], "some_concerns"),
        (["low", "no_information"], "some_concerns"),
        (["low", "some_concerns", "high"], "high"),
        (["no_information", "no_information"], "no_information"),
        ([], "no_information"),
    ],
)
def test_overall_by_the_worst_domain(levels: list[str], overall: str) -> None:
    assert rob1.overall({str(number): level for number, level in enumerate(levels)}) == overall
