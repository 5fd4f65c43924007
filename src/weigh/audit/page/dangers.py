"""Severe dangers of the folder that a page does not mention: they head the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from weigh.audit.linking import Ground
from weigh.audit.linking.terms import DRUGS, families_in, terms
from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.article import Article
from weigh.evidence.statement import Part, Statement
from weigh.evidence.trace import TraceBuilder

__all__ = ["missing_dangers"]

# Families of drugs and people: to name one member is to name the danger.

# Words of a danger that say nothing of what it is.
_GENERAL = frozenset(
    terms(
        "people person patients adults those certain take takes taking taken use used high low "
        "dose doses risk effect effects cause causes caused may might drug drugs medicine "
        "medicines agency warned warn warning authors source advise study studies trial need "
        "avoid avoided treatment supplement supplements increase lower raise long time put away "
        "good meant mean report reported reports seen well known day year"
    )
)


# A word in at most so many sentences of the folder is a danger's own.
_RARE = 2


@dataclass(frozen=True, slots=True)
class _Danger:
    """A danger: names that stand for it, what it is about, and the answer's own words."""

    id: str
    names: tuple[str, ...]
    about: str
    head: str
    said: Statement | None


def missing_dangers(article: Article, ground: Ground, trace: TraceBuilder) -> tuple[Statement, ...]:
    """Every severe danger of the folder that the page does not warn of.

    A danger is mentioned where one sentence names it (a drug, its class, another drug of the
    class, or what is harmed) and warns or tells of an interaction; to deny it is not to mention it.

    Parameters
    ----------
    article
        The page.
    ground
        The folder and its answer; `trace` must be built on the answer's.

    Returns
    -------
    tuple of Statement
        Empty for a page that is not about the folder's intervention.
    """
    if not ground.covers(article):
        return ()
    look, voice = Look(article), Voice(article, trace)
    said_of = _Sentences(look)
    rare = _rare_terms(ground)
    missing: list[Statement] = []
    told: set[str] = set()
    for danger in _dangers(ground):
        families = DRUGS & set(families_in(danger.about))
        if (families and families <= told) or _is_mentioned(danger, said_of, rare):
            continue
        told |= families
        said: Part = danger.said.phrase if danger.said is not None else ""
        missing.append(
            voice.state(
                f"danger.{danger.id}",
                "the page does not mention a severe danger{head}{gap}{said}",
                head=danger.head,
                gap=". " if danger.said is not None else "",
                said=said,
            )
        )
    return tuple(missing)


class _Sentences:
    """The sentences of a page, and those that warn; none that denies a danger."""

    def __init__(self, look: Look) -> None:
        denied = set(look.sentences_with("denial of danger"))
        words = look.article.words_of
        self.all = tuple(words(one.span) for one in look.sentences if one not in denied)
        self.warning = tuple(
            words(one.span) for one in look.sentences_with("warning", "harm") if one not in denied
        )


def _rare_terms(ground: Ground) -> frozenset[str]:
    """Terms that hardly any other sentence of the folder has: they tell a danger by themselves."""
    times = Counter(term for passage in ground.passages for term in set(terms(passage.text)))
    intervention = ground.evidence.question.intervention
    own = set(terms(" ".join((intervention.name, *intervention.synonyms))))
    return frozenset(term for term, number in times.items() if number <= _RARE) - own


def _dangers(ground: Ground) -> Iterator[_Danger]:
    evidence, safety = ground.evidence, ground.answer.safety
    for hazard in safety.interactions:
        ids = {f"safety.interaction.{entry.id}": entry for entry in evidence.safety.interactions}
        entries = [ids[s.id] for s in hazard.statements if s.id in ids]
        if hazard.severity != "danger":
            continue
        names = {name for e in entries for name in (e.with_, e.class_) if name is not None}
        said = next((s for s in hazard.statements if s.id in ids), None)
        head = _headed("interaction with ", hazard.headline)
        yield _Danger(hazard.id, tuple(sorted(names)), " ".join(sorted(names)), head, said)
    for hazard in safety.contraindications:
        if hazard.severity == "danger":
            said = hazard.statements[0] if hazard.statements else None
            head = _headed("for ", hazard.headline)
            about = f"{hazard.headline} {said.text if said is not None else ''}"
            yield _Danger(hazard.id, (), about, head, said)
    effects = {f"safety.adverse.{e.id}": e for e in evidence.safety.adverse_effects}
    for statement in safety.adverse_effects:
        effect = effects.get(statement.id)
        if effect is not None and effect.severity == "danger":
            yield _Danger(statement.id, (), effect.text, "", statement)


def _headed(lead: str, headline: str) -> str:
    """How a danger is named, where its name holds no number that would want a node."""
    if any(letter.isdigit() for letter in headline):
        return ""
    words = headline if headline[1:2].isupper() else headline[:1].lower() + headline[1:]
    return f", {lead}{words}"


def _is_mentioned(danger: _Danger, said: _Sentences, rare: frozenset[str]) -> bool:
    families = DRUGS & set(families_in(danger.about))
    named = [own for name in danger.names if (own := set(terms(name)) - _GENERAL)]
    if families or named:
        return any(
            families & set(families_in(sentence))
            or any(own <= set(terms(sentence)) for own in named)
            for sentence in said.warning
        )
    about = (set(terms(danger.about)) - _GENERAL) & rare
    # A danger that is no drug is told by a word of its own in a warning, or by two anywhere.
    return any(about & set(terms(sentence)) for sentence in said.warning) or any(
        len(about & set(terms(sentence))) > 1 for sentence in said.all
    )
