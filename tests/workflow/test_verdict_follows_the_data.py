"""The verdict follows from the folder by rules: change the folder, and it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from making import evidence, outcome, trial

import weigh
from weigh.answer.verdict import decide
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias
from weigh.evidence.result import Result
from weigh.evidence.study import Allocation, Design, Funding, Study
from weigh.evidence.trace import TraceBuilder
from weigh.folder import example_folders
from weigh.workflow.grading import comparisons

DOMAINS = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "measurement_of_outcome",
    "selection_of_reported_result",
)


def rows(study: Study, mean_x: float, mean_c: float, sd: float = 2.0) -> list[Result]:
    return [
        Result(
            study=study.id,
            arm=arm,
            outcome="pain",
            timepoint="week 8",
            weeks=8,
            n=study.participants[0].count // 2,
            mean=mean,
            sd=sd,
            source=study.source,
        )
        for arm, mean in (("x", mean_x), ("c", mean_c))
        if any(held.id == arm for held in study.arms)
    ]


def judged(studies: list[Study], judgement: str = "low") -> tuple[RiskOfBias, ...]:
    return tuple(
        RiskOfBias(
            study=study.id,
            tool="rob2",
            version="2019",
            domain=domain,
            judgement=judgement,
            support="As the report says.",
            source=study.source,
        )
        for study in studies
        for domain in DOMAINS
    )


def large_and_sound() -> Evidence:
    """Six independent, registered, publicly paid trials of 600 people that agree."""
    studies = [
        trial(number, people=600, funding=Funding(kind="public", source=f"ref{number}"))
        for number in range(1, 7)
    ]
    results = [
        row for index, study in enumerate(studies) for row in rows(study, 3.0 + 0.05 * index, 4.6)
    ]
    return evidence(studies, results, outcome(mid=1.0), risk_of_bias=judged(studies))


def decided(held: Evidence):
    return decide(comparisons(held, TraceBuilder()))


@pytest.fixture(scope="module")
def vitamin_k() -> Evidence:
    return weigh.load(example_folders()[0])


def test_a_large_sound_independent_body_of_trials_is_of_high_certainty():
    decision = decided(large_and_sound())

    assert (decision.direction, decision.certainty) == ("benefit", CertaintyLevel.HIGH)


def test_high_risk_of_bias_lowers_it():
    held = large_and_sound()
    biased = replace(held, risk_of_bias=judged(list(held.studies), "high"))

    assert decided(biased).certainty.rank < CertaintyLevel.HIGH.rank


def test_without_a_control_group_nothing_can_be_told():
    studies = [trial(number, design=Design.BEFORE_AFTER, people=600) for number in range(1, 7)]
    results = [row for study in studies for row in rows(study, 3.0, 4.6)]

    decision = decided(evidence(studies, results, outcome(mid=1.0)))

    assert (decision.direction, decision.certainty) == ("unclear", CertaintyLevel.VERY_LOW)


def test_a_reviewer_can_override_a_domain_and_both_ratings_are_kept():
    override = CertaintyOverride(
        comparison="pain",
        domain="indirectness",
        levels=-1,
        reason="All trials took place in hospital.",
        by="A. Reviewer",
    )
    held = replace(large_and_sound(), overrides=(override,))

    (compared,) = comparisons(held, TraceBuilder())
    (domain,) = [d for d in compared.certainty.domains if d.domain == "indirectness"]

    assert compared.certainty.rating is CertaintyLevel.MODERATE
    assert (domain.levels, domain.computed_levels, domain.by) == (-1, 0, "A. Reviewer")
    assert "in hospital" in domain.reason.text


def test_designs_are_never_pooled_together():
    sound = large_and_sound()
    other = trial(7, design=Design.BEFORE_AFTER, people=600)
    mixed = replace(
        sound,
        studies=(*sound.studies, other),
        results=(*sound.results, *rows(other, 1.0, 4.6)),
    )

    found = comparisons(mixed, TraceBuilder())

    assert {c.design: len(c.all_studies) for c in found} == {
        Allocation.RANDOMISED: 6,
        Allocation.UNCONTROLLED: 1,
    }


def test_vitamin_k_is_unclear_at_very_low_certainty(vitamin_k):
    decision = decided(vitamin_k)

    assert (decision.direction, decision.certainty) == ("unclear", CertaintyLevel.VERY_LOW)
    assert [c.design for c in decision.leading] == [Allocation.RANDOMISED]


def test_without_the_randomised_trial_no_claim_rests_on_one(vitamin_k):
    fewer = replace(
        vitamin_k,
        studies=tuple(s for s in vitamin_k.studies if s.id != "mehta-2021"),
        results=tuple(r for r in vitamin_k.results if r.study != "mehta-2021"),
    )
    found = comparisons(fewer, TraceBuilder())

    led = decide(found).leading
    assert all(c.design is Allocation.UNCONTROLLED for c in led)
    assert not any("randomised trial" in c.statement.text for c in found if c.direct)


def test_vitamin_k_grows_certain_once_its_trials_are_large_sound_and_independent(vitamin_k):
    """The same question with other trials: nothing about the answer is fixed in the program."""
    sound = large_and_sound()
    studies = tuple(
        study.model_copy(
            update={
                "arms": tuple(
                    arm.model_copy(update={"form": "mk-7" if arm.id == "x" else None})
                    for arm in study.arms
                )
            }
        )
        for study in sound.studies
    )
    results = tuple(
        row.model_copy(
            update={
                "outcome": "symptoms",
                "mean": 3.0 if row.arm == "x" else 6.0,
            }
        )
        for row in sound.results
    )
    other = replace(
        vitamin_k,
        studies=studies,
        results=results,
        risk_of_bias=sound.risk_of_bias,
        trust=(),
        references=sound.references,
    )

    decision = decided(other)

    assert (decision.direction, decision.certainty) == ("benefit", CertaintyLevel.HIGH)


def test_a_folder_without_studies_has_no_evidence():
    decision = decided(evidence([], []))

    assert (decision.direction, decision.certainty) == ("unclear", CertaintyLevel.NO_EVIDENCE)
    assert decision.leading == ()
