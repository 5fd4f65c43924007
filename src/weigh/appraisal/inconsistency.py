"""GRADE, inconsistency: whether the studies tell one story.

Guyatt et al. 2011 (GRADE guidelines 7): large I², intervals that do not overlap, and effects on
both sides of what matters. The bands of I² are those of the Cochrane Handbook, section 10.10.2,
which overlap on purpose; we cut where one ends. The prediction interval shows what a further study
may find (IntHout et al. 2016): where it reaches across a line that the interval of the mean does
not, the studies disagree about what a person would be told.
"""

from __future__ import annotations

import math
from itertools import combinations

from weigh.appraisal.body import Body
from weigh.appraisal.lines import Lines, decision_lines
from weigh.evidence.certainty import DomainRating
from weigh.evidence.comparison import Natural, StudyEffect
from weigh.evidence.figures import per_cent
from weigh.evidence.statement import Part, Phrase, Quantity, listing, say

__all__ = [
    "CONSIDERABLE_I2",
    "MODERATE_I2",
    "POOR_OVERLAP",
    "SUBSTANTIAL_I2",
    "rate_inconsistency",
]

#: Up to here I² "might not be important" (Handbook 10.10.2: 0 to 40 %).
MODERATE_I2 = 40.0

#: From here on it "may represent substantial heterogeneity" (50 to 90 %).
SUBSTANTIAL_I2 = 50.0

#: From here on it is "considerable" (75 to 100 %).
CONSIDERABLE_I2 = 75.0

#: From this share of pairs of studies without a common value in their intervals, overlap is poor.
#: GRADE asks for a look and gives no figure; a quarter is our convention.
POOR_OVERLAP = 0.25


def rate_inconsistency(body: Body) -> DomainRating:
    """Rate the domain.

    One level where I² is considerable; where it is substantial and the intervals overlap poorly;
    or where it is more than might not be important and the prediction interval crosses a line
    (no effect, or the smallest difference that matters) that the interval of the mean does not.
    Two where I² is considerable, overlap is poor, and a further study may find an important
    benefit as well as an important harm. With fewer than two estimates: none, and said so.
    """
    comparison = body.comparison
    if comparison.pooled is None or comparison.k == 0:
        reason = say(
            "No estimate could be made, so whether studies agree cannot be told.",
            rests_on=body.studies_nodes(),
        )
        return DomainRating(domain="inconsistency", levels=0, reason=reason)
    if comparison.k == 1:
        reason = say(
            "Only {k} study gives an estimate, so there is nothing that it could disagree with.",
            k=Quantity(text="one", node=body.studies_cell().node),
        )
        return DomainRating(domain="inconsistency", levels=0, reason=reason)
    i2 = comparison.pooled.i2
    i2 = 0.0 if not math.isfinite(i2) else i2
    lines = decision_lines(body)
    poor = _share_apart(comparison.studies) >= POOR_OVERLAP
    natural = comparison.natural
    crosses = natural is not None and _predicts_otherwise(natural, lines)
    both = natural is not None and _predicts_both(natural, lines)
    opposed = _opposed(comparison.studies, comparison.null)
    if i2 >= CONSIDERABLE_I2 and poor and (both or opposed):
        levels = -2
    elif i2 >= CONSIDERABLE_I2 or (i2 >= SUBSTANTIAL_I2 and poor) or (i2 > MODERATE_I2 and crosses):
        levels = -1
    else:
        levels = 0
    reason = _reason(body, i2, poor=poor, crosses=crosses, lowered=levels < 0)
    return DomainRating(domain="inconsistency", levels=levels, reason=reason)


def _share_apart(rows: tuple[StudyEffect, ...]) -> float:
    """Share of pairs of studies whose intervals have no value in common."""
    pairs = list(combinations(rows, 2))
    apart = [a.ci_high < b.ci_low or b.ci_high < a.ci_low for a, b in pairs]
    return sum(apart) / len(pairs) if pairs else 0.0


def _opposed(rows: tuple[StudyEffect, ...], null: float) -> bool:
    """True where one study's interval lies above no effect and another's below it."""
    return any(row.ci_low > null for row in rows) and any(row.ci_high < null for row in rows)


def _predicts_otherwise(natural: Natural, lines: Lines) -> bool:
    """True where the prediction interval holds a line that the interval of the mean does not."""
    if natural.pi_low is None or natural.pi_high is None:
        return False
    return any(
        natural.pi_low < line < natural.pi_high and not natural.ci_low <= line <= natural.ci_high
        for line in lines.natural_lines
    )


def _predicts_both(natural: Natural, lines: Lines) -> bool:
    """True where a further study may find an important effect either way."""
    if natural.pi_low is None or natural.pi_high is None or lines.natural_important is None:
        return False
    low, high = lines.natural_important
    return natural.pi_low < low and natural.pi_high > high


def _reason(body: Body, i2: float, *, poor: bool, crosses: bool, lowered: bool) -> Phrase:
    node = body.comparison.nodes.get("pooled.i2")
    if node is None or node not in body.trace:
        node = body.trace.computed(
            f"{body.base}.i2",
            "I² (percent)",
            i2,
            function="weigh.pool",
            inputs=[row.nodes[name] for row in body.comparison.studies for name in ("yi", "vi")],
        )
    shown = Quantity(text=per_cent(i2), node=node)
    facts: list[Part] = [say("I² is {i2}", i2=shown)]
    if poor:
        facts.append("many of the studies' intervals do not overlap")
    if crosses:
        facts.append("a further study may well find something else (the prediction interval)")
    if lowered:
        return say("The studies disagree: {facts}.", facts=listing(facts))
    if not poor and not crosses:
        facts.append("the studies' intervals overlap")
    if not poor and not crosses and i2 <= MODERATE_I2:
        return say("The studies agree well enough: {facts}.", facts=listing(facts))
    return say(
        "The studies differ somewhat, but not enough to matter: {facts}.", facts=listing(facts)
    )
