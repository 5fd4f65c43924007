"""Effect and standard error from a printed contrast: its interval, test statistic or p value."""

from __future__ import annotations

import math

from weigh.effects.conversion import Conversion
from weigh.effects.spread import Distribution, critical_value, interval_width, percent
from weigh.errors import InputError
from weigh.stats.tails import normal_quantile, t_quantile

__all__ = ["se_from_ci", "se_from_p", "se_from_statistic"]

_DIFFERENCE = "Cochrane Handbook 6.3.1"
_RATIO = "Cochrane Handbook 6.3.2"


def _log(name: str, value: float) -> float:
    if not value > 0.0:
        raise InputError(
            f"{name} is {value:g}: a ratio is above zero.",
            hint="Leave ratio=True out where the numbers are logarithms already.",
        )
    return math.log(value)


def _of(ratio: bool) -> str:
    return "the log of a ratio" if ratio else "a difference"


def se_from_ci(
    low: float,
    high: float,
    *,
    ratio: bool = False,
    level: float = 0.95,
    distribution: Distribution = "z",
    df: float | None = None,
    estimate: float | None = None,
) -> Conversion:
    """Standard error of an effect from its confidence interval.

    Parameters
    ----------
    low, high
        Ends of the interval as printed.
    ratio
        True for a ratio on its natural scale: its logarithm's standard error is given.
    level
        Confidence level, as a fraction.
    distribution, df
        What the interval was made with: ``z``, or ``t`` with `df` degrees of freedom.
    estimate
        The effect, if it is to be checked against its interval: a note says where it is far from
        the middle, as rounding and misprints leave it.
    """
    ends = (_log("low", low), _log("high", high)) if ratio else (low, high)
    width = interval_width(*ends)
    if distribution == "t" and df is None:
        raise InputError("An interval by Student's t tells nothing without df=.")
    critical = critical_value(distribution, level, math.nan if df is None else df)
    inputs = {"ci_low": low, "ci_high": high, "level": level}
    notes: tuple[str, ...] = ()
    if df is not None:
        inputs["df"] = df
    if estimate is not None:
        inputs["estimate"] = estimate
        notes = _off_centre(_log("estimate", estimate) if ratio else estimate, ends)
    return Conversion(
        value=width / (2.0 * critical),
        name=f"SE of {_of(ratio)} from its {percent(level)} CI, "
        + ("normal distribution" if distribution == "z" else f"t with {df:g} df"),
        inputs=inputs,
        reference=_RATIO if ratio else _DIFFERENCE,
        notes=notes,
    )


def _off_centre(estimate: float, ends: tuple[float, float]) -> tuple[str, ...]:
    low, high = ends
    if not low <= estimate <= high:
        raise InputError(
            f"The estimate ({estimate:.4g} on the analysis scale) lies outside its interval "
            f"({low:.4g} to {high:.4g})."
        )
    # Rounding of printed figures moves the estimate by a few percent of the width at most.
    if abs(estimate - 0.5 * (low + high)) > 0.1 * (high - low):
        return (
            "The estimate is far from the middle of its interval, so the interval was not made "
            "with a standard error, or a figure is misprinted.",
        )
    return ()


def _require_effect(estimate: float, what: str) -> None:
    if estimate == 0.0 or not math.isfinite(estimate):
        raise InputError(f"The effect is exactly null: {what} then says nothing about its SE.")


def se_from_statistic(estimate: float, statistic: float, *, ratio: bool = False) -> Conversion:
    """Standard error of an effect from its test statistic (z or t)."""
    effect = _log("estimate", estimate) if ratio else estimate
    _require_effect(effect, "a test statistic")
    if statistic == 0.0 or not math.isfinite(statistic):
        raise InputError(f"The test statistic is {statistic:g}, though the effect is not null.")
    return Conversion(
        value=abs(effect / statistic),
        name=f"SE of {_of(ratio)} from its test statistic",
        inputs={"estimate": estimate, "statistic": statistic},
        reference=_RATIO if ratio else _DIFFERENCE,
    )


def se_from_p(
    estimate: float, p: float, *, ratio: bool = False, df: float | None = None
) -> Conversion:
    """Standard error of an effect from its two-sided p value, by the normal distribution or by t.

    A p value printed as a bound (p < 0.05) must be given as that bound: the standard error is then
    the largest that is possible.
    """
    effect = _log("estimate", estimate) if ratio else estimate
    _require_effect(effect, "a p value")
    if not 0.0 < p < 1.0:
        raise InputError(
            f"p is {p:g}: it must lie between 0 and 1, both excluded, to tell a standard error.",
            hint="For p printed as 0.000 give the bound that it was rounded from, such as 0.0005.",
        )
    quantile = normal_quantile(0.5 * p) if df is None else t_quantile(df, 0.5 * p)
    inputs = {"estimate": estimate, "p": p} | ({} if df is None else {"df": df})
    return Conversion(
        value=abs(effect) / -float(quantile),
        name=f"SE of {_of(ratio)} from its p value, "
        + ("normal distribution" if df is None else f"t with {df:g} df"),
        inputs=inputs,
        reference=_RATIO if ratio else _DIFFERENCE,
    )
