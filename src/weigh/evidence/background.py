"""What stands around the trials: the condition, the intervention, its forms, what else is done."""

from __future__ import annotations

from typing import Literal

from weigh.evidence.document import Document, Id, Text
from weigh.evidence.study import Fact

__all__ = ["Alternative", "Background", "FormFact", "Review"]


class Alternative(Fact):
    """Something else that is done for the condition."""

    name: Text


class Review(Fact):
    """What somebody else concluded, and how far it can be leaned on."""

    label: Text
    kind: Literal["systematic-review", "narrative-review", "guideline", "database"]
    interest: Text | None = None
    appraisal: Text | None = None


class Background(Document):
    """The file ``background.yaml``."""

    condition: tuple[Fact, ...] = ()
    intervention: tuple[Fact, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    reviews: tuple[Review, ...] = ()


class FormFact(Fact):
    """One fact about one form, under one heading of the comparison of forms."""

    form: Id
    attribute: Literal["sources", "half-life", "conversion", "tissue", "intake", "dose", "other"]
