"""What a user may set about the rules: which are switched off, and where their thresholds lie."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from weigh.errors import InputError

__all__ = ["RULES", "Settings"]

#: Ids of the rules, as the specification and the reports spell them.
RULES = (
    "CERTAINTY", "BOOST", "CAUSE", "SIZE", "SMALL", "RELATIVE", "LEVEL", "MECHANISM", "SURROGATE",
    "POPULATION", "FORM", "DURATION", "COMPARE", "COUNT", "SAFETY", "SOURCE", "DESIGN", "NUMBER",
    "DIRECTION", "NULL", "HYPE", "TRADITION", "ANECDOTE", "TITLE", "SELF", "NONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Rules switched off, and thresholds.

    Parameters
    ----------
    off
        Ids of rules that are not to fire.
    long_term_weeks
        The shortest follow-up that bears "long-term" (26 weeks).
    watched
        People who must have been watched for harm before "safe" may be said (300: with no event
        among them, up to 1 in 100 may still be harmed, by the rule of three).
    large_study
        People from whom on a study is "large" (400).
    few_people
        Fewer people than this in all cannot settle anything (100).
    several
        Studies that "several" or "many" promise (3).
    rounding
        Relative difference up to which two numbers count as the same (0.02).
    """

    off: frozenset[str] = field(default_factory=frozenset)
    long_term_weeks: float = 26.0
    watched: int = 300
    large_study: int = 400
    few_people: int = 100
    several: int = 3
    rounding: float = 0.02

    @classmethod
    def from_toml(cls, text: str) -> Settings:
        """Read settings from TOML: ``off = ["SIZE"]`` and a table ``[thresholds]``.

        Raises
        ------
        InputError
            If the text is no TOML, or names a rule or threshold that does not exist.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"the settings are no TOML: {error}.") from error
        _refuse_unknown("setting", document, ("off", "thresholds"))
        off = document.get("off", [])
        if not isinstance(off, list) or not all(isinstance(rule, str) for rule in off):
            raise InputError(f'`off` is {off!r}; expected a list of rules such as ["SIZE"].')
        _refuse_unknown("rule", off, RULES)
        thresholds = document.get("thresholds", {})
        if not isinstance(thresholds, dict):
            raise InputError(f"`thresholds` is {thresholds!r}; expected a table of numbers.")
        known = [f.name for f in fields(cls) if f.name != "off"]
        _refuse_unknown("threshold", thresholds, known)
        for name, value in thresholds.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
                raise InputError(f"threshold `{name}` is {value!r}; expected a number above 0.")
        return cls(off=frozenset(off), **thresholds)

    def to_dict(self) -> dict[str, Any]:
        """As ``audit.to_dict()`` holds them."""
        return {**asdict(self), "off": sorted(self.off)}


def _refuse_unknown(what: str, found: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise InputError(
            f"found the unknown {what} {unknown[0]!r}; expected one of {', '.join(known)}."
        )
