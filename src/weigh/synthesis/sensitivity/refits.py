"""A model fitted again and again: to parts of its studies, or to effects moved about.

What the analyses of this package have in common. All refits of one size run together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.stats.designs import Designs, full_rank
from weigh.stats.sums import Columns
from weigh.synthesis.fit_statistics import coefficients_of
from weigh.synthesis.generalized_q import GeneralizedQ
from weigh.synthesis.statistics import LARGE, SMALL
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2, typical_variance

__all__ = [
    "Model",
    "Refits",
    "model_of",
    "refit",
    "refit_without_each",
    "refuse_given",
    "stretches",
]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Entries of one chunk: its dozen temporaries then stay in the cache of one core.
_ENTRIES = 24_000
# Entries held at a time where every study is set against all others: bounds the memory.
_HELD = 2_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """What a fit was made of, in units that keep cubes of weights inside floating point.

    Parameters
    ----------
    y, v
        (k,) effects and variances, in the unit of the fit times 2 to the power of -`exponent`.
    x
        (k, p) model matrix.
    weights
        Weights of the user's own, or None.
    beta
        (p,) coefficients, in the unit of the fit.
    method, test
        As in `weigh.pool`.
    exponent
        See `y`.
    """

    y: FloatArray
    v: FloatArray
    x: FloatArray
    weights: FloatArray | None
    beta: FloatArray
    method: str
    test: str
    exponent: int

    @property
    def k(self) -> int:
        """Number of studies."""
        return int(self.y.size)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.x.shape[1])

    @property
    def is_mean(self) -> bool:
        """Whether the model is one mean with inverse-variance weights."""
        return self.weights is None and self.p == 1 and bool((self.x == 1.0).all())


@dataclass(frozen=True, slots=True)
class Refits:
    """Models fitted again, one entry a set; NaN where a set cannot carry the model.

    Parameters
    ----------
    beta, vb
        (n, p) coefficients and their (n, p, p) covariance.
    tau2, q
        Between-study variance, and Q (with moderators the residual one).
    scale
        What the Knapp-Hartung adjustment multiplies the covariance by; 1 without it.
    i2, h2
        Heterogeneity, as in `weigh.pool`.
    """

    beta: FloatArray
    vb: FloatArray
    tau2: FloatArray
    q: FloatArray
    scale: FloatArray
    i2: FloatArray
    h2: FloatArray

    @property
    def se(self) -> FloatArray:
        """(n, p) standard errors of the coefficients."""
        return np.sqrt(np.diagonal(self.vb, axis1=1, axis2=2))

    @property
    def statistic(self) -> FloatArray:
        """(n, p) test statistics of the coefficients."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.beta / self.se


def model_of(fit: Pooled, what: str) -> Model:
    """Return what a fit was made of.

    Parameters
    ----------
    fit
        The fit.
    what
        The analysis that needs it, for the error message.
    """
    if fit.design is None or fit.is_of_counts:
        raise InputError(
            f"{what} refits a model of effects and variances, and {fit.method} pools counts.",
            hint="Pool the studies' effects with weigh.pool(yi, vi) first.",
        )
    refuse_given(fit, what)
    exponent = 0
    if not (fit.vi.min() > SMALL and fit.vi.max() < LARGE):
        exponent = math.frexp(fit.vi.min())[1] // 2
    return Model(
        y=np.ldexp(fit.yi, -exponent),
        v=np.ldexp(fit.vi, -2 * exponent),
        x=fit.design,
        weights=fit.user_weights,
        beta=coefficients_of(fit),
        method=fit.method,
        test=fit.test,
        exponent=exponent,
    )


def refuse_given(fit: Pooled, what: str) -> None:
    """Raise `InputError` for a fit that was told what a refit would estimate."""
    if fit.given:
        told = " and ".join(f"`{name}`" for name in fit.given)
        raise InputError(
            f"{what} would estimate anew what this fit was told: {told}.",
            hint="Pool without it first.",
        )


def stretches(count: int, width: int) -> Iterator[IndexArray]:
    """Indices from 0 to `count`, as many at a time as can be held `width` entries each."""
    step = max(_HELD // max(width, 1), 1)
    for start in range(0, count, step):
        yield np.arange(start, min(start + step, count))


def refit_without_each(model: Model) -> Refits:
    """Fit the model to all studies but one, for each study in order."""
    k = model.k
    columns = np.arange(k - 1)
    parts = [
        refit(model, columns + (columns >= which[:, None])) for which in stretches(k, k * model.p)
    ]
    return parts[0] if len(parts) == 1 else _in_units(parts, 0)


def refit(
    model: Model,
    rows: IndexArray,
    *,
    y: FloatArray | None = None,
    x_rows: IndexArray | None = None,
) -> Refits:
    """Fit the model to sets of studies, all of one size.

    Parameters
    ----------
    model
        The model.
    rows : (n, size) array
        The studies of each set, repeats allowed.
    y : (n, size) array, optional
        Effects in place of the studies' own, in the units of the model.
    x_rows : (n, size) array, optional
        The studies whose moderators stand beside these effects, in place of `rows`.
    """
    if model.test in ("adhoc-ci", "iqwig"):
        raise InputError(
            f"There are no refits of this kind under the rule of test={model.test!r}.",
            hint="Pool with test='knha' or test='adhoc' first.",
        )
    solve: Callable[[Model, IndexArray, FloatArray, IndexArray], Refits]
    solve = _means if model.is_mean else _regressions
    if y is None:
        y = model.y[rows]
    if x_rows is None:
        x_rows = rows
    count = max(_ENTRIES // max(rows.shape[1] * model.p, 1), 1)
    parts = [
        solve(model, rows[at : at + count], y[at : at + count], x_rows[at : at + count])
        for at in range(0, rows.shape[0], count)
    ] or [_undefined(0, model.p)]
    return _in_units(parts, model.exponent)


def _in_units(parts: list[Refits], exponent: int) -> Refits:
    def join(name: str) -> FloatArray:
        return np.concatenate([getattr(part, name) for part in parts])

    return Refits(
        np.ldexp(join("beta"), exponent),
        np.ldexp(join("vb"), 2 * exponent),
        np.ldexp(join("tau2"), 2 * exponent),
        join("q"),
        join("scale"),
        join("i2"),
        join("h2"),
    )


def _undefined(n: int, p: int) -> Refits:
    nothing = np.full(n, np.nan)
    return Refits(
        np.full((n, p), np.nan),
        np.full((n, p, p), np.nan),
        nothing,
        nothing.copy(),
        nothing.copy(),
        nothing.copy(),
        nothing.copy(),
    )


def _means(model: Model, rows: IndexArray, y: FloatArray, _: IndexArray) -> Refits:
    """One mean a set."""
    n, size = rows.shape
    v = model.v[rows]
    if size == 1:
        zero, one = np.zeros(n), np.ones(n)
        return Refits(y, v[:, :, None], zero, zero, one, zero, one)
    columns = Columns.from_arrays(
        np.ascontiguousarray(y.T), np.ascontiguousarray(v.T), np.full(n, float(size))
    )
    zero = np.zeros(n)
    q, _fall = columns.q(zero)
    tau2 = zero if model.method in COMMON_EFFECT else estimate_tau2(columns, model.method).value
    mean, weight = columns.mean(tau2)
    scale = np.ones(n)
    if model.test in ("knha", "adhoc"):
        scale = columns.q(tau2)[0] / columns.df
        if model.test == "adhoc":
            scale = np.maximum(scale, 1.0)
    if model.method in COMMON_EFFECT:
        i2, h2 = _from_q(q, columns.df)
    else:
        i2, h2 = _from_tau2(tau2, typical_variance(columns))
    return Refits(
        (columns.origin + mean)[:, None], (scale / weight)[:, None, None], tau2, q, scale, i2, h2
    )


def _from_q(q: FloatArray, df: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(q > df, 100.0 * (q - df) / q, 0.0), q / df


def _from_tau2(tau2: FloatArray, typical: FloatArray) -> tuple[FloatArray, FloatArray]:
    return 100.0 * tau2 / (typical + tau2), tau2 / typical + 1.0


def _regressions(model: Model, rows: IndexArray, y: FloatArray, x_rows: IndexArray) -> Refits:
    """One regression a set."""
    n, size = rows.shape
    out = _undefined(n, model.p)
    if size < model.p:
        return out
    v, x = model.v[rows], model.x[x_rows]
    weights = None if model.weights is None else model.weights[rows]
    good = full_rank(x)
    if weights is not None:
        good &= np.count_nonzero(weights, axis=1) >= model.p
    which = np.flatnonzero(good)
    if which.size == 0:
        return out
    found = _solved(
        model, y[which], v[which], x[which], None if weights is None else weights[which]
    )
    for name in ("beta", "vb", "tau2", "q", "scale", "i2", "h2"):
        getattr(out, name)[which] = getattr(found, name)
    return out


def _solved(
    model: Model, y: FloatArray, v: FloatArray, x: FloatArray, weights: FloatArray | None
) -> Refits:
    """Regressions whose model matrices have full rank."""
    n, size, p = x.shape
    designs = Designs(y, v, x)
    zero, one = np.zeros(n), np.ones(n)
    if size == p:  # the model fits exactly, and no spread is left to estimate tau2 from
        tau2, q, scale, i2, h2 = zero, zero, one, zero, one
    else:
        q = designs.q(zero)[0]
        tau2 = _tau2(model.method, designs, weights)
        scale = one
        if model.test in ("knha", "adhoc"):
            scale = designs.q(tau2)[0] / designs.df
            if model.test == "adhoc":
                scale = np.maximum(scale, 1.0)
        if model.method in COMMON_EFFECT:
            i2, h2 = _from_q(q, designs.df)
        else:
            i2, h2 = _from_tau2(tau2, typical_variance(designs))
    variance = v + tau2[:, None]
    root = np.sqrt(1.0 / variance if weights is None else weights)
    basis, triangle = np.linalg.qr(root[..., None] * x)
    inverse = np.linalg.inv(triangle)
    turned = np.swapaxes(basis, 1, 2)
    beta = (inverse @ (turned @ (root * y)[..., None]))[..., 0]
    vb = inverse @ np.swapaxes(inverse, 1, 2)
    if weights is not None:
        middle = turned @ ((root * root * variance)[..., None] * basis)
        vb = inverse @ middle @ np.swapaxes(inverse, 1, 2)
    return Refits(beta, scale[:, None, None] * vb, tau2, q, scale, i2, h2)


def _tau2(method: str, designs: Designs, weights: FloatArray | None) -> FloatArray:
    if method in COMMON_EFFECT:
        return np.zeros(designs.sets)
    if method not in ("GENQ", "GENQM"):
        return estimate_tau2(designs, method).value
    assert weights is not None  # `pool` refuses these methods without them
    values = np.empty(designs.sets)
    for index in range(designs.sets):
        design = Design(designs.y[index], designs.v[index], designs.x[index])
        form = GeneralizedQ(design, weights[index])
        values[index] = form.moment_estimate() if method == "GENQ" else form.solve(0.5)
    return values
