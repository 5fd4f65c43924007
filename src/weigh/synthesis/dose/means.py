"""Differences of means against one reference arm, and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_vector
from weigh.synthesis.records import as_record

__all__ = ["STANDARDIZED", "MeanDifferences", "mean_differences"]

FloatArray = npt.NDArray[np.float64]

STANDARDIZED = ("cohen", "hedges", "glass")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanDifferences:
    """Differences of means of one study against its reference arm.

    Parameters
    ----------
    yi
        (m,) differences, in the order of the arms without the reference.
    covariance
        (m, m) their covariance.
    """

    yi: FloatArray
    covariance: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def mean_differences(
    mean: Any,
    sd: Any,
    n: Any,
    *,
    measure: str = "MD",
    standardized: str = "cohen",
    reference: int = 0,
) -> MeanDifferences:
    """Differences of means of one study, plain or standardized, with their covariance.

    Parameters
    ----------
    mean, sd, n : (m + 1,) array_like
        Mean, standard deviation and people of each arm.
    measure
        ``"MD"`` or ``"SMD"``.
    standardized
        For SMD: ``"cohen"``, by the standard deviation over all arms; ``"hedges"``, the same
        without its bias in small studies; ``"glass"``, by that of the reference arm.
    reference
        Place of the reference arm, counted from 0.

    References
    ----------
    :cite:t:`crippa2016means`.

    Examples
    --------
    >>> found = mean_differences([5.3, 8.2, 10.6], [18.3, 18.5, 18.1], [80, 85, 83])
    >>> [round(float(d), 1) for d in found.yi]
    [2.9, 5.3]
    """
    check_choice("measure of a difference of means", measure, ("MD", "SMD"))
    check_choice("way to standardize", standardized, STANDARDIZED)
    m, s, size = check_vector(mean, "mean"), check_vector(sd, "sd"), check_vector(n, "n")
    if not m.size == s.size == size.size or m.size < 2:
        raise InputError(
            f"`mean`, `sd` and `n` have {m.size}, {s.size} and {size.size} entries; there must be "
            "one of each for two arms or more."
        )
    if not np.isfinite(m).all() or not (s > 0.0).all() or not (size > 1.0).all():
        raise StatisticsError(
            "Each arm needs a mean, a standard deviation above 0 and at least two people."
        )
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _differences(m, s, size, measure, standardized, reference)
    except FloatingPointError as error:
        raise StatisticsError(
            f"The means and standard deviations are too far apart for {measure} in double "
            "precision.",
            hint="Check their units.",
        ) from error


def _differences(
    m: FloatArray, s: FloatArray, size: FloatArray, measure: str, standardized: str, reference: int
) -> MeanDifferences:
    """Differences from the reference, of arms that are checked."""
    others = np.arange(m.size) != reference
    pooled = float(((size - 1.0) @ (s * s)) / (size - 1.0).sum())
    plain = m[others] - m[reference]
    first = size[reference]
    if measure == "MD":
        covariance = np.full((plain.size, plain.size), s[reference] ** 2 / first)
        np.fill_diagonal(covariance, pooled * (1.0 / size[others] + 1.0 / first))
        return MeanDifferences(yi=plain, covariance=covariance)
    total = size.sum()
    if standardized == "glass":
        y, around = plain / s[reference], 2.0 * (first - 1.0)
    elif standardized == "hedges":
        y = plain / np.sqrt(pooled) * (1.0 - 3.0 / (4.0 * total - 9.0))
        around = 2.0 * (total - 3.94)
    else:
        y, around = plain / np.sqrt(pooled), 2.0 * total
    covariance = 1.0 / first + np.outer(y, y) / around + np.diag(1.0 / size[others])
    return MeanDifferences(yi=y, covariance=covariance)
