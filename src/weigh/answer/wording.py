"""The one function that writes a claim about an effect.

Two inputs decide the words: the size of the effect against the smallest difference that matters,
and the certainty of the evidence (Santesso et al. 2020, GRADE guidelines 26). Every sentence of the
program that says what an intervention does to an outcome is made here, on the page and in an audit
alike; lowering the certainty can only weaken the verb.
"""

from __future__ import annotations

from weigh.answer.size import Finding, Size
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.question import Outcome
from weigh.evidence.statement import Phrase, say

__all__ = ["claim"]

_LADDER: dict[Size, tuple[str, str, str]] = {
    # high, moderate, low
    Size.LARGE: ("greatly {verb}s {x}", "probably greatly {verb}s {x}", "may greatly {verb} {x}"),
    Size.IMPORTANT: ("{verb}s {x}", "probably {verb}s {x}", "may {verb} {x}"),
    Size.SOME: ("{verb}s {x}", "probably {verb}s {x}", "may {verb} {x}"),
    Size.TRIVIAL: (
        "makes little or no difference to {x}",
        "probably makes little or no difference to {x}",
        "may make little or no difference to {x}",
    ),
    Size.UNCLEAR: (
        "makes no clear difference to {x}",
        "probably makes no clear difference to {x}",
        "may make no clear difference to {x}",
    ),
}


def claim(
    *,
    intervention: str,
    outcome: Outcome,
    finding: Finding,
    certainty: CertaintyLevel,
    rests_on: tuple[str, ...] = (),
    controlled: bool = True,
) -> Phrase:
    """What may be said of an effect, without numbers and without a full stop.

    Parameters
    ----------
    intervention
        As it stands at the head of a sentence.
    finding
        Size and direction, from `weigh.answer.size.find`.
    certainty
        Rating of the comparison; very low (or no evidence rated) never makes a claim.
    rests_on
        Nodes of the certainty and of the effect.
    controlled
        False for studies without a control group: they can never bear a claim.

    Returns
    -------
    Phrase
        ``Drug X may lower the risk of ...``, ``we cannot tell whether ...``, ``no trial
        measured ...``.
    """
    x = outcome.plain
    if finding.size is Size.NO_DATA:
        return say("no trial measured {x}", x=x, rests_on=rests_on)
    if (
        not controlled
        or finding.size is Size.NOT_ESTIMABLE
        or certainty in (CertaintyLevel.VERY_LOW, CertaintyLevel.NO_EVIDENCE)
    ):
        return say(
            "we cannot tell whether {who} changes {x}", who=intervention, x=x, rests_on=rests_on
        )
    words = _LADDER[finding.size][4 - certainty.rank]
    verb = outcome.verbs[0 if finding.lowers else 1]
    return say("{who} " + words.replace("{verb}", verb), who=intervention, x=x, rests_on=rests_on)
