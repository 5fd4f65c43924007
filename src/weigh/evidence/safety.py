"""Known dangers: interactions, contraindications, adverse effects."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from weigh.evidence.document import Document, Id, Number, Text
from weigh.evidence.study import Fact

__all__ = ["AdverseEffect", "Contraindication", "Interaction", "Safety"]

Severity = Literal["danger", "caution", "note"]


class Interaction(Fact):
    """What happens together `with` a drug or food, from which dose.

    Parameters
    ----------
    with_
        The drug or class (``with`` in the file).
    class_
        The wider class it belongs to, for the headline: ``water tablets``.
    doses
        Daily doses, in `unit`, at which the effect was seen (or, with `no_effect`, was not).
    population
        In whom it was seen.
    advice
        What the source advises, as its own advice.
    """

    id: Id
    with_: Text = Field(alias="with")
    class_: Text | None = Field(default=None, alias="class")
    severity: Severity
    forms: tuple[Id, ...] = ()
    doses: tuple[Number, ...] = ()
    unit: Text | None = None
    no_effect: bool = False
    population: Text | None = None
    advice: Text | None = None


class Contraindication(Fact):
    """Who is named as someone for whom it is dangerous."""

    id: Id
    who: Text
    severity: Severity = "caution"


class AdverseEffect(Fact):
    """An unwanted effect that was (or was not) seen, in which study if in one."""

    id: Id
    study: Id | None = None
    severity: Severity = "note"


class Safety(Document):
    """The file ``safety.yaml``."""

    interactions: tuple[Interaction, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    adverse_effects: tuple[AdverseEffect, ...] = ()
    facts: tuple[Fact, ...] = ()
