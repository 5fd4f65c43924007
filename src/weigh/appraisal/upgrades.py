"""GRADE, what raises certainty: a large effect, a dose-response gradient, opposing confounding.

Guyatt et al. 2011 (GRADE guidelines 9). Only for studies that compare groups without randomising,
and only where nothing lowered their certainty: what raises it cannot repair what is wrong.
"""

from __future__ import annotations

import math

from weigh.appraisal.body import Body
from weigh.evidence.certainty import DomainRating
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import ratio
from weigh.evidence.judgement import GradeDomain
from weigh.evidence.statement import Quantity, say
from weigh.evidence.study import Allocation

__all__ = ["LARGE_EFFECT", "VERY_LARGE_EFFECT", "rate_upgrades"]

#: A relative risk above this, or below one over it, is large: one level.
LARGE_EFFECT = 2.0

#: Above this, or below one over it, it is very large: two levels.
VERY_LARGE_EFFECT = 5.0


def rate_upgrades(body: Body, *, lowered: bool) -> tuple[DomainRating, ...]:
    """Rate the three domains.

    Parameters
    ----------
    lowered
        True where another domain lowered the certainty.

    Notes
    -----
    A dose-response gradient and opposing confounding are not worked out from the folder; a reviewer
    may set them in ``certainty.yaml``.
    """
    return (
        _large_effect(body, lowered=lowered),
        _left_to_reviewers(
            body,
            "dose_response",
            "A dose-response gradient was not looked for; a reviewer may rate one.",
            lowered=lowered,
        ),
        _left_to_reviewers(
            body,
            "opposing_residual_confounding",
            "Whether confounding works against the effect was not judged; a reviewer may rate it.",
            lowered=lowered,
        ),
    )


def _barred(body: Body, *, lowered: bool) -> str | None:
    """Why nothing can raise the certainty; None where something can."""
    design = body.comparison.design
    if design is Allocation.RANDOMISED:
        return "Not considered: randomised trials start at high certainty already."
    if design is Allocation.UNCONTROLLED:
        return "Not considered: without a comparison group no effect can be told."
    if lowered:
        return "Not considered: another domain lowers the certainty."
    return None


def _left_to_reviewers(
    body: Body, domain: GradeDomain, words: str, *, lowered: bool
) -> DomainRating:
    reason = say(_barred(body, lowered=lowered) or words, rests_on=body.studies_nodes())
    return DomainRating(domain=domain, levels=0, reason=reason)


def _large_effect(body: Body, *, lowered: bool) -> DomainRating:
    barred = _barred(body, lowered=lowered)
    if barred is not None:
        reason = say(barred, rests_on=body.studies_nodes())
        return DomainRating(domain="large_effect", levels=0, reason=reason)
    relative = _relative_risk(body.comparison)
    if relative is None:
        reason = say(
            "No relative risk could be worked out, and only that can be large by the rule.",
            rests_on=body.studies_nodes(),
        )
        return DomainRating(domain="large_effect", levels=0, reason=reason)
    # Held against the rule on the side above 1, so that a halving counts like a doubling.
    estimate = max(relative.estimate, 1.0 / relative.estimate)
    excludes_null = not relative.low <= 1.0 <= relative.high
    if not excludes_null or estimate <= LARGE_EFFECT:
        levels, words = 0, "The relative effect ({rr}) is not large."
        if not excludes_null and estimate > LARGE_EFFECT:
            words = "The relative effect ({rr}) is large, but its interval includes no effect."
    elif estimate > VERY_LARGE_EFFECT:
        levels, words = 2, "The relative effect ({rr}) is very large."
    else:
        levels, words = 1, "The relative effect ({rr}) is large."
    return DomainRating(
        domain="large_effect",
        levels=levels,
        reason=say(words, rr=Quantity(text=ratio(relative.estimate), node=relative.node(body))),
    )


class _Relative:
    """A relative risk with its interval; that of an odds ratio is taken at the baseline risk."""

    __slots__ = ("estimate", "high", "inputs", "low")

    def __init__(self, estimate: float, low: float, high: float, inputs: tuple[str, ...]) -> None:
        self.estimate = estimate
        self.low = low
        self.high = high
        self.inputs = inputs

    def node(self, body: Body) -> str:
        if len(self.inputs) == 1:
            return self.inputs[0]
        return body.trace.computed(
            f"{body.base}.relative_risk",
            "relative risk at the risk without the intervention",
            self.estimate,
            function="OR / (1 - risk + risk * OR)",
            inputs=self.inputs,
        )


def _relative_risk(comparison: Comparison) -> _Relative | None:
    natural, absolute = comparison.natural, comparison.absolute
    if natural is None or not math.isfinite(natural.estimate) or natural.estimate <= 0.0:
        return None
    node = natural.nodes.get("estimate")
    if node is None:
        return None
    values = (natural.estimate, natural.ci_low, natural.ci_high)
    if comparison.measure == "RR":
        return _Relative(*values, (node,))
    if comparison.measure != "OR" or absolute is None or absolute.per is None:
        return None
    if absolute.comparator is None:
        return None
    risk = absolute.comparator / absolute.per
    at_risk = [odds / (1.0 - risk + risk * odds) for odds in values]
    return _Relative(at_risk[0], at_risk[1], at_risk[2], (node, absolute.nodes["comparator"]))
