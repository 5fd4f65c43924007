"""What an effect comes to in people: events in 1,000 with and without the intervention."""

from __future__ import annotations

from dataclasses import replace

from weigh.effects import absolute_effect as people_affected
from weigh.evidence.comparison import Absolute, Comparison, Natural
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.trace import TraceBuilder

__all__ = ["PER", "absolute_effect"]

#: Absolute effects are told per this many people (Cochrane Handbook 14.1.6.5).
PER = 1000


def absolute_effect(comparison: Comparison, trace: TraceBuilder) -> Comparison:
    """Return the comparison with its absolute effect, where it can be worked out.

    The risk without the intervention is the outcome's own baseline risk where the folder gives
    one, else that of all people in the comparator arms together (Handbook 14.1.6.5). The interval
    is that of the relative effect at this risk; the uncertainty of the risk itself is not in it.
    """
    natural = comparison.natural
    if natural is None:
        return comparison
    if comparison.outcome.kind != "dichotomous":
        return replace(comparison, absolute=_difference(natural))
    found = _baseline(comparison, trace)
    if found is None:
        return comparison
    risk, node, words = found
    base = f"{comparison.id}.absolute"
    nodes = {
        "per": trace.computed(
            f"{base}.per", "people that risks are told per", PER, function="option", inputs=(node,)
        ),
        "comparator": trace.computed(
            f"{base}.comparator",
            f"events in {PER} with the comparator",
            PER * risk,
            function="multiply",
            inputs=(node,),
            parameters={"per": PER},
        ),
    }
    pooled = comparison.pooled
    if pooled is None:
        return comparison
    people = people_affected(
        comparison.measure,
        pooled.estimate,
        pooled.ci_low,
        pooled.ci_high,
        baseline_risk=risk,
        per=PER,
    )
    values = {
        "difference": people.difference,
        "difference_low": people.difference_low,
        "difference_high": people.difference_high,
    }
    ends = {"difference": "estimate", "difference_low": "ci_low", "difference_high": "ci_high"}
    for name, value in values.items():
        nodes[name] = trace.computed(
            f"{base}.{name}",
            f"{name.replace('_', ', ')} in {PER} people",
            value,
            function=people.name,
            inputs=(node, natural.nodes[ends[name]]),
            parameters={"measure": comparison.measure, "per": PER},
            method=people.reference,
        )
    nodes["intervention"] = trace.computed(
        f"{base}.intervention",
        f"events in {PER} with the intervention",
        people.intervention,
        function="add",
        inputs=(nodes["comparator"], nodes["difference"]),
    )
    return replace(
        comparison,
        absolute=Absolute(
            per=PER,
            comparator=PER * risk,
            intervention=people.intervention,
            **values,
            baseline=words,
            nodes=nodes,
        ),
    )


def _baseline(comparison: Comparison, trace: TraceBuilder) -> tuple[float, str, Phrase] | None:
    given = comparison.outcome.baseline_risk
    if given is not None:
        node = trace.datum(
            f"question.outcomes.{comparison.outcome.id}.baseline_risk",
            f"risk without the intervention: {comparison.outcome.name}",
            given.value,
            of=given,
            column="baseline_risk.value",
        )
        return given.value, node, Phrase(text=given.label or "as the source gives it")
    arms = [row.comparator for row in comparison.studies if row.comparator is not None]
    events = sum(arm.events or 0 for arm in arms)
    total = sum(arm.total or 0 for arm in arms)
    if not total or not 0 < events < total:
        return None
    node = trace.computed(
        f"{comparison.id}.baseline",
        "risk in all comparator arms together",
        events / total,
        function="events / people",
        inputs=[arm.nodes[name] for arm in arms for name in ("events", "total")],
    )
    words = say(
        "{risk} of the people with {comparator} in these studies",
        risk=Quantity(text=f"{100 * events / total:.0f}%", node=node),
        comparator=comparison.comparator,
    )
    return events / total, node, words


def _difference(natural: Natural) -> Absolute:
    """A difference on the outcome's own scale, which is absolute already."""
    return Absolute(
        per=None,
        comparator=None,
        intervention=None,
        difference=natural.estimate,
        difference_low=natural.ci_low,
        difference_high=natural.ci_high,
        baseline=None,
        nodes={
            "difference": natural.nodes["estimate"],
            "difference_low": natural.nodes["ci_low"],
            "difference_high": natural.nodes["ci_high"],
        },
    )
