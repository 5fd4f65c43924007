"""What a selection model found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Coefficient, Pooled
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.bias.asymmetry import finite_or_none
from weigh.synthesis.bias.selection_weights import CURVES, PValues

__all__ = ["SelectionModel", "parameter"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionModel:
    """An effect adjusted for selection by p values.

    Parameters
    ----------
    kind, alternative, steps
        The weight function, the direction of its p values, its cut-offs (or truncation point).
    coefficients
        The adjusted effect (``intercept``), and moderators if any, on the analysis scale.
    tau2, tau2_se
        Between-study variance by maximum likelihood.
    delta
        Parameters of the weight function as coefficients: ``estimate`` and interval, tested
        against the value at which nothing is selected. NaN where fixed, or on its bound.
    log_likelihood
        At the maximum, all constants included.
    lrt, lrt_df, lrt_p
        Likelihood ratio test against the model without selection.
    counts
        Of step functions: number of studies in each interval.
    k
        Number of studies.
    unadjusted
        The model without selection, by the same method.
    notes
        Cautions in plain words.
    """

    kind: str
    alternative: str
    steps: tuple[float, ...]
    coefficients: tuple[Coefficient, ...]
    tau2: float
    tau2_se: float | None
    delta: tuple[Coefficient, ...]
    log_likelihood: float
    lrt: float
    lrt_df: int
    lrt_p: float | None
    counts: tuple[int, ...]
    k: int
    unadjusted: Pooled
    notes: tuple[str, ...] = ()

    @property
    def adjusted(self) -> Coefficient:
        """The adjusted effect (without moderators)."""
        return self.coefficients[0]

    def weight(self, p: npt.ArrayLike) -> FloatArray:
        """The estimated weight function: how likely P values are to be seen, relative to others.

        Parameters
        ----------
        p
            P values by this model's `alternative`, between 0 and 1.

        Returns
        -------
        (n,) array
            1 in the first interval of a step function and up to the truncation point of a smooth
            one; of models with a precision, at a factor of 1.

        Raises
        ------
        InputError
            The model selects by effects, not by P values.
        """
        if self.kind != "step" and self.kind not in CURVES:
            raise InputError(f"A {self.kind} model selects by effects, not by P values.")
        values = np.clip(np.atleast_1d(np.asarray(p, dtype=float)), 0.0, 1.0)
        delta = np.array([each.estimate for each in self.delta])
        if self.kind == "step":
            at: FloatArray = delta[np.searchsorted(np.array(self.steps), values)]
            return at
        curve = CURVES[self.kind]
        start = self.steps[0] if self.steps else 0.0
        inside = np.clip(values, max(curve.p_min, 1e-300), 1.0 - max(curve.p_min, 1e-16))
        known = PValues(inside, np.log(inside), np.log1p(-inside))
        log_weight, _ = curve.log_weight(known, delta, np.ones(values.size), start)
        return np.where(values <= start, 1.0, np.exp(log_weight))

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "kind": self.kind,
            "alternative": self.alternative,
            "steps": list(self.steps),
            "coefficients": [coefficient.to_dict() for coefficient in self.coefficients],
            "tau2": self.tau2,
            "tau2_se": finite_or_none(self.tau2_se),
            "delta": [coefficient.to_dict() for coefficient in self.delta],
            "log_likelihood": self.log_likelihood,
            "lrt": self.lrt,
            "lrt_df": self.lrt_df,
            "lrt_p": finite_or_none(self.lrt_p),
            "counts": list(self.counts),
            "k": self.k,
            "unadjusted": self.unadjusted.to_dict(),
            "notes": list(self.notes),
        }


def parameter(
    name: str,
    estimate: float,
    se: float,
    null: float,
    level: float,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Coefficient:
    """A parameter with its Wald interval, kept within bounds, and its test against `null`."""
    half = float(two_sided_quantile(level)) * se
    statistic = (estimate - null) / se
    return Coefficient(
        name=name,
        estimate=float(estimate),
        se=float(se),
        statistic=float(statistic),
        p=float(two_sided_p(statistic)),
        ci_low=max(float(estimate - half), bounds[0]) if math.isfinite(half) else math.nan,
        ci_high=min(float(estimate + half), bounds[1]) if math.isfinite(half) else math.nan,
    )
