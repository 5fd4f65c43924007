"""The signed graph of findings, and the chains through it."""

from __future__ import annotations

import pytest

from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.question import Concept, Form, Outcome, Question
from weigh.mechanisms import find_chains, signed_graph
from weigh.mechanisms.graph import is_intervention


def edge(
    edge_id: str, subject: str, relation: str, object_: str, level: str = "animal", **more: str
) -> MechanismEdge:
    fields = {"pathway": "growth", "source": "lee2020", **more}
    return MechanismEdge(
        id=edge_id, subject=subject, relation=relation, object=object_, level=level, **fields
    )


def folder(*edges: MechanismEdge, targets: tuple[str, ...] = ("nerve growth",)) -> Evidence:
    question = Question(
        id="q",
        title="Does brine help?",
        searched="2026-01-31",
        population=Concept(name="people with cold feet"),
        intervention=Concept(name="brine", synonyms=("salt water",)),
        comparator=Concept(name="tap water"),
        outcomes=(
            Outcome(
                id="warmth",
                name="Warmth",
                plain="warmth of the feet",
                kind="continuous",
                better="higher",
                importance="critical",
            ),
        ),
        forms=(Form(id="b-2", name="B-2", synonyms=("sea brine",)),),
        mechanism_targets=targets,
    )
    return Evidence(name="brine", fingerprint="0", question=question, mechanisms=edges)


def test_a_chain_multiplies_the_signs_of_its_steps():
    chains = find_chains(
        folder(
            edge("e1", "brine", "inhibits", "kinase"),
            edge("e2", "kinase", "decreases", "nerve growth"),
        )
    )

    assert [(chain.nodes, chain.sign, chain.reaches_target) for chain in chains] == [
        (("brine", "kinase", "nerve growth"), 1, True)
    ]


def test_a_chain_is_as_strong_as_its_weakest_step():
    chains = find_chains(
        folder(
            edge("e1", "brine", "activates", "kinase", "in-vitro"),
            edge("e2", "kinase", "increases", "nerve growth", "human"),
        )
    )

    assert chains[0].weakest_level == "in-vitro"


def test_a_step_seen_in_two_settings_counts_as_the_stronger():
    chains = find_chains(
        folder(
            edge("e1", "brine", "activates", "nerve growth", "in-vitro"),
            edge("e2", "brine", "activates", "nerve growth", "human"),
        )
    )

    assert len(chains) == 1
    assert chains[0].weakest_level == "human"


def test_a_correlation_takes_the_sign_from_the_chain():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "kinase"),
            edge("e2", "kinase", "correlates-with", "nerve growth"),
        )
    )

    assert chains[0].sign == 0


def test_findings_that_disagree_take_the_sign_from_the_chain():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "nerve growth"),
            edge("e2", "brine", "decreases", "nerve growth"),
        )
    )

    assert chains[0].sign == 0
    assert chains[0].steps[0].disagrees


@pytest.mark.parametrize("relation", ["no-effect", "not-tested", "result-not-seen"])
def test_what_was_not_seen_is_no_part_of_a_chain(relation):
    chains = find_chains(folder(edge("e1", "brine", relation, "nerve growth")))

    assert chains == ()


def test_a_finding_of_no_effect_stands_beside_the_step_that_it_contradicts():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "nerve growth"),
            edge("e2", "brine", "no-effect", "nerve growth"),
        )
    )

    assert [found.id for found in chains[0].steps[0].contrary] == ["e2"]


def test_a_chain_may_end_at_a_target_and_another_go_on_from_there():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "nerve growth"),
            edge("e2", "nerve growth", "increases", "walking"),
        )
    )

    assert [chain.nodes for chain in chains] == [
        ("brine", "nerve growth"),
        ("brine", "nerve growth", "walking"),
    ]


def test_a_form_further_down_is_no_second_start():
    """What the body makes of the intervention is on its way, and not another beginning."""
    chains = find_chains(
        folder(
            edge("e1", "brine", "converts", "B-2 in the skin"),
            edge("e2", "B-2 in the skin", "increases", "nerve growth"),
        )
    )

    assert [chain.nodes[0] for chain in chains] == ["brine"]


def test_a_circle_of_findings_ends_the_search():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "kinase"),
            edge("e2", "kinase", "increases", "enzyme"),
            edge("e3", "enzyme", "increases", "kinase"),
        )
    )

    assert chains == ()


def test_a_chain_stays_inside_one_pathway_where_that_carries_it():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "nerve growth", pathway="heat"),
            edge("e2", "brine", "increases", "nerve growth", pathway="salt"),
        )
    )

    assert [(chain.pathway, chain.steps[0].findings[0].id) for chain in chains] == [
        ("heat", "e1"),
        ("salt", "e2"),
    ]


def test_a_chain_over_two_pathways_has_both_names():
    chains = find_chains(
        folder(
            edge("e1", "brine", "increases", "kinase", pathway="heat"),
            edge("e2", "kinase", "increases", "nerve growth", pathway="salt"),
        )
    )

    assert [chain.pathway for chain in chains] == ["heat and salt"]


def test_the_graph_keeps_parallel_findings_apart():
    graph = signed_graph(
        [edge("e1", "brine", "increases", "heat"), edge("e2", "brine", "inhibits", "heat")]
    )

    assert [(key, data["sign"]) for _, _, key, data in graph.edges(keys=True, data=True)] == [
        ("e1", 1),
        ("e2", -1),
    ]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("brine", True),
        ("Salt water by mouth", True),
        ("B-2", True),
        ("lack of brine", False),
        ("brine-deficient diet", False),
        ("brine antagonist", False),
        ("brine-dependent protein", False),
        ("brined fish", False),
        ("B-21", False),
    ],
)
def test_a_node_is_the_intervention_by_whole_words_and_not_by_its_absence(node, expected):
    assert is_intervention(node, ("brine", "salt water", "B-2")) is expected
