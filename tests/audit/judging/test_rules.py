"""Each rule fires on words and evidence that call for it, and leaves their neighbours alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judged import ground_of, judged

from weigh.audit.claims import Vocabulary, find_claims
from weigh.audit.judging import RULES, Settings, judge, questions
from weigh.audit.linking import Ground
from weigh.audit.reading import read_article
from weigh.evidence.audit import AuditVerdict, JudgedClaim
from weigh.evidence.trace import TraceBuilder

VITAMIN_K = "vitamin-k-peripheral-neuropathy"
ZINC = "zinc-common-cold"
LIPOIC = "alpha-lipoic-acid-diabetic-polyneuropathy"
TITLES = {VITAMIN_K: "Vitamin K2", ZINC: "Zinc", LIPOIC: "Alpha-lipoic acid"}

#: A rule, a folder, words that call for the rule, and words that do not.
CASES = (
    (
        "CERTAINTY",
        VITAMIN_K,
        "Vitamin K2 relieves nerve pain.",
        "Vitamin K2 may relieve nerve pain, but the evidence is uncertain.",
    ),
    (
        "BOOST",
        VITAMIN_K,
        "Vitamin K2 has been proven to relieve nerve pain.",
        "Vitamin K2 relieves nerve pain.",
    ),
    (
        "CAUSE",
        VITAMIN_K,
        "In 2018 a study of 100 patients showed that vitamin K2 reduces nerve pain.",
        "In 2021 a double-blind study of 20 patients showed that vitamin K2 reduces nerve pain.",
    ),
    (
        "SIZE",
        ZINC,
        "Zinc significantly shortens colds.",
        "Zinc significantly shortens colds, by 2.4 days.",
    ),
    (
        "SMALL",
        ZINC,
        "Zinc dramatically lowers the risk of catching a cold.",
        "Zinc slightly lowers the risk of catching a cold.",
    ),
    (
        "RELATIVE",
        ZINC,
        "Zinc lowers the risk of catching a cold by 7%.",
        "Zinc lowers the risk of catching a cold by 7%, from 64 in 100 to 59 in 100.",
    ),
    (
        "LEVEL",
        VITAMIN_K,
        "MK-7 lowers TNF-alpha.",
        "In mice, vitamin K1 raises sulfatides in the brain.",
    ),
    (
        "MECHANISM",
        VITAMIN_K,
        "Vitamin K2 eases nerve pain by lowering TNF-alpha.",
        "Vitamin K2 lowers TNF-alpha in cells.",
    ),
    (
        "POPULATION",
        VITAMIN_K,
        "Vitamin K2 relieves neuropathy after chemotherapy.",
        "Vitamin K2 relieves neuropathy in diabetes.",
    ),
    ("FORM", VITAMIN_K, "Vitamin K1 relieves nerve pain.", "MK-7 relieves nerve pain."),
    (
        "DURATION",
        VITAMIN_K,
        "MK-7 brings lasting relief of nerve pain.",
        "MK-7 brings relief of nerve pain for 8 weeks.",
    ),
    (
        "COMPARE",
        ZINC,
        "Zinc is more effective than vitamin C against colds.",
        "Zinc is more effective than placebo against colds.",
    ),
    (
        "COUNT",
        VITAMIN_K,
        "Clinical trials show that vitamin K2 relieves nerve pain.",
        "A clinical trial shows that vitamin K2 relieves nerve pain.",
    ),
    (
        "SAFETY",
        VITAMIN_K,
        "Vitamin K2 is completely safe.",
        "Vitamin K2 can interfere with warfarin.",
    ),
    (
        "SOURCE",
        VITAMIN_K,
        "Studies show that vitamin K2 relieves nerve pain.",
        "Studies by the same research group show that vitamin K2 relieves nerve pain.",
    ),
    (
        "DESIGN",
        VITAMIN_K,
        "Mehta 2018 was a placebo-controlled study.",
        "Mehta 2021 was a placebo-controlled study.",
    ),
    ("NUMBER", VITAMIN_K, "Mehta 2018 had 250 patients.", "Mehta 2018 had 100 patients."),
    (
        "DIRECTION",
        LIPOIC,
        "Alpha-lipoic acid relieves neuropathy symptoms at 6 months.",
        "Alpha-lipoic acid may relieve neuropathy symptoms at 6 months.",
    ),
    ("NULL", ZINC, "Zinc does not interact with antibiotics.", "Zinc interacts with antibiotics."),
    (
        "HYPE",
        ZINC,
        "Zinc is a miracle cure for colds.",
        "Zinc is touted as a miracle cure for colds.",
    ),
    (
        "TRADITION",
        ZINC,
        "Zinc has been used for centuries to treat colds.",
        "Zinc is used to treat colds.",
    ),
    (
        "ANECDOTE",
        ZINC,
        "Many people report that zinc shortens their colds.",
        "Zinc shortens colds.",
    ),
    (
        "SELF",
        ZINC,
        "Zinc shortens colds.\n\nIt is unclear whether zinc shortens colds.",
        "Zinc shortens colds.\n\nIt is unclear whether zinc helps children sleep.",
    ),
    ("NONE", ZINC, "Zinc strengthens hair.", "Zinc shortens colds."),
)


def on_a_page(text: str, folder: str) -> list[JudgedClaim]:
    return judged(f"{TITLES[folder]}: what is known\n\n{text}\n", ground_of(folder))


def fired(found: list[JudgedClaim], rule: str) -> bool:
    return any(firing.rule == rule for one in found for firing in one.firings)


@pytest.mark.parametrize(("rule", "folder", "words", "neighbour"), CASES, ids=[c[0] for c in CASES])
def test_a_rule_fires_on_its_words_and_not_on_their_neighbours(rule, folder, words, neighbour):
    assert fired(on_a_page(words, folder), rule)
    quiet = on_a_page(neighbour, folder)
    assert quiet
    assert not fired(quiet, rule)


def test_the_cases_name_every_rule_but_those_with_a_test_of_their_own():
    assert {case[0] for case in CASES} | {"SURROGATE", "TITLE"} == set(RULES)


def test_a_marker_is_no_help_with_symptoms():
    """SURROGATE: only the marker was measured, and the page promises what people feel."""
    whole = ground_of(LIPOIC)
    markers = tuple(c for c in whole.answer.comparisons if c.outcome.surrogate)
    ground = Ground.of(whole.evidence, replace(whole.answer, comparisons=markers))
    page = (
        "Alpha-lipoic acid\n\nAlpha-lipoic acid relieves numbness by improving nerve conduction.\n"
    )
    assert fired(judged(page, ground), "SURROGATE")
    assert not fired(judged(page, whole), "SURROGATE")


def test_a_summary_surer_than_the_text_below():
    """TITLE: the key points say that it works, the text that it may."""
    page = (
        "# Zinc for colds\n\n## Key points\n\n- Zinc shortens a cold.\n\n## The evidence\n\n"
        "Zinc may shorten a cold.\n"
    )
    even = page.replace("- Zinc shortens a cold.", "- Zinc might shorten a cold, say some trials.")
    assert fired(judged(page, ground_of(ZINC), "markdown"), "TITLE")
    assert not fired(judged(even, ground_of(ZINC), "markdown"), "TITLE")


def test_every_reason_stands_on_nodes_of_the_trace_and_shows_no_number_without_one():
    for rule, folder, words, _ in CASES:
        ground = ground_of(folder)
        article = read_article(f"{TITLES[folder]}\n\n{words}\n", format="text")
        trace = TraceBuilder(ground.answer.trace)
        for claim in find_claims(article, ground.vocabulary):
            one = judge(claim, ground.links(claim, article), article, ground, Settings(), trace)
            held = trace.build()
            for reason in (one.reason, *(firing.reason for firing in one.firings)):
                assert all(node in held for node in reason.because), rule
                shown = {at for mark in reason.marks for at in range(mark.start, mark.end)}
                digits = {at for at, char in enumerate(reason.text) if char.isdigit()}
                assert digits <= shown, reason.text


def test_a_rule_that_is_switched_off_does_not_fire():
    ground = ground_of(ZINC)
    article = read_article("Zinc\n\nZinc shortens colds.\n", format="text")
    settings = Settings(off=frozenset({"CERTAINTY", "SIZE"}))
    for claim in find_claims(article, ground.vocabulary):
        one = judge(
            claim, ground.links(claim, article), article, ground, settings,
            TraceBuilder(ground.answer.trace),
        )  # fmt: skip
        assert not {"CERTAINTY", "SIZE"} & {firing.rule for firing in one.firings}


def test_the_wording_that_is_suggested_is_the_answers_own():
    (one,) = on_a_page("Zinc shortens colds.", ZINC)
    statements = [c.statement for c in ground_of(ZINC).answer.comparisons]
    assert one.suggestion in statements


def test_without_a_folder_nothing_is_judged_and_the_questions_are_asked():
    article = read_article(
        "Ginger\n\nGinger is a miracle that cures nausea.\n\nGinger is safe.\n", format="text"
    )
    claims = find_claims(article, Vocabulary.from_article(article))
    found = [judge(c, (), article, None, Settings(), TraceBuilder()) for c in claims]
    assert found
    assert {one.verdict for one in found} == {AuditVerdict.NOT_CHECKABLE}
    assert all("no evidence folder was given" in one.reason.text for one in found)
    assert fired(found, "HYPE")
    asked = questions(claims)
    assert any("controlled studies" in question for question in asked)
    assert len(asked) == len(set(asked))
