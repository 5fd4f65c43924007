"""The appendix holds what the page shows and all below it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from report.sample import sample_answer

from weigh.evidence.document import Place
from weigh.evidence.study import Fact
from weigh.evidence.trace import TraceBuilder
from weigh.report.markup import Markup, anchor
from weigh.report.provenance import entries

ANSWER = sample_answer(large=2)


def test_a_computed_value_brings_everything_below_it():
    row = ANSWER.comparisons[0].studies[0]

    shown = {entry.node for entry in entries(ANSWER, [row.nodes["yi"]])}

    assert shown == {
        row.nodes["yi"],
        *row.intervention.nodes.values(),
        *row.comparator.nodes.values(),
    }


def test_nothing_that_is_not_shown_is_listed():
    assert entries(ANSWER, []) == []


def test_a_computed_entry_names_function_method_parameters_and_inputs():
    row = ANSWER.comparisons[0].studies[0]

    entry = entries(ANSWER, [row.nodes["yi"]])[0]

    assert entry.function == "weigh.effect_size"
    assert entry.method == "Handbook 6.4"
    assert entry.parameters == (("measure", "RR"),)
    assert [step.node for step in entry.inputs] == [
        *row.intervention.nodes.values(),
        *row.comparator.nodes.values(),
    ]


def test_an_assumption_and_a_part_of_the_question_say_so():
    trace = TraceBuilder()
    assumed = Fact(text="a guess", assumed=True, __place__=Place(file="question.yaml", line=4))
    trace.datum("assumed", "A guess", 3, of=assumed, column="mid.value")
    trace.datum("question.scale", "A scale", 10, of=ANSWER.question, column="scale")
    answer = replace(ANSWER, trace=trace.build())

    guess, scale = entries(answer, ["assumed", "question.scale"])

    assert guess.assumed
    assert guess.place == "question.yaml, line 4, mid.value"
    assert scale.asked
    assert not scale.assumed


def test_a_text_that_is_its_own_label_is_not_said_twice():
    trace = TraceBuilder()
    fact = Fact(text="It rains.", source="ref-1")
    trace.datum("fact", fact.text, fact.text, of=fact, column="text")

    (entry,) = entries(replace(ANSWER, trace=trace.build()), ["fact"])

    assert (entry.label, entry.value) == ("It rains.", "")


def test_a_node_with_blanks_has_an_id_that_html_allows():
    assert anchor("results.a b\tc") == "node-results.a_b_c"


def test_cited_sources_are_numbered_in_order_and_many_are_one_link_further_on():
    statement = ANSWER.comparisons[0].statement
    wide = sample_answer(large=12)

    few = str(Markup(ANSWER).cites(statement))
    many = str(Markup(wide).cites(wide.comparisons[0].statement))

    assert 'href="#ref-1"' in few
    assert few.index('href="#ref-1"') < few.index('href="#ref-2"')
    assert 'href="#ref-5"' not in many
    assert "all sources of this sentence" in many
