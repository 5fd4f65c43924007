"""Criteria on what a page says of benefit, harm, evidence and doubt.

After HealthNewsReview 2 to 4 (benefits in absolute terms, harms, quality of the evidence) and
DISCERN 8 and 11 (uncertainty, risks).
"""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.article import Span
from weigh.evidence.audit import JudgedClaim, PageFinding, PageStatus
from weigh.evidence.claim import ClaimDirection, ClaimType
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import Statement, listing

__all__ = ["benefit", "evidence", "harm", "uncertainty"]

# A word of doubt only in the last part of a page comes after the reader has made up their mind.
_LAST_PART = 0.75


def _benefits(judged: Sequence[JudgedClaim]) -> list[JudgedClaim]:
    return [
        one
        for one in judged
        if one.claim.is_about(ClaimType.EFFICACY)
        and one.claim.direction is ClaimDirection.BENEFIT
        and not one.claim.negated
    ]


def benefit(look: Look, voice: Voice, judged: Sequence[JudgedClaim]) -> PageFinding:
    """P-BENEFIT: how large the benefit is, in people, points or days."""
    title = "Size of the benefit"
    claims = _benefits(judged)
    absolute, relative = look.find("absolute size"), look.find("relative size")
    if absolute:
        return voice.find(
            "P-BENEFIT", title, PageStatus.MET, absolute,
            "it gives a size in absolute terms: {words}", words=voice.said(absolute[0]),
        )  # fmt: skip
    if not claims:
        return voice.find(
            "P-BENEFIT", title, PageStatus.NOT_APPLICABLE, (), "it claims no benefit for people"
        )
    if relative:
        return voice.find(
            "P-BENEFIT", title, PageStatus.PARTLY, relative,
            "it gives sizes only as shares or times ({words}), without the number that they are "
            "shares of", words=voice.said(relative[0]),
        )  # fmt: skip
    return voice.find(
        "P-BENEFIT", title, PageStatus.NOT_MET, [one.claim.span for one in claims],
        "it claims a benefit {n} {times} and never says how large it is",
        n=voice.count("benefits", "claims of benefit", len(claims)),
        times=plural(len(claims), "time"),
    )  # fmt: skip


def harm(look: Look, voice: Voice, missing: Sequence[Statement]) -> PageFinding:
    """P-HARM: harms are named and counted, and every severe danger of the folder is mentioned."""
    title = "Harms"
    denied = look.sentences_with("denial of harm")
    named = tuple(one for one in look.sentences_with("harm") if one not in denied)
    counted = [
        one
        for one in named
        if any(
            look.sentence_at(span) == one for span in look.find("absolute size", "relative size")
        )
    ]
    if missing:
        return voice.find(
            "P-HARM", title, PageStatus.NOT_MET, named,
            "it leaves out {n} severe {dangers} that the evidence names",
            n=voice.count("dangers", "severe dangers not mentioned", len(missing)),
            dangers=plural(len(missing), "danger"),
        )  # fmt: skip
    if counted:
        return voice.find(
            "P-HARM", title, PageStatus.MET, counted,
            "it names harms and says how often: {words}", words=voice.said(counted[0].span),
        )  # fmt: skip
    if named:
        return voice.find(
            "P-HARM", title, PageStatus.PARTLY, named,
            "it names possible harms or precautions, and not how often harm was seen",
        )  # fmt: skip
    safe = look.find("well tolerated", "denial of harm")
    if safe:
        return voice.find(
            "P-HARM", title, PageStatus.NOT_MET, safe,
            "it says {words} and names no harm that was looked for", words=voice.said(safe[0]),
        )  # fmt: skip
    return voice.find("P-HARM", title, PageStatus.NOT_MET, (), "it says nothing of harms")


def evidence(look: Look, voice: Voice) -> PageFinding:
    """P-EVIDENCE: design, size and control of the studies are told."""
    title = "What the studies were"
    parts = {
        "their design": look.find("design"),
        "how many people took part": look.find("sample size"),
        "what they were compared with": look.find("control", "no control"),
    }
    told = [words for words, spans in parts.items() if spans]
    lacking = [words for words, spans in parts.items() if not spans]
    spans = [span for found in parts.values() for span in found[:4]]
    if not look.says("study"):
        return voice.find(
            "P-EVIDENCE", title, PageStatus.NOT_MET, (), "it speaks of no study at all"
        )
    if not lacking:
        return voice.find(
            "P-EVIDENCE", title, PageStatus.MET, spans,
            "it tells of its studies {parts}", parts=listing(told),
        )  # fmt: skip
    if told:
        return voice.find(
            "P-EVIDENCE", title, PageStatus.PARTLY, spans,
            "it tells of its studies {parts}, and not {lacking}",
            parts=listing(told), lacking=listing(lacking, last="or"),
        )  # fmt: skip
    return voice.find(
        "P-EVIDENCE", title, PageStatus.NOT_MET, look.find("study"),
        "it speaks of studies and tells nothing of their design, their size or what they compared",
    )  # fmt: skip


def uncertainty(look: Look, voice: Voice, judged: Sequence[JudgedClaim]) -> PageFinding:
    """P-UNCERTAIN: doubt is named, and near the claims rather than only at the end."""
    title = "Uncertainty"
    doubts = look.find("uncertainty")
    if not doubts:
        return voice.find(
            "P-UNCERTAIN", title, PageStatus.NOT_MET, (), "no limit or uncertainty is named"
        )
    claims = _benefits(judged)
    if not claims:
        return voice.find(
            "P-UNCERTAIN", title, PageStatus.MET, doubts,
            "it names uncertainty: {words}", words=voice.said(_sentence(look, doubts[0])),
        )  # fmt: skip
    blocks = {one.claim.block for one in claims}
    near = [d for d in doubts if (s := look.sentence_at(d)) is not None and s.block in blocks]
    last = _LAST_PART * (look.sentences[-1].span.end if look.sentences else 0)
    early = [doubt for doubt in near if doubt.start < last]
    if early:
        return voice.find(
            "P-UNCERTAIN", title, PageStatus.MET, doubts,
            "it names uncertainty beside its claims: {words}",
            words=voice.said(_sentence(look, early[0])),
        )  # fmt: skip
    where = "only towards its end" if all(d.start >= last for d in doubts) else "apart from them"
    return voice.find(
        "P-UNCERTAIN", title, PageStatus.PARTLY, doubts,
        "it makes its claims without doubt and names uncertainty {where}: {words}", where=where,
        words=voice.said(_sentence(look, doubts[0])),
    )  # fmt: skip


def _sentence(look: Look, span: Span) -> Span:
    found = look.sentence_at(span)
    return span if found is None else found.span
