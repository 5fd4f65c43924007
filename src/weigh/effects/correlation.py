"""Two variables in one group: correlations and explained variance, raw and on Fisher's z scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import special

from weigh.effects.averages import weighted_mean
from weigh.effects.columns import Columns, FloatArray
from weigh.effects.draft import Draft, Formula, Options, Why, variance_by_type
from weigh.effects.reported import f_from_p, first_known, t_statistic

__all__ = ["FORMULAS", "unbiased_correlation"]


def unbiased_correlation(r: FloatArray, n: FloatArray) -> FloatArray:
    """Minimum-variance unbiased estimate of a correlation; NaN for four people or fewer.

    References
    ----------
    Olkin I, Pratt JW (1958). Unbiased estimation of certain correlation coefficients. Annals of
    Mathematical Statistics 29:201-211, equation 2.3.
    """
    return np.asarray(r * _hypergeometric(0.5, 0.5, 0.5 * (n - 2.0), 1.0 - r**2))


# From here on the series of the hypergeometric function needs few terms, and scipy's code, which
# is for all arguments, gives NaN for some large ones.
_LARGE = 20.0


def _hypergeometric(a: float, b: float, c: FloatArray, x: FloatArray) -> FloatArray:
    """Gauss's hypergeometric function for 0 <= x <= 1, NaN unless c > a + b."""
    small = np.where((c > a + b) & (c < _LARGE), c, np.nan)
    value = np.asarray(special.hyp2f1(a, b, small, x))
    large = (c >= _LARGE) & np.isfinite(x)
    if large.any():
        value[large] = _by_series(a, b, c[large], x[large])
    return value


def _by_series(a: float, b: float, c: FloatArray, x: FloatArray) -> FloatArray:
    term = np.ones_like(c)
    total = np.ones_like(c)
    step = 0
    while np.max(term) > 1e-17:
        term = term * x * ((a + step) * (b + step) / (1.0 + step)) / (c + step)
        total = total + term
        step += 1
    return total


def _read(columns: Columns) -> tuple[FloatArray, FloatArray]:
    """The correlation, row by row from r, else t, else p; and people."""
    columns.refuse_not_positive("n")
    columns.refuse_outside(-1.0, 1.0, "r")
    (n,) = columns.take("n")
    r = columns.get("r")
    if "t" in columns or "p" in columns:
        t = t_statistic(columns, n - 2.0)
        r = first_known(r, t / np.sqrt(t**2 + n - 2.0))
    else:
        columns.require("r")
    return r, n


def _more_than(n: FloatArray, most: float) -> FloatArray:
    """People where there are more than this many, NaN elsewhere."""
    enough = np.minimum.reduce(n, initial=np.inf) > most
    return n if enough else np.where(n > most, n, np.nan)


def _few(n: FloatArray, most: float) -> Why:
    return Why(
        rows=lambda: n <= most,
        text=f"{most:g} people or fewer give no sampling variance",
        keeps_effect=True,
    )


def correlation(columns: Columns, options: Options) -> Draft:
    """Correlation."""
    r, n = _read(columns)
    enough = _more_than(n, 3.0)
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (1.0 - r**2) ** 2 / (enough - 1.0),
            "AV": lambda: (1.0 - weighted_mean(r, n) ** 2) ** 2 / (enough - 1.0),
            "H0": lambda: (1.0 - r**2) / (enough - 2.0),
            "H0a": lambda: (1.0 - r**2) / (enough - 2.0),
            "H0b": lambda: 1.0 / enough,
        },
    )
    return Draft(yi=r, vi=vi, ni=n, why=(_few(n, 3.0),))


def correlation_unbiased(columns: Columns, options: Options) -> Draft:
    """Correlation without bias."""
    r, n = _read(columns)
    yi = unbiased_correlation(r, n)

    def unbiased() -> FloatArray:
        rest = 1.0 - r**2
        square = 1.0 - (n - 3.0) / (n - 2.0) * rest * _hypergeometric(1.0, 1.0, 0.5 * n, rest)
        return yi**2 - square

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (1.0 - yi**2) ** 2 / (n - 1.0),
            "UB": unbiased,
            "AV": lambda: (1.0 - weighted_mean(yi, n) ** 2) ** 2 / (n - 1.0),
        },
    )
    return Draft(yi=yi, vi=vi, ni=n, why=(_few(n, 4.0),))


def correlation_z(columns: Columns, options: Options) -> Draft:
    """Correlation on Fisher's z scale."""
    r, n = _read(columns)
    enough = _more_than(n, 3.0)
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (enough - 3.0)})
    return Draft(yi=np.arctanh(r), vi=vi, ni=n, why=(_perfect(r), _few(n, 3.0)))


def _perfect(r: FloatArray) -> Why:
    return Why(
        rows=lambda: np.abs(r) >= 1.0, text="a correlation of 1 or -1 is infinite on the z scale"
    )


def _check_regression(columns: Columns) -> tuple[FloatArray, FloatArray]:
    """People and predictors of a regression, with at least one degree of freedom left."""
    columns.refuse_not_positive("n", "predictors")
    columns.refuse_outside(0.0, 1.0, "r2")
    n, predictors = columns.take("n predictors")
    columns.refuse(
        "n", n - predictors - 1.0 <= 0.0, "it leaves no degree of freedom beside the predictors"
    )
    return n, predictors


def _read_partial(columns: Columns, *, semi: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The (semi-)partial correlation, row by row from r, else t, else p."""
    n, predictors = _check_regression(columns)
    columns.refuse_outside(-1.0, 1.0, "r")
    df = n - predictors - 1.0
    r = columns.get("r")
    if "t" in columns or "p" in columns:
        t = t_statistic(columns, df)
        divisor = np.sqrt(df / (1.0 - columns["r2"])) if semi else np.sqrt(t**2 + df)
        r = first_known(r, t / divisor)
    else:
        columns.require("r")
    return r, n, predictors


def partial_correlation(columns: Columns, options: Options) -> Draft:
    """Partial correlation."""
    r, n, predictors = _read_partial(columns, semi=False)
    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: (1.0 - r**2) ** 2 / (n - predictors),
            "AV": lambda: (1.0 - weighted_mean(r, n) ** 2) ** 2 / (n - predictors),
        },
    )
    return Draft(yi=r, vi=vi, ni=n)


def partial_correlation_z(columns: Columns, options: Options) -> Draft:
    """Partial correlation on Fisher's z scale."""
    r, n, predictors = _read_partial(columns, semi=False)
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / (n - predictors - 2.0)})
    return Draft(yi=np.arctanh(r), vi=vi, ni=n, why=(_perfect(r),))


def _semi_partial(columns: Columns, options: Options) -> tuple[FloatArray, FloatArray, FloatArray]:
    r, n, _ = _read_partial(columns, semi=True)
    (r2,) = columns.take("r2")

    def delta(value: FloatArray | float) -> FloatArray:
        without = r2 - value**2
        return np.asarray((r2**2 - 2.0 * r2 + without + 1.0 - without**2) / n)

    vi = variance_by_type(
        columns,
        options,
        {"LS": lambda: delta(r), "AV": lambda: delta(weighted_mean(r, n))},
    )
    return r, vi, n


def semi_partial_correlation(columns: Columns, options: Options) -> Draft:
    """Semi-partial correlation (Aloe and Becker 2012)."""
    r, vi, n = _semi_partial(columns, options)
    return Draft(yi=r, vi=vi, ni=n)


def semi_partial_correlation_z(columns: Columns, options: Options) -> Draft:
    """Semi-partial correlation on Fisher's z scale (which does not stabilize its variance)."""
    r, vi, n = _semi_partial(columns, options)
    return Draft(yi=np.arctanh(r), vi=vi / (1.0 - r**2) ** 2, ni=n, why=(_perfect(r),))


def _read_r2(columns: Columns) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The explained share of variance, row by row from r2, else F, else p."""
    n, predictors = _check_regression(columns)
    columns.refuse_negative("f")
    columns.refuse_outside(0.0, 1.0, "p")
    df = n - predictors - 1.0
    r2 = columns.get("r2")
    if "f" in columns or "p" in columns:
        f = columns.get("f")
        if "p" in columns:
            f = first_known(f, f_from_p(columns["p"], predictors, df))
        r2 = first_known(r2, predictors * f / (predictors * f + df))
    else:
        columns.require("r2")
    return r2, n, predictors


def explained_variance(columns: Columns, options: Options) -> Draft:
    """Share of variance that predictors explain, the predictors being random."""
    r2, n, predictors = _read_r2(columns)

    def simple(value: FloatArray | float) -> FloatArray:
        return np.asarray(4.0 * value * (1.0 - value) ** 2 / n)

    def full(value: FloatArray | float) -> FloatArray:
        # Kendall and Stuart 1979, equation 27.87.
        shrunk = (n - predictors - 1.0) ** 2 / ((n**2 - 1.0) * (n + 3.0))
        return np.asarray(4.0 * value * (1.0 - value) ** 2 * shrunk)

    vi = variance_by_type(
        columns,
        options,
        {
            "LS": lambda: simple(r2),
            "AV": lambda: simple(weighted_mean(r2, n)),
            "LS2": lambda: full(r2),
            "AV2": lambda: full(weighted_mean(r2, n)),
        },
    )
    return Draft(yi=r2, vi=vi, ni=n)


def explained_variance_z(columns: Columns, options: Options) -> Draft:
    """Root of the explained share of variance on Fisher's z scale (Olkin and Finn 1995)."""
    r2, n, _ = _read_r2(columns)
    vi = variance_by_type(columns, options, {"LS": lambda: 1.0 / n})
    return Draft(yi=np.arctanh(np.sqrt(r2)), vi=vi, ni=n, why=(_perfect(r2),))


def _spread_with_fixed_predictors(
    r2: FloatArray, n: FloatArray, predictors: FloatArray
) -> FloatArray:
    """Variance of the explained share as the likelihood of the F statistic spreads it out.

    With fixed predictors F follows a noncentral F distribution, and its likelihood as a function
    of the explained share is taken for a density. The grid is that of metafor, row by row.
    """
    # Imported here because scipy.stats takes longer to load than all else that effects need.
    from scipy import stats

    shares = np.linspace(0.0001, 0.9999, 100_000)
    step = shares[1] - shares[0]
    vi = np.full(r2.size, np.nan)
    for row in np.flatnonzero(np.isfinite(r2) & (r2 < 1.0) & np.isfinite(n + predictors)):
        df1, df2 = predictors[row], n[row] - predictors[row] - 1.0
        f = df2 / df1 * r2[row] / (1.0 - r2[row])
        density = stats.ncf.pdf(f, df1, df2, n[row] * shares / (1.0 - shares))
        density = density / np.trapezoid(density, shares)
        mean = step * np.sum(shares * density)
        vi[row] = step * np.sum(shares**2 * density) - mean**2
    return vi


def explained_variance_fixed(columns: Columns, options: Options) -> Draft:
    """Share of variance that predictors explain, the predictors being fixed."""
    r2, n, predictors = _read_r2(columns)
    vi = variance_by_type(
        columns, options, {"LS": lambda: _spread_with_fixed_predictors(r2, n, predictors)}
    )
    return Draft(yi=r2, vi=vi, ni=n)


def explained_variance_fixed_z(columns: Columns, options: Options) -> Draft:
    """The same, its root on Fisher's z scale."""
    draft = explained_variance_fixed(columns, options)
    return replace(
        draft,
        yi=np.arctanh(np.sqrt(draft.yi)),
        vi=draft.vi / (1.0 - draft.yi**2) ** 2,
        why=(_perfect(draft.yi),),
    )


FORMULAS: Mapping[str, Formula] = {
    "COR": correlation,
    "UCOR": correlation_unbiased,
    "ZCOR": correlation_z,
    "PCOR": partial_correlation,
    "ZPCOR": partial_correlation_z,
    "SPCOR": semi_partial_correlation,
    "ZSPCOR": semi_partial_correlation_z,
    "R2": explained_variance,
    "ZR2": explained_variance_z,
    "R2F": explained_variance_fixed,
    "ZR2F": explained_variance_fixed_z,
}
