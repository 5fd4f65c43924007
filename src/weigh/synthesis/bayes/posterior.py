"""One posterior distribution, with its functions and its figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from weigh.errors import InputError
from weigh.synthesis.inputs import check_choice, check_level

__all__ = ["INTERVALS", "Function", "Posterior", "defined", "limits"]

FloatArray = npt.NDArray[np.float64]
Function = Callable[[FloatArray], FloatArray]

INTERVALS = ("central", "shortest")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """The posterior distribution of one quantity, in units of the effects.

    Parameters
    ----------
    mode, median
        Its highest point and its middle.
    mean, sd
        None where the integral is infinite.
    ci_low, ci_high
        The interval, of the level and kind that were asked for.
    """

    mode: float
    median: float
    mean: float | None
    sd: float | None
    ci_low: float
    ci_high: float
    _density: Function = field(repr=False)
    _cdf: Function = field(repr=False)
    _quantile: Function = field(repr=False)
    _least: float = field(default=-math.inf, repr=False)

    def density(self, x: Any) -> Any:
        """Density at a number or an array."""
        return _shaped(self._density, x)

    def cdf(self, x: Any) -> Any:
        """Probability of at most `x`, a number or an array."""
        return _shaped(self._cdf, x)

    def quantile(self, p: Any) -> Any:
        """Value that is exceeded with probability ``1 - p``.

        Raises
        ------
        InputError
            A probability that is not between 0 and 1.
        """
        asked = np.asarray(p, dtype=np.float64)
        if not ((asked > 0.0) & (asked < 1.0)).all():
            raise InputError("A quantile is asked for a probability between 0 and 1.")
        return _shaped(self._quantile, asked)

    def p_above(self, x: float) -> float:
        """Probability of more than `x`, such as a minimal important difference."""
        return 1.0 - float(self.cdf(float(x)))

    def interval(self, level: float = 0.95, kind: str = "central") -> tuple[float, float]:
        """Credible interval.

        Parameters
        ----------
        level
            Its probability.
        kind
            ``"central"``, with equal probability beyond each limit; or ``"shortest"``, of the
            highest density.
        """
        check_choice("kind of interval", kind, INTERVALS)
        level = check_level(level)
        return limits(self._density, self._quantile, level, kind, least=self._least)

    def to_dict(self) -> dict[str, float | None]:
        """The figures, ready for JSON."""
        names = ("mode", "median", "mean", "sd", "ci_low", "ci_high")
        return {name: getattr(self, name) for name in names}


def limits(
    density: Function,
    quantile: Function,
    level: float,
    kind: str,
    *,
    least: float = -math.inf,
) -> tuple[float, float]:
    """Limits of an interval, from the functions of a distribution with one peak.

    `least` is the least value that there can be.
    """
    outside = 1.0 - level

    def ends(below: float) -> FloatArray:
        return quantile(np.array([below, below + level]))

    def falls(below: float) -> float:
        height = density(ends(below))
        return float(height[0] - height[1])

    below = 0.5 * outside
    if kind == "shortest":
        # The shortest interval ends where both densities are the same, or at the end of the range.
        edge = 1e-12 * outside
        if least > -math.inf and falls(edge) >= 0.0:
            return least, float(quantile(np.array([level]))[0])
        below = float(brentq(falls, edge, outside - edge, xtol=1e-15, rtol=1e-12))
    found = ends(below)
    return float(found[0]), float(found[1])


def _shaped(function: Function, x: Any) -> Any:
    values = np.asarray(x, dtype=np.float64)
    found = function(values.ravel()).reshape(values.shape)
    return float(found) if values.ndim == 0 else found


def defined(value: Any) -> float | None:
    """A figure, or None where it is undefined."""
    number = float(value)
    return number if math.isfinite(number) else None
