"""What a reader sets for themselves on an answer page, and how it travels in an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

from weigh.errors import InputError

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

    @classmethod
    def read(cls, values: Mapping[str, Sequence[str]]) -> ReaderSettings:
        """Take settings from the values of an address; names that are not settings are left.

        Raises
        ------
        InputError
            If a value is no number, or outside of what it can be.
        """
        known: dict[str, Any] = {}
        for name in ("method", "test", "measure", "subgroup", "form", "bias"):
            if text := _one(values, name):
                known[name] = text
        known["without"] = tuple(
            sorted(
                {study for text in values.get("without", ()) for study in text.split(",") if study}
            )
        )
        if text := _one(values, "weeks"):
            known["weeks"] = _weeks(text)
        if text := _one(values, "baseline"):
            known["baseline"] = _number("baseline", text, low=0.0, high=1.0)
        if text := _one(values, "mid"):
            known["mid"] = _number("mid", text, low=0.0, high=None)
        return cls(**known)

    def query(self) -> str:
        """The settings as the end of an address: the same settings give the same one."""
        parts: list[tuple[str, str]] = []
        for name in self.named:
            value = getattr(self, name)
            if name == "weeks":
                value = f"{value[0]:g}-{value[1]:g}"
            elif name == "without":
                value = ",".join(value)
            elif isinstance(value, float):
                value = f"{value:g}"
            parts.append((name, value))
        return urlencode(parts, safe=",")


def _one(values: Mapping[str, Sequence[str]], name: str) -> str | None:
    given = [text.strip() for text in values.get(name, ()) if text.strip()]
    if len(given) > 1:
        raise InputError(f"{name}: found {len(given)} values; expected one.")
    return given[0] if given else None


def _number(name: str, text: str, *, low: float, high: float | None) -> float:
    expected = f"a number above {low:g}" + ("" if high is None else f" and below {high:g}")
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{name}: found {text!r}; expected {expected}.") from None
    if not low < value < (float("inf") if high is None else high):
        raise InputError(f"{name}: found {text!r}; expected {expected}.")
    return value


def _weeks(text: str) -> tuple[float, float]:
    expected = "first and last week, such as 4-16"
    low, dash, high = text.partition("-")
    try:
        ends = float(low), float(high)
    except ValueError:
        raise InputError(f"weeks: found {text!r}; expected {expected}.") from None
    if not dash or not 0.0 <= ends[0] <= ends[1] < float("inf"):
        raise InputError(f"weeks: found {text!r}; expected {expected}.")
    return ends
