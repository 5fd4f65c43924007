"""How a reader's settings travel in an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from weigh.errors import InputError
from weigh.evidence.reader import ReaderSettings

__all__ = ["query_of", "read_settings"]


def read_settings(values: Mapping[str, Sequence[str]]) -> ReaderSettings:
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
    studies = {study for text in values.get("without", ()) for study in text.split(",")}
    known["without"] = tuple(sorted(studies - {""}))
    if text := _one(values, "weeks"):
        known["weeks"] = _weeks(text)
    if text := _one(values, "baseline"):
        known["baseline"] = _risk(text)
    if text := _one(values, "mid"):
        known["mid"] = _number("mid", text, low=0.0, high=None)
    return ReaderSettings(**known)


def query_of(settings: ReaderSettings) -> str:
    """The settings as the end of an address: the same settings give the same one."""
    parts: list[tuple[str, str]] = []
    for name in settings.named:
        value = getattr(settings, name)
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


def _risk(text: str) -> float:
    """A risk as people write it: ``0.2``, ``20%``, ``20 in 100``."""
    expected = "a risk above 0 and below 1, such as 0.2, 20% or 20 in 100"
    part, divided, whole = text.removesuffix("%").partition(" in ")
    try:
        value = float(part) / (float(whole) if divided else 100.0 if text.endswith("%") else 1.0)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"baseline: found {text!r}; expected {expected}.") from None
    if not 0.0 < value < 1.0:
        raise InputError(f"baseline: found {text!r}; expected {expected}.")
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
