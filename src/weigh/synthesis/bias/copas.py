"""Copas and Shi's selection model: what the effect would be under more and more selection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr

from weigh.errors import StatisticsError
from weigh.stats.tails import chi2_tail, two_sided_p, two_sided_quantile
from weigh.synthesis.bias.asymmetry import require_studies
from weigh.synthesis.bias.copas_contours import contours, crossing_line, round_levels
from weigh.synthesis.bias.copas_likelihood import Maximum, Published, maximum
from weigh.synthesis.inputs import check_effects, check_level
from weigh.synthesis.pooling import pool

__all__ = ["CopasModel", "CopasSelection", "copas"]

FloatArray = npt.NDArray[np.float64]

# No selection: every study is published with a probability that cannot be told from 1.
_NO_SELECTION = (10.0, 0.0)
# Starts of the climbs for a reported fit, as shares of the bound of rho on the expected side.
_STARTS = (0.5, 0.05, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopasSelection:
    """The effect under one selection of studies.

    Parameters
    ----------
    gamma0, gamma1
        A study with standard error s is published with probability Phi(gamma0 + gamma1 / s).
    published
        That probability for the study with the largest standard error.
    estimate, se, statistic, p, ci_low, ci_high
        The effect, its error by the observed information (None, and what follows from it, where
        that is singular), Wald's test and interval.
    rho
        Correlation of an effect's error with what decides on its publication; None without
        selection, where the likelihood does not depend on it.
    tau2
        Variance between studies.
    log_likelihood
        Its maximum for this selection.
    p_residual
        Likelihood ratio test of selection that is left: of a slope on the standard errors.
    unpublished
        Number of studies that would have remained unpublished, as expected from the published.
    """

    gamma0: float
    gamma1: float
    published: float
    estimate: float
    se: float | None
    statistic: float | None
    p: float | None
    ci_low: float | None
    ci_high: float | None
    rho: float | None
    tau2: float
    log_likelihood: float
    p_residual: float
    unpublished: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {name: getattr(self, name) for name in type(self).__slots__}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CopasModel:
    """A sensitivity analysis over selections, by Copas and Shi.

    Parameters
    ----------
    adjusted
        The weakest selection of `path` that leaves no residual selection (`p_residual` above
        `alpha`), the one to report; None where each of them leaves some.
    path
        Selections from none to the strongest.
    missing
        ``"left"`` or ``"right"``: on which side of the funnel studies are thought to be missing.
    slope
        Of the straight line of the path, both gammas scaled to 0 to 1; None where it was given
        as `selections`, or where no contour of the estimate is straight enough for one.
    gamma0, gamma1
        Values of the grid.
    surface
        (gamma0, gamma1) estimates on the grid.
    alpha, level
        Level of the test for residual selection, and of the intervals.
    k
        Number of studies.
    notes
        What a reader should know.
    """

    adjusted: CopasSelection | None
    path: tuple[CopasSelection, ...]
    missing: str
    slope: float | None
    gamma0: FloatArray
    gamma1: FloatArray
    surface: FloatArray
    alpha: float
    level: float
    k: int
    notes: tuple[str, ...] = ()

    @property
    def estimate(self) -> float | None:
        """The effect under the adjusted selection, if there is one."""
        return None if self.adjusted is None else self.adjusted.estimate

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "adjusted": None if self.adjusted is None else self.adjusted.to_dict(),
            "path": [selection.to_dict() for selection in self.path],
            "missing": self.missing,
            "slope": self.slope,
            "gamma0": self.gamma0.tolist(),
            "gamma1": self.gamma1.tolist(),
            "surface": self.surface.tolist(),
            "alpha": self.alpha,
            "level": self.level,
            "k": self.k,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class _Funnel:
    """The studies in units of the largest standard error, and where climbs start."""

    y: FloatArray
    s: FloatArray
    unit: float
    mean: float
    tau2: float
    side: float
    rho_bound: float

    def published(self, gamma0: FloatArray, gamma1: FloatArray) -> Published:
        u = gamma0[:, None] + gamma1[:, None] / (self.s * self.unit)
        return Published(self.y, self.s, u)

    def starts(self, shares: Sequence[float]) -> FloatArray:
        bound = self.side * self.rho_bound
        return np.array([[self.mean, share * bound, self.tau2] for share in shares])

    @property
    def low(self) -> FloatArray:
        return np.array([-np.inf, -self.rho_bound, 0.0])

    @property
    def high(self) -> FloatArray:
        return np.array([np.inf, self.rho_bound, np.inf])

    def fit(self, published: Published, shares: Sequence[float]) -> Maximum:
        return maximum(published, self.starts(shares), self.low, self.high)

    def residual(self, published: Published) -> FloatArray:
        """Likelihood ratios, doubled, of a slope on the standard errors.

        rho keeps to the expected side in both models: a slope and a correlation of the other sign
        would undo each other.
        """
        low, high = self.low, self.high
        (high if self.side < 0.0 else low)[1] = 0.0
        starts = self.starts(_STARTS)
        plain = maximum(published, starts, low, high)
        around = np.broadcast_to(starts, (plain.value.size, *starts.shape))
        wide = np.concatenate([plain.at[:, None, :], around], axis=1)
        wide = np.concatenate([wide, np.zeros((*wide.shape[:2], 1))], axis=2)
        sloped = maximum(published, wide, np.append(low, -np.inf), np.append(high, np.inf))
        return np.maximum(2.0 * (sloped.value - plain.value), 0.0)


def copas(
    yi: Any,
    vi: Any,
    *,
    missing: str | None = None,
    selections: Sequence[tuple[float, float]] | None = None,
    gamma0: tuple[float, float] | None = None,
    gamma1: tuple[float, float] | None = None,
    grid: int = 20,
    levels: int | Sequence[float] = 10,
    slope: float | None = None,
    rho_bound: float = 0.9999,
    alpha: float = 0.1,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> CopasModel:
    """Model the selection of studies by their precision and their effect.

    No data can say how strong selection was. So the estimate is computed over a grid of selections,
    and reported along a line across its contours, from no selection to a strong one. The first
    selection there with nothing left of a small-study effect is the one to report.

    The surface follows the climb that starts at half the bound of rho; each selection of the path
    takes the highest maximum of several climbs, so that its estimate can differ from the contour
    that it lies on where the likelihood has more maxima than one.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances, not all the same.
    missing
        Side of the funnel where studies are thought to be missing, ``"left"`` or ``"right"``; by
        default as Egger's regression has it.
    selections
        Pairs (gamma0, gamma1) to report instead of the line across contours; the fit without
        selection is put before them.
    gamma0, gamma1
        Lowest and highest of the grid. By default as :cite:t:`carpenter2009`: gamma1 from 0 to
        1.29 / (1/s_min - 1/s_max), gamma0 from -0.25 - gamma1 / s_max to 2.
    grid
        Number of values of each.
    levels
        About how many contours, or at which estimates.
    slope
        Of the line, both gammas scaled to 0 to 1, that passes through the corner of the weakest
        selection; by default orthogonal to the mean slope of the contours.
    rho_bound
        Largest correlation, below 1.
    alpha
        Level of the test for residual selection.
    level, slab
        Confidence level, and names of the studies.

    Raises
    ------
    StatisticsError
        Fewer than three studies, variances that are all the same, or an impossible option.

    References
    ----------
    :cite:t:`copas2000` (the likelihood, page 250); :cite:t:`copas2001` (the path, the test for
    residual selection); :cite:t:`carpenter2009` (grid, line and choice).

    Examples
    --------
    >>> found = copas([0.1, 0.3, 0.2, 0.6, 0.9], [0.01, 0.02, 0.04, 0.09, 0.16])
    >>> found.missing, found.path[0].published
    ('left', 1.0)
    """
    if missing not in (None, "left", "right"):
        raise StatisticsError(f"`missing` is {missing!r}; it is 'left', 'right' or None.")
    if not 0.0 < rho_bound < 1.0:
        raise StatisticsError(f"`rho_bound` is {rho_bound}; it lies between 0 and 1.")
    if grid < 3:
        raise StatisticsError(f"`grid` is {grid}; contours need at least 3 values of each gamma.")
    level = check_level(level)
    effects = check_effects(yi, vi, slab)
    y, v = effects.y, effects.v
    require_studies(y.size, 3, "The selection model of Copas")
    if np.ptp(v) == 0.0:
        raise StatisticsError(
            "All studies have the same variance, so selection by precision cannot be modelled."
        )
    s = np.sqrt(v)
    pooled = pool(y, v, method="REML")
    if missing is None:
        missing = "left" if _egger_intercept(y, s) > 0.0 else "right"
    unit = float(s.max())
    funnel = _Funnel(
        y=y / unit,
        s=s / unit,
        unit=unit,
        mean=pooled.estimate / unit,
        tau2=pooled.tau2 / v.max(),
        side=1.0 if missing == "left" else -1.0,
        rho_bound=rho_bound,
    )
    gamma1 = gamma1 or (0.0, 1.29 / float(1.0 / s.min() - 1.0 / s.max()))
    gamma0 = gamma0 or (-0.25 - gamma1[1] / unit, 2.0)
    for name, (low, high) in (("gamma0", gamma0), ("gamma1", gamma1)):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise StatisticsError(f"`{name}` goes from {low} to {high}; it has to rise.")
    x, z = np.linspace(*gamma0, grid), np.linspace(*gamma1, grid)
    every0, every1 = (values.ravel() for values in np.meshgrid(x, z, indexing="ij"))
    surface = funnel.fit(funnel.published(every0, every1), _STARTS[:1]).at[:, 0] * unit
    surface = surface.reshape(grid, grid)
    notes = effects.notes
    if selections is None:
        slope, pairs = _line(surface, levels, slope)
        if not pairs:
            notes += ("The estimate has no straight contour on the grid, so there is no path.",)
        chosen = [(x[0] + a * (x[-1] - x[0]), z[0] + b * (z[-1] - z[0])) for a, b in pairs]
        chosen.sort(key=lambda pair: -(pair[0] + pair[1] / unit))
    else:
        slope, chosen = None, [(float(a), float(b)) for a, b in selections]
    path = _path(funnel, np.array([_NO_SELECTION, *chosen]), level)
    adjusted = next((step for step in path if step.p_residual > alpha), None)
    if adjusted is None:
        notes += ("Every selection of the path leaves residual selection, so none is chosen.",)
    return CopasModel(
        adjusted=adjusted,
        path=path,
        missing=missing,
        slope=slope,
        gamma0=x,
        gamma1=z,
        surface=surface,
        alpha=alpha,
        level=level,
        k=y.size,
        notes=notes,
    )


def _egger_intercept(y: FloatArray, s: FloatArray) -> float:
    """Intercept of the regression of y/s on 1/s by least squares."""
    x, z = 1.0 / s, y / s
    dx = x - x.mean()
    return float(z.mean() - np.sum(dx * z) / np.sum(dx * dx) * x.mean())


def _line(
    surface: FloatArray, levels: int | Sequence[float], slope: float | None
) -> tuple[float | None, list[tuple[float, float]]]:
    """Where the line from the corner of the weakest selection crosses contours, on 0 to 1."""
    if isinstance(levels, int):
        low, high = float(surface.min()), float(surface.max())
        # Differences below rounding are no contours.
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            return slope, []
        levels = round_levels(low, high, levels).tolist()
    drawn = contours(surface, np.asarray(levels, dtype=float))
    slope = crossing_line(drawn) if slope is None else slope
    if slope is None:
        return None, []
    crossings = []
    for contour in drawn:
        if contour.slope is None or contour.intercept is None or contour.slope == slope:
            continue
        a = (1.0 - slope - contour.intercept) / (contour.slope - slope)
        b = 1.0 + slope * (a - 1.0)
        if 0.0 <= a <= 1.0 and 0.0 <= b <= 1.0:
            crossings.append((a, b))
    return slope, crossings


def _path(funnel: _Funnel, gammas: FloatArray, level: float) -> tuple[CopasSelection, ...]:
    """Fit each selection, its interval and its test for residual selection."""
    published = funnel.published(gammas[:, 0], gammas[:, 1])
    fit = funnel.fit(published, _STARTS)
    ratio = funnel.residual(published)
    variance = fit.variance_of_mean(funnel.low, funnel.high)
    k = funnel.y.size
    constant = -k * (0.5 * math.log(2.0 * math.pi) + math.log(funnel.unit))
    steps = []
    for i, (gamma0, gamma1) in enumerate(gammas):
        u = published.u[i]
        estimate = float(fit.at[i, 0]) * funnel.unit
        error = math.sqrt(variance[i]) * funnel.unit if variance[i] > 0.0 else None
        half = None if error is None else float(two_sided_quantile(level)) * error
        steps.append(
            CopasSelection(
                gamma0=float(gamma0),
                gamma1=float(gamma1),
                published=float(ndtr(u.min())),
                estimate=estimate,
                se=error,
                statistic=None if error is None else estimate / error,
                p=None if error is None else float(two_sided_p(estimate / error)),
                ci_low=None if half is None else estimate - half,
                ci_high=None if half is None else estimate + half,
                rho=None if i == 0 else float(fit.at[i, 1]),
                tau2=float(fit.at[i, 2]) * funnel.unit**2,
                log_likelihood=float(fit.value[i]) + constant - float(np.sum(log_ndtr(u))),
                p_residual=float(chi2_tail(ratio[i], 1.0)),
                unpublished=float(np.sum(np.exp(log_ndtr(-u) - log_ndtr(u)))),
            )
        )
    return tuple(steps)
