"""The question in PICO form: who, what, against what, measured how, compared where."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from weigh.evidence.document import Document, Flag, Id, Number, Sourced, Text

__all__ = [
    "BaselineRisk",
    "ComparisonPlan",
    "Concept",
    "Form",
    "Importance",
    "MinimalImportantDifference",
    "Model",
    "Outcome",
    "PublishedEstimate",
    "Question",
    "Search",
    "Subgroup",
]

Importance = Literal["critical", "important", "limited"]
Window = Annotated[tuple[Number, Number], Field(description="weeks, both ends included")]


class Concept(Document):
    """A population, intervention or comparator: the words for it.

    `name` is what sentences say; it is written as it stands inside a sentence.
    """

    name: Text
    description: Text | None = None
    synonyms: tuple[Text, ...] = ()


class Form(Document):
    """One form of the intervention: a salt, a vitamer, a route."""

    id: Id
    name: Text
    synonyms: tuple[Text, ...] = ()
    part_of: Id | None = None


class MinimalImportantDifference(Sourced):
    """The smallest difference that matters to the people concerned, on the outcome's own scale.

    For a dichotomous outcome the value is an absolute risk difference per person (0.05 is 50 fewer
    or more in 1,000).
    """

    value: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]


class BaselineRisk(Sourced):
    """The risk without the intervention, from which absolute effects are worked out."""

    value: Annotated[float, Field(strict=True, gt=0, lt=1)]
    label: Text | None = None


class Outcome(Document):
    """Something measured.

    Parameters
    ----------
    name
        Full name, for tables.
    plain
        A noun phrase for a sentence, in words that the people concerned would use, of something
        that can be lowered or raised: ``the risk of a cold``, ``how long a cold lasts``.
    verbs
        What stands for "lower" and "raise" in a sentence, where other words read better:
        ``[shorten, lengthen]``.
    ways
        What stands for "lower" and "higher" behind a number: ``[shorter, longer]``.
    kind
        ``continuous``, or ``dichotomous`` (people with an event).
    better
        Which direction is good for the person; for an unwanted event, ``lower``.
    role
        ``benefit``: what the intervention is hoped to improve; ``harm``: what it might do besides.
    surrogate
        True for a marker that people cannot feel.
    instrument, unit, scale
        How it is measured; the unit as words after a number; the lowest and highest score.
    """

    id: Id
    name: Text
    plain: Text
    verbs: tuple[Text, Text] = ("lower", "raise")
    ways: tuple[Text, Text] = ("lower", "higher")
    kind: Literal["continuous", "dichotomous"]
    better: Literal["lower", "higher"]
    importance: Importance
    role: Literal["benefit", "harm"] = "benefit"
    surrogate: Flag = False
    instrument: Text | None = None
    unit: Text | None = None
    scale: tuple[Number, Number] | None = None
    mid: MinimalImportantDifference | None = None
    baseline_risk: BaselineRisk | None = None


class Subgroup(Document):
    """A part of the population, in words; `topic` marks those that the page treats on their own.

    ``residual`` is for symptoms that stay after the cause was treated.
    """

    id: Id
    name: Text
    planned: Flag = False
    topic: Literal["residual", "cause", "dose", "other"] = "other"


class PublishedEstimate(Sourced):
    """A pooled estimate that somebody published, on the natural scale, to be set beside ours."""

    estimate: Number
    ci_low: Number
    ci_high: Number
    i2: Number | None = None
    label: Text | None = None


class Model(Document):
    """How a comparison is pooled.

    ``MH`` is Mantel-Haenszel; the others are the names of `weigh.pool`.
    """

    method: Literal[
        "EE", "FE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM", "MH", "PETO"
    ] = "REML"
    test: Literal["z", "t", "knha", "adhoc"] = "knha"
    label: Text | None = None
    published: PublishedEstimate | None = None


class ComparisonPlan(Document):
    """One comparison to make: an outcome, at a time, by design, with its measure and models.

    Parameters
    ----------
    when
        The time as a sentence tells it: ``at 6 months``.
    window_weeks
        Time points that count; the latest inside the window is taken from each study.
    measure
        ``MD``, ``SMD`` or ``MC`` (mean change in one arm) for continuous outcomes; ``RR``, ``OR``
        or ``RD`` for dichotomous ones. Left out: MD and RR.
    forms, subgroup, studies
        Restrict to arms with one of these forms, rows of this subgroup, these studies.
    directness
        ``direct`` takes the studies that fit the question; ``indirect`` those that do not quite.
    also
        Other models to show beside the main one, with what was published under them.
    """

    id: Id
    outcome: Id
    label: Text | None = None
    when: Text | None = None
    window_weeks: Window | None = None
    measure: Literal["MD", "SMD", "MC", "RR", "OR", "RD"] | None = None
    forms: tuple[Id, ...] = ()
    subgroup: Id | None = None
    studies: tuple[Id, ...] = ()
    directness: Literal["direct", "indirect"] = "direct"
    model: Model = Model()
    also: tuple[Model, ...] = ()
    note: Text | None = None


class Search(Sourced):
    """What was searched: shown in the methods."""

    text: Text


class Question(Document):
    """The question: whom might the intervention help, against what, and on which outcomes."""

    id: Id
    title: Text
    searched: Annotated[str, Field(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}$")]
    population: Concept
    intervention: Concept
    comparator: Concept
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    forms: tuple[Form, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    comparisons: tuple[ComparisonPlan, ...] = ()
    search: tuple[Search, ...] = ()
    mechanism_targets: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _some_outcome_is_critical(self) -> Self:
        if not any(outcome.importance == "critical" for outcome in self.outcomes):
            raise ValueError(
                "no outcome is marked `importance: critical`; the verdict rests on at least one"
            )
        return self

    def outcome(self, outcome_id: str) -> Outcome:
        """Return the outcome with this id; KeyError where there is none."""
        return {outcome.id: outcome for outcome in self.outcomes}[outcome_id]

    def form(self, form_id: str) -> Form:
        """Return the form with this id; KeyError where there is none."""
        return {form.id: form for form in self.forms}[form_id]
