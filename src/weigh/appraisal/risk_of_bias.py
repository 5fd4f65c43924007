"""GRADE, risk of bias: how much of the evidence comes from studies that may mislead.

Guyatt et al. 2011 (GRADE guidelines 4) and the Cochrane Handbook, table 14.2.a, ask where most of
the information comes from, and whether what comes from studies at high risk is enough to matter.
"Most" is more than half here; the share that is enough to matter has no figure in either, and a
quarter is our convention. They lower by one level for a crucial limitation of one kind, and by two
where limitations lower confidence substantially: here, where most of the information comes from
studies at high risk in two or more domains, or at critical risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from weigh.appraisal.body import Body, Member
from weigh.evidence.cells import study_cell
from weigh.evidence.certainty import DomainRating
from weigh.evidence.statement import Part, Phrase, listing, say

__all__ = [
    "GRAVE_DOMAINS",
    "HIGH_RISK_MATTERS",
    "MOST",
    "Concern",
    "concern",
    "rate_risk_of_bias",
]

#: Above this share, something holds for most of the information.
MOST = 0.5

#: From this share on, studies at high risk are enough to move the result.
HIGH_RISK_MATTERS = 0.25


class Concern(Enum):
    """How far a study's risk of bias lowers trust in what it brings."""

    NONE = "none"
    SOME = "some"
    HIGH = "high"
    GRAVE = "grave"
    UNKNOWN = "unknown"


# "Moderate" of ROBINS-I is sound for a non-randomised study (Sterne 2016), whose certainty already
# starts low for what randomization would have ruled out; counting it again would be double.
_CONCERNS = {
    "low": Concern.NONE,
    "moderate": Concern.NONE,
    "some_concerns": Concern.SOME,
    "serious": Concern.HIGH,
    "high": Concern.HIGH,
    "critical": Concern.GRAVE,
    "no_information": Concern.UNKNOWN,
}

#: High risk in so many domains is grave.
GRAVE_DOMAINS = 2

_ONE = {
    Concern.NONE: "{study}, the {only}, is at low risk of bias.",
    Concern.SOME: "{study}, the {only}, raises some concerns about bias.",
    Concern.HIGH: "{study}, the {only}, is at high risk of bias.",
    Concern.GRAVE: "{study}, the {only}, is at high risk of bias in more than one way.",
    Concern.UNKNOWN: "The risk of bias of {study}, the {only}, is not known.",
}

_ALL = {
    Concern.NONE: "{all_studies} are at low risk of bias.",
    Concern.SOME: "{all_studies} raise some concerns about bias.",
    Concern.HIGH: "{all_studies} are at high risk of bias.",
    Concern.GRAVE: "{all_studies} are at high risk of bias in more than one way.",
    Concern.UNKNOWN: "The risk of bias of {all_studies} is not known.",
}

_GROUPS = {
    Concern.GRAVE: "studies at high risk of bias in more than one way",
    Concern.HIGH: "studies at high risk of bias",
    Concern.SOME: "studies that raise some concerns about bias",
    Concern.UNKNOWN: "studies whose risk of bias is not known",
    Concern.NONE: "studies at low risk of bias",
}


def concern(member: Member) -> Concern:
    """The concern that a study's overall judgement raises; a study not assessed is unknown."""
    if member.bias is None:
        return Concern.UNKNOWN
    held = _CONCERNS[member.bias.overall]
    at_high_risk = [
        domain
        for domain in member.bias.domains.values()
        if _CONCERNS[domain] in (Concern.HIGH, Concern.GRAVE)
    ]
    if held is Concern.HIGH and len(at_high_risk) >= GRAVE_DOMAINS:
        return Concern.GRAVE
    return held


def rate_risk_of_bias(body: Body) -> DomainRating:
    """Rate the domain.

    Two levels where most of the information comes from studies at grave risk: high in two or more
    domains, or critical. One where a quarter comes from studies at high or grave risk, or where
    most comes from studies with some concerns, at higher risk or never assessed.
    """
    groups = {
        kind: [member for member in body.members if concern(member) is kind] for kind in _GROUPS
    }
    grave = body.share(groups[Concern.GRAVE])
    high = grave + body.share(groups[Concern.HIGH])
    doubtful = high + body.share(groups[Concern.SOME]) + body.share(groups[Concern.UNKNOWN])
    if grave > MOST:
        levels = -2
    elif high >= HIGH_RISK_MATTERS or doubtful > MOST:
        levels = -1
    else:
        levels = 0
    return DomainRating(domain="risk_of_bias", levels=levels, reason=_reason(body, groups))


def _reason(body: Body, groups: dict[Concern, list[Member]]) -> Phrase:
    nodes = [member.bias.node for member in body.members if member.bias is not None]
    held = [(kind, members) for kind, members in groups.items() if members]
    if len(body.members) == 1:
        cell = study_cell(body.trace, body.members[0].study)
        return say(_ONE[held[0][0]], study=cell, only=body.only_study(), rests_on=nodes)
    if len(held) == 1:
        phrase = say(_ALL[held[0][0]], all_studies=body.all_studies(), rests_on=nodes)
        return phrase.capitalised()
    return say("{shares}.", shares=_shares(body, held, nodes), rests_on=nodes).capitalised()


def _shares(
    body: Body, held: Sequence[tuple[Concern, list[Member]]], nodes: Sequence[str]
) -> Phrase:
    """``studies at high risk of bias carry 40% of the weight, studies at low risk of bias 60%``."""
    parts: list[Part] = []
    for kind, members in held:
        share = body.share_cell(
            f"risk_of_bias.{kind.value}", f"share of {_GROUPS[kind]}", members, nodes
        )
        parts.append(
            say("{who} {what}", who=_GROUPS[kind], what=body.carry(share, rest=bool(parts)))
        )
    return listing(parts)
