"""Trim and fill: how many studies seem to be missing on one side, and what they would change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.stats.sums import Columns
from weigh.synthesis.bias.asymmetry import finite_or_none, require_studies
from weigh.synthesis.inputs import check_choice, check_effects
from weigh.synthesis.pooling import pool
from weigh.synthesis.solution import spread_of
from weigh.synthesis.tau2 import COMMON_EFFECT, check_method, estimate_tau2
from weigh.synthesis.units import in_units, unit_exponent

__all__ = ["ESTIMATORS", "MOST_ROUNDS", "TrimAndFill", "trim_and_fill"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ESTIMATORS = ("L0", "R0", "Q0")
MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrimAndFill:
    """What trim and fill found.

    Parameters
    ----------
    k0, k0_se
        Number of studies that seem to be missing, and its standard error (None where undefined).
    k0_p
        Of ``R0``: P value of the hypothesis that none is missing on that side.
    side
        Where they are missing, ``"left"`` or ``"right"``.
    estimator
        ``L0``, ``R0`` or ``Q0``.
    fit
        The pooled effect with the missing studies filled in.
    unadjusted
        The pooled effect without them.
    yi, vi, filled
        Effects and variances, the filled ones at the end, and which are filled.
    notes
        Cautions in plain words.
    """

    k0: int
    k0_se: float | None
    k0_p: float | None
    side: str
    estimator: str
    fit: Pooled
    unadjusted: Pooled
    yi: FloatArray
    vi: FloatArray
    filled: BoolArray
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "k0": self.k0,
            "k0_se": finite_or_none(self.k0_se),
            "k0_p": finite_or_none(self.k0_p),
            "side": self.side,
            "estimator": self.estimator,
            "fit": self.fit.to_dict(),
            "unadjusted": self.unadjusted.to_dict(),
            "yi": self.yi.tolist(),
            "vi": self.vi.tolist(),
            "filled": self.filled.tolist(),
            "notes": list(self.notes),
        }


def trim_and_fill(
    yi: Any,
    vi: Any,
    *,
    side: str | None = None,
    estimator: str = "L0",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> TrimAndFill:
    """Trim the studies that have no counterpart on the other side, then fill those in.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    side
        Where studies are missing, ``"left"`` or ``"right"``; by default the side that Egger's
        regression (with `method`) points to.
    estimator
        ``"L0"``, ``"R0"`` or ``"Q0"``: of the number of missing studies.
    method, test, level
        As in `weigh.pool`, for trimming and for the result alike. RevMan and older programs trim
        by the common-effect model: ``method="EE"``.
    slab
        Names of the studies.

    Returns
    -------
    TrimAndFill
        The filled studies show how much the result hangs on asymmetry. They are no data, and the
        adjusted effect is no better estimate.

    Raises
    ------
    StatisticsError
        Too few studies, or trimming that goes round in circles.

    References
    ----------
    :cite:t:`duval2000a`, :cite:t:`duval2000b`; how little it can be trusted with heterogeneity,
    :cite:t:`peters2007`.

    Examples
    --------
    >>> found = trim_and_fill([0.1, 0.2, 0.3, 0.7, 1.1], [0.01, 0.03, 0.05, 0.16, 0.25])
    >>> found.k0, found.side
    (3, 'left')
    """
    check_choice("estimator of the number of missing studies", estimator, ESTIMATORS)
    if side is not None:
        check_choice("side", side, ("left", "right"))
    check_method(method)
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    require_studies(y.size, 2 if side else 3, "Trim and fill")
    unadjusted = pool(y, v, method=method, test=test, level=level)
    exponent = unit_exponent(effects)
    scaled = in_units(effects, exponent) if exponent else effects
    side = side or _side(scaled.y, scaled.v, method)
    flipped = y if side == "left" else -y
    order = np.argsort(flipped, kind="stable")
    found = _trim(np.ldexp(flipped[order], -exponent), scaled.v[order], estimator, method)
    center = math.ldexp(found.center, exponent)
    fit, filled_y, filled_v = unadjusted, y, v
    if found.k0:
        top = order[-found.k0 :]
        mirrored = 2.0 * center - flipped[top]
        filled_y = np.concatenate([y, mirrored if side == "left" else -mirrored])
        filled_v = np.concatenate([v, v[top]])
        names = [*effects.slab, *(f"Filled {index + 1}" for index in range(found.k0))]
        fit = pool(filled_y, filled_v, method=method, test=test, level=level, slab=names)
    return TrimAndFill(
        k0=found.k0,
        k0_se=found.se if math.isfinite(found.se) else None,
        # Under the hypothesis R0 + 1 is geometric with probability one half.
        k0_p=0.5 ** (found.k0 + 1) if estimator == "R0" else None,
        side=side,
        estimator=estimator,
        fit=fit,
        unadjusted=unadjusted,
        yi=filled_y,
        vi=filled_v,
        filled=np.arange(filled_y.size) >= y.size,
        notes=effects.notes,
    )


def _side(y: FloatArray, v: FloatArray, method: str) -> str:
    se = np.sqrt(v)
    # What the mean leaves of it, beside the bound of a redundant moderator (`drop_redundant`).
    if not float(np.linalg.norm(se - se.mean())) > 1e-7 * float(np.linalg.norm(se)):
        raise StatisticsError(
            "All studies have the same variance, so the regression that decides on the side of "
            "trim and fill is undefined.",
            hint="Say side='left' or side='right'.",
        )
    design = Design(y, v, np.column_stack([np.ones_like(se), se]))
    assert design.line is not None  # an intercept and one moderator
    return "right" if design.line.slope(spread_of(design, method).value) < 0.0 else "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trimmed:
    k0: int
    se: float
    center: float


def _trim(y: FloatArray, v: FloatArray, estimator: str, method: str) -> _Trimmed:
    """Trim the largest of effects in ascending order until their number stays."""
    k = y.size
    k0 = 0
    for _ in range(MOST_ROUNDS):
        if k0 >= k:
            break
        center = _center(y[: k - k0], v[: k - k0], method)
        centered = y - center
        rank = np.empty(k)
        rank[np.argsort(np.abs(centered), kind="stable")] = np.arange(1.0, k + 1.0)
        estimate, se = _missing(np.sign(centered) * rank, estimator)
        now = max(0, round(estimate))
        if now == k0:
            return _Trimmed(k0=k0, se=se, center=center)
        k0 = now
    raise StatisticsError(
        f"Trim and fill with {estimator} did not settle on a number of missing studies.",
        hint="Take another estimator, such as R0.",
    )


def _center(y: FloatArray, v: FloatArray, method: str) -> float:
    if method in COMMON_EFFECT:
        return float(np.sum(y / v) / np.sum(1.0 / v))
    if y.size == 1:
        return float(y[0])
    columns = Columns.from_arrays(y[:, None], v[:, None], np.array([float(y.size)]))
    mean, _ = columns.mean(estimate_tau2(columns, method).value)
    return float((columns.origin + mean)[0])


def _missing(signed: FloatArray, estimator: str) -> tuple[float, float]:
    """Number of missing studies, not yet rounded, and its standard error, from signed ranks."""
    k = float(signed.size)
    if estimator == "R0":
        below = -signed[signed < 0.0]
        k0 = k - (float(below.max()) if below.size else 0.0) - 1.0
        return k0, math.sqrt(2.0 * max(0.0, k0) + 2.0)
    ranks = float(np.sum(signed[signed > 0.0]))
    if estimator == "L0":
        k0 = (4.0 * ranks - k * (k + 1.0)) / (2.0 * k - 1.0)
    else:
        # Below 0 the quadratic has no root: then so many are missing that Q0 does not exist.
        inside = 2.0 * k * k - 4.0 * ranks + 0.25
        if inside < 0.0:
            raise StatisticsError(
                "Estimator Q0 does not exist for these effects: nearly all lie on one side.",
                hint="Take L0 or R0.",
            )
        k0 = k - 0.5 - math.sqrt(inside)
    variance = (
        k * (k + 1.0) * (2.0 * k + 1.0)
        + 10.0 * k0**3
        + 27.0 * k0**2
        + 17.0 * k0
        - 18.0 * k * k0**2
        - 18.0 * k * k0
        + 6.0 * k * k * k0
    ) / 24.0
    if variance < 0.0:
        return k0, math.nan
    if estimator == "L0":
        return k0, 4.0 * math.sqrt(variance) / (2.0 * k - 1.0)
    scale = (k - 0.5) ** 2 - k0 * (2.0 * k - k0 - 1.0)
    return k0, 2.0 * math.sqrt(variance / scale) if scale > 0.0 else math.nan
