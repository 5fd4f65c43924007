"""Two models of the same studies against each other: likelihood ratio, criteria, share of tau2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.stats.design import Design
from weigh.stats.tails import chi2_tail
from weigh.synthesis.fit_statistics import FitStatistics, fit_statistics_of
from weigh.synthesis.solution import solve
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["ComparedModel", "ModelComparison", "compare_models"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedModel:
    """One of the two models.

    Parameters
    ----------
    names
        Coefficients.
    method
        Estimator of tau2.
    tau2
        Between-study variance; None for a model without one.
    qe
        Residual Q statistic.
    fit
        Likelihood and information criteria.
    """

    names: tuple[str, ...]
    method: str
    tau2: float | None
    qe: float
    fit: FitStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """A small model against a big one, over the same studies.

    Parameters
    ----------
    small, big
        The models.
    restricted
        Whether the likelihood is the restricted one.
    lrt, df, p
        Likelihood-ratio statistic, the parameters that it tests, and its p value by chi-squared;
        None for models of which neither contains the other.
    r2
        Share of the small model's tau2 that the big one accounts for, in percent, never below 0;
        for models without tau2 the share of Q per degree of freedom. None where there is nothing
        to account for, or tau2 itself is what differs.
    notes
        Cautions in plain words.
    """

    small: ComparedModel
    big: ComparedModel
    restricted: bool
    lrt: float | None
    df: int | None
    p: float | None
    r2: float | None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The comparison, ready for JSON."""
        return {
            "small": _told(self.small),
            "big": _told(self.big),
            "restricted": self.restricted,
            "lrt": self.lrt,
            "df": self.df,
            "p": self.p,
            "r2": self.r2,
            "notes": list(self.notes),
        }


def _told(model: ComparedModel) -> dict[str, Any]:
    return {
        "names": list(model.names),
        "method": model.method,
        "parameters": model.fit.parameters,
        "log_likelihood": model.fit.log_likelihood,
        "aic": model.fit.aic,
        "aicc": model.fit.aicc,
        "bic": model.fit.bic,
        "tau2": model.tau2,
        "qe": model.qe,
    }


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What a comparison needs of a model, perhaps fitted anew."""

    names: tuple[str, ...]
    method: str
    design: Design
    beta: FloatArray
    tau2: float
    qe: float


def compare_models(small: Pooled, big: Pooled, *, refit: bool = False) -> ModelComparison:
    """Compare two models of the same studies.

    Parameters
    ----------
    small, big
        Fits of `pool` by ML, REML, or without tau2 (EE, FE). The likelihood-ratio test is of what
        `big` has beyond `small`: moderators, or tau2, or both.
    refit
        Whether to fit both anew by ML. It is for fits by other estimators, and for fits by REML
        whose moderators differ; a model without tau2 stays one.

    Returns
    -------
    ModelComparison

    Raises
    ------
    InputError
        Other studies, or weights of one's own; fits by REML with different moderators, whose
        likelihoods are of different data; fits by estimators that maximize no likelihood; a small
        model that is larger than the big one.

    Notes
    -----
    metafor's ``anova()`` gives the same numbers for fits by ML or REML. It warns where moderators
    differ under REML and gives a ratio for DL and others; here both are refused, as neither has
    the distribution that its p value is taken from. Testing tau2 = 0 puts it on the edge of where
    it can be: half of the p value is then the better one, and a note says so.

    References
    ----------
    :cite:t:`viechtbauer2010`; tau2 on the boundary :cite:t:`self1987`; criteria
    :cite:t:`burnham2002`; r2 :cite:t:`raudenbush2009`.

    Examples
    --------
    >>> from weigh.synthesis import pool
    >>> yi, vi = [0.1, 0.3, 0.6, 0.5, 0.2, 0.9], [0.02, 0.03, 0.02, 0.04, 0.03, 0.05]
    >>> dose = [1, 2, 4, 3, 2, 5]
    >>> found = compare_models(pool(yi, vi, method="ML"), pool(yi, vi, mods=dose, method="ML"))
    >>> found.df, round(found.lrt, 2)
    (1, 10.48)
    """
    _refuse_other_data(small, big)
    ours = [_fitted(fit, refit=refit) for fit in (small, big)]
    one, two = ours
    for fitted in ours:
        if fitted.method not in ("ML", "REML", *COMMON_EFFECT):
            raise InputError(
                f"A {fitted.method} fit maximizes no likelihood, so there is no ratio to test.",
                hint="Pool with method='ML', or compare with refit=True.",
            )
    methods = {fitted.method for fitted in ours}
    if {"ML", "REML"} <= methods:
        raise InputError(
            "One fit is by ML and the other by REML, which maximize different likelihoods.",
            hint="Pool both by one method, or compare with refit=True.",
        )
    restricted = "REML" in methods
    nested = _spans(two.design.x, one.design.x)
    if restricted and not (nested and _spans(one.design.x, two.design.x)):
        raise InputError(
            "These fits by REML have different moderators. The restricted likelihood is of what "
            "the moderators leave, so the two are of different data and cannot be compared.",
            hint="Pool both with method='ML', or compare with refit=True.",
        )
    models = [
        ComparedModel(
            names=fitted.names,
            method=fitted.method,
            tau2=None if fitted.method in COMMON_EFFECT else fitted.tau2,
            qe=fitted.qe,
            fit=fit_statistics_of(
                fitted.design,
                fitted.beta,
                fitted.tau2,
                has_tau2=fitted.method not in COMMON_EFFECT,
                restricted=restricted,
            ),
        )
        for fitted in ours
    ]
    return _compared(models[0], models[1], ours, nested=nested, restricted=restricted)


def _compared(
    small: ComparedModel,
    big: ComparedModel,
    ours: list[_Fitted],
    *,
    nested: bool,
    restricted: bool,
) -> ModelComparison:
    notes: list[str] = []
    df = big.fit.parameters - small.fit.parameters
    if nested and df < 0:
        raise InputError(
            f"The small model has {small.fit.parameters} parameters and the big one "
            f"{big.fit.parameters}.",
            hint="Give the smaller model first.",
        )
    nested = nested and not (small.tau2 is not None and big.tau2 is None)
    lrt = p = None
    if not nested:
        notes.append(
            "Neither model contains the other, so there is no likelihood-ratio test; compare the "
            "information criteria."
        )
    elif df == 0:
        notes.append("The models are the same, so there is nothing to test.")
    else:
        # The big likelihood is no smaller; what lies below is rounding.
        lrt = max(2.0 * (big.fit.log_likelihood - small.fit.log_likelihood), 0.0)
        p = float(chi2_tail(lrt, df))
        if small.tau2 is None and big.tau2 is not None:
            notes.append(
                "tau2 = 0 is the least that tau2 can be, which makes this p value too large; for "
                "tau2 alone, half of it is the better one."
            )
    return ModelComparison(
        small=small,
        big=big,
        restricted=restricted,
        lrt=lrt,
        df=df if nested else None,
        p=p,
        r2=_r2(*ours) if nested and (small.tau2 is None) == (big.tau2 is None) else None,
        notes=tuple(notes),
    )


def _r2(small: _Fitted, big: _Fitted) -> float | None:
    if small.method in COMMON_EFFECT:
        if not small.qe > 0.0:
            return None
        kept = (big.qe / float(big.design.df[0])) / (small.qe / float(small.design.df[0]))
    elif small.tau2 == 0.0:
        return None
    else:
        kept = big.tau2 / small.tau2
    return 100.0 * max(0.0, 1.0 - kept)


def _refuse_other_data(small: Pooled, big: Pooled) -> None:
    for fit in (small, big):
        if fit.design is None or fit.is_of_counts:
            raise InputError(f"Method {fit.method} pools counts and has no such likelihood.")
        if fit.user_weights is not None:
            raise InputError("A fit with weights of your own does not maximize its likelihood.")
    if not np.array_equal(small.rows, big.rows):
        apart = np.setxor1d(small.rows, big.rows)
        names = dict(zip(small.rows, small.slab, strict=True))
        names |= dict(zip(big.rows, big.slab, strict=True))
        shown = ", ".join(names[row] for row in apart[:5])
        more = f" and {apart.size - 5} more" if apart.size > 5 else ""
        raise InputError(
            f"The models rest on different studies: only one of them has {shown}{more}.",
            hint="Leave out studies with a missing moderator before pooling.",
        )
    if not (np.array_equal(small.yi, big.yi) and np.array_equal(small.vi, big.vi)):
        raise InputError("The models have different effects or variances, so they do not compare.")


def _fitted(fit: Pooled, *, refit: bool) -> _Fitted:
    assert fit.design is not None
    design = Design(fit.yi, fit.vi, fit.design)
    method = fit.method if fit.method in COMMON_EFFECT or not refit else "ML"
    found = solve(design, method=method, test="z", level=fit.level)
    return _Fitted(fit.names, method, design, found.beta, found.tau2, found.qe)


def _spans(outer: FloatArray, inner: FloatArray) -> bool:
    """Whether every column of `inner` is a combination of columns of `outer`."""
    basis = np.linalg.qr(outer)[0]
    rest = inner - basis @ (basis.T @ inner)
    size = np.linalg.norm(inner, axis=0)
    # The limit by which redundant columns are left out of a model matrix.
    return bool(np.all(np.linalg.norm(rest, axis=0) <= 1e-7 * size))
