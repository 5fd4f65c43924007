"""What the worked question on vitamin K must not lose: the traps in its evidence."""

from __future__ import annotations

from itertools import pairwise

from examples.reading import document, references, table, values

NAME = "vitamin-k-peripheral-neuropathy"


def studies() -> dict[str, dict]:
    return {study["id"]: study for study in document(NAME, "studies.yaml")}


def test_the_two_counts_of_the_pilot_are_both_there_and_the_used_one_has_its_reason() -> None:
    counts = {entry["count"]: entry for entry in studies()["mehta-2021"]["participants"]}

    assert set(counts) == {20, 70}
    assert counts[20]["used"] is True
    assert counts[20]["reason"]
    assert "used" not in counts[70]
    assert counts[20]["source"] != counts[70]["source"]


def test_the_three_neuropathy_studies_are_one_team_tied_to_one_maker() -> None:
    direct = [study for study in studies().values() if "directness" not in study]

    assert [study["id"] for study in direct] == ["kulkarni-2013", "mehta-2018", "mehta-2021"]
    assert len({study["team"] for study in direct}) == 1
    assert {tie["party"] for study in direct for tie in study["interests"]} == {
        "Synergia Life Sciences"
    }


def test_only_one_of_them_was_randomised() -> None:
    designs = [study["design"] for study in studies().values() if "directness" not in study]

    assert sorted(designs) == ["before-after", "before-after", "rct"]


def test_no_mean_with_a_spread_was_reported_for_symptoms() -> None:
    rows = [row for row in table(NAME, "results.csv") if row["outcome"] == "symptoms"]

    assert rows
    assert [row for row in rows if {"sd", "se", "ci_low", "change_sd"} & set(row)] == []


def test_rounded_figures_and_ranges_of_means_say_so() -> None:
    marked = [row for row in table(NAME, "results.csv") if "qualifier" in row]

    assert {row["qualifier"] for row in marked} == {"about", "range-of-means"}
    for row in table(NAME, "results.csv"):
        if "mean" in row and row["outcome"] == "symptoms":
            assert row["qualifier"] == "about", row


def test_the_cramp_trial_is_indirect_and_its_interval_is_questioned() -> None:
    trial = studies()["tan-2024-cramps"]
    checks = {
        row["check"]: row["finding"]
        for row in table(NAME, "trust.csv")
        if row["study"] == "tan-2024-cramps"
    }

    assert trial["directness"]["level"] == "indirect"
    assert trial["directness"]["levels"] == 2
    assert checks["plausible-numbers"] == "concern"


def test_vitamin_k_antagonists_are_a_danger_with_the_doses_at_which_the_inr_moved() -> None:
    interactions = document(NAME, "safety.yaml")["interactions"]
    dangers = [item for item in interactions if item["severity"] == "danger"]

    assert {item["class"] for item in dangers} == {"vitamin K antagonists"}
    assert "warfarin" in {item["with"] for item in dangers}
    assert sorted(dose for item in dangers for dose in item.get("doses", [])) == [
        10,
        20,
        45,
        50,
        150,
    ]


def test_a_dose_without_an_effect_is_no_danger() -> None:
    (without,) = (
        item for item in document(NAME, "safety.yaml")["interactions"] if item.get("no_effect")
    )

    assert without["doses"] == [100]
    assert without["severity"] == "note"


def test_no_finding_in_people_joins_the_vitamin_to_a_nerve() -> None:
    """Of the findings in people, one was not tested and one has no result to show."""
    human = [row for row in table(NAME, "mechanisms.csv") if row["level"] == "human"]

    assert sorted(row["relation"] for row in human) == ["not-tested", "result-not-seen"]


def test_the_steps_from_the_vitamin_to_myelin_join_up() -> None:
    edges = {(row["subject"], row["object"]) for row in table(NAME, "mechanisms.csv")}
    steps = [
        "vitamin K",
        "Gas6",
        "TAM receptors (Tyro3, Axl, MerTK)",
        "Schwann cell myelination",
    ]

    assert set(pairwise(steps)) <= edges
    assert steps[-1] in document(NAME, "question.yaml")["mechanism_targets"]


def test_secondary_sources_are_marked_as_such() -> None:
    secondary = {item["id"] for item in references(NAME) if item.get("custom", {}).get("secondary")}

    assert {"mehta2021_press", "kulkarni2013_web", "tan2024_acp", "pan2016_wf"} <= secondary


def test_reviews_by_sellers_name_the_interest() -> None:
    interests = {
        review["label"]: review.get("interest", "")
        for review in document(NAME, "background.yaml")["reviews"]
    }

    assert "Synergia" in interests["Jadhav 2022"]
    assert "Synergia" in interests["Mehta 2021 (book chapter)"]
    assert list(values(NAME, "appraisal"))
