"""The annotated article in a real browser: wide and narrow, light and dark, on paper."""

from __future__ import annotations

import pytest

import weigh
from weigh.folder import example_article, load
from weigh.report import render_audit


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    article, folder = example_article()
    path = tmp_path_factory.mktemp("audit") / "audit.html"
    path.write_text(render_audit(weigh.audit_article(article, load(folder))), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page_file, open_page, axe, width, scheme):
    page = open_page(page_file, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_verdict_can_be_hidden_without_scripts(page_file, open_page):
    page = open_page(page_file, javascript=False)
    notes = page.locator(".claim-note.v-supported")
    assert notes.first.is_visible()
    page.locator("#show-supported").uncheck()
    assert not notes.first.is_visible()
    assert page.locator(".claim-note.v-overstated").first.is_visible()


def test_a_mark_leads_to_its_verdict_by_keyboard(page_file, open_page):
    page = open_page(page_file)
    link = page.locator(".to-claim").first
    link.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith(link.get_attribute("href"))


def test_a_number_in_a_reason_opens_the_panel_with_its_source(page_file, open_page):
    page = open_page(page_file)
    page.locator(".claim-note a.n").first.click()
    assert page.locator("#panel").is_visible()
    assert page.locator("#panel-body .node-head").inner_text()


def test_on_paper_every_verdict_is_there_in_words(page_file, open_page):
    page = open_page(page_file)
    page.emulate_media(media="print")
    for note in page.locator(".claim-note .verdict-line").all():
        assert note.is_visible()
    assert not page.locator(".panel").is_visible()
