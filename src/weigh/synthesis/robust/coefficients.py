"""Coefficients, and linear combinations of them, tested one by one by a robust variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.records import as_record
from weigh.synthesis.robust.model import Clustered
from weigh.synthesis.robust.moments import moments
from weigh.synthesis.robust.saddlepoint import critical_value, saddlepoint
from weigh.synthesis.robust.sandwich import Sandwich

__all__ = ["TESTS", "RobustCoefficient", "tested"]

FloatArray = npt.NDArray[np.float64]

TESTS = ("z", "naive-t", "naive-tp", "Satterthwaite", "saddlepoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustCoefficient:
    """One coefficient or combination, on the analysis scale, by a robust variance.

    What is undefined is None, where the standard error is 0. `df` is None for the normal
    distribution and for the saddlepoint approximation, whose saddlepoint is `saddlepoint`.
    """

    name: str
    estimate: float
    se: float
    statistic: float | None
    df: float | None
    p: float | None
    ci_low: float | None
    ci_high: float | None
    saddlepoint: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def tested(
    model: Clustered,
    made: Sandwich,
    rows: FloatArray,
    names: tuple[str, ...],
    *,
    test: str,
    level: float,
    values: FloatArray,
) -> tuple[RobustCoefficient, ...]:
    """Test linear combinations of coefficients one by one.

    Parameters
    ----------
    model, made
        The regression and its robust covariance.
    rows, names
        (m, p) combinations and what they are called.
    test
        One of `TESTS`.
    level
        Confidence level of the intervals.
    values
        (m,) what they are tested against, in the fit's units.
    """
    check_choice("test", test, TESTS)
    estimate = rows @ model.beta
    se = made.errors(model, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (estimate - np.ldexp(values, -model.exponent)) / se
    if test == "saddlepoint":
        df, p, width, points = _by_saddlepoint(model, made, rows, statistic, level)
    else:
        df = degrees_of_freedom(model, made, rows, test)
        p = np.asarray(two_sided_p(statistic, df))
        width = np.broadcast_to(two_sided_quantile(level, df), len(rows))
        points = np.full(len(rows), np.nan)
    back = 2.0**model.exponent
    return tuple(
        RobustCoefficient(
            name=name,
            estimate=float(estimate[index]) * back,
            se=float(se[index]) * back,
            statistic=_defined(statistic[index], se[index]),
            df=None if df is None else _defined(df[index], se[index]),
            p=_defined(p[index], se[index]),
            ci_low=_defined((estimate[index] - width[index] * se[index]) * back, se[index]),
            ci_high=_defined((estimate[index] + width[index] * se[index]) * back, se[index]),
            saddlepoint=_defined(points[index], se[index]),
        )
        for index, name in enumerate(names)
    )


def _defined(value: float, se: float) -> float | None:
    return float(value) if se > 0.0 and np.isfinite(value) else None


def degrees_of_freedom(
    model: Clustered, made: Sandwich, rows: FloatArray, test: str
) -> FloatArray | None:
    """Degrees of freedom of each combination's t test; None for the normal distribution."""
    if test == "z":
        return None
    if test == "Satterthwaite":
        return moments(model, made).df(rows)
    return np.full(len(rows), naive_df(model, test.removeprefix("naive-t")))


def naive_df(model: Clustered, suffix: str) -> float:
    """J - 1 for J clusters, or J - p with the suffix ``"p"``."""
    if not suffix:
        return float(model.clusters - 1)
    if model.clusters <= model.p:
        raise StatisticsError(
            f"{model.clusters} clusters less {model.p} coefficients leave no degree of freedom.",
            hint="Take fewer moderators, or test='Satterthwaite'.",
        )
    return float(model.clusters - model.p)


def _by_saddlepoint(
    model: Clustered, made: Sandwich, rows: FloatArray, statistic: FloatArray, level: float
) -> tuple[None, FloatArray, FloatArray, FloatArray]:
    found = moments(model, made)
    p, width, points = (np.full(len(rows), np.nan) for _ in range(3))
    for index, row in enumerate(rows):
        weights: FloatArray = np.asarray(np.linalg.eigvalsh(found.along(row)), np.float64)
        if np.isfinite(statistic[index]) and weights.max() > 0.0:
            one = saddlepoint(float(statistic[index]), weights)
            p[index], points[index] = one.p, one.s
            width[index] = critical_value(level, weights)
    return None, p, width, points
