"""GRADE, publication bias: what makes one suspect that studies are missing."""

from __future__ import annotations

import pytest
from builders import World, a_result, a_study
from orphans import orphan_numbers, wording_faults

from weigh.evidence.certainty import DomainRating
from weigh.evidence.judgement import TrustCheck


def rated(world: World, **options: object) -> DomainRating:
    domain = world.domain("publication_bias", **options)
    assert orphan_numbers(domain.reason, world.trace) == []
    assert wording_faults(domain.reason.text) == []
    return domain


def many(k: int, **about: object) -> World:
    world = World()
    for number in range(k):
        world.trial(f"s{number}", **about)
    return world


@pytest.mark.parametrize(("k", "p", "levels"), [(10, 0.099, -1), (10, 0.1, 0), (9, 0.01, 0)])
def test_a_small_study_test_counts_from_ten_studies_and_below_one_in_ten(
    k: int, p: float, levels: int
) -> None:
    assert rated(many(k), small_study_p=p).levels == levels


def test_without_a_test_ten_studies_are_said_to_be_untested() -> None:
    assert "not tested" in rated(many(10)).reason.text
    assert "too few studies for a test" in rated(many(9)).reason.text


@pytest.mark.parametrize(("n", "levels"), [(399, -1), (400, 0)])
def test_small_evidence_from_a_party_with_a_stake_is_suspect(n: int, levels: int) -> None:
    assert rated(World().trial("s", n=n, tied="A Maker")).levels == levels


@pytest.mark.parametrize(("weight", "levels"), [(50, 0), (51, -1)])
def test_most_of_the_weight_has_to_be_tied(weight: int, levels: int) -> None:
    world = World().trial("s", n=50, weight=weight, tied="A Maker")
    world.trial("t", n=50, weight=100 - weight)

    assert rated(world).levels == levels


def test_the_reason_names_the_party() -> None:
    world = World().trial("s", n=20, estimable=False, tied="3M")

    assert rated(world).reason.text == (
        "The evidence is small (20 people), and its only study comes from people or funds tied "
        "to 3M."
    )


@pytest.mark.parametrize(
    ("teams", "n", "levels"),
    [(("a", "a"), 199, -1), (("a", "b"), 199, 0), (("a", "a"), 200, 0), (("a",), 199, 0)],
)
def test_two_small_studies_of_one_team_are_suspect(
    teams: tuple[str, ...], n: int, levels: int
) -> None:
    world = World()
    for number, team in enumerate(teams):
        world.trial(f"s{number}", n=n, team=team)

    assert rated(world).levels == levels


def test_studies_whose_team_is_not_on_record_are_not_called_one_team() -> None:
    world = World()
    for number in range(2):
        world.trial(f"s{number}", n=50)
        study = world.trials[-1].study.model_copy(update={"team": None})
        world.trials[-1].study = study

    assert rated(world).levels == 0


@pytest.mark.parametrize(("n", "levels"), [(400, 0), (401, -1)])
def test_studies_that_measured_it_and_gave_no_numbers_are_missing(n: int, levels: int) -> None:
    world = World().trial("s", n=400).trial("t", n=n, estimable=False)

    assert rated(world).levels == levels


def a_registered_trial(finding: str, **about: object) -> World:
    world = World().trial("s", n=900)
    world.others.append(a_study("silent-trial", **about))
    world.trust.append(
        TrustCheck.model_validate(
            {
                "study": "silent-trial",
                "check": "registration",
                "finding": finding,
                "text": "Registered in 2015, completed, no results anywhere.",
                "source": "register",
            }
        )
    )
    return world


@pytest.mark.parametrize(
    ("finding", "levels"), [("serious", -1), ("concern", -1), ("no-concern", 0), ("unknown", 0)]
)
def test_a_study_registered_and_never_reported_is_missing(finding: str, levels: int) -> None:
    assert rated(a_registered_trial(finding)).levels == levels


def test_a_registered_study_that_reported_something_is_not_missing() -> None:
    world = a_registered_trial("concern")
    world.results.append(a_result("silent-trial", "a", "pain", mean=3.0))

    assert rated(world).levels == 0


@pytest.mark.parametrize(
    "about",
    [{"design": "cohort"}, {"directness": {"level": "indirect"}}, {"excluded": "Not done."}],
)
def test_a_registered_study_of_another_kind_is_not_missed_here(about: dict[str, object]) -> None:
    assert rated(a_registered_trial("serious", **about)).levels == 0
