"""Versions in the browser's way: listed, read as they were, set beside the answer of now."""

from __future__ import annotations

import json
import shutil
from urllib.parse import urlencode

import pytest
from lxml import html

import weigh
from weigh.folder import example_folders
from weigh.folder.versions import versions
from weigh.report.page import answer_json

ZINC = next(p for p in example_folders() if p.name == "zinc-common-cold")
EDGE = "----edge"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(ZINC, tmp_path / "zinc", ignore=shutil.ignore_patterns(".*"))


@pytest.fixture
def desk(serving, folder):
    return serving(folder)


def keep(site, why="Before the change", by="Ada"):
    return site.ask(
        "/q/zinc/versions",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({"why": why, "by": by}).encode(),
    )


def upload(site, data):
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="old.json"\r\n'
        "Content-Type: application/json\r\n\r\n"
    )
    return site.ask(
        "/q/zinc/compare",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": f"multipart/form-data; boundary={EDGE}"},
        body=head.encode() + data + f"\r\n--{EDGE}--\r\n".encode(),
    )


def change_events(folder):
    """One cell: 20 people with a cold become 10."""
    results = folder / "results.csv"
    lines = results.read_text().splitlines(keepends=True)
    events = lines[0].split(",").index("events")
    at = next(i for i, line in enumerate(lines) if line.startswith("pooya-2006,"))
    cells = lines[at].split(",")
    cells[events] = str(int(cells[events]) - 10)
    lines[at] = ",".join(cells)
    results.write_text("".join(lines))


def test_a_version_is_kept_read_as_it_was_and_compared(desk, folder):
    before = weigh.answer_question(weigh.load(folder))
    reply = keep(desk)
    assert reply.status == 303
    assert "Kept " in desk.ask(reply.headers["location"]).text
    change_events(folder)
    (kept,) = versions(folder)
    base = f"/q/zinc/versions/{kept.id}"

    old = json.loads(desk.ask(f"{base}/answer.json").text)
    assert old == json.loads(answer_json(before))
    page = html.fromstring(desk.ask(f"{base}/").text)
    assert before.verdict.sentence.text in page.text_content()
    assert "not the answer of now" in page.text_content()
    assert not page.xpath("//details[@class='reader']")
    for link in page.xpath("//a[@class='n']/@href")[::40]:
        assert page.get_element_by_id(link.removeprefix("#")) is not None
    picture = page.xpath("//figcaption/a/@href")[0]
    assert desk.ask(f"{base}/{picture}").status == 200

    changed = json.loads(desk.ask(f"{base}/diff.json").text)
    assert [c["old"] - c["new"] for c in changed["data"]] == [10]
    shown = html.fromstring(desk.ask(f"{base}/diff").text)
    told = [row.text_content() for row in shown.xpath("//tbody/tr")]
    assert any("Pooya 2006" in row for row in told)
    for link in shown.xpath("//tbody//a/@href"):
        assert link.startswith("/q/zinc/#s-")


def test_an_answer_from_elsewhere_is_compared(desk, folder):
    data = answer_json(weigh.answer_question(weigh.load(folder))).encode()
    assert "Nothing changed" in upload(desk, data).text
    change_events(folder)
    reply = upload(desk, data)
    assert reply.status == 200
    assert "From old.json to the answer of now." in reply.text
    assert "Pooya 2006" in reply.text


def test_what_cannot_be_compared_or_kept_is_told(desk, folder):
    assert "is no JSON" in upload(desk, b"<script>alert(1)</script>").text
    assert "it has no `trace`" in upload(desk, b"{}").text
    assert "A version needs a reason" in keep(desk, why=" ").text
    assert versions(folder) == ()
    for path in ("/", "/diff", "/answer.json", "/diff.json"):
        assert desk.ask(f"/q/zinc/versions/20261125T120000Z-0123456789ab{path}").status == 404


def test_words_of_a_keeper_are_words(desk):
    keep(desk, why="<script>alert(1)</script>", by="<b>Ada</b>")
    text = desk.ask("/q/zinc/versions").text
    assert "<script>alert" not in text
    assert "<b>Ada" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_list_as_data_is_the_list(desk, folder):
    keep(desk)
    listed = json.loads(desk.ask("/q/zinc/versions.json").text)
    assert listed["fingerprint"] == weigh.load(folder).fingerprint
    assert [v["id"] for v in listed["versions"]] == [v.id for v in versions(folder)]
