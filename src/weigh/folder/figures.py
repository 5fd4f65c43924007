"""Figures as people type them: which is meant, where a plain number is expected."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Slip", "read_p", "slip_in_number"]

_ABSENT = re.compile(
    r"n\.?/?[adrsm]\.?|not (reported|available|applicable|stated|given|known|measured)|"
    r"unknown|missing|none|nothing|null|nan|nil|unclear|[-–—?.~*]+",
    re.IGNORECASE,
)
_DIGITS = r"[-+−–]?(\d+(\.\d*)?|\.\d+)"
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_SPACED = re.compile(r"[-+]?\d{1,3}([ '’\u00a0\u2009\u202f]\d{3})+([.,]\d+)?")
_POINT_THOUSANDS = re.compile(r"[-+]?\d{1,3}(\.\d{3})+,\d+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+")
_PER_CENT = re.compile(rf"({_DIGITS})\s*(%|per ?cent|percent)", re.IGNORECASE)
_RANGE = re.compile(rf"({_DIGITS})\s*(-|–|—|to|\.\.\.?|;)\s*({_DIGITS})")
_TWO_FIGURES = re.compile(rf"({_DIGITS})\s*(\(.*\)|\[.*\]|(±|\+/-|\+-)\s*{_DIGITS})")
_BOUND = re.compile(rf"([<>≤≥]=?)\s*({_DIGITS})")
_ABOUT = re.compile(rf"(~|≈|about|approx\.?|approximately|ca\.?|circa)\s*({_DIGITS})", re.I)
_WITH_UNIT = re.compile(rf"({_DIGITS})\s*([^\W\d].*)")
_MINUS = re.compile(r"[−–—](\d+(\.\d*)?|\.\d+)")
_P = re.compile(r"(?:p\s*)?(<=?|>=?|≤|≥|=)?\s*((?:0|1)?\.\d+(?:[eE]-?\d+)?|[01]|\d+[eE]-\d+)", re.I)


class Slip(NamedTuple):
    """What was typed where a number was expected, what is expected, and what to do."""

    found: str
    expected: str
    hint: str | None = None


def slip_in_number(raw: str, *, whole: bool, csv: bool) -> Slip:
    """Explain why a text is no number.

    Parameters
    ----------
    raw
        The text as typed.
    whole
        Whether a whole number was expected.
    csv
        Whether it stood in a CSV cell (and not behind a YAML field).
    """
    kind = "a whole number" if whole else "a number"
    found = f"{raw[:60]!r}"
    if _ABSENT.fullmatch(raw):
        empty = "an empty cell" if csv else "no such field"
        return Slip(
            found,
            f"{kind}, or {empty} where it was not reported",
            "Leave the cell empty: weigh says itself what is not known."
            if csv
            else "Leave the field out: weigh says itself what is not known.",
        )
    if _POINT_THOUSANDS.fullmatch(raw):
        plain = raw.replace(".", "").replace(",", ".")
        return Slip(found, "a point as decimal mark and nothing between thousands", _write(plain))
    if _THOUSANDS.fullmatch(raw):
        together = raw.replace(",", "")
        if raw.count(",") == 1 and "." not in raw and not whole:
            return Slip(
                found,
                "a number without a comma",
                f"Write {together} if the comma parts thousands, or {raw.replace(',', '.')} if it "
                "is a decimal comma.",
            )
        return Slip(found, "a number without commas between thousands", _write(together))
    if _SPACED.fullmatch(raw):
        plain = re.sub(r"[ '’\u00a0\u2009\u202f]", "", raw).replace(",", ".")
        return Slip(found, "a number without spaces between thousands", _write(plain))
    if _DECIMAL_COMMA.fullmatch(raw):
        return Slip(
            found, "a point as decimal mark", _write(raw.replace(",", ".", 1).replace("-.", "-0."))
        )
    if match := _PER_CENT.fullmatch(raw):
        return Slip(
            found,
            f"{kind} without a percent sign",
            f"Write {match[1]} if the unit of the outcome is percent. For people with an event, "
            "give how many they were (`events`) and out of how many (`total`).",
        )
    if _BOUND.fullmatch(raw):
        return Slip(found, f"{kind}; only a p value may have < or > before it")
    if match := _ABOUT.fullmatch(raw):
        return Slip(
            found,
            kind,
            f"Write {match[2]}, and `about` in the column `qualifier`."
            if csv
            else _write(match[2]),
        )
    if _MINUS.fullmatch(raw):
        return Slip(found, "a hyphen as minus sign", _write("-" + raw[1:]))
    if _TWO_FIGURES.fullmatch(raw):
        return Slip(
            found,
            "one number",
            "Give each number its own column: the mean in `mean`, the SD in `sd`, an interval in "
            "`ci_low` and `ci_high`."
            if csv
            else "Give each number its own field.",
        )
    if _RANGE.fullmatch(raw):
        return Slip(
            found,
            "one number",
            "Give each end its own column: `min` and `max`, `q1` and `q3`, or `ci_low` and "
            "`ci_high`."
            if csv
            else "Give each end its own field.",
        )
    if whole and re.fullmatch(_DIGITS, raw):
        return Slip(found, kind, "People are counted in whole numbers.")
    if re.fullmatch(r"0\d+", raw):
        return Slip(found, f"{kind} without zeros before it", _write(raw.lstrip("0") or "0"))
    if match := _WITH_UNIT.fullmatch(raw):
        return Slip(found, f"{kind} without its unit", _write(match[1]))
    return Slip(found, kind)


def _write(plain: str) -> str:
    return f"Write {plain}."


def read_p(raw: str) -> tuple[str, str] | None:
    """Split a p value as printed, ``<0.001`` or ``P = .03``, into its relation and its number."""
    match = _P.fullmatch(raw.strip())
    if match is None:
        return None
    relation = (match[1] or "=")[0]
    return {"≤": "<", "≥": ">"}.get(relation, relation), match[2]
