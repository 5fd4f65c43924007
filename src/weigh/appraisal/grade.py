"""GRADE: the certainty of one comparison, from the data, by stated rules.

One module a domain; here they are put together. Where the rules leave room for judgement they take
the cautious side, and a reviewer may set any domain by hand in ``certainty.yaml``: what the rules
gave is kept beside it.
"""

from __future__ import annotations

from dataclasses import replace

from weigh.appraisal.body import Body, gather
from weigh.appraisal.certainty_start import start
from weigh.appraisal.imprecision import rate_imprecision
from weigh.appraisal.inconsistency import rate_inconsistency
from weigh.appraisal.indirectness import rate_indirectness
from weigh.appraisal.publication_bias import SmallStudyTest, rate_publication_bias
from weigh.appraisal.risk_of_bias import rate_risk_of_bias
from weigh.appraisal.upgrades import rate_upgrades
from weigh.evidence.certainty import Certainty, CertaintyLevel, DomainRating
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import CertaintyOverride
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.trace import Datum, TraceBuilder

__all__ = ["certainty"]


def certainty(
    comparison: Comparison,
    evidence: Evidence,
    trace: TraceBuilder,
    *,
    small_study: SmallStudyTest | None = None,
) -> Certainty:
    """Rate the certainty of a comparison.

    Parameters
    ----------
    comparison
        With its studies, estimate and risk of bias; a rating that it has is not looked at.
    evidence
        For the reviewer's own ratings, the checks of trust and what else was registered.
    trace
        Receives the rating, each domain and each figure in a reason.
    small_study
        A test of small-study effects where one was made.

    Returns
    -------
    Certainty
        All eight domains in order, lowering ones first, each with its levels and reason. Never
        below very low; ``no-evidence`` where no study measured the outcome.
    """
    if not comparison.all_studies:
        return _nothing(comparison, trace)
    body = gather(comparison, evidence, trace)
    level, start_reason = start(body)
    computed = (
        rate_risk_of_bias(body),
        rate_inconsistency(body),
        rate_indirectness(body),
        rate_imprecision(body),
        rate_publication_bias(body, small_study),
    )
    lowering = tuple(_override(body, rating) for rating in computed)
    lowered = any(rating.levels < 0 for rating in lowering)
    raising = tuple(_override(body, rating) for rating in rate_upgrades(body, lowered=lowered))
    domains = tuple(replace(r, reason=r.reason.capitalised()) for r in (*lowering, *raising))
    rating = CertaintyLevel.of_rank(level.rank + sum(domain.levels for domain in domains))
    inputs = [_node(body, domain) for domain in domains]
    node = trace.computed(
        body.base,
        f"certainty: {comparison.label}",
        rating.value,
        function="weigh.appraisal.certainty",
        inputs=[*start_reason.because, *inputs],
        parameters={"start": level.value} | {d.domain: d.levels for d in domains},
        method="GRADE, by the rules of weigh.appraisal",
    )
    return Certainty(
        rating=rating, start=level, start_reason=start_reason, domains=domains, node=node
    )


def _nothing(comparison: Comparison, trace: TraceBuilder) -> Certainty:
    node = trace.computed(
        f"certainty.{comparison.id}",
        f"certainty: {comparison.label}",
        CertaintyLevel.NO_EVIDENCE.value,
        function="weigh.appraisal.certainty",
        inputs=(),
    )
    return Certainty(
        rating=CertaintyLevel.NO_EVIDENCE,
        start=CertaintyLevel.NO_EVIDENCE,
        start_reason=Phrase(text="No study measured this, so there is nothing to rate."),
        domains=(),
        node=node,
    )


def _node(body: Body, rating: DomainRating) -> str:
    """The levels of a domain, resting on everything that its reason rests on."""
    return body.trace.computed(
        f"{body.base}.{rating.domain}",
        f"{body.comparison.label}: {rating.domain.replace('_', ' ')} (levels)",
        rating.levels,
        function=f"weigh.appraisal.{rating.domain}",
        inputs=rating.reason.because or body.studies_nodes(),
        note=f"Set by {rating.by}; the rules gave {rating.computed_levels}."
        if rating.overridden
        else None,
    )


def _override(body: Body, rating: DomainRating) -> DomainRating:
    """The reviewer's own rating where there is one, with the computed one kept beside it."""
    given = [
        row
        for row in body.evidence.overrides
        if row.comparison == body.comparison.id and row.domain == rating.domain
    ]
    if not given:
        return rating
    row = given[-1]
    return replace(
        rating,
        levels=row.levels,
        reason=_reviewers_reason(body, row),
        computed_levels=rating.levels,
        computed_reason=rating.reason.capitalised(),
        by=row.by,
    )


def _reviewers_reason(body: Body, row: CertaintyOverride) -> Phrase:
    # A judgement has no source but the person who made it, and is shown as one.
    node = body.trace.add(
        Datum(
            id=f"{body.base}.{row.domain}.reviewer",
            label=f"{body.comparison.label}: {row.domain.replace('_', ' ')}, set by {row.by}",
            value=row.levels,
            file=row.place.file if row.place else "in memory",
            line=row.place.line if row.place else None,
            column="reason",
            source=None,
            note=f"{row.reason} ({row.by})",
            assumed=True,
        )
    )
    text = row.reason if row.reason.endswith((".", "!", "?")) else f"{row.reason}."
    return say("{text}", text=Quantity(text=text, node=node))
