"""How numbers are shown: one set of rounding rules for sentences, tables and plots."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["MINUS", "amount", "p_value", "per_cent", "plain", "range_of", "ratio"]

MINUS = "\N{MINUS SIGN}"


def plain(value: Any) -> str:
    """As it was reported, with a true minus sign and thousands apart from 10,000 on."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    text = f"{value:,.10g}" if abs(value) >= 10_000 else f"{value:.10g}"
    return text.replace("-", MINUS)


def amount(value: float, digits: int = 2) -> str:
    """A difference or a score, to `digits` decimals."""
    text = f"{value:,.{digits}f}"
    # A value that rounds to nothing has no sign.
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def ratio(value: float) -> str:
    """A risk or odds ratio: two decimals, one from 10 on, none from 100 on."""
    if not math.isfinite(value):
        return str(value)
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def per_cent(value: float) -> str:
    """A percentage (0 to 100) in whole numbers; below 1 it says so."""
    if 0 < value < 0.5:
        return "<1%"
    return f"{value:.0f}%"


def p_value(value: float) -> str:
    """A p value: three decimals below 0.1, two above, never 0."""
    if value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def range_of(low: str, high: str) -> str:
    """Two figures as a range: ``−0.83 to 0.51``."""
    return f"{low} to {high}"
