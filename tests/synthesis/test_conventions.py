"""The conventions of programs: complete, sourced, and in an order that can be walked."""

from __future__ import annotations

from dataclasses import fields

import pytest

from weigh.errors import NotFoundError
from weigh.synthesis.conventions import (
    CONVENTIONS,
    PROGRAMS,
    Conventions,
    program_named,
    relevant,
)

MEASURES = ("RR", "OR", "RD", "MD", "SMD", "GEN")


def test_every_field_is_a_convention_that_can_be_switched():
    assert {convention.name for convention in CONVENTIONS} == {
        item.name for item in fields(Conventions)
    }


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_every_choice_of_a_program_has_words_and_the_program_has_a_source(program):
    for measure in MEASURES:
        for model in ("random", "common"):
            found = program.conventions(measure, model)
            if found is not None:
                for convention in CONVENTIONS:
                    assert getattr(found, convention.name) in convention.options

    assert program.sources
    assert all(program.sources)


def test_every_option_is_the_choice_of_some_program():
    """An option that no program takes would be a convention nobody needs explained."""
    taken = {convention.name: set() for convention in CONVENTIONS}
    for program in PROGRAMS:
        for measure in MEASURES:
            for model in ("random", "common"):
                found = program.conventions(measure, model)
                for name, options in taken.items():
                    if found is not None:
                        options.add(getattr(found, name))

    assert taken == {convention.name: set(convention.options) for convention in CONVENTIONS}


@pytest.mark.parametrize("measure", MEASURES)
def test_zero_cells_concern_events_alone_and_tau2_the_random_effects_model_alone(measure):
    random = {convention.name for convention in relevant(measure, "random")}
    common = {convention.name for convention in relevant(measure, "common")}

    assert ("zero_cells" in random) == (measure in ("RR", "OR", "RD"))
    assert {"method", "test", "i2_from", "prediction"} <= random
    assert {"method", "test", "i2_from", "prediction"} & common == set()


def test_what_could_not_be_sourced_is_absent_and_said_to_be():
    stata = program_named("Stata")

    assert stata.conventions("RR", "random").prediction is None
    assert stata.conventions("RR", "common") is None
    assert "its prediction interval" in stata.left_out


def test_an_unknown_program_is_refused_with_the_nearest():
    with pytest.raises(NotFoundError, match=r"'metaphor'.*metafor"):
        program_named("metaphor")
