"""What stands around the trials is told with its source, and its stakes."""

from __future__ import annotations

import pytest
from brine import folder
from orphans import orphan_numbers, wording_faults

from weigh.answer.surroundings import alternatives, background, other_views
from weigh.evidence.background import Alternative, Background, Review
from weigh.evidence.folder import Evidence
from weigh.evidence.study import Fact
from weigh.evidence.trace import TraceBuilder


@pytest.fixture
def evidence() -> Evidence:
    return folder(
        background=Background(
            condition=(Fact(text="cold feet are common, in 1 of 5 people", source="lee2020"),),
            intervention=(Fact(text="Brine is salt in water.", source="lee2020"),),
            alternatives=(
                Alternative(name="Socks", text="Socks warm the feet.", source="lee2020"),
                Alternative(name="Doing nothing", text="It often passes.", source="lee2020"),
            ),
            reviews=(
                Review(
                    label="May 2019",
                    kind="narrative-review",
                    text="It says that brine works.",
                    interest="The author sells salt.",
                    appraisal="It rests on 1 study.",
                    source="lee2020",
                ),
            ),
        )
    )


def test_the_condition_comes_before_the_intervention(evidence):
    told = background(evidence, TraceBuilder())

    assert [(s.id, s.text) for s in told] == [
        ("background.condition.1", "Cold feet are common, in 1 of 5 people."),
        ("background.intervention.1", "Brine is salt in water."),
    ]


def test_an_alternative_is_named_once(evidence):
    told = alternatives(evidence, TraceBuilder())

    assert [s.text for s in told] == ["Socks warm the feet.", "Doing nothing: It often passes."]


def test_another_view_is_told_with_its_stake_before_our_appraisal(evidence):
    told = other_views(evidence, TraceBuilder())

    assert [view.statement.text for view in told] == [
        "May 2019 is a narrative review. It says that brine works. The author sells salt. Our "
        "appraisal: it rests on 1 study."
    ]


def test_every_number_has_its_source_and_every_sentence_reads_well(evidence):
    trace = TraceBuilder()
    statements = [
        *background(evidence, trace),
        *alternatives(evidence, trace),
        *(view.statement for view in other_views(evidence, trace)),
    ]

    assert [fault for s in statements for fault in orphan_numbers(s, trace)] == []
    assert [fault for s in statements for fault in wording_faults(s.text)] == []
