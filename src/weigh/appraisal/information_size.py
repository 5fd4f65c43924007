"""The optimal information size: how many people one adequate trial of the question would need.

Guyatt et al. 2011 (GRADE guidelines 6): the usual sample size for a two-sided alpha of 5 % and a
power of 80 %, at the smallest difference that matters. Where that cannot be worked out, the paper's
rules of thumb stand in: 400 people for a continuous outcome, 300 events for a dichotomous one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from weigh.appraisal.body import Body
from weigh.appraisal.lines import pooled_sd
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.evidence.statement import Quantity
from weigh.stats.tails import normal_quantile

__all__ = [
    "ALPHA",
    "ENOUGH_EVENTS",
    "ENOUGH_PEOPLE",
    "MODERATE_EFFECT_SD",
    "POWER",
    "RELATIVE_REDUCTION",
    "InformationSize",
    "events_in",
    "information_size",
    "people_for_means",
    "people_for_risks",
]

ALPHA = 0.05
POWER = 0.80

#: Rules of thumb of GRADE guidelines 6.
ENOUGH_PEOPLE = 400
ENOUGH_EVENTS = 300

#: A quarter fewer events is what GRADE guidelines 6 sizes a trial for where no MID is known.
RELATIVE_REDUCTION = 0.25

#: A MID above half a standard deviation is not what people elsewhere call minimal (Norman et al.
#: 2003), and sizing by it would let a few dozen people pass for enough. We size by this at most.
MODERATE_EFFECT_SD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationSize:
    """What is needed, what there is, and how it was worked out.

    Parameters
    ----------
    unit
        Whether people or events are counted.
    rule_of_thumb
        True where the size is a stand-in and not worked out.
    needed_cell, held_cell
        Both numbers as a sentence shows them.
    """

    needed: int
    held: int
    unit: Literal["people", "events"]
    rule_of_thumb: bool
    needed_cell: Quantity
    held_cell: Quantity


def people_for_means(difference: float, sd: float) -> int:
    """People in two equal groups needed to find a difference in means.

    ``4 (z_alpha + z_power)² sd² / difference²``, rounded up to an even number.
    """
    each = 2.0 * (_z() * sd / difference) ** 2
    return 2 * math.ceil(each)


def people_for_risks(risk: float, other: float) -> int:
    """People in two equal groups needed to find a difference between two risks.

    The formula without continuity correction (Fleiss, Levin and Paik 2003, eq. 4.14), rounded up to
    an even number.
    """
    mean = (risk + other) / 2.0
    at_null = float(normal_quantile(1.0 - ALPHA / 2.0)) * math.sqrt(2.0 * mean * (1.0 - mean))
    spread = risk * (1.0 - risk) + other * (1.0 - other)
    at_effect = float(normal_quantile(POWER)) * math.sqrt(spread)
    return 2 * math.ceil(((at_null + at_effect) / (risk - other)) ** 2)


def information_size(body: Body) -> InformationSize:
    """The optimal information size for a comparison, beside what it holds.

    Continuous: people needed at the MID and the SD within arms, the MID taken at half an SD at
    most; for standardised differences at half an SD. Dichotomous: people needed at the risk without
    the intervention and the MID as a risk difference, else a quarter fewer events. Rules of thumb
    where these are not known.
    """
    if body.comparison.outcome.kind == "continuous":
        return _for_means(body)
    return _for_risks(body)


def events_in(comparison: Comparison) -> tuple[int, tuple[str, ...]] | None:
    """All events in both arms of all studies with an estimate; None where one gives no count."""
    arms = [arm for row in comparison.studies for arm in (row.intervention, row.comparator) if arm]
    if not arms or any(arm.events is None for arm in arms):
        return None
    nodes = tuple(arm.nodes["events"] for arm in arms if "events" in arm.nodes)
    return sum(arm.events or 0 for arm in arms), nodes


def _z() -> float:
    return float(normal_quantile(1.0 - ALPHA / 2.0) + normal_quantile(POWER))


def _for_means(body: Body) -> InformationSize:
    comparison = body.comparison
    if comparison.measure == "SMD":
        # Every study is in units of its own SD.
        inputs = body.studies_nodes()
        return _sized(body, people_for_means(MODERATE_EFFECT_SD, 1.0), inputs, "half an SD")
    spread = pooled_sd(comparison)
    if comparison.mid is None or spread is None or spread[0] <= 0.0:
        return _thumb(body)
    sd, nodes = spread
    needed = people_for_means(min(comparison.mid, MODERATE_EFFECT_SD * sd), sd)
    inputs = (*nodes, *_mid_node(body))
    return _sized(body, needed, inputs, "MID and SD within arms")


def _for_risks(body: Body) -> InformationSize:
    comparison = body.comparison
    absolute = comparison.absolute
    if absolute is None or absolute.per is None or absolute.comparator is None:
        return _thumb_events(body)
    risk = absolute.comparator / absolute.per
    mid = None if comparison.outcome.mid is None else comparison.outcome.mid.value
    other = _other_risk(risk, mid, comparison.outcome.better == "higher")
    if not 0.0 < risk < 1.0 or other is None:
        return _thumb_events(body)
    inputs = (absolute.nodes["comparator"], *_mid_node(body))
    return _sized(body, people_for_risks(risk, other), inputs, "risk without the intervention")


def _other_risk(risk: float, mid: float | None, raise_it: bool) -> float | None:
    if mid is None:
        return risk * (1.0 - RELATIVE_REDUCTION)
    # The good direction first; where the risk has no room there, the other.
    wanted, spare = (risk + mid, risk - mid) if raise_it else (risk - mid, risk + mid)
    return next((other for other in (wanted, spare) if 0.0 < other < 1.0), None)


def _mid_node(body: Body) -> tuple[str, ...]:
    outcome = body.comparison.outcome
    if outcome.mid is None:
        return ()
    return (
        body.trace.datum(
            f"{body.base}.mid",
            f"{outcome.name}: smallest difference that matters",
            outcome.mid.value,
            of=outcome.mid,
            column="mid.value",
        ),
    )


def _sized(body: Body, needed: int, inputs: tuple[str, ...], method: str) -> InformationSize:
    node = body.trace.computed(
        f"{body.base}.information_size",
        "optimal information size (people)",
        needed,
        function="weigh.appraisal.information_size",
        inputs=inputs,
        parameters={"alpha": ALPHA, "power": POWER, "by": method},
        method="GRADE guidelines 6 (2011)",
    )
    return InformationSize(
        needed=needed,
        held=body.size,
        unit="people",
        rule_of_thumb=False,
        needed_cell=Quantity(text=plain(needed), node=node),
        held_cell=body.size_cell(),
    )


def _thumb(body: Body) -> InformationSize:
    held = body.size_cell()
    node = body.trace.computed(
        f"{body.base}.information_size",
        "people that a rule of thumb asks for",
        ENOUGH_PEOPLE,
        function="rule of thumb",
        inputs=(held.node,),
        method="GRADE guidelines 6 (2011)",
    )
    return InformationSize(
        needed=ENOUGH_PEOPLE,
        held=body.size,
        unit="people",
        rule_of_thumb=True,
        needed_cell=Quantity(text=plain(ENOUGH_PEOPLE), node=node),
        held_cell=held,
    )


def _thumb_events(body: Body) -> InformationSize:
    counted = events_in(body.comparison)
    if counted is None:
        return _thumb(body)
    events, nodes = counted
    held = body.trace.computed(
        f"{body.base}.events",
        "people with the event, in all arms",
        events,
        function="sum",
        inputs=nodes,
    )
    node = body.trace.computed(
        f"{body.base}.information_size",
        "events that a rule of thumb asks for",
        ENOUGH_EVENTS,
        function="rule of thumb",
        inputs=(held,),
        method="GRADE guidelines 6 (2011)",
    )
    return InformationSize(
        needed=ENOUGH_EVENTS,
        held=events,
        unit="events",
        rule_of_thumb=True,
        needed_cell=Quantity(text=plain(ENOUGH_EVENTS), node=node),
        held_cell=Quantity(text=plain(events), node=held),
    )
