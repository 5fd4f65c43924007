"""`weigh.network`: from contrasts to all comparisons of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.design import Design
from weigh.stats.tails import chi2_tail
from weigh.synthesis.inputs import check_choice, check_level, check_number
from weigh.synthesis.network.connection import refuse_disconnected
from weigh.synthesis.network.result import Network
from weigh.synthesis.network.rows import METHODS, make_rows, solve_rows
from weigh.synthesis.network.trials import Trials, check_trials, reference_among, refuse_extreme
from weigh.synthesis.statistics import q_profile
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2

__all__ = ["fit_network", "network"]

FloatArray = npt.NDArray[np.float64]


def network(
    study: Any,
    treat1: Any,
    treat2: Any,
    yi: Any,
    vi: Any,
    *,
    reference: Any,
    method: str = "REML",
    tau2: float | None = None,
    level: float = 0.95,
    better: str = "lower",
    measure: str | None = None,
) -> Network:
    """Compare any number of treatments through all trials at once.

    Parameters
    ----------
    study, treat1, treat2
        (m,) the trial of each contrast, and the treatments that it compares. A trial with more
        than two arms has one row for each pair of them.
    yi, vi
        (m,) effects of `treat1` against `treat2` on the analysis scale (log for ratios), and
        their sampling variances. Rows where either is missing are left out.
    reference
        The treatment that others are shown against.
    method
        Estimator of the between-study variance, one for all comparisons: ``"DL"``, ``"PM"``,
        ``"ML"`` or ``"REML"``; ``"EE"`` and ``"FE"`` take the trials for alike.
    tau2
        A between-study variance of one's own, instead of an estimate.
    level
        Confidence level, a fraction.
    better
        Whether ``"lower"`` or ``"higher"`` effects are the better ones, for ranking.
    measure
        Name of the effect measure, such as ``"OR"``, for print and plots.

    Returns
    -------
    Network
        Every comparison under common and random effects, with what it rests on.

    Raises
    ------
    InputError
        Contrasts that cannot be, or a reference that is not in the network.
    StatisticsError
        A network in parts that no trial connects; the parts are named.

    References
    ----------
    Graph theory by :cite:t:`rucker2012`, multi-arm trials by :cite:t:`rucker2014`; the same
    estimates as the regression of :cite:t:`lu2006`; DL by :cite:t:`jackson2013mm`.

    Examples
    --------
    >>> fit = network(["1", "2", "3"], ["A", "B", "A"], ["B", "C", "C"], [0.5, 0.4, 1.0],
    ...               [0.1, 0.1, 0.2], reference="C")
    >>> round(fit.league()["A", "C"].estimate, 3)
    0.95
    """
    trials = check_trials(study, treat1, treat2, yi, vi)
    return fit_network(
        trials,
        reference=reference,
        method=method,
        tau2=tau2,
        level=level,
        better=better,
        measure=measure,
    )


def fit_network(
    trials: Trials,
    *,
    reference: Any,
    method: str,
    tau2: float | None,
    level: float,
    better: str,
    measure: str | None,
    sizes: Any = None,
) -> Network:
    """Fit the model to trials that are checked; arguments as in `network`."""
    check_choice("method for networks", method, METHODS)
    check_choice("direction of effects", better, ("lower", "higher"))
    level = check_level(level)
    if tau2 is not None and check_number(tau2, "tau2") < 0.0:
        raise InputError(f"`tau2` is {tau2}; a between-study variance is 0 or above.")
    reference = reference_among(reference, trials.treatments)
    refuse_disconnected(trials.treatments, (trial.arms for trial in trials.trials))
    refuse_extreme(trials)
    rows = make_rows(trials.trials, trials.n)
    design = rows.design()
    common = solve_rows(rows, 0.0)
    residual = rows.y - rows.x @ common.effects
    q, df = float(np.sum(residual**2 / rows.v)), rows.y.size - (trials.n - 1)
    spread = _spread(design, df, method, tau2, level)
    return Network(
        trials=trials,
        rows=rows,
        sizes=sizes,
        reference=reference,
        method=method,
        level=level,
        better="lower" if better == "lower" else "higher",
        measure=measure,
        common=common,
        random=None if method in COMMON_EFFECT else solve_rows(rows, spread.value),
        tau2=spread.value,
        tau2_se=spread.se,
        tau2_ci_low=spread.low,
        tau2_ci_high=spread.high,
        q=q if df else 0.0,
        q_df=df,
        q_p=float(chi2_tail(q, df)) if df else None,
        notes=(*trials.notes, *spread.notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spread:
    value: float = 0.0
    se: float | None = None
    low: float | None = None
    high: float | None = None
    notes: tuple[str, ...] = ()


def _spread(design: Design, df: int, method: str, tau2: float | None, level: float) -> _Spread:
    """Between-study variance with its interval by the generalized Q statistic."""
    if method in COMMON_EFFECT:
        if tau2:
            raise InputError(f"`tau2` is {tau2:g}, and {method} has no between-study variance.")
        return _Spread()
    if tau2 is not None:
        return _Spread(value=float(tau2))
    if df == 0:
        note = (
            "Each comparison rests on as little as it can: tau2 cannot be estimated, and is taken "
            "as 0."
        )
        return _Spread(notes=(note,))
    found = estimate_tau2(design, method)
    low, high = (float(limit[0]) for limit in q_profile(design, level))
    notes: tuple[str, ...] = ()
    if not bool(found.certified[0]):
        notes = ("The search for tau2 could not prove that it found the highest maximum.",)
    return _Spread(
        value=float(found.value[0]), se=float(found.se[0]), low=low, high=high, notes=notes
    )
