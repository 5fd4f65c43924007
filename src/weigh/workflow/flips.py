"""What would change the answer: each study, judgement, assumption and model dropped in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from weigh.answer.verdict import Decision, decide
from weigh.evidence.answer import Direction, Flip, FlipKind
from weigh.evidence.cells import study_cell
from weigh.evidence.certainty import Certainty, CertaintyLevel
from weigh.evidence.comparison import Comparison
from weigh.evidence.folder import Evidence
from weigh.evidence.question import ComparisonPlan, Question
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say, state
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.grading import rate
from weigh.workflow.plans import tasks

__all__ = ["flips", "tell_flips"]

_POINTS: dict[Direction, str] = {
    "benefit": "would point to a benefit",
    "harm": "would point to a harm",
    "no-difference": "would point to little or no difference",
    "unclear": "would be unclear",
}

_DOMAINS = {
    "risk_of_bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "publication_bias": "publication bias",
}


def flips(
    evidence: Evidence, comparisons: tuple[Comparison, ...], trace: TraceBuilder
) -> tuple[Flip, ...]:
    """Drop or change one thing at a time and decide again.

    Each study of the comparisons that lead the verdict is left out; each GRADE domain that lowered
    one of them is set back; each assumed minimal important difference is removed; each other model
    takes the main one's place. Everything is computed anew, nothing estimated.
    """
    decision = decide(comparisons)
    found = [
        *_without_studies(evidence, decision, comparisons, trace),
        *_without_judgements(decision, comparisons),
        *_without_assumptions(evidence, decision, comparisons),
        *_under_models(evidence, decision, comparisons),
    ]
    return tuple(found)


def tell_flips(found: tuple[Flip, ...]) -> tuple[Statement, ...]:
    """One sentence on how firm the answer is, then those changes that alter it."""
    changing = [flip for flip in found if flip.changes_verdict]
    if not found:
        return ()
    if not changing:
        lead = state(
            "flips.lead",
            "Leaving out any one study, judgement, assumption or choice of model leaves the answer "
            "as it is.",
        )
        return (lead,)
    lead = state(
        "flips.lead",
        "The answer, or how certain it is, rests on {what}.",
        what=listing(_kinds(changing)),
    )
    return (lead, *(flip.statement for flip in changing))


def _kinds(changing: list[Flip]) -> list[str]:
    words: dict[FlipKind, str] = {
        "study": "single studies",
        "judgement": "single judgements",
        "assumption": "an assumption",
        "model": "the choice of model",
    }
    return [words[kind] for kind in dict.fromkeys(flip.kind for flip in changing)]


def _flip(name: str, kind: FlipKind, before: Decision, after: Decision, lead: Phrase) -> Flip:
    changes = (before.direction, before.certainty) != (after.direction, after.certainty)
    if changes:
        tail = f"the answer {_POINTS[after.direction]} (certainty: {after.certainty.words})"
    else:
        tail = "the answer stays the same"
    return Flip(
        id=f"flip.{name}",
        kind=kind,
        changes_verdict=changes,
        direction=after.direction,
        certainty=after.certainty,
        statement=Statement(id=f"flip.{name}", phrase=say("{lead}, {tail}.", lead=lead, tail=tail)),
    )


def _decide_again(evidence: Evidence, plans: set[str]) -> Decision:
    """Decide from the folder's rows again, for these plans only, with a trace thrown away."""
    trace = TraceBuilder()
    return decide(rate(evidence, task, trace) for task in tasks(evidence) if task.plan.id in plans)


def _plans(comparisons: tuple[Comparison, ...]) -> set[str]:
    """Plans that can lead a verdict at all."""
    return {
        c.plan.id
        for c in comparisons
        if c.direct
        and c.subgroup is None
        and c.outcome.importance == "critical"
        and c.outcome.role == "benefit"
    }


def _without_studies(
    evidence: Evidence,
    decision: Decision,
    comparisons: tuple[Comparison, ...],
    trace: TraceBuilder,
) -> Iterator[Flip]:
    studies = {s.id: s for c in decision.leading for s in c.all_studies}
    for study in studies.values():
        fewer = replace(evidence, studies=tuple(s for s in evidence.studies if s.id != study.id))
        after = _decide_again(fewer, _plans(comparisons))
        lead = say("Without {study}", study=study_cell(trace, study))
        yield _flip(f"study.{study.id}", "study", decision, after, lead)


def _without_judgements(decision: Decision, comparisons: tuple[Comparison, ...]) -> Iterator[Flip]:
    for comparison in decision.leading:
        rating = comparison.certainty
        if rating is None:
            continue
        for domain in rating.domains:
            if domain.levels >= 0:
                continue
            kinder = replace(comparison, certainty=_forgiving(rating, domain.domain))
            after = decide(kinder if c.id == comparison.id else c for c in comparisons)
            lead = say(
                "If {domain} were not held against {what}",
                domain=_DOMAINS.get(domain.domain, domain.domain),
                what=Quantity(text=f"“{comparison.label}”", node=comparison.nodes["label"]),
                rests_on=(rating.node,),
            )
            name = f"judgement.{comparison.id}.{domain.domain}"
            yield _flip(name, "judgement", decision, after, lead)


def _forgiving(rating: Certainty, domain: str) -> Certainty:
    """The rating with one domain set back to no concern."""
    domains = tuple(replace(d, levels=0) if d.domain == domain else d for d in rating.domains)
    rank = rating.start.rank + sum(d.levels for d in domains)
    return replace(rating, domains=domains, rating=CertaintyLevel.of_rank(rank))


def _without_assumptions(
    evidence: Evidence, decision: Decision, comparisons: tuple[Comparison, ...]
) -> Iterator[Flip]:
    led = {c.outcome.id for c in decision.leading}
    for outcome in evidence.question.outcomes:
        if outcome.id not in led or outcome.mid is None or not outcome.mid.assumed:
            continue
        outcomes = tuple(
            o.model_copy(update={"mid": None}) if o.id == outcome.id else o
            for o in evidence.question.outcomes
        )
        after = _decide_again(
            _asking(evidence, evidence.question.model_copy(update={"outcomes": outcomes})),
            _plans(comparisons),
        )
        lead = say(
            "Without the assumed smallest difference that matters for {what}", what=outcome.plain
        )
        yield _flip(f"assumption.{outcome.id}", "assumption", decision, after, lead)


def _under_models(
    evidence: Evidence, decision: Decision, comparisons: tuple[Comparison, ...]
) -> Iterator[Flip]:
    for comparison in decision.leading:
        if comparison.k < 2:
            continue
        for number, model in enumerate(comparison.plan.also, start=1):
            plans = tuple(
                plan.model_copy(update={"model": model}) if plan.id == comparison.plan.id else plan
                for plan in evidence.question.comparisons
            )
            after = _decide_again(_with_plans(evidence, plans), _plans(comparisons))
            lead = say(
                "Pooled by {model} for {what}",
                model=f"{model.method} with {model.test} intervals",
                what=comparison.outcome.plain,
            )
            yield _flip(f"model.{comparison.id}.{number}", "model", decision, after, lead)


def _with_plans(evidence: Evidence, plans: tuple[ComparisonPlan, ...]) -> Evidence:
    return _asking(evidence, evidence.question.model_copy(update={"comparisons": plans}))


def _asking(evidence: Evidence, question: Question) -> Evidence:
    return replace(evidence, question=question)
