"""The path of a test statistic through looks at accumulating data, by recursive integration.

At each look the density of the statistic among paths that have not been stopped is kept at the
nodes of Gauss and Legendre's rule and carried to the next look, where the increment is normal.

References
----------
:cite:t:`armitage1969`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.optimize import brentq

__all__ = ["Path", "crossing", "start"]

FloatArray = npt.NDArray[np.float64]

# Standard deviations from the mean beyond which nothing is left to integrate: 1e-23.
_FAR = 10.0
_FEWEST, _MOST = 48, 2000


@lru_cache(maxsize=64)
def _rule(points: int) -> tuple[FloatArray, FloatArray]:
    return np.polynomial.legendre.leggauss(points)


@dataclass(frozen=True, slots=True)
class Path:
    """What goes on after a look, as a sub-density of the score statistic z sqrt(information).

    Parameters
    ----------
    information
        At the last look; 0 before the first.
    drift
        Expected score for each unit of information.
    nodes, weights
        Scores at the last look, and their probabilities.
    """

    information: float
    drift: float
    nodes: FloatArray
    weights: FloatArray

    def above(self, z: float, information: float) -> float:
        """Probability to go on and then to lie above z at a look."""
        return self._tail(z, information, 1.0)

    def below(self, z: float, information: float) -> float:
        """Probability to go on and then to lie below z at a look."""
        return self._tail(z, information, -1.0)

    def _tail(self, z: float, information: float, sign: float) -> float:
        step = information - self.information
        mean = self.nodes + self.drift * step
        far = sign * (mean - z * math.sqrt(information)) / math.sqrt(step)
        return float(self.weights @ special.ndtr(far))

    def kept(self, regions: Sequence[tuple[float, float]], information: float) -> Path:
        """The paths inside any of some regions of z at a look."""
        step = information - self.information
        sd, root = math.sqrt(step), math.sqrt(information)
        mean = self.nodes + self.drift * step
        low_end, high_end = mean.min() - _FAR * sd, mean.max() + _FAR * sd
        nodes, weights = [], []
        for low, high in regions:
            a, b = max(low * root, low_end), min(high * root, high_end)
            if not a < b:
                continue
            # Four nodes a standard deviation of the increment are good to rounding error.
            count = min(max(_FEWEST, math.ceil(4.0 * (b - a) / sd)), _MOST)
            x, w = _rule(count)
            nodes.append(0.5 * (a + b) + 0.5 * (b - a) * x)
            weights.append(0.5 * (b - a) * w)
        if not nodes:
            return Path(information, self.drift, np.zeros(1), np.zeros(1))
        at = np.concatenate(nodes)
        density = np.exp(-0.5 * ((at[:, None] - mean) / sd) ** 2) @ self.weights
        density *= np.concatenate(weights) / (sd * math.sqrt(2.0 * math.pi))
        return Path(information, self.drift, at, density)


def start(drift: float) -> Path:
    """Before the first look."""
    return Path(0.0, drift, np.zeros(1), np.ones(1))


def crossing(path: Path, information: float, error: float, *, upper: bool) -> float:
    """The z beyond which just this probability lies at a look, above or below it.

    Infinite where nothing, or less than can be computed, may be spent.
    """
    tail = path.above if upper else path.below
    sign = 1.0 if upper else -1.0
    if error < 1e-300:
        return sign * math.inf
    centre = path.drift * math.sqrt(information)
    near, far = centre - sign * 40.0, centre + sign * 40.0
    if tail(near, information) <= error:
        return near
    return float(
        brentq(
            lambda z: math.log(max(tail(z, information), 1e-320)) - math.log(error),
            near,
            far,
            xtol=1e-12,
        )
    )
