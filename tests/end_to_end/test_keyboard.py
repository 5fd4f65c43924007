"""The app without a mouse: everything is reached, shows where it is, and does what it should."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

ZINC = "/q/zinc-common-cold/"
VITAMIN_K = "/q/vitamin-k-peripheral-neuropathy/"

#: Names what can be acted on; a group of radio buttons is one stop.
NUMBER = """() => {
    const can = "a[href], button, input:not([type=hidden]), select, textarea, summary, "
        + "[tabindex='0']";
    const shown = [...document.querySelectorAll(can)].filter(
        (one) => one.checkVisibility() && !one.disabled);
    shown.forEach((one, index) => { one.dataset.stop = index; });
    return shown.length;
}"""
HERE = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    return [Number(one.dataset.stop ?? -1),
            style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""


@pytest.fixture
def enter(site, open_page):
    """Open a page of the app with its key."""
    page = open_page(site.first_address, online=True)

    def entered(path: str) -> Page:
        page.goto(site.origin + path)
        return page

    return entered


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"Tab did not reach {selector}")


def test_tab_reaches_everything_in_order_and_shows_where_it_is(enter):
    for path in (
        "/",
        "/new",
        "/audit",
        f"{ZINC}versions",
        f"{ZINC}ask?q=side+effects",
        f"{ZINC}c/ongoing/plots",
        f"{VITAMIN_K}judge/bias?study=mehta-2021&domain=randomization_process",
    ):
        page = enter(path)
        stops = page.evaluate(NUMBER)
        walked = []
        for _ in range(stops):
            page.keyboard.press("Tab")
            walked.append(page.evaluate(HERE))
        assert walked == [[number, True] for number in range(stops)], path


def test_the_skip_link_leads_past_the_navigation(enter):
    page = enter(ZINC)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_number_is_opened_walked_and_closed_by_keyboard(enter):
    page = enter(ZINC)
    number = page.locator("#outcome-prevention .statement a.n").first
    number.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("#panel")).to_be_focused()
    first = page.locator("#panel-body").inner_text()
    tab_to(page, "#panel-body a[data-node]")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-body")).not_to_have_text(first, use_inner_text=True)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(number).to_be_focused()


def test_an_article_is_audited_by_keyboard(enter):
    page = enter("/audit")
    tab_to(page, "select[name=question]")
    page.keyboard.type("Does vitamin K")
    tab_to(page, "textarea")
    page.keyboard.insert_text("Vitamin K2 cures neuropathy. It rebuilds damaged nerves in weeks.")
    tab_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".claim-note").first).to_be_visible()
    tab_to(page, ".claim-note summary")
    page.keyboard.press("Enter")
    assert page.locator(".claim-note details[open]").count() == 1
