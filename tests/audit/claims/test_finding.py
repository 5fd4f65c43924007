"""What counts as a claim, of which type, about what, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_articles import article_of

from weigh.audit.claims import Vocabulary, find_claims
from weigh.audit.claims.vocabulary import Term, TermKind
from weigh.evidence.claim import CausalClass, Claim, ClaimDirection, ClaimType, CueKind, FigureKind

VOCABULARY = Vocabulary(
    (
        Term(kind=TermKind.INTERVENTION, id="ginger", names=("ginger",)),
        Term(kind=TermKind.FORM, id="tea", names=("ginger tea",)),
        Term(kind=TermKind.OUTCOME, id="nausea", names=("nausea", "feeling sick")),
        Term(kind=TermKind.OUTCOME, id="pain", names=("pain",)),
        Term(kind=TermKind.POPULATION, id="pregnant", names=("pregnant women", "pregnancy")),
        Term(kind=TermKind.DRUG, id="warfarin", names=("warfarin",)),
    )
)


def claims_of(body: str, title: str = "Ginger") -> tuple[Claim, ...]:
    return find_claims(article_of(f"{title}\n\n{body}"), VOCABULARY)


def one(body: str) -> Claim:
    (claim,) = claims_of(body)
    return claim


@pytest.mark.parametrize(
    "sentence",
    [
        "Ginger reduces nausea.",
        "Ginger does not reduce pain.",
        "It is not known whether ginger helps.",
        "In a trial of 120 pregnant women, nausea fell by half.",
        "Ginger tea is absorbed faster than capsules.",
        "Ginger is safe in pregnancy.",
        "A typical dose is 250 mg four times a day.",
        "Nausea affects up to 80% of pregnant women.",
        "The trials were small and short.",
        "Guidelines recommend ginger for nausea in pregnancy.",
        "The short answer is a cautious yes.",
        "People on warfarin must consult a doctor, as ginger can interfere with it.",
    ],
)
def test_statements_about_the_world_are_claims(sentence):
    assert claims_of(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Does ginger reduce nausea?",
        "Talk to your doctor before you take supplements.",
        "In this article we look at the evidence.",
        "Order now and get free shipping!",
        "Last reviewed: 3 March 2024.",
        "I love the taste of it.",
        "Read on to learn more.",
        "Take two capsules with a glass of water.",
        "We hope that you enjoy our recipes.",
        "Hmm.",
    ],
)
def test_questions_advice_promises_and_words_of_the_page_are_none(sentence):
    assert claims_of(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("Ginger reduces nausea.", ClaimType.EFFICACY),
        ("Ginger is safe and well tolerated.", ClaimType.SAFETY),
        ("Ginger can cause heartburn and other side effects.", ClaimType.SAFETY),
        ("Ginger may interact with warfarin.", ClaimType.SAFETY),
        ("Ginger blocks serotonin receptors in the gut.", ClaimType.MECHANISM),
        ("Ginger works better than vitamin B6.", ClaimType.COMPARISON),
        ("The usual dose is 250 mg of dried ginger.", ClaimType.DOSE),
        ("The study was a randomised, double-blind trial of 120 women.", ClaimType.STUDY_FACT),
        ("About one in three adults has it at some time.", ClaimType.POPULATION),
        ("Guidelines recommend ginger for nausea.", ClaimType.RECOMMENDATION),
    ],
)
def test_the_type_of_a_claim(sentence, type_):
    assert one(sentence).type is type_


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("Ginger reduces nausea.", ClaimDirection.BENEFIT),
        ("Ginger improves sleep.", ClaimDirection.BENEFIT),
        ("Ginger leads to significant reductions in nausea.", ClaimDirection.BENEFIT),
        ("Ginger worsens heartburn.", ClaimDirection.HARM),
        ("Ginger increases the risk of bleeding.", ClaimDirection.HARM),
        ("Ginger does not reduce nausea.", ClaimDirection.NO_EFFECT),
        ("It is unclear whether ginger reduces nausea.", ClaimDirection.UNKNOWN),
    ],
)
def test_the_direction_of_a_claim(sentence, direction):
    assert one(sentence).direction is direction


def test_a_claim_tells_its_words_names_numbers_and_cues():
    claim = one("In one trial, ginger tea significantly reduced nausea in 120 pregnant women.")

    assert claim.interventions == ("ginger",)
    assert claim.forms == ("tea",)
    assert claim.outcomes == ("nausea",)
    assert claim.populations == ("pregnant",)
    assert [f.value for f in claim.figures_of(FigureKind.PARTICIPANTS)] == [120]
    assert {"significantly"} == {cue.text for cue in claim.cues_of(CueKind.SIZE)}
    assert (claim.relation, claim.object) == ("reduced", "nausea in 120 pregnant women")
    assert claim.places == (claim.span,)


def test_a_pronoun_is_about_what_went_before():
    article = article_of("Remedies\n\nGinger is a root. It eases nausea.")
    *_, claim = find_claims(article, VOCABULARY)

    assert claim.text == "It eases nausea"
    assert claim.interventions == ("ginger",)


def test_a_list_item_is_about_its_own_words_behind_the_lead():
    claim = one("- Calms the stomach: ginger eases nausea in pregnancy.")

    assert claim.text == "ginger eases nausea in pregnancy"


def test_a_lead_that_names_a_study_is_a_fact_about_it():
    lead, finding = claims_of("- Observational study (2013): ginger reduced nausea.")

    assert (lead.text, lead.type) == ("Observational study (2013)", ClaimType.STUDY_FACT)
    assert finding.type is ClaimType.EFFICACY


def test_a_sentence_with_two_claims_gives_two():
    first, second = claims_of("Ginger blocks serotonin receptors, which reduces nausea.")

    assert first.type is ClaimType.MECHANISM
    assert second.text == "which reduces nausea"


def test_what_a_study_was_stands_apart_from_what_it_found():
    texts = [
        (claim.type, claim.text)
        for claim in claims_of(
            "A small study of 30 patients showed that 250 mg of ginger twice daily for 8 weeks "
            "was well tolerated and reduced nausea."
        )
    ]

    assert texts[0] == (ClaimType.STUDY_FACT, "A small study of 30 patients")
    assert texts[1][0] is ClaimType.DOSE
    assert texts[2][1] == "was well tolerated and reduced nausea"


def test_words_of_others_are_marked_as_reported():
    assert one("Ginger is touted as a cure for nausea.").reported
    assert not one("Studies show that ginger reduces nausea.").reported


def test_the_same_claim_elsewhere_is_one_claim_with_its_strongest_wording():
    (claim,) = claims_of("Ginger may reduce nausea.\n\nGinger reduces nausea.")

    assert claim.text == "Ginger reduces nausea"
    assert claim.strength is CausalClass.DIRECT
    assert len(claim.places) == 2


@pytest.mark.parametrize(
    "other",
    [
        "Ginger does not reduce nausea.",
        "Ginger reduces pain.",
        "Ginger tea reduces nausea.",
        "Ginger reduces nausea by 20%.",
    ],
)
def test_a_different_claim_stays_apart(other):
    assert len(claims_of(f"Ginger reduces nausea.\n\n{other}")) == 2


def test_claims_are_numbered_in_the_order_of_the_page():
    claims = claims_of("Ginger reduces nausea. Ginger is safe. The dose is 250 mg a day.")

    assert [claim.id for claim in claims] == ["c1", "c2", "c3"]
    assert [claim.span for claim in claims] == sorted(claim.span for claim in claims)


def test_references_and_questions_are_not_read():
    assert claims_of("Does ginger help? ") == ()


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(
            [
                "Ginger reduces nausea.",
                "It may help.",
                "Is it safe?",
                "• 30 patients:",
                "(2013)",
                "\u00ad",
                "“It works,” she said.",
                "Ginger – 250 mg – is well-tolerated; it works.",
                "\n\n",
                "а б в",
                "…",
            ]
        ),
        max_size=12,
    )
)
def test_every_claim_stands_where_it_says(pieces):
    article = article_of("Ginger\n\n" + " ".join(pieces))

    for claim in find_claims(article, VOCABULARY):
        assert article.words_of(claim.span) == claim.text
        assert claim.span in claim.sentence
        assert all(article.words_of(cue.span) for cue in claim.cues)
        assert all(article.words_of(f.span) == f.text for f in claim.figures)
        assert 0.5 <= claim.check_worthiness <= 1


def test_words_without_a_stop_for_pages_are_read_in_pieces():
    article = article_of("Ginger\n\n" + "ginger was eaten, " * 150 + "ginger reduces nausea.")
    claims = find_claims(article, VOCABULARY)

    assert claims[-1].strength is CausalClass.DIRECT
    assert all(article.words_of(claim.span) == claim.text for claim in claims)
    assert all(len(claim.text.split()) <= 200 for claim in claims)


@pytest.mark.parametrize(
    ("sentence", "direction", "negated"),
    [
        ("Nausea is reduced by ginger.", ClaimDirection.BENEFIT, False),
        ("Nausea fell from 7 to 3 points with ginger.", ClaimDirection.BENEFIT, False),
        ("Ginger makes little or no difference to nausea.", ClaimDirection.NO_EFFECT, True),
        ("There was no interaction between ginger and warfarin.", ClaimDirection.NO_EFFECT, True),
        ("Ginger has no effect on pain.", ClaimDirection.NO_EFFECT, True),
        ("Ginger is useless against pain.", ClaimDirection.NO_EFFECT, False),
        ("The short answer is yes.", ClaimDirection.BENEFIT, False),
        ("The short answer is no.", ClaimDirection.NO_EFFECT, False),
    ],
)
def test_a_denial_points_to_no_effect_however_it_is_put(sentence, direction, negated):
    claim = one(sentence)

    assert (claim.direction, claim.negated) == (direction, negated)


def test_a_danger_given_as_the_reason_of_advice_is_a_safety_claim():
    claim = one("People on warfarin must see a doctor, as ginger can interfere with it.")

    assert claim.type is ClaimType.SAFETY
