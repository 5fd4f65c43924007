"""All payloads at once in a real browser, with the content policy switched off."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from payloads import PAYLOADS
from serving import Site, serve
from tainted import ARTICLE, taint

import weigh
from weigh.report.page import render

TRAP = "window.ran = []; window.xss = n => window.ran.push(n);"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tainted") / "nights"
    # A third of all in each field: any more, and the page only grows.
    assert taint(folder, PAYLOADS[::3]) > 100
    return folder


@pytest.fixture(scope="module")
def site(folder) -> Iterator[Site]:
    yield from serve([folder])


@pytest.fixture
def trapped(browser):
    """A page without the content policy, so that escaping alone stands between words and script."""
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(TRAP)
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    yield page
    context.close()


def test_the_trap_catches_what_runs(trapped):
    trapped.set_content("<img src=x onerror=xss(7)>")
    trapped.wait_for_function("window.ran.length > 0")
    assert trapped.evaluate("window.ran") == [7]


def test_no_page_runs_any_of_them(site, trapped):
    base = f"{site.origin}/q/nights"
    trapped.goto(site.first_address)
    for address in (
        f"{site.origin}/",
        f"{base}/",
        f"{base}/judge",
        f"{base}/studies/example-2019",
        f"{base}/ask?q=sleep",
        f"{base}/c/time-to-sleep/plots",
    ):
        trapped.goto(address)
        assert trapped.evaluate("window.ran") == [], address
    for payload in PAYLOADS[:: len(PAYLOADS) // 12]:
        trapped.goto(f"{base}/ask?q={quote(payload)}")
        assert trapped.evaluate("window.ran") == [], payload


def test_an_audited_article_runs_none_of_them(site, trapped):
    trapped.goto(site.first_address)
    trapped.goto(f"{site.origin}/audit")
    told = " ".join(PAYLOADS)
    trapped.fill("textarea[name=text]", ARTICLE.format(first=PAYLOADS[0], all=told))
    trapped.locator("main form button[type=submit], main form button").first.click()
    trapped.wait_for_url("**/audits/*")
    assert trapped.evaluate("window.ran") == []


def test_the_self_contained_page_runs_none_of_them(folder, trapped, tmp_path):
    page = tmp_path / "index.html"
    page.write_text(render(weigh.answer_question(weigh.load(folder))).html, encoding="utf-8")
    trapped.goto(page.as_uri())
    trapped.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert trapped.evaluate("window.ran") == []
