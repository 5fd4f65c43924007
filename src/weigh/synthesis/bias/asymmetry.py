"""What a test of funnel plot asymmetry gives, whichever test it was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Coefficient, Pooled

__all__ = ["AsymmetryTest", "finite_or_none", "require_studies"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsymmetryTest:
    """A test of whether small studies show other effects than large ones.

    Parameters
    ----------
    name
        Name of the test, such as ``Egger``.
    convention
        How it was done, in words: the regression and its weights, or how p was found.
    k
        Number of studies used.
    estimate, se
        Measure of asymmetry and its standard error: the slope on the predictor, or Kendall's
        score. `se` is None where the p value is exact.
    statistic, df, p
        The test: t with `df` degrees of freedom, or normal where `df` is None.
    tau
        Kendall's tau, of the tests that rank.
    limit
        Of a regression on something that vanishes in an infinitely large study: the effect such a
        study would have, on the analysis scale.
    coefficients
        All coefficients of the regression.
    tau2
        Between-study variance of the regression; None where its variance is multiplicative.
    notes
        Cautions in plain words.
    """

    name: str
    convention: str
    k: int
    estimate: float
    se: float | None
    statistic: float
    df: float | None
    p: float
    tau: float | None = None
    limit: Coefficient | None = None
    coefficients: tuple[Coefficient, ...] = ()
    tau2: float | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "name": self.name,
            "convention": self.convention,
            "k": self.k,
            "estimate": finite_or_none(self.estimate),
            "se": finite_or_none(self.se),
            "statistic": finite_or_none(self.statistic),
            "df": self.df,
            "p": finite_or_none(self.p),
            "tau": finite_or_none(self.tau),
            "limit": None if self.limit is None else self.limit.to_dict(),
            "coefficients": [coefficient.to_dict() for coefficient in self.coefficients],
            "tau2": finite_or_none(self.tau2),
            "notes": list(self.notes),
        }


def finite_or_none(value: float | None) -> float | None:
    """Return a number that JSON can hold, or None."""
    return float(value) if value is not None and math.isfinite(value) else None


def require_studies(k: int, at_least: int, what: str) -> None:
    """Raise `StatisticsError` where there are too few studies for a method."""
    if k < at_least:
        studies = "1 study" if k == 1 else f"{k} studies"
        raise StatisticsError(
            f"{what} needs at least {at_least} studies, and there is only {studies}."
            if k == 1
            else f"{what} needs at least {at_least} studies, and there are only {studies}.",
            hint="With so few, nothing can be said about whether small studies differ.",
        )


_FEW = 10


def caution_when_few(k: int) -> tuple[str, ...]:
    """Say that a test of asymmetry has little power with fewer than ten studies.

    References
    ----------
    :cite:t:`sterne2011`, recommendation on the number of studies.
    """
    if k >= _FEW:
        return ()
    return (
        f"With {k} studies, fewer than {_FEW}, a test of asymmetry can hardly tell chance from "
        "real asymmetry.",
    )


def caution_without_test(statistic: float) -> tuple[str, ...]:
    """Say why a test statistic is undefined, if it is."""
    if math.isfinite(statistic):
        return ()
    return ("Nothing is left that varies, so that there is no test: its statistic is not finite.",)


def from_regression(
    fit: Pooled, *, name: str, convention: str, has_limit: bool, additive: bool
) -> AsymmetryTest:
    """Make the result of a regression whose last coefficient is that of the predictor."""
    slope = fit.coefficients[-1]
    return AsymmetryTest(
        name=name,
        convention=convention,
        k=fit.k,
        estimate=slope.estimate,
        se=slope.se,
        statistic=slope.statistic,
        df=fit.df,
        p=slope.p,
        limit=fit.coefficients[0] if has_limit else None,
        coefficients=fit.coefficients,
        tau2=fit.tau2 if additive else None,
        notes=caution_when_few(fit.k) + caution_without_test(slope.statistic),
    )
