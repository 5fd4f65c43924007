"""The worked questions hold what was reported, each fact with its source, and nothing else."""

from __future__ import annotations

import csv

import pytest
from examples.reading import EXAMPLES, FOLDERS, TABLES, document, references, table, values

each_folder = pytest.mark.parametrize("name", FOLDERS)


@each_folder
def test_every_file_is_plain_utf8_text_with_unix_lines_and_a_last_newline(name: str) -> None:
    for path in sorted((EXAMPLES / name).iterdir()):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path
        assert b"\r" not in raw, path
        assert raw.endswith(b"\n"), path
        raw.decode("utf-8")


@each_folder
def test_every_row_of_a_table_has_as_many_cells_as_its_header(name: str) -> None:
    for file in TABLES:
        path = EXAMPLES / name / file
        if path.exists():
            with path.open(encoding="utf-8", newline="") as lines:
                header, *rows = csv.reader(lines)
            assert {len(row) for row in rows} == {len(header)}, file


@each_folder
def test_what_was_not_reported_is_absent(name: str) -> None:
    """`not_reported` is how the gathered notes say it; a folder leaves the field out."""
    for path in sorted((EXAMPLES / name).iterdir()):
        text = path.read_text(encoding="utf-8").lower()
        for word in ("not_reported", "not_applicable", "not reported", ",na,", ",n/a,"):
            assert word not in text, (path, word)


@each_folder
def test_every_source_is_a_reference_and_every_reference_is_used(name: str) -> None:
    known = [item["id"] for item in references(name)]
    used = set(values(name, "source"))
    for reports in values(name, "reports"):
        used.update(reports)

    assert len(known) == len(set(known))
    assert used == set(known)


@each_folder
def test_a_quotation_has_at_most_fifteen_words(name: str) -> None:
    quotes = list(values(name, "quote"))

    assert quotes
    assert [quote for quote in quotes if len(quote.split()) > 15] == []


@each_folder
def test_every_fact_is_a_sentence(name: str) -> None:
    texts = list(values(name, "text"))

    assert texts
    for text in texts:
        assert text[0].isupper() or text[0].isdigit(), text
        assert text.endswith("."), text


@each_folder
def test_no_fact_claims_more_than_a_report_can(name: str) -> None:
    """Words that the wording rules keep out of pages must not come in with the facts."""
    for text in [*values(name, "text"), *values(name, "bearing"), *values(name, "plain")]:
        for word in ("significant", "proven", "promising", " safe ", " safe.", "trend towards"):
            assert word not in text.lower(), text


@each_folder
def test_a_result_has_a_source_and_its_study_arm_and_outcome_exist(name: str) -> None:
    question = document(name, "question.yaml")
    outcomes = {outcome["id"] for outcome in question["outcomes"]}
    subgroups = {subgroup["id"] for subgroup in question.get("subgroups", [])}
    arms = {
        (study["id"], arm["id"])
        for study in document(name, "studies.yaml")
        for arm in study.get("arms", [])
    }

    for row in table(name, "results.csv"):
        assert row["source"]
        assert (row["study"], row["arm"]) in arms, row
        assert (row["study"], row.get("versus", row["arm"])) in arms, row
        assert row["outcome"] in outcomes, row
        assert row.get("subgroup") is None or row["subgroup"] in subgroups, row


@each_folder
def test_an_interval_holds_its_estimate(name: str) -> None:
    published = list(values(name, "published"))
    rows = [row for row in table(name, "results.csv") if "effect" in row and "ci_low" in row]

    for low, middle, high in [
        *((item["ci_low"], item["estimate"], item["ci_high"]) for item in published),
        *((float(row["ci_low"]), float(row["effect"]), float(row["ci_high"])) for row in rows),
    ]:
        assert low < middle < high


@each_folder
def test_a_smallest_difference_that_matters_is_sourced_or_says_that_it_is_our_choice(
    name: str,
) -> None:
    for mid in values(name, "mid"):
        assert "source" in mid or (mid["assumed"] is True and mid["note"])


@each_folder
def test_the_folder_tells_people_where_its_facts_come_from(name: str) -> None:
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")

    assert "Where the facts come from" in readme
    assert "licence" in readme
    if any(item["id"] == "p70" for item in references(name)):
        assert "MIT licence" in readme
