"""``weigh audit``."""

from __future__ import annotations

import json

import pytest

from weigh.folder import example_article

ARTICLE, FOLDER = example_article()


def test_an_article_is_audited_claim_by_claim_and_an_editor_s_pipeline_stops(weigh):
    said = weigh("audit", ARTICLE, "--evidence", FOLDER)
    assert said.code == 1
    assert "Vitamin K2 for tingling feet" in said.out
    assert "▲ overstated (major)" in said.out
    assert "✗ contradicted" in said.out
    assert "The evidence would bear: " in said.out


def test_json_is_one_document_with_offsets_that_hold(weigh):
    said = weigh("audit", ARTICLE, "--evidence", FOLDER, "--json")
    audit = said.document
    text = ARTICLE.read_text(encoding="utf-8")
    assert said.code == 1
    assert audit["claims"]
    for claim in audit["claims"]:
        assert text[claim["start"] : claim["end"]] == claim["text"]
        for rule in claim["rules"]:
            start, end = rule["trigger"]
            assert 0 <= start <= end <= len(text)
            for node in rule["because"]:
                assert node in audit["trace"]


def test_everything_to_take_away_is_written(weigh, tmp_path):
    names = {"html": "a.html", "letter": "a.md", "rewrite": "b.md", "claimreview": "c.json"}
    options = [o for name, file in names.items() for o in (f"--{name}", tmp_path / file)]
    who = ["--author", "Check Desk", "--url", "https://example.org/1", "--date", "2026-11-23"]
    said = weigh("audit", ARTICLE, "--evidence", FOLDER, *options, *who)
    assert said.code == 1
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "23 November 2026" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert (tmp_path / "b.md.diff").read_text(encoding="utf-8").startswith("--- ")
    reviews = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert {review["@type"] for review in reviews} == {"ClaimReview"}


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("contradicted", 1), ("major", 1)])
def test_what_makes_the_exit_code_1_can_be_chosen(weigh, fail_on, code):
    assert weigh("audit", ARTICLE, "--evidence", FOLDER, "--fail-on", fail_on).code == code


def test_without_evidence_the_questions_for_a_folder_are_told(weigh):
    said = weigh("audit", ARTICLE)
    assert said.code == 0
    assert "What an evidence folder would have to answer:" in said.out
    assert "Strength: direct (says that it does)" in " ".join(said.out.split())
    assert "not checkable" not in said.out


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_folder_of_articles_gives_a_table_over_all_and_pages(weigh, tmp_path, jobs):
    text = ARTICLE.read_text(encoding="utf-8")
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"\x00\x01\x02")
    out = tmp_path / "pages"
    said = weigh("audit", tmp_path, "--evidence", FOLDER, "--html", out, "--jobs", jobs)
    assert said.code == 1
    assert "3 articles" in said.out
    assert sorted(path.name for path in out.iterdir()) == ["one.md.html", "two.md.html"]
    assert "empty.txt" in said.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.html"], 3, "nowhere.html cannot be read"),
        ([ARTICLE, "--settings", "nowhere.toml"], 3, "nowhere.toml cannot be read"),
        ([ARTICLE, "--claimreview", "c.json"], 2, "needs the name of who answers for it"),
        ([ARTICLE, "--evidence", "nowhere"], 2, "nowhere"),
        ([ARTICLE, "--fail-on", "sometimes"], 2, "sometimes"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_message(
    weigh, tmp_path, monkeypatch, arguments, code, words
):
    monkeypatch.chdir(tmp_path)
    said = weigh("audit", *arguments)
    assert said.code == code
    assert words in said.err
    assert list(tmp_path.iterdir()) == []
