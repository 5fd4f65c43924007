"""Pool many sets of effects at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.sums import Columns
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.grouping import blocks, read_rows
from weigh.synthesis.inputs import (
    check_choice,
    check_level,
    check_prediction,
    check_test,
)
from weigh.synthesis.statistics import (
    LARGE,
    PREDICTIONS,
    SMALL,
    TESTS,
    Statistics,
    column_statistics,
    prediction_half_width,
)
from weigh.synthesis.tau2 import COMMON_EFFECT, check_method

__all__ = ["PooledBatch", "pool_many"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_ONE = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
_TWO = ("tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledBatch:
    """Pooled effects of many groups: the statistics of `Pooled` as arrays, one entry a group.

    What is undefined is NaN. `df` is NaN for a normal test, `q_df` counts studies less one;
    `maxima` is the number of local maxima of the likelihood of tau2, and `certified` whether that
    number is proved.
    """

    group: npt.NDArray[Any]
    k: IndexArray
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    p: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray
    pi_high: FloatArray
    tau2: FloatArray
    tau2_se: FloatArray
    tau2_ci_low: FloatArray
    tau2_ci_high: FloatArray
    i2: FloatArray
    h2: FloatArray
    df: FloatArray
    q: FloatArray
    q_df: IndexArray
    q_p: FloatArray
    maxima: IndexArray
    certified: npt.NDArray[np.bool_]
    method: str
    test: str
    level: float
    prediction: str | None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of groups."""
        return self.k.size

    def to_dict(self) -> dict[str, Any]:
        """The statistics as lists, ready for JSON: None for what is undefined."""
        columns: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value = [
                    None if isinstance(entry, float) and not np.isfinite(entry) else entry
                    for entry in value.tolist()
                ]
            columns[field.name] = value
        return columns

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a group.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        columns = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if isinstance(getattr(self, field.name), np.ndarray)
        }
        return nw.from_dict(columns, backend=backend).to_native()


def pool_many(
    yi: Any,
    vi: Any,
    group: Any,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    prediction: str | None = None,
) -> PooledBatch:
    """Pool the effects of each group, all groups at once.

    Every group gets the numbers that `pool` gives it alone, to the last bit. Groups may differ in
    size; they are worked through in blocks, so that memory stays bounded.

    Parameters
    ----------
    yi, vi : (n,) array_like
        Effects and sampling variances of all groups. Rows where either is missing are left out.
    group : (n,) array_like
        The group of each row: numbers or text, in any order.
    method, test, level, prediction
        As in `pool`; methods that need weights are not available.

    Returns
    -------
    PooledBatch
        One entry a group, in order of first appearance. A group without a usable row has k = 0 and
        NaN throughout.

    Raises
    ------
    StatisticsError
        An infinite effect, or a variance that is not a positive number.

    Examples
    --------
    >>> batch = pool_many([0.1, 0.3, 0.2, 0.4], [0.02, 0.03, 0.02, 0.05], ["a", "a", "b", "b"])
    >>> batch.k.tolist()
    [2, 2]
    """
    check_method(method)
    if method in ("GENQ", "GENQM"):
        raise InputError(f"Method {method} needs weights of your own; pool those sets one by one.")
    check_choice("test", test, TESTS)
    check_test(method, test)
    level = check_level(level)
    if prediction is None:
        prediction = "normal" if test == "z" else "t"
    else:
        check_choice("prediction interval", prediction, PREDICTIONS)
        check_prediction(prediction, method)
        if prediction == "nagashima":
            raise InputError(
                "Nagashima's prediction interval is drawn for one set at a time.",
                hint="Take another here, such as prediction='riley'.",
            )
    rows = read_rows(yi, vi, group)
    y, v, groups = rows.y, rows.v, rows.groups
    out = _empty(groups.labels.size)
    lone = np.flatnonzero(groups.size == 1)
    if lone.size:
        _fill_lone(
            out, lone, y[groups.start[lone]], v[groups.start[lone]], level, method, prediction
        )
    for block in blocks(groups, y, v, np.flatnonzero(groups.size > 1)):
        exponent = _exponents(block.v)
        columns = Columns.from_arrays(
            block.y if exponent is None else np.ldexp(block.y, -exponent),
            block.v if exponent is None else np.ldexp(block.v, -2 * exponent),
            block.k,
        )
        found = column_statistics(
            columns, method=method, test=test, level=level, prediction=prediction
        )
        _fill(out, block.which, found, exponent)
    return PooledBatch(
        group=groups.labels,
        k=groups.size,
        q_df=np.maximum(groups.size - 1, 0),
        method=method,
        test=test,
        level=level,
        prediction=None if method in COMMON_EFFECT else prediction,
        notes=rows.notes,
        **out,
    )


def _exponents(v: FloatArray) -> npt.NDArray[np.intc] | None:
    """Powers of two that bring groups with extreme variances back into range; None if none has."""
    low = v.min(axis=0)
    high = np.max(np.where(np.isinf(v), 0.0, v), axis=0)
    extreme = ~((low > SMALL) & (high < LARGE))
    if not extreme.any():
        return None
    exponent: npt.NDArray[np.intc] = np.where(extreme, np.frexp(low)[1] // 2, 0)
    return exponent


def _empty(groups: int) -> dict[str, Any]:
    """Arrays to fill, one for each statistic."""
    arrays: dict[str, Any] = {
        field.name: np.full(groups, np.nan)
        for field in fields(Statistics)
        if field.name not in ("q_df", "maxima", "certified")
    }
    arrays["maxima"] = np.ones(groups, dtype=np.intp)
    arrays["certified"] = np.ones(groups, dtype=np.bool_)
    return arrays


def _fill(
    out: dict[str, Any],
    which: IndexArray,
    found: Statistics,
    exponent: npt.NDArray[np.intc] | None,
) -> None:
    for name, values in out.items():
        part = getattr(found, name)
        if exponent is not None and name in _ONE:
            part = np.ldexp(part, exponent)
        elif exponent is not None and name in _TWO:
            part = np.ldexp(part, 2 * exponent)
        values[which] = part


def _fill_lone(
    out: dict[str, Any],
    which: IndexArray,
    y: FloatArray,
    v: FloatArray,
    level: float,
    method: str,
    prediction: str,
) -> None:
    """Groups of one study: that study, as in `pool`."""
    se = np.sqrt(v)
    half = two_sided_quantile(level) * se
    statistics = {
        "estimate": y,
        "se": se,
        "statistic": y / se,
        "p": two_sided_p(y / se),
        "ci_low": y - half,
        "ci_high": y + half,
        "tau2": 0.0,
        "i2": 0.0,
        "h2": 1.0,
        "q": 0.0,
        "q_p": 1.0,
    }
    if method not in COMMON_EFFECT:
        width = prediction_half_width(
            prediction if prediction in ("simple", "riley") else "normal",
            se=se,
            tau2=0.0,
            df=0.0,
            level=level,
        )
        statistics |= {"pi_low": y - width, "pi_high": y + width}
    for name, values in statistics.items():
        out[name][which] = values
