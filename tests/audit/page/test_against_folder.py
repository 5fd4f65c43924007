"""What a page leaves out of an evidence folder: dangers, sponsors, sizes, controls, studies."""

from __future__ import annotations

import pytest
import yaml
from audit.page.articles import Audited
from shared import shared_path

VITAMIN_K = "vitamin-k-peripheral-neuropathy"
ZINC = "zinc-common-cold"
PLAIN = "Vitamin K2 for neuropathy\n\nVitamin K2 (MK-7) reduces the pain of neuropathy."


@pytest.mark.parametrize(
    "sentence",
    [
        "People who take warfarin should ask their doctor before taking vitamin K.",
        "It can interfere with blood thinners.",
        "Avoid MK-7 with acenocoumarol.",
        "Those on an anticoagulant must not change their intake of vitamin K.",
    ],
)
def test_a_danger_is_mentioned_by_any_drug_of_its_class(sentence: str) -> None:
    assert Audited(PLAIN, VITAMIN_K).dangers()
    assert not Audited(f"{PLAIN} {sentence}", VITAMIN_K).dangers()


@pytest.mark.parametrize(
    "sentence",
    ["Vitamin K2 does not interact with warfarin.", "Warfarin is a drug.", "Talk to your doctor."],
)
def test_to_deny_a_danger_or_only_to_name_a_drug_is_not_to_mention_it(sentence: str) -> None:
    [danger] = Audited(f"{PLAIN} {sentence}", VITAMIN_K).dangers()

    assert danger.text.startswith("The page does not mention a severe danger, interaction with")
    assert "Warfarin works against vitamin K" in danger.text


def test_a_danger_that_is_no_drug_is_known_by_what_it_harms() -> None:
    zinc = "Zinc for colds\n\nZinc lozenges may shorten a cold."

    [danger] = Audited(zinc, ZINC).dangers()

    assert "sense of smell" in danger.text
    warned = f"{zinc} Zinc put into the nose can destroy the sense of smell."
    assert not Audited(warned, ZINC).dangers()


def test_a_missing_danger_fails_the_criterion_on_harm() -> None:
    assert Audited(f"{PLAIN} It may cause nausea.", VITAMIN_K).status("P-HARM") == "not-met"


def test_a_bare_page_leaves_out_all_that_would_weaken_its_claim() -> None:
    told = Audited(PLAIN, VITAMIN_K).omissions()

    assert set(told) == {"sponsor", "size", "control", "dose", "explanation"}
    assert "Synergia Life Sciences" in told["sponsor"]
    assert "Mehta 2021 (20 people; another report counts 70)" in told["size"]
    assert "Kulkarni 2013 and Mehta 2018 had no control group" in told["control"]
    assert "20 times the lowest dose" in told["dose"]
    assert "regression to the mean" in told["explanation"]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("sponsor", "Authors of the studies work for the maker."),
        ("size", "A trial of 2021 had 20 people."),
        ("control", "The first two studies had no control group."),
        ("dose", "With acenocoumarol an interaction was seen from 10 mcg a day."),
        ("explanation", "People may have got better on their own."),
    ],
)
def test_what_the_page_says_is_not_left_out(kind: str, sentence: str) -> None:
    assert kind not in Audited(f"{PLAIN} {sentence}", VITAMIN_K).omissions()


def test_studies_without_a_benefit_that_are_left_out_are_named() -> None:
    words = "Zinc for colds\n\nZinc lozenges shorten a cold, as Mossad 1996 found."

    audited = Audited(words, ZINC)

    assert "does not show a benefit" in audited.omissions()["null"]
    assert audited.status("P-OMIT") == "not-met"


def test_a_page_on_another_topic_leaves_nothing_out() -> None:
    audited = Audited("Green tea\n\nGreen tea may help people to lose weight.", VITAMIN_K)

    assert not audited.dangers()
    assert not audited.omissions()
    assert audited.status("P-OMIT") == "not-applicable"


def test_supported_claims_come_first_among_what_is_right() -> None:
    words = f"{PLAIN} People who take warfarin should ask their doctor first."

    told = [one.text for one in Audited(words, VITAMIN_K).right()]

    assert any("warfarin" in text for text in told)


@pytest.mark.shared
def test_all_listed_omissions_of_the_seed_article_are_named() -> None:
    listed = yaml.safe_load(shared_path("evidence", "seed-claims.yaml").read_text("utf-8"))
    words = shared_path("evidence", "vitamin-k-article.txt").read_text("utf-8")

    told = Audited(words, VITAMIN_K).omissions()

    kinds = {
        "sponsor": "sponsor",
        "sample size of the randomised trial": "size",
        "absence of control groups": "control",
        "anticoagulant dose facts": "dose",
        "alternative explanations": "explanation",
    }
    assert {kinds[entry["what"]] for entry in listed["omissions"]} <= set(told)
