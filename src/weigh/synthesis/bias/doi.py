"""The Doi plot and the LFK index of its asymmetry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.stats.tails import normal_quantile
from weigh.synthesis.bias.asymmetry import require_studies
from weigh.synthesis.inputs import check_effects

__all__ = ["DoiPlot", "lfk_index"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoiPlot:
    """Points of a Doi plot, and the LFK index.

    Parameters
    ----------
    index
        0 for a symmetric plot; positive where small studies show larger effects.
    asymmetry
        ``"none"`` (up to 1 in size), ``"minor"`` (up to 2) or ``"major"``.
    yi, z
        Points in ascending order of effect: effects, and normal quantiles of their ranks, of
        which the plot shows the absolute value. Ranks count each study by its precision.
    notes
        Cautions in plain words.
    """

    index: float
    asymmetry: str
    yi: FloatArray
    z: FloatArray
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "index": self.index,
            "asymmetry": self.asymmetry,
            "yi": self.yi.tolist(),
            "z": self.z.tolist(),
            "notes": list(self.notes),
        }


def lfk_index(yi: Any, vi: Any, *, slab: Sequence[Any] | None = None) -> DoiPlot:
    """Doi plot and LFK index of asymmetry.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    slab
        Names of the studies.

    Returns
    -------
    DoiPlot
        The index has no null distribution: its cut-offs hold for no number of studies in
        particular, and it finds asymmetry by chance more often the fewer there are.

    Raises
    ------
    StatisticsError
        Fewer than three studies, or effects that are all the same.

    References
    ----------
    :cite:t:`furuyakanamori2018`; against its use, :cite:t:`schwarzer2024`.

    Examples
    --------
    >>> found = lfk_index([-4.27, -1.71, -0.58, -0.19, 0.0], [0.158, 0.076, 0.018, 0.022, 0.04])
    >>> round(found.index, 2), found.asymmetry
    (-3.31, 'major')
    """
    effects = check_effects(yi, vi, slab)
    k = effects.y.size
    require_studies(k, 3, "The LFK index")
    order = np.argsort(effects.y, kind="stable")
    y, v = effects.y[order], effects.v[order]
    if y[0] == y[-1]:
        raise StatisticsError("All effects are the same, so a Doi plot has no two limbs.")
    counts = 100.0 * float(v.max()) / v
    middle = np.cumsum(counts) - counts / 2.0
    z = np.asarray(normal_quantile((middle - 0.5) / np.sum(counts)))
    if not np.all(np.isfinite(z)):
        raise StatisticsError(
            "One study outweighs the others so far that their ranks round to 0 or 1, and a Doi "
            "plot has no place for them."
        )
    centered = y - y[int(np.argmin(np.abs(z)))]
    slope = float(np.ptp(z)) / float(np.ptp(centered))
    index = 5.0 / (2.0 * k) * float(np.sum(z + slope * centered))
    size = abs(index)
    return DoiPlot(
        index=index,
        asymmetry="none" if size <= 1.0 else "minor" if size <= 2.0 else "major",
        yi=y,
        z=z,
        notes=(
            "The LFK index is no test: its cut-offs of 1 and 2 hold for no number of studies in "
            "particular.",
        ),
    )
