"""Each criterion by words that meet it, words that meet it in part, and words that do not."""

from __future__ import annotations

import re

import pytest
from audit.page.articles import Audited
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.audit.page.looking import kinds

CRITERIA = [
    "P-REFS", "P-DATE", "P-AUTHOR", "P-CONFLICT", "P-BENEFIT", "P-HARM", "P-EVIDENCE",
    "P-UNCERTAIN", "P-ALTERN", "P-COST", "P-AVAIL", "P-NOVEL", "P-MONGER", "P-TONE", "P-INDEP",
    "P-OMIT",
]  # fmt: skip

REFERENCE = "Hemilä H. Zinc lozenges and the common cold. JRSM Open 2017;8:1."


def page(*lines: str) -> str:
    return "\n\n".join(["Zinc and colds", *lines])


@pytest.mark.parametrize(
    ("criterion", "lines", "status"),
    [
        ("P-REFS", ["Zinc may help."], "not-met"),
        ("P-REFS", ["Zinc may help.", "References", "1. 1\n2. 2"], "not-met"),
        ("P-REFS", ["Zinc may help [1].", "References", f"1. {REFERENCE}\n2. 2\n3. 3"], "partly"),
        ("P-REFS", ["Zinc may help.", "References", f"1. {REFERENCE}"], "partly"),
        ("P-REFS", ["Zinc may help [1].", "References", f"1. {REFERENCE}"], "met"),
        ("P-REFS", ["Zinc may help (see https://a.example/trial for one trial)."], "partly"),
        ("P-DATE", ["Zinc may help."], "not-met"),
        ("P-DATE", ["Published 3 May 2024", "Zinc may help."], "partly"),
        ("P-DATE", ["Published 3 May 2024 | Updated June 1, 2024", "Zinc may help."], "met"),
        ("P-AUTHOR", ["Zinc may help."], "not-met"),
        ("P-AUTHOR", ["By Jane Doe", "Zinc may help."], "partly"),
        ("P-AUTHOR", ["Written by Jane Doe, RD", "Zinc may help."], "partly"),
        ("P-AUTHOR", ["By Jane Doe, RD | Medically reviewed by Al Roe, MD", "Zinc helps."], "met"),
        ("P-CONFLICT", ["Zinc may help."], "not-met"),
        ("P-CONFLICT", ["The trial was funded by a maker of zinc."], "partly"),
        ("P-CONFLICT", ["The trial was funded by a maker.", "We earn a commission."], "met"),
        ("P-BENEFIT", ["Zinc lozenges shorten colds."], "not-met"),
        ("P-BENEFIT", ["Zinc lozenges shorten colds by 33%."], "partly"),
        ("P-BENEFIT", ["Zinc lozenges shorten colds by 2 days."], "met"),
        ("P-BENEFIT", ["Zinc prevents colds in 5 in 100 people."], "met"),
        ("P-BENEFIT", ["What zinc is, is told here."], "not-applicable"),
        ("P-HARM", ["Zinc shortens colds."], "not-met"),
        ("P-HARM", ["Zinc shortens colds and is safe."], "not-met"),
        ("P-HARM", ["Zinc has no side effects."], "not-met"),
        ("P-HARM", ["Zinc may cause nausea."], "partly"),
        ("P-HARM", ["Nausea came to 8 in 100 people who took zinc."], "met"),
        ("P-EVIDENCE", ["Zinc shortens colds."], "not-met"),
        ("P-EVIDENCE", ["Studies show that zinc shortens colds."], "not-met"),
        ("P-EVIDENCE", ["A randomised trial tried zinc."], "partly"),
        ("P-EVIDENCE", ["A randomised trial in 50 people compared zinc with placebo."], "met"),
        ("P-UNCERTAIN", ["Zinc shortens colds."], "not-met"),
        ("P-UNCERTAIN", ["Zinc shortens colds, but the evidence is weak.", "It is " * 40 + "."],
         "met"),
        ("P-UNCERTAIN", ["Zinc shortens colds.", "Zinc is a metal. " * 20,
                         "More research is needed."], "partly"),
        ("P-ALTERN", ["Zinc shortens colds."], "not-met"),
        ("P-ALTERN", ["Other treatments exist."], "partly"),
        ("P-ALTERN", ["A cold gets better on its own."], "met"),
        ("P-COST", ["Zinc shortens colds."], "not-met"),
        ("P-COST", ["Zinc is inexpensive."], "partly"),
        ("P-COST", ["A packet costs about $12."], "met"),
        ("P-AVAIL", ["Zinc shortens colds."], "not-met"),
        ("P-AVAIL", ["Zinc is sold in supermarkets."], "partly"),
        ("P-AVAIL", ["Zinc lozenges are not approved as a medicine."], "met"),
        ("P-NOVEL", ["Zinc shortens colds."], "not-applicable"),
        ("P-NOVEL", ["A new study of zinc is out."], "not-met"),
        ("P-NOVEL", ["A new study of zinc came out in 2021."], "met"),
        ("P-MONGER", ["Colds are a nuisance."], "met"),
        ("P-MONGER", ["Colds are a silent epidemic."], "not-met"),
        ("P-TONE", ["Zinc may shorten colds."], "met"),
        ("P-TONE", ["Zinc, touted as a “miracle”, may shorten colds."], "met"),
        ("P-TONE", ["Zinc is a breakthrough."], "partly"),
        ("P-TONE", ["Zinc is a breakthrough and a miracle."], "not-met"),
        ("P-INDEP", ["Those who took zinc were few."], "not-met"),
        ("P-INDEP", ["A Cochrane review found little."], "partly"),
        ("P-INDEP", ["“It is weak,” said Dr. Ann Lind, who was not involved in the trial."], "met"),
        ("P-OMIT", ["Zinc shortens colds."], "not-applicable"),
    ],
)  # fmt: skip
def test_a_criterion_is_judged_by_the_words_of_the_page(
    criterion: str, lines: list[str], status: str
) -> None:
    assert Audited(page(*lines)).status(criterion) == status


def test_every_criterion_is_told_once_in_order_with_one_sentence() -> None:
    found = Audited("Zinc may help.").page()

    assert list(found) == CRITERIA
    for finding in found.values():
        assert finding.reason.text[0].isupper()
        assert finding.reason.text.endswith(".")


def test_every_number_of_a_reason_is_a_node_of_the_trace() -> None:
    audited = Audited(
        page("In 2017 zinc shortened colds by 33%. 1 [1]", "References", "1. 1\n2. 2"),
        "zinc-common-cold",
    )
    statements = [f.reason for f in audited.page().values()]
    statements += [*audited.dangers(), *audited.right()]

    trace = audited.trace.build()
    for statement in statements:
        shown = {at for mark in statement.marks for at in range(mark.start, mark.end)}
        for match in re.finditer(r"\d", statement.text):
            assert match.start() in shown, statement.text
        assert all(node in trace for node in statement.because)


def test_the_spans_of_a_finding_are_words_of_the_page() -> None:
    audited = Audited(page("A packet costs $12, or £9 in Britain."))

    spans = audited.page()["P-COST"].spans

    assert [audited.article.words_of(span) for span in spans] == ["$12", "£9"]


def test_what_only_a_reference_says_does_not_meet_a_criterion() -> None:
    words = page("Zinc may help.", "References", "1. A randomised placebo-controlled trial. 2017.")

    assert Audited(words).status("P-EVIDENCE") == "not-met"


def test_an_article_without_a_folder_has_what_it_gets_right() -> None:
    told = [one.text for one in Audited(page("Zinc may help, but the evidence is weak.")).right()]

    assert any("names a limit of the evidence" in text for text in told)


def test_every_kind_of_words_is_used() -> None:
    assert all(patterns for patterns in kinds().values())


@given(st.text(alphabet="aZ09 .%$\n“”-()?é", max_size=200))
@settings(max_examples=50, deadline=None)
def test_any_text_is_examined(words: str) -> None:
    if any(letter.isalnum() for letter in words):
        assert list(Audited(words, format="text").page()) == CRITERIA
