"""Sampling covariances from correlations, shared groups and time points.

Two effects of one cluster have correlated errors where they measure the same people: by several
instruments, at several times, or against the same comparator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse as matrices

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.inputs import check_number
from weigh.synthesis.multilevel.columns import codes_of, labels_of, numbers_of, variances_of

__all__ = ["sampling_covariance"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def sampling_covariance(
    vi: Any,
    *,
    cluster: Any,
    subgroup: Any = None,
    obs: Any = None,
    type: Any = None,  # the argument's name in the field
    time1: Any = None,
    time2: Any = None,
    grp1: Any = None,
    grp2: Any = None,
    w1: Any = None,
    w2: Any = None,
    rho: Any = None,
    phi: float | None = None,
    rvars: Sequence[Any] | None = None,
    data: Any = None,
    sparse: bool = False,
) -> Any:
    """Covariance matrix of the sampling errors of effects, for `weigh.multilevel`.

    Parameters
    ----------
    vi
        Sampling variances. This and the following are arrays with an entry an effect, or names of
        columns of `data`.
    cluster
        Effects of different clusters, such as studies, are independent.
    subgroup
        Effects of different subgroups of a cluster have no person in common, and are independent.
    obs, type
        What was measured: `type` is the construct, `obs` tells effects of one type apart.
    time1, time2
        Time of measurement, of the second group where it differs.
    grp1, grp2
        Groups that an effect compares; effects that share a group depend on each other.
    w1, w2
        Sizes of these groups.
    rho
        Correlation of different `obs`, or of different `type`; with both a pair, the first for
        different `obs` of one type, the second for different types. Each is a number, or a matrix
        as a data frame whose columns name the values.
    phi
        Correlation of two measurements one unit of time apart, which falls as a power of the time
        between.
    rvars
        In place of all that: columns of correlations. The first effect of a cluster has its
        correlation with each effect of the cluster so far in as many of them, and so on; with
        ``vi=1`` they are covariances.
    data
        Table with the columns.
    sparse
        Whether to return a sparse matrix, for thousands of effects.

    Returns
    -------
    numpy.ndarray or scipy.sparse.csr_array
        (k, k), in the order of the effects.

    Raises
    ------
    InputError
        A correlation beyond -1 and 1, an argument without the one that it needs, or correlations
        that no covariance matrix has.

    Notes
    -----
    The same matrix as metafor's ``vcalc()`` makes.

    References
    ----------
    :cite:t:`gleser2009` for shared groups and several outcomes.

    Examples
    --------
    >>> made = sampling_covariance([0.04, 0.01], cluster=["a", "a"], obs=[1, 2], rho=0.5)
    >>> made.round(3).tolist()
    [[0.04, 0.01], [0.01, 0.01]]
    """
    if isinstance(vi, Real):
        vi = [vi] * len(labels_of(cluster, data, "cluster"))
    v = variances_of(vi, data, "vi")
    k = v.size
    if not k:
        raise StatisticsError("`vi` is empty: there is no effect whose sampling could vary.")
    home = labels_of(cluster, data, "cluster", k)
    if subgroup is not None:
        inside = labels_of(subgroup, data, "subgroup", k)
        home = [f"{a}, {b}" for a, b in zip(home, inside, strict=True)]
    blocks, names = codes_of(home)
    correlation: Callable[[IntArray], FloatArray]
    if rvars is None:
        measured = _Measured(
            *_correlations(rho, obs, type, data, k),
            _sides(grp1, grp2, time1, time2, w1, w2, phi, data, k),
        )
        correlation = measured.of
    else:
        others = (obs, type, time1, time2, grp1, grp2, w1, w2, rho, phi)
        if any(other is not None for other in others):
            raise InputError("`rvars` holds the correlations, and leaves nothing to other options.")
        table = np.column_stack([numbers_of(one, data, "rvars", k) for one in rvars])
        correlation = _Given(table).of
    sd = np.sqrt(v)
    i, j, value = [], [], []
    order = np.argsort(blocks, kind="stable")
    ends = np.cumsum(np.bincount(blocks))[:-1]
    for name, rows in zip(names, np.split(order, ends), strict=True):
        r = correlation(rows)
        _refuse_impossible(r, v[rows], name)
        a, b = np.meshgrid(rows, rows, indexing="ij")
        i.append(a.ravel())
        j.append(b.ravel())
        block = r * np.outer(sd[rows], sd[rows])
        np.fill_diagonal(block, np.diagonal(r) * v[rows])
        value.append(block.ravel())
    at = (np.concatenate(i), np.concatenate(j))
    if sparse:
        return matrices.csr_array((np.concatenate(value), at), shape=(k, k))
    out = np.zeros((k, k))
    out[at] = np.concatenate(value)
    return out


@dataclass(frozen=True, slots=True)
class _Given:
    """Correlations as columns of a table: those of an effect with the effects before it."""

    table: FloatArray

    def of(self, rows: IntArray) -> FloatArray:
        """Correlations of the rows of one cluster."""
        if rows.size > self.table.shape[1]:
            raise InputError(
                f"`rvars` has {self.table.shape[1]} columns, and a cluster has {rows.size} effects."
            )
        lower = np.tril(self.table[rows][:, : rows.size])
        return lower + np.tril(lower, -1).T


@dataclass(frozen=True, slots=True)
class _Measured:
    """Correlations by what was measured, when, and in whom."""

    of_obs: tuple[IntArray, FloatArray] | None
    of_type: tuple[IntArray, FloatArray] | None
    sides: _Sides

    def of(self, rows: IntArray) -> FloatArray:
        """Correlations of the rows of one cluster."""
        m = rows.size
        same_type = np.ones((m, m), dtype=np.bool_)
        across = within = np.ones((m, m))
        if self.of_type is not None:
            same_type, across = _looked_up(*self.of_type, rows)
        if self.of_obs is not None:
            _, within = _looked_up(*self.of_obs, rows)
        r = np.where(same_type, within, across) * self.sides.correlation(rows)
        np.fill_diagonal(r, 1.0)
        return r


def _looked_up(
    codes: IntArray, matrix: FloatArray, rows: IntArray
) -> tuple[npt.NDArray[np.bool_], FloatArray]:
    """Which pairs of rows have the same value, and the correlation of each pair."""
    here = codes[rows]
    same = here[:, None] == here[None, :]
    if matrix.size == 1:
        return same, np.where(same, 1.0, matrix[0, 0])
    return same, np.where(same, 1.0, matrix[here[:, None], here[None, :]])


def _sides(
    grp1: Any, grp2: Any, time1: Any, time2: Any, w1: Any, w2: Any, phi: Any, data: Any, k: int
) -> _Sides:
    """The groups that effects compare, with their times and sizes."""
    for later, first, name in ((grp2, grp1, "grp"), (time2, time1, "time"), (w2, w1, "w")):
        if later is not None and first is None:
            raise InputError(f"`{name}2` is given and `{name}1` is not.")
    for second, what in ((time2, "time2"), (w2, "w2")):
        if second is not None and grp2 is None:
            raise InputError(f"`{what}` is about the second group, and there is no `grp2`.")
    decay = _decay(phi, timed=time1 is not None)
    group1 = ["1"] * k if grp1 is None else labels_of(grp1, data, "grp1", k)
    group2 = ["2"] * k if grp2 is None else labels_of(grp2, data, "grp2", k)
    groups, _ = codes_of(group1 + group2)
    begin = np.ones(k) if time1 is None else numbers_of(time1, data, "time1", k)
    end = begin if time2 is None else numbers_of(time2, data, "time2", k)
    size = np.ones(k) if w1 is None else numbers_of(w1, data, "w1", k)
    other = size if w2 is None else numbers_of(w2, data, "w2", k)
    if not ((size > 0.0).all() and (other > 0.0).all()):
        raise InputError("`w1` and `w2` are sizes of groups, and lie above 0.")
    return _Sides(
        np.stack([groups[:k], groups[k:]]), np.stack([begin, end]), np.stack([size, other]), decay
    )


def _correlations(
    rho: Any, obs: Any, type: Any, data: Any, k: int
) -> tuple[tuple[IntArray, FloatArray] | None, tuple[IntArray, FloatArray] | None]:
    """Correlations of different observations, and of different types."""
    within, between = _of_each(rho, obs is not None, type is not None)
    return _matrix(obs, within, data, "obs", k), _matrix(type, between, data, "type", k)


def _of_each(rho: Any, has_obs: bool, has_type: bool) -> tuple[Any, Any]:
    """What `rho` says of observations, and what of types."""
    if not has_obs and not has_type:
        return 0.0, 0.0
    if rho is None:
        raise InputError("`rho` is missing: the correlation that `obs` or `type` is about.")
    if has_obs and has_type:
        if not isinstance(rho, list | tuple) or len(rho) != 2:
            raise InputError(
                "With both `obs` and `type`, `rho` is a pair: the correlation within a type, and "
                "that between types."
            )
        return rho[0], rho[1]
    if isinstance(rho, list | tuple) and len(rho) == 1:
        rho = rho[0]
    return (rho, 0.0) if has_obs else (0.0, rho)


def _matrix(
    given: Any, rho: Any, data: Any, name: str, k: int
) -> tuple[IntArray, FloatArray] | None:
    """Index of each effect's value, and the correlations of the values."""
    if given is None:
        return None
    codes, values = codes_of(labels_of(given, data, name, k))
    if hasattr(rho, "columns"):
        known = [str(column) for column in rho.columns]
        for value in values:
            if value not in known:
                raise NotFoundError(f"row of `rho` for {name}", value, known)
        place = [known.index(value) for value in values]
        matrix = np.asarray(rho, dtype=np.float64)[np.ix_(place, place)]
    elif isinstance(rho, Mapping):
        try:
            matrix = np.array([[float(rho[a][b]) for b in values] for a in values])
        except KeyError as error:
            raise InputError(f"`rho` has no correlation for {name} {error}.") from error
    elif np.ndim(rho) == 0:
        # One for all, however many values there are.
        matrix = np.full((1, 1), check_number(rho, "rho"))
    else:
        raise InputError(
            f"`rho` for `{name}` is neither a number nor a table that names the values.",
            hint="Give a data frame with the values as the names of its columns.",
        )
    if not (np.abs(matrix) <= 1.0).all():
        raise InputError("A correlation in `rho` lies outside -1 to 1.")
    return codes, matrix


def _decay(phi: float | None, *, timed: bool) -> float:
    if not timed:
        return 1.0
    if phi is None:
        raise InputError("`phi` is missing: the correlation of measurements one unit apart.")
    if not -1.0 <= phi <= 1.0:
        raise InputError(f"`phi` is {phi:g}; a correlation lies between -1 and 1.")
    return float(phi)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two groups of each comparison: their labels, times and sizes, (2, k) each."""

    groups: IntArray
    times: FloatArray
    sizes: FloatArray
    decay: float

    def correlation(self, rows: IntArray) -> FloatArray:
        """Correlations of comparisons that share groups, or measure them again."""
        total = np.zeros((rows.size, rows.size))
        for one in (0, 1):
            for two in (0, 1):
                sign = 1.0 if one == two else -1.0
                total += sign * self._shared(rows, one, rows, two)
        # Each side for itself, less what both sides of one comparison have in common.
        common = np.diagonal(self._shared(rows, 0, rows, 1))
        own = 1.0 / self.sizes[0, rows] + 1.0 / self.sizes[1, rows] - 2.0 * common
        spread: FloatArray = total / np.sqrt(np.outer(own, own))
        return spread

    def _shared(self, a: IntArray, one: int, b: IntArray, two: int) -> FloatArray:
        same = self.groups[one, a][:, None] == self.groups[two, b][None, :]
        apart = np.abs(self.times[one, a][:, None] - self.times[two, b][None, :])
        kept = np.where(apart == 0.0, 1.0, np.power(self.decay, apart))
        size = np.sqrt(self.sizes[one, a][:, None] * self.sizes[two, b][None, :])
        return np.asarray(same * kept / size)


def _refuse_impossible(r: FloatArray, v: FloatArray, name: str) -> None:
    there = np.isfinite(v)
    if there.sum() < 2:
        return
    lowest = float(np.linalg.eigvalsh(r[np.ix_(there, there)])[0])
    if lowest < -1e-10:
        raise InputError(
            f"The correlations in cluster {name!r} are not those of any covariance matrix (least "
            f"eigenvalue {lowest:.2g}).",
            hint="Check `rho` and `phi`; correlations far below 0 cannot hold between many.",
        )
