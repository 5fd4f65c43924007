"""Judging in the browser's way: a form, what would follow, a save, a conflict."""

from __future__ import annotations

import shutil
from urllib.parse import urlencode

import pytest
from lxml import html

from weigh.folder import check, example_folders, fingerprint, load

VITAMIN_K = next(p for p in example_folders() if p.name == "vitamin-k-peripheral-neuropathy")
BIAS = {
    "study": "mehta-2021",
    "domain": "randomization_process",
    "tool": "rob2",
    "version": "2019",
    "outcome": "*",
    "judgement": "high",
    "source": "mehta2021",
    "reason": "The list was open <script>alert(1)</script>",
    "by": "R. Reviewer",
}
CERTAINTY = {
    "comparison": "leg-cramps",
    "domain": "indirectness",
    "levels": "0",
    "reason": "Cramps are what people asked about.",
    "by": "R. Reviewer",
}


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(VITAMIN_K, tmp_path / "vitamin-k")


@pytest.fixture
def desk(serving, folder):
    return serving(folder)


def post(site, kind, fields):
    return site.ask(
        f"/q/vitamin-k/judge/{kind}",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(fields).encode(),
    )


def test_every_judgement_is_listed_with_a_form_to_change_it(desk):
    page = html.fromstring(desk.ask("/q/vitamin-k/judge").text)
    links = page.xpath("//a[text()='Change']/@href")
    assert len(links) > 10
    for link in links:
        asked = html.fromstring(desk.ask(link).text)
        assert asked.xpath("//p[@class='lead']")[0].text.endswith("?")
        form = asked.xpath("//form")[0]
        assert form.get("method") == "post"


def test_what_would_follow_is_shown_and_nothing_is_saved(desk, folder):
    before = fingerprint(folder)
    reply = post(desk, "certainty", CERTAINTY)
    page = html.fromstring(reply.text)
    assert reply.status == 200
    assert "Nothing is saved yet." in page.text_content()
    assert len(page.xpath("//span[text()='then']")) >= 1
    assert fingerprint(folder) == before


def test_a_saved_judgement_is_on_the_page_in_the_folder_and_after_a_restart(desk, folder, serving):
    base = html.fromstring(post(desk, "certainty", CERTAINTY).text).xpath(
        "//input[@name='base']/@value"
    )[0]
    reply = post(desk, "certainty", {**CERTAINTY, "base": base})
    assert reply.status == 303
    listed = desk.ask(reply.headers["location"]).text
    assert "Saved " in listed
    assert CERTAINTY["reason"] in listed
    assert "indirectness: from “not set by anybody” to “left as it is”." in listed
    assert check(folder) == ()
    assert [(o.domain, o.levels) for o in load(folder).overrides] == [("indirectness", 0)]
    assert "Edited judgement by R. Reviewer" in desk.ask("/q/vitamin-k/").text
    assert "Edited judgement by R. Reviewer" in serving(folder).ask("/q/vitamin-k/").text


def test_words_of_a_judge_are_words_on_every_page(desk, folder):
    preview = post(desk, "bias", BIAS)
    base = html.fromstring(preview.text).xpath("//input[@name='base']/@value")[0]
    assert post(desk, "bias", {**BIAS, "base": base}).status == 303
    for path in (
        "/q/vitamin-k/judge",
        "/q/vitamin-k/",
        "/q/vitamin-k/judge/bias?study=mehta-2021&domain=randomization_process",
    ):
        text = desk.ask(path).text
        assert "<script>alert" not in text
        assert "The list was open" in text


def test_a_change_on_disk_meanwhile_is_shown_and_never_overwritten(desk, folder):
    base = html.fromstring(post(desk, "bias", BIAS).text).xpath("//input[@name='base']/@value")[0]
    path = folder / "risk_of_bias.csv"
    path.write_text(path.read_text().replace("some_concerns", "high", 1))
    held = path.read_text()
    reply = post(desk, "bias", {**BIAS, "base": base})
    assert reply.status == 409
    assert "was changed on disk since you looked at it; nothing was saved." in reply.text
    assert path.read_text() == held
    page = html.fromstring(reply.text)
    told = " ".join(page.xpath("//*[@role='alert']")[0].text_content().split())
    assert "Mehta 2021: randomization process (RoB 2, 2019): some concerns became high" in told
    again = {field.get("name"): field.get("value") for field in page.xpath("//form//input")}
    assert (again["reason"], again["judgement"]) == (BIAS["reason"], BIAS["judgement"])
    assert post(desk, "bias", again).status == 303
    assert check(folder) == ()


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("bias", {"reason": ""}, "A judgement needs a reason; found none."),
        ("bias", {"by": " "}, "A judgement needs a name; found none."),
        ("bias", {"judgement": "splendid"}, "splendid"),
        ("certainty", {"levels": "many"}, "levels: "),
        ("certainty", {"levels": "9"}, "levels"),
    ],
)
def test_what_cannot_be_judged_is_told_and_nothing_is_saved(desk, folder, kind, change, words):
    before = fingerprint(folder)
    reply = post(desk, kind, {**(BIAS if kind == "bias" else CERTAINTY), **change})
    assert reply.status == 422
    assert words in reply.text
    assert fingerprint(folder) == before


def test_another_site_cannot_judge(desk, folder):
    before = fingerprint(folder)
    reply = desk.ask(
        "/q/vitamin-k/judge/certainty",
        method="POST",
        headers={
            "Origin": "http://evil.example",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=urlencode({**CERTAINTY, "base": before}).encode(),
    )
    assert reply.status == 403
    assert fingerprint(folder) == before
