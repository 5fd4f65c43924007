"""How it might work: one edge of the graph from the intervention towards the condition."""

from __future__ import annotations

from typing import Literal

from weigh.evidence.document import Id, Sourced, Text

__all__ = ["LEVELS", "MechanismEdge", "MechanismLevel", "Relation"]

MechanismLevel = Literal["human", "animal", "in-vitro"]

#: From the strongest to the weakest setting.
LEVELS: tuple[MechanismLevel, ...] = ("human", "animal", "in-vitro")

Relation = Literal[
    "increases",
    "decreases",
    "activates",
    "inhibits",
    "converts",
    "required-for",
    "correlates-with",
    "no-effect",
    "not-tested",
    "result-not-seen",
]


class MechanismEdge(Sourced):
    """One finding: `subject` does something to `object`, seen at one level.

    ``no-effect`` is a finding too; ``not-tested`` names a step that nobody has tried, and
    ``result-not-seen`` one that was measured but whose result was not available.

    Parameters
    ----------
    subject, object
        Nodes of the graph, named alike wherever they are the same thing.
    detail
        The subject or object more exactly than the node's name says.
    system, conditions, effect
        Species and tissue; dose and time; the size of the effect as printed.
    bearing
        What the finding does and does not say about the condition.
    """

    id: Id
    pathway: Text
    subject: Text
    relation: Relation
    object: Text
    level: MechanismLevel
    detail: Text | None = None
    system: Text | None = None
    conditions: Text | None = None
    effect: Text | None = None
    bearing: Text | None = None
