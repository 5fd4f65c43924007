"""The head of the page: the verdict's sentence, the quick summary and the key points."""

from __future__ import annotations

from weigh.answer.counting import by_design, count, count_people, count_studies, plural
from weigh.answer.draft import Draft
from weigh.answer.results import comparison_claim
from weigh.evidence.answer import Verdict
from weigh.evidence.mechanism import LEVELS
from weigh.evidence.statement import Phrase, Quantity, Statement, join, listing, say, state
from weigh.evidence.trace import TraceBuilder

__all__ = ["MOST_POINTS", "counts", "key_points", "summary", "verdict"]

#: A quick summary names at most this many leading outcomes; the cards below have all of them.
_MOST_CLAIMS = 3
#: A page has five to eight key points.
MOST_POINTS = 8

_SEEN_IN = {"human": "people", "animal": "animals", "in-vitro": "cells"}


def verdict(draft: Draft, trace: TraceBuilder) -> Verdict:
    """The answer in one sentence, made of the claims of the comparisons that lead it."""
    decision = draft.decision
    node = trace.computed(
        "verdict",
        "direction and certainty of the answer",
        f"{decision.direction}, {decision.certainty.words}",
        function="verdict",
        inputs=[c.certainty.node for c in decision.leading if c.certainty],
        method="lowest certainty among the critical outcomes that point the verdict's way",
    )
    who = draft.question.population.name
    if not decision.leading:
        sentence = state(
            "verdict.sentence",
            "No study in this evidence base shows whether {what} helps {who}.",
            what=draft.question.intervention.name,
            who=who,
            rests_on=(node,),
        )
    else:
        claims = [comparison_claim(c, draft.question) for c in decision.leading[:_MOST_CLAIMS]]
        sentence = Statement(
            id="verdict.sentence",
            phrase=say(
                "In {who}, {claims} (certainty: {certainty}).",
                who=who,
                claims=_merged(claims),
                certainty=Quantity(text=decision.certainty.words, node=node),
            ),
        )
    return Verdict(
        direction=decision.direction,
        certainty=decision.certainty,
        sentence=sentence,
        node=node,
    )


def counts(draft: Draft, trace: TraceBuilder) -> tuple[Statement, ...]:
    """How many studies and people there are, by design, direct ones first."""
    direct = draft.direct_studies
    if not direct:
        return (state("counts.direct", "No study in this evidence base fits the question."),)
    designs = by_design(trace, "counts.direct", direct)
    people = count_people(trace, "counts.direct.people", "people in direct studies", direct)
    words = listing(designs)
    if people is not None:
        words = say("{words}, with {n} people in all", words=words, n=people)
    found = [
        state(
            "counts.direct",
            "{words}, {verb} the question.",
            words=words,
            verb="fits" if len(direct) == 1 else "fit",
        )
    ]
    others = tuple(
        study
        for study in draft.evidence.studies
        if study.directness.level != "direct" and study.excluded is None
    )
    if others:
        found.append(
            state(
                "counts.indirect",
                "{n} further {studies} {bear} on it only indirectly.",
                n=count_studies(trace, "counts.indirect.studies", "indirect studies", others),
                studies=plural(len(others), "study", "studies"),
                bear=plural(len(others), "bears", "bear"),
            )
        )
    return tuple(found)


def summary(draft: Draft, answer: Verdict, trace: TraceBuilder) -> tuple[Statement, ...]:
    """The quick summary: at most 80 words, made of sentences that stand further down too."""
    found = [
        Statement(id="summary.answer", phrase=answer.sentence.phrase),
        Statement(id="summary.counts", phrase=counts(draft, trace)[0].phrase),
    ]
    if draft.independence is not None and draft.independence.tied:
        found.append(
            Statement(id="summary.independence", phrase=draft.independence.statement.phrase)
        )
    danger = _danger(draft)
    if danger is not None:
        found.append(Statement(id="summary.danger", phrase=danger))
    kept: list[Statement] = []
    words = 0
    for statement in found:
        words += len(statement.text.split())
        # The answer and the danger are never cut; what lies between gives way.
        if words <= 80 or statement.id in ("summary.answer", "summary.danger"):
            kept.append(statement)
        else:
            words -= len(statement.text.split())
    return tuple(kept)


def key_points(draft: Draft, trace: TraceBuilder) -> tuple[Statement, ...]:
    """Five to eight points, each one sentence that the evidence bears."""
    points: list[Phrase] = [
        comparison.statement.phrase
        for comparison in draft.direct
        if comparison.statement is not None and comparison.outcome.importance != "limited"
    ][:4]
    missing = [gap for gap in draft.not_measured if gap.outcome.importance == "critical"]
    if missing:
        points.append(
            say(
                "No study in this evidence base measured {outcomes}.",
                outcomes=listing([gap.outcome.plain for gap in missing], "or"),
            )
        )
    if draft.independence is not None:
        points.append(draft.independence.statement.phrase)
    danger = _danger(draft)
    if danger is not None:
        points.append(danger)
    if draft.discrepancies:
        points.append(draft.discrepancies[0].phrase)
    mechanism = mechanism_point(draft, trace)
    if mechanism is not None:
        points.append(mechanism)
    points += [
        comparison.statement.phrase
        for comparison in draft.indirect
        if comparison.statement is not None and comparison.k
    ][:1]
    return tuple(
        Statement(id=f"key.{number}", phrase=point)
        for number, point in enumerate(points[:MOST_POINTS], start=1)
    )


def mechanism_point(draft: Draft, trace: TraceBuilder) -> Phrase | None:
    """In what the findings on how it might work were seen; never a claim of benefit."""
    views = [
        view
        for view in draft.mechanisms.edges
        if view.edge.relation not in ("not-tested", "result-not-seen")
    ]
    if not views:
        return None
    parts = []
    for level in LEVELS:
        nodes = [view.node for view in views if view.edge.level == level]
        if nodes:
            number = count(
                trace, f"mechanism.count.{level}", f"findings in {_SEEN_IN[level]}", nodes
            )
            parts.append(say("{n} in {what}", n=number, what=_SEEN_IN[level]))
    total = count(trace, "mechanism.count", "findings on mechanisms", [view.node for view in views])
    return say(
        "How it might work: {total} {findings} ({parts}); findings in cells and animals do not "
        "show a benefit in people.",
        total=total,
        findings=plural(len(views), "finding"),
        parts=listing(parts),
    )


def _danger(draft: Draft) -> Phrase | None:
    """The first danger of the safety section, as its headline and first sentence."""
    dangers = [
        hazard
        for hazard in (*draft.safety.interactions, *draft.safety.contraindications)
        if hazard.severity == "danger"
    ]
    if not dangers or not dangers[0].statements:
        return None
    first = dangers[0]
    return say("{headline}: {what}", headline=first.headline, what=first.statements[0])


def _merged(claims: list[Phrase]) -> Phrase:
    """Claims joined with semicolons; several of "we cannot tell whether" become one."""
    lead = "we cannot tell whether "
    unclear = [claim for claim in claims if claim.text.startswith(lead)]
    if len(unclear) < 2:
        return join(claims, "; ")
    clear = [claim for claim in claims if claim not in unclear]
    head, _, first = unclear[0].text.partition(" changes ")
    rest = [claim.text.partition(" changes ")[2] for claim in unclear[1:]]
    merged = say(
        "{head} changes {outcomes}",
        head=head,
        outcomes=listing([first, *rest], "or"),
        rests_on=[node for claim in unclear for node in claim.because],
    )
    return join([*clear, merged], "; ")
