"""What each study found: sensitivity, specificity, likelihood ratios and odds ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.diagnostic.tables import Tables
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.records import as_record

__all__ = ["RATIOS", "AccuracyOfStudies", "accuracy_of_studies", "log_ratio"]

FloatArray = npt.NDArray[np.float64]

RATIOS = ("DOR", "LR+", "LR-")
_INTERVALS = ("wilson", "clopper-pearson", "agresti-coull", "wald")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AccuracyOfStudies:
    """Accuracy found by each study, one entry a study.

    Parameters
    ----------
    slab
        Names of the studies.
    sensitivity, specificity
        Shares, with the limits of their intervals.
    dor, positive_lr, negative_lr
        Diagnostic odds ratio and likelihood ratios, with limits from their standard errors on the
        log scale.
    correlation
        Between sensitivities and false positive rates: positive where studies differ in their
        threshold. None below three studies, or where one of them does not vary.
    interval, level
        Name and level of the intervals of shares.
    """

    slab: tuple[str, ...]
    sensitivity: FloatArray
    sensitivity_low: FloatArray
    sensitivity_high: FloatArray
    specificity: FloatArray
    specificity_low: FloatArray
    specificity_high: FloatArray
    dor: FloatArray
    dor_low: FloatArray
    dor_high: FloatArray
    positive_lr: FloatArray
    positive_lr_low: FloatArray
    positive_lr_high: FloatArray
    negative_lr: FloatArray
    negative_lr_low: FloatArray
    negative_lr_high: FloatArray
    correlation: float | None
    interval: str
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a study."""
        record = self.to_dict()
        columns = {
            "study" if name == "slab" else name: values
            for name, values in record.items()
            if isinstance(values, list)
        }
        return nw.from_dict(columns, backend=backend).to_native()


def log_ratio(tables: Tables, measure: str) -> tuple[FloatArray, FloatArray]:
    """Log of a ratio in each study and its variance.

    Parameters
    ----------
    tables
        Counts without empty cells.
    measure
        ``"DOR"``, ``"LR+"`` or ``"LR-"``.
    """
    check_choice("ratio of a diagnostic test", measure, RATIOS)
    tp, fp, fn, tn = tables.tp, tables.fp, tables.fn, tables.tn
    if measure == "DOR":
        return np.log(tp * tn / (fp * fn)), 1.0 / tp + 1.0 / fp + 1.0 / fn + 1.0 / tn
    first, second = (tp, fp) if measure == "LR+" else (fn, tn)
    y = np.log(first / tables.sick) - np.log(second / tables.healthy)
    return y, 1.0 / first - 1.0 / tables.sick + 1.0 / second - 1.0 / tables.healthy


def accuracy_of_studies(tables: Tables, interval: str, level: float) -> AccuracyOfStudies:
    """Accuracy of each study, with intervals by name.

    Parameters
    ----------
    tables
        Counts without empty cells.
    interval
        For shares: ``"wilson"``, ``"clopper-pearson"``, ``"agresti-coull"`` or ``"wald"``.
    level
        Confidence level.

    References
    ----------
    :cite:t:`wilson1927`; likelihood ratios by :cite:t:`simel1991`.
    """
    check_choice("interval of a share", interval, _INTERVALS)
    z = float(two_sided_quantile(level))
    parts: dict[str, Any] = {}
    for name, x, n in (
        ("sensitivity", tables.tp, tables.sick),
        ("specificity", tables.tn, tables.healthy),
    ):
        low, high = _limits(x, n, interval, z, level)
        parts |= {name: x / n, f"{name}_low": low, f"{name}_high": high}
    for name, measure in (("dor", "DOR"), ("positive_lr", "LR+"), ("negative_lr", "LR-")):
        y, v = log_ratio(tables, measure)
        half = z * np.sqrt(v)
        parts |= {
            name: np.exp(y),
            f"{name}_low": np.exp(y - half),
            f"{name}_high": np.exp(y + half),
        }
    return AccuracyOfStudies(
        slab=tables.slab,
        correlation=_correlation(tables.sensitivity, tables.fpr),
        interval=interval,
        level=level,
        **parts,
    )


def _correlation(a: FloatArray, b: FloatArray) -> float | None:
    if a.size < 3 or np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def _limits(
    x: FloatArray, n: FloatArray, interval: str, z: float, level: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of a share; counts may have had something added to them."""
    if interval == "clopper-pearson":
        tail = 0.5 * (1.0 - level)
        with np.errstate(invalid="ignore"):
            low = np.where(x > 0.0, special.betaincinv(np.maximum(x, 1e-9), n - x + 1.0, tail), 0.0)
            high = np.where(
                x < n, special.betaincinv(x + 1.0, np.maximum(n - x, 1e-9), 1.0 - tail), 1.0
            )
        return low, high
    p = x / n
    centre, half = p, z * np.sqrt(p * (1.0 - p) / n)
    if interval != "wald":
        centre = (x + 0.5 * z * z) / (n + z * z)
        half = (
            z * np.sqrt(n * p * (1.0 - p) + 0.25 * z * z) / (n + z * z)
            if interval == "wilson"
            else z * np.sqrt(centre * (1.0 - centre) / (n + z * z))
        )
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
