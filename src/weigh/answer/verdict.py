"""Which way the answer points, and how sure it is: rules over the graded comparisons.

Only controlled evidence that fits the question can point anywhere. An answer with nothing but
uncontrolled studies, or nothing that can be estimated, or very low certainty, is "unclear".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weigh.answer.size import Size, find
from weigh.evidence.answer import Direction
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison
from weigh.evidence.study import Allocation

__all__ = ["Decision", "decide", "direction_of", "leading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict without its sentence; `leading` are the comparisons that it rests on."""

    direction: Direction
    certainty: CertaintyLevel
    leading: tuple[Comparison, ...]


def direction_of(comparison: Comparison) -> Direction:
    """Which way one comparison points.

    Benefit or harm needs an interval that excludes no effect, a size that is not below the MID and
    a certainty above very low. Below the MID it is no difference; all else is unclear.
    """
    finding = find(comparison)
    rating = comparison.certainty.rating if comparison.certainty else CertaintyLevel.NO_EVIDENCE
    if comparison.design is Allocation.UNCONTROLLED or rating.rank <= 1:
        return "unclear"
    if finding.size is Size.TRIVIAL:
        return "no-difference"
    if finding.size in (Size.LARGE, Size.IMPORTANT, Size.SOME) and finding.excludes_null:
        return "benefit" if finding.favourable else "harm"
    return "unclear"


def leading(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons that the verdict rests on.

    Those of critical outcomes that the intervention is hoped to improve, in direct studies of the
    whole population; randomised ones where there are any, else non-randomised, else uncontrolled.
    """
    candidates = [
        comparison
        for comparison in comparisons
        if comparison.direct
        and comparison.subgroup is None
        and comparison.outcome.importance == "critical"
        and comparison.outcome.role == "benefit"
        and comparison.all_studies
    ]
    for design in Allocation:
        chosen = tuple(c for c in candidates if c.design is design)
        if chosen:
            return chosen
    return ()


def decide(comparisons: Iterable[Comparison]) -> Decision:
    """Decide the verdict's direction and certainty.

    Comparisons that point somewhere outvote unclear ones; benefit and harm side by side are
    unclear. The certainty is the lowest among the comparisons that point the verdict's way, or
    among all critical ones where the verdict is unclear (after Guyatt et al. 2013, GRADE
    guidelines 11), so that one well-supported outcome cannot lend its certainty to another.
    """
    led = leading(comparisons)
    directions = {direction_of(comparison) for comparison in led}
    if "benefit" in directions and "harm" in directions:
        direction: Direction = "unclear"
    elif "benefit" in directions:
        direction = "benefit"
    elif "harm" in directions:
        direction = "harm"
    elif directions == {"no-difference"}:
        direction = "no-difference"
    else:
        direction = "unclear"
    agreeing = [c for c in led if direction_of(c) == direction] or led
    certainty = CertaintyLevel.lowest(c.certainty.rating for c in agreeing if c.certainty)
    return Decision(direction=direction, certainty=certainty, leading=led)
