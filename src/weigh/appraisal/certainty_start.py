"""Where the certainty of a comparison starts, by how people came to their groups.

Balshem et al. 2011 (GRADE guidelines 3): randomised trials start high, observational studies low.
A study without a comparison group cannot tell the intervention from time, attention and the wish
to get better, and starts very low (Guyatt et al. 2011, GRADE guidelines 4, on case series); it is
never pooled with controlled studies.
"""

from __future__ import annotations

from weigh.appraisal.body import Body
from weigh.evidence.cells import study_field
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.statement import Phrase, say
from weigh.evidence.study import Allocation

__all__ = ["START", "start"]

#: Rating at the start, by design.
START = {
    Allocation.RANDOMISED: CertaintyLevel.HIGH,
    Allocation.NON_RANDOMISED: CertaintyLevel.LOW,
    Allocation.UNCONTROLLED: CertaintyLevel.VERY_LOW,
}

_REASONS = {
    Allocation.RANDOMISED: "Randomised trials start at high certainty.",
    Allocation.NON_RANDOMISED: "Studies that compare groups without randomising start at low "
    "certainty, because the groups may differ in more than the intervention.",
    Allocation.UNCONTROLLED: "Studies without a comparison group start at very low certainty, "
    "because they cannot tell the intervention from what would have happened anyway.",
}


def start(body: Body) -> tuple[CertaintyLevel, Phrase]:
    """The level that the certainty starts from, and why."""
    design = body.comparison.design
    nodes = [study_field(body.trace, study, "design").node for study in body.comparison.all_studies]
    return START[design], say(_REASONS[design], rests_on=nodes)
