"""The way in, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from guarded import WORDS, serve_behind
from serving import Site

from weigh.folder import example_folders


@pytest.fixture(scope="module")
def guarded() -> Iterator[Site]:
    """A worked example behind a password."""
    yield from serve_behind(WORDS, list(example_folders())[-1:])


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_the_form(guarded, open_page, axe, width, scheme):
    page = open_page(guarded.origin + "/sign-in", width=width, scheme=scheme, online=True)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_with_the_keyboard_alone_in_and_out(guarded, open_page, axe):
    page = open_page(guarded.origin + "/q/zinc-common-cold/ask?q=who", online=True)
    assert page.evaluate("document.activeElement.id") == "password"
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/q/zinc-common-cold/ask?q=who")
    page.get_by_role("link", name="Sign out").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-out")
    assert axe(page) == []
    page.get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url("**/sign-in")
    assert page.context.cookies() == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_the_list_of_the_api(site, open_page, axe, width, scheme):
    page = open_page(site.first_address, width=width, scheme=scheme, online=True)
    page.goto(site.origin + "/api")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
