from __future__ import annotations

import pytest
from audit.reading.invariants import aside, check, words_by_kind

from weigh.audit.reading import read_article
from weigh.evidence.article import BlockKind

PROSE = (
    "Zinc lozenges may shorten a cold by about two days, as a review of seven small trials found "
    "in 2017. The trials differed in how much zinc was in a lozenge."
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Zinc and colds | Health Site</title>
<meta name="author" content="Jane Doe, RD">
<meta property="article:published_time" content="2024-03-01T10:00:00Z">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
 {{"@type": "MedicalWebPage", "dateModified": "2024-05-02", "reviewedBy":
 {{"@type": "Person", "name": "Al Roe", "honorificSuffix": "MD"}}}}]}}</script></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li>Vitamins</li></ul></nav></header>
<div class="cookie-banner"><p>We use cookies.</p><button>Accept</button></div>
<main><article><h1>Does zinc help a cold?</h1>
<p>By Jane Doe, RD</p><div class="share-bar"><span>Facebook</span></div>
<p>{PROSE}<sup><a href="https://doi.org/10.1000/1">1</a></sup></p>
<h2>How it works</h2><ul><li><b>Blocks the virus:</b> Zinc stops it in cells.</li></ul>
<table><tr><th>Form</th><th>Dose</th></tr><tr><td>Acetate</td><td>80&nbsp;mg</td></tr></table>
<aside class="note"><p>People on antibiotics such as ciprofloxacin should take care.</p></aside>
<h2>Frequently asked questions</h2>
<details><summary>Is zinc safe?</summary><p>For a short time.</p></details>
<h3>How much is enough?</h3><div>At most 40 mg.<br><br>More can harm.</div>
<h2>References</h2><ol><li>Roe J. Zinc. 2017.</li></ol>
<h2>Related articles</h2><ul><li>Vitamin C cures colds</li></ul>
</article></main><footer><p>© 2024 Health Site</p></footer></body></html>"""


def test_the_article_is_told_from_the_page_around_it() -> None:
    article = read_article(PAGE)

    check(article)
    assert article.title == "Does zinc help a cold?"
    assert words_by_kind(article, BlockKind.PARAGRAPH) == [
        f"{PROSE}[1]",
        "People on antibiotics such as ciprofloxacin should take care.",
    ]
    assert words_by_kind(article, BlockKind.LIST_ITEM) == [
        "Blocks the virus: Zinc stops it in cells."
    ]
    assert words_by_kind(article, BlockKind.QUESTION) == ["Is zinc safe?", "How much is enough?"]
    assert words_by_kind(article, BlockKind.ANSWER) == [
        "For a short time.",
        "At most 40 mg.",
        "More can harm.",
    ]
    assert words_by_kind(article, BlockKind.REFERENCE) == ["Roe J. Zinc. 2017."]


def test_what_surrounds_the_article_is_set_aside_with_why() -> None:
    found = aside(read_article(PAGE))

    assert found["Home"] == "navigation"
    assert found["We use cookies."] == "cookie notice"
    assert found["Facebook"] == "sharing"
    assert found["Vitamin C cures colds"] == "related pages"
    assert found["© 2024 Health Site"] == "copyright and terms"


def test_a_cell_has_its_row_and_column() -> None:
    article = read_article(PAGE)

    cell = [block for block in article.blocks if block.kind is BlockKind.TABLE_CELL][-1]
    assert article.words_of(cell.span) == "80\u00a0mg"
    assert (cell.row, cell.column) == ("Acetate", "Dose")


def test_meta_tags_linked_data_and_lines_tell_who_and_when() -> None:
    byline = read_article(PAGE).byline

    assert byline.authors == ("Jane Doe, RD",)
    assert byline.reviewers == ("Al Roe, MD",)
    assert (byline.published, byline.updated) == ("2024-03-01", "2024-05-02")


def test_links_are_kept_with_their_words() -> None:
    article = read_article(PAGE)

    assert [(article.words_of(s), a) for s, a in article.links] == [
        ("1", "https://doi.org/10.1000/1")
    ]


def test_a_page_without_a_heading_has_the_title_of_its_head() -> None:
    article = read_article(f"<title>Zinc | Site</title><body><p>{PROSE}</p></body>")

    check(article)
    assert article.title == "Zinc"
    assert article.blocks[0].kind is BlockKind.TITLE


@pytest.mark.parametrize(
    "noise",
    [
        "{}",
        "<div class='wrap'><div>{}</div></div>",
        "<!-- a comment -->{}",
        "<span></span>{}<script>x()</script>",
        "<section id='content'>{}</section>",
        "<p></p>{}<p>&nbsp;</p>",
    ],
)
def test_noise_in_the_markup_changes_no_sentence(noise: str) -> None:
    body = f"<h1>Zinc</h1><p>{PROSE}</p><p>It may cause <em>nau</em>sea.</p>"

    article = read_article(f"<html><body>{noise.format(body)}</body></html>")

    assert [article.words_of(s.span) for s in article.sentences] == [
        "Zinc",
        *(f"{part.rstrip('.')}." for part in PROSE.split(". ")),
        "It may cause nausea.",
    ]
