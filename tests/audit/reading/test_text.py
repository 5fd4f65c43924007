"""Plain text as it is pasted: headings, items, tables, questions and references are guessed."""

from __future__ import annotations

import pytest
from audit.reading.invariants import aside, check, words_by_kind

from weigh.audit.reading import read_article
from weigh.evidence.article import Article, BlockKind
from weigh.evidence.article import BlockKind as Kind


def kinds(article: Article) -> list[BlockKind]:
    return [block.kind for block in article.blocks]


def test_the_first_short_line_is_the_title_and_others_are_headings() -> None:
    article = read_article("Zinc for colds\n\nIt may help.\n\nHow it works\n\nNobody knows.\n")

    check(article)
    assert article.title == "Zinc for colds"
    assert kinds(article) == [Kind.TITLE, Kind.PARAGRAPH, Kind.HEADING, Kind.PARAGRAPH]
    assert article.blocks[-1].headings == ("How it works",)


def test_lines_before_the_title_are_set_aside_and_not_the_title() -> None:
    article = read_article("Skip to content\n\n4 min read\n\nZinc for colds\n\nIt may help.")

    assert article.title == "Zinc for colds"
    assert aside(article) == {"Skip to content": "navigation", "4 min read": "reading time"}


@pytest.mark.parametrize("mark", ["•", "-", "*", "–", "◦", "1.", "2)", "✓"])
def test_a_mark_opens_an_item_that_may_go_on_below(mark: str) -> None:
    article = read_article(f"Intro here:\n\n{mark} First item\n  goes on.\n{mark} Second item.\n")

    assert words_by_kind(article, Kind.LIST_ITEM) == ["First item\n  goes on.", "Second item."]


def test_a_numbered_line_above_a_paragraph_is_a_heading() -> None:
    article = read_article("Five facts\n\n1. Boosts immunity\n\nIt does so.\n\n2. Is safe\n\nYes.")

    assert words_by_kind(article, Kind.HEADING) == ["Boosts immunity", "Is safe"]


def test_a_numbered_heading_right_above_its_paragraph_is_told_from_it() -> None:
    article = read_article(
        "Zinc\n\nFive facts follow here.\n\n"
        "1. Boosts immunity\nZinc is needed by many cells of it.\n"
    )

    assert words_by_kind(article, Kind.HEADING) == ["Boosts immunity"]
    assert words_by_kind(article, Kind.PARAGRAPH)[-1] == "Zinc is needed by many cells of it."


def test_sources_that_stand_without_an_empty_line_are_references() -> None:
    article = read_article(
        "Zinc\n\nIt may help.\nSOURCES\nRoe J. Zinc. 2017.\nLind A. Colds. 2019."
    )

    assert words_by_kind(article, Kind.REFERENCE) == ["Roe J. Zinc. 2017.", "Lind A. Colds. 2019."]


def test_lines_that_were_wrapped_are_one_paragraph() -> None:
    words = (
        "Zinc lozenges were tried in several trials of the common\n"
        "cold, and in most of them the colds were shorter. How the\n"
        "lozenges were made differed.\n"
    )

    article = read_article(f"Zinc\n\n{words}")

    assert kinds(article) == [Kind.TITLE, Kind.PARAGRAPH]
    assert len(article.sentences) == 3


def test_lines_that_end_are_paragraphs_of_their_own() -> None:
    article = read_article("Zinc\n\nColds were shorter in one trial.\nIn another they were not.\n")

    assert kinds(article) == [Kind.TITLE, Kind.PARAGRAPH, Kind.PARAGRAPH]


def test_a_heading_right_above_its_paragraph_is_told_from_it() -> None:
    article = read_article("Zinc\n\nHow it works\nZinc ions stop the virus in the throat.\n\nEnd.")

    assert words_by_kind(article, Kind.HEADING) == ["How it works"]
    assert article.blocks[2].headings == ("How it works",)


@pytest.mark.parametrize("gap", ["\t", "   ", " | "])
def test_columns_are_cells_with_their_row_and_head(gap: str) -> None:
    rows = "\n".join(gap.join(row) for row in (("Form", "Dose"), ("Acetate", "80 mg a day")))

    article = read_article(f"Zinc\n\nForms of zinc\n\n{rows}\n")

    cell = article.blocks[-1]
    assert article.words_of(cell.span) == "80 mg a day"
    assert (cell.kind, cell.row, cell.column) == (Kind.TABLE_CELL, "Acetate", "Dose")


def test_rows_that_lost_their_columns_are_a_cell_each() -> None:
    rows = "Feature Acetate Gluconate\nDose 80 mg 13 mg\nTaste Sweet and mild Bitter and astringent"

    article = read_article(f"Zinc\n\nForms of zinc\n\n{rows}\n")

    assert words_by_kind(article, Kind.TABLE_CELL) == rows.split("\n")


def test_questions_are_told_from_their_answers() -> None:
    article = read_article(
        "Zinc\n\nIt may help.\n\nFrequently Asked Questions\n\nIs zinc safe?\n\n"
        "For a short time.\n\n"
        "How much?\n\nAt most 40 mg.\n\nReferences\n\n1. Roe J. Zinc. 2017.\n"
    )

    check(article)
    assert words_by_kind(article, Kind.QUESTION) == ["Is zinc safe?", "How much?"]
    assert words_by_kind(article, Kind.ANSWER) == ["For a short time.", "At most 40 mg."]
    assert words_by_kind(article, Kind.REFERENCE) == ["Roe J. Zinc. 2017."]
    answers = [block for block in article.blocks if block.kind is Kind.ANSWER]
    assert answers[1].headings == ("Frequently Asked Questions", "How much?")


def test_a_heading_that_asks_outside_a_list_of_questions_is_a_heading() -> None:
    article = read_article("Zinc\n\nIt may help.\n\nWhat is zinc?\n\nZinc is a metal.")

    assert kinds(article)[-2:] == [Kind.HEADING, Kind.PARAGRAPH]


def test_a_reference_is_one_sentence_and_its_address_is_kept() -> None:
    article = read_article(
        "Zinc\n\nIt may help.\n\nSources:\n\n"
        "[1] Roe J, et al. Zinc. J. Colds. 2017. https://a.example/1.\n[2] doi:10.1000/xyz.2\n"
    )

    assert len(list(article.sentences_of(Kind.REFERENCE))) == 2
    assert [address for _, address in article.links] == [
        "https://a.example/1",
        "https://doi.org/10.1000/xyz.2",
    ]
    assert [article.words_of(span) for span, _ in article.links][1] == "10.1000/xyz.2"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("5 minute read", "reading time"),
        ("Share on Facebook", "sharing"),
        ("We use cookies to make this site better.", "cookie notice"),
        ("Subscribe to our newsletter for weekly tips", "subscription"),
        ("Advertisement", "advertisement"),
        ("Read more: Vitamin C and colds", "related pages"),
        ("© 2024 Health Site. All rights reserved.", "copyright and terms"),
        ("Medically reviewed by Jane Roe, MD", "byline"),
        ("Last updated: 3 May 2024", "byline"),
        ("Photo by Jane Roe", "picture credit"),
        ("This content is for informational purposes only.", "disclaimer"),
        ("This is not a substitute for professional medical advice.", "disclaimer"),
        ("These statements have not been evaluated by the FDA.", "disclaimer"),
        ("We may earn a commission from links on this page.", "disclosure of interests"),
    ],
)
def test_what_is_no_part_of_the_case_is_set_aside_with_why(line: str, why: str) -> None:
    article = read_article(f"Zinc for colds\n\nIt may help.\n\n{line}\n\nIt may also harm.")

    check(article)
    assert aside(article)[line] == why
    assert len(article.sentences) == 3


@pytest.mark.parametrize(
    "sentence",
    [
        "By week 8, symptoms had fallen.",
        "Reviewed by many, the trial found that zinc shortens colds by a day in most adults, and "
        "so it was repeated by two other teams in the years that followed, with the same result.",
        "Researchers share the view that zinc works.",
        "Related compounds had no effect on pain.",
        "You should consult your doctor before taking zinc.",
        "Popular remedies often fail.",
        "Zinc cannot replace a doctor's treatment of pneumonia.",
        "Copyright aside, the study was sound and found shorter colds.",
    ],
)
def test_what_the_article_says_is_not_set_aside(sentence: str) -> None:
    article = read_article(f"Zinc for colds\n\nIt may help.\n\n{sentence}\n\nIt may also harm.")

    assert sentence in [article.words_of(s.span) for s in article.sentences]


def test_a_sentence_of_disclaimer_within_a_paragraph_is_set_aside_alone() -> None:
    article = read_article(
        "Zinc\n\nIt may help. This page is for informational purposes only. It may harm."
    )

    check(article)
    assert [article.words_of(s.span) for s in article.sentences] == [
        "Zinc",
        "It may help.",
        "It may harm.",
    ]


def test_a_list_of_contents_is_set_aside_and_what_follows_it_is_not() -> None:
    article = read_article(
        "Zinc\n\nIn this article\n\n• What it is\n• How it works\n\nZinc is a metal that we need.\n"
    )

    assert aside(article)["What it is"] == "navigation"
    assert words_by_kind(article, Kind.PARAGRAPH) == ["Zinc is a metal that we need."]


def test_the_visible_lines_tell_author_reviewer_and_dates() -> None:
    byline = read_article(
        "Zinc\n\nBy Jane Doe, MD, PhD, and Al Roe | Medically reviewed by Ann Lind, RD\n\n"
        "Published March 1, 2023 | Updated 2 May 2024\n\nIt may help."
    ).byline

    assert byline.authors == ("Jane Doe, MD, PhD", "Al Roe")
    assert byline.reviewers == ("Ann Lind, RD",)
    assert (byline.published, byline.updated) == ("2023-03-01", "2024-05-02")
