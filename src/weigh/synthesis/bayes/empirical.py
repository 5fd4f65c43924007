"""Priors of tau from the heterogeneity of earlier meta-analyses in the Cochrane Database.

Both sets are predictive distributions of tau² in a new meta-analysis: for log odds ratios by Turner
and colleagues, for standardized mean differences by Rhodes and colleagues. On other scales they say
nothing.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from weigh.errors import InputError
from weigh.synthesis.bayes.priors import TauPrior
from weigh.synthesis.inputs import check_choice

__all__ = ["COMPARISONS", "RHODES_OUTCOMES", "TURNER_OUTCOMES", "rhodes", "turner"]

FloatArray = npt.NDArray[np.float64]

COMPARISONS = (
    "pharmacological vs placebo",
    "pharmacological vs pharmacological",
    "non-pharmacological vs placebo",
    "non-pharmacological vs pharmacological",
    "non-pharmacological vs non-pharmacological",
)

# Table IV of Turner et al. (2015): minus the mean, and the standard deviation, of log(tau²) for
# each comparison in the order above.
_TURNER = {
    "all-cause mortality": ((3.95, 4.18, 4.17, 2.92, 3.50), (1.34, 1.41, 1.55, 1.02, 1.26)),
    "obstetric": ((3.52, 3.75, 3.74, 2.49, 3.08), (1.74, 1.79, 1.91, 1.50, 1.68)),
    "cause-specific mortality or major morbidity": (
        (3.71, 3.95, 3.93, 2.68, 3.27),
        (1.74, 1.79, 1.91, 1.51, 1.68),
    ),
    "resource use": ((2.34, 2.58, 2.56, 1.31, 1.90), (1.74, 1.79, 1.91, 1.50, 1.68)),
    "surgical or device success": ((2.14, 2.37, 2.36, 1.11, 1.69), (1.74, 1.79, 1.91, 1.50, 1.68)),
    "withdrawals": ((2.99, 3.23, 3.21, 1.96, 2.55), (1.74, 1.79, 1.91, 1.51, 1.68)),
    "internal or structural": ((2.71, 2.94, 2.93, 1.67, 2.26), (1.74, 1.79, 1.92, 1.51, 1.68)),
    "general physical health": ((2.29, 2.53, 2.51, 1.26, 1.85), (1.53, 1.58, 1.72, 1.25, 1.46)),
    "adverse events": ((1.87, 2.10, 2.10, 0.84, 1.43), (1.52, 1.58, 1.71, 1.24, 1.45)),
    "infection or new disease": ((2.49, 2.73, 2.71, 1.46, 2.05), (1.52, 1.58, 1.71, 1.24, 1.45)),
    "signs or symptoms": ((2.06, 2.29, 2.28, 1.03, 1.61), (1.51, 1.58, 1.71, 1.24, 1.45)),
    "pain": ((1.83, 2.06, 2.05, 0.80, 1.38), (1.52, 1.58, 1.71, 1.25, 1.45)),
    "quality of life": ((2.54, 2.78, 2.77, 1.51, 2.10), (1.54, 1.60, 1.73, 1.27, 1.47)),
    "mental health": ((2.12, 2.35, 2.34, 1.09, 1.67), (1.53, 1.60, 1.72, 1.27, 1.47)),
    "biological markers": ((1.77, 2.00, 1.99, 0.74, 1.33), (1.52, 1.58, 1.71, 1.24, 1.45)),
    "subjective": ((2.70, 2.93, 2.92, 1.67, 2.26), (1.52, 1.58, 1.71, 1.25, 1.45)),
}

# Table 3 of Rhodes et al. (2015): minus the location, and the scale, of log(tau²), for a drug
# against placebo, a drug against a drug, and anything else. None stands for a figure
# that breaks the table's pattern (-3.85, where its row and column say -2.85): a misprint, it seems.
_RHODES: dict[str, tuple[tuple[float | None, ...], tuple[float, ...]]] = {
    "obstetric": ((4.13, 4.40, 3.99), (2.34, 2.31, 2.11)),
    "resource use": ((2.55, 2.83, 2.41), (2.73, 2.70, 2.57)),
    "internal or external structural": ((2.43, 2.70, 2.29), (2.50, 2.46, 2.32)),
    "general physical health, adverse events, pain or quality of life": (
        (3.16, 3.44, 3.02),
        (2.50, 2.44, 2.27),
    ),
    "signs, symptoms, infection or new disease": ((3.00, 3.27, 2.86), (2.50, 2.47, 2.33)),
    "mental health": ((2.99, 3.27, None), (2.16, 2.14, 1.93)),
    "biological markers": ((3.41, 3.68, 3.27), (2.83, 2.78, 2.66)),
    "various subjective": ((2.76, 3.03, 2.62), (2.58, 2.59, 2.41)),
}

TURNER_OUTCOMES = tuple(_TURNER)
RHODES_OUTCOMES = tuple(_RHODES)


def turner(outcome: str | None = None, comparison: str | None = None) -> TauPrior:
    """Log-normal prior of tau² for log odds ratios.

    Parameters
    ----------
    outcome
        One of `TURNER_OUTCOMES`; None for any outcome and comparison.
    comparison
        One of `COMPARISONS`; needed with an outcome.

    References
    ----------
    :cite:t:`turner2015`, table IV; for any outcome :cite:t:`turner2012`.

    Examples
    --------
    >>> turner("all-cause mortality", "pharmacological vs placebo").name
    'log-normal in tau² (−3.95, 1.34)'
    """
    if outcome is None and comparison is None:
        return log_normal(-2.56, 1.74)
    check_choice("outcome of Turner's priors", outcome, _TURNER)
    check_choice("comparison", comparison, COMPARISONS)
    assert outcome is not None
    assert comparison is not None
    at = COMPARISONS.index(comparison)
    minus_mean, sd = _TURNER[outcome]
    return log_normal(-minus_mean[at], sd[at])


def rhodes(outcome: str | None = None, comparison: str | None = None) -> TauPrior:
    """Log-t prior of tau², with 5 degrees of freedom, for standardized mean differences.

    Parameters
    ----------
    outcome
        One of `RHODES_OUTCOMES`; None for any outcome and comparison.
    comparison
        One of `COMPARISONS`; needed with an outcome. Those without a drug on both sides or against
        placebo share a prior.

    Raises
    ------
    InputError
        Mental health in a comparison other than of a drug: its figure seems to be a misprint.

    Notes
    -----
    For medicine other than respiratory disease and cancer, whose priors differ.

    References
    ----------
    :cite:t:`rhodes2015`, table 3.

    Examples
    --------
    >>> rhodes("obstetric", "pharmacological vs placebo").name
    'log-t in tau² (−4.13, 2.34, 5 df)'
    """
    if outcome is None and comparison is None:
        return log_t(-3.44, 2.59)
    check_choice("outcome of Rhodes's priors", outcome, _RHODES)
    check_choice("comparison", comparison, COMPARISONS)
    assert outcome is not None
    assert comparison is not None
    at = min(COMPARISONS.index(comparison), 2)
    minus_location, scale = _RHODES[outcome]
    found = minus_location[at]
    if found is None:
        raise InputError(
            f"There is no prior of Rhodes for {outcome} in a comparison that is {comparison}: its "
            "figure breaks the pattern of its table and seems to be a misprint.",
            hint="Take rhodes(), for any outcome and comparison.",
        )
    return log_t(-found, scale[at])


def log_normal(mean: float, sd: float) -> TauPrior:
    """Prior under which log(tau²) is normal.

    Parameters
    ----------
    mean, sd
        Of log(tau²).
    """
    head = math.log(2.0) - math.log(sd) - 0.5 * math.log(2.0 * math.pi)

    def log_density(tau: FloatArray, v: FloatArray) -> FloatArray:
        log_tau = _log(tau)
        found = head - log_tau - 0.5 * ((2.0 * log_tau - mean) / sd) ** 2
        return np.where(tau > 0.0, found, -np.inf)

    return TauPrior(f"log-normal in tau² ({_signed(mean)}, {sd:g})", log_density, math.inf)


def log_t(location: float, scale: float, df: float = 5.0) -> TauPrior:
    """Prior under which log(tau²) is Student's t.

    Parameters
    ----------
    location, scale, df
        Of log(tau²).
    """
    head = (
        math.log(2.0)
        + float(gammaln(0.5 * (df + 1.0)) - gammaln(0.5 * df))
        - 0.5 * math.log(df * math.pi)
        - math.log(scale)
    )

    def log_density(tau: FloatArray, v: FloatArray) -> FloatArray:
        log_tau = _log(tau)
        z = (2.0 * log_tau - location) / scale
        return np.asarray(head - log_tau - 0.5 * (df + 1.0) * np.log1p(z * z / df))

    # Beyond the first power there is a power of the logarithm, with which the integral converges.
    return TauPrior(
        f"log-t in tau² ({_signed(location)}, {scale:g}, {df:g} df)",
        log_density,
        math.nextafter(1.0, 2.0),
    )


def _log(tau: FloatArray) -> FloatArray:
    """Logarithm of tau, of the least number there is for 0: the densities rise without limit."""
    return np.asarray(np.log(np.maximum(tau, np.finfo(np.float64).tiny)))


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")
