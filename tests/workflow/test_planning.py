"""The next trial's size: where it is told, what it is made of, and that it says nothing more."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from making import evidence, outcome, trial
from orphans import orphan_numbers, wording_faults

import weigh
from weigh.evidence.answer import Answer
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.result import Result
from weigh.stats.tails import normal_quantile
from weigh.synthesis.sequential import next_trial


def scores(number: int, treated: float, control: float, *, sd: float = 2.0, n: int = 40):
    """Rows of a trial of means; the treated group comes first."""
    return [
        Result(
            study=f"s{number}",
            arm=arm,
            outcome="pain",
            timepoint="week 8",
            weeks=8,
            n=n,
            mean=mean,
            sd=sd,
            source=f"ref{number}",
        )
        for arm, mean in (("x", treated), ("c", control))
    ]


def people(number: int, treated: int, control: int, *, n: int = 200):
    """Rows of a trial of events."""
    return [
        Result(
            study=f"s{number}",
            arm=arm,
            outcome="event",
            timepoint="week 8",
            weeks=8,
            events=events,
            total=n,
            source=f"ref{number}",
        )
        for arm, events in (("x", treated), ("c", control))
    ]


def answered(rows, *outcomes, **fields) -> Answer:
    numbers = dict.fromkeys(int(row.study[1:]) for row in rows)
    return weigh.answer_question(
        evidence([trial(number) for number in numbers], rows, *outcomes, **fields)
    )


def told(answer: Answer) -> dict[str, str]:
    return {
        gap.id: gap.text
        for gap in answer.gaps
        if gap.id.startswith(("gap.next-trial", "gap.required"))
    }


OPEN = [*scores(1, 4.0, 5.5), *scores(2, 4.3, 5.6), *scores(3, 4.0, 5.2)]
UNSURE = outcome(kind="dichotomous", mid=0.05, outcome_id="event")


def test_an_interval_on_both_sides_of_what_matters_asks_for_a_trial():
    answer = answered(OPEN)
    (comparison,) = answer.comparisons
    assert comparison.pooled is not None
    assert comparison.pooled.ci_low < -1.0 < comparison.pooled.ci_high < 0.0

    said = told(answer)

    assert set(said) == {"gap.next-trial.pain", "gap.required.pain"}
    assert "beyond the smallest difference that matters (1 point)" in said["gap.next-trial.pain"]
    assert "(standard deviation 2.0 points)" in said["gap.next-trial.pain"]
    node = answer.trace["plan.pain.size"]
    expected = next_trial(
        comparison.pooled, variance=16.0, threshold=1.0, replications=500, seed=1
    ).size
    assert node.value == expected


def test_a_trial_of_that_size_settles_it_about_as_often_as_it_says():
    """By other draws than those that found the size."""
    answer = answered(OPEN)
    fit = answer.comparisons[0].pooled
    assert fit is not None
    size = answer.trace["plan.pain.size"].value
    assert isinstance(size, int)
    rng = np.random.default_rng(8)
    settled = 0
    for _ in range(400):
        true = fit.estimate + math.sqrt(fit.tau2) * rng.standard_normal()
        effect = true + math.sqrt(16.0 / size) * rng.standard_normal()
        again = weigh.pool(
            [*fit.yi, effect], [*fit.vi, 16.0 / size], method=fit.method, test=fit.test
        )
        settled += again.ci_high < -1.0
    assert settled / 400 == pytest.approx(0.8, abs=0.07)


def test_the_required_size_is_that_of_one_trial_at_the_difference_that_matters():
    """4 (z + z)² sd² / mid² where trials do not differ."""
    answer = answered([*scores(1, 4.5, 5.5), *scores(2, 4.5, 5.5)])
    fit = answer.comparisons[0].pooled
    assert fit is not None
    assert fit.tau2 == 0.0

    z = float(normal_quantile(0.975) + normal_quantile(0.8))

    assert answer.trace["plan.pain.required"].value == math.ceil(4 * z**2 * 4.0)
    assert "allowing for" not in told(answer)["gap.required.pain"]


def test_differences_between_trials_enlarge_the_required_size():
    answer = answered([*scores(1, 2.0, 5.5), *scores(2, 5.0, 5.6), *scores(3, 4.5, 5.2)])
    fit = answer.comparisons[0].pooled
    assert fit is not None
    diversity = 1.0 - np.sum(1.0 / (fit.vi + fit.tau2)) / np.sum(1.0 / fit.vi)
    z = float(normal_quantile(0.975) + normal_quantile(0.8))

    needed = answer.trace["plan.pain.required"].value

    assert needed == pytest.approx(math.ceil(4 * z**2 * 4.0) / (1.0 - diversity), abs=1)
    assert "allowing for how much they differ so far" in told(answer)["gap.required.pain"]


def test_what_is_settled_asks_for_no_trial():
    beyond = [*scores(1, 2.0, 6.0), *scores(2, 2.1, 6.0), *scores(3, 2.0, 6.1)]
    within = [row for number in (1, 2, 3) for row in scores(number, 5.0, 5.0, n=400)]

    assert told(answered(beyond)) == {}
    assert told(answered(within)) == {}


def test_one_trial_alone_is_not_simulated():
    assert set(told(answered(scores(1, 4.2, 5.2)))) == {"gap.required.pain"}


def test_without_a_difference_that_matters_nothing_can_be_planned():
    assert told(answered(OPEN, outcome(mid=None))) == {}


def test_outcomes_that_are_not_critical_are_left_out():
    rows = [*OPEN, *people(1, 20, 30)]
    held = answered(rows, outcome(importance="important"), UNSURE)

    assert set(told(held)) == {"gap.required.event"}


def test_risks_are_planned_from_the_risk_without_the_intervention():
    answer = answered([*people(1, 20, 32), *people(2, 25, 30), *people(3, 18, 31)], UNSURE)

    said = told(answer)

    assert "(50 in 1,000)" in said["gap.required.event"]
    assert "the risk with placebo is 155 in 1,000 as here" in said["gap.required.event"]
    risk, other = 0.155, 0.105
    mean = (risk + other) / 2
    z = float(normal_quantile(0.975) + normal_quantile(0.8))
    assert answer.trace["plan.event.required"].value == math.ceil(
        4 * z**2 * mean * (1 - mean) / 0.05**2
    )


def test_models_of_counts_are_not_simulated():
    rows = [*people(1, 20, 32), *people(2, 25, 30)]
    plan = ComparisonPlan(
        id="event", outcome="event", measure="RR", model={"method": "MH", "test": "z"}
    )
    base = evidence([trial(1), trial(2)], rows, UNSURE)
    asked = base.question.model_copy(update={"comparisons": (plan,)})

    answer = weigh.answer_question(replace(base, question=asked))

    assert set(told(answer)) == {"gap.required.event"}


def test_the_same_folder_gives_the_same_size_and_every_number_leads_back():
    one, other = answered(OPEN), answered(OPEN)

    assert one.to_dict() == other.to_dict()
    for gap in one.gaps:
        assert orphan_numbers(gap, one.trace) == []
        assert wording_faults(gap.text) == []


def test_two_trials_that_agree_exactly_are_answered():
    """Knapp and Hartung give their pooled effect an interval of no width."""
    answer = answered([*scores(1, 4.5, 5.5), *scores(2, 4.5, 5.5)])

    (model,) = answer.comparisons[0].models
    assert "The interval is wider than ours" in model.statement.text
