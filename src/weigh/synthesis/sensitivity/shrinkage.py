"""Each study's own true effect: its estimate drawn towards the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Pooled
from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.inputs import check_level
from weigh.synthesis.kenward_roger import adjusted_of
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import model_of

__all__ = ["StudyEffects", "blup", "ranef"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudyEffects:
    """Predicted effects of the studies, one entry a study.

    Parameters
    ----------
    slab
        Names of the studies.
    estimate, se, pi_low, pi_high
        Prediction, its standard error and its interval.
    shrinkage
        How much of the study's distance from the model is taken for chance, from 0 to 1.
    level
        Level of the interval.
    """

    slab: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    pi_low: FloatArray
    pi_high: FloatArray
    shrinkage: FloatArray
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def blup(fit: Pooled, *, level: float | None = None) -> StudyEffects:
    """Best linear unbiased prediction of each study's true effect.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool`. Without a between-study variance every prediction is the fitted
        value.
    level
        Level of the intervals; by default that of the fit.

    Returns
    -------
    StudyEffects
        On the scale of the effects. Intervals take tau2 for known, as metafor's ``blup()`` does.

    References
    ----------
    :cite:t:`robinson1991`; in meta-analysis, :cite:t:`raudenbush2009`.

    Examples
    --------
    >>> from weigh import pool
    >>> blup(pool([0.0, 1.0], [0.1, 0.1], method="DL")).estimate.round(3).tolist()
    [0.1, 0.9]
    """
    return _predicted(fit, level, deviations=False)


def ranef(fit: Pooled, *, level: float | None = None) -> StudyEffects:
    """Best linear unbiased prediction of how far each study's true effect lies from the model.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool`.
    level
        Level of the intervals; by default that of the fit.

    Returns
    -------
    StudyEffects
        Deviations from the fitted values, on the scale of the effects.

    References
    ----------
    :cite:t:`robinson1991`.

    Examples
    --------
    >>> from weigh import pool
    >>> ranef(pool([0.0, 1.0], [0.1, 0.1], method="DL")).estimate.round(3).tolist()
    [-0.4, 0.4]
    """
    return _predicted(fit, level, deviations=True)


def _predicted(fit: Pooled, level: float | None, *, deviations: bool) -> StudyEffects:
    model = model_of(fit, "Predicting each study's effect")
    assert fit.vb is not None  # a fit with a model matrix has it
    level = fit.level if level is None else check_level(level)
    fitted = model.x @ model.beta
    spread = np.einsum("kp,pq,kq->k", model.x, fit.vb, model.x)
    kept = fit.tau2 / (fit.tau2 + fit.vi)
    deviation = kept * (fit.yi - fitted)
    # Weights below 1 by rounding would lose the small ones: 1 - kept is v / (v + tau2).
    drawn = fit.vi / (fit.tau2 + fit.vi)
    if deviations:
        estimate, variance = deviation, kept * fit.vi + kept**2 * spread
    else:
        estimate, variance = fitted + deviation, kept * fit.vi + drawn**2 * spread
    se = np.sqrt(variance)
    adjusted = adjusted_of(fit)  # a regression by Kenward and Roger has a df for each study
    half = two_sided_quantile(level, fit.df if adjusted is None else adjusted.df(model.x)) * se
    return StudyEffects(
        slab=fit.slab,
        estimate=estimate,
        se=se,
        pi_low=estimate - half,
        pi_high=estimate + half,
        shrinkage=drawn,
        level=level,
    )
