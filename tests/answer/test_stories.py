"""Study by study: what was done, what was found, what to beware of."""

from __future__ import annotations

import pytest
from brine import BRINE, PAIN, QUESTION, WATER, folder, row, study
from orphans import orphan_numbers, wording_faults

from weigh.answer.designs import design_words
from weigh.answer.stories import tell_studies
from weigh.evidence.answer import StudyStory
from weigh.evidence.comparison import ArmData, Comparison, Natural, NotEstimable, StudyEffect
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import TrustCheck
from weigh.evidence.question import ComparisonPlan
from weigh.evidence.statement import Phrase
from weigh.evidence.study import (
    Allocation,
    Design,
    Directness,
    Fact,
    Funding,
    Interest,
    Participants,
)
from weigh.evidence.trace import TraceBuilder


def story(evidence: Evidence, comparisons: tuple[Comparison, ...] = ()) -> StudyStory:
    """Tell the first study, with every sentence checked for orphan numbers and for its grammar."""
    trace = TraceBuilder()
    if comparisons:
        for node in ("e", "low", "high"):
            trace.datum(node, node, 1.0, of=row(), column="effect")
    told = tell_studies(evidence, comparisons, {}, trace)[0]
    for statement in (*told.done, *told.found, *told.cautions):
        assert orphan_numbers(statement, trace) == []
        assert wording_faults(statement.text) == []
    return told


def texts(statements) -> list[str]:
    return [statement.text for statement in statements]


def test_what_was_done_is_told_from_the_data():
    told = story(
        folder(
            studies=(
                study(
                    blinding="double-blind",
                    country="USA",
                    follow_up_weeks=12.0,
                    design_note="Two centres.",
                    participants=(
                        Participants(count=30, kind="screened", source="lee2020"),
                        Participants(count=22, kind="randomised", source="lee2020"),
                    ),
                    notes=(Fact(text="Feet were washed.", source="lee2020"),),
                ),
            )
        )
    )

    assert texts(told.done) == [
        "Lee 2020, in the USA, was a double-blind randomised trial. Two centres.",
        "22 people were randomised (30 screened). Who took part: adults with cold feet.",
        "One group was given B-2 tablets (200 mg a day, by mouth, for 8 weeks; 10 people); the "
        "other, tap water (12 people).",
        "People were followed for 12 weeks.",
        "Registered as NCT01.",
        "Feet were washed.",
    ]


def test_statement_ids_name_the_study_and_the_part():
    told = story(folder())

    assert told.done[0].id == "story.lee-2020.done.1"
    assert told.cautions[0].id == "story.lee-2020.caution.1"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"design": Design.CROSSOVER_RCT, "pilot": True}, "a randomised crossover pilot trial"),
        (
            {"design": Design.BEFORE_AFTER, "blinding": "open-label"},
            "an open-label before-and-after study without a control group",
        ),
        ({"design": Design.NON_RANDOMISED}, "a controlled study without randomisation"),
        ({"design": Design.CROSS_SECTIONAL}, "a cross-sectional study"),
    ],
)
def test_a_trial_is_called_so_only_where_the_allotment_was_controlled(fields, words):
    assert design_words(study(**fields)) == words


def test_a_crossover_gives_everyone_both():
    told = story(folder(studies=(study(design=Design.CROSSOVER_RCT, arms=(BRINE, WATER)),)))

    assert told.done[2].text == (
        "Everyone was given, in random order: B-2 tablets (200 mg a day, by mouth, for 8 weeks; "
        "10 people); tap water (12 people)."
    )


def test_a_schedule_that_tells_the_weeks_is_not_told_twice():
    arm = BRINE.model_copy(update={"schedule": "by mouth for 8 weeks", "n": None})
    told = story(folder(studies=(study(arms=(arm,)),)))

    assert told.done[2].text == (
        "Everyone was given B-2 tablets (200 mg a day, by mouth for 8 weeks)."
    )


def test_two_arms_measured_at_the_same_times_stand_side_by_side():
    evidence = folder(
        results=(
            row(arm="brine", timepoint="baseline", weeks=0.0, mean=7.0, sd=1.5, n=10),
            row(arm="water", timepoint="baseline", weeks=0.0, mean=7.5, sd=1.0, n=12),
            row(arm="brine", mean=4.0, sd=2.0, n=9),
            row(arm="water", mean=6.0, sd=2.5, n=12),
        )
    )

    assert texts(story(evidence).found) == [
        "Pain in the feet (visual analogue scale [VAS], 0 to 10): at baseline, an average of 7 "
        "points with brine (SD 1.5; 10 people) and an average of 7.5 points with water (SD 1; 12 "
        "people); at week 8, an average of 4 points with brine (SD 2; 9 people) and an average of "
        "6 points with water (SD 2.5; 12 people)."
    ]


def test_ranges_and_rounded_figures_are_told_as_printed():
    evidence = folder(
        results=(
            row(timepoint="baseline", weeks=0.0, min=6.0, max=8.0, subgroup="old"),
            row(timepoint="baseline", weeks=0.0, min=8.0, max=9.0, subgroup="young"),
            row(mean=2.0, qualifier="about"),
            row(
                timepoint="week 12 (4 weeks after stopping)",
                weeks=12.0,
                min=1.0,
                max=2.0,
                qualifier="range-of-means",
                p=0.0001,
                p_relation="<",
                note="Given for both groups.",
            ),
        )
    )

    assert texts(story(evidence).found) == [
        "Pain in the feet (visual analogue scale [VAS], 0 to 10) with brine: at baseline, 6 to 8 "
        "points in older people and 8 to 9 points in younger people; at week 8, an average of "
        "about 2 points; at week 12 (4 weeks after stopping), averages of 1 to 2 points "
        "(p <0.0001; given for both groups)."
    ]


def test_a_second_report_is_told_apart_and_named_as_second_hand():
    evidence = folder(
        results=(
            row(mean=2.0),
            row(min=1.0, max=2.0, source="news2020", note="From a paper. In brief."),
            row(
                arm="water",
                min=8.0,
                max=9.0,
                timepoint="throughout",
                source="news2020",
                direction="unchanged",
                note="From a paper.",
            ),
        )
    )
    told = story(evidence)

    assert texts(told.found) == [
        "Pain in the feet (visual analogue scale [VAS], 0 to 10) with brine: at week 8, an average "
        "of 2 points.",
        "Pain in the feet with brine, by a secondary source (Salt News [a trade paper]): at week "
        "8, 1 to 2 points (from a paper; in brief).",
        "Pain in the feet with water, by a secondary source (Salt News [a trade paper]): "
        "throughout, 8 to 9 points, unchanged (from a paper).",
    ]
    assert "Some of its figures come second-hand, from Salt News (a trade paper)." in texts(
        told.cautions
    )


def test_a_direction_without_a_figure_is_told_as_such():
    evidence = folder(
        results=(
            row(direction="lower", n=10),
            row(arm="brine", versus="water", direction="lower", timepoint="end of study"),
        )
    )

    assert texts(story(evidence).found) == [
        "Pain in the feet (visual analogue scale [VAS], 0 to 10) with brine: at week 8, lower than "
        "at the start (no figure seen; 10 people).",
        "Pain in the feet, brine against water, at the end of the study: lower with brine (no "
        "figure seen).",
    ]


def test_a_printed_contrast_keeps_its_interval_and_p_value():
    evidence = folder(
        results=(
            row(versus="water", effect=-2.67, measure="MD", ci_low=-2.86, ci_high=-2.49, p=0.03),
        )
    )

    assert texts(story(evidence).found) == [
        "Pain in the feet (visual analogue scale [VAS], 0 to 10), brine against water, at week 8: "
        "mean difference −2.67 points as printed (95% CI −2.86 to −2.49; p = 0.03)."
    ]


def test_people_with_an_event_are_told_out_of_how_many():
    evidence = folder(results=(row(outcome="rash", events=1, total=10),))

    assert texts(story(evidence).found) == ["Rash with brine: at week 8, 1 of 10 people."]


def test_an_outcome_without_a_result_is_told_as_not_read():
    evidence = folder(results=(row(),))

    assert texts(story(evidence).found)[0].endswith("measured, but the result could not be read.")


def comparison(**fields) -> Comparison:
    plain = {
        "id": "pain",
        "label": "Pain",
        "plan": ComparisonPlan(id="pain", outcome="pain"),
        "outcome": PAIN,
        "comparator": "tap water",
        "design": Allocation.RANDOMISED,
        "measure": "MD",
        "k": 1,
        "n": 22,
        "people": 22,
        "studies": (),
        "nodes": {},
    }
    return Comparison(**{**plain, **fields})


def test_the_effect_worked_out_stands_behind_the_figures():
    effect = StudyEffect(
        study=study(),
        yi=-2.0,
        vi=0.25,
        ci_low=-3.0,
        ci_high=-1.0,
        natural=Natural(
            estimate=-2.0,
            ci_low=-3.0,
            ci_high=-1.0,
            nodes={"estimate": "e", "ci_low": "low", "ci_high": "high"},
        ),
        n=22,
        intervention=ArmData(label="brine"),
        timepoint="week 8",
        nodes={"yi": "e"},
    )
    told = story(folder(results=(row(mean=4.0),)), (comparison(studies=(effect,)),))

    assert told.found[-1].text == (
        "Worked out here, against tap water (week 8): mean difference −2.00 points (95% CI −3.00 "
        "to −1.00)."
    )


def test_an_instrument_that_repeats_the_outcome_is_told_by_its_abbreviation():
    score = PAIN.model_copy(
        update={"name": "Cold Feet Score", "instrument": "Cold Feet Score (CFS)"}
    )
    question = QUESTION.model_copy(update={"outcomes": (score,)})
    told = story(folder(question=question, results=(row(mean=2.0, note="Of 9 (nine) toes."),)))

    assert texts(told.found) == [
        "Cold Feet Score (CFS, 0 to 10) with brine: at week 8, an average of 2 points (of 9 [nine] "
        "toes)."
    ]


def test_several_countries_get_their_articles():
    told = story(folder(studies=(study(country="Canada, USA and United Kingdom"),)))

    assert told.done[0].text == (
        "Lee 2020, in Canada, the USA and the United Kingdom, was a randomised trial."
    )


def test_why_no_effect_could_be_worked_out_is_told():
    silent = NotEstimable(
        study=study(), n=22, reason=Phrase(text="the reports give no spread"), nodes={}
    )
    told = story(folder(results=(row(mean=4.0),)), (comparison(not_estimable=(silent,)),))

    assert told.found[-1].text == (
        "No effect can be worked out for pain in the feet: the reports give no spread."
    )


def test_a_study_without_a_control_group_cannot_show_a_cause():
    told = story(folder(studies=(study(design=Design.BEFORE_AFTER, arms=(BRINE,)),)))

    assert told.cautions[0].text == (
        "Without a control group it cannot show that brine caused a change: people also change on "
        "their own, with other care, and because they expect to."
    )


def test_cautions_name_plan_money_ties_and_what_was_not_seen():
    told = story(
        folder(
            studies=(
                study(
                    registration=None,
                    pilot=True,
                    funding=Funding(kind="not-reported", source="lee2020"),
                    interests=(
                        Interest(
                            kind="employment",
                            party="Salt Inc",
                            text="Two authors sell salt.",
                            source="lee2020",
                        ),
                    ),
                    missing=("how many people dropped out", "a registration number"),
                ),
            )
        )
    )

    assert texts(told.cautions) == [
        "It is called a pilot, made to prepare a larger trial rather than to settle the question.",
        "No registration was seen, so a change of plan along the way would not show.",
        "Who paid for it was not reported.",
        "Two authors sell salt (Salt Inc).",
        "Nothing was seen on adverse events.",
        "Not found in what could be read: how many people dropped out.",
    ]


def test_two_reports_that_count_differently_are_both_told():
    told = story(
        folder(
            studies=(
                study(
                    participants=(
                        Participants(
                            count=20,
                            kind="enrolled",
                            used=True,
                            reason="It is the paper itself.",
                            source="lee2020",
                        ),
                        Participants(count=70, kind="enrolled", source="news2020"),
                    )
                ),
            ),
            trust=(
                TrustCheck(
                    study="lee-2020",
                    check="reports-agree",
                    finding="concern",
                    text="They do not agree.",
                    source="news2020",
                ),
                TrustCheck(
                    study="lee-2020",
                    check="plausible-numbers",
                    finding="serious",
                    text="A spread of -1 cannot be.",
                    source="lee2020",
                ),
            ),
        )
    )

    assert texts(told.cautions)[:2] == [
        "Reports disagree on how many people were enrolled: 20 in Journal of Feet and 70 in Salt "
        "News (a trade paper). The answer goes by 20. It is the paper itself.",
        "A spread of −1 cannot be.",
    ]


def test_an_indirect_study_says_in_what_it_differs():
    told = story(
        folder(
            studies=(
                study(
                    directness=Directness(
                        level="indirect",
                        differs_in=("population", "outcome"),
                        reason="People with warm feet (mostly).",
                    )
                ),
            )
        )
    )

    assert told.cautions[0].text == (
        "Indirect: it differs from the question in population and outcome (people with warm feet "
        "[mostly])."
    )


def test_an_excluded_study_says_why():
    told = story(folder(studies=(study(excluded="Retracted in 2021."),)))

    assert told.cautions[0].text == "It enters no comparison: Retracted in 2021."


def test_studies_that_fit_come_first_then_by_year():
    studies = (
        study(id="c", label="C 2001", year=2001, directness=Directness(level="mechanistic")),
        study(id="b", label="B 2002", year=2002, directness=Directness(level="indirect")),
        study(id="a", label="A 2022", year=2022),
        study(id="d", label="D 2020", year=2020),
    )
    told = tell_studies(folder(studies=studies), (), {}, TraceBuilder())

    assert [one.study.id for one in told] == ["d", "a", "b", "c"]
