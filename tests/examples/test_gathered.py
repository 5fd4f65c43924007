"""The worked questions against the notes that they were made from, where those are at hand."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import yaml
from examples.reading import document, references, table, values
from shared import shared_path

pytestmark = pytest.mark.shared

VITAMIN_K = "vitamin-k-peripheral-neuropathy"
LIPOIC_ACID = "alpha-lipoic-acid-diabetic-polyneuropathy"
ZINC = "zinc-common-cold"

RELATIONS = {
    "no_effect": "no-effect",
    "correlates_with": "correlates-with",
    "not_tested": "not-tested",
    "measured_result_not_seen": "result-not-seen",
}
DESIGNS = {
    "uncontrolled_before_after": "before-after",
    "rct_parallel": "rct",
    "rct_crossover": "crossover-rct",
    "rct_withdrawal_open": "rct",
    "observational_cross_sectional": "cross-sectional",
}


def gathered(name: str) -> dict[str, Any]:
    notes: dict[str, Any] = yaml.safe_load(
        shared_path("evidence", f"{name}.yaml").read_text(encoding="utf-8")
    )
    return notes


def told(value: object) -> bool:
    return value not in (None, "not_reported", "not_applicable")


def has_a_result(outcome: dict[str, Any]) -> bool:
    """Whether the notes have a figure for a row, or at least the words of a report."""
    figures = ("mean", "sd", "range", "p", "events", "percent", "quote")
    return any(told(outcome.get(field)) for field in figures)


@pytest.mark.parametrize("name", [VITAMIN_K, LIPOIC_ACID])
def test_every_study_is_there_with_its_design_and_year(name: str) -> None:
    ours = {study["id"]: study for study in document(name, "studies.yaml")}

    for study in gathered(name)["studies"]:
        assert ours[study["id"]]["design"] == DESIGNS[study["design_code"]]
        assert ours[study["id"]]["year"] == study["year"]


def test_vitamin_k_has_these_studies_and_no_others() -> None:
    assert {study["id"] for study in document(VITAMIN_K, "studies.yaml")} == {
        study["id"] for study in gathered(VITAMIN_K)["studies"]
    }


def test_a_row_of_the_notes_with_a_result_has_its_quotation_in_the_folder() -> None:
    ours = {row["quote"] for row in table(VITAMIN_K, "results.csv") if "quote" in row}
    theirs = {
        outcome["quote"]
        for study in gathered(VITAMIN_K)["studies"]
        for outcome in study["outcomes"]
        if has_a_result(outcome) and told(outcome["quote"])
    }

    assert theirs <= ours


def test_a_study_with_a_result_in_the_notes_has_rows_and_one_without_has_none() -> None:
    rows = Counter(row["study"] for row in table(VITAMIN_K, "results.csv"))

    for study in gathered(VITAMIN_K)["studies"]:
        with_result = [o for o in study["outcomes"] if has_a_result(o) or "title states" in str(o)]
        assert bool(rows[study["id"]]) == bool(with_result), study["id"]
        assert rows[study["id"]] >= len(with_result), study["id"]


def test_every_mechanism_is_there_with_its_relation_and_source() -> None:
    ours = {row["id"]: row for row in table(VITAMIN_K, "mechanisms.csv")}
    theirs = gathered(VITAMIN_K)["mechanisms"]

    assert set(ours) == {edge["id"] for edge in theirs}
    for edge in theirs:
        row = ours[edge["id"]]
        assert row["relation"] == RELATIONS.get(edge["relation"], edge["relation"])
        if edge["relation"] != "not_tested":
            assert row["source"] == edge["source"]
        if edge["species"] in ("mouse", "rat", "rodent"):
            assert row["level"] == "animal"
        if edge["system"] == "in vitro":
            assert row["level"] == "in-vitro"


@pytest.mark.parametrize("name", [VITAMIN_K, LIPOIC_ACID, ZINC])
def test_no_source_of_the_notes_was_dropped_and_its_identifiers_agree(name: str) -> None:
    ours = {item["id"]: item for item in references(name)}
    for key, source in gathered(name)["sources"].items():
        assert key in ours, key
        # The notes give the data package the identifier of the review that it was exported from.
        if told(source["doi"]) and key != "p70":
            assert ours[key]["DOI"].lower() == source["doi"].lower()
        if told(source["pmid"]):
            assert ours[key]["PMID"] == source["pmid"]


def test_the_doses_of_the_interactions_are_those_of_the_notes() -> None:
    theirs = {
        dose
        for item in gathered(VITAMIN_K)["interactions"]
        for dose in item.get("dose_mcg_per_day", [])
    }
    ours = {dose for doses in values(VITAMIN_K, "doses") for dose in doses}

    assert ours == theirs


def test_the_exported_rows_on_lipoic_acid_are_those_of_the_notes() -> None:
    theirs = Counter(
        (study["id"], outcome["n"], _number(outcome["mean"]), outcome.get("events"))
        for study in gathered(LIPOIC_ACID)["studies"]
        for outcome in study["outcomes"]
        if outcome["source"] == "p70"
    )
    ours = Counter(
        (
            row["study"],
            int(row.get("n") or row["total"]),
            float(row["change_mean"]) if "change_mean" in row else None,
            int(row["events"]) if "events" in row else None,
        )
        for row in table(LIPOIC_ACID, "results.csv")
        if row["source"] == "p70"
    )

    assert sum(ours.values()) == 16
    assert ours == theirs


def test_every_row_on_zinc_is_that_of_the_notes() -> None:
    notes = gathered(ZINC)["studies"]
    theirs = Counter(
        (
            outcome["analysis"],
            outcome["arm"],
            outcome["n"],
            outcome.get("events"),
            _number(outcome.get("mean")),
            _number(outcome.get("sd")),
        )
        for study in notes
        for outcome in study["outcomes"]
    )
    ours = Counter(
        (
            row["locator"].removeprefix("analysis "),
            row["arm"],
            int(row.get("n") or row["total"]),
            int(row["events"]) if "events" in row else None,
            _number(row.get("mean")),
            _number(row.get("sd")),
        )
        for row in table(ZINC, "results.csv")
    )

    assert len(document(ZINC, "studies.yaml")) == len(notes) == 25
    assert ours == theirs


@pytest.mark.parametrize("name", [LIPOIC_ACID, ZINC])
def test_the_published_pools_are_those_of_the_notes(name: str) -> None:
    comparisons = {item["id"]: item for item in document(name, "question.yaml")["comparisons"]}
    theirs = [
        item for item in gathered(name)["published_estimates"] if item["review"] == "cochrane2024"
    ]

    assert theirs
    for item in theirs:
        plan = comparisons[item["id"]]
        (published,) = (model["published"] for model in plan["also"] if "published" in model)
        assert plan["measure"] == re.split(r"\W", item["measure"])[0]
        assert published["estimate"] == item["value"]
        assert [published["ci_low"], published["ci_high"]] == item["ci"]


def _number(value: object) -> float | None:
    return float(str(value)) if told(value) else None
