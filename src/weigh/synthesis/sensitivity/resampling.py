"""Bootstrap intervals: what the fit would give on other studies of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import normal_quantile
from weigh.synthesis.inputs import check_choice, check_level
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import Model, Refits, model_of, refit, refit_without_each

__all__ = ["BootstrapIntervals", "bootstrap"]

FloatArray = npt.NDArray[np.float64]

_SCHEMES = ("parametric", "studies")
_KINDS = ("percentile", "basic", "bca", "studentized")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootstrapIntervals:
    """Bootstrap intervals of the coefficients and of tau2.

    Parameters
    ----------
    names
        Names of the coefficients.
    estimate, se, ci_low, ci_high
        (p,) coefficients of the fit, standard deviation of their replicates, limits.
    tau2, tau2_ci_low, tau2_ci_high
        Between-study variance and its limits by the percentile method (by BCa where `kind` is); NaN
        in a model without it.
    kind
        ``percentile``, ``basic``, ``bca`` or ``studentized``.
    scheme
        ``parametric`` or ``studies``.
    replicates
        (n, p) coefficients of the samples that could be fitted.
    tau2_replicates
        Their between-study variances.
    level, seed
        Level of the intervals; seed of the samples.
    """

    names: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    tau2: float
    tau2_ci_low: float
    tau2_ci_high: float
    kind: str
    scheme: str
    replicates: FloatArray
    tau2_replicates: FloatArray
    level: float
    seed: int
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def bootstrap(
    fit: Pooled,
    iterations: int = 2_000,
    seed: int = 0,
    *,
    scheme: str = "parametric",
    kind: str = "percentile",
    level: float | None = None,
) -> BootstrapIntervals:
    """Bootstrap intervals of a pooled effect or a regression.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool` with at least three studies.
    iterations
        Number of samples.
    seed
        Of the samples.
    scheme
        ``"parametric"``: new effects from the model, each with its own sampling variance and with
        tau2. ``"studies"``: studies drawn with replacement, effect, variance and moderators
        together.
    kind
        ``"percentile"``: quantiles of the replicates. ``"basic"``: these mirrored at the estimate.
        ``"bca"``: bias-corrected and accelerated, the acceleration from leaving studies out.
        ``"studentized"``: quantiles of the replicates' t statistics times the standard error.
    level
        Level of the intervals; by default that of the fit.

    Returns
    -------
    BootstrapIntervals
        With fewer than about ten studies drawing studies gives intervals that are too narrow;
        a note says so.

    Raises
    ------
    StatisticsError
        Fewer than three studies, or too few samples that can be fitted.

    References
    ----------
    :cite:t:`vandennoortgate2005`; the kinds of intervals, :cite:t:`diciccio1996`.

    Examples
    --------
    >>> from weigh import pool
    >>> fit = pool([0.1, 0.3, 0.8, 0.4], [0.02, 0.03, 0.05, 0.02])
    >>> found = bootstrap(fit, iterations=500, seed=1)
    >>> bool(found.ci_low[0] < fit.estimate < found.ci_high[0])
    True
    """
    check_choice("bootstrap scheme", scheme, _SCHEMES)
    check_choice("kind of bootstrap interval", kind, _KINDS)
    level = fit.level if level is None else check_level(level)
    model = model_of(fit, "A bootstrap")
    if model.k < 3:
        raise StatisticsError(
            f"{'One study is' if model.k == 1 else 'Two studies are'} too few to resample."
        )
    if iterations < 2:
        raise InputError(f"`iterations` is {iterations}; a bootstrap needs hundreds.")
    found = _sampled(fit, model, iterations, seed, scheme)
    good = np.flatnonzero(np.isfinite(found.tau2) & np.isfinite(found.statistic).all(axis=1))
    if good.size < 2:
        raise StatisticsError("Hardly any sample of the studies could carry the regression.")
    beta, tau2 = found.beta[good], found.tau2[good]
    tails = np.array([0.5 - 0.5 * level, 0.5 + 0.5 * level])
    if kind == "studentized":
        low, high = _studentized(model, fit, beta, found.se[good], tails)
    elif kind == "bca":
        left_out = refit_without_each(model)
        low, high = _bca(beta, model.beta, left_out.beta, tails)
    else:
        low, high = np.quantile(beta, tails, axis=0)
        if kind == "basic":
            low, high = 2.0 * model.beta - high, 2.0 * model.beta - low
    spread = (np.nan, np.nan)
    if fit.tau2_interval is not None:
        if kind == "bca":
            limits = _bca(tau2[:, None], np.array([fit.tau2]), left_out.tau2[:, None], tails)
            spread = float(limits[0][0]), float(limits[1][0])
        else:
            spread = float(np.quantile(tau2, tails[0])), float(np.quantile(tau2, tails[1]))
    return BootstrapIntervals(
        names=fit.names,
        estimate=model.beta,
        se=np.std(beta, axis=0, ddof=1),
        ci_low=low,
        ci_high=high,
        tau2=fit.tau2,
        tau2_ci_low=spread[0],
        tau2_ci_high=spread[1],
        kind=kind,
        scheme=scheme,
        replicates=beta,
        tau2_replicates=tau2,
        level=level,
        seed=seed,
        notes=_notes(fit, model, scheme, iterations - good.size),
    )


def _sampled(fit: Pooled, model: Model, count: int, seed: int, scheme: str) -> Refits:
    rng = np.random.default_rng(seed)
    if scheme == "studies":
        return refit(model, rng.integers(0, model.k, size=(count, model.k)))
    unit = 2.0**model.exponent
    spread = np.sqrt(model.v + fit.tau2 / unit**2)
    centre = model.x @ model.beta / unit
    rows = np.broadcast_to(np.arange(model.k), (count, model.k))
    return refit(model, rows, y=centre + spread * rng.standard_normal((count, model.k)))


def _studentized(
    model: Model, fit: Pooled, beta: FloatArray, se: FloatArray, tails: FloatArray
) -> tuple[FloatArray, FloatArray]:
    assert fit.vb is not None  # a fit with a model matrix has it
    own = np.sqrt(np.diagonal(fit.vb))
    low, high = np.quantile((beta - model.beta) / se, tails, axis=0)
    return model.beta - high * own, model.beta - low * own


def _bca(
    replicates: FloatArray, estimate: FloatArray, left_out: FloatArray, tails: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Percentiles moved for bias and for a spread that changes with the effect.

    References
    ----------
    :cite:t:`diciccio1996`, equations 2.3 and 6.6.
    """
    count, p = replicates.shape
    low, high = np.empty(p), np.empty(p)
    for index in range(p):
        values = replicates[:, index]
        # Replicates equal to the estimate, as tau2 of 0 often is, count half.
        below = np.sum(values < estimate[index]) + 0.5 * np.sum(values == estimate[index])
        share = np.clip(below / count, 0.5 / count, 1.0 - 0.5 / count)
        bias = normal_quantile(share)
        distance = np.nanmean(left_out[:, index]) - left_out[:, index]
        squares = np.nansum(distance**2)
        acceleration = np.nansum(distance**3) / (6.0 * squares**1.5) if squares > 0.0 else 0.0
        moved = bias + normal_quantile(tails)
        at = special.ndtr(bias + moved / (1.0 - acceleration * moved))
        low[index], high[index] = np.quantile(values, np.clip(at, 0.0, 1.0))
    return low, high


def _notes(fit: Pooled, model: Model, scheme: str, failed: int) -> tuple[str, ...]:
    notes = []
    if scheme == "studies" and model.k < 10:
        notes.append(
            f"Drawing from {model.k} studies makes samples that vary less than studies do: the "
            "intervals are likely to be too narrow."
        )
    if failed:
        notes.append(f"{failed} samples could not carry the model and were left out.")
    if fit.tau2_interval is None:
        notes.append("tau2 is not estimated by this fit, so it has no interval.")
    return tuple(notes)
