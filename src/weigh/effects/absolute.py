"""What a relative effect comes to in people: risks per 1,000, and how many must be treated.

Guidelines ask for both, because a risk ratio of a half means 500 fewer in 1,000 or one fewer,
depending on the risk without the intervention.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from weigh.effects.conversion import Conversion
from weigh.errors import InputError, NotFoundError

__all__ = [
    "AbsoluteEffect",
    "NumberNeeded",
    "absolute_effect",
    "odds_ratio_from_risk_ratio",
    "risk_ratio_from_odds_ratio",
]

Direction = Literal["fewer", "more"]
_MEASURES = ("RR", "OR", "PETO", "RD", "HR", "IRR", "IRD")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberNeeded:
    """How many people must have the intervention for one event fewer, or one more.

    Parameters
    ----------
    value
        The number; infinite where the intervention changes nothing.
    direction
        ``fewer`` events with the intervention, or ``more``.
    ends
        The number and its direction at both ends of the interval, the end with fewest events
        first. The interval runs from one to the other through infinity where the directions
        differ (Altman 1998).
    """

    value: float
    direction: Direction
    ends: tuple[tuple[float, Direction], tuple[float, Direction]]

    @property
    def through_infinity(self) -> bool:
        """Whether the interval holds no difference, so that it runs through infinity."""
        return self.ends[0][1] != self.ends[1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsoluteEffect:
    """Events with and without the intervention per `per` people, and their difference.

    `comparator` is taken as known; the intervals are those of the relative effect. All numbers
    but `needed` are per `per` people, and for rates per `per` person-times.
    """

    per: float
    comparator: float
    intervention: float
    intervention_low: float
    intervention_high: float
    difference: float
    difference_low: float
    difference_high: float
    needed: NumberNeeded
    name: str
    reference: str
    notes: tuple[str, ...] = ()


def absolute_effect(
    measure: str,
    estimate: float,
    ci_low: float,
    ci_high: float,
    *,
    baseline_risk: float,
    per: float = 1000,
) -> AbsoluteEffect:
    """Events with and without the intervention, from a pooled effect and a baseline risk.

    Parameters
    ----------
    measure
        ``RR``, ``OR``, ``PETO``, ``RD``, ``HR``, or for events over time ``IRR`` and ``IRD``.
    estimate, ci_low, ci_high
        The effect and its interval on the analysis scale: logarithms for ratios.
    baseline_risk
        Risk without the intervention, between 0 and 1, over the time that is told of. For rates
        the rate without it.
    per
        The number of people to tell it for.

    References
    ----------
    Cochrane Handbook 15.4.4. Numbers needed to treat: Altman DG (1998). Confidence intervals for
    the number needed to treat. BMJ 317:1309-1312. Hazard ratios: Altman DG, Andersen PK (1999).
    Calculating the number needed to treat for trials where the outcome is time to an event. BMJ
    319:1492-1495.

    Examples
    --------
    >>> import math
    >>> effect = absolute_effect(
    ...     "RR", math.log(0.5), math.log(0.25), math.log(1.0), baseline_risk=0.1
    ... )
    >>> round(effect.comparator), round(effect.intervention), round(effect.difference_low)
    (100, 50, -75)
    >>> round(effect.needed.value), effect.needed.direction
    (20, 'fewer')
    """
    if measure not in _MEASURES:
        raise NotFoundError("measure with an absolute effect", measure, _MEASURES)
    if not ci_low <= estimate <= ci_high:
        raise InputError(
            f"The interval from {ci_low:g} to {ci_high:g} does not hold its estimate {estimate:g}."
        )
    rate = measure in ("IRR", "IRD")
    if not baseline_risk > 0.0 or (not rate and not baseline_risk < 1.0):
        bounds = "above 0" if rate else "between 0 and 1"
        raise InputError(
            f"baseline_risk is {baseline_risk:g}: it must lie {bounds}.",
            hint="Write 12 % as 0.12.",
        )
    if not per > 0.0:
        raise InputError(f"per is {per:g}: it must be above zero.")
    with_it = [_with(measure, effect, baseline_risk) for effect in (estimate, ci_low, ci_high)]
    top = math.inf if rate else 1.0
    bounded = [min(max(risk, 0.0), top) for risk in with_it]
    notes = () if bounded == with_it else (_BEYOND,)
    changes = [risk - baseline_risk for risk in bounded]
    return AbsoluteEffect(
        per=per,
        comparator=per * baseline_risk,
        intervention=per * bounded[0],
        intervention_low=per * bounded[1],
        intervention_high=per * bounded[2],
        difference=per * changes[0],
        difference_low=per * changes[1],
        difference_high=per * changes[2],
        needed=NumberNeeded(
            value=_needed(changes[0])[0],
            direction=_needed(changes[0])[1],
            ends=(_needed(changes[1]), _needed(changes[2])),
        ),
        name=f"absolute effect from {measure} at a baseline {'rate' if rate else 'risk'} "
        f"of {baseline_risk:g}",
        reference="Cochrane Handbook 15.4.4",
        notes=notes,
    )


_BEYOND = (
    "At this baseline risk the effect leads to fewer than nobody or more than everybody; it was "
    "stopped there. An odds ratio cannot do so."
)


def _with(measure: str, effect: float, baseline: float) -> float:
    """Risk (or rate) with the intervention."""
    if measure in ("RD", "IRD"):
        return baseline + effect
    ratio = math.exp(effect)
    if measure in ("RR", "IRR"):
        return ratio * baseline
    if measure == "HR":
        return -math.expm1(ratio * math.log1p(-baseline))
    return ratio * baseline / (1.0 - baseline + ratio * baseline)


def _needed(change: float) -> tuple[float, Direction]:
    if change == 0.0:
        return math.inf, "fewer"
    return 1.0 / abs(change), "fewer" if change < 0.0 else "more"


def _check(ratio: float, name: str, baseline_risk: float) -> None:
    if not ratio > 0.0:
        raise InputError(f"{name} is {ratio:g}: a ratio is above zero.")
    if not 0.0 < baseline_risk < 1.0:
        raise InputError(f"baseline_risk is {baseline_risk:g}: it must lie between 0 and 1.")


def risk_ratio_from_odds_ratio(odds_ratio: float, baseline_risk: float) -> Conversion:
    """Risk ratio that an odds ratio means at a baseline risk.

    Both on the natural scale. For an adjusted odds ratio the result is only roughly right, because
    the baseline risk then differs from person to person.

    Examples
    --------
    >>> round(risk_ratio_from_odds_ratio(0.5, 0.4).value, 3)
    0.625
    """
    _check(odds_ratio, "odds_ratio", baseline_risk)
    return Conversion(
        value=odds_ratio / (1.0 - baseline_risk + baseline_risk * odds_ratio),
        name="risk ratio from an odds ratio at a baseline risk",
        inputs={"odds_ratio": odds_ratio, "baseline_risk": baseline_risk},
        reference="Cochrane Handbook 15.4.4.4",
    )


def odds_ratio_from_risk_ratio(risk_ratio: float, baseline_risk: float) -> Conversion:
    """Odds ratio that a risk ratio means at a baseline risk, both on the natural scale."""
    _check(risk_ratio, "risk_ratio", baseline_risk)
    risk = risk_ratio * baseline_risk
    if not risk < 1.0:
        raise InputError(
            f"A risk ratio of {risk_ratio:g} at a baseline risk of {baseline_risk:g} would give "
            "more people with the event than people, so it has no odds."
        )
    return Conversion(
        value=risk_ratio * (1.0 - baseline_risk) / (1.0 - risk),
        name="odds ratio from a risk ratio at a baseline risk",
        inputs={"risk_ratio": risk_ratio, "baseline_risk": baseline_risk},
        reference="Cochrane Handbook 15.4.4.4",
    )
