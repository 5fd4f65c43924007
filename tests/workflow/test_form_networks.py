"""Forms on the page compared through a network: which trials count, how carefully it is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from leading import page_that_leads_back
from making import evidence, outcome

import weigh
from weigh.evidence.answer import Answer
from weigh.evidence.question import Concept, Form, Question
from weigh.evidence.result import Result
from weigh.evidence.study import Arm, Design, Participants, Study
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.form_networks import form_networks
from weigh.workflow.grading import comparisons as make_comparisons

#: A form (or None for placebo), mean (or events).
Arms = Sequence[tuple[str | None, float]]
FORMS = (
    Form(id="citrate", name="the citrate"),
    Form(id="oxide", name="the oxide"),
    Form(id="malate", name="the malate"),
)
PAIN = outcome(mid=0.5)
EVENT = outcome(kind="dichotomous", mid=0.05, outcome_id="event")


def study(number: int, arms: Arms, *, n: int = 60, design: Design = Design.RCT) -> Study:
    return Study(
        id=f"s{number}",
        label=f"Study {number}",
        year=2000 + number,
        source=f"ref{number}",
        design=design,
        population="People with Y.",
        registration=f"REG{number}",
        participants=(
            Participants(count=n * len(arms), kind="randomised", used=True, source=f"ref{number}"),
        ),
        arms=tuple(
            Arm(
                id=f"a{index}",
                label=form or "placebo",
                role="comparator" if form is None else "intervention",
                intervention="placebo" if form is None else "Drug X",
                form=None if form in (None, "unknown") else form,
                n=n,
            )
            for index, (form, _) in enumerate(arms)
        ),
    )


def rows(number: int, arms: Arms, measured, *, n: int = 60) -> list[Result]:
    shared = {"timepoint": "week 8", "weeks": 8, "source": f"ref{number}", "study": f"s{number}"}
    values = (
        [{"n": n, "mean": value, "sd": 2.0} for _, value in arms]
        if measured.kind == "continuous"
        else [{"events": int(value), "total": n} for _, value in arms]
    )
    return [
        Result(arm=f"a{index}", outcome=measured.id, **shared, **value)
        for index, value in enumerate(values)
    ]


def folder(*trials: Arms, measured=PAIN, forms=FORMS, n: int = 60, **fields):
    question = Question(
        id="x-for-y",
        title="Does Drug X help with Y?",
        searched="2026-11-01",
        population=Concept(name="people with Y"),
        intervention=Concept(name="Drug X"),
        comparator=Concept(name="placebo"),
        forms=forms,
        outcomes=(measured,),
    )
    numbered = list(enumerate(trials, start=1))
    return evidence(
        [study(number, arms, n=n, **fields) for number, arms in numbered],
        [row for number, arms in numbered for row in rows(number, arms, measured, n=n)],
        question=question,
    )


def networks(held):
    trace = TraceBuilder()
    return form_networks(held, make_comparisons(held, trace), trace)


def row_of(answer: Answer) -> list[str]:
    (found,) = [row for row in answer.forms.rows if row.label.startswith("Form against form")]
    return [" ".join(s.text for s in cell.statements) or f"[{cell.empty}]" for cell in found.cells]


CITRATE: Arms = (("citrate", 4.0), (None, 6.0))
OXIDE: Arms = (("oxide", 5.5), (None, 6.0))
HEAD: Arms = (("citrate", 4.2), ("oxide", 5.4))


def test_two_forms_against_placebo_are_compared_through_it():
    (network,) = networks(folder(CITRATE, OXIDE))
    (one,) = network.contrasts

    assert one.estimate == pytest.approx(-1.5)
    # Four groups of 60 with an SD of 2.
    assert one.ci_high - one.ci_low == pytest.approx(2 * 1.959964 * np.sqrt(4 * 4.0 / 60))
    assert one.direct.text == "0"
    assert network.through == ("placebo",)
    assert network.disagreement is None


def test_the_page_says_so_and_trusts_it_less():
    answer = weigh.answer_question(folder(CITRATE, OXIDE))
    first, second, third = row_of(answer)
    (comparison,) = answer.comparisons

    assert "the citrate rather than the oxide" in first.lower()
    assert "1.50 points lower on average" in first
    assert "no trial compared the two directly" in first
    assert "The network has 2 randomised trials with 240 people, through placebo" in first
    assert second == "[Compared under the citrate]"
    assert third == "[Not connected with the others through trials]"
    node = answer.trace.nodes["forms.pain.citrate.oxide.certainty"]
    assert node.function.startswith("high, less: ")
    assert "no trial compares the two -1" in node.function
    assert comparison.certainty.node in node.inputs


def test_a_trial_of_one_form_against_the_other_counts_and_closes_the_loop():
    (network,) = networks(folder(CITRATE, OXIDE, HEAD))
    (one,) = network.contrasts

    fit = weigh.network(
        ["1", "2", "3"], ["c", "o", "c"], ["p", "p", "o"], [-2.0, -0.5, -1.2], [8 / 60] * 3,
        reference="p",
    )  # fmt: skip
    expected = fit.league()["c", "o"]
    assert [one.estimate, one.ci_low] == pytest.approx([expected.estimate, expected.ci_low])
    assert one.direct.text == "1"
    assert network.disagreement is not None
    text = row_of(weigh.answer_question(folder(CITRATE, OXIDE, HEAD)))[0]
    assert "1 trial compared the two directly" in text
    assert "Test that trials of different designs agree: p = " in text


def test_disagreeing_designs_lower_the_certainty():
    node = "forms.pain.citrate.oxide.certainty"
    calm, apart = (
        weigh.answer_question(folder(CITRATE, OXIDE, head, n=150)).trace.nodes[node].function
        for head in (HEAD, (("citrate", 6.5), ("oxide", 3.5)))
    )

    assert "disagree" not in calm
    assert "trials of different designs disagree -1" in apart


def test_every_pair_of_three_forms_stands_once():
    answer = weigh.answer_question(folder(CITRATE, OXIDE, (("malate", 5.0), (None, 6.0))))
    first, second, third = row_of(answer)

    assert first.lower().count(" rather than ") == 2
    assert second.lower().count("the oxide rather than the malate") == 1
    assert third == "[Compared under the citrate and the oxide]"


def test_people_of_a_crossover_trial_count_once():
    held = folder(CITRATE, OXIDE, design=Design.CROSSOVER_RCT)

    assert networks(held)[0].n.text == "120"
    assert "periods of crossover trials" in row_of(weigh.answer_question(held))[0]


def test_events_are_compared_as_risk_ratios():
    held = folder((("citrate", 6), (None, 12)), (("oxide", 11), (None, 12)), measured=EVENT)

    (one,) = networks(held)[0].contrasts

    assert one.estimate == pytest.approx(np.log(6 / 12) - np.log(11 / 12))
    assert one.natural.estimate == pytest.approx(6 / 11)
    assert "risk ratio 0.55 (95% CI" in row_of(weigh.answer_question(held))[0]


@pytest.mark.parametrize(
    "held",
    [
        folder(CITRATE, CITRATE),
        folder(CITRATE, (("unknown", 5.0), (None, 6.0))),
        folder(CITRATE, OXIDE, design=Design.COHORT),
        folder(CITRATE),
    ],
)
def test_there_is_no_network_without_two_forms_that_randomised_trials_connect(held):
    assert networks(held) == ()
    assert not any(
        row.label.startswith("Form against") for row in weigh.answer_question(held).forms.rows
    )


def test_a_form_is_not_compared_with_the_group_that_it_is_part_of():
    forms = (Form(id="salt", name="salts"), Form(id="citrate", name="the citrate", part_of="salt"))

    assert networks(folder(CITRATE, (("salt", 5.0), (None, 6.0)), forms=forms)) == ()


def test_every_number_has_its_trace_and_no_claim_says_too_much():
    answer = weigh.answer_question(folder(CITRATE, OXIDE, HEAD))

    said = [
        statement
        for row in answer.forms.rows
        for cell in row.cells
        for statement in cell.statements
        if "network" in statement.id
    ]
    assert len(said) == 2
    page = page_that_leads_back(answer, said)
    assert "Form against form" in page.html
    assert "forms-pain" in page.plots
    (held,) = answer.to_dict()["form_networks"]
    assert held["edges"] == [
        {"between": ["The citrate", "The oxide"], "trials": 1},
        {"between": ["The citrate", "Placebo"], "trials": 1},
        {"between": ["The oxide", "Placebo"], "trials": 1},
    ]
    assert held["contrasts"][0]["form"] == "citrate"
