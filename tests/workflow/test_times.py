"""Several times of one trial: dependent effects, pooled as such, with what is assumed told."""

from __future__ import annotations

import numpy as np
import pytest
from leading import page_that_leads_back
from making import evidence, outcome, trial

import weigh
from weigh.evidence.answer import Answer
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.result import Result


def scores(number: int, *times: tuple[float, float, float], sd: float = 2.0) -> list[Result]:
    """Rows of a trial: weeks, mean with Drug X, mean with placebo."""
    return [
        Result(
            study=f"s{number}",
            arm=arm,
            outcome="pain",
            timepoint=f"week {weeks:g}",
            weeks=weeks,
            n=50,
            mean=mean,
            sd=sd,
            source=f"ref{number}",
        )
        for weeks, treated, control in times
        for arm, mean in (("x", treated), ("c", control))
    ]


TWICE = scores(1, (4, 5.0, 5.5), (8, 4.0, 5.5))
ONCE = scores(2, (8, 4.5, 5.5))
THRICE = scores(3, (2, 5.4, 5.6), (4, 5.0, 5.6), (12, 4.2, 5.6))


def answered(*groups: list[Result], **fields) -> Answer:
    rows = [row for group in groups for row in group]
    numbers = dict.fromkeys(int(row.study[1:]) for row in rows)
    return weigh.answer_question(evidence([trial(n) for n in numbers], rows, outcome(), **fields))


def test_every_time_of_every_trial_counts_once():
    (view,) = answered(TWICE, ONCE, THRICE).times

    assert [(row.study.text, row.time.text) for row in view.rows] == [
        ("Study 1", "week 4"),
        ("Study 1", "week 8"),
        ("Study 2", "week 8"),
        ("Study 3", "week 2"),
        ("Study 3", "week 4"),
        ("Study 3", "week 12"),
    ]
    assert view.effects.text == "6"
    assert view.k.text == "3"


def test_the_effect_is_that_of_a_multilevel_model_with_the_correlation_assumed():
    answer = answered(TWICE, ONCE, THRICE)
    (view,) = answer.times
    yi = np.array([-0.5, -1.5, -1.0, -0.2, -0.6, -1.4])
    vi = np.full(6, 2 * 4.0 / 50)
    study = np.array([1, 1, 2, 3, 3, 3])
    same = study[:, None] == study
    for result, rho in zip((view.main, *view.others), (0.5, 0.2, 0.8), strict=True):
        v = np.where(same, rho * vi[0], 0.0)
        np.fill_diagonal(v, vi)

        fit = weigh.multilevel(yi, v, random={"study": study}, test="t", dfs="contain")

        (mean,) = fit.coefficients
        found = [result.estimate, result.ci_low, result.ci_high]
        assert found == pytest.approx([mean.estimate, mean.ci_low, mean.ci_high], rel=1e-9)


def test_one_trial_at_two_times_is_weighed_by_hand():
    """Equal variances: the mean of the two, with variance v (1 + rho) / 2."""
    (view,) = answered(TWICE).times

    v = 2 * 4.0 / 50
    for result, rho in zip((view.main, *view.others), (0.5, 0.2, 0.8), strict=True):
        assert result.estimate == pytest.approx(-1.0)
        half = 1.959964 * np.sqrt(v * (1 + rho) / 2)
        assert result.ci_high - result.estimate == pytest.approx(half, rel=1e-6)


def test_the_sentence_is_graded_as_the_comparison_is_and_tells_what_it_assumes():
    answer = answered(TWICE, ONCE, THRICE)
    (view,) = answer.times
    rating = answer.comparisons[0].certainty
    assert rating is not None
    assert view.statement is not None

    text = view.statement.text

    assert text.startswith("Over all their time points together, ")
    assert text.endswith(f"6 effects of 3 randomised trials; certainty: {rating.rating.words}.")
    assumption = view.cautions[0].text
    assert "A correlation of 0.5 between two of them is assumed" in assumption
    assert "0.2 it would be" in assumption
    assert "0.8 it would be" in assumption
    node = answer.trace["times.pain.r0.5.correlation"]
    assert node.to_dict()["function"] == "assumed by the program"


def test_trials_with_one_time_each_have_nothing_to_add():
    assert answered(ONCE, scores(3, (12, 4.0, 5.0))).times == ()


def test_times_outside_the_window_are_left_out():
    rows = [*TWICE, *THRICE]
    base = evidence([trial(1), trial(3)], rows, outcome())
    plan = ComparisonPlan(id="late", outcome="pain", window_weeks=(6.0, 20.0))
    question = base.question.model_copy(update={"comparisons": (plan,)})

    assert answered(TWICE, THRICE, question=question).times == ()


def test_baseline_is_no_time_of_an_effect():
    rows = scores(1, (0, 6.0, 6.0), (8, 4.0, 5.5))

    assert answered(rows).times == ()


def test_a_time_without_a_spread_is_left_out():
    rows = [
        row.model_copy(update={"sd": None}) if row.weeks == 4 else row for row in [*TWICE, *THRICE]
    ]

    (view,) = answered(rows).times

    assert [row.time.text for row in view.rows] == ["week 8", "week 2", "week 12"]


def test_a_time_at_which_everybody_scored_the_same_is_left_out():
    """Its variance of 0 would give it infinite weight."""
    rows = [
        row.model_copy(update={"sd": 0.0}) if row.weeks == 2 else row for row in [*TWICE, *THRICE]
    ]

    (view,) = answered(rows).times

    assert "week 2" not in {row.time.text for row in view.rows}


def test_every_number_leads_back():
    answer = answered(TWICE, ONCE, THRICE)
    told = [said for view in answer.times for said in (view.statement, *view.cautions)]

    page = page_that_leads_back(answer, told)

    assert 'id="times"' in page.html
    again = answered(TWICE, ONCE, THRICE)
    assert answer.to_dict() == again.to_dict()
