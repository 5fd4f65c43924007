"""The page of an audit."""

from __future__ import annotations

import re

import pytest
from lxml import html
from report.audits.making import an_audit

from weigh.report import render_audit


@pytest.fixture(scope="module")
def page():
    return html.fromstring(render_audit(an_audit()))


def test_the_same_audit_gives_the_same_bytes():
    assert render_audit(an_audit()) == render_audit(an_audit())


def test_the_article_is_text_and_never_markup(page):
    assert page.xpath("//section[@id='article']//b[text()='cure']") == []
    assert "<b>cure</b>" in page.xpath("string(//p[@class='article-title'])")


def test_each_claim_is_marked_where_it_stands_and_leads_to_its_card(page):
    marks = page.xpath("//mark")
    assert [mark.text for mark in marks] == [
        "Salt cures colds.",
        "It has 3 side effects & no others.",
        "A trial of 50 people showed it.",
        "Salt cures colds.",
    ]
    for mark in marks:
        link = mark.getnext()
        assert page.get_element_by_id(link.get("href")[1:]).get("class").startswith("note")
    assert "said again" in marks[-1].getnext().get("aria-label")


def test_a_card_has_verdict_reason_bearable_wording_and_how_it_was_decided(page):
    card = " ".join(page.get_element_by_id("claim-c1").text_content().split())
    assert "▲ Overstated (major) claim 1 · efficacy" in card
    assert "“cures” is more than a trial of 36 people bears." in card
    assert "The evidence would bear: We cannot tell whether salt changes colds." in card
    assert "rung 4 of 5 (direct); the evidence bears rung 1 (uncertain)" in card
    assert "Held against study lee-2011 (firm, 0.80: salt, colds)." in card
    assert "Said 2 times on the page" in card


def test_a_number_in_a_reason_leads_to_its_source(page):
    link = page.xpath("//*[@id='claim-c3']//a[text()='36']")[0]
    entry = page.get_element_by_id(link.get("href")[1:]).text_content()
    assert "studies.yaml, line 7, count" in entry
    assert "36 people" in entry


def test_dangers_come_first_and_omissions_and_what_is_right_are_told(page):
    text = page.text_content()
    assert text.index("Salt and lithium") < text.index("Of 3 claims") < text.index("side effects &")
    assert "The trial had no control group." in text
    assert "It names the year of the trial." in text
    assert "reading time: “4 min read”" in " ".join(text.split())


def test_every_verdict_is_told_by_symbol_and_word_and_can_be_hidden(page):
    labels = [" ".join(label.text_content().split()) for label in page.xpath("//fieldset/label")]
    assert [label[:16] for label in labels] == [
        "✗ 1 contradicted",
        "▲ 1 overstated T",
        "○ 1 unsupported ",
    ]
    style = page.xpath("string(//style)")
    for box in page.xpath("//fieldset//input"):
        assert f"#{box.get('id')}:not(:checked)" in style


def test_nothing_is_loaded_from_elsewhere():
    text = render_audit(an_audit())
    assert not re.search(r'(src|href)="(?!#)[^"]*"', re.sub(r'rel="noreferrer"', "", text))
    assert "@import" not in text
    assert "url(" not in text


def test_without_evidence_the_page_names_what_a_folder_would_have_to_answer():
    text = html.fromstring(render_audit(an_audit(evidence=False))).text_content()
    assert "What does salt do to a cold?" in text
    assert "Fingerprint" not in text
