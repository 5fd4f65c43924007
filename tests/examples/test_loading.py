"""The worked questions are folders that the program itself takes without a word."""

from __future__ import annotations

import pytest
from examples.reading import EXAMPLES, FOLDERS, document, table

from weigh.evidence.study import Allocation
from weigh.folder import check, example_folders, load

each_folder = pytest.mark.parametrize("name", FOLDERS)


@each_folder
def test_the_check_finds_no_fault(name: str) -> None:
    assert not check(EXAMPLES / name)


@each_folder
def test_every_study_and_every_row_arrives(name: str) -> None:
    evidence = load(EXAMPLES / name)

    assert evidence.name == name
    assert evidence.question.id == name
    assert len(evidence.studies) == len(document(name, "studies.yaml"))
    assert len(evidence.results) == len(table(name, "results.csv"))
    assert len(evidence.mechanisms) == len(table(name, "mechanisms.csv"))


def test_vitamin_k_comes_first_among_the_examples() -> None:
    assert [path.name for path in example_folders()][: len(FOLDERS)] == list(FOLDERS)


def test_the_only_direct_randomised_trial_of_vitamin_k_is_the_pilot() -> None:
    studies = load(EXAMPLES / FOLDERS[0]).studies

    trials = [
        study
        for study in studies
        if study.allocation is Allocation.RANDOMISED and study.directness.level == "direct"
    ]

    assert [study.id for study in trials] == ["mehta-2021"]
    assert trials[0].pilot
    assert trials[0].tied_to_maker


def test_the_withdrawal_trial_of_lipoic_acid_enters_no_comparison_and_says_why() -> None:
    excluded = {
        study.id: study.excluded for study in load(EXAMPLES / FOLDERS[1]).studies if study.excluded
    }

    assert set(excluded) == {"garcia-alcala-2015"}
    assert "no placebo" in excluded["garcia-alcala-2015"]
