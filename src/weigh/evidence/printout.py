"""A fit as a statistician's printout: every statistic by name, in columns of plain text.

The same numbers as a paragraph of methods and results are next door, in `weigh.evidence.paragraph`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from weigh.evidence.figures import amount, p_value, plain

if TYPE_CHECKING:
    from weigh.evidence.pooled import Pooled

__all__ = ["columns_of_text", "model_title", "summary"]

_COMMON = ("EE", "FE")
_COUNTS = {"MH": "Mantel-Haenszel", "PETO": "Peto", "COCHRAN": "Cochran"}
_DIGITS = 4


def summary(fit: Pooled, *, digits: int = _DIGITS) -> str:
    """Lay out a fit as a statistician's printout.

    Parameters
    ----------
    fit
        A pooled effect or a regression.
    digits
        Decimals of estimates; p values and percentages follow the rules of every page.

    Returns
    -------
    str
        On the analysis scale (log for ratios). What is undefined is left out.
    """
    percent = f"{100.0 * fit.level:g}%"
    lines = [f"{model_title(fit)} (k = {fit.k})", ""]
    if fit.k > 1:
        lines += [*_heterogeneity(fit, percent, digits), ""]
    if fit.is_regression:
        lines += [*_moderators(fit, digits), ""]
        lines += columns_of_text(_coefficient_rows(fit, percent, digits))
    else:
        lines += columns_of_text(_estimate_rows(fit, percent, digits))
    if fit.notes:
        lines += ["", *(f"Note: {note}" for note in fit.notes)]
    return "\n".join(lines)


def model_title(fit: Pooled) -> str:
    """What kind of model a fit is, with its estimator of tau2."""
    if fit.method in _COUNTS:
        return f"Common-effect model, {_COUNTS[fit.method]} method"
    what = "regression" if fit.is_regression else "model"
    if fit.method in _COMMON:
        return f"Common-effect {what}" if fit.method == "EE" else f"Fixed-effects {what}"
    kind = "Mixed-effects" if fit.is_regression else "Random-effects"
    return f"{kind} {what}; tau² by {fit.method}"


def _heterogeneity(fit: Pooled, percent: str, digits: int) -> list[str]:
    rows: list[tuple[str, str]] = []
    random = fit.method not in (*_COMMON, *_COUNTS)
    if random:
        rows.append(("tau²", _with_error(fit.tau2, fit.tau2_se, digits)))
        if fit.tau2_ci_low is not None and fit.tau2_ci_high is not None:
            low, high = (amount(end, digits) for end in (fit.tau2_ci_low, fit.tau2_ci_high))
            named = "" if fit.tau2_interval is None else f" ({fit.tau2_interval})"
            rows.append((f"{percent} CI of tau²{named}", f"{low} to {high}"))
        rows.append(("tau", amount(math.sqrt(fit.tau2), digits)))
    rows.append(("I²" + ("" if random else " (from Q)"), f"{amount(fit.i2, 2)}%"))
    rows.append(("H²", amount(fit.h2, 2)))
    if fit.is_regression and fit.r2 is not None:
        rows.append(("R²", f"{amount(fit.r2, 2)}%"))
    width = max(len(name) for name, _ in rows)
    left = "residual heterogeneity" if fit.is_regression else "heterogeneity"
    test = f"Test for {left}: Q(df = {fit.q_df}) = {amount(fit.q, digits)}, {_p(fit.q_p)}"
    return [*(f"{name.ljust(width)}  {value}" for name, value in rows), "", test]


def _moderators(fit: Pooled, digits: int) -> list[str]:
    if fit.qm is None or fit.qm_p is None or fit.qm_df is None:
        return []
    first, second = fit.qm_df
    second = None if second is None else round(second, 2)
    name = f"QM(df = {plain(first)})" if second is None else f"F({plain(first)}, {plain(second)})"
    return [f"Test of moderators: {name} = {amount(fit.qm, digits)}, {_p(fit.qm_p)}"]


def _estimate_rows(fit: Pooled, percent: str, digits: int) -> list[tuple[str, ...]]:
    head = ["estimate", "SE", "z" if fit.df is None else f"t({plain(fit.df)})", "p"]
    cells = [
        amount(fit.estimate, digits),
        amount(fit.se, digits),
        amount(fit.statistic, digits),
        p_value(fit.p),
    ]
    head.append(f"{percent} CI")
    cells.append(_range(fit.ci_low, fit.ci_high, digits))
    if fit.pi_low is not None and fit.pi_high is not None:
        head.append(f"{percent} PI ({fit.prediction})" if fit.prediction else f"{percent} PI")
        cells.append(_range(fit.pi_low, fit.pi_high, digits))
    return [tuple(head), tuple(cells)]


def _coefficient_rows(fit: Pooled, percent: str, digits: int) -> list[tuple[str, ...]]:
    own = fit.test == "kr"  # each coefficient has degrees of freedom of its own
    statistic = "t" if own else "z" if fit.df is None else f"t({plain(fit.df)})"
    head = ("", "estimate", "SE", statistic, *(("df",) if own else ()), "p", f"{percent} CI")
    rows = [
        (
            each.name,
            amount(each.estimate, digits),
            amount(each.se, digits),
            amount(each.statistic, digits),
            *((plain(round(each.df, 2)),) if own and each.df is not None else ()),
            p_value(each.p),
            _range(each.ci_low, each.ci_high, digits),
        )
        for each in fit.coefficients
    ]
    return [head, *rows]


def columns_of_text(table: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of a table: its first column to the left if it has no heading, all others right."""
    rows = list(table)
    names_first = rows[0][0] == ""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if names_first and index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _with_error(value: float, se: float | None, digits: int) -> str:
    shown = amount(value, digits)
    return shown if se is None else f"{shown} (SE {amount(se, digits)})"


def _range(low: float, high: float, digits: int) -> str:
    return f"{amount(low, digits)} to {amount(high, digits)}"


def _p(value: float) -> str:
    shown = p_value(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"
