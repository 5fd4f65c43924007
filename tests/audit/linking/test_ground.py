"""What a claim is linked to: the right study, outcome, finding or danger, or nothing."""

from __future__ import annotations

import pytest
from judged import ground_of

from weigh.audit.claims import find_claims
from weigh.audit.reading import read_article
from weigh.evidence.audit import Link, LinkKind

VITAMIN_K = "vitamin-k-peripheral-neuropathy"
ZINC = "zinc-common-cold"
LIPOIC = "alpha-lipoic-acid-diabetic-polyneuropathy"
TITLES = {VITAMIN_K: "Vitamin K2", ZINC: "Zinc", LIPOIC: "Alpha-lipoic acid"}


def links(text: str, folder: str) -> tuple[Link, ...]:
    """Links of the last claim of a page."""
    ground = ground_of(folder)
    article = read_article(f"{TITLES[folder]}\n\n{text}\n", format="text")
    return ground.links(find_claims(article, ground.vocabulary)[-1], article)


def firm(found: tuple[Link, ...], kind: LinkKind) -> list[str]:
    return [link.id for link in found if link.kind is kind and link.firm]


@pytest.mark.parametrize(
    ("text", "folder", "study"),
    [
        ("Mehta 2018 had 100 patients.", VITAMIN_K, "mehta-2018"),
        ("Mehta and colleagues gave 200 mcg of K2-7 to 20 people.", VITAMIN_K, "mehta-2021"),
        ("A 2018 study with 100 patients found less pain.", VITAMIN_K, "mehta-2018"),
        ("The trial NCT05547750 enrolled 199 people.", VITAMIN_K, "tan-2024-cramps"),
        ("The SYDNEY 2 trial had 181 participants.", LIPOIC, "ziegler-2006-sydney-2"),
        ("The SYDNEY trial of 2003 had 120 participants.", LIPOIC, "ametov-2003-sydney"),
        ("In 2012, Kartasurya and colleagues ran a randomised trial.", ZINC, "kartasurya-2012"),
    ],
)
def test_a_study_is_known_by_two_of_author_year_and_size_or_by_name(text, folder, study):
    assert firm(links(text, folder), LinkKind.STUDY) == [study]


@pytest.mark.parametrize(
    "text",
    ["A study with 100 patients found less pain.", "A study of 2018 found less pain in people."],
)
def test_a_size_or_a_year_alone_is_only_a_candidate(text):
    found = links(text, VITAMIN_K)
    assert firm(found, LinkKind.STUDY) == [] or "2018" in text
    assert "mehta-2018" in [link.id for link in found if link.kind is LinkKind.STUDY]


def test_two_studies_that_fit_as_well_are_both_shown_and_neither_is_firm():
    found = [
        x for x in links("Mehta found less pain in a study.", VITAMIN_K) if x.kind is LinkKind.STUDY
    ]
    assert {link.id for link in found} >= {"mehta-2018", "mehta-2021"}
    assert not any(link.firm for link in found)


def test_a_list_item_speaks_of_the_study_that_its_lead_names():
    text = (
        "Open-label study (2018): People took 200 mcg a day. Symptoms were much lower at week 12."
    )
    assert firm(links(text, VITAMIN_K), LinkKind.STUDY) == ["mehta-2018"]


@pytest.mark.parametrize(
    ("text", "folder", "comparison"),
    [
        ("Zinc shortens colds.", ZINC, "duration"),
        ("Zinc keeps you from catching a cold.", ZINC, "prevention"),
        ("Zinc causes side effects.", ZINC, "adverse-events-treatment"),
        ("Vitamin K2 eases cramps at night.", VITAMIN_K, "leg-cramps"),
        ("Vitamin K2 reduces tingling.", VITAMIN_K, "symptoms"),
        ("Alpha-lipoic acid improves nerve conduction.", LIPOIC, "sural-conduction-24m"),
        ("Alpha-lipoic acid relieves symptoms at 6 months.", LIPOIC, "cochrane-tss-6m"),
    ],
)
def test_a_claim_of_effect_is_linked_to_its_outcome_and_time(text, folder, comparison):
    found = [link.id for link in links(text, folder) if link.kind is LinkKind.COMPARISON]
    assert found[0] == comparison


def test_a_claim_that_names_no_outcome_is_about_those_that_decide_and_surely_about_none():
    found = [x for x in links("Zinc works for colds.", ZINC) if x.kind is LinkKind.COMPARISON]
    assert {link.id for link in found} == {"duration", "prevention"}
    assert not any(link.firm for link in found)


@pytest.mark.parametrize("text", ["Zinc thickens hair.", "Zinc improves eyesight."])
def test_an_outcome_that_the_folder_has_not_is_linked_to_no_comparison(text):
    assert not any(link.kind is LinkKind.COMPARISON for link in links(text, ZINC))


def test_findings_are_linked_by_what_stands_at_their_ends():
    found = links("MK-7 lowers TNF-α in cells.", VITAMIN_K)
    assert "m2-1" in firm(found, LinkKind.MECHANISM)


@pytest.mark.parametrize("drug", ["warfarin", "blood thinners", "an anticoagulant", "Coumadin"])
def test_a_danger_is_found_by_any_name_of_the_drug(drug):
    found = links(f"Vitamin K2 can interfere with {drug}.", VITAMIN_K)
    assert "safety.interactions.vitamin-k-antagonists" in firm(found, LinkKind.SAFETY)


def test_facts_of_forms_and_conditions_are_linked_by_their_words():
    sources = links("Vitamin K1 comes mainly from green leafy vegetables.", VITAMIN_K)
    assert firm(sources, LinkKind.FORM) == ["forms.0"]
    colds = links("Children have 6 to 10 colds a year.", ZINC)
    assert firm(colds, LinkKind.BACKGROUND) == ["background.condition.1"]


def test_every_link_points_to_a_node_of_the_answer_and_says_what_matched():
    for folder in TITLES:
        ground = ground_of(folder)
        for passage in ground.passages:
            assert passage.node is None or passage.node in ground.answer.trace
    for link in links("Vitamin K2 reduces tingling.", VITAMIN_K):
        assert 0 < link.score <= 1
        assert link.terms


def test_an_article_on_something_else_is_linked_to_nothing():
    ground = ground_of(ZINC)
    article = read_article("Honey\n\nHoney shortens colds and eases coughs.\n", format="text")
    assert all(ground.links(c, article) == () for c in find_claims(article, ground.vocabulary))
