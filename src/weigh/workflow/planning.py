"""How large the next trial must be, where the trials so far leave open whether an effect matters.

The interval of an effect is held against the smallest difference that matters. Where it lies on
both sides, further trials are drawn from the fitted model and pooled with those there are, until
the whole interval lies on one side; with a fixed seed, so that the same folder gives the same size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from weigh.appraisal.lines import pooled_sd
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import amount, per_cent, plain
from weigh.evidence.planning import NextTrialPlan, RequiredPeople, TrialPlan
from weigh.evidence.pooled import Pooled
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Allocation
from weigh.evidence.trace import TraceBuilder
from weigh.synthesis.sequential import next_trial, required_size

__all__ = ["trial_plans"]

_POWER = 0.8
_ALPHA = 0.05
_LARGEST = 100_000
_REPLICATIONS = 500
_SEED = 1
#: Models of counts, of which no further trial can be drawn.
_COUNTED = ("MH", "PETO")
#: Differences between trials that enlarge the required size by less than this are not told.
_DIVERSE = 0.01
#: Where all but this share of the variance lies between trials, no number of people would do.
_ALL_BETWEEN = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Where effects begin to matter, on the analysis scale, and what one participant tells.

    Parameters
    ----------
    down, up
        The smallest difference that matters below and above no effect.
    variance
        Sampling variance of the effect in a trial of one participant.
    effect, risk, sd
        What the required size is worked out for.
    """

    down: float
    up: float
    variance: float
    effect: float
    risk: float | None
    sd: float | None
    words: Phrase
    nodes: tuple[str, ...]


def trial_plans(comparisons: Sequence[Comparison], trace: TraceBuilder) -> tuple[TrialPlan, ...]:
    """A plan for each critical outcome on which randomised trials leave open what matters.

    Parameters
    ----------
    comparisons
        Finished comparisons.
    trace
        Receives a node for each number.

    References
    ----------
    :cite:t:`roloff2013` for the next trial; :cite:t:`wetterslev2009` for the required size.
    """
    found = []
    for comparison in comparisons:
        if (
            comparison.design is not Allocation.RANDOMISED
            or not comparison.direct
            or comparison.subgroup is not None
            or comparison.outcome.importance != "critical"
            or comparison.pooled is None
        ):
            continue
        scale = _scale(comparison, trace)
        if scale is not None and not _settled(comparison.pooled, scale):
            found.append(_plan(comparison, comparison.pooled, scale, trace))
    return tuple(found)


def _settled(fit: Pooled, scale: _Scale) -> bool:
    beyond = fit.ci_high < scale.down or fit.ci_low > scale.up
    return beyond or (scale.down < fit.ci_low and fit.ci_high < scale.up)


def _scale(comparison: Comparison, trace: TraceBuilder) -> _Scale | None:
    """None where there is no smallest difference, or nothing is known of the spread."""
    if comparison.outcome.mid is None or "mid" not in comparison.nodes:
        return None
    if comparison.outcome.kind == "dichotomous":
        return _of_risks(comparison, trace)
    spread = pooled_sd(comparison)
    if comparison.measure != "MD" or comparison.mid is None or spread is None:
        return None
    sd, nodes = spread
    if not sd > 0.0:
        return None
    node = trace.computed(
        f"plan.{comparison.id}.sd",
        "standard deviation within the arms of the trials",
        sd,
        function="pooled standard deviation",
        inputs=nodes,
    )
    shown = Quantity(text=amount(sd, 1), node=node)
    unit = comparison.outcome.unit or "points"
    return _Scale(
        down=-comparison.mid,
        up=comparison.mid,
        variance=4.0 * sd * sd,
        effect=comparison.mid,
        risk=None,
        sd=sd,
        words=say("people differ as in them (standard deviation {sd} {unit})", sd=shown, unit=unit),
        nodes=(comparison.nodes["mid"], node),
    )


def _of_risks(comparison: Comparison, trace: TraceBuilder) -> _Scale | None:
    absolute, mid = comparison.absolute, comparison.outcome.mid
    if absolute is None or absolute.per is None or mid is None:
        return None
    if absolute.comparator is None or absolute.intervention is None:
        return None
    measure = comparison.measure
    risk = absolute.comparator / absolute.per
    treated = absolute.intervention / absolute.per
    if measure not in ("RR", "OR", "RD") or not (0.0 < risk < 1.0 and 0.0 < treated < 1.0):
        return None
    lower, higher = risk - mid.value, risk + mid.value
    better = (lower, higher) if comparison.outcome.better == "lower" else (higher, lower)
    other = next((one for one in better if 0.0 < one < 1.0), None)
    if other is None:
        return None
    return _Scale(
        down=-math.inf if lower <= 0.0 else _effect(measure, lower, risk),
        up=math.inf if higher >= 1.0 else _effect(measure, higher, risk),
        variance=2.0 * (_told(measure, risk) + _told(measure, treated)),
        effect=_natural(measure, other, risk),
        risk=risk,
        sd=None,
        words=say(
            "the risk with {comparator} is {risk} in {per} as here",
            comparator=comparison.comparator,
            risk=Quantity(
                text=plain(round(absolute.comparator)), node=absolute.nodes["comparator"]
            ),
            per=Quantity(text=f"{absolute.per:,}", node=absolute.nodes["per"]),
        ),
        nodes=(
            comparison.nodes["mid"],
            absolute.nodes["comparator"],
            absolute.nodes["intervention"],
        ),
    )


def _natural(measure: str, treated: float, risk: float) -> float:
    """The effect of one risk against another, ratios as ratios."""
    if measure == "RD":
        return treated - risk
    if measure == "RR":
        return treated / risk
    return treated / (1.0 - treated) * (1.0 - risk) / risk


def _effect(measure: str, treated: float, risk: float) -> float:
    """The same on the analysis scale."""
    found = _natural(measure, treated, risk)
    return found if measure == "RD" else math.log(found)


def _told(measure: str, risk: float) -> float:
    """Variance that one participant of a group adds, by the delta method."""
    if measure == "RD":
        return risk * (1.0 - risk)
    return (1.0 - risk) / risk if measure == "RR" else 1.0 / (risk * (1.0 - risk))


def _plan(comparison: Comparison, fit: Pooled, scale: _Scale, trace: TraceBuilder) -> TrialPlan:
    return TrialPlan(
        comparison=comparison,
        mid=_mid_words(comparison),
        spread=scale.words,
        next=_next(comparison, fit, scale, trace),
        required=_required(comparison, fit, scale, trace),
    )


def _mid_words(comparison: Comparison) -> Phrase:
    mid, node = comparison.outcome.mid, comparison.nodes["mid"]
    assert mid is not None
    absolute = comparison.absolute
    if comparison.outcome.kind == "dichotomous" and absolute is not None and absolute.per:
        return say(
            "{count} in {per}",
            count=Quantity(text=plain(round(mid.value * absolute.per, 1)), node=node),
            per=Quantity(text=f"{absolute.per:,}", node=absolute.nodes["per"]),
        )
    unit = comparison.outcome.unit or "points"
    if mid.value == 1:
        unit = unit.removesuffix("s")
    return say("{mid} {unit}", mid=Quantity(text=plain(mid.value), node=node), unit=unit)


def _effects(comparison: Comparison) -> list[str]:
    return [row.nodes[name] for row in comparison.studies for name in ("yi", "vi")]


def _next(
    comparison: Comparison, fit: Pooled, scale: _Scale, trace: TraceBuilder
) -> NextTrialPlan | None:
    if comparison.k < 2 or fit.method in _COUNTED:
        return None
    goal: Literal["beyond", "within"] = "within"
    threshold = min(-scale.down, scale.up)
    if not scale.down < fit.estimate < scale.up:
        goal, threshold = "beyond", scale.up if fit.estimate > 0.0 else -scale.down
    found = next_trial(
        fit,
        variance=scale.variance,
        threshold=threshold,
        goal=goal,
        power=_POWER,
        replications=_REPLICATIONS,
        seed=_SEED,
        largest=_LARGEST,
    )
    inputs = (*scale.nodes, *_effects(comparison))
    told = {
        "goal": goal,
        "threshold": threshold,
        "power": _POWER,
        "replications": _REPLICATIONS,
        "seed": _SEED,
        "largest": _LARGEST,
        "method": fit.method,
        "test": fit.test,
    }

    def node(name: str, label: str, value: float) -> str:
        return trace.computed(
            f"plan.{comparison.id}.{name}",
            label,
            value,
            function="weigh.synthesis.sequential.next_trial",
            inputs=inputs,
            parameters=told,
            method="further trials drawn from the fitted model (Roloff et al. 2013)",
        )

    size = None
    if found.size is not None:
        size = Quantity(
            text=_about(found.size), node=node("size", "people in the next trial", found.size)
        )
    return NextTrialPlan(
        goal=goal,
        size=size,
        largest=Quantity(
            text=f"{_LARGEST:,}", node=node("largest", "largest trial considered", _LARGEST)
        ),
        power=Quantity(
            text=per_cent(100.0 * found.power) if found.power >= 0.005 else "<1%",
            node=node("power", "share of simulated trials that settle it", found.power),
        ),
    )


def _required(
    comparison: Comparison, fit: Pooled, scale: _Scale, trace: TraceBuilder
) -> RequiredPeople | None:
    diversity = _diversity(comparison, fit)
    if "n" not in comparison.nodes or diversity > _ALL_BETWEEN:
        return None
    needed = required_size(
        comparison.measure,
        scale.effect,
        risk=scale.risk,
        sd=scale.sd,
        alpha=_ALPHA,
        beta=1.0 - _POWER,
        diversity=diversity,
    )
    inputs = (*scale.nodes, *_effects(comparison))
    node = trace.computed(
        f"plan.{comparison.id}.required",
        "people that all trials together need",
        needed,
        function="weigh.synthesis.sequential.required_size",
        inputs=inputs,
        parameters={"alpha": _ALPHA, "power": _POWER, "diversity": diversity},
        method="required information size (Wetterslev et al. 2009)",
    )
    power = trace.computed(
        f"plan.{comparison.id}.required.power",
        "power that the required size gives",
        _POWER,
        function="option",
        inputs=(node,),
    )
    return RequiredPeople(
        needed=Quantity(text=_about(needed), node=node),
        power=Quantity(text=per_cent(100.0 * _POWER), node=power),
        held=Quantity(text=f"{comparison.n:,}", node=comparison.nodes["n"]),
        diverse=diversity >= _DIVERSE,
    )


def _diversity(comparison: Comparison, fit: Pooled) -> float:
    """D²: the share of the variance of the pooled effect that lies between trials."""
    if comparison.k < 2 or not fit.tau2 > 0.0:
        return 0.0
    within = 1.0 / float(np.sum(1.0 / fit.vi))
    together = 1.0 / float(np.sum(1.0 / (fit.vi + fit.tau2)))
    return max(0.0, 1.0 - within / together)


def _about(people: int) -> str:
    """Two figures: a simulated size says no more."""
    digits = len(str(people)) - 2
    return f"{round(people, -digits):,}" if digits > 0 else str(people)
