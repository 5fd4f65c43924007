"""What trial would settle it: the sizes that further trials need, and what they rest on."""

from __future__ import annotations

from weigh.evidence.planning import TrialPlan
from weigh.evidence.statement import Statement, state

__all__ = ["tell_plan"]


def tell_plan(plan: TrialPlan) -> tuple[Statement, ...]:
    """The next trial, and the people that all trials together need.

    These sentences say what would have to be done to know; they claim nothing of the effect.
    """
    return (*_next(plan), *_required(plan))


def _next(plan: TrialPlan) -> tuple[Statement, ...]:
    if plan.next is None:
        return ()
    name = f"gap.next-trial.{plan.comparison.id}"
    what = plan.comparison.outcome.plain
    if plan.next.size is None:
        return (
            state(
                name,
                "No single further trial of up to {largest} people would be likely to settle "
                "whether the effect on {what} is as large as the smallest difference that matters "
                "({mid}; the chance with that many is {power}): the effect that the trials so far "
                "suggest lies too near it, or they differ too much.",
                largest=plan.next.largest,
                power=plan.next.power,
                what=what,
                mid=plan.mid,
            ),
        )
    return (
        state(
            name,
            "One more trial of about {size} people in two equal groups would have a chance of "
            "{power} to bring the whole pooled interval for {what} {where} the smallest "
            "difference that matters ({mid}), if the true average effect is what the trials so "
            "far suggest, trials go on to differ as they have, and {spread}.",
            size=plan.next.size,
            power=plan.next.power,
            what=what,
            where="beyond" if plan.next.goal == "beyond" else "inside",
            mid=plan.mid,
            spread=plan.spread,
        ),
    )


def _required(plan: TrialPlan) -> tuple[Statement, ...]:
    if plan.required is None:
        return ()
    return (
        state(
            f"gap.required.{plan.comparison.id}",
            "To find the smallest difference that matters for {what} ({mid}) with a power of "
            "{power}, trials would need about {needed} people in all{diverse}, if {spread}; those "
            "that could be pooled have {held}.",
            what=plan.comparison.outcome.plain,
            mid=plan.mid,
            power=plan.required.power,
            needed=plan.required.needed,
            diverse=", allowing for how much they differ so far" if plan.required.diverse else "",
            spread=plan.spread,
            held=plan.required.held,
        ),
    )
