"""What several studies give together: one pooled effect, or a regression over studies.

Made by `weigh.synthesis`; drawn by `report`, graded by `appraisal`, worded by `answer`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence import paragraph, printout

__all__ = ["Coder", "Coefficient", "Pooled"]

FloatArray = npt.NDArray[np.float64]


class Coder(Protocol):
    """Makes columns of a model matrix from a table of moderators, as it did for the fit."""

    def __call__(self, table: Any) -> Mapping[str, FloatArray]:
        """Return the columns by name, one entry a row of the table."""
        ...


def _plain(value: float | None) -> float | None:
    """Return a number that JSON can hold, or None."""
    return float(value) if value is not None and math.isfinite(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One coefficient of a regression over studies, on the analysis scale.

    `df` is the degrees of freedom of its t test where it has its own, as with Kenward and Roger's
    test; None: those of the fit.
    """

    name: str
    estimate: float
    se: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    df: float | None = None

    def to_dict(self) -> dict[str, str | float | None]:
        """The parts, ready for JSON."""
        own = {} if self.df is None else {"df": _plain(self.df)}
        return {
            "name": self.name,
            "estimate": _plain(self.estimate),
            "se": _plain(self.se),
            "statistic": _plain(self.statistic),
            "p": _plain(self.p),
            "ci_low": _plain(self.ci_low),
            "ci_high": _plain(self.ci_high),
        } | own


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled:
    """One pooled effect, or one regression, on the analysis scale (log for ratio measures).

    What is undefined is None, and `notes` says why.

    Parameters
    ----------
    k
        Number of studies used.
    estimate, se, statistic, p, ci_low, ci_high
        The pooled effect, its standard error, its test against zero and its interval. NaN in a
        regression, whose `coefficients` take their place.
    pi_low, pi_high
        Prediction interval: where the true effect of a further study is expected, by the
        convention named in `prediction`.
    tau2, tau2_se, tau2_ci_low, tau2_ci_high
        Between-study variance; the interval is of the kind named in `tau2_interval`.
    i2, h2
        Heterogeneity beyond chance: i2 in percent (0 to 100). From tau2 and the typical sampling
        variance for random-effects models, from Q for models without tau2.
    q, q_df, q_p
        Cochran's Q and its test; with moderators the residual one.
    method, test, level
        Estimator of tau2, test of the estimate, confidence level (0.95).
    df
        Degrees of freedom of the t distribution behind `p` and the intervals; None: normal, or a
        regression by Kenward and Roger, where each of `coefficients` has its own.
    yi, vi, slab
        Effects, sampling variances and names of the studies used, in the order given.
    weights
        Each study's share of the estimate in percent.
    rows
        For each study used, its row in the input, counted from 0.
    user_weights
        Weights of the user's own, if any.
    design, names, vb
        Model matrix (k × p), names of its columns, covariance matrix of the coefficients. None
        for the methods that work on counts (Mantel-Haenszel, Peto).
    coder
        Makes rows of the model matrix from named moderators; None where they have no names.
    coefficients, qm, qm_df, qm_p, r2, qe, qe_p
        Of a regression: its coefficients; the joint test of the moderators (`qm_df` is its
        degrees of freedom, two of them for an F test); share of tau2 that the moderators account
        for, in percent; the test of what is left.
    given
        What the model was told rather than estimated: ``"tau2"``, ``"center"`` (of Q).
    extra
        Further statistics that a method names, such as the Cochran-Mantel-Haenszel test.
    notes
        Cautions in plain words, to be shown wherever the numbers are.
    """

    k: int
    estimate: float
    se: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None
    tau2: float
    tau2_se: float | None
    tau2_ci_low: float | None
    tau2_ci_high: float | None
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float
    method: str
    test: str
    level: float
    df: float | None
    yi: FloatArray
    vi: FloatArray
    slab: tuple[str, ...]
    weights: FloatArray
    rows: npt.NDArray[np.intp]
    prediction: str | None = None
    tau2_interval: str | None = None
    user_weights: FloatArray | None = None
    design: FloatArray | None = None
    names: tuple[str, ...] = ()
    vb: FloatArray | None = None
    coder: Coder | None = None
    coefficients: tuple[Coefficient, ...] = ()
    qm: float | None = None
    qm_df: tuple[float, float | None] | None = None
    qm_p: float | None = None
    r2: float | None = None
    qe: float | None = None
    qe_p: float | None = None
    given: tuple[str, ...] = ()
    extra: Mapping[str, float] | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_regression(self) -> bool:
        """Whether this is a regression over studies rather than one pooled effect."""
        return bool(self.coefficients)

    @property
    def is_of_counts(self) -> bool:
        """Whether it was made of counts, so that `yi` and `vi` cannot make it again."""
        return self.design is None or self.method.startswith("GLMM")

    def summary(self, *, digits: int = 4) -> str:
        """The fit as a statistician's printout, on the analysis scale.

        Parameters
        ----------
        digits
            Decimals of estimates.
        """
        return printout.summary(self, digits=digits)

    def report(self, *, measure: str | None = None) -> str:
        """A paragraph on methods and one on results, with the numbers.

        Parameters
        ----------
        measure
            Name of the measure, such as ``RR``: ratios are then given as ratios. Without it the
            numbers stay on the analysis scale.
        """
        return paragraph.report(self, measure=measure)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: finite numbers, or None for what is undefined.

        Returns
        -------
        dict
            The keys of one pooled effect, and with moderators those of the regression too. `i2`
            and `r2` are in percent, `level` is a fraction.
        """
        statistics: dict[str, Any] = {
            "k": self.k,
            "estimate": _plain(self.estimate),
            "se": _plain(self.se),
            "statistic": _plain(self.statistic),
            "p": _plain(self.p),
            "ci_low": _plain(self.ci_low),
            "ci_high": _plain(self.ci_high),
            "pi_low": _plain(self.pi_low),
            "pi_high": _plain(self.pi_high),
            "tau2": _plain(self.tau2),
            "tau2_se": _plain(self.tau2_se),
            "tau2_ci_low": _plain(self.tau2_ci_low),
            "tau2_ci_high": _plain(self.tau2_ci_high),
            "i2": _plain(self.i2),
            "h2": _plain(self.h2),
            "q": _plain(self.q),
            "q_df": self.q_df,
            "q_p": _plain(self.q_p),
            "method": self.method,
            "test": self.test,
            "level": self.level,
        }
        if self.is_regression:
            statistics |= {
                "coefficients": [coefficient.to_dict() for coefficient in self.coefficients],
                "qm": _plain(self.qm),
                "qm_p": _plain(self.qm_p),
                "r2": _plain(self.r2),
                "qe": _plain(self.qe),
                "qe_p": _plain(self.qe_p),
            }
        return statistics
