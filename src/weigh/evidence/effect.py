"""Effect sizes of studies: made by `weigh.effects`, pooled by `weigh.synthesis`.

What the measures are stands next door, in `weigh.evidence.measure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import MissingExtraError
from weigh.evidence.measure import (
    MEASURES,
    Family,
    Measure,
    Scale,
    from_natural,
    measure_named,
    to_natural,
)
from weigh.stats.tails import two_sided_quantile

__all__ = [
    "MEASURES",
    "Backend",
    "EffectSizes",
    "Family",
    "Measure",
    "Scale",
    "from_natural",
    "measure_named",
    "to_natural",
]

FloatArray = npt.NDArray[np.float64]
Backend = Literal["pandas", "polars", "pyarrow"]
_DEFAULTS: tuple[Backend, ...] = ("pandas", "polars")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectSizes:
    """Effects of studies and their sampling variances, one entry a row of the input.

    Parameters
    ----------
    yi, vi
        Effects on the analysis scale (log for ratio measures) and sampling variances. Both are
        NaN where a row gives none. They cannot be written to.
    measure
        Name of the measure, such as ``SMD``.
    ni
        People in each row before anything was added to its cells; person-time for rates. None
        where unknown.
    slab
        Names of the studies, where given.
    reasons
        For each row, why it has no effect; None where it has one.
    notes
        Cautions in plain words: what was added to zero cells, counts that are no whole numbers.
    conventions
        Each choice among formulas, named: the kind of sampling variance, the bias correction.
    backend
        The data frame library of the input, which `to_frame` uses too.
    """

    yi: FloatArray
    vi: FloatArray
    measure: str
    ni: FloatArray | None = None
    slab: tuple[str, ...] | None = None
    reasons: tuple[str | None, ...]
    notes: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    backend: Backend | None = None

    def __post_init__(self) -> None:
        for array in (self.yi, self.vi, self.ni):
            if array is not None:
                array.flags.writeable = False

    def __len__(self) -> int:
        return int(self.yi.size)

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """For each row, whether it has an effect and a variance."""
        return np.isfinite(self.yi) & np.isfinite(self.vi)

    @property
    def k(self) -> int:
        """Number of rows that have an effect and a variance."""
        return int(np.count_nonzero(self.usable))

    @property
    def controlled(self) -> bool | None:
        """Whether they compare two groups; False for single arms, None where that is not known."""
        return measure_named(self.measure).controlled

    @property
    def sei(self) -> FloatArray:
        """Standard errors."""
        return np.sqrt(self.vi)

    def ci(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Wald-type interval of each effect on the analysis scale, by the normal distribution."""
        half = two_sided_quantile(level) * self.sei
        return self.yi - half, self.yi + half

    def to_natural(self, values: npt.ArrayLike | None = None) -> Any:
        """The effects, or other values on their analysis scale, on the natural scale.

        For ``PFT`` and ``IRFT`` the effects are brought back each by its own sample size or
        person-time, and other values by the harmonic mean of all of them.
        """
        if values is None:
            return to_natural(self.yi, self.measure, n=self.ni)
        n = None if self.ni is None else self.ni[self.usable]
        return to_natural(values, self.measure, n=n)

    def to_frame(self) -> Any:
        """A data frame with a row for each row of the input.

        Returns
        -------
        DataFrame
            Of the library that the input came in; else of pandas or polars, whichever is there.
            Columns slab, yi, vi, sei, ni and reason, without those that hold nothing.
        """
        columns: dict[str, Any] = {}
        if self.slab is not None:
            columns["slab"] = list(self.slab)
        columns |= {"yi": self.yi.copy(), "vi": self.vi.copy(), "sei": self.sei}
        if self.ni is not None:
            columns["ni"] = self.ni.copy()
        if any(reason is not None for reason in self.reasons):
            columns["reason"] = list(self.reasons)
        for backend in (self.backend,) if self.backend else _DEFAULTS:
            try:
                return nw.from_dict(columns, backend=backend).to_native()
            except ImportError:
                continue
        raise MissingExtraError("A table of effect sizes", "pandas")
