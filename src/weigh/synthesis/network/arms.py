"""Arm-level input: what each arm of each trial reported, turned into trials of a network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_number, check_vector
from weigh.synthesis.network.fitting import fit_network
from weigh.synthesis.network.frames import Backend, as_frame
from weigh.synthesis.network.result import Network
from weigh.synthesis.network.trials import Edges, Trial, Trials, in_order, names_of, refuse_alike

__all__ = ["ArmContrasts", "network_contrasts", "network_from_arms", "read_arms"]

FloatArray = npt.NDArray[np.float64]

_COUNTS = ("OR", "RR", "RD", "AS")
_MEANS = ("MD", "SMD", "ROM")
_RATES = ("IRR", "IRD")
MEASURES = (*_COUNTS, *_MEANS, *_RATES)
_NEEDED = {
    **dict.fromkeys(_COUNTS, ("events", "n")),
    **dict.fromkeys(_MEANS, ("mean", "sd", "n")),
    **dict.fromkeys(_RATES, ("events", "time")),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmContrasts:
    """All pairwise contrasts of the arms of each trial.

    Parameters
    ----------
    study, treat1, treat2
        (m,) names.
    yi, vi
        (m,) effects of `treat1` against `treat2` on the analysis scale, and variances.
    measure
        Name of the effect measure.
    trials
        The same put together, with the covariance of contrasts that share an arm.
    sizes
        People in each treatment over all trials.
    notes
        What was left out or added, and why.
    """

    study: tuple[str, ...]
    treat1: tuple[str, ...]
    treat2: tuple[str, ...]
    yi: FloatArray
    vi: FloatArray
    measure: str
    trials: Trials
    sizes: FloatArray | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The contrasts as columns, ready for JSON."""
        return {
            "study": list(self.study),
            "treat1": list(self.treat1),
            "treat2": list(self.treat2),
            "yi": self.yi.tolist(),
            "vi": self.vi.tolist(),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a contrast."""
        return as_frame(self.to_dict(), backend)


def network_contrasts(
    study: Any,
    treatment: Any,
    *,
    measure: str,
    events: Any = None,
    n: Any = None,
    mean: Any = None,
    sd: Any = None,
    time: Any = None,
    add: float = 0.5,
) -> ArmContrasts:
    """Contrasts between all arms of each trial.

    Parameters
    ----------
    study, treatment
        (a,) the trial of each arm, and its treatment. Arms of one trial with the same treatment
        are put together.
    measure
        ``"OR"``, ``"RR"``, ``"RD"`` or ``"AS"`` from `events` and `n`; ``"MD"``, ``"SMD"`` or
        ``"ROM"`` from `mean`, `sd` and `n`; ``"IRR"`` or ``"IRD"`` from `events` and `time`.
    events, n, mean, sd, time
        (a,) what each arm reports; an arm with a value missing is left out.
    add
        What is added to the events, and to those without (for RR to the people), in every arm of a
        trial in which one has none of either. Ratios of a trial in which no arm has any are left
        out.

    Returns
    -------
    ArmContrasts

    References
    ----------
    Covariances of contrasts that share an arm: :cite:t:`franchini2012`; of standardized mean
    differences with one standard deviation for all arms: :cite:t:`gleser2009`.

    Examples
    --------
    >>> found = network_contrasts(["1"] * 3, ["A", "B", "C"], measure="OR", events=[9, 23, 10],
    ...                           n=[140, 140, 138])
    >>> [round(float(y), 3) for y in found.yi]
    [-1.051, -0.129, 0.923]
    """
    check_choice("measure of a network of arms", measure, MEASURES)
    given = {"events": events, "n": n, "mean": mean, "sd": sd, "time": time}
    arms = read_arms(study, treatment, measure, given)
    if check_number(add, "add") < 0.0:
        raise InputError(f"`add` is {add}; what is added to cells is 0 or above.")
    names = in_order(name for trial in arms.values() for name in trial)
    index = {name: place for place, name in enumerate(names)}
    trials, notes = [], list[str]()
    for label, trial in arms.items():
        if len(trial) < 2:
            notes.append(f"Left out {label}: one arm alone compares nothing.")
            continue
        order = sorted(trial, key=index.__getitem__)
        columns = {what: np.array([trial[name][what] for name in order]) for what in _used(measure)}
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                made = _FORMS[measure](columns, add, label, measure)
        except FloatingPointError as error:
            raise StatisticsError(
                f"{label}: its numbers are too large or too small for {measure} in double "
                "precision.",
                hint="Check their units.",
            ) from error
        if isinstance(made, str):
            notes.append(f"Left out {label}: {made}.")
            continue
        y, v = made
        trials.append(Trial(name=label, arms=tuple(index[name] for name in order), y=y, v=v))
    if not trials:
        raise StatisticsError("No trial has two arms that can be compared, so there is no network.")
    return _contrasts(names, trials, measure, tuple(notes), arms)


def network_from_arms(
    study: Any,
    treatment: Any,
    *,
    measure: str,
    reference: Any,
    events: Any = None,
    n: Any = None,
    mean: Any = None,
    sd: Any = None,
    time: Any = None,
    add: float = 0.5,
    method: str = "REML",
    tau2: float | None = None,
    level: float = 0.95,
    better: str = "lower",
) -> Network:
    """Compare treatments from what each arm of each trial reported.

    Parameters
    ----------
    study, treatment, measure, events, n, mean, sd, time, add
        As in `network_contrasts`.
    reference, method, tau2, level, better
        As in `network`.

    Returns
    -------
    Network

    Examples
    --------
    >>> fit = network_from_arms(["1", "1", "2", "2"], ["A", "B", "A", "C"], measure="OR",
    ...                         events=[9, 23, 10, 12], n=[140, 140, 138, 78], reference="A")
    >>> fit.treatments
    ('A', 'B', 'C')
    """
    found = network_contrasts(
        study, treatment, measure=measure, events=events, n=n, mean=mean, sd=sd, time=time, add=add
    )
    return fit_network(
        found.trials,
        reference=reference,
        method=method,
        tau2=tau2,
        level=level,
        better=better,
        measure=measure,
        sizes=found.sizes,
    )


def _used(measure: str) -> tuple[str, ...]:
    return _NEEDED[measure]


_Arms = dict[str, dict[str, dict[str, float]]]


def read_arms(study: Any, treatment: Any, measure: str, given: Mapping[str, Any]) -> _Arms:
    """What each arm reports, by trial and treatment."""
    names, treatments = names_of(study, "study"), names_of(treatment, "treatment")
    columns = {}
    for what in _used(measure):
        if given[what] is None:
            raise InputError(
                f"`{what}` is missing: {measure} is made from {', '.join(_used(measure))}."
            )
        columns[what] = check_vector(given[what], what)
    sizes = {"treatment": len(treatments), **{what: c.size for what, c in columns.items()}}
    for what, size in sizes.items():
        if size != len(names):
            raise InputError(
                f"`study` has {len(names)} entries and `{what}` has {size}; "
                "there must be one of each an arm."
            )
    refuse_alike(treatments)
    arms: _Arms = defaultdict(dict)
    for row, (label, name) in enumerate(zip(names, treatments, strict=True)):
        arm = {what: float(column[row]) for what, column in columns.items()}
        if any(np.isnan(value) for value in arm.values()):
            continue
        _refuse(arm, f"row {row + 1} ({label}, {name})")
        before = arms[label].get(name)
        arms[label][name] = arm if before is None else _joined(before, arm)
    return {label: trial for label, trial in arms.items() if trial}


def _refuse(arm: Mapping[str, float], place: str) -> None:
    for what, value in arm.items():
        if what == "mean" and not np.isfinite(value):
            raise StatisticsError(f"`mean`, {place}: it is {value:g}, and must be finite.")
        if what != "mean" and (
            not np.isfinite(value) or value < 0.0 or (value == 0.0 and what != "events")
        ):
            least = "0 or above" if what == "events" else "above 0"
            raise StatisticsError(f"`{what}`, {place}: it is {value:g}, and must be {least}.")
    if "events" in arm and "n" in arm and arm["events"] > arm["n"]:
        raise StatisticsError(
            f"`events`, {place}: there are {arm['events']:g} events among {arm['n']:g} people."
        )


def _joined(one: Mapping[str, float], two: Mapping[str, float]) -> dict[str, float]:
    """Two arms with one treatment as one arm."""
    total = {what: one[what] + two[what] for what in ("events", "n", "time") if what in one}
    if "mean" in one:
        n = total["n"]
        mean = (one["n"] * one["mean"] + two["n"] * two["mean"]) / n
        squares = sum(
            (arm["n"] - 1.0) * arm["sd"] ** 2 + arm["n"] * (arm["mean"] - mean) ** 2
            for arm in (one, two)
        )
        total |= {"mean": mean, "sd": float(np.sqrt(squares / (n - 1.0)))}
    return total


_Columns = Mapping[str, FloatArray]
_Made = tuple[FloatArray, FloatArray] | str


def _apart(level: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Effects against the first arm, and their covariance, from independent arms."""
    return level[1:] - level[0], np.diag(variance[1:]) + variance[0]


def _counts(arm: _Columns, add: float, label: str, measure: str) -> _Made:
    events, n = arm["events"], arm["n"]
    none, every = events == 0.0, events == n
    if measure == "AS":
        return _apart(np.arcsin(np.sqrt(events / n)), 0.25 / n)
    if measure in ("OR", "RR") and none.all():
        return f"no arm has an event, which says nothing about {measure}"
    if measure == "OR" and every.all():
        return "everybody had the event, which says nothing about OR"
    some = none.any() or every.any()
    extra = add if some else 0.0
    # For RR as in R's meta: as many to the people as to the events.
    x, size = events + extra, n + (1.0 if measure == "RR" else 2.0) * extra
    if not add and some:
        raise StatisticsError(
            f"{label}: an arm has no event, or nobody without, and `add` is 0.",
            hint="Take `network_counts`, which needs nothing added.",
        )
    if measure == "OR":
        return _apart(np.log(x) - np.log(size - x), 1.0 / x + 1.0 / (size - x))
    if measure == "RR":
        if every.all():
            return "everybody had the event, so that RR has no variance"
        return _apart(np.log(x / size), 1.0 / x - 1.0 / size)
    p = x / size
    return _apart(events / n, p * (1.0 - p) / size)


def _means(arm: _Columns, add: float, label: str, measure: str) -> _Made:
    mean, sd, n = arm["mean"], arm["sd"], arm["n"]
    if measure == "MD":
        return _apart(mean, sd**2 / n)
    if measure == "ROM":
        if not ((mean > 0.0).all() or (mean < 0.0).all()):
            raise StatisticsError(f"{label}: a ratio of means needs means of one sign.")
        return _apart(np.log(np.abs(mean)), sd**2 / (n * mean**2))
    df = float(n.sum()) - n.size
    if df < 2.0:
        return "there are too few people for a standard deviation"
    pooled = np.sqrt(np.sum((n - 1.0) * sd**2) / df)
    y = (1.0 - 3.0 / (4.0 * df - 1.0)) * (mean[1:] - mean[0]) / pooled
    return y, np.diag(1.0 / n[1:]) + 1.0 / n[0] + np.outer(y, y) / (2.0 * float(n.sum()))


def _rates(arm: _Columns, add: float, label: str, measure: str) -> _Made:
    events, time = arm["events"], arm["time"]
    if measure == "IRR" and not events.any():
        return "no arm has an event, which says nothing about IRR"
    x = events + (0.0 if events.all() else add)
    if (x == 0.0).any():
        raise StatisticsError(f"{label}: an arm has no event, and `add` is 0.")
    if measure == "IRR":
        return _apart(np.log(x / time), 1.0 / x)
    return _apart(events / time, x / time**2)


_FORMS: dict[str, Callable[[_Columns, float, str, str], _Made]] = {
    **dict.fromkeys(_COUNTS, _counts),
    **dict.fromkeys(_MEANS, _means),
    **dict.fromkeys(_RATES, _rates),
}


def _contrasts(
    names: tuple[str, ...], made: list[Trial], measure: str, notes: tuple[str, ...], arms: _Arms
) -> ArmContrasts:
    """All pairs of arms, trial by trial; treatments that no trial compares are let go."""
    kept = sorted({arm for trial in made for arm in trial.arms})
    place = {arm: at for at, arm in enumerate(kept)}
    treatments = tuple(names[arm] for arm in kept)
    trials = tuple(
        Trial(name=one.name, arms=tuple(place[arm] for arm in one.arms), y=one.y, v=one.v)
        for one in made
    )
    owner, first, second, y, v = [], [], [], [], []
    for index, trial in enumerate(trials):
        level = np.concatenate([[0.0], trial.y])
        spread = np.zeros((level.size, level.size))
        spread[1:, 1:] = trial.v
        for i, j in zip(*np.triu_indices(level.size, 1), strict=True):
            owner.append(index)
            first.append(trial.arms[i])
            second.append(trial.arms[j])
            y.append(float(level[i] - level[j]))
            v.append(float(spread[i, i] + spread[j, j] - 2.0 * spread[i, j]))
    edges = Edges(
        trial=np.array(owner, dtype=np.intp),
        first=np.array(first, dtype=np.intp),
        second=np.array(second, dtype=np.intp),
        y=np.array(y),
        v=np.array(v),
        rows=np.arange(len(y)),
    )
    sizes = None
    if "n" in _used(measure):
        sizes = np.zeros(len(treatments))
        for trial in trials:
            for arm in trial.arms:
                sizes[arm] += arms[trial.name][treatments[arm]]["n"]
    return ArmContrasts(
        study=tuple(trials[i].name for i in owner),
        treat1=tuple(treatments[i] for i in first),
        treat2=tuple(treatments[j] for j in second),
        yi=edges.y,
        vi=edges.v,
        measure=measure,
        trials=Trials(treatments=treatments, trials=trials, edges=edges, notes=notes),
        sizes=sizes,
        notes=notes,
    )
