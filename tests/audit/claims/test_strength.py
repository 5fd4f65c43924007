"""What a sentence asserts about cause, and how surely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.claims import level_of, strength_of
from weigh.evidence.claim import CausalClass, Level

NONE, CORRELATIONAL = CausalClass.NONE, CausalClass.CORRELATIONAL
CONDITIONAL, DIRECT = CausalClass.CONDITIONAL, CausalClass.DIRECT


@pytest.mark.parametrize(
    ("sentence", "strength", "level"),
    [
        ("Zinc lozenges shorten colds.", DIRECT, 4),
        ("Zinc lozenges can shorten colds.", DIRECT, 4),
        ("Zinc lozenges do not shorten colds.", DIRECT, 4),
        ("Trials have proved that zinc shortens colds.", DIRECT, 5),
        ("Zinc undoubtedly shortens colds.", DIRECT, 5),
        ("Zinc may shorten colds.", CONDITIONAL, 2),
        ("Zinc lozenges appear to shorten colds.", CONDITIONAL, 2),
        ("Early evidence suggests that zinc might shorten colds.", CONDITIONAL, 2),
        ("Studies suggest that zinc shortens colds.", DIRECT, 4),
        ("Zinc probably shortens colds.", CONDITIONAL, 3),
        ("Zinc is a promising treatment for colds.", CONDITIONAL, 2),
        ("Low zinc is associated with more colds.", CORRELATIONAL, 2),
        ("Low zinc may be associated with more colds.", CORRELATIONAL, 2),
        ("People with low zinc are more likely to catch colds.", CORRELATIONAL, 2),
        ("Results from several trials suggest that zinc may shorten colds.", CONDITIONAL, 2),
        ("That does not mean that zinc shortens colds.", NONE, 1),
        ("Zinc is possibly safe.", NONE, 2),
        ("Zinc is safe.", NONE, 4),
        ("It is unclear whether zinc shortens colds.", NONE, 1),
        ("There is no good evidence that zinc prevents colds.", NONE, 1),
        ("Zinc has not been shown to shorten colds.", NONE, 1),
        ("More research is needed to confirm that zinc shortens colds.", NONE, 1),
        ("The trial included 120 adults.", NONE, 0),
        ("Does zinc shorten colds?", NONE, 0),
    ],
)
def test_strength_and_rung_of_plain_sentences(sentence, strength, level):
    assert strength_of(sentence) is strength
    assert level_of(sentence) == level


@pytest.mark.parametrize(
    "sentence",
    [
        "Patients should take zinc to reduce the risk of colds.",
        "Future studies should examine the effect of zinc on colds.",
        "We investigated whether zinc reduces colds.",
        "Effects of zinc on colds: a randomised trial.",
        "Safe and effective strategies to reduce colds need to be developed.",
        "These findings support the use of surveys.",
        "More than 300 people took part.",
        "The patients were treated with zinc.",
    ],
)
def test_advice_aims_titles_and_counts_assert_nothing(sentence):
    assert strength_of(sentence) is NONE


@pytest.mark.parametrize(
    ("sentence", "strength"),
    [
        ("Low zinc was associated with increased risk and reduced growth.", CORRELATIONAL),
        ("Elevated zinc levels are linked to fewer colds.", CORRELATIONAL),
        ("A double-blind trial of pain-relieving gel was run.", NONE),
        ("The level of zinc rises with age.", CORRELATIONAL),
        ("The pain was reduced by the gel.", DIRECT),
        ("Zinc may ease pain and reduce swelling.", CONDITIONAL),
        ("Zinc may ease pain, but it raises blood pressure.", DIRECT),
        ("The gel eased pain and reduced swelling.", DIRECT),
        ("The findings indicate increased risk in smokers.", CORRELATIONAL),
        ("Those on zinc had fewer colds than those on placebo.", DIRECT),
        ("The gel is effective against pain.", DIRECT),
        ("Effective gels are sold everywhere.", NONE),
        ("The trial found no effect on pain.", DIRECT),
    ],
)
def test_the_grammar_around_a_word_decides_what_it_asserts(sentence, strength):
    assert strength_of(sentence) is strength


@pytest.mark.parametrize("hedge", ["may", "might", "could"])
@pytest.mark.parametrize("verb", ["reduce", "improve", "prevent", "worsen", "cause"])
def test_a_modal_makes_a_direct_claim_conditional(hedge, verb):
    assert strength_of(f"This herb can {verb} pain.") is DIRECT
    assert strength_of(f"This herb {hedge} {verb} pain.") is CONDITIONAL
    assert level_of(f"This herb {hedge} {verb} pain.") < level_of(f"This herb can {verb} pain.")


@pytest.mark.parametrize(
    ("active", "passive"),
    [
        ("Zinc reduces pain.", "Pain is reduced by zinc."),
        ("Zinc may reduce pain.", "Pain may be reduced by zinc."),
    ],
)
def test_the_passive_says_the_same(active, passive):
    assert strength_of(active) is strength_of(passive)
    assert level_of(active) is level_of(passive)


@given(st.text(max_size=300))
def test_any_text_at_all_has_a_strength_and_a_rung(text):
    assert strength_of(text) in CausalClass
    assert level_of(text) in Level
