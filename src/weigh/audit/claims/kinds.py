"""What a claim is about, and which way it points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.audit.claims.answers import is_answer
from weigh.audit.claims.ladder import denies_harm
from weigh.audit.claims.lexicon import Hit
from weigh.audit.claims.strength import Reading, Relation
from weigh.audit.claims.vocabulary import Mention, TermKind
from weigh.audit.claims.wordlists import phrase, wordlist
from weigh.evidence.claim import ClaimDirection, ClaimType, CueKind, Figure, FigureKind, Level

__all__ = ["direction_of", "types_of"]


def types_of(
    reading: Reading,
    first: int,
    last: int,
    mentions: Sequence[Mention],
    figures: Sequence[Figure],
    *,
    topical: bool = True,
    heading: str = "",
) -> tuple[ClaimType, tuple[ClaimType, ...]]:
    """The type of a claim and what else it is about.

    Each type gathers points from the words between `first` and `last` and from the heading above;
    the most points decide, and every other type with some is listed behind it.

    Parameters
    ----------
    reading, first, last
        The sentence, and the words of it that make the claim.
    mentions, figures
        Names and numbers in it.
    topical
        Whether it speaks of the page's intervention.
    heading
        The heading or question above it, or a table's column.
    """
    here = _Signs.of(reading, first, last, mentions, figures)
    answers = is_answer(" ".join(w.text for w in reading.words[first:last]))
    points = {
        ClaimType.SAFETY: _safety(here, heading),
        ClaimType.COMPARISON: 3.0 if here.rivals else 0.0,
        ClaimType.MECHANISM: _mechanism(here, heading),
        ClaimType.EFFICACY: _efficacy(here) + (2.0 if answers else 0.0),
        ClaimType.DOSE: _dose(here, heading),
        ClaimType.STUDY_FACT: _study_fact(here),
        ClaimType.POPULATION: _population(here, topical=topical),
        ClaimType.RECOMMENDATION: 3.5 if here.advised and here.bag & wordlist("guidance") else 0.0,
    }
    order = list(ClaimType)
    ranked = sorted(points, key=lambda kind: (-points[kind], order.index(kind)))
    if points[ranked[0]] <= 0:
        return ClaimType.EFFICACY, ()
    return ranked[0], tuple(kind for kind in ranked[1:] if points[kind] >= 1.0)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What of a claim bears on its type."""

    bag: frozenset[str]
    kinds: frozenset[CueKind]
    named: frozenset[TermKind]
    counted: frozenset[FigureKind]
    asserted: tuple[Relation, ...]
    harms: tuple[Hit, ...]
    mechanisms: int
    rivals: bool
    advised: bool

    @classmethod
    def of(
        cls,
        reading: Reading,
        first: int,
        last: int,
        mentions: Sequence[Mention],
        figures: Sequence[Figure],
    ) -> _Signs:
        hits = [hit for hit in reading.hits if first <= hit.first < last]
        rival = any(hit.kind is CueKind.COMPARISON for hit in hits)
        return cls(
            bag=frozenset(word.normal for word in reading.words[first:last]),
            kinds=frozenset(hit.kind for hit in hits),
            named=frozenset(m.term.kind for m in mentions),
            counted=frozenset(figure.kind for figure in figures),
            asserted=tuple(
                r for r in reading.relations if r.asserts and first <= r.hit.first < last
            ),
            harms=tuple(hit for hit in hits if hit.kind is CueKind.SAFETY),
            mechanisms=sum(hit.kind is CueKind.MECHANISM for hit in hits),
            rivals=rival and not _only_control(reading, first, last),
            advised=any("recommend" in h.pattern or "advise" in h.pattern for h in hits),
        )

    @property
    def causal(self) -> bool:
        return any(r.hit.kind is not CueKind.CORRELATIONAL for r in self.asserted)

    @property
    def felt(self) -> bool:
        """Whether it names something that patients feel or suffer."""
        return TermKind.OUTCOME in self.named or bool(self.bag & wordlist("bad"))


def _safety(here: _Signs, heading: str) -> float:
    points = 0.0
    if here.harms:
        good = any(hit.entry.sense in ("safe", "tolerated") for hit in here.harms)
        points += 3.0 if good or any(_dangerous(hit.pattern) for hit in here.harms) else 1.2
        if points < 3 and here.bag & wordlist("reasons", "causing"):
            points += 0.9
    if TermKind.DRUG in here.named or here.bag & wordlist("drugs"):
        # "Ask your doctor if you take …" warns, whatever else the sentence explains.
        points += 4.0 if CueKind.ADVICE in here.kinds else 1.5
    if here.bag & wordlist("injuries"):
        points += 1.2
    if phrase("harm-heading").search(heading):
        points += 2.0
    return points


def _mechanism(here: _Signs, heading: str) -> float:
    points = 0.0
    if here.mechanisms:
        points += 1.1 + 0.5 * min(here.mechanisms, 3) + (0.4 if here.asserted else 0)
    if TermKind.MECHANISM in here.named:
        points += 0.9
    if here.asserted and here.bag & wordlist("physiology") and not here.felt:
        points += 1.7
    if phrase("mechanism-heading").search(heading):
        points += 1.2
    return points


def _efficacy(here: _Signs) -> float:
    if here.causal:
        felt = 0.4 if here.bag & wordlist("bad") else 0
        return 1.6 + (0.8 if TermKind.OUTCOME in here.named else 0) + felt
    if here.asserted:
        return 1.0 + (0.5 if TermKind.OUTCOME in here.named else 0)
    return 1.0 if CueKind.UNCERTAINTY in here.kinds else 0.2


def _dose(here: _Signs, heading: str) -> float:
    words = len(here.bag & wordlist("dose-words"))
    points = 1.2 if FigureKind.DOSE in here.counted else 0.0
    points += 0.6 * min(words, 2)
    if phrase("dose-heading").search(heading):
        points += 1.0
    return points


def _study_fact(here: _Signs) -> float:
    if not here.kinds & {CueKind.DESIGN, CueKind.STUDIES}:
        return 0.0
    facts = {
        FigureKind.PARTICIPANTS, FigureKind.STUDIES, FigureKind.YEAR, FigureKind.DURATION,
    }  # fmt: skip
    wanted = here.bag & wordlist("need-study") and CueKind.UNCERTAINTY in here.kinds
    return (
        0.7
        + 0.5 * (CueKind.DESIGN in here.kinds)
        + 0.5 * len(here.counted & facts)
        + (1.2 if wanted else 0)
    )


def _population(here: _Signs, *, topical: bool) -> float:
    points = 0.0
    people = here.bag & wordlist("people-words", "people")
    shares = here.counted & {FigureKind.PERCENT, FigureKind.FREQUENCY, FigureKind.PARTICIPANTS}
    if shares and people and not here.kinds & {CueKind.DESIGN, CueKind.STUDIES}:
        points += 1.6 + (0.0 if topical else 1.0)
    if {"causes", "include"} <= here.bag or "prevalence" in here.bag:
        points += 2.0
    if not topical and people and here.asserted:
        points += 1.6
    if not topical and here.bag & {"cause", "causes"}:
        points += 1.0
    return points


def _dangerous(pattern: str) -> bool:
    return any(word in pattern for word in wordlist("dangers"))


def _only_control(reading: Reading, first: int, last: int) -> bool:
    """Whether the only comparison is with placebo or a control group: a result, not a rivalry."""
    compared = [h for h in reading.hits if h.kind is CueKind.COMPARISON and first <= h.first < last]
    for hit in compared:
        behind = {w.normal for w in reading.words[hit.first : hit.last + 6]}
        control = behind & {
            "placebo",
            "control",
            "controls",
            "baseline",
            "dummy",
            "sham",
            "untreated",
        }
        if not control:
            return False
    return True


def direction_of(
    relations: Sequence[Relation], reading: Reading, first: int, last: int, level: Level
) -> ClaimDirection:
    """Which way the claim points for the people concerned.

    A verb that lowers something unwanted points to benefit, one that raises it to harm; a denied
    relation to no effect; what is said to be unclear, or only named together, nowhere.
    """
    hits = [hit for hit in reading.hits if first <= hit.first < last]
    safety = [hit for hit in hits if hit.kind is CueKind.SAFETY]
    if level is Level.UNCERTAIN:
        return ClaimDirection.UNKNOWN
    bag = {word.normal for word in reading.words[first:last]}
    if any(hit.kind is CueKind.ADVICE for hit in hits) and bag & wordlist("drugs"):
        return ClaimDirection.HARM  # "ask your doctor if you take …" warns
    main = [r for r in relations if _sense_of(r, reading)] or list(relations)
    if main:
        relation = max(main, key=lambda r: r.class_.rank)
        if relation.negation is not None:
            return ClaimDirection.NO_EFFECT
        harms = [hit for hit in safety if hit.entry.sense not in ("safe", "tolerated")]
        compared = relation.hit.kind is CueKind.CORRELATIONAL
        if compared and any(hit.last <= relation.hit.first for hit in harms):
            # "Side effects were more common with it than with placebo."
            fewer = reading.words[relation.hit.first].normal in ("fewer", "less", "lower")
            return ClaimDirection.BENEFIT if fewer else ClaimDirection.HARM
        return _by_sense(relation, reading, first, last)
    if any(hit.entry.sense in ("safe", "tolerated") for hit in safety):
        return ClaimDirection.NO_EFFECT
    if safety:
        denied = denies_harm(reading, first, last)
        return ClaimDirection.NO_EFFECT if denied else ClaimDirection.HARM
    return ClaimDirection.UNKNOWN


def _sense_of(relation: Relation, reading: Reading) -> str | None:
    """Which way the thing acted on goes, by the entry or by the form of a noun of change."""
    if relation.hit.entry.sense is not None:
        return relation.hit.entry.sense
    words = reading.words[relation.hit.first : relation.hit.last]
    for word in words:
        for sense in ("lower", "raise", "good"):
            if word.normal.startswith(tuple(wordlist(f"stems-{sense}"))):
                return sense
    if relation.hit.entry.role in ("effect", "quality"):
        return "good"
    return None


def _by_sense(relation: Relation, reading: Reading, first: int, last: int) -> ClaimDirection:
    sense = _sense_of(relation, reading)
    hit = relation.hit
    behind = {w.normal for w in reading.words[hit.last : min(last, hit.last + 8)]}
    if not behind & wordlist("bad"):
        # "Pain is reduced by …", "pain fell": the thing acted on stands before.
        behind |= {w.normal for w in reading.words[max(first, hit.first - 6) : hit.first]}
    harmed = any(
        h.kind is CueKind.SAFETY and h.entry.sense == "harm" and h.first >= hit.last
        for h in reading.hits
        if h.first < last
    )
    if sense == "none":
        return ClaimDirection.NO_EFFECT
    if sense == "bad":
        return ClaimDirection.HARM
    if sense == "good":
        return ClaimDirection.BENEFIT
    if sense == "lower":
        return (
            ClaimDirection.BENEFIT if behind & wordlist("bad") or harmed else ClaimDirection.UNKNOWN
        )
    if sense == "raise":
        if any(word.startswith(tuple(wordlist("less-of"))) for word in behind):
            return ClaimDirection.BENEFIT if behind & wordlist("bad") else ClaimDirection.UNKNOWN
        return ClaimDirection.HARM if behind & wordlist("bad") or harmed else ClaimDirection.UNKNOWN
    return ClaimDirection.UNKNOWN
