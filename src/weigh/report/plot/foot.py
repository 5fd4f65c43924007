"""What stands in small letters under a plot: the model, its conventions, how studies differ."""

from __future__ import annotations

from weigh.evidence.figures import amount, p_value, plain
from weigh.evidence.pooled import Pooled
from weigh.evidence.printout import model_title
from weigh.report.plot.showing import number_text
from weigh.report.wording import COMMON_EFFECT, PREDICTIONS, TESTS

__all__ = [
    "heterogeneity_words",
    "model_words",
    "outside_words",
    "p_words",
    "prediction_words",
    "small",
    "studies_words",
]

_INTERVALS = {
    "QP": "Q-profile",
    "GENQ": "generalised Q",
    "J": "Jackson",
    "BJ": "Biggerstaff–Jackson",
    "PL": "profile likelihood",
}


def studies_words(k: int) -> str:
    """How many studies: ``one study``, ``13 studies``."""
    return "one study" if k == 1 else f"{k} studies"


def outside_words(count: int, k: int) -> str:
    """How many of them lie outside something."""
    if k == 1:
        return "The one study lies outside" if count else "The one study does not lie outside"
    return f"{count or 'None'} of {k} studies {'lies' if count == 1 else 'lie'} outside"


def p_words(value: float) -> str:
    """A p value with its letter: ``p = 0.04``, ``p <0.001``."""
    shown = p_value(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def small(value: float) -> str:
    """Two decimals, or two figures where those would be more."""
    if value == 0.0 or abs(value) >= 0.1:
        return number_text(value)
    return f"{value:.2g}".replace("-", "−") if abs(value) >= 1e-4 else number_text(value)


def heterogeneity_words(fit: Pooled) -> str:
    """How much the studies of a fit differ, in one line."""
    parts = []
    if fit.method not in COMMON_EFFECT:
        parts.append(f"tau² = {small(fit.tau2)}")
    parts.append(f"I² = {fit.i2:.0f}%")
    parts.append(f"Q({fit.q_df}) = {amount(fit.q)}, {p_words(fit.q_p)}")
    return ", ".join(parts)


def model_words(fit: Pooled) -> str:
    """The model, its interval, and the interval of tau2 with the name of its method."""
    words = f"{model_title(fit)}; {TESTS.get(fit.test, fit.test)}"
    if fit.df is not None:
        words += f" with {plain(round(fit.df, 1))} df"
    if fit.tau2_ci_low is not None and fit.tau2_ci_high is not None:
        ends = f"{small(fit.tau2_ci_low)} to {small(fit.tau2_ci_high)}"
        named = _INTERVALS.get(fit.tau2_interval or "", fit.tau2_interval or "")
        words += f"; {100 * fit.level:g}% CI of tau² {ends}" + (f" ({named})" if named else "")
    if fit.user_weights is not None:
        words += "; weights of the analyst's own"
    return f"{words}."


def prediction_words(fit: Pooled) -> str:
    """The convention of the prediction interval."""
    named = fit.prediction or ""
    return f"{100 * fit.level:g}% prediction interval: {PREDICTIONS.get(named, named)}."
