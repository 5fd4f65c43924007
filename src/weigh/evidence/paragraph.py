"""A fit as a paragraph of methods and one of results, each convention named, each number given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from weigh.evidence.figures import amount, p_value, per_cent, plain, ratio
from weigh.evidence.measure import measure_named, to_natural

if TYPE_CHECKING:
    from weigh.evidence.pooled import Coefficient, Pooled

__all__ = ["report"]

_COMMON = ("EE", "FE")
_COUNTS = {
    "MH": "Mantel and Haenszel's method",
    "PETO": "Peto's method",
    "COCHRAN": "Cochran's weights",
}
_ESTIMATORS = {
    "REML": "restricted maximum likelihood",
    "ML": "maximum likelihood",
    "DL": "the method of DerSimonian and Laird",
    "HE": "the method of Hedges",
    "HS": "the method of Hunter and Schmidt",
    "HSk": "the method of Hunter and Schmidt with a small-sample correction",
    "SJ": "the method of Sidik and Jonkman",
    "EB": "the empirical Bayes method",
    "PM": "the method of Paule and Mandel",
    "PMM": "the median-unbiased method of Paule and Mandel",
    "GENQ": "the generalized Q statistic",
    "GENQM": "the median-unbiased generalized Q statistic",
}
_TESTS = {
    "z": "the normal distribution",
    "t": "a t distribution",
    "knha": "the standard error of Knapp and Hartung and a t distribution",
    "adhoc": "the standard error of Knapp and Hartung, where that is the larger one, and a t "
    "distribution",
    "adhoc-ci": "the standard error of Knapp and Hartung and a t distribution, or on the normal "
    "distribution where that interval is the wider one",
    "iqwig": "the standard error of Knapp and Hartung and a t distribution, by the rule of IQWiG",
    "kr": "the standard error and degrees of freedom of Kenward and Roger",
}
_INTERVALS = {
    "QP": "the Q-profile method",
    "GENQ": "the generalized Q statistic",
    "J": "the method of Jackson",
    "BJ": "the method of Biggerstaff and Jackson",
    "PL": "the profile likelihood",
    "HT": "the test-based method",
}


def report(fit: Pooled, *, measure: str | None = None) -> str:
    """Write up a fit: how it was made, and what came out.

    Parameters
    ----------
    fit
        A pooled effect or a regression.
    measure
        Name of the measure, such as ``RR``: ratios are then given as ratios and called by name.
        Without it the numbers stay on the analysis scale.

    Returns
    -------
    str
        Two paragraphs, and the cautions that the fit carries.
    """
    scale = _Scale(measure)
    results = _regression(fit, scale) if fit.is_regression else _pooled(fit, scale)
    parts = [f"Methods. {_methods(fit)}", f"Results. {results}"]
    if fit.notes:
        parts.append(f"Cautions. {' '.join(fit.notes)}")
    return "\n\n".join(parts)


class _Scale:
    """How numbers of a measure are called and shown."""

    def __init__(self, measure: str | None) -> None:
        self.measure = None if measure is None else measure_named(measure)

    @property
    def noun(self) -> str:
        return "effect" if self.measure is None else self.measure.words

    def show(self, value: float) -> str:
        if self.measure is None:
            return amount(value)
        natural = float(to_natural(value, self.measure.name))
        return ratio(natural) if self.measure.is_log else amount(natural)


def _methods(fit: Pooled) -> str:
    studies = "One study" if fit.k == 1 else f"{fit.k} studies"
    if fit.k == 1:
        return f"{studies} had a result; there was nothing to pool."
    if fit.method in _COUNTS:
        return (
            f"{studies} were pooled by {_COUNTS[fit.method]}, which takes one effect to be common "
            f"to all. The test and the interval rest on {_TESTS['z']}."
        )
    if fit.is_regression:
        names = [each.name for each in fit.coefficients if each.name != "intercept"]
        did = f"The effects of {fit.k} studies were regressed on {_listed(names)}"
    else:
        did = f"The effects of {fit.k} studies were pooled"
    weights = "" if fit.user_weights is None else ", with weights set by the analyst"
    rests = f"Tests and intervals rest on {_TESTS.get(fit.test, fit.test)}"
    if fit.df is not None:
        rests += f" with {_freedom(fit.df)}"
    if fit.method in _COMMON:
        return f"{did} by a model without variation between studies{weights}. {rests}."
    tau2 = f"The between-study variance was estimated by {_ESTIMATORS.get(fit.method, fit.method)}"
    if fit.tau2_interval is not None and fit.tau2_ci_low is not None:
        tau2 += f"; its interval is by {_INTERVALS.get(fit.tau2_interval, fit.tau2_interval)}"
    kind = "mixed-effects" if fit.is_regression else "random-effects"
    return f"{did} by a {kind} model{weights}. {tau2}. {rests}."


def _pooled(fit: Pooled, scale: _Scale) -> str:
    percent = f"{100.0 * fit.level:g}%"
    found = "The study's" if fit.k == 1 else "The pooled"
    text = (
        f"{found} {scale.noun} was {scale.show(fit.estimate)} ({percent} CI "
        f"{scale.show(fit.ci_low)} to {scale.show(fit.ci_high)}; {_test(fit)})."
    )
    if fit.k == 1:
        return text
    if fit.pi_low is not None and fit.pi_high is not None:
        text += (
            f" The true {scale.noun} of a further study is expected between "
            f"{scale.show(fit.pi_low)} and {scale.show(fit.pi_high)} "
            f"({percent} prediction interval, {_prediction(fit)})."
        )
    return f"{text} {_heterogeneity(fit)}"


def _prediction(fit: Pooled) -> str:
    """The convention of the prediction interval, in words."""
    df = {"t": fit.k - 1, "riley": max(fit.k - 2, 1)}.get(fit.prediction or "")
    if df is not None:
        return f"by a t distribution with {_freedom(df)}"
    words = {
        "normal": "by the normal distribution",
        "simple": "from the between-study variance",
        "kr": "by Kenward and Roger",
        "kr-riley": "by Kenward and Roger with one degree of freedom less",
        "nagashima": "by the bootstrap of Nagashima and others",
    }
    return words.get(fit.prediction or "", f"convention {fit.prediction}")


def _freedom(*df: float) -> str:
    """Degrees of freedom, in words."""
    unit = "degree" if df == (1.0,) else "degrees"
    return f"{' and '.join(plain(each) for each in df)} {unit} of freedom"


def _heterogeneity(fit: Pooled) -> str:
    percent = f"{100.0 * fit.level:g}%"
    parts = []
    if fit.method not in (*_COMMON, *_COUNTS):
        between = f"between-study variance {_small(fit.tau2)}"
        if fit.tau2_ci_low is not None and fit.tau2_ci_high is not None:
            low, high = _small(fit.tau2_ci_low), _small(fit.tau2_ci_high)
            between += f" ({percent} CI {low} to {high})"
        parts.append(between)
    parts.append(f"I² {per_cent(fit.i2)}")
    parts.append(f"Q = {amount(fit.q)} on {_freedom(fit.q_df)}, {_p(fit.q_p)}")
    left = (
        "Differences between studies that the moderators leave"
        if fit.is_regression
        else ("Differences between studies")
    )
    return f"{left}: {', '.join(parts)}."


def _regression(fit: Pooled, scale: _Scale) -> str:
    percent = f"{100.0 * fit.level:g}%"
    found = "; ".join(_coefficient(each, fit, percent) for each in fit.coefficients)
    where = " on the log scale" if scale.measure is not None and scale.measure.is_log else ""
    text = f"Coefficients{where}: {found}."
    if fit.qm is not None and fit.qm_p is not None and fit.qm_df is not None:
        first, second = fit.qm_df
        second = None if second is None else round(second, 2)
        name = "QM" if second is None else "F"
        on = _freedom(first) if second is None else _freedom(first, second)
        text += f" All moderators together: {name} = {amount(fit.qm)} on {on}, {_p(fit.qm_p)}."
    if fit.r2 is not None:
        text += f" They account for {per_cent(fit.r2)} of the between-study variance (R²)."
    return f"{text} {_heterogeneity(fit)}"


def _coefficient(each: Coefficient, fit: Pooled, percent: str) -> str:
    on = "" if each.df is None else f" with {_freedom(round(each.df, 2))}"
    return (
        f"{each.name} {_small(each.estimate)} ({percent} CI {_small(each.ci_low)} to "
        f"{_small(each.ci_high)}; {_letter(fit)} = {amount(each.statistic)}{on}, {_p(each.p)})"
    )


def _test(fit: Pooled) -> str:
    return f"{_letter(fit)} = {amount(fit.statistic)}, {_p(fit.p)}"


def _letter(fit: Pooled) -> str:
    return "z" if fit.df is None and fit.test != "kr" else "t"


def _p(value: float) -> str:
    shown = p_value(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def _small(value: float) -> str:
    """Two decimals, and more where two would leave fewer than two figures."""
    if value == 0.0 or not math.isfinite(value):
        return amount(value)
    digits = min(max(2, 1 - math.floor(math.log10(abs(value)))), 8)
    return amount(value, digits)


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return names[0] if names else "an intercept"
    return f"{', '.join(names[:-1])} and {names[-1]}"
