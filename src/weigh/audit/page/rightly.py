"""What a page gets right: claims that the evidence bears, limits and harms that it names."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.linking import Ground
from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.article import Article, BlockKind
from weigh.evidence.audit import AuditVerdict, JudgedClaim
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import Statement
from weigh.evidence.trace import TraceBuilder

__all__ = ["right"]

_MOST = 5
_FAULTED = (AuditVerdict.OVERSTATED, AuditVerdict.CONTRADICTED)

#: What is praised where words of a kind stand in a sentence, and how.
_PRAISED = (
    ("uncertainty", "limits", "it names a limit of the evidence: {words}"),
    ("no control", "control", "it says that a study had no control group: {words}"),
    ("funding of the studies", "funding", "it says who stands behind the studies: {words}"),
    ("absolute size", "size", "it gives the size of an effect: {words}"),
    ("other explanations", "explanation", "it names what else could explain a result: {words}"),
)


def right(
    article: Article,
    judged: Sequence[JudgedClaim],
    ground: Ground | None,
    trace: TraceBuilder,
) -> tuple[Statement, ...]:
    """What the article gets right.

    Parameters
    ----------
    article, judged
        The page and its judged claims.
    ground
        None without a folder: then only what the page's own words show.
    trace
        Collects the node of every count and quotation.

    Returns
    -------
    tuple of Statement
        Supported claims first (at most five, then how many more), then limits, warnings, sizes and
        funding that the page names.
    """
    look, voice = Look(article), Voice(article, trace)
    told: list[Statement] = []
    borne = [one for one in judged if one.verdict is AuditVerdict.SUPPORTED]
    told += [
        voice.state(
            f"right.{one.claim.id}",
            "the evidence bears what it says: {words}",
            words=voice.said(one.claim.span),
        )
        for one in borne[:_MOST]
    ]
    if len(borne) > _MOST:
        more = len(borne) - _MOST
        told.append(
            voice.state(
                "right.more",
                "{n} more {claims} {are} supported",
                n=voice.count("right.more", "further supported claims", more),
                claims=plural(more, "claim"),
                are=plural(more, "is", "are"),
            )
        )
    # What is shown already, what only heads a section, and what the evidence does not bear.
    shown = {one.claim.sentence for one in borne[:_MOST]} | {
        one.claim.sentence for one in judged if one.verdict in _FAULTED
    }
    shown |= {
        sentence.span
        for sentence in look.sentences
        if article.block_of(sentence).kind in (BlockKind.TITLE, BlockKind.HEADING)
    }
    warned = look.sentences_with_all("warning", "harm")
    for name, sentences, template in (
        ("warning", warned, "it warns its readers: {words}"),
        *((name, look.sentences_with(kind), words) for kind, name, words in _PRAISED),
    ):
        fresh = [sentence for sentence in sentences if sentence.span not in shown]
        if fresh:
            shown.add(fresh[0].span)
            words = voice.said(fresh[0].span)
            told.append(voice.state(f"right.{name}", template, words=words))
    return tuple(told)
