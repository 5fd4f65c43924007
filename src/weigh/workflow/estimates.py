"""What one study gives for a comparison: its effect, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from weigh.effects import effect_size
from weigh.evidence.comparison import StudyEffect
from weigh.evidence.statement import Phrase, listing, say
from weigh.workflow.arms import (
    NO_SPREAD,
    Missing,
    continuous_side,
    dichotomous_side,
    has_change,
)
from weigh.workflow.cases import Case, both
from weigh.workflow.contrasts import printed_effect, sides_from_contrast
from weigh.workflow.study_effects import from_arms

__all__ = ["NoEstimate", "estimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEstimate:
    """Why a study that measured the outcome gives no effect, as the end of a sentence."""

    reason: Phrase


def estimate(case: Case) -> StudyEffect | NoEstimate:
    """One study's effect from its chosen rows.

    The arms' own numbers come first; where they do not suffice, the contrast that the report
    prints (its estimate with interval or standard error) is taken. Studies without a control group
    give a mean change, and only where the change itself was reported with its spread.
    """
    if case.measure == "PR":
        found: StudyEffect | Missing = Missing(
            lacks=("no comparison: everyone had the same treatment",)
        )
    elif case.measure == "MC":
        found = _change(case)
    elif case.task.outcome.kind == "continuous":
        found = _difference(case)
    else:
        found = _events(case)
    if isinstance(found, StudyEffect):
        return found
    printed = printed_effect(case)
    return printed if printed is not None else _refusal(case, found)


def _refusal(case: Case, missing: Missing) -> NoEstimate:
    return NoEstimate(
        reason=say(
            "the reports give {lacks}",
            lacks=listing(missing.lacks),
            rests_on=(case.study_cell.node,),
        )
    )


def _difference(case: Case) -> StudyEffect | Missing:
    change = has_change(case.selection.intervention) and has_change(case.selection.comparator)
    sides = [
        continuous_side(
            case.evidence, case.study, rows, case.trace, f"{case.base}.{name}", change=change
        )
        for name, rows in case.sides
    ]
    pair = both(sides)
    if isinstance(pair, Missing) and pair.lacks == (NO_SPREAD,):
        pair = both(sides_from_contrast(case))
    if isinstance(pair, Missing):
        return pair
    treated, control = pair
    effect = effect_size(
        case.measure,
        mean1=treated.mean,
        sd1=treated.sd,
        n1=treated.n,
        mean2=control.mean,
        sd2=control.sd,
        n2=control.n,
    )
    return from_arms(case, effect, treated, control)


def _events(case: Case) -> StudyEffect | Missing:
    pair = both(
        [
            dichotomous_side(case.evidence, case.study, rows, case.trace, f"{case.base}.{name}")
            for name, rows in case.sides
        ]
    )
    if isinstance(pair, Missing):
        return pair
    treated, control = pair
    effect = effect_size(
        case.measure,
        events1=treated.events,
        n1=treated.total,
        events2=control.events,
        n2=control.total,
        drop00=case.measure in ("RR", "OR"),
    )
    if not math.isfinite(float(effect.yi[0])):
        return Missing(lacks=("no events in either group, which tells nothing of a ratio",))
    return from_arms(case, effect, treated, control)


def _change(case: Case) -> StudyEffect | Missing:
    changed, scores = (
        continuous_side(
            case.evidence,
            case.study,
            case.selection.intervention,
            case.trace,
            f"{case.base}.{name}",
            change=change,
        )
        for name, change in (("intervention", True), ("scores", False))
    )
    if isinstance(changed, Missing):
        # What the scores lack says more than that the change was not given.
        return scores if isinstance(scores, Missing) else changed
    effect = effect_size("MN", mean=changed.mean, sd=changed.sd, n=changed.n)
    return from_arms(case, effect, changed, None)
