"""The curve itself: what it predicts at each dose, against a dose of one's choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.dose.shapes import Shape
from weigh.synthesis.records import as_record

__all__ = ["DoseCurve", "curve_at"]

FloatArray = npt.NDArray[np.float64]
Backend = Literal["pandas", "polars", "pyarrow"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseCurve:
    """Effects at doses against one dose, on the analysis scale (log for ratios).

    Parameters
    ----------
    dose
        (m,) doses.
    reference
        The dose that they are compared with.
    estimate, se, ci_low, ci_high
        (m,) mean effect over studies, its standard error and the band around it; at the reference
        itself all are 0.
    pi_low, pi_high
        (m,) where the effect in a further study is expected; None without differences between
        studies in the model.
    level
        Of the bands, at each dose by itself.
    """

    dose: FloatArray
    reference: float
    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray | None
    pi_high: FloatArray | None
    level: float

    def ratios(self) -> DoseCurve:
        """The same as ratios, for log risks, odds and rates; `se` stays on the log scale."""
        lower, upper = self.pi_low, self.pi_high
        with np.errstate(over="ignore"):  # a ratio beyond all numbers is infinite
            return DoseCurve(
                dose=self.dose,
                reference=self.reference,
                estimate=np.exp(self.estimate),
                se=self.se,
                ci_low=np.exp(self.ci_low),
                ci_high=np.exp(self.ci_high),
                pi_low=None if lower is None else np.exp(lower),
                pi_high=None if upper is None else np.exp(upper),
                level=self.level,
            )

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a dose."""
        names = ("dose", "estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
        columns = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return nw.from_dict(columns, backend=backend).to_native()


def curve_at(
    shape: Shape,
    beta: FloatArray,
    vb: FloatArray,
    psi: FloatArray | None,
    dose: FloatArray,
    reference: float,
    level: float,
) -> DoseCurve:
    """The curve at doses: its columns minus those of the reference, times the coefficients."""
    rows = shape.columns(dose) - shape.columns(np.array([reference]))
    estimate = rows @ beta
    variance = np.maximum(np.einsum("ip,pq,iq->i", rows, vb, rows), 0.0)
    half = float(two_sided_quantile(level))
    pi: tuple[FloatArray | None, FloatArray | None] = (None, None)
    if psi is not None:
        between = np.maximum(np.einsum("ip,pq,iq->i", rows, psi, rows), 0.0)
        wide = half * np.sqrt(variance + between)
        pi = (estimate - wide, estimate + wide)
    se = np.sqrt(variance)
    return DoseCurve(
        dose=dose,
        reference=reference,
        estimate=estimate,
        se=se,
        ci_low=estimate - half * se,
        ci_high=estimate + half * se,
        pi_low=pi[0],
        pi_high=pi[1],
        level=level,
    )
