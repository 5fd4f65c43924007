"""GRADE, indirectness: whether the studies answer this question or a neighbouring one.

Guyatt et al. 2011 (GRADE guidelines 8): differences in people, intervention, comparator and
outcome; a surrogate counts as one. How far a study falls short is a judgement that stands in
``studies.yaml``; here it is weighed by what the study brings.
"""

from __future__ import annotations

from weigh.appraisal.body import Body, Member
from weigh.appraisal.risk_of_bias import MOST
from weigh.evidence.certainty import DomainRating
from weigh.evidence.statement import Phrase, join, listing, say
from weigh.evidence.study import Study

__all__ = ["LOWEST", "rate_indirectness"]

#: The domain lowers the certainty by so much at most (GRADE guidelines 8).
LOWEST = -2

_ORDER = ("population", "intervention", "comparator", "outcome")
_WORDS = {
    "population": "the people",
    "intervention": "the intervention",
    "comparator": "what it was compared with",
    "outcome": "what was measured",
}


def rate_indirectness(body: Body) -> DomainRating:
    """Rate the domain.

    Two levels where most of the information comes from studies judged two levels indirect, one
    where most comes from studies judged one or two; one more for a surrogate outcome; two at most.
    A study marked as indirect without a number of levels counts one.
    """
    far = [member for member in body.members if _levels(member.study) >= 2]
    off = [member for member in body.members if _levels(member.study) >= 1]
    levels = -2 if body.share(far) > MOST else -1 if body.share(off) > MOST else 0
    phrases = [_about_studies(body, off)]
    if body.comparison.outcome.surrogate:
        levels -= 1
        phrases.append(
            say(
                "What was measured is a marker that people cannot feel.",
                rests_on=body.studies_nodes(),
            )
        )
    return DomainRating(domain="indirectness", levels=max(levels, LOWEST), reason=join(phrases))


def _levels(study: Study) -> int:
    directness = study.directness
    return max(directness.levels, 0 if directness.level == "direct" else 1)


def _about_studies(body: Body, off: list[Member]) -> Phrase:
    nodes = [_node(body, member.study) for member in body.members]
    if not off:
        words = (
            "The studies fit the question."
            if len(body.members) > 1
            else ("The study fits the question.")
        )
        return say(words, rests_on=nodes)
    named = {name for member in off for name in member.study.directness.differs_in}
    differs = [_WORDS[name] for name in _ORDER if name in named]
    tail = say(" in {what}", what=listing(differs)) if differs else Phrase(text="")
    if len(off) == len(body.members):
        words = (
            "The studies differ from the question{tail}."
            if len(off) > 1
            else "The study differs from the question{tail}."
        )
        return say(words, tail=tail, rests_on=nodes)
    share = body.share_cell("indirectness.share", "share of indirect studies", off, nodes)
    return say(
        "Studies that differ from the question{tail} {carry}.",
        tail=tail,
        carry=body.carry(share),
        rests_on=nodes,
    )


def _node(body: Body, study: Study) -> str:
    return body.trace.datum(
        f"studies.{study.id}.directness.levels",
        f"{study.label}: levels lost for indirectness",
        study.directness.levels,
        of=study,
        column="directness.levels",
    )
