"""Doses on the page: which arms count, what the curve is, and how carefully it is told."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from leading import page_that_leads_back
from making import evidence, outcome

import weigh
from weigh.errors import StatisticsError
from weigh.evidence.answer import Answer
from weigh.evidence.comparison import ArmData
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.result import Result
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Arm, Design, Participants, Study
from weigh.report.exports.word import docx
from weigh.workflow.dose_arms import DosedArm, DosedStudy, Given, contrasts

Arms = Sequence[tuple[float, float]]  # dose and mean; a dose of 0 is placebo


def study(number: int, arms: Arms, *, n: int = 50, unit: str | None = "mg", **fields) -> Study:
    held = tuple(
        Arm(
            id=f"a{index}",
            label=f"Drug X {dose:g}" if dose else "placebo",
            role="intervention" if dose else "comparator",
            intervention="Drug X" if dose else "placebo",
            dose=dose,
            unit=unit,
            n=n,
            **(fields.get("arm", {}) if dose else {}),
        )
        for index, (dose, _) in enumerate(arms)
    )
    return Study(
        id=f"s{number}",
        label=f"Study {number}",
        year=2000 + number,
        source=f"ref{number}",
        design=Design.RCT,
        population="People with Y.",
        registration=f"REG{number}",
        participants=(
            Participants(count=n * len(arms), kind="randomised", used=True, source=f"ref{number}"),
        ),
        arms=held,
    )


def scores(number: int, arms: Arms, *, sd: float = 2.0, n: int = 50) -> list[Result]:
    return [
        Result(
            study=f"s{number}",
            arm=f"a{index}",
            outcome="pain",
            timepoint="week 8",
            weeks=8,
            n=n,
            mean=mean,
            sd=sd,
            source=f"ref{number}",
        )
        for index, (_, mean) in enumerate(arms)
    ]


def answered(*trials: Arms, mid: float | None = 1.0, **fields) -> Answer:
    numbered = list(enumerate(trials, start=1))
    return weigh.answer_question(
        evidence(
            [study(number, arms, **fields) for number, arms in numbered],
            [row for number, arms in numbered for row in scores(number, arms)],
            outcome(mid=mid),
        )
    )


RISING: Arms = ((0, 6.0), (10, 5.5), (20, 5.0), (40, 4.0))
LEVEL: Arms = ((0, 6.0), (10, 4.0), (20, 4.0), (40, 4.0))


def test_a_trial_of_three_doses_has_its_curve_and_its_sentence():
    (view,) = answered(RISING).doses

    assert [point.dose.text for point in view.points] == ["10 mg", "20 mg", "40 mg"]
    assert [point.natural.estimate for point in view.points] == pytest.approx([-0.5, -1.0, -2.0])
    assert view.contrast.estimate == pytest.approx(-1.5)
    assert view.statement is not None
    assert view.statement.text.startswith("A higher dose of Drug X may lower pain: ")
    assert "at 40 mg a day, 1.50 points lower than at 10 mg on average" in view.statement.text
    assert "3 doses in 1 randomised trial, 200 people" in view.statement.text


def test_an_effect_that_every_dose_has_alike_is_none_of_dose():
    """Against placebo each dose works; a line through placebo would call that a rise."""
    (view,) = answered(LEVEL).doses

    assert view.contrast.estimate == pytest.approx(0.0, abs=1e-9)
    assert [point.natural.estimate for point in view.points] == pytest.approx([-2.0] * 3)
    assert view.statement is not None
    assert "little or no difference" in view.statement.text or "cannot tell" in view.statement.text


def test_the_curve_is_generalized_least_squares_on_the_arms():
    (view,) = answered(((0, 6.0), (10, 5.2), (20, 5.4), (40, 4.1))).doses

    y = np.array([-0.8, -0.6, -1.9])
    v = np.diag([0.08] * 3) + 0.08
    x = np.column_stack([[10.0, 20.0, 40.0], np.ones(3)])
    w = np.linalg.inv(v)
    slope, _ = np.linalg.solve(x.T @ w @ x, x.T @ w @ y)
    assert view.contrast.estimate == pytest.approx(30.0 * slope)
    se = np.sqrt(np.linalg.inv(x.T @ w @ x)[0, 0])
    assert view.contrast.ci_high - view.contrast.ci_low == pytest.approx(2 * 1.959964 * 30 * se)


def test_two_placebo_groups_of_a_trial_are_one():
    arms: Arms = ((0, 6.2), (0, 5.8), (10, 5.5), (20, 5.0), (40, 4.0))

    (view,) = answered(arms).doses

    assert [point.natural.estimate for point in view.points] == pytest.approx([-0.5, -1.0, -2.0])
    assert view.n.text == "250"


def test_a_comparator_that_got_a_dose_is_no_zero():
    trial = study(1, RISING)
    dosed = trial.model_copy(
        update={"arms": (trial.arms[0].model_copy(update={"dose": 5.0}), *trial.arms[1:])}
    )

    assert weigh.answer_question(evidence([dosed], scores(1, RISING), outcome())).doses == ()


def test_two_doses_are_no_curve():
    assert answered(RISING[:3]).doses == ()


def test_doses_of_several_trials_lie_on_one_curve_and_are_trusted_less():
    answer = answered(RISING[:2], (RISING[0], RISING[2]), (RISING[0], RISING[3]))
    (view,) = answer.doses
    (comparison,) = answer.comparisons
    assert comparison.certainty is not None

    assert view.rating.lowered
    assert view.rating.level.rank == max(comparison.certainty.rating.rank - 1, 1)
    assert any("between trials" in caution.text for caution in view.cautions)
    assert view.method == "REML"


def test_doses_within_one_trial_are_rated_as_the_outcome_is():
    answer = answered(RISING)
    (comparison,) = answer.comparisons
    assert comparison.certainty is not None

    assert not answer.doses[0].rating.lowered
    assert answer.doses[0].rating.level is comparison.certainty.rating


def test_another_unit_is_another_curve():
    """Milligrams and drops cannot be laid on one axis."""
    rows = [row for number in (1, 2) for row in scores(number, RISING)]
    studies = [study(1, RISING), study(2, RISING, unit="drops")]

    views = weigh.answer_question(evidence(studies, rows, outcome())).doses

    assert {view.unit for view in views} == {"mg", "drops"}
    assert len({view.id for view in views}) == 2


def test_what_was_swallowed_says_nothing_of_what_was_injected():
    rows = [row for number in (1, 2) for row in scores(number, RISING[:3])]
    studies = [
        study(1, RISING[:3], arm={"given_as": "supplement"}),
        study(2, ((0, 6.0), (30, 4.0), (40, 4.0)), arm={"given_as": "injection"}),
    ]

    assert weigh.answer_question(evidence(studies, rows, outcome())).doses == ()


def happened(number: int, events: Sequence[int], *, total: int) -> list[Result]:
    """Rows of events of a trial, arm by arm."""
    return [
        Result(
            study=f"s{number}",
            arm=f"a{index}",
            outcome="event",
            timepoint="week 8",
            weeks=8,
            events=count,
            total=total,
            source=f"ref{number}",
        )
        for index, count in enumerate(events)
    ]


def test_events_have_a_curve_of_ratios():
    trial = study(1, RISING, n=200)
    rows = happened(1, (60, 50, 40, 20), total=200)

    (view,) = weigh.answer_question(
        evidence([trial], rows, outcome(kind="dichotomous", mid=0.05, outcome_id="event"))
    ).doses

    assert view.statement is not None
    assert "at 40 mg a day, risk ratio 0." in view.statement.text
    assert "against 10 mg" in view.statement.text
    assert view.points[0].natural.estimate == pytest.approx(np.exp(view.line[0][1]))


def test_an_arm_without_an_event_does_not_end_the_answer():
    trial = study(1, RISING, n=100)
    rows = happened(1, (6, 5, 2, 0), total=100)

    (view,) = weigh.answer_question(
        evidence([trial], rows, outcome(kind="dichotomous", mid=0.05, outcome_id="event"))
    ).doses

    assert all(np.isfinite(step).all() for step in np.array(view.line))


def test_arms_without_any_spread_are_left_off_the_curve():
    """A risk difference between groups without events has a variance of 0."""
    rows = [*happened(1, (0, 0, 0, 0), total=100), *happened(2, (9, 8, 6, 3), total=100)]
    base = evidence(
        [study(1, RISING, n=100), study(2, RISING, n=100)],
        rows,
        outcome(kind="dichotomous", mid=0.05, outcome_id="event"),
    )
    plan = ComparisonPlan(id="event", outcome="event", measure="RD", studies=("s2",))
    question = base.question.model_copy(update={"comparisons": (plan,)})

    (view,) = weigh.answer_question(replace(base, question=question)).doses

    assert {mark.study.id for mark in view.marks} == {"s2"}
    assert view.statement is not None
    assert "fewer than at 10 mg" in view.statement.text
    with pytest.raises(StatisticsError, match="no spread"):
        contrasts(silent(), "RD")


def silent() -> DosedStudy:
    """A trial in which nobody had the event."""
    trial = study(1, RISING[:2], n=100)
    none = ArmData(label="x", events=0, total=100)
    arm = DosedArm(arm=trial.arms[1], dose=10.0, cell=Quantity(text="10 mg", node="x"), data=none)
    given = Given(form=None, given_as=None, unit="mg")
    return DosedStudy(study=trial, given=given, arms=(arm,), comparator=none)


def test_every_number_of_the_curve_leads_back():
    answer = answered(RISING, LEVEL, RISING)
    told = [said for view in answer.doses for said in (view.statement, *view.cautions)]

    page = page_that_leads_back(answer, told)

    assert 'id="doses"' in page.html
    assert any(name.startswith("doses-") for name in page.plots)


def test_the_curve_travels_to_a_word_file():
    library = pytest.importorskip("docx")

    paper = library.Document(io.BytesIO(docx(answered(RISING))))

    said = [paragraph.text for paragraph in paper.paragraphs]
    assert "Doses on a curve" in said
    assert any("a higher dose" in line.lower() for line in said)
    assert any(table.cell(0, 0).text == "Dose a day" for table in paper.tables)


def test_who_asks_whether_more_does_more_gets_the_same_sentence():
    answer = answered(RISING)

    (entry,) = [entry for entry in answer.faq if entry.id == "faq.dose"]

    assert entry.question == "Does a higher dose do more?"
    assert [said.text for said in entry.answer] == [
        view.statement.text for view in answer.doses if view.statement is not None
    ]
    assert "faq.dose" not in {entry.id for entry in answered(RISING[:3]).faq}


def test_the_same_folder_gives_the_same_bytes():
    assert answered(RISING, LEVEL).to_dict() == answered(RISING, LEVEL).to_dict()
