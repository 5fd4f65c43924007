"""What the folder holds and a page leaves out, where it would change how a claim is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.audit.linking import Ground
from weigh.audit.linking.units import figures_of
from weigh.audit.page.leftout import direct_studies, named_studies, unfavourable
from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.article import Article
from weigh.evidence.audit import JudgedClaim
from weigh.evidence.cells import fact_cell, participants_cell, people, study_cell
from weigh.evidence.claim import FigureKind
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import Part, Phrase, Statement, listing, say
from weigh.evidence.study import Allocation, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["omissions"]

_MOST_SIZES = 5


def omissions(
    article: Article, judged: Sequence[JudgedClaim], ground: Ground, trace: TraceBuilder
) -> tuple[Statement, ...]:
    """What the page leaves out: sponsors, sizes, controls, doses, other explanations, studies.

    Parameters
    ----------
    article, judged
        The page and its claims.
    ground, trace
        The folder and its answer; the trace must be built on the answer's.

    Returns
    -------
    tuple of Statement
        Each with the studies or facts that it rests on. Empty for a page that is not about the
        folder's intervention.
    """
    if not ground.covers(article):
        return ()
    look, voice = Look(article), Voice(article, trace)
    named = named_studies(look, judged, ground)
    return tuple(
        statement
        for statement in (
            _sponsors(look, voice, ground),
            _sizes(look, voice, ground, named),
            _controls(look, voice, ground),
            *_doses(look, voice, ground),
            _explanations(look, voice, ground),
            _null_studies(voice, ground, named),
        )
        if statement is not None
    )


def _sponsors(look: Look, voice: Voice, ground: Ground) -> Statement | None:
    """Ties of the studies to somebody with a stake."""
    tied = [study for study in direct_studies(ground) if study.tied_to_maker]
    if not tied or look.says("funding of the studies"):
        return None
    parties = list(dict.fromkeys(i.party for study in tied for i in study.interests))
    facts = [
        fact_cell(voice.trace, f"studies.{study.id}.interests.{at}", interest).node
        for study in tied
        for at, interest in enumerate(study.interests)
    ]
    whom: Part = say("{who}", who=listing(parties), rests_on=facts) if parties else "industry"
    return voice.state(
        "omission.sponsor",
        "sponsors: it does not say that {studies} {have} authors or funding tied to {whom}",
        studies=voice.studies("omission.sponsor", tied),
        have=plural(len(tied), "has", "have"),
        whom=whom,
    )


def _sizes(look: Look, voice: Voice, ground: Ground, named: frozenset[str]) -> Statement | None:
    """How many people took part, above all in randomised trials."""
    given = _people_given(look)
    lacking = [
        study
        for study in direct_studies(ground)
        if study.participants and not {entry.count for entry in study.participants} & given
    ]
    mentioned = [study for study in lacking if study.id in named]
    randomised = [s for s in lacking if s.allocation is Allocation.RANDOMISED]
    shown = mentioned or randomised
    if not shown:
        return None
    told = [part for study in shown[:_MOST_SIZES] if (part := _size(voice, study)) is not None]
    more = len(shown) - len(told)
    if more > 0:
        told.append(say("{n} more", n=voice.count("omission.size.more", "further studies", more)))
    trials = all(study.allocation is Allocation.RANDOMISED for study in shown)
    return voice.state(
        "omission.size",
        "sample sizes: it does not say how many people took part in {what}: {sizes}",
        what=plural(len(shown), "the randomised trial", "the randomised trials")
        if trials
        else plural(len(shown), "a study", "some studies"),
        sizes=listing(told),
    )


def _people_given(look: Look) -> set[int]:
    return {
        int(figure.value)
        for sentence in look.sentences
        for figure in figures_of(look.article.words_of(sentence.span), sentence.span.start)
        if figure.kind is FigureKind.PARTICIPANTS
    }


def _size(voice: Voice, study: Study) -> Phrase | None:
    """``Mehta 2021 (20 people; another report counts 70)``."""
    used = people(voice.trace, study)
    if used is None:
        return None
    cells = {e.count: participants_cell(voice.trace, study, e) for e in study.participants}
    others = [cell for cell in cells.values() if cell.text != used.text]
    phrase = say("{study} ({n} people", study=study_cell(voice.trace, study), n=used)
    if others and len({entry.kind for entry in study.participants}) == 1:
        phrase = say("{head}; another report counts {m}", head=phrase, m=listing(others, last="or"))
    return say("{head})", head=phrase)


def _controls(look: Look, voice: Voice, ground: Ground) -> Statement | None:
    """Studies without a control group, where the page does not say so."""
    single = [s for s in direct_studies(ground) if s.allocation is Allocation.UNCONTROLLED]
    if not single or look.says("no control"):
        return None
    return voice.state(
        "omission.control",
        "control groups: it does not say that {studies} had no control group, so that nothing "
        "shows what would have happened without treatment",
        studies=voice.studies("omission.control", single),
    )


def _doses(look: Look, voice: Voice, ground: Ground) -> Iterator[Statement]:
    """From which dose an interaction was seen, beside the dose that the studies gave."""
    written = {
        (figure.value, (figure.unit or "").lower())
        for sentence in look.sentences_with("warning", "harm")
        for figure in figures_of(look.article.words_of(sentence.span), sentence.span.start)
        if figure.kind is FigureKind.DOSE
    }
    for hazard in ground.answer.safety.interactions:
        told = [s for s in hazard.statements if s.id.startswith(("safety.dose.", "safety.doses."))]
        # The comparison with the studies' dose says more than the bare list of doses.
        told.sort(key=lambda statement: not statement.id.startswith("safety.dose."))
        ids = {s.id.removeprefix("safety.interaction.") for s in hazard.statements}
        entries = [e for e in ground.evidence.safety.interactions if e.id in ids]
        known = {(dose, (entry.unit or "").lower()) for entry in entries for dose in entry.doses}
        if told and known and not known & written:
            yield voice.state(
                f"omission.dose.{hazard.id}",
                "doses: it does not say from which dose an interaction was seen. {told}",
                told=told[0].phrase,
            )


def _explanations(look: Look, voice: Voice, ground: Ground) -> Statement | None:
    """What else could explain that people felt better in studies without a control group."""
    single = [s for s in direct_studies(ground) if s.allocation is Allocation.UNCONTROLLED]
    if not single or look.says("other explanations"):
        return None
    return voice.state(
        "omission.explanation",
        "alternative explanations: people in {studies} may have felt better for other reasons "
        "that the page does not name, such as the natural course of the condition, regression to "
        "the mean or the response to any treatment (placebo response)",
        studies=voice.studies("omission.explanation", single),
    )


def _null_studies(voice: Voice, ground: Ground, named: frozenset[str]) -> Statement | None:
    """Studies that did not show the benefit and that the page does not speak of."""
    known = unfavourable(ground)
    left = [s for s in direct_studies(ground) if s.id in known and s.id not in named]
    if not left:
        return None
    return voice.state(
        "omission.null",
        "studies without a benefit: it does not speak of {studies}, in which the interval of the "
        "effect does not show a benefit",
        studies=voice.studies("omission.null", left),
    )
