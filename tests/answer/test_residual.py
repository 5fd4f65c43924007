"""Symptoms that stay, and other groups: who was studied, and what that cannot show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brine import BRINE, PAIN, folder, row, study
from orphans import orphan_numbers, wording_faults

from weigh.answer.between_groups import difference_between
from weigh.answer.residual import residual, subgroup_statements
from weigh.evidence.comparison import Comparison
from weigh.evidence.pooled import Pooled
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.statement import state
from weigh.evidence.study import Allocation, Design
from weigh.evidence.trace import TraceBuilder

ALONE = folder(
    studies=(study(design=Design.BEFORE_AFTER, arms=(BRINE,)),),
    results=(row(subgroup="stayed", n=10, direction="lower"),),
)


def texts(statements) -> list[str]:
    return [statement.text for statement in statements]


def test_symptoms_that_stay_are_told_with_people_design_and_limits():
    trace = TraceBuilder()
    told = residual(ALONE, (), trace)

    assert texts(told) == [
        "1 study gives results in people whose feet stayed cold: Lee 2020 (10 people, without a "
        "control group).",
        "Lee 2020: pain in the feet (visual analogue scale [VAS], 0 to 10) with brine: at week 8, "
        "lower than at the start (no figure seen; 10 people).",
        "Without a control group this cannot show that brine caused a change in people whose feet "
        "stayed cold. Only a controlled trial that reports on them could, and this evidence base "
        "has none.",
    ]
    assert [fault for s in told for fault in orphan_numbers(s, trace)] == []
    assert [fault for s in told for fault in wording_faults(s.text)] == []


def test_the_comparison_of_the_subgroup_lends_its_statement():
    told = residual(ALONE, (_comparison("stayed"),), TraceBuilder())

    assert "We cannot tell." in texts(told)


def test_people_in_two_arms_are_added_up():
    evidence = folder(
        results=(
            row(subgroup="stayed", n=4, mean=3.0),
            row(subgroup="stayed", arm="water", n=5, mean=4.0),
        )
    )
    trace = TraceBuilder()
    told = residual(evidence, (), trace)

    assert told[0].text == (
        "1 study gives results in people whose feet stayed cold: Lee 2020 (9 people, randomised)."
    )
    assert trace["subgroup.people.stayed.lee-2020"].value == 9
    assert told[-1].text.startswith("People were allotted by chance in the whole trial;")


def test_nothing_on_symptoms_that_stay_is_told_as_nothing():
    told = residual(folder(), (), TraceBuilder())

    assert texts(told) == [
        "No study in this evidence base gives results in people whose feet stayed cold."
    ]


def test_groups_with_figures_only_from_the_start_show_no_effect():
    evidence = folder(
        results=(
            row(subgroup="old", timepoint="baseline", weeks=0.0, mean=7.0),
            row(subgroup="young", timepoint="baseline", weeks=0.0, mean=6.0),
        )
    )

    assert texts(subgroup_statements(evidence, (), TraceBuilder())) == [
        "Lee 2020 gives separate figures for older people and younger people only from before "
        "treatment, so nothing can be said of an effect in each, nor whether effects differ."
    ]


def test_one_group_with_results_cannot_be_tested_against_another():
    evidence = folder(results=(row(subgroup="old", mean=4.0, n=6),))
    told = subgroup_statements(evidence, (), TraceBuilder())

    assert texts(told) == [
        "Results in older people come from Lee 2020 (6 people, randomised).",
        "No study in this evidence base gives results in younger people.",
        "Whether effects differ between older people and younger people cannot be tested: that "
        "takes an estimate in at least two of these groups.",
    ]


def test_two_groups_with_estimates_are_tested_against_each_other():
    evidence = folder(
        results=(row(subgroup="old", mean=4.0, n=6), row(subgroup="young", mean=2.0, n=6))
    )
    trace = TraceBuilder()
    for group in ("old", "young"):
        for field in ("estimate", "se", "label"):
            trace.datum(f"{group}.{field}", field, 1.0, of=row(), column="mean")
    pair = (_comparison("old", 0.0, 0.5), _comparison("young", 2.0, 0.5))
    told = subgroup_statements(evidence, pair, trace)

    assert told[-1].text == (
        "For pain in the feet, a test for a difference between the 2 groups gives p = 0.046; a "
        "high value does not show that the effects are the same."
    )
    assert [fault for s in told for fault in orphan_numbers(s, trace)] == []


def test_the_test_between_groups_is_cochrans_q():
    """Two estimates two standard errors of their difference apart: Q is 4, p of a normal at 2."""
    q, p = difference_between([0.0, 2.0], [0.5, 0.5])

    assert q == pytest.approx(4.0)
    assert p == pytest.approx(0.04550026, rel=1e-6)


def test_three_equal_groups_do_not_differ():
    q, p = difference_between([1.0, 1.0, 1.0], [0.1, 0.2, 0.3])

    assert (q, p) == (pytest.approx(0.0), pytest.approx(1.0))


def _comparison(group: str, estimate: float | None = None, variance: float = 1.0) -> Comparison:
    made = Comparison(
        id=f"pain-{group}",
        label="Pain",
        plan=ComparisonPlan(id=f"pain-{group}", outcome="pain", subgroup=group),
        outcome=PAIN,
        comparator="tap water",
        design=Allocation.RANDOMISED,
        measure="MD",
        k=1,
        n=6,
        people=6,
        studies=(),
        statement=state(f"comparison.pain-{group}", "We cannot tell."),
        nodes={
            "pooled.estimate": f"{group}.estimate",
            "pooled.se": f"{group}.se",
            "label": f"{group}.label",
        },
    )
    if estimate is None:
        return made
    return replace(made, pooled=_pooled(estimate, variance))


def _pooled(estimate: float, variance: float) -> Pooled:
    return Pooled(
        k=1,
        estimate=estimate,
        se=variance**0.5,
        statistic=0.0,
        p=1.0,
        ci_low=-9.0,
        ci_high=9.0,
        pi_low=None,
        pi_high=None,
        tau2=0.0,
        tau2_se=None,
        tau2_ci_low=None,
        tau2_ci_high=None,
        i2=0.0,
        h2=1.0,
        q=0.0,
        q_df=0,
        q_p=1.0,
        method="REML",
        test="z",
        level=0.95,
        df=None,
        yi=np.array([estimate]),
        vi=np.array([variance]),
        slab=("Lee 2020",),
        weights=np.array([100.0]),
        rows=np.array([0]),
    )
