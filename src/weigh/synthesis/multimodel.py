"""Multi-model inference: every subset of moderators, weighted by how well it explains the effects.

With a handful of moderators no single model is right; this averages over all of them instead of
choosing one and forgetting that it was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.inputs import check_choice, check_effects, check_level
from weigh.synthesis.moderator_subsets import SubsetFits, fit_subsets, subsets_of, terms_of
from weigh.synthesis.records import as_record
from weigh.synthesis.regression import complete_matrix, redundant_note
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["AveragedCoefficient", "MultiModel", "RankedModel", "multimodel"]

FloatArray = npt.NDArray[np.float64]

CRITERIA = ("AICc", "AIC", "BIC")


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedModel:
    """One subset of moderators.

    `delta` is how far its `criterion` lies above the best one's, `weight` its share of the
    evidence; all weights sum to 1.
    """

    terms: tuple[str, ...]
    criterion: float
    delta: float
    weight: float
    log_likelihood: float
    parameters: int
    tau2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragedCoefficient:
    """A coefficient averaged over models, with a standard error that counts the choice of model.

    Parameters
    ----------
    name
        Of the coefficient.
    estimate, se, statistic, p, ci_low, ci_high
        Averaged over all models, 0 where the coefficient is not in a model; normal test, which is
        None where the models that have it weigh nothing.
    importance
        Sum of the weights of the models that have it.
    within, within_se
        Average over the models that have it, by their weights alone, and its standard error.
    """

    name: str
    estimate: float
    se: float
    statistic: float | None
    p: float | None
    ci_low: float
    ci_high: float
    importance: float
    within: float
    within_se: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiModel:
    """All subsets of moderators, ranked and averaged.

    Parameters
    ----------
    criterion, method, level, k
        Criterion of the weights, ``ML`` or ``EE``, confidence level, number of studies.
    models
        The models, best first.
    importance
        For each moderator the sum of the weights of the models that have it.
    coefficients
        Averaged over all models; those in no model are left out.
    notes
        Cautions in plain words.
    """

    criterion: str
    method: str
    level: float
    k: int
    models: tuple[RankedModel, ...]
    importance: Mapping[str, float]
    coefficients: tuple[AveragedCoefficient, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def multimodel(
    yi: Any,
    vi: Any,
    mods: Any,
    *,
    data: Any = None,
    method: str = "ML",
    criterion: str = "AICc",
    largest: int | None = None,
    unconditional: str = "revised",
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> MultiModel:
    """Fit every subset of moderators and average over them by their weights.

    Studies that miss any moderator are left out of all models, so that the models are of the same
    data. A category is in or out as a whole; an interaction is in only with what it is made of.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and their sampling variances.
    mods, data
        Moderators, as for `weigh.pool`.
    method
        ``"ML"`` or ``"EE"``: models with different moderators do not compare by REML.
    criterion
        ``"AICc"``, ``"AIC"`` or ``"BIC"``; a weight is proportional to exp(-criterion / 2).
    largest
        Most moderators in one model; all if not given.
    unconditional
        Standard error of an average: ``"revised"``, the root of the mean of variance plus squared
        distance from the average; or ``"original"``, the mean of the roots.
    level
        Confidence level.
    slab
        Names of the studies.

    Raises
    ------
    InputError
        More than 32,768 models; a moderator without any column of its own.
    StatisticsError
        Too few studies for any model.

    References
    ----------
    :cite:t:`burnham2002`, equations 4.1, 6.12 (revised) and 4.9 (original); AICc
    :cite:t:`hurvich1989`.

    Examples
    --------
    >>> yi = [0.10, 0.42, 0.35, 0.68, 0.20, 0.77, 0.52, 0.31]
    >>> vi = [0.02, 0.03, 0.02, 0.04, 0.03, 0.05, 0.03, 0.02]
    >>> mods = {"dose": [1, 3, 2, 5, 1, 6, 4, 2], "year": [1, 4, 2, 2, 5, 3, 1, 6]}
    >>> found = multimodel(yi, vi, mods)
    >>> found.models[0].terms, round(found.importance["dose"], 2)
    (('dose',), 0.92)
    """
    check_choice("method for models with different moderators", method, ("ML", "EE", "FE"))
    check_choice("criterion", criterion, CRITERIA)
    check_choice("unconditional standard error", unconditional, ("revised", "original"))
    level = check_level(level)
    effects = check_effects(yi, vi, slab)
    effects, matrix, dropped = complete_matrix(effects, np.size(yi), mods, data)
    notes = effects.notes + ((redundant_note(dropped),) if dropped else ())
    places = terms_of(matrix, mods)
    subsets = subsets_of(tuple(places), largest)
    chosen = [[0, *(column for term in subset for column in places[term])] for subset in subsets]
    k = effects.y.size
    spare = 1 if method in COMMON_EFFECT else 2
    fits_in = [len(columns) + spare < k for columns in chosen]
    if not any(fits_in):
        raise StatisticsError(f"{k} studies are too few to compare models.")
    if not all(fits_in):
        left = len(fits_in) - sum(fits_in)
        what = "1 model has" if left == 1 else f"{left:,} models have"
        notes += (f"{what} too many coefficients for {k} studies; left out.",)
        subsets = [subset for subset, fits in zip(subsets, fits_in, strict=True) if fits]
        chosen = [columns for columns, fits in zip(chosen, fits_in, strict=True) if fits]
    fits = fit_subsets(effects, matrix.x, chosen, method)
    parameters = np.array([len(columns) for columns in chosen]) + (spare - 1)
    values = _criterion(criterion, fits.log_likelihood, parameters, k)
    weights = _weights(values)
    return MultiModel(
        criterion=criterion,
        method=method,
        level=level,
        k=k,
        models=tuple(
            RankedModel(
                terms=subsets[index],
                criterion=float(values[index]),
                delta=float(values[index] - values.min()),
                weight=float(weights[index]),
                log_likelihood=float(fits.log_likelihood[index]),
                parameters=int(parameters[index]),
                tau2=float(fits.tau2[index]),
            )
            for index in np.argsort(values, kind="stable")
        ),
        importance={
            term: float(
                sum(w for w, subset in zip(weights, subsets, strict=True) if term in subset)
            )
            for term in places
        },
        coefficients=_averages(matrix.names, fits, values, unconditional, level),
        notes=notes,
    )


def _criterion(
    criterion: str, log_likelihood: FloatArray, parameters: npt.NDArray[np.intp], k: int
) -> FloatArray:
    twice = -2.0 * log_likelihood
    if criterion == "BIC":
        return np.asarray(twice + parameters * math.log(k))
    small = k / (k - parameters - 1.0) if criterion == "AICc" else 1.0
    return np.asarray(twice + 2.0 * parameters * small)


def _weights(values: FloatArray) -> FloatArray:
    """Akaike weights: shares of the evidence."""
    weights = np.exp(-0.5 * (values - values.min()))
    return np.asarray(weights / weights.sum())


def _averages(
    names: tuple[str, ...], fits: SubsetFits, values: FloatArray, unconditional: str, level: float
) -> tuple[AveragedCoefficient, ...]:
    critical = float(two_sided_quantile(level))
    weights = _weights(values)
    averaged = []
    for index, name in enumerate(names):
        present = ~np.isnan(fits.beta[:, index])
        if not present.any():
            continue
        beta = np.where(present, fits.beta[:, index], 0.0)
        variance = np.where(present, fits.variance[:, index], 0.0)
        estimate, se = _average(beta, variance, weights, unconditional)
        importance = float(weights[present].sum())
        inside = _weights(values[present])
        within, within_se = _average(beta[present], variance[present], inside, unconditional)
        averaged.append(
            AveragedCoefficient(
                name=name,
                estimate=estimate,
                se=se,
                statistic=estimate / se if se > 0.0 else None,
                p=float(two_sided_p(estimate / se)) if se > 0.0 else None,
                ci_low=estimate - critical * se,
                ci_high=estimate + critical * se,
                importance=importance,
                within=within,
                within_se=within_se,
            )
        )
    return tuple(averaged)


def _average(
    beta: FloatArray, variance: FloatArray, weights: FloatArray, unconditional: str
) -> tuple[float, float]:
    mean = float(weights @ beta)
    spread = variance + (beta - mean) ** 2
    if unconditional == "original":
        return mean, float(weights @ np.sqrt(spread))
    return mean, math.sqrt(float(weights @ spread))
