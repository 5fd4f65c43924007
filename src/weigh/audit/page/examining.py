"""`examine`: every criterion of a page, in order."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.audit.linking import Ground
from weigh.audit.page.choices import alternatives, availability, cost, novelty
from weigh.audit.page.dangers import missing_dangers
from weigh.audit.page.leftout import omitted
from weigh.audit.page.looking import Look
from weigh.audit.page.manner import mongering, tone
from weigh.audit.page.sources import authors, conflicts, dates, independent, references
from weigh.audit.page.speaking import Voice
from weigh.audit.page.substance import benefit, evidence, harm, uncertainty
from weigh.evidence.article import Article
from weigh.evidence.audit import JudgedClaim, PageFinding
from weigh.evidence.trace import TraceBuilder

__all__ = ["examine"]


def examine(
    article: Article, judged: Sequence[JudgedClaim], ground: Ground | None, trace: TraceBuilder
) -> tuple[PageFinding, ...]:
    """Judge a page as a whole by published criteria, as far as its text can show them.

    Parameters
    ----------
    article
        The page as it was read.
    judged
        Its claims.
    ground
        The folder and its answer; None without one, and then nothing is held against studies.
    trace
        Collects the node of every count and quotation; built on the answer's where there is one.

    Returns
    -------
    tuple of PageFinding
        Sixteen, always in the same order, each with the words that show it and one sentence.

    References
    ----------
    :cite:t:`charnock1999` (DISCERN), :cite:t:`silberg1997` (JAMA benchmarks),
    :cite:t:`robillard2018` (QUEST), :cite:t:`schwitzer2008` (HealthNewsReview).
    """
    look, voice = Look(article), Voice(article, trace)
    missing = () if ground is None else missing_dangers(article, ground, trace)
    return (
        references(look, voice),
        dates(look, voice),
        authors(look, voice),
        conflicts(look, voice, ground),
        benefit(look, voice, judged),
        harm(look, voice, missing),
        evidence(look, voice),
        uncertainty(look, voice, judged),
        alternatives(look, voice, ground),
        cost(look, voice),
        availability(look, voice),
        novelty(look, voice),
        mongering(look, voice),
        tone(look, voice, judged),
        independent(look, voice),
        omitted(look, voice, judged, ground),
    )
