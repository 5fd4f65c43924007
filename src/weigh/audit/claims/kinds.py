"""What a claim is about, and which way it points."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.claims.strength import Reading, Relation
from weigh.audit.claims.vocabulary import Mention, TermKind
from weigh.audit.claims.wordlists import wordlist
from weigh.evidence.claim import ClaimDirection, ClaimType, CueKind, Figure, FigureKind, Level

__all__ = ["direction_of", "types_of"]


def types_of(
    reading: Reading,
    first: int,
    last: int,
    mentions: Sequence[Mention],
    figures: Sequence[Figure],
) -> tuple[ClaimType, tuple[ClaimType, ...]]:
    """The type of a claim and what else it is about.

    Each type gathers points from the words between `first` and `last`; the most points decide, and
    every other type with some is listed behind it.
    """
    hits = [hit for hit in reading.hits if first <= hit.first < last]
    kinds = {hit.kind for hit in hits}
    normals = [word.normal for word in reading.words[first:last]]
    bag = set(normals)
    asserted = [r for r in reading.relations if r.asserts and first <= r.hit.first < last]
    causal = [r for r in asserted if r.hit.kind is not CueKind.CORRELATIONAL]
    outcome = any(m.term.kind is TermKind.OUTCOME for m in mentions)
    counted = {figure.kind for figure in figures}
    points: dict[ClaimType, float] = {}

    def add(kind: ClaimType, value: float) -> None:
        points[kind] = points.get(kind, 0.0) + value

    safety = [hit for hit in hits if hit.kind is CueKind.SAFETY]
    if safety:
        good = any(hit.entry.sense in ("safe", "tolerated") for hit in safety)
        danger = any(_dangerous(hit.pattern) for hit in safety)
        add(ClaimType.SAFETY, 3.0 if good or danger else 1.2)
        if not good and not danger and (bag & {"can", "may", "might", "cause", "causes"}):
            add(ClaimType.SAFETY, 0.9)
    if any(m.term.kind is TermKind.DRUG for m in mentions):
        add(ClaimType.SAFETY, 1.5)
    if CueKind.COMPARISON in kinds and not _only_control(reading, first, last):
        add(ClaimType.COMPARISON, 2.4)
    mechanism = sum(1 for hit in hits if hit.kind is CueKind.MECHANISM)
    if mechanism:
        add(ClaimType.MECHANISM, 1.1 + 0.5 * min(mechanism, 3) + (0.4 if asserted else 0))
    if any(m.term.kind is TermKind.MECHANISM for m in mentions):
        add(ClaimType.MECHANISM, 0.9)
    if asserted and bag & wordlist("physiology") and not outcome and not bag & wordlist("bad"):
        add(ClaimType.MECHANISM, 1.7)
    if causal:
        add(
            ClaimType.EFFICACY,
            1.6 + (0.8 if outcome else 0) + (0.4 if bag & wordlist("bad") else 0),
        )
    elif asserted:
        add(ClaimType.EFFICACY, 1.0 + (0.5 if outcome else 0))
    elif CueKind.UNCERTAINTY in kinds:
        add(ClaimType.EFFICACY, 1.0)
    dosed = FigureKind.DOSE in counted
    dose_words = len(bag & wordlist("dose-words"))
    if dosed or dose_words:
        add(ClaimType.DOSE, (1.2 if dosed else 0) + 0.6 * min(dose_words, 2))
    study_figures = counted & {
        FigureKind.PARTICIPANTS, FigureKind.STUDIES, FigureKind.YEAR, FigureKind.DURATION,
    }  # fmt: skip
    if CueKind.DESIGN in kinds or CueKind.STUDIES in kinds:
        add(
            ClaimType.STUDY_FACT,
            0.7
            + 0.5 * (CueKind.DESIGN in kinds)
            + 0.5 * len(study_figures)
            + (1.2 if bag & wordlist("need-study") and CueKind.UNCERTAINTY in kinds else 0),
        )
    if (
        counted & {FigureKind.PERCENT, FigureKind.FREQUENCY}
        and len(bag & wordlist("people-words")) > 1
    ):
        add(ClaimType.POPULATION, 1.5)
    if {"causes", "include"} <= bag or {"common", "among"} <= bag or "prevalence" in bag:
        add(ClaimType.POPULATION, 2.0)
    advised = any(h.pattern.startswith("recommend") or "advise" in h.pattern for h in hits)
    if advised and bag & wordlist("guidance"):
        add(ClaimType.RECOMMENDATION, 3.5)
    if not points:
        return ClaimType.EFFICACY, ()
    ranked = sorted(points, key=lambda kind: (-points[kind], list(ClaimType).index(kind)))
    return ranked[0], tuple(kind for kind in ranked[1:] if points[kind] >= 1.0)


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
    main = [r for r in relations if r.hit.entry.sense] or list(relations)
    if main:
        relation = max(main, key=lambda r: r.class_.rank)
        if relation.negation is not None:
            return ClaimDirection.NO_EFFECT
        return _by_sense(relation, reading, last)
    if any(hit.entry.sense in ("safe", "tolerated") for hit in safety):
        return ClaimDirection.NO_EFFECT
    if safety:
        return ClaimDirection.HARM
    return ClaimDirection.UNKNOWN


def _by_sense(relation: Relation, reading: Reading, last: int) -> ClaimDirection:
    sense = relation.hit.entry.sense
    behind = {w.normal for w in reading.words[relation.hit.last : min(last, relation.hit.last + 8)]}
    harmed = any(
        h.kind is CueKind.SAFETY and h.entry.sense == "harm" and h.first >= relation.hit.last
        for h in reading.hits
        if h.first < last
    )
    if sense == "bad":
        return ClaimDirection.HARM
    if sense == "good":
        return ClaimDirection.BENEFIT
    if sense == "lower":
        return (
            ClaimDirection.BENEFIT if behind & wordlist("bad") or harmed else ClaimDirection.UNKNOWN
        )
    if sense == "raise":
        return ClaimDirection.HARM if behind & wordlist("bad") or harmed else ClaimDirection.UNKNOWN
    if relation.hit.pattern in {"effective", "efficacious", "beneficial", "helpful"}:
        return ClaimDirection.BENEFIT
    return ClaimDirection.UNKNOWN
