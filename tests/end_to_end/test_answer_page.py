"""The answer page in a real browser: no barrier, no sideways scroll, every number answers."""

from __future__ import annotations

import pytest
from report.sample import sample_answer

from weigh.report import IndexEntry, render, render_index


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("answer") / "index.html"
    path.write_text(render(sample_answer(large=4)).html, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def index_file(tmp_path_factory):
    answer = sample_answer(large=2)
    path = tmp_path_factory.mktemp("shelf") / "index.html"
    entries = [IndexEntry(answer=answer, link="a/index.html")] * 2
    path.write_text(render_index(entries), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(page_file, open_page, axe, width, scheme):
    page = open_page(page_file, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert axe(page) == []


def test_axe_finds_nothing_with_the_panel_open(page_file, open_page, axe):
    page = open_page(page_file)
    page.click(".verdict a.n")

    assert axe(page) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_the_index(index_file, open_page, axe, width):
    assert axe(open_page(index_file, width=width, scheme="dark")) == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_page_never_scrolls_sideways(page_file, open_page, width):
    page = open_page(page_file, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_click_on_a_number_opens_the_panel_with_its_source(page_file, open_page):
    page = open_page(page_file)

    page.click(".verdict a.n")

    panel = page.locator("#panel")
    assert panel.is_visible()
    assert "A number of the folder: 42" in panel.inner_text()
    assert "results.csv, line 2" in panel.inner_text()
    assert page.url.endswith("index.html")


def test_the_panel_walks_down_to_the_cell_and_back(page_file, open_page):
    page = open_page(page_file)
    page.click("#outcome-awake a.badge")
    title = page.locator("#panel-body .node-head")
    first = title.inner_text()

    page.click("#panel-body a[data-node]")
    second = title.inner_text()
    page.click("#panel-back")

    assert first.startswith("Certainty: Woke during the night")
    assert second != first
    assert title.inner_text() == first


def test_a_number_in_a_picture_opens_the_panel_too(page_file, open_page):
    page = open_page(page_file)

    page.click("#outcome-awake svg [data-node]")

    assert page.locator("#panel").is_visible()


def test_the_keyboard_alone_opens_and_closes_the_panel_and_finds_its_place_again(
    page_file, open_page
):
    page = open_page(page_file)
    page.focus(".verdict a.n")

    page.keyboard.press("Enter")
    opened = page.evaluate("document.activeElement.id")
    page.keyboard.press("Escape")

    assert opened == "panel"
    assert page.locator("#panel").is_hidden()
    assert page.evaluate("document.activeElement.matches('.verdict a.n')")


def test_hovering_over_a_number_shows_what_it_is(page_file, open_page):
    page = open_page(page_file)

    page.hover(".verdict a.n")
    page.wait_for_selector("#peek", state="visible")

    assert "A number of the folder: 42" in page.inner_text("#peek")
    page.keyboard.press("Escape")
    assert page.locator("#peek").is_hidden()


def test_without_scripts_a_number_is_a_link_to_its_entry(page_file, open_page):
    page = open_page(page_file, javascript=False)

    page.click(".verdict a.n")

    assert page.url.endswith("#node-facts.some")
    assert page.locator("[id='node-facts.some']").is_visible()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_answer(page_file, open_page):
    page = open_page(page_file)

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")


def test_no_words_touch_in_any_picture_as_the_browser_draws_them(page_file, open_page):
    page = open_page(page_file)

    touching = page.evaluate(
        """() => [...document.querySelectorAll('svg')].flatMap(svg => {
            const lines = [...svg.querySelectorAll('text')].map(text => {
                const box = text.getBBox(), size = +text.getAttribute('font-size');
                const base = +text.getAttribute('y');
                return {said: text.textContent, left: box.x, right: box.x + box.width,
                        top: base - 0.75 * size, bottom: base + 0.2 * size};
            });
            return lines.flatMap((a, i) => lines.slice(i + 1)
                .filter(b => a.left < b.right && b.left < a.right
                             && a.top < b.bottom && b.top < a.bottom)
                .map(b => [a.said, b.said]));
        })"""
    )

    assert touching == []


def test_on_paper_everything_folded_is_open_and_the_appendix_stays_out(page_file, open_page):
    page = open_page(page_file)

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert page.locator("ul.nodes").is_hidden()
    assert page.locator("nav.toc").is_hidden()
