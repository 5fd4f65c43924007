"""What further trials would have to be like: the sizes that a plan comes to, each with its node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from weigh.evidence.comparison import Comparison
from weigh.evidence.statement import Phrase, Quantity

__all__ = ["NextTrialPlan", "RequiredPeople", "TrialPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTrialPlan:
    """One more trial that would settle whether an effect is as large as what matters.

    Parameters
    ----------
    goal
        ``beyond``: the whole pooled interval on the far side of the smallest difference that
        matters; ``within``: all of it inside.
    size
        People in two equal groups; None where no trial up to `largest` reaches the power.
    power
        The chance to reach the goal at that size, or at the largest.
    """

    goal: Literal["beyond", "within"]
    size: Quantity | None
    largest: Quantity
    power: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPeople:
    """People that all trials together need to find the smallest difference that matters.

    `diverse` says whether the number allows for how much the trials differ.
    """

    needed: Quantity
    power: Quantity
    held: Quantity
    diverse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPlan:
    """What would settle a comparison that its trials leave open.

    Parameters
    ----------
    mid
        The smallest difference that matters, in words.
    spread
        What is assumed of the people in further trials: a risk, or a standard deviation.
    next
        None where the trials so far cannot be simulated: one trial, or a model of counts.
    """

    comparison: Comparison
    mid: Phrase
    spread: Phrase
    next: NextTrialPlan | None
    required: RequiredPeople | None
