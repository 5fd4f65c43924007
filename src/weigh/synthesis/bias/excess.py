"""Test of excess significance: whether more studies are significant than their power allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from weigh.errors import InputError
from weigh.stats.tails import normal_quantile
from weigh.synthesis.bias.asymmetry import finite_or_none, require_studies
from weigh.synthesis.inputs import check_choice, check_effects
from weigh.synthesis.pooling import pool

__all__ = ["ExcessSignificance", "excess_significance"]

FloatArray = npt.NDArray[np.float64]

_ALTERNATIVES = ("two-sided", "greater", "less")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExcessSignificance:
    """How many studies are significant, and how many should be.

    Parameters
    ----------
    k, observed, expected
        Number of studies, of significant ones, and the sum of the powers.
    ratio
        Observed over expected.
    p
        One-sided: so many or more.
    test
        ``"exact"`` (the distribution of a sum of unequal chances), ``"binomial"`` or ``"chi2"``.
    chi2
        The statistic of the chi-squared test.
    effect, tau2
        The true effect and its variance between studies for which the powers are.
    power, significant
        Of each study.
    alpha, alternative
        When a study counts as significant.
    """

    k: int
    observed: int
    expected: float
    ratio: float
    p: float
    test: str
    chi2: float | None
    effect: float
    tau2: float
    power: FloatArray
    significant: npt.NDArray[np.bool_]
    alpha: float
    alternative: str

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "k": self.k,
            "observed": self.observed,
            "expected": self.expected,
            "ratio": finite_or_none(self.ratio),
            "p": finite_or_none(self.p),
            "test": self.test,
            "chi2": finite_or_none(self.chi2),
            "effect": self.effect,
            "tau2": self.tau2,
            "power": self.power.tolist(),
            "significant": self.significant.tolist(),
            "alpha": self.alpha,
            "alternative": self.alternative,
        }


def excess_significance(
    yi: Any,
    vi: Any,
    *,
    effect: float | None = None,
    tau2: float = 0.0,
    method: str = "EE",
    alternative: str = "two-sided",
    alpha: float = 0.05,
    test: str = "exact",
    slab: Sequence[Any] | None = None,
) -> ExcessSignificance:
    """Test whether more studies are significant than the true effect would give.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    effect, tau2
        The true effect and its variance; by default those pooled by `method`.
    method
        As in `weigh.pool`.
    alternative, alpha
        When a study counts as significant: ``"two-sided"``, ``"greater"`` or ``"less"``.
    test
        ``"exact"``; ``"binomial"``, with the mean power for all; ``"chi2"``, the authors'.

    Returns
    -------
    ExcessSignificance
        With heterogeneity the powers hang on tau2, which `method` must then allow for.

    References
    ----------
    :cite:t:`ioannidis2007`.

    Examples
    --------
    >>> found = excess_significance([0.5, 0.6, 0.7], [0.04, 0.06, 0.1])
    >>> found.observed, round(found.expected, 2)
    (3, 1.9)
    """
    check_choice("test of excess significance", test, ("exact", "binomial", "chi2"))
    check_choice("alternative", alternative, _ALTERNATIVES)
    if not 0.0 < alpha < 1.0:
        raise InputError(f"`alpha` is {alpha:g}; a level of significance is between 0 and 1.")
    if not (math.isfinite(tau2) and tau2 >= 0.0):
        raise InputError(f"`tau2` is {tau2:g}; a variance is 0 or above.")
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    require_studies(y.size, 2, "The test of excess significance")
    if effect is None:
        fit = pool(y, v, method=method)
        effect, tau2 = fit.estimate, fit.tau2
    z = y / np.sqrt(v)
    power = _power(effect, tau2, v, alternative, alpha)
    significant = _significant(z, alternative, alpha)
    observed, expected = int(np.count_nonzero(significant)), float(np.sum(power))
    chi2, p = None, math.nan
    if test == "chi2":
        chi2, p = _chi2(observed, expected, y.size)
    else:
        chances = power if test == "exact" else np.full(y.size, expected / y.size)
        p = min(1.0, float(np.sum(_distribution(chances)[observed:])))
    return ExcessSignificance(
        k=y.size,
        observed=observed,
        expected=expected,
        ratio=observed / expected if expected > 0.0 else math.nan,
        p=p,
        test=test,
        chi2=chi2,
        effect=float(effect),
        tau2=float(tau2),
        power=power,
        significant=significant,
        alpha=alpha,
        alternative=alternative,
    )


def _tail(z: FloatArray) -> FloatArray:
    """Probability of a standard normal variable above each value, exact far out."""
    return np.asarray(ndtr(-z))


def _power(effect: float, tau2: float, v: FloatArray, alternative: str, alpha: float) -> FloatArray:
    """Chance of each study to be significant; over studies z varies by 1 + tau2/v."""
    shift = effect / np.sqrt(v)
    spread = np.sqrt(1.0 + tau2 / v)
    sides = 2.0 if alternative == "two-sided" else 1.0
    critical = float(normal_quantile(1.0 - alpha / sides))
    above = _tail((critical - shift) / spread)
    below = _tail((critical + shift) / spread)
    return {"two-sided": above + below, "greater": above, "less": below}[alternative]


def _significant(z: FloatArray, alternative: str, alpha: float) -> npt.NDArray[np.bool_]:
    sides = 2.0 if alternative == "two-sided" else 1.0
    critical = float(normal_quantile(1.0 - alpha / sides))
    turned = {"two-sided": np.abs(z), "greater": z, "less": -z}[alternative]
    return np.asarray(turned >= critical)


def _distribution(chances: FloatArray) -> FloatArray:
    """Distribution of the number of successes with these chances (Poisson binomial)."""
    p = np.ones(1)
    for chance in chances:
        p = np.concatenate([p * (1.0 - chance), [0.0]]) + np.concatenate([[0.0], p * chance])
    return p


def _chi2(observed: int, expected: float, k: int) -> tuple[float, float]:
    """One-sided chi-squared test of one proportion, without continuity correction."""
    scale = expected * (1.0 - expected / k)
    if not scale > 0.0:
        return math.nan, math.nan
    z = (observed - expected) / math.sqrt(scale)
    return z * z, float(_tail(np.array([z]))[0])
