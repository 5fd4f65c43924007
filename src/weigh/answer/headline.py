"""The head of the page: the verdict's sentence, the quick summary and the key points."""

from __future__ import annotations

from weigh.answer.counting import by_design, count_people, count_studies
from weigh.answer.draft import Draft
from weigh.answer.results import comparison_claim
from weigh.answer.verdict import direction_of
from weigh.evidence.answer import Hazard, Verdict
from weigh.evidence.comparison import Comparison
from weigh.evidence.mechanism import LEVELS
from weigh.evidence.phrasing import plural, tally
from weigh.evidence.statement import Phrase, Quantity, Statement, join, listing, say, state
from weigh.evidence.trace import TraceBuilder

__all__ = ["MOST_POINTS", "counts", "danger_with_dose", "key_points", "summary", "verdict"]

#: A quick summary names at most this many leading outcomes; the cards below have all of them.
_MOST_CLAIMS = 3
#: A page has five to eight key points.
MOST_POINTS = 8

#: A claim and its rating.
_Claim = tuple[Phrase, Quantity | str]

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
        sentence = Statement(
            id="verdict.sentence",
            phrase=say("In {who}, {claims}.", who=who, claims=_claims(draft, node)),
        )
    return Verdict(
        direction=decision.direction,
        certainty=decision.certainty,
        highest=max(
            (c.certainty.rating for c in decision.leading if c.certainty),
            key=lambda level: level.rank,
            default=decision.certainty,
        ),
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
    verb = "fits" if len(direct) == 1 else "fit"
    if people is not None:
        verb = f", {verb}"
        words = say("{words}, with {n} people in all", words=listing(designs), n=people)
    else:
        verb = f" {verb}"
        words = listing(designs)
    found = [state("counts.direct", "{words}{verb} the question.", words=words, verb=verb)]
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
        phrase = say(
            "Known danger: {how} {headline}.",
            how="for" if danger in draft.safety.contraindications else "together with",
            headline=_inside(danger.headline),
            rests_on=danger.statements[0].because,
        )
        found.append(Statement(id="summary.danger", phrase=phrase))
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
                "No study that fits the question measured {outcomes}.",
                outcomes=listing([gap.outcome.plain for gap in missing], "or"),
            )
        )
    if draft.independence is not None:
        points.append(draft.independence.statement.phrase)
    points += [danger for danger in (_danger_in_full(draft),) if danger is not None]
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
            number = tally(
                trace, f"mechanism.count.{level}", f"findings in {_SEEN_IN[level]}", nodes
            )
            parts.append(say("{n} in {what}", n=number, what=_SEEN_IN[level]))
    total = tally(trace, "mechanism.count", "findings on mechanisms", [view.node for view in views])
    return say(
        "How it might work: {total} {findings} ({parts}); findings in cells and animals do not "
        "show a benefit in people.",
        total=total,
        findings=plural(len(views), "finding"),
        parts=listing(parts),
    )


def _danger(draft: Draft) -> Hazard | None:
    dangers = [
        hazard
        for hazard in (*draft.safety.interactions, *draft.safety.contraindications)
        if hazard.severity == "danger" and hazard.statements
    ]
    return dangers[0] if dangers else None


def danger_with_dose(draft: Draft) -> Phrase | None:
    """The first danger with the studies' own dose against it, where that could be worked out."""
    danger = _danger(draft)
    if danger is None:
        return None
    against = [s for s in danger.statements if s.id.startswith("safety.dose.")]
    return say(
        "Known danger {how} {headline}: {what}",
        how="for" if danger in draft.safety.contraindications else "with",
        headline=_inside(danger.headline),
        what=_inside_phrase((against or danger.statements)[0]),
    )


def _danger_in_full(draft: Draft) -> Phrase | None:
    """The first danger: the finding at the lowest dose that did something."""
    danger = _danger(draft)
    if danger is None:
        return None
    dosed = [
        interaction
        for interaction in draft.evidence.safety.interactions
        if interaction.doses and not interaction.no_effect
    ]
    dosed.sort(key=lambda interaction: min(interaction.doses))
    by_id = {statement.id: statement for statement in danger.statements}
    lowest = [
        by_id[name]
        for interaction in dosed
        if (name := f"safety.interaction.{interaction.id}") in by_id
    ]
    return say(
        "Known danger {how} {headline}: {what}",
        how="for" if danger in draft.safety.contraindications else "with",
        headline=_inside(danger.headline),
        what=_inside_phrase((lowest or list(danger.statements))[0]),
    )


def _inside(text: str) -> str:
    """A headline as it stands inside a sentence; a word in capitals keeps them."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _inside_phrase(statement: Statement) -> Phrase:
    text = statement.text
    starts_a_name = any(mark.start == 0 for mark in statement.marks)
    if starts_a_name or text.split()[0].isupper() or any(c.isdigit() for c in text.split()[0]):
        return statement.phrase
    return Phrase(
        text=_inside(text), marks=statement.phrase.marks, rests_on=statement.phrase.rests_on
    )


def _claims(draft: Draft, node: str) -> Phrase:
    """The leading claims, each with its certainty; one rating at the end where they share it."""
    led = draft.decision.leading
    ratings = {c.certainty.rating for c in led if c.certainty is not None}
    pointing = [c for c in led if direction_of(c) != "unclear"]
    unclear = [c for c in led if direction_of(c) == "unclear"]
    claims = (_alike(pointing, draft) + _cannot_tell(unclear, draft))[:_MOST_CLAIMS]
    if len(ratings) < 2:
        rating = Quantity(text=draft.decision.certainty.words, node=node)
        words = join([claim for claim, _ in claims], "; ")
        return say("{words} (certainty: {rating})", words=words, rating=rating)
    return join(
        [
            say("{claim} (certainty: {rating})", claim=claim, rating=rating)
            for claim, rating in claims
        ],
        "; ",
    )


def _alike(comparisons: list[Comparison], draft: Draft) -> list[_Claim]:
    """A claim for each comparison; those that say the same at several times become one."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in comparisons:
        rating = comparison.certainty.rating if comparison.certainty else ""
        key = (comparison_claim(comparison, draft.question).text, rating)
        groups.setdefault(key, []).append(comparison)
    found: list[_Claim] = []
    for group in groups.values():
        claim = comparison_claim(group[0], draft.question)
        times = [
            Quantity(text=c.plan.when, node=c.nodes["when"])
            for c in group
            if c.plan.when is not None and "when" in c.nodes
        ]
        if times:
            claim = say("{claim} {times}", claim=claim, times=listing(times))
        found.append((claim, _rating(group[0])))
    return found


def _rating(comparison: Comparison) -> Quantity | str:
    rating = comparison.certainty
    return "not rated" if rating is None else Quantity(text=rating.rating.words, node=rating.node)


def _cannot_tell(unclear: list[Comparison], draft: Draft) -> list[tuple[Phrase, Quantity | str]]:
    """Claims that point nowhere: those that we cannot tell become one, the others stay."""
    merged: dict[str, list[Comparison]] = {}
    others: list[Comparison] = []
    for comparison in unclear:
        if "cannot tell" in comparison_claim(comparison, draft.question).text:
            merged.setdefault(comparison.outcome.plain, []).append(comparison)
        else:
            others.append(comparison)
    stay = _alike(others, draft)
    if not merged:
        return stay
    held = [comparison for group in merged.values() for comparison in group]
    worst = min(held, key=lambda c: c.certainty.rating.rank if c.certainty else 0)
    claim = say(
        "we cannot tell whether {what} changes {outcomes}",
        what=draft.question.intervention.name,
        outcomes=_outcomes(merged),
        rests_on=[n for c in held for n in comparison_claim(c, draft.question).because],
    )
    return [*stay, (claim, _rating(worst))]


def _outcomes(merged: dict[str, list[Comparison]]) -> Phrase:
    """``pain at 6 months or sleep``: outcomes, with their times where those are told."""
    told = []
    for plain, group in merged.items():
        times = [
            Quantity(text=c.plan.when, node=c.nodes["when"])
            for c in group
            if c.plan.when is not None and "when" in c.nodes
        ]
        words = "{x} {times}" if times else "{x}"
        told.append(say(words, x=plain, times=listing(times)))
    return listing(told, "or")
