"""Rules on the company a claim keeps: TRADITION, ANECDOTE, TITLE, SELF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weigh.audit.judging.case import Case, is_summary
from weigh.audit.linking.pages import page_of
from weigh.audit.linking.terms import terms
from weigh.evidence.article import Article, BlockKind, Sentence, Span
from weigh.evidence.audit import AuditVerdict, Firing
from weigh.evidence.claim import CueKind, Level

__all__ = ["anecdote", "self_conflict", "title", "tradition"]

_READ = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.ANSWER, BlockKind.TABLE_CELL)


def tradition(case: Case) -> Firing | None:
    """TRADITION: long use or being natural offered as a reason.

    A note; overstated where nothing else bears on the claim. Source: Informed Health Choices.
    """
    cues = case.claim.cues_of(CueKind.TRADITION)
    if not cues or case.level is Level.UNCERTAIN:
        return None
    alone = not case.links and case.is_efficacy
    return case.fire(
        "TRADITION",
        AuditVerdict.OVERSTATED if alone else None,
        "minor" if alone else None,
        cues[0].span,
        "{words} tells how long or by whom it is used, and not whether it works",
        words=case.said(cues[0].span),
    )


def anecdote(case: Case) -> Firing | None:
    """ANECDOTE: one person's story, or what customers say, offered as proof.

    A note; unsupported where nothing else bears on the claim. Source: HealthNewsReview criterion 2.
    """
    cues = case.claim.cues_of(CueKind.ANECDOTE)
    if not cues:
        return None
    return case.fire(
        "ANECDOTE",
        None if case.links else AuditVerdict.UNSUPPORTED,
        None,
        cues[0].span,
        "{words} is a story, which cannot tell what would have happened otherwise",
        words=case.said(cues[0].span),
    )


def title(case: Case) -> Firing | None:
    """TITLE: the title or summary is surer than the best wording of the text below.

    Source: Haneef et al. 2015, spin in health news.
    """
    if not case.in_title or case.level <= Level.UNCERTAIN or not case.is_efficacy:
        return None
    said = _body(case.article, page_of(case.article).levels)
    levels = [level for span, level in said if _same_matter(case, span)]
    if not levels:
        return None
    gap = case.level - max(levels)
    if gap <= 0:
        return None
    return case.fire(
        "TITLE",
        AuditVerdict.OVERSTATED,
        "minor" if gap == 1 else "major",
        case.claim.span,
        "The title or summary is surer than anything that the text below says",
    )


def self_conflict(case: Case) -> Firing | None:
    """SELF: strong here, and said to be unknown elsewhere on the page; a note on both."""
    if case.level < Level.DIRECT or not case.is_efficacy:
        return None
    for span, _ in _body(case.article, page_of(case.article).unsure):
        elsewhere = not span.overlaps(case.claim.sentence)
        if elsewhere and _same_matter(case, span):
            return case.fire(
                "SELF",
                None,
                None,
                case.claim.span,
                "Elsewhere the page says {words}",
                words=case.said(span),
            )
    return None


def _same_matter(case: Case, span: Span) -> bool:
    """Whether two places of a page speak of one outcome: the words of the claim's object."""
    mine = set(terms(case.claim.object or case.claim.text))
    other = set(terms(case.article.words_of(span)))
    return len(mine & other) >= max(1, len(mine) // 3)


def _body(
    article: Article, sentences: Iterable[tuple[Sentence, Level]]
) -> Iterator[tuple[Span, Level]]:
    """Yield those sentences that stand in the text itself, with their rungs."""
    for sentence, level in sentences:
        read = article.blocks[sentence.block].kind in _READ
        if read and not is_summary(article, sentence.block):
            yield sentence.span, level
