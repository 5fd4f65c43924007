"""The first ten minutes of somebody new, with the time that each step may take."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from serving import serve

from weigh.folder import check, example_folders

MINUTE = 60.0
WEIGH = (sys.executable, "-c", "from weigh.cli import main; main()")
QUESTION = "vitamin-k-peripheral-neuropathy"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if what is done here takes longer: a promise to people, wide of what a machine needs."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def walk_to_a_quote(page: Page, card: str) -> None:
    """From a number of a sentence down through what it was made of, to a source's words."""
    steps = page.locator("#panel-body a[data-node]")
    for number in page.locator(f"{card} .statement a.n").all():
        number.click()
        while not page.locator("#panel blockquote").count() and steps.count():
            words = page.locator("#panel-body").inner_text()
            steps.last.click()
            expect(page.locator("#panel-body")).not_to_have_text(words, use_inner_text=True)
        if page.locator("#panel blockquote").count():
            return
        page.keyboard.press("Escape")
    pytest.fail("no number of the sentence led to a quote")


def test_the_first_ten_minutes(tmp_path, open_page):
    with within(2 * MINUTE):  # the worked answer is seen, without a network
        pages = tmp_path / "pages"
        subprocess.run(
            [*WEIGH, "demo", "--out", str(pages)],
            check=True,
            capture_output=True,
            timeout=2 * MINUTE,
        )
        page = open_page(pages / QUESTION / "index.html")
        expect(page.locator("#answer .verdict .statement")).to_contain_text(
            "we cannot tell whether"
        )

    with within(2 * MINUTE):  # one number is followed to the words of its source
        walk_to_a_quote(page, "#outcome-leg-cramps")
        expect(page.locator("#panel blockquote").first).to_be_visible()

    example = next(p for p in example_folders() if p.name == QUESTION)
    folder = shutil.copytree(example, tmp_path / QUESTION)
    for site in serve([folder], home=tmp_path):
        with within(2 * MINUTE):  # one judgement is flipped, and the words change
            page = open_page(site.first_address, online=True)
            page.get_by_role("link", name="Does vitamin K help").click()
            verdict = page.locator("#answer .verdict .statement")
            before = verdict.inner_text()
            page.get_by_role("link", name="Judgements").click()
            page.get_by_label("Change Imprecision of Symptoms or pain").first.click()
            page.get_by_label("Your judgement").select_option("0")
            page.get_by_label("Why").fill("To see what follows.")
            page.get_by_label("Your name").fill("A newcomer")
            page.get_by_role("button", name="Show what would follow").click()
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("status").first).to_contain_text("Saved ")
            page.get_by_role("link", name="Answer", exact=True).click()
            expect(verdict).not_to_have_text(before, use_inner_text=True)
            assert check(folder) == ()

        with within(4 * MINUTE):  # a question of one's own is begun from a template
            page.get_by_role("link", name="Questions", exact=True).click()
            page.get_by_role("link", name="Start a question of your own").click()
            page.get_by_label("Name of the folder").fill("ginger-nausea")
            page.get_by_role("button", name="Start").click()
            expect(page.locator("h1")).to_have_text("Your question is begun")
            own = tmp_path / "ginger-nausea" / "question.yaml"
            own.write_text(own.read_text().replace("Does a cool bedroom", "Does ginger tea"))
            page.get_by_role("link", name="See its page").click()
            expect(page.locator("h1")).to_contain_text("Does ginger tea")
