"""Location-scale models: moderators of how much true effects vary, not of their mean alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import StatisticsError
from weigh.evidence.pooled import Coefficient
from weigh.stats.tails import chi2_tail, f_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.glmm_quadrature import maximum, numeric_hessian
from weigh.synthesis.inputs import Effects, check_choice, check_effects, check_level
from weigh.synthesis.moderators import INTERCEPT, ModelMatrix, drop_redundant, model_matrix

__all__ = ["LocationScale", "location_scale"]

FloatArray = npt.NDArray[np.float64]
# Beyond this far below the sampling variances a tau2 of exp(...) is 0 for all purposes.
_FLAT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocationScale:
    """A regression of effects on moderators whose tau2 depends on moderators as well.

    Parameters
    ----------
    k
        Number of studies used.
    coefficients
        Of the mean effect, on the analysis scale.
    scale_coefficients
        Of tau2: of its logarithm for the link ``"log"``, of itself for ``"identity"``.
    vb, va
        Covariance matrices of the two.
    tau2
        Each study's between-study variance.
    qm, qm_df, qm_p
        Joint test that the moderators of the mean do nothing.
    qs, qs_df, qs_p
        Joint test that the moderators of tau2 do nothing; None where tau2 has none.
    log_likelihood, aic, bic, parameters
        By the likelihood that `method` names.
    method, link, test, level
        As asked for.
    slab, rows
        Names of the studies used, and their rows in the input, counted from 0.
    notes
        Cautions in plain words.
    """

    k: int
    coefficients: tuple[Coefficient, ...]
    scale_coefficients: tuple[Coefficient, ...]
    vb: FloatArray
    va: FloatArray
    tau2: FloatArray
    qm: float
    qm_df: int
    qm_p: float
    qs: float | None
    qs_df: int
    qs_p: float | None
    log_likelihood: float
    aic: float
    bic: float
    parameters: int
    method: str
    link: str
    test: str
    level: float
    slab: tuple[str, ...]
    rows: npt.NDArray[np.intp]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """The likelihood of the effects at given tau2, the mean's coefficients at their best."""

    y: FloatArray
    v: FloatArray
    x: FloatArray
    restricted: bool

    def line(self, tau2: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Coefficients, covariance, and log-likelihood; the last -inf where it is undefined."""
        variance = self.v + tau2
        if not (np.isfinite(variance).all() and variance.min() > 0.0):
            p = self.x.shape[1]
            return np.zeros(p), np.zeros((p, p)), -math.inf
        root = 1.0 / np.sqrt(variance)
        basis, triangle = np.linalg.qr(root[:, None] * self.x)
        scaled = root * self.y
        projected = basis.T @ scaled
        inverse = np.linalg.inv(triangle)
        rest = scaled - basis @ projected
        k, p = self.x.shape
        twice = float(np.log(variance).sum() + rest @ rest)
        if self.restricted:
            twice += (k - p) * math.log(2.0 * math.pi)
            twice += 2.0 * float(np.log(np.abs(np.diagonal(triangle))).sum())
            twice -= float(np.linalg.slogdet(self.x.T @ self.x)[1])
        else:
            twice += k * math.log(2.0 * math.pi)
        return inverse @ projected, inverse @ inverse.T, -0.5 * twice


def location_scale(
    yi: Any,
    vi: Any,
    *,
    mods: Any = None,
    scale: Any = None,
    link: str = "log",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> LocationScale:
    """Let moderators change both the mean of the true effects and how much they vary.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Study effects on the analysis scale (log for ratio measures) and sampling variances.
    mods
        Moderators of the mean, as in `weigh.pool`; None for one mean.
    scale
        Moderators of tau2, of the same forms; None for one tau2.
    link
        ``"log"``: the logarithm of tau2 is linear in its moderators. ``"identity"``: tau2 itself
        is, and not below 0 for any study.
    method
        ``"REML"`` or ``"ML"``.
    test
        ``"z"``, or ``"t"`` with as many degrees of freedom as studies less coefficients.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    LocationScale
        Standard errors of the scale coefficients come from the curvature of the likelihood there.

    Raises
    ------
    StatisticsError
        Fewer studies than coefficients, or no finite likelihood.

    References
    ----------
    :cite:t:`viechtbauer2022`.
    """
    check_choice("link of tau2", link, ("log", "identity"))
    check_choice("method for a location-scale model", method, ("REML", "ML"))
    check_choice("test for a location-scale model", test, ("z", "t"))
    level = check_level(level)
    effects = check_effects(yi, vi, slab)
    count = np.asarray(yi).size
    effects, mean, spread, notes = _designs(effects, mods, scale, count)
    k, p = mean.x.shape
    q = spread.x.shape[1]
    if k <= max(p, q) + 1:
        raise StatisticsError(
            f"{k} studies cannot carry {p} coefficients of the mean and {q} of tau2.",
            hint="Take fewer moderators.",
        )
    likelihood = _Likelihood(effects.y, effects.v, mean.x, method == "REML")
    # Orthogonal columns of unit mean square, so that years and doses search equally well.
    basis, triangle = np.linalg.qr(spread.x)
    back = np.linalg.inv(triangle) * math.sqrt(k)
    columns = basis * math.sqrt(k)
    search = _log_link if link == "log" else _identity_link
    at, value, information, caution = search(likelihood, columns)
    alpha = back @ at
    tau2 = _tau2(columns @ at, link)
    va = back @ _covariance(information) @ back.T
    beta, vb, _ = likelihood.line(tau2)
    ddf = float(k - p) if test == "t" else None
    scale_df = float(k - q) if test == "t" else None
    qm, qm_df, qm_p = _joint(beta, vb, mean.names, ddf)
    qs, qs_df, qs_p = _joint(alpha, va, spread.names, scale_df)
    if np.isnan(va).any():
        caution += (
            "The likelihood is not curved as at a maximum here, so the scale coefficients have no "
            "standard errors and no test.",
        )
    varied = q > 1 or spread.names[0] != INTERCEPT
    parameters = p + q
    size = k - p if method == "REML" else k
    return LocationScale(
        k=k,
        coefficients=_coefficients(beta, vb, mean.names, level, ddf),
        scale_coefficients=_coefficients(alpha, va, spread.names, level, scale_df),
        vb=vb,
        va=va,
        tau2=tau2,
        qm=qm,
        qm_df=qm_df,
        qm_p=qm_p,
        qs=qs if varied else None,
        qs_df=qs_df if varied else 0,
        qs_p=qs_p if varied else None,
        log_likelihood=value,
        aic=-2.0 * value + 2.0 * parameters,
        bic=-2.0 * value + parameters * math.log(size),
        parameters=parameters,
        method=method,
        link=link,
        test=test,
        level=level,
        slab=effects.slab,
        rows=effects.rows,
        notes=(*effects.notes, *notes, *caution),
    )


def _designs(
    effects: Effects, mods: Any, scale: Any, count: int
) -> tuple[Effects, ModelMatrix, ModelMatrix, tuple[str, ...]]:
    """Both model matrices, without the studies that miss a moderator of either."""
    ones = ModelMatrix(np.ones((count, 1)), (INTERCEPT,))
    whole = [ones if given is None else model_matrix(given, count) for given in (mods, scale)]
    complete = np.all([np.isfinite(part.x[effects.rows]).all(axis=1) for part in whole], axis=0)
    notes: list[str] = []
    keep = np.flatnonzero(complete)
    if keep.size < complete.size:
        out = ", ".join(effects.slab[index] for index in np.flatnonzero(~complete)[:5])
        notes.append(f"Left out for a missing moderator: {out}.")
    kept = Effects(
        effects.y[keep],
        effects.v[keep],
        effects.rows[keep],
        tuple(effects.slab[index] for index in keep),
        effects.notes,
    )
    designs = []
    for part in whole:
        matrix, dropped = drop_redundant(ModelMatrix(part.x[kept.rows], part.names))
        designs.append(matrix)
        if dropped:
            notes.append(
                "Left out of the model, being combinations of other moderators: "
                f"{', '.join(dropped)}."
            )
    return kept, designs[0], designs[1], tuple(notes)


def _tau2(predictor: FloatArray, link: str) -> FloatArray:
    # Beyond exp(700) floating point ends; the likelihood is long since 0 there.
    return np.exp(np.minimum(predictor, 700.0)) if link == "log" else np.maximum(predictor, 0.0)


def _first_tau2(likelihood: _Likelihood) -> float:
    """A tau2 of about the right size, to start from."""
    y, v = likelihood.y, likelihood.v
    rest = y - likelihood.x @ np.linalg.lstsq(likelihood.x, y, rcond=None)[0]
    excess: float = float(rest @ rest) / (y.size - likelihood.x.shape[1]) - float(v.mean())
    return max(excess, 0.05 * float(v.mean()))


_Found = tuple[FloatArray, float, FloatArray, tuple[str, ...]]


def _log_link(likelihood: _Likelihood, columns: FloatArray) -> _Found:
    size = columns.shape[1]

    def value(at: FloatArray) -> float:
        # A floor rather than -inf, which differences could not climb out of.
        found = likelihood.line(_tau2(columns @ at, "log"))[2]
        return found if math.isfinite(found) else -1e300

    level = np.linalg.lstsq(columns, np.ones(columns.shape[0]), rcond=None)[0]
    first = math.log(_first_tau2(likelihood))
    starts = [list((first + move) * level) for move in (0.0, -2.0, 1.0)]
    for index in range(1, size):
        for move in (-0.7, 0.7):
            start = first * level
            start[index] += move
            starts.append(list(start))
    top = maximum(value, starts)
    tau2 = _tau2(columns @ top.at, "log")
    caution: tuple[str, ...] = ()
    if np.any(tau2 < _FLAT * likelihood.v):
        caution = (
            "For some studies tau2 is estimated as nearly 0, where the likelihood hardly depends "
            "on the scale coefficients; their standard errors mean little.",
        )
    return top.at, top.value, top.information, caution


def _identity_link(likelihood: _Likelihood, columns: FloatArray) -> _Found:
    def value(at: FloatArray) -> float:
        found = likelihood.line(columns @ at)[2]
        return found if math.isfinite(found) else -1e300

    level = np.linalg.lstsq(columns, np.ones(columns.shape[0]), rcond=None)[0]
    first = _first_tau2(likelihood)
    best: tuple[float, FloatArray] | None = None
    for factor in (1.0, 0.3, 3.0):
        found = optimize.minimize(
            # In units of the first tau2, so that the search's absolute limits suit any scale.
            lambda unit: -float(value(first * unit)),
            factor * level,
            method="SLSQP",
            constraints={
                "type": "ineq",
                "fun": lambda unit: columns @ unit,
                "jac": lambda unit: columns,
            },
            options={"ftol": 1e-13, "maxiter": 500},
        )
        at = first * np.asarray(found.x)
        inside = float((columns @ at).min()) > -1e-9 * first
        if inside and (best is None or -found.fun > best[0]):
            best = (-float(found.fun), at)
    if best is None:
        raise StatisticsError(
            "No tau2 that is linear in these moderators fits without being negative for a study.",
            hint='Take link="log".',
        )
    height, at = best
    tau2 = columns @ at
    caution: tuple[str, ...] = ()
    if float(tau2.min()) < _FLAT * first:
        caution = (
            "tau2 is 0 for some studies, the lowest it may be; the standard errors of the scale "
            "coefficients are those of a model without that limit.",
        )
    scaled = -numeric_hessian(lambda unit: value(first * unit), at / first)
    return at, height, scaled / first**2, caution


def _covariance(information: FloatArray) -> FloatArray:
    """Invert an information matrix; NaN where it is not that of a maximum."""
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)
    return np.asarray(np.linalg.inv(information))


def _coefficients(
    values: FloatArray, covariance: FloatArray, names: tuple[str, ...], level: float, df: Any
) -> tuple[Coefficient, ...]:
    se = np.sqrt(np.diagonal(covariance))
    half = two_sided_quantile(level, df) * se
    return tuple(
        Coefficient(
            name=name,
            estimate=float(values[i]),
            se=float(se[i]),
            statistic=float(values[i] / se[i]),
            p=float(two_sided_p(values[i] / se[i], df)),
            ci_low=float(values[i] - half[i]),
            ci_high=float(values[i] + half[i]),
        )
        for i, name in enumerate(names)
    )


def _joint(
    values: FloatArray, covariance: FloatArray, names: tuple[str, ...], df: float | None
) -> tuple[float, int, float]:
    """Test all coefficients but the intercept; the intercept too where it is alone."""
    which = [index for index, name in enumerate(names) if name != INTERCEPT] or [0]
    part = values[which]
    q = float(part @ np.linalg.solve(covariance[np.ix_(which, which)], part))
    m = len(which)
    if df is None:
        return q, m, float(chi2_tail(q, m))
    return q / m, m, float(f_tail(q / m, m, df))
