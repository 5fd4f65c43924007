"""Criteria on how a page speaks: whether the condition is inflated, and whether words are sober.

After HealthNewsReview 5 and 10, and QUEST (tone).
"""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.article import BlockKind, Span
from weigh.evidence.audit import JudgedClaim, PageFinding, PageStatus
from weigh.evidence.phrasing import plural

__all__ = ["mongering", "tone"]


def mongering(look: Look, voice: Voice) -> PageFinding:
    """P-MONGER: the condition is not made more frequent or frightening than it is."""
    title = "No inflated condition"
    words = [span for span in look.find("inflated condition") if not look.is_quoted(span)]
    numbers = look.find("frequency")
    if words:
        status = PageStatus.PARTLY if numbers else PageStatus.NOT_MET
        return voice.find(
            "P-MONGER", title, status, [*words, *numbers],
            "it inflates the condition: {words}{but}", words=voice.said(words[0]),
            but=", though it says how frequent it is" if numbers else "",
        )  # fmt: skip
    if numbers:
        return voice.find(
            "P-MONGER", title, PageStatus.MET, numbers,
            "no words inflate the condition, and its frequency is given: {words}",
            words=voice.said(numbers[0]),
        )  # fmt: skip
    return voice.find("P-MONGER", title, PageStatus.MET, (), "no words inflate the condition")


def tone(look: Look, voice: Voice, judged: Sequence[JudgedClaim]) -> PageFinding:
    """P-TONE: no sensational words, and a title that says no more than the text."""
    title = "Sober tone"
    loud = [span for span in look.find("sensation") if not look.is_quoted(span)]
    above = [firing.trigger for one in judged for firing in one.firings if firing.rule == "TITLE"]
    if above:
        return voice.find(
            "P-TONE", title, PageStatus.NOT_MET, [*above, *loud],
            "the title or summary says more than the text below it bears: {words}",
            words=voice.said(above[0]),
        )  # fmt: skip
    if not loud:
        return voice.find(
            "P-TONE", title, PageStatus.MET, (),
            "no sensational words, and the title says no more than the text",
        )  # fmt: skip
    many = len(loud) > 1 or _in_title(look, loud[0])
    return voice.find(
        "P-TONE", title, PageStatus.NOT_MET if many else PageStatus.PARTLY, loud,
        "{n} sensational {words}: {first}",
        n=voice.count("sensations", "sensational words", len(loud)),
        words=plural(len(loud), "word"), first=voice.said(loud[0]),
    )  # fmt: skip


def _in_title(look: Look, span: Span) -> bool:
    sentence = look.sentence_at(span)
    return sentence is not None and look.article.block_of(sentence).kind is BlockKind.TITLE
