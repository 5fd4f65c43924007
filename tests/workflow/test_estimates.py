"""From a folder's rows to the effect of one study: what is taken, converted, or refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from making import evidence, outcome, trial

from weigh.evidence.comparison import Comparison
from weigh.evidence.question import ComparisonPlan, Concept, Question
from weigh.evidence.result import Result
from weigh.evidence.study import Arm, Design
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.comparing import compare
from weigh.workflow.plans import tasks

STUDY = trial(1, people=100)


def row(arm: str, **fields: Any) -> Result:
    given = {"outcome": "pain", "timepoint": "week 8", "weeks": 8, "source": "ref1"}
    return Result(study="s1", arm=arm, **{**given, **fields})


def compared(results: list[Result], *, study=STUDY, measured=None, plan=None) -> Comparison:
    held = measured or outcome()
    question = Question(
        id="q",
        title="Does Drug X help with Y?",
        searched="2026-11-01",
        population=Concept(name="people with Y"),
        intervention=Concept(name="Drug X"),
        comparator=Concept(name="placebo"),
        outcomes=(held,),
        comparisons=(plan or ComparisonPlan(id="pain", outcome="pain"),),
    )
    folder = evidence([study], results, question=question)
    (task,) = tasks(folder)
    return compare(folder, task, TraceBuilder())


def refusal(results: list[Result], **options: Any) -> str:
    comparison = compared(results, **options)
    assert comparison.k == 0
    return comparison.not_estimable[0].reason.text


def test_means_and_sds_as_printed_give_the_difference():
    found = compared([row("x", mean=3.0, sd=2.0, n=50), row("c", mean=4.0, sd=2.0, n=50)])

    assert found.pooled.estimate == pytest.approx(-1.0)
    assert found.pooled.se == pytest.approx(math.sqrt(4 / 50 + 4 / 50))


@pytest.mark.parametrize(
    ("spread", "name"),
    [
        ({"se": 2 / math.sqrt(50)}, "standard error"),
        # t with 49 degrees of freedom, 2.0096, times the standard error
        ({"ci_low": 3 - 0.568397, "ci_high": 3 + 0.568397}, "95% CI"),
    ],
)
def test_an_sd_comes_from_what_is_printed_and_says_so(spread, name):
    found = compared([row("x", mean=3.0, n=50, **spread), row("c", mean=4.0, sd=2.0, n=50)])
    (study,) = found.studies

    assert study.intervention.sd == pytest.approx(2.0, rel=1e-4)
    assert any(name.lower() in how.lower() for how in study.intervention.derived)
    assert any("Study 1, Drug X" in note.text for note in study.notes)


def test_a_median_with_quartiles_becomes_a_mean_and_an_sd():
    found = compared([row("x", median=3.0, q1=2.0, q3=4.0, n=50), row("c", mean=4.0, sd=2.0, n=50)])

    assert found.studies[0].intervention.mean == pytest.approx(3.0)
    assert 1.4 < found.studies[0].intervention.sd < 1.6


def test_the_sd_of_both_groups_comes_from_the_p_value_between_them():
    found = compared(
        [
            row("x", mean=3.0, n=50),
            row("c", mean=4.0, n=50),
            row("x", versus="c", p=0.05, measure="MD"),
        ]
    )

    assert found.k == 1
    # t with 98 degrees of freedom at p = 0.05 is 1.98447, so SE is 1/1.98447 and SD five times it.
    assert found.studies[0].intervention.sd == pytest.approx(5 / 1.984467, rel=1e-5)


def test_a_bounded_p_value_gives_no_sd():
    text = refusal(
        [
            row("x", mean=3.0, n=50),
            row("c", mean=4.0, n=50),
            row("x", versus="c", p=0.05, p_relation="<", measure="MD"),
        ]
    )

    assert text == "the reports give no standard deviations"


def test_a_printed_contrast_is_taken_where_arms_do_not_suffice():
    found = compared([row("x", versus="c", measure="MD", effect=-1.0, ci_low=-1.98, ci_high=-0.02)])

    assert found.pooled.estimate == -1.0
    assert found.pooled.ci_low == pytest.approx(-1.98)
    assert "as its report prints it" in found.studies[0].notes[0].text


def test_a_printed_ratio_is_taken_on_the_log_scale():
    measured = outcome(kind="dichotomous", mid=None)
    found = compared(
        [row("x", versus="c", measure="RR", effect=0.5, ci_low=0.25, ci_high=1.0)],
        measured=measured,
    )

    assert found.natural.estimate == pytest.approx(0.5)
    assert found.natural.ci_low == pytest.approx(0.25)


def test_changes_are_preferred_where_both_arms_give_them():
    found = compared(
        [
            row("x", mean=3.0, sd=2.0, change_mean=-3.0, change_sd=1.0, n=50),
            row("c", mean=4.0, sd=2.0, change_mean=-1.0, change_sd=1.0, n=50),
        ]
    )

    assert found.pooled.estimate == pytest.approx(-2.0)


def test_two_arms_of_the_intervention_are_combined():
    arms = (
        Arm(id="x", label="low dose", role="intervention", intervention="Drug X", n=50),
        Arm(id="y", label="high dose", role="intervention", intervention="Drug X", n=50),
        Arm(id="c", label="placebo", role="comparator", intervention="placebo", n=50),
    )
    found = compared(
        [
            row("x", mean=2.0, sd=2.0, n=50),
            row("y", mean=4.0, sd=2.0, n=50),
            row("c", mean=4.0, sd=2.0, n=50),
        ],
        study=STUDY.model_copy(update={"arms": arms}),
    )

    assert found.studies[0].intervention.n == 100
    assert found.pooled.estimate == pytest.approx(-1.0)


def test_the_latest_time_inside_the_window_counts():
    rows = [
        row(arm, weeks=weeks, timepoint=f"week {weeks}", mean=mean, sd=2.0, n=50)
        for weeks, mean in ((4, 3.0), (8, 2.0), (52, 0.0))
        for arm in ("x", "c")
    ]
    plan = ComparisonPlan(id="pain", outcome="pain", window_weeks=(2, 12))

    assert compared(rows, plan=plan).studies[0].weeks == 8


def test_of_two_reports_the_main_one_is_taken():
    other = Result(
        study="s1",
        arm="x",
        outcome="pain",
        timepoint="week 8",
        weeks=8,
        mean=0.0,
        sd=2.0,
        n=50,
        source="press",
    )
    found = compared([other, row("x", mean=3.0, sd=2.0, n=50), row("c", mean=4.0, sd=2.0, n=50)])

    assert found.pooled.estimate == pytest.approx(-1.0)


def test_an_empty_cell_gets_a_half_and_a_note():
    measured = outcome(kind="dichotomous", mid=None)
    found = compared(
        [row("x", events=0, total=50), row("c", events=5, total=50)], measured=measured
    )

    assert found.natural.estimate == pytest.approx((0.5 / 51) / (5.5 / 51))
    assert "0.5 was added to each of its four cells" in found.studies[0].notes[0].text


def test_no_events_in_either_group_tell_nothing_of_a_ratio():
    measured = outcome(kind="dichotomous", mid=None)
    text = refusal([row("x", events=0, total=50), row("c", events=0, total=50)], measured=measured)

    assert "tells nothing of a ratio" in text


def test_risks_per_thousand_come_from_the_comparator_arms():
    measured = outcome(kind="dichotomous", mid=None)
    found = compared(
        [row("x", events=10, total=50), row("c", events=20, total=50)], measured=measured
    )

    assert found.absolute.comparator == pytest.approx(400)
    assert found.absolute.intervention == pytest.approx(200)
    assert found.absolute.difference == pytest.approx(-200)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"min": 1.0, "max": 2.0}, "ranges of scores in place of means"),
        ({"direction": "lower"}, "only which way scores went"),
        ({"p": 0.01}, "only a p value"),
        ({"mean": 2.0, "qualifier": "about"}, "only rough means"),
        ({"mean": 2.0, "n": 50}, "no standard deviations"),
    ],
)
def test_a_study_without_usable_numbers_stays_with_its_reason(fields, expected):
    assert expected in refusal([row("x", **fields), row("c", mean=4.0, sd=2.0, n=50)])


def test_a_change_without_a_control_group_is_kept_apart():
    study = trial(1, design=Design.BEFORE_AFTER, people=50)
    found = compared([row("x", change_mean=-3.0, change_sd=2.0, n=50)], study=study)

    assert (found.id, found.measure) == ("pain-uncontrolled", "MC")
    assert found.pooled.estimate == pytest.approx(-3.0)


def test_scores_after_treatment_alone_are_no_change():
    study = trial(1, design=Design.BEFORE_AFTER, people=50)

    assert "no change since baseline" in refusal([row("x", mean=3.0, sd=2.0, n=50)], study=study)
