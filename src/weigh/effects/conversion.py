"""What a conversion gives: the number, and how it was had, for the trace.

Reports do not always print what an analysis needs. Chapter 6 of the Cochrane Handbook says what may
be computed instead; each function of `weigh.effects` that does so gives one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weigh.errors import InputError, StatisticsError

__all__ = [
    "CombinedEvents",
    "Conversion",
    "MeanSD",
    "require_level",
    "require_people",
    "require_positive",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One number that was computed from others.

    Parameters
    ----------
    value
        The number.
    name
        The method in words: ``SD from 95% CI of a mean, t with n-1 df``.
    inputs
        What it was computed from, by name.
    reference
        Where the method stands: ``Cochrane Handbook 6.5.2.2``.
    notes
        Cautions in plain words.
    """

    value: float
    name: str
    inputs: Mapping[str, float]
    reference: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanSD:
    """Mean, SD and size of a group, computed from other numbers.

    `inputs`, `name`, `reference` and `notes` are as in `Conversion`. `skewed` is True where the
    numbers themselves speak against a symmetric distribution, for which the method was made.
    """

    mean: float
    sd: float
    n: float
    name: str
    inputs: Mapping[str, float]
    reference: str
    notes: tuple[str, ...] = ()
    skewed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedEvents:
    """People with the event out of all, added up over arms."""

    events: float
    total: float
    name: str
    inputs: Mapping[str, float]
    reference: str
    notes: tuple[str, ...] = field(default=())


def require_positive(**numbers: float) -> None:
    """Raise an error if one of these numbers is not above zero (or no number at all)."""
    for name, value in numbers.items():
        if not value > 0.0:
            raise InputError(f"{name} is {value:g}: it must be above zero.")


def require_people(*, at_least: float, **sizes: float) -> None:
    """Raise an error if one of these groups is smaller than the method can bear."""
    for name, value in sizes.items():
        if not value >= at_least:
            raise StatisticsError(
                f"{name} is {value:g}: this method needs at least {at_least:g} people."
            )


def require_level(level: float) -> None:
    """Raise an error unless a confidence level is a fraction."""
    if not 0.0 < level < 1.0:
        raise InputError(
            f"level is {level:g}: a confidence level lies between 0 and 1.",
            hint="Write 95 % as 0.95.",
        )
