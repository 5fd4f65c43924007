"""One study by itself: nothing to pool, and no spread to estimate."""

from __future__ import annotations

import math

import numpy as np

from weigh.evidence.pooled import Pooled
from weigh.stats.tails import normal_quantile, two_sided_p
from weigh.synthesis.inputs import Effects
from weigh.synthesis.statistics import prediction_half_width
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["single_study"]


_ALONE = (
    "One study: this is its own result, by a normal test. Nothing can be said about how studies "
    "differ: tau2 is set to 0 without an interval, and where a prediction interval is given it is "
    "only the confidence interval."
)
_TOLD = (
    "One study: this is its own result, by a normal test, with the between-study variance that was "
    "given."
)


def single_study(
    effects: Effects,
    *,
    method: str,
    level: float,
    prediction: str,
    tau2: float | None = None,
) -> Pooled:
    """Return the one study as it is, or with a between-study variance that is known.

    Parameters
    ----------
    effects
        One effect.
    method, level, prediction
        As in `weigh.pool`. The test is normal whatever was asked for.
    tau2
        Between-study variance, if it is known.
    """
    known, tau2 = tau2 is not None, tau2 or 0.0
    y, v = float(effects.y[0]), float(effects.v[0])
    se = math.sqrt(v + tau2)
    half = float(normal_quantile(0.5 + 0.5 * level)) * se
    common = method in COMMON_EFFECT
    # The test is normal whatever was asked for, and so is the interval that goes with it.
    width = prediction_half_width(
        prediction if prediction in ("simple", "riley") else "normal",
        se=np.array(se),
        tau2=tau2,
        df=0.0,
        level=level,
    )
    return Pooled(
        k=1,
        estimate=y,
        se=se,
        statistic=y / se,
        p=float(two_sided_p(y / se)),
        ci_low=y - half,
        ci_high=y + half,
        pi_low=None if common else y - float(width),
        pi_high=None if common else y + float(width),
        tau2=tau2,
        tau2_se=None,
        tau2_ci_low=None,
        tau2_ci_high=None,
        i2=100.0 * tau2 / (v + tau2),
        h2=1.0 + tau2 / v,
        q=0.0,
        q_df=0,
        q_p=1.0,
        method=method,
        test="z",
        level=level,
        df=None,
        yi=effects.y,
        vi=effects.v,
        slab=effects.slab,
        weights=np.array([100.0]),
        rows=effects.rows,
        prediction=None if common else prediction,
        design=np.ones((1, 1)),
        names=("intercept",),
        vb=np.array([[v + tau2]]),
        given=("tau2",) if known else (),
        notes=(*effects.notes, _TOLD if known else _ALONE),
    )
