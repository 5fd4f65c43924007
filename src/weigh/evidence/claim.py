"""What an article claims: check-worthy words with their type, strength, parts and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from weigh.evidence.article import Span

__all__ = [
    "CausalClass",
    "Claim",
    "ClaimDirection",
    "ClaimType",
    "Cue",
    "CueKind",
    "Figure",
    "FigureKind",
    "Level",
]


class ClaimType(StrEnum):
    """What a claim is about."""

    EFFICACY = "efficacy"
    SAFETY = "safety"
    MECHANISM = "mechanism"
    DOSE = "dose"
    POPULATION = "population"
    STUDY_FACT = "study-fact"
    COMPARISON = "comparison"
    RECOMMENDATION = "recommendation"


class CausalClass(StrEnum):
    """What the words assert about cause (Yu, Li and Wang 2019; Sumner et al. 2014)."""

    NONE = "none"
    CORRELATIONAL = "correlational"
    CONDITIONAL = "conditional"
    DIRECT = "direct"

    @property
    def rank(self) -> int:
        """0 (none) to 3 (direct)."""
        return list(CausalClass).index(self)


class Level(IntEnum):
    """How sure the words are: the ladder that is held against the certainty of the evidence."""

    NO_RELATION = 0
    UNCERTAIN = 1
    CONDITIONAL = 2
    PROBABLE = 3
    DIRECT = 4
    SETTLED = 5

    @property
    def word(self) -> str:
        """The rung's name."""
        return self.name.lower().replace("_", " ")


class ClaimDirection(StrEnum):
    """Which way the claim points, for the thing named as its object."""

    BENEFIT = "benefit"
    HARM = "harm"
    NO_EFFECT = "no-effect"
    UNKNOWN = "unknown"


class CueKind(StrEnum):
    """Why a word matters."""

    HEDGE = "hedge"
    BOOSTER = "booster"
    CAUSAL = "causal"
    CORRELATIONAL = "correlational"
    UNCERTAINTY = "uncertainty"
    NEGATION = "negation"
    SIZE = "size"
    HYPE = "hype"
    TRADITION = "tradition"
    ANECDOTE = "anecdote"
    SAFETY = "safety"
    DURATION = "duration"
    QUANTITY = "quantity"
    COMPARISON = "comparison"
    DESIGN = "design"
    STUDIES = "studies"
    MECHANISM = "mechanism"
    SOFT = "soft"
    ADVICE = "advice"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A word of the claim that a rule may look at; `lemma` is its entry in the lexicon."""

    kind: CueKind
    span: Span
    text: str
    lemma: str


class FigureKind(StrEnum):
    """What a number in a claim counts."""

    PARTICIPANTS = "participants"
    YEAR = "year"
    DOSE = "dose"
    DURATION = "duration"
    FREQUENCY = "frequency"
    PERCENT = "percent"
    TIMES = "times"
    P_VALUE = "p-value"
    EFFECT = "effect"
    STUDIES = "studies"
    SCORE = "score"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that a claim gives.

    `value` is in `unit` as written (``200``, ``mcg``); `per` is what a dose or a frequency is
    taken per (``day``); `high` closes a range.
    """

    kind: FigureKind
    span: Span
    text: str
    value: float
    high: float | None = None
    unit: str | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A check-worthy statement of an article.

    Parameters
    ----------
    id
        ``c1``, ``c2`` … in the order of the page.
    span
        The words that make the claim; ``article.text[span.start:span.end] == text``.
    sentence
        The sentence that they stand in.
    places
        Every place where the claim is made, the judged one (the strongest wording) among them.
    block
        Index of the block of the judged place.
    type
        What it is about first of all; `also` what else.
    strength
        Causal class of its words.
    level
        Rung of the ladder of certainty that its words stand on.
    direction
        Which way it points.
    negated
        Whether the relation itself is denied ("does not reduce").
    reported
        Whether the words are another's, which the page does not make its own.
    subject, relation, object
        Words of the claim: what acts, how, on what. Empty where they cannot be told.
    interventions, forms, outcomes, populations
        Ids or names of the vocabulary that the claim names (its block's topic included).
    cues
        The words that decided, in order.
    figures
        Its numbers.
    check_worthiness
        0 to 1: how sure the finder is that this is a claim that evidence could speak to.
    """

    id: str
    span: Span
    sentence: Span
    text: str
    block: int
    type: ClaimType
    strength: CausalClass
    level: Level
    direction: ClaimDirection
    places: tuple[Span, ...]
    also: tuple[ClaimType, ...] = ()
    negated: bool = False
    reported: bool = False
    subject: str = ""
    relation: str = ""
    object: str = ""
    interventions: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    figures: tuple[Figure, ...] = ()
    check_worthiness: float = 1.0

    def cues_of(self, *kinds: CueKind) -> tuple[Cue, ...]:
        """The cues of some kinds."""
        return tuple(cue for cue in self.cues if cue.kind in kinds)

    def figures_of(self, *kinds: FigureKind) -> tuple[Figure, ...]:
        """The numbers of some kinds."""
        return tuple(figure for figure in self.figures if figure.kind in kinds)

    def is_about(self, *types: ClaimType) -> bool:
        """Whether the claim is of one of the types, first of all or besides."""
        return self.type in types or any(kind in types for kind in self.also)

    def to_dict(self) -> dict[str, Any]:
        """The claim's part of ``audit.to_dict()``, before any verdict."""
        return {
            "id": self.id,
            "text": self.text,
            "start": self.span.start,
            "end": self.span.end,
            "places": [[place.start, place.end] for place in self.places],
            "block": self.block,
            "type": self.type.value,
            "also": [kind.value for kind in self.also],
            "strength": self.strength.value,
            "level": int(self.level),
            "direction": self.direction.value,
            "negated": self.negated,
            "reported": self.reported,
            "pico": {
                "subject": self.subject,
                "relation": self.relation,
                "object": self.object,
                "interventions": list(self.interventions),
                "forms": list(self.forms),
                "outcomes": list(self.outcomes),
                "populations": list(self.populations),
            },
            "cues": [
                {"kind": c.kind.value, "start": c.span.start, "end": c.span.end, "text": c.text}
                for c in self.cues
            ],
            "numbers": [
                {
                    "kind": f.kind.value,
                    "start": f.span.start,
                    "end": f.span.end,
                    "text": f.text,
                    "value": f.value,
                    "high": f.high,
                    "unit": f.unit,
                    "per": f.per,
                }
                for f in self.figures
            ],
            "check_worthiness": self.check_worthiness,
        }
