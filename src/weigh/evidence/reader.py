"""What a reader sets for themselves on an answer page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias

__all__ = ["BIAS_LIMITS", "BiasLimit", "ReaderSettings"]

BiasLimit: TypeAlias = Literal["low", "some_concerns", "moderate", "high", "serious"]

#: The limits on risk of bias, strictest first; RoB 2 and ROBINS-I side by side.
BIAS_LIMITS: Mapping[str, frozenset[str]] = {
    "low": frozenset({"low"}),
    "some_concerns": frozenset({"low", "some_concerns", "moderate"}),
    "moderate": frozenset({"low", "some_concerns", "moderate"}),
    "high": frozenset({"low", "some_concerns", "moderate", "high", "serious"}),
    "serious": frozenset({"low", "some_concerns", "moderate", "high", "serious"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSettings:
    """A reader's own choices for one comparison; None and empty leave the folder's.

    Parameters
    ----------
    method, test
        Estimator of the between-study variance and kind of interval, as `weigh.pool` names them.
    measure
        MD, SMD, RR, OR or RD.
    weeks
        First and last week of the time points that count.
    subgroup, form
        Ids of the question's.
    without
        Ids of studies to leave out.
    bias
        The worst overall risk of bias that a study may have; studies that nobody assessed are left
        out with the rest.
    baseline
        Risk without the intervention, between 0 and 1.
    mid
        Smallest difference that matters, in the outcome's units (or as an absolute risk).
    """

    method: str | None = None
    test: str | None = None
    measure: str | None = None
    weeks: tuple[float, float] | None = None
    subgroup: str | None = None
    form: str | None = None
    without: tuple[str, ...] = ()
    bias: str | None = None
    baseline: float | None = None
    mid: float | None = None

    def __bool__(self) -> bool:
        """Whether anything is set."""
        return self != ReaderSettings()

    @property
    def named(self) -> tuple[str, ...]:
        """Names of what is set, in their order."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) not in (None, ()))

    def without_setting(self, name: str) -> ReaderSettings:
        """The same with one setting given back to the folder."""
        cleared: dict[str, Any] = {name: () if name == "without" else None}
        return replace(self, **cleared)
