"""Correlations of several variables in each study: their covariances, and regression from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.evidence.pooled import Coefficient
from weigh.stats.tails import chi2_tail, f_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.inputs import check_choice, check_count, check_level, check_number
from weigh.synthesis.multilevel.columns import codes_of, labels_of, numbers_of
from weigh.synthesis.records import as_record

__all__ = ["CorrelationEffects", "MatrixRegression", "correlation_effects", "matrix_regression"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CorrelationEffects:
    """Correlations as effects, with the covariance of their sampling errors.

    Parameters
    ----------
    yi
        Correlations, or their z values.
    V
        (k, k) sampling covariance, NaN where a correlation that it takes is missing.
    pair
        Names of the two variables in alphabetical order, joined by a point.
    study
        Study of each.
    ni
        Sample size that its covariances are made with.
    """

    yi: FloatArray
    V: FloatArray
    pair: tuple[str, ...]
    study: tuple[str, ...]
    ni: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    @property
    def vi(self) -> FloatArray:
        """Sampling variances."""
        return np.diagonal(self.V)


def correlation_effects(
    ri: Any,
    var1: Any,
    var2: Any,
    ni: Any,
    *,
    study: Any = None,
    to_z: bool = False,
    sample_size: str = "min",
    data: Any = None,
) -> CorrelationEffects:
    """Correlations between several variables in each study, with their covariances.

    Parameters
    ----------
    ri
        Correlations; this and the following are arrays, or names of columns of `data`.
    var1, var2
        Variables that each is between.
    ni
        Sample sizes.
    study
        Studies; one study where it is not given.
    to_z
        Whether to transform correlations by Fisher's z.
    sample_size
        Which sample size a study has where its correlations differ in it: ``"min"``,
        ``"harmonic"``, ``"mean"``.
    data
        Table with the columns.

    Returns
    -------
    CorrelationEffects
        In the order given. Studies of fewer than five people have no covariances.

    Raises
    ------
    InputError
        A correlation beyond -1 and 1, one of a variable with itself, or a pair twice in a study.

    Notes
    -----
    The same as metafor's ``rcalc()``.

    References
    ----------
    :cite:t:`olkin1995`; for z values :cite:t:`steiger1980`.

    Examples
    --------
    >>> made = correlation_effects([0.5, 0.3, 0.2], ["x", "x", "m"], ["m", "y", "y"], [50] * 3)
    >>> made.pair, made.V.round(4)[0].tolist()
    (('m.x', 'x.y', 'm.y'), [0.0115, 0.0017, 0.0037])
    """
    check_choice("sample size", sample_size, ("min", "harmonic", "mean"))
    r = numbers_of(ri, data, "ri")
    k = r.size
    first, second = (labels_of(v, data, n, k) for v, n in ((var1, "var1"), (var2, "var2")))
    sizes = numbers_of(ni, data, "ni", k)
    studies = ["1"] * k if study is None else labels_of(study, data, "study", k)
    beyond = np.flatnonzero(np.abs(r) >= 1.0 if to_z else np.abs(r) > 1.0)
    if beyond.size:
        what = "correlation with a z value" if to_z else "correlation"
        raise InputError(f"`ri`, row {beyond[0] + 1}: {r[beyond[0]]:g} is no {what}.")
    wrong = np.flatnonzero((sizes <= 0.0) | np.isinf(sizes))
    if wrong.size:
        raise InputError(
            f"`ni`, row {wrong[0] + 1}: {sizes[wrong[0]]:g} is no number of people, which "
            "lies above 0."
        )
    for row, (a, b) in enumerate(zip(first, second, strict=True)):
        if a == b:
            raise InputError(f"Row {row + 1} is the correlation of {a!r} with itself.")
    codes, names = codes_of(studies)
    v = np.zeros((k, k))
    used = np.full(k, np.nan)
    for index, name in enumerate(names):
        rows = np.flatnonzero(codes == index)
        n = _sample_size(sizes[rows], sample_size)
        used[rows] = n
        pairs = [(first[row], second[row]) for row in rows]
        v[np.ix_(rows, rows)] = _covariance(r[rows], pairs, n, name, to_z=to_z)
    pair = tuple(".".join(sorted(both)) for both in zip(first, second, strict=True))
    with np.errstate(divide="ignore"):
        yi = np.arctanh(r) if to_z else r
    return CorrelationEffects(yi=yi, V=v, pair=pair, study=tuple(studies), ni=used)


def _sample_size(sizes: FloatArray, rule: str) -> float:
    there = sizes[np.isfinite(sizes)]
    if not there.size:
        return float("nan")
    if rule == "harmonic":
        return float(1.0 / (1.0 / there).mean())
    return float(there.min() if rule == "min" else there.mean())


def _covariance(
    r: FloatArray, pairs: list[tuple[str, str]], n: float, study: str, *, to_z: bool
) -> FloatArray:
    """Covariances of the correlations of one study."""
    variables = sorted({variable for both in pairs for variable in both})
    place = {variable: index for index, variable in enumerate(variables)}
    x = np.full((len(variables), len(variables)), np.nan)
    np.fill_diagonal(x, 1.0)
    for value, (a, b) in zip(r, pairs, strict=True):
        x[place[a], place[b]] = x[place[b], place[a]] = value
    if len({frozenset(both) for both in pairs}) < len(pairs):
        raise InputError(f"Study {study!r} has the correlation of one pair of variables twice.")
    i = np.array([place[a] for a, _ in pairs])
    j = np.array([place[b] for _, b in pairs])
    ij, kl = x[i, j][:, None], x[i, j][None, :]
    ik, il = x[np.ix_(i, i)], x[np.ix_(i, j)]
    jk, jl = x[np.ix_(j, i)], x[np.ix_(j, j)]
    out: FloatArray = (
        0.5 * ij * kl * (ik**2 + il**2 + jk**2 + jl**2)
        + ik * jl
        + il * jk
        - (ij * ik * il + ij * jk * jl + ik * jk * kl + il * jl * kl)
    )
    if to_z:
        out = out / np.outer(1.0 - r**2, 1.0 - r**2)
    if not n >= 5.0:
        return np.full_like(out, np.nan)
    return out / (n - 3.0 if to_z else n - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatrixRegression:
    """A regression of one standardized variable on others, from their correlations.

    Parameters
    ----------
    coefficients
        Standardized.
    vb
        Their covariance.
    r2
        Share of the outcome's variance that they account for, in percent.
    q, q_df, q_p
        Joint test of all coefficients; two degrees of freedom make it an F test.
    """

    coefficients: tuple[Coefficient, ...]
    vb: FloatArray
    r2: float
    q: float
    q_df: tuple[int, float | None]
    q_p: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def matrix_regression(
    R: Any,  # the field's own letter
    outcome: str | int,
    predictors: Sequence[str | int] | None = None,
    *,
    V: Any = None,
    n: int | None = None,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> MatrixRegression:
    """Regress a standardized variable on others whose correlations are known.

    Parameters
    ----------
    R : (m, m)
        Correlations: an array, a data frame with the names of the variables, or the m(m - 1)/2
        correlations below the diagonal, column by column.
    outcome, predictors
        Names of variables, or their places counted from 0; all others where no predictors are
        given.
    V
        Covariance of the correlations, column by column below the diagonal: such as `vb` of a
        model of `correlation_effects`.
    n
        Number of people instead, where the correlations are those of one sample.
    names
        Names of the variables.
    level
        Confidence level.

    Returns
    -------
    MatrixRegression

    Raises
    ------
    InputError
        Neither or both of `V` and `n`; sizes that do not match.
    StatisticsError
        Predictors that determine each other.

    Notes
    -----
    The same as metafor's ``matreg()``.

    References
    ----------
    :cite:t:`becker1992`.

    Examples
    --------
    >>> found = matrix_regression([[1, 0.5, 0.3], [0.5, 1, 0.2], [0.3, 0.2, 1]], 0, n=100)
    >>> [round(one.estimate, 3) for one in found.coefficients], round(found.r2, 1)
    ([0.458, 0.208], 29.2)
    """
    if (V is None) == (n is None):
        raise InputError("Give the covariance of the correlations as `V`, or one sample's `n`.")
    level = check_level(level)
    labels, r = _correlation_matrix(R, names)
    y = _place(outcome, labels)
    x = [at for at in range(len(labels)) if at != y]
    if predictors is not None:
        if isinstance(predictors, str) or not np.iterable(predictors):
            raise InputError(f"`predictors` is {predictors!r}; it is a list of variables.")
        x = [_place(one, labels) for one in predictors]
    if y in x or len(set(x)) < len(x) or not x:
        raise InputError("The predictors are variables other than the outcome, each once.")
    inner, cross = r[np.ix_(x, x)], r[x, y]
    try:
        np.linalg.cholesky(inner)
    except np.linalg.LinAlgError:
        raise StatisticsError(
            "The predictors' correlations have no inverse, so their parts cannot be told apart."
        ) from None
    inverse = np.asarray(np.linalg.inv(inner), dtype=np.float64)
    b = inverse @ cross
    m = len(x)
    explained = float(b @ cross)
    if explained > 1.0 + 1e-9:
        raise StatisticsError(
            f"The correlations are not those of any variables: together the predictors would "
            f"account for {100.0 * explained:.4g} percent of the outcome.",
            hint="Correlations pooled pair by pair may contradict each other; check the smallest "
            "sources.",
        )
    df: float | None = None
    if n is not None:
        if check_number(n, "n") <= m:
            raise StatisticsError(f"{n} people cannot carry {m} predictors.")
        df = float(n - m)
        error = (1.0 - explained) / df
        vb = error * inverse
        q = explained / m / error
    else:
        vb = _propagated(V, inverse, cross, x, y, len(labels))
        q = float(b @ np.linalg.solve(vb, b))
    se = np.sqrt(np.diagonal(vb))
    reach = float(two_sided_quantile(level, df))
    coefficients = tuple(
        Coefficient(
            name=labels[at],
            estimate=float(value),
            se=float(error),
            statistic=float(value / error),
            p=float(two_sided_p(value / error, df)),
            ci_low=float(value - reach * error),
            ci_high=float(value + reach * error),
        )
        for at, value, error in zip(x, b, se, strict=True)
    )
    return MatrixRegression(
        coefficients=coefficients,
        vb=vb,
        r2=100.0 * explained,
        q=q,
        q_df=(m, df),
        q_p=float(chi2_tail(q, m) if df is None else f_tail(q, m, df)),
    )


def _correlation_matrix(given: Any, names: Sequence[str] | None) -> tuple[list[str], FloatArray]:
    labels = [str(name) for name in given.columns] if hasattr(given, "columns") else None
    try:
        r = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`R` holds something that is not a number: {error}.") from error
    if r.ndim == 1:
        size = round((1.0 + (1.0 + 8.0 * r.size) ** 0.5) / 2.0)
        if size * (size - 1) // 2 != r.size:
            raise InputError(f"{r.size} correlations are not all those of some variables.")
        whole = np.eye(size)
        first, second = np.triu_indices(size, 1)
        whole[first, second] = whole[second, first] = r
        r = whole
    if r.ndim != 2 or r.shape[0] != r.shape[1]:
        raise InputError(f"`R` has shape {r.shape}; correlations make a square.")
    if not np.allclose(r, r.T, rtol=1e-8) or not (np.abs(r) <= 1.0 + 1e-12).all():
        raise InputError("`R` is no correlation matrix: it is not symmetric, or goes beyond 1.")
    np.fill_diagonal(r, 1.0)
    if names is not None:
        labels = [str(name) for name in names]
    labels = labels or [f"x{index + 1}" for index in range(r.shape[0])]
    if len(labels) != r.shape[0]:
        raise InputError(f"There are {len(labels)} names for {r.shape[0]} variables.")
    return labels, r


def _place(one: str | int, labels: list[str]) -> int:
    if isinstance(one, str):
        if one not in labels:
            raise NotFoundError("variable", one, labels)
        return labels.index(one)
    if not 0 <= check_count(one, "outcome or predictors") < len(labels):
        raise InputError(f"There is no variable {one}; they are counted from 0 to {len(labels)}.")
    return int(one)


def _propagated(
    given: Any, inverse: FloatArray, cross: FloatArray, x: list[int], y: int, size: int
) -> FloatArray:
    """Covariance of the coefficients by the delta method."""
    v = np.asarray(given, dtype=np.float64)
    count = size * (size - 1) // 2
    if v.shape != (count, count):
        raise InputError(f"`V` has shape {v.shape} for {count} correlations.")
    first, second = np.triu_indices(size, 1)
    slopes = np.zeros((len(x), count))
    b = inverse @ cross
    for at, (i, j) in enumerate(zip(first, second, strict=True)):
        if i in x and j in x:
            a, c = x.index(int(i)), x.index(int(j))
            slopes[:, at] = -(inverse[:, a] * b[c] + inverse[:, c] * b[a])
        elif y in (i, j):
            other = int(j) if i == y else int(i)
            if other in x:
                slopes[:, at] = inverse[:, x.index(other)]
    return slopes @ v @ slopes.T
