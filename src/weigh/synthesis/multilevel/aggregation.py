"""Dependent effects of one study combined into one, before pooling."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_vector
from weigh.synthesis.multilevel.columns import codes_of, labels_of, numbers_of, variances_of
from weigh.synthesis.multilevel.known import Known, read_covariance
from weigh.synthesis.records import as_record

__all__ = ["Aggregated", "aggregate_effects"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

STRUCTURES = ("CS", "ID", "CAR", "CS+CAR", "CS*CAR")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aggregated:
    """One effect a cluster.

    Parameters
    ----------
    cluster
        Names, in the order they first came.
    yi, vi
        Effects and sampling variances.
    k
        How many effects each is made of.
    notes
        What was left out.
    """

    cluster: tuple[str, ...]
    yi: FloatArray
    vi: FloatArray
    k: IntArray
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a cluster.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        names = [field.name for field in fields(self) if field.name != "notes"]
        columns = {name: np.asarray(getattr(self, name)) for name in names}
        return nw.from_dict(columns, backend=backend).to_native()


def aggregate_effects(
    yi: Any,
    vi: Any = None,
    *,
    cluster: Any,
    V: Any = None,  # the field's own letter
    struct: str = "CS",
    rho: Any = None,
    phi: Any = None,
    time: Any = None,
    obs: Any = None,
    weighted: bool = True,
    data: Any = None,
) -> Aggregated:
    """Combine the effects of each cluster by generalized least squares.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances; this, `cluster`, `time` and `obs` are arrays or names of
        columns of `data`.
    cluster
        What is combined into one effect.
    V
        Sampling covariance in place of `vi`, as `weigh.multilevel` takes it.
    struct
        Correlation of errors within a cluster, where there is no `V`: ``"CS"`` is `rho`, ``"ID"``
        none, ``"CAR"`` `phi` to the power of the time between, ``"CS+CAR"`` `rho` and what is left
        of it by time, ``"CS*CAR"`` the product of `rho` for different `obs` and of time.
    rho, phi
        Correlations, one or one a cluster (in the order in which clusters first come).
    time, obs
        Time of measurement; what was measured.
    weighted
        Whether effects are weighted by the inverse of their covariance, or all alike.
    data
        Table with the columns.

    Returns
    -------
    Aggregated

    Raises
    ------
    StatisticsError
        A covariance without an inverse.

    Notes
    -----
    The same as metafor's ``aggregate()``.

    References
    ----------
    :cite:t:`gleser2009`.

    Examples
    --------
    >>> made = aggregate_effects([0.2, 0.4], [0.1, 0.1], cluster=["a", "a"], rho=0.5)
    >>> made.yi.round(3).tolist(), made.vi.round(3).tolist()
    ([0.3], [0.075])
    """
    check_choice("structure", struct, STRUCTURES)
    y = numbers_of(yi, data, "yi")
    if not y.size:
        raise StatisticsError("`yi` is empty: there is nothing to combine.")
    if np.isinf(y).any():
        row = int(np.argmax(np.isinf(y)))
        raise StatisticsError(f"`yi`, row {row + 1}: the effect is {y[row]}, and must be finite.")
    codes, names = codes_of(labels_of(cluster, data, "cluster", y.size))
    if (vi is None) == (V is None):
        raise InputError("Give the sampling variances as `vi`, or their covariance as `V`.")
    if V is None:
        v = variances_of(vi, data, "vi", y.size)
        empty = np.zeros(0, dtype=np.intp)
        known = Known(v, empty, empty, np.zeros(0))
        correlation = _Correlation(
            struct,
            _each(rho, "rho", len(names), -1.0, needed=struct.startswith("CS")),
            _each(phi, "phi", len(names), 0.0, needed="CAR" in struct),
            _needed(time, data, "time", y.size, needed="CAR" in struct),
            None if struct != "CS*CAR" else codes_of(labels_of(obs, data, "obs", y.size))[0],
        )
    else:
        known, correlation = read_covariance(V, y.size), None
    there = ~(np.isnan(y) | np.isnan(known.diagonal))
    lacking = np.isnan(known.value)
    there[known.i[lacking & there[known.i] & there[known.j]]] = False
    found, kept, counts = [], [], []
    for index in range(len(names)):
        rows = np.flatnonzero((codes == index) & there)
        if not rows.size:
            continue
        if correlation is None:
            covariance = known.take(rows).dense()
        else:
            sd = np.sqrt(known.diagonal[rows])
            covariance = correlation.of(index, rows) * np.outer(sd, sd)
        found.append(_combined(y[rows], covariance, names[index], weighted=weighted))
        kept.append(names[index])
        counts.append(rows.size)
    left = int((~there).sum())
    notes = (f"Left out {left} effects without a value or a variance.",) if left else ()
    both = np.array(found).reshape(-1, 2)
    return Aggregated(
        cluster=tuple(kept), yi=both[:, 0], vi=both[:, 1], k=np.array(counts, np.intp), notes=notes
    )


def _combined(
    y: FloatArray, covariance: FloatArray, name: str, *, weighted: bool
) -> tuple[float, float]:
    if not weighted:
        return float(y.mean()), float(covariance.sum()) / y.size**2
    try:
        lower = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        raise StatisticsError(
            f"The sampling covariance of cluster {name!r} has no inverse, so its effects cannot be "
            "weighted by it.",
            hint="Take a correlation nearer to 0, or weighted=False.",
        ) from None
    one = np.linalg.solve(lower, np.ones(y.size))
    weight = float(one @ one)
    return float(one @ np.linalg.solve(lower, y)) / weight, 1.0 / weight


def _each(given: Any, name: str, count: int, low: float, *, needed: bool) -> FloatArray:
    if not needed:
        return np.zeros(count)
    if given is None:
        raise InputError(f"`{name}` is missing, which this structure needs.")
    values = check_vector([given] if np.ndim(given) == 0 else given, name)
    if values.size == 1:
        values = np.full(count, values[0])
    if values.size != count:
        raise InputError(f"`{name}` has {values.size} values for {count} clusters.")
    if not ((values >= low) & (values <= 1.0)).all():
        raise InputError(f"`{name}` has a value outside {low:g} to 1.")
    return values


def _needed(given: Any, data: Any, name: str, count: int, *, needed: bool) -> FloatArray:
    if not needed:
        return np.zeros(count)
    if given is None:
        raise InputError(f"`{name}` is missing, which this structure needs.")
    values = numbers_of(given, data, name, count)
    if not np.isfinite(values).all():
        row = int(np.argmax(~np.isfinite(values)))
        raise InputError(f"`{name}`, row {row + 1}: it is {values[row]:g}, and must be a number.")
    return values


@dataclass(frozen=True, slots=True)
class _Correlation:
    """Correlations within clusters by a structure."""

    struct: str
    rho: FloatArray
    phi: FloatArray
    time: FloatArray
    obs: IntArray | None

    def of(self, index: int, rows: IntArray) -> FloatArray:
        """Correlations of the rows of one cluster."""
        rho, m = float(self.rho[index]), rows.size
        apart = np.abs(self.time[rows][:, None] - self.time[rows][None, :])
        by_time = np.where(apart == 0.0, 1.0, np.power(float(self.phi[index]), apart))
        if self.struct == "ID":
            return np.eye(m)
        if self.struct == "CS":
            out = np.full((m, m), rho)
        elif self.struct == "CAR":
            out = by_time
        elif self.struct == "CS+CAR":
            out = rho + (1.0 - rho) * by_time
        else:
            assert self.obs is not None
            same = self.obs[rows][:, None] == self.obs[rows][None, :]
            out = np.where(same, 1.0, rho) * by_time
        np.fill_diagonal(out, 1.0)
        return out
