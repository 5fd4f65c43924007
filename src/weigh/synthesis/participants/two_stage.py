"""`weigh.two_stage`: each study's participants by a model of their own, then the studies pooled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.inputs import check_choice, check_level
from weigh.synthesis.moderators import ModelMatrix, drop_redundant
from weigh.synthesis.participants.hazards import fit_hazards
from weigh.synthesis.participants.likelihoods import (
    Estimated,
    NotEstimable,
    fit_counts,
    fit_linear,
    fit_logistic,
)
from weigh.synthesis.participants.result import TwoStage
from weigh.synthesis.participants.table import Participants, Study, read_participants
from weigh.synthesis.pooling import pool

__all__ = ["two_stage"]

FloatArray = npt.NDArray[np.float64]

# What each model of the outcome estimates.
MEASURES = {"linear": "MD", "logistic": "OR", "poisson": "IRR", "cox": "HR"}


@dataclass(frozen=True, slots=True)
class _Effect:
    """One study's effect and its variance, NaN with a reason where it has none."""

    y: float = np.nan
    v: float = np.nan
    reason: str | None = None


def two_stage(
    data: Any = None,
    *,
    study: Any,
    arm: Any,
    outcome: Any,
    model: str = "linear",
    treated: Any = None,
    adjust: Any = None,
    modifier: Any = None,
    exposure: Any = None,
    time: Any = None,
    firth: bool = False,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    prediction: str | None = None,
) -> TwoStage:
    """Pool studies from a table of their participants, in two stages.

    First each study is analysed by itself, so that its participants are compared with its own; then
    the effects are pooled as `weigh.pool` pools. With a modifier the interaction is estimated
    within each study and pooled too: differences between studies, which may come of anything, have
    no part in it.

    Parameters
    ----------
    data
        A data frame of pandas, polars or pyarrow, or a mapping of columns, one row a participant.
        The other arguments are then names of its columns; without it they are (n,) arrays.
    study, arm
        The study, and the arm within it: two in all.
    outcome
        A score (``linear``), 0 or 1 (``logistic``, and ``cox`` for whether the follow-up ended with
        the event), or a count of events (``poisson``).
    model
        ``"linear"``: mean difference; with the score at the start in `adjust` an analysis of
        covariance. ``"logistic"``: odds ratio. ``"poisson"``: rate ratio. ``"cox"``: hazard ratio,
        ties as Efron has them.
    treated
        The label of the intervention's arm; not needed where arms are 0 and 1.
    adjust
        Prognostic covariates, a name or several, such as the score at the start. Text becomes
        indicators of its categories. Coefficients are each study's own.
    modifier
        A covariate, a number or two categories, whose interaction with the treatment is asked for.
    exposure, time
        Person-time of a count (one each if not given), and time to the event or the end of
        follow-up (``cox``).
    firth
        Penalize the likelihood of ``logistic`` and ``poisson``, so that studies with no events in
        an arm give an estimate.
    method, test, level, prediction
        As in `weigh.pool`.

    Returns
    -------
    TwoStage
        `pooled`, and with a modifier `interaction` and `across`; each study's part of them.
        Participants with something missing are left out, and studies that cannot be analysed, both
        with a note.

    Raises
    ------
    NotFoundError
        No such column, arm or model.
    InputError
        Arms other than two; outcomes that do not go with the model.
    StatisticsError
        No study that can be analysed.

    References
    ----------
    :cite:t:`burke2017`, on one stage and two; :cite:t:`riley2020`, on interactions within studies,
    and :cite:t:`fisher2017`, on why not across them.

    Examples
    --------
    >>> found = two_stage(
    ...     study=["a"] * 6 + ["b"] * 6,
    ...     arm=[0, 0, 0, 1, 1, 1] * 2,
    ...     outcome=[5.0, 6.0, 7.0, 4.0, 3.5, 5.0, 8.0, 6.5, 7.0, 6.0, 5.0, 6.5],
    ...     adjust=[5.5, 6.0, 6.5, 5.0, 4.5, 6.0, 8.0, 7.0, 7.5, 7.0, 6.5, 7.5],
    ... )
    >>> round(found.pooled.estimate, 2), found.measure
    (-0.61, 'MD')
    """
    check_choice("model of the outcome", model, MEASURES)
    level = check_level(level)
    extra = _extra(model, exposure, time)
    if firth and model not in ("logistic", "poisson"):
        raise InputError(f"There is no penalty for model={model!r}; leave out firth=True.")
    people = read_participants(
        data,
        study=study,
        arm=arm,
        outcome=outcome,
        extra=extra,
        treated=treated,
        adjust=adjust,
        modifier=modifier,
        binary=model in ("logistic", "cox"),
    )
    if model == "poisson" and bool(np.any(people.y < 0.0)):
        raise InputError("`outcome` has a count below zero.")
    studies = list(people.studies())
    effects = [_estimate(one, model, firth=firth, interaction=False) for one in studies]
    if all(one.reason for one in effects):
        shown = "; ".join(f"{s.label}: {e.reason}" for s, e in zip(studies, effects, strict=True))
        raise StatisticsError(f"No study can be analysed ({shown}).")
    labels = tuple(one.label for one in studies)
    yi, vi = _columns(effects)

    def pooled(y: FloatArray, v: FloatArray, **more: Any) -> Pooled:
        return pool(
            y, v, slab=labels, method=method, test=test, level=level, prediction=prediction, **more
        )

    inner = _Inner()
    if people.modifier is not None:
        found = [_estimate(one, model, firth=firth, interaction=True) for one in studies]
        inner = _within(found, studies, str(people.modified), yi, vi, pooled)
    return TwoStage(
        model=model,
        measure=MEASURES[model],
        arms=people.arms,
        adjusted=people.adjusted,
        modifier=people.modified,
        studies=labels,
        n1=np.array([int(one.arm.sum()) for one in studies]),
        n2=np.array([int((1.0 - one.arm).sum()) for one in studies]),
        yi=yi,
        vi=vi,
        reasons=tuple(one.reason for one in effects),
        interaction_yi=inner.y,
        interaction_vi=inner.v,
        modifier_mean=inner.means,
        interaction_reasons=inner.reasons,
        pooled=pooled(yi, vi),
        interaction=inner.pooled,
        across=inner.across,
        level=level,
        notes=(
            *_left_out(people),
            *(
                f"{one.label} is left out: {effect.reason}."
                for one, effect in zip(studies, effects, strict=True)
                if effect.reason
            ),
            *inner.notes,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    """Interactions of the studies, and what they give together."""

    y: FloatArray | None = None
    v: FloatArray | None = None
    means: FloatArray | None = None
    reasons: tuple[str | None, ...] | None = None
    pooled: Pooled | None = None
    across: Pooled | None = None
    notes: tuple[str, ...] = ()


def _within(
    found: list[_Effect],
    studies: list[Study],
    modifier: str,
    yi: FloatArray,
    vi: FloatArray,
    pooled: Callable[..., Pooled],
) -> _Inner:
    """Pool the interactions within studies, and regress the effects on the modifier across them."""
    y, v = _columns(found)
    means = np.array([_mean(one) for one in studies])
    known = bool(np.isfinite(y).any())
    apart = np.count_nonzero(np.isfinite(yi + means)) > 2 and np.nanstd(means) > 0.0
    return _Inner(
        y=y,
        v=v,
        means=means,
        reasons=tuple(one.reason for one in found),
        pooled=pooled(y, v) if known else None,
        across=pooled(yi, vi, mods={modifier: means}) if apart else None,
        notes=() if known else ("No study can tell the interaction.",),
    )


def _extra(model: str, exposure: Any, time: Any) -> tuple[str, Any] | None:
    if exposure is not None and model != "poisson":
        raise InputError(f"`exposure` is for counts (model='poisson') and not for {model!r}.")
    if time is not None and model != "cox":
        raise InputError(f"`time` is for times to an event (model='cox') and not for {model!r}.")
    if model == "cox":
        if time is None:
            raise InputError("Proportional hazards need the `time` that each was followed.")
        return "time", time
    return None if exposure is None else ("exposure", exposure)


def _columns(effects: list[_Effect]) -> tuple[FloatArray, FloatArray]:
    return np.array([one.y for one in effects]), np.array([one.v for one in effects])


def _mean(study: Study) -> float:
    assert study.modifier is not None
    return float(study.modifier.mean()) if study.modifier.size else float("nan")


def _left_out(people: Participants) -> tuple[str, ...]:
    missing = int(np.count_nonzero(~people.complete))
    if not missing:
        return ()
    who = "1 participant is" if missing == 1 else f"{missing:,} participants are"
    return (f"{who} left out, with an outcome, an arm or a covariate missing.",)


def _estimate(study: Study, model: str, *, firth: bool, interaction: bool) -> _Effect:
    """The coefficient of the arm in one study, or that of its product with the modifier."""
    for code, name in ((1.0, "intervention's"), (0.0, "comparator's")):
        if not np.any(study.arm == code):
            return _Effect(reason=f"nobody in the {name} arm")
    columns, names = [study.arm], ["arm"]
    if interaction:
        assert study.modifier is not None
        # About the study's own mean, so that differences between studies have no part in it.
        inner = study.modifier - study.modifier.mean()
        columns += [study.arm * inner, inner]
        names += ["product", "modifier"]
        if not np.ptp(study.modifier) > 0.0:
            return _Effect(reason="the modifier does not vary")
    covariates = study.adjust - study.adjust.mean(axis=0)
    x = np.column_stack([np.ones_like(study.arm), *columns, covariates])
    rest = tuple(f"covariate {index}" for index in range(study.adjust.shape[1]))
    matrix, _ = drop_redundant(ModelMatrix(x, ("intercept", *names, *rest)))
    wanted = "product" if interaction else "arm"
    if wanted not in matrix.names:
        return _Effect(reason=f"the {wanted} follows from the other covariates")
    try:
        found = _fit(study, model, matrix.x, firth=firth)
    except NotEstimable as why:
        return _Effect(reason=str(why))
    place = matrix.names.index(wanted) - (model == "cox")
    return _Effect(float(found.beta[place]), float(found.vb[place, place]))


def _fit(study: Study, model: str, x: FloatArray, *, firth: bool) -> Estimated:
    # In units of their own spread, so that covariates of any size are on one footing.
    spread = x.std(axis=0)
    size = np.where(spread > 0.0, spread, 1.0)
    x = x / size
    if model == "cox":
        x, size = x[:, 1:], size[1:]
    found = _in_units(study, model, x, firth=firth)
    return Estimated(found.beta / size, found.vb / np.outer(size, size))


def _in_units(study: Study, model: str, x: FloatArray, *, firth: bool) -> Estimated:
    if model == "linear":
        return fit_linear(study.y, x)
    if model == "logistic":
        return fit_logistic(study.y, x, firth=firth)
    if model == "cox":
        assert study.extra is not None
        return fit_hazards(study.extra, study.y, x)
    exposure = np.ones_like(study.y) if study.extra is None else study.extra
    return fit_counts(study.y, x, np.log(exposure), firth=firth)
