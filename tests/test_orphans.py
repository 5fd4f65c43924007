"""The checker of orphan numbers finds what it is there to find."""

from __future__ import annotations

import pytest
from orphans import figures, orphan_numbers, wording_faults

from weigh.evidence.background import Alternative
from weigh.evidence.statement import Quantity, say
from weigh.evidence.trace import TraceBuilder


@pytest.mark.parametrize(
    "text",
    ["K2-7 and MK-4", "B12", "Gas6", "type 2 diabetes", "12-lipoxygenase", "IL-1", "T2DM", "RoB 2"],
)
def test_digits_inside_names_are_no_numbers(text):
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("about 9 points", "9"),
        ("Mehta 2021", "2021"),
        ("p <0.001.", "0.001"),
        ("(P < .05)", ".05"),
        ("an 8-week trial", "8"),
        ("n=30", "30"),
        ("10,000 people", "10,000"),
        ("95% CI", "95%"),
        ("−2.67", "2.67"),
        ("for 8.", "8"),
    ],
)
def test_a_number_is_found_with_its_decimals_and_without_the_full_stop(text, number):
    assert [text[start:end] for start, end in figures(text)] == [number]


def test_a_number_outside_every_mark_is_an_orphan():
    phrase = say("It helped 3 people.")

    assert orphan_numbers(phrase, TraceBuilder()) == [
        "'3' at 10 stands outside every mark in 'It helped 3 people.'"
    ]


def test_a_mark_must_lead_to_a_source():
    trace = TraceBuilder()
    bare = Alternative(name="rest", text="3", source="lee2020").model_copy(update={"source": None})
    node = trace.datum("facts.1", "people", 3, of=bare, column="text")
    phrase = say("{n} people.", n=Quantity(text="3", node=node))

    assert orphan_numbers(phrase, trace) == [
        "'facts.1' (under 'facts.1') has no source and is not marked assumed"
    ]


def test_a_computed_number_without_inputs_is_an_orphan():
    trace = TraceBuilder()
    node = trace.computed("count", "studies", 0, function="count", inputs=())
    phrase = say("{n} studies.", n=Quantity(text="0", node=node))

    assert orphan_numbers(phrase, trace) == ["'count' rests on no datum"]


def test_a_number_with_its_source_is_sound():
    trace = TraceBuilder()
    fact = Alternative(name="rest", text="3 people", source="lee2020")
    node = trace.datum("facts.1", "people", 3, of=fact, column="text")
    phrase = say("{n} people took B-2.", n=Quantity(text="3", node=node))

    assert orphan_numbers(phrase, trace) == []


@pytest.mark.parametrize(
    "text",
    ["Twice..", "Two  spaces.", "small first.", "no stop", "A proven cure.", "An empty ().", ""],
)
def test_what_a_proof_reader_would_strike_is_struck(text):
    assert wording_faults(text) != []


@pytest.mark.parametrize(
    "text", ["A plain sentence.", "It fell (P < .05).", "They say “a significant fall”."]
)
def test_a_good_sentence_passes(text):
    assert wording_faults(text) == []
