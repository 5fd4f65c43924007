"""`weigh.network_counts`: networks of rare events, without anything added to empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError
from weigh.synthesis.inputs import check_choice, check_level
from weigh.synthesis.network.arms import read_arms
from weigh.synthesis.network.connection import refuse_disconnected
from weigh.synthesis.network.decomposition import QTest, q_test
from weigh.synthesis.network.frames import Backend
from weigh.synthesis.network.hypergeometric import ArmCounts, approximate, exact, maximize
from weigh.synthesis.network.league import (
    Against,
    League,
    against_frame,
    against_lines,
    make_league,
)
from weigh.synthesis.network.mantel_haenszel import design_odds_ratios
from weigh.synthesis.network.ranking import Ranking, rank_treatments
from weigh.synthesis.network.rows import Estimates, make_rows, solve_rows
from weigh.synthesis.network.trials import Trial, in_order, reference_among

__all__ = ["CountNetwork", "network_counts"]

FloatArray = npt.NDArray[np.float64]

# The exact likelihood sums over all events that an arm may have, for every trial and step.
_MOST_PEOPLE = 1e6

METHODS = {
    "MH": "Mantel-Haenszel",
    "NCH": "non-central hypergeometric",
    "NCH-approximate": "non-central hypergeometric, approximated for rare events",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountNetwork:
    """Odds ratios of all treatments, the same in all trials.

    Parameters
    ----------
    treatments, reference, method, level, better
        As asked for.
    k, designs
        Number of trials, and of the sets of treatments that they compare.
    estimates
        Log odds of treatments against the first, with their covariance.
    inconsistency
        Differences between designs by their sum of squares; None but for Mantel and Haenszel's.
    log_likelihood
        None for Mantel and Haenszel's.
    direct_share
        (n, n) part of the network's precision that Mantel and Haenszel's direct comparison has.
    notes
        What was left out and why.
    """

    treatments: tuple[str, ...]
    reference: str
    method: str
    level: float
    better: Literal["lower", "higher"]
    k: int
    designs: int
    estimates: Estimates
    inconsistency: QTest | None
    log_likelihood: float | None
    direct_share: FloatArray
    notes: tuple[str, ...] = ()

    def league(self) -> League:
        """Every treatment against every other, on the log odds scale."""
        return make_league(self.treatments, self.estimates, model="common", level=self.level, df=0)

    def ranking(self, *, better: str | None = None, draws: int = 10_000, seed: int = 0) -> Ranking:
        """Treatments ranked; arguments as in `Network.ranking`."""
        better = better or self.better
        check_choice("direction of effects", better, ("lower", "higher"))
        return rank_treatments(
            self.treatments,
            self.estimates,
            better=better,
            model="common",
            draws=draws,
            seed=seed,
        )

    def against_reference(self) -> tuple[Against, ...]:
        """Every other treatment against the reference."""
        return self.league().against(self.reference)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON."""
        return {
            "k": self.k,
            "designs": self.designs,
            "treatments": list(self.treatments),
            "reference": self.reference,
            "method": self.method,
            "measure": "OR",
            "level": self.level,
            "inconsistency": None if self.inconsistency is None else self.inconsistency.to_dict(),
            "log_likelihood": self.log_likelihood,
            "against_reference": [one.to_dict() for one in self.against_reference()],
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a treatment against the reference."""
        return against_frame(self.against_reference(), backend)

    def summary(self, *, digits: int = 3) -> str:
        """The network as a printout, log odds ratios."""
        lines = [
            f"Common-effect network of odds ratios, {METHODS[self.method]}: "
            f"{len(self.treatments)} treatments, {self.k} trials, {self.designs} designs",
            "",
        ]
        lines += against_lines(self.against_reference(), self.reference, self.level, digits)
        if self.inconsistency is not None:
            lines += ["", f"between designs: {self.inconsistency}"]
        lines += [f"Note: {note}" for note in self.notes]
        return "\n".join(lines)


def network_counts(
    study: Any,
    treatment: Any,
    events: Any,
    n: Any,
    *,
    reference: Any,
    method: str = "MH",
    level: float = 0.95,
    better: str = "lower",
) -> CountNetwork:
    """Compare treatments by odds ratios of rare events, the same in all trials.

    Parameters
    ----------
    study, treatment, events, n
        (a,) the trial of each arm, its treatment, events and people.
    reference
        The treatment that others are shown against.
    method
        ``"MH"``: Mantel and Haenszel's odds ratios of each design, then put together.
        ``"NCH"``: the events of arms given those of their trial by the non-central hypergeometric
        distribution. ``"NCH-approximate"``: the same for rare events, as R's netmetabin has it;
        with frequent events its odds ratios are too near to 1.
    level, better
        As in `network`.

    Returns
    -------
    CountNetwork
        Trials without events, or without anybody spared, are left out, as are arms without in all
        trials of a design; `notes` names them.

    References
    ----------
    :cite:t:`efthimiou2019`; the hypergeometric likelihood by :cite:t:`stijnen2010`.

    Examples
    --------
    >>> fit = network_counts(["1", "1", "2", "2"], ["A", "B", "A", "C"], [1, 4, 2, 5],
    ...                      [100, 100, 90, 95], reference="A")
    >>> round(fit.league()["B", "A"].estimate, 3)
    1.417
    """
    check_choice("method for networks of counts", method, METHODS)
    check_choice("direction of effects", better, ("lower", "higher"))
    level = check_level(level)
    arms = read_arms(study, treatment, "OR", {"events": events, "n": n})
    names = in_order(name for trial in arms.values() for name in trial)
    index = {name: place for place, name in enumerate(names)}
    trials = {
        label: ArmCounts(
            arms=tuple(sorted(index[name] for name in trial)),
            events=np.array([trial[name]["events"] for name in names if name in trial]),
            n=np.array([trial[name]["n"] for name in names if name in trial]),
        )
        for label, trial in arms.items()
    }
    if method == "NCH":
        _refuse_uncountable(trials)
    kept, notes = _kept(trials, names)
    reference = reference_among(reference, names)
    if not kept:
        raise StatisticsError("No design has two arms with events and people spared.")
    used = sorted({arm for design in kept.values() for trial in design for arm in trial.arms})
    place = {arm: at for at, arm in enumerate(used)}
    treatments = tuple(names[arm] for arm in used)
    if reference not in treatments:
        raise StatisticsError(
            f"The reference {reference!r} has no trial left: {' '.join(notes)}",
            hint="Choose another reference.",
        )
    designs = [
        [ArmCounts(arms=tuple(place[arm] for arm in t.arms), events=t.events, n=t.n) for t in own]
        for own in kept.values()
    ]
    refuse_disconnected(treatments, (design[0].arms for design in designs))
    flat = [trial for design in designs for trial in design]
    test = log_likelihood = None
    if method == "MH":
        estimates, test = _by_designs(designs, treatments)
    else:
        found = maximize(flat, len(treatments), exact if method == "NCH" else approximate)
        log_likelihood = found.log_likelihood
        estimates = Estimates(effects=found.effects, covariance=found.covariance, tau2=0.0)
    return CountNetwork(
        treatments=treatments,
        reference=reference,
        method=method,
        level=level,
        better="lower" if better == "lower" else "higher",
        k=len(flat),
        designs=len(designs),
        estimates=estimates,
        inconsistency=test,
        log_likelihood=log_likelihood,
        direct_share=_direct_share(flat, estimates),
        notes=tuple(notes),
    )


def _refuse_uncountable(trials: dict[str, ArmCounts]) -> None:
    """Raise `StatisticsError` for what no sum over the events of a trial can be taken of."""
    for label, trial in trials.items():
        if (trial.events != np.rint(trial.events)).any() or (trial.n != np.rint(trial.n)).any():
            raise StatisticsError(
                f"{label}: `events` or `n` is no whole number, and the hypergeometric distribution "
                "is one of counts.",
                hint="Take method='MH' for counts that are parts of persons.",
            )
        if trial.n.sum() > _MOST_PEOPLE:
            raise StatisticsError(
                f"{label}: {trial.n.sum():g} people are too many for the hypergeometric "
                f"distribution; up to {_MOST_PEOPLE:g} are not.",
                hint="Take method='MH', or `network_from_arms`.",
            )


def _kept(
    trials: dict[str, ArmCounts], names: Sequence[str]
) -> tuple[dict[tuple[int, ...], list[ArmCounts]], list[str]]:
    """Designs with what can be compared in them, and what was left out."""
    notes = []
    designs: dict[tuple[int, ...], list[ArmCounts]] = {}
    for label, trial in trials.items():
        if len(trial.arms) < 2:
            notes.append(f"Left out {label}: one arm alone compares nothing.")
        elif not trial.events.any():
            notes.append(f"Left out {label}: no arm has an event.")
        elif (trial.events == trial.n).all():
            notes.append(f"Left out {label}: everybody had the event.")
        else:
            designs.setdefault(trial.arms, []).append(trial)
    kept = {}
    for arms in sorted(designs, key=lambda a: (len(a), a)):
        own = designs[arms]
        events = np.sum([trial.events for trial in own], axis=0)
        use = (events > 0.0) & (events < np.sum([trial.n for trial in own], axis=0))
        shown = " : ".join(names[arm] for arm in arms)
        if use.sum() < 2:
            notes.append(f"Left out the design {shown}: fewer than two arms have events.")
            continue
        for arm, good in zip(arms, use, strict=True):
            if not good:
                notes.append(f"Left out {names[arm]} in the design {shown}: no events.")
        kept[arms] = [
            ArmCounts(
                arms=tuple(arm for arm, good in zip(arms, use, strict=True) if good),
                events=trial.events[use],
                n=trial.n[use],
            )
            for trial in own
        ]
    return kept, notes


def _by_designs(
    designs: Sequence[Sequence[ArmCounts]], treatments: tuple[str, ...]
) -> tuple[Estimates, QTest]:
    """Mantel and Haenszel's odds ratios of designs, put together as those of trials are."""
    made = []
    for design in designs:
        events = np.array([trial.events for trial in design])
        y, v = design_odds_ratios(events, np.array([trial.n for trial in design]) - events)
        if not (np.isfinite(y).all() and np.isfinite(v).all()):
            shown = " : ".join(treatments[arm] for arm in design[0].arms)
            raise StatisticsError(
                f"The design {shown} has no odds ratio by Mantel and Haenszel's method: no trial "
                "has an event in one arm and somebody without in the other.",
                hint="Take method='NCH'.",
            )
        made.append(Trial(name="", arms=design[0].arms, y=y, v=v))
    rows = make_rows(made, len(treatments))
    estimates = solve_rows(rows, 0.0)
    left = rows.y - rows.x @ estimates.effects
    df = rows.y.size - (len(treatments) - 1)
    return estimates, q_test(float(np.sum(left**2 / rows.v)), df)


def _direct_share(trials: Sequence[ArmCounts], estimates: Estimates) -> FloatArray:
    n = estimates.effects.size
    pairs: dict[tuple[int, int], list[tuple[FloatArray, FloatArray]]] = {}
    for trial in trials:
        for both in combinations(range(len(trial.arms)), 2):
            events = trial.events[list(both)]
            key = (trial.arms[both[0]], trial.arms[both[1]])
            pairs.setdefault(key, []).append((events, trial.n[list(both)] - events))
    share = np.zeros((n, n))
    for (i, j), found in pairs.items():
        _, v = design_odds_ratios(*(np.array(column) for column in zip(*found, strict=True)))
        variance = float(v[0, 0])
        known = variance if np.isfinite(variance) else np.inf
        share[i, j] = share[j, i] = estimates.se[i, j] ** 2 / known
    np.fill_diagonal(share, np.nan)
    return share
