"""Risks: dangers first, doses against doses, and silence told as a gap."""

from __future__ import annotations

import pytest
from orphans import orphan_numbers, wording_faults

from weigh.evidence.folder import Evidence
from weigh.evidence.question import Concept, Form, Outcome, Question
from weigh.evidence.reference import Name, Reference
from weigh.evidence.result import Result
from weigh.evidence.safety import AdverseEffect, Contraindication, Interaction, Safety
from weigh.evidence.study import Arm, Design, Directness, Fact, Participants, Study
from weigh.evidence.trace import TraceBuilder
from weigh.safety import safety, upper_bound_of_zero

QUESTION = Question(
    id="q",
    title="Does brine help cold feet?",
    searched="2026-01-31",
    population=Concept(name="people with cold feet"),
    intervention=Concept(name="brine"),
    comparator=Concept(name="tap water"),
    outcomes=(
        Outcome(
            id="warmth",
            name="Warmth",
            plain="warmth of the feet",
            kind="continuous",
            better="higher",
            importance="critical",
        ),
        Outcome(
            id="rash",
            name="Rash",
            plain="the risk of a rash",
            kind="dichotomous",
            better="lower",
            importance="critical",
            role="harm",
        ),
    ),
    forms=(Form(id="b-2", name="B-2"), Form(id="b-4", name="B-4")),
)

SAFETY = Safety(
    interactions=(
        Interaction(
            id="soap",
            **{"with": "soap"},
            severity="note",
            text="Soap takes the salt away.",
            source="may2019",
        ),
        Interaction(
            id="water-40",
            **{"with": "aquaretic", "class": "water tablets"},
            severity="caution",
            forms=("b-2",),
            doses=(40,),
            unit="mg",
            text="B-2 at 40 mg a day held the water back.",
            population="9 volunteers",
            advice="Avoid B-2.",
            source="lee2020",
            quote="held back water.",
        ),
        Interaction(
            id="water-10-20",
            **{"with": "aquaretic", "class": "water tablets"},
            severity="danger",
            forms=("b-2",),
            doses=(20, 10),
            unit="mg",
            text="B-2 dried out 4 of 9 people at 10 mg a day.",
            advice="Avoid B-2.",
            source="lee2020",
        ),
        Interaction(
            id="water-b4",
            **{"with": "water tablets", "class": "water tablets"},
            severity="note",
            forms=("b-4",),
            doses=(5,),
            unit="mg",
            no_effect=True,
            text="B-4 did nothing",
            source="lee2020",
        ),
    ),
    contraindications=(
        Contraindication(
            id="heart",
            who="people with a weak heart",
            severity="danger",
            text="Salt is a burden to them.",
            source="may2019",
        ),
    ),
    adverse_effects=(
        AdverseEffect(id="thirst", text="Thirst was common.", source="may2019"),
        AdverseEffect(id="none", study="lee-2020", text="None were counted.", source="lee2020"),
    ),
)


def study(study_id: str, label: str, n: int, **more: object) -> Study:
    fields: dict[str, object] = {
        "design": Design.RCT,
        "population": "Adults with cold feet.",
        "participants": (
            Participants(count=n, kind="randomised", source=study_id.replace("-", "")),
        ),
        "arms": (
            Arm(
                id="brine",
                label="brine",
                role="intervention",
                intervention="brine by mouth",
                form="b-2",
                dose=200,
                unit="mg",
            ),
            Arm(id="water", label="water", role="comparator", intervention="tap water"),
        ),
        "follow_up_weeks": 8.0,
        **more,
    }
    return Study(
        id=study_id,
        label=label,
        year=int(label[-4:]),
        source=study_id.replace("-", ""),
        **fields,
    )


STUDIES = (
    study("lee-2020", "Lee 2020", 40),
    study(
        "orr-2021",
        "Orr 2021",
        20,
        follow_up_weeks=12.0,
        adverse_events=Fact(text="Two people felt sick.", source="orr2021"),
    ),
    study("may-2019", "May 2019", 999, directness=Directness(level="indirect")),
)


def folder(**more: object) -> Evidence:
    fields: dict[str, object] = {
        "studies": STUDIES,
        "safety": SAFETY,
        "references": (
            Reference(id="lee2020", type="article", author=(Name(family="Lee"),)),
            Reference(id="may2019", type="webpage"),
        ),
        **more,
    }
    return Evidence(name="brine", fingerprint="0", question=QUESTION, **fields)


def texts(evidence: Evidence) -> dict[str, str]:
    section = safety(evidence, (), TraceBuilder())
    hazards = [s for h in section.interactions + section.contraindications for s in h.statements]
    return {s.id: s.text for s in (*hazards, *section.adverse_effects, *section.statements)}


def test_dangers_come_first_and_a_class_is_as_grave_as_its_gravest_entry():
    section = safety(folder(), (), TraceBuilder())

    assert [(h.severity, h.headline) for h in section.interactions] == [
        ("danger", "Water tablets (aquaretic)"),
        ("note", "Soap"),
    ]


def test_findings_of_a_class_stand_by_form_and_rising_dose():
    section = safety(folder(), (), TraceBuilder())

    assert [s.id for s in section.interactions[0].statements] == [
        "safety.interaction.water-b4",
        "safety.interaction.water-10-20",
        "safety.interaction.water-40",
        "safety.doses.water-tablets.b-4",
        "safety.doses.water-tablets.b-2",
        "safety.dose.water-tablets.b-2.200",
    ]


def test_a_finding_says_in_whom_in_which_words_and_what_its_authors_advise():
    """Advice that two findings of one source lead to stands once, behind the last of them."""
    told = texts(folder())

    assert told["safety.interaction.water-40"] == (
        "B-2 at 40 mg a day held the water back. Seen with aquaretic, in 9 volunteers. In the "
        "source's words: “held back water”. The authors advise: avoid B-2."
    )
    assert "advise" not in told["safety.interaction.water-10-20"]


def test_doses_of_a_form_are_listed_from_the_lowest():
    told = texts(folder())

    assert told["safety.doses.water-tablets.b-2"] == (
        "An effect of B-2 was reported at 10, 20 and 40 mg a day."
    )
    assert told["safety.doses.water-tablets.b-4"] == (
        "No effect of B-4 was reported at 5 mg a day."
    )


def test_the_studies_dose_is_set_against_the_lowest_dose_with_an_effect():
    """Only doses of the same form in studies that fit the question are compared."""
    told = texts(folder())

    assert told["safety.dose.water-tablets.b-2.200"] == (
        "The daily dose of B-2 in 2 studies of people with cold feet (Lee 2020 and Orr 2021), "
        "200 mg, is 20 times the lowest dose at which an effect was reported (10 mg a day, with "
        "aquaretic)."
    )


def test_the_ratio_is_computed_from_both_doses():
    trace = TraceBuilder()
    safety(folder(), (), trace)
    built = trace.build()

    node = "safety.ratio.water-tablets.b-2.200"
    assert built[node].value == 20
    assert {datum.value for datum in built.data(node)} == {200, 10}


def test_a_dose_below_the_threshold_is_not_called_harmless():
    arm = STUDIES[0].arms[0].model_copy(update={"dose": 5.0})
    evidence = folder(studies=(STUDIES[0].model_copy(update={"arms": (arm,)}),))

    assert texts(evidence)["safety.dose.water-tablets.b-2.5"] == (
        "The daily dose of B-2 in 1 study of people with cold feet (Lee 2020), 5 mg, is 0.5 "
        "times, and so below, the lowest dose at which an effect was reported (10 mg a day, with "
        "aquaretic); no study says that a lower dose has no effect."
    )


def test_doses_in_another_unit_or_of_another_form_are_not_compared():
    other_unit = STUDIES[0].arms[0].model_copy(update={"unit": "g"})
    other_form = STUDIES[0].arms[0].model_copy(update={"form": "b-4"})
    evidence = folder(
        studies=(
            STUDIES[0].model_copy(update={"arms": (other_unit,)}),
            STUDIES[1].model_copy(update={"arms": (other_form,)}),
        )
    )

    assert not [name for name in texts(evidence) if name.startswith("safety.dose.")]


def test_adverse_effects_are_told_study_by_study_and_once():
    told = texts(folder())

    assert told["safety.adverse.none"] == "Adverse effects in Lee 2020: none were counted."
    assert told["safety.adverse.thirst"] == "Thirst was common."
    assert told["safety.adverse.study.orr-2021"] == (
        "Adverse effects in Orr 2021: two people felt sick."
    )


def test_silence_is_a_gap_and_no_sign_of_safety():
    told = texts(folder())

    assert told["safety.gap.counts"] == (
        "None of the 2 studies of people with cold feet (Lee 2020 and Orr 2021) gives counts of "
        "people with adverse effects; that is a gap in what is known, and no sign that there were "
        "none."
    )
    assert told["safety.gap.people"] == (
        "60 people took part in these studies, and not all of them took brine; a harm that "
        "strikes fewer than about 1 in 20 people could have been missed even if every case had "
        "been counted."
    )
    assert told["safety.gap.follow-up"] == (
        "The longest follow-up was 12 weeks (Orr 2021); what happens with longer use was not "
        "studied."
    )


def test_no_event_in_so_many_people_leaves_a_rate_open():
    rows = (
        Result(
            study="lee-2020",
            arm="brine",
            outcome="rash",
            timepoint="week 8",
            weeks=8.0,
            events=0,
            total=20,
            source="lee2020",
        ),
    )
    told = texts(folder(results=rows))

    assert told["safety.zero.lee-2020.brine.rash.w8"] == (
        "Rash in Lee 2020: 0 of 20 people with brine. That leaves open a true rate of up to 14% "
        "(upper end of a one-sided 95% interval)."
    )
    assert told["safety.gap.counts"].startswith(
        "1 of the 2 studies of people with cold feet (Orr 2021) gives no counts of people"
    )


def test_the_rule_of_three_is_the_limit_of_the_bound():
    """Hanley and Lippman-Hand 1983: 0 of 1,000 leaves open 3 in 1,000."""
    assert upper_bound_of_zero(1_000) == pytest.approx(3 / 1_000, rel=0.005)
    assert (1 - upper_bound_of_zero(7)) ** 7 == pytest.approx(0.05)


def test_without_a_study_that_fits_nothing_is_known():
    told = texts(folder(studies=()))

    assert told["safety.gap.no-studies"] == (
        "No study of people with cold feet is in this evidence base, so nothing is known here of "
        "harms in them."
    )


def test_who_should_not_take_it_is_a_headline_of_its_own():
    section = safety(folder(), (), TraceBuilder())

    assert [(h.severity, h.headline) for h in section.contraindications] == [
        ("danger", "People with a weak heart")
    ]


def test_every_number_has_its_source_and_every_sentence_reads_well():
    trace = TraceBuilder()
    section = safety(folder(), (), trace)
    hazards = [s for h in section.interactions + section.contraindications for s in h.statements]
    statements = [*hazards, *section.adverse_effects, *section.statements]

    assert [fault for s in statements for fault in orphan_numbers(s, trace)] == []
    assert [fault for s in statements for fault in wording_faults(s.text)] == []
    assert len({s.id for s in statements}) == len(statements)
