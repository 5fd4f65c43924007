"""A question of one's own: a folder to fill, served at once."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from lxml import html
from serving import serve

from weigh.folder import check, example_folders

ZINC = next(p for p in example_folders() if p.name == "zinc-common-cold")


@pytest.fixture
def desk(tmp_path):
    yield from serve([ZINC], home=tmp_path)


def start(site, name):
    return site.ask(
        "/new",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({"name": name}).encode(),
    )


def test_a_started_question_is_a_folder_without_faults_and_has_its_page(desk, tmp_path):
    reply = start(desk, "ginger-nausea")
    assert reply.status == 303
    folder = tmp_path / "ginger-nausea"
    assert str(folder) in desk.ask(reply.headers["location"]).text
    assert check(folder) == ()
    title = folder / "question.yaml"
    title.write_text(title.read_text().replace("Does a cool bedroom", "Does a cold bedroom"))
    shelf = html.fromstring(desk.ask("/").text)
    assert shelf.xpath("//h2/a[@href='/q/ginger-nausea/']/text()") == [
        "Does a cold bedroom help with falling asleep? (EXAMPLE)"
    ]
    assert desk.ask("/q/ginger-nausea/").status == 200


@pytest.mark.parametrize(
    "name", ["", "..", "../out", "a/b", "Zinc", "-a", "a-", "a" * 61, "zinc-common-cold", "a\0b"]
)
def test_what_cannot_be_a_name_is_told_and_nothing_is_written(desk, tmp_path, name):
    reply = start(desk, name)
    assert reply.status == 422
    assert "expected small letters, digits and hyphens" in reply.text
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(desk, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thoughts.txt").write_text("Mine.")
    reply = start(desk, "mine")
    assert reply.status == 422
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thoughts.txt"]
