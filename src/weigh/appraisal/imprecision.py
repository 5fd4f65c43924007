"""GRADE, imprecision: whether chance alone could have made the result.

Two readings, of which the worse one counts (Guyatt et al. 2011, GRADE guidelines 6; Zeng et al.
2022, GRADE guidance 34; Schünemann et al. 2022, GRADE guidance 35): does the interval hold values
that a person would act on differently, and is there as much information as one adequate trial would
bring?
"""

from __future__ import annotations

import math

from weigh.appraisal.body import Body
from weigh.appraisal.information_size import (
    ENOUGH_PEOPLE,
    InformationSize,
    events_in,
    information_size,
)
from weigh.appraisal.lines import Lines, decision_lines
from weigh.evidence.certainty import DomainRating
from weigh.evidence.figures import amount, ratio
from weigh.evidence.statement import Phrase, Quantity, join, say

__all__ = ["FAR_TOO_FEW", "LARGE_SAMPLE", "rate_imprecision"]

#: Below this share of the optimal information size, two levels. GRADE guidance 34 lowers by two
#: where the sample is "far less" than the size needed, and works its examples near 30 %.
FAR_TOO_FEW = 1.0 / 3.0

#: With so many people, few events are no reason to lower: both risks are known to be small (Guyatt
#: et al. 2011, GRADE guidelines 6, "at least 2,000, perhaps 4,000"; the stricter is taken).
LARGE_SAMPLE = 4000


def rate_imprecision(body: Body) -> DomainRating:
    """Rate the domain.

    By the interval, where a smallest important difference is known: one level where the interval
    crosses it on one side, two where it holds an important benefit and an important harm, three
    where it holds a large one of each. Where none is known the same lines stand in (see
    `weigh.appraisal.lines`), and count only where the interval includes no effect.

    By size: one level below the optimal information size, two below a third of it.

    The worse of the two counts. Where nothing can be estimated there is no interval: one level, and
    two below the 400 people of the rule of thumb. Where nobody had the event: two levels, and one
    from 4,000 people on.
    """
    if not body.estimable:
        return _without_estimate(body)
    counted = events_in(body.comparison) if body.comparison.outcome.kind == "dichotomous" else None
    if counted is not None and counted[0] == 0:
        return _without_events(body, counted[1])
    by_interval, about_interval = _interval(body)
    by_size, about_size = _size(body)
    levels = min(by_interval, by_size)
    # What lowers the certainty is said first.
    phrases = (
        [about_interval, about_size] if by_interval <= by_size else [about_size, about_interval]
    )
    return DomainRating(
        domain="imprecision", levels=levels, reason=join([p for p in phrases if p.text])
    )


def _without_estimate(body: Body) -> DomainRating:
    counted = _events_reported(body)
    if counted is not None and counted[0] == 0:
        return _without_events(body, counted[1])
    enough = body.size >= ENOUGH_PEOPLE
    if body.size == 0:
        words = "No effect could be estimated, and how many people were measured is not known."
        reason = say(words, rests_on=body.studies_nodes())
    else:
        words = (
            "No effect could be estimated, so how precise it is cannot be told; {n} people were "
            "measured."
            if enough
            else "No effect could be estimated, and only {n} people were measured."
        )
        reason = say(words, n=body.size_cell(), rests_on=body.studies_nodes())
    return DomainRating(domain="imprecision", levels=-1 if enough else -2, reason=reason)


def _without_events(body: Body, nodes: tuple[str, ...]) -> DomainRating:
    many = body.size >= LARGE_SAMPLE
    if body.size:
        reason = say(
            "None of {n} people had the event, so no relative effect can be told.",
            n=body.size_cell(),
            rests_on=nodes,
        )
    else:
        reason = say("Nobody had the event, so no relative effect can be told.", rests_on=nodes)
    return DomainRating(domain="imprecision", levels=-1 if many else -2, reason=reason)


def _events_reported(body: Body) -> tuple[int, tuple[str, ...]] | None:
    """Events in the rows of studies without an estimate; None where no row counts any."""
    if body.comparison.outcome.kind != "dichotomous":
        return None
    held = {study.id for study in body.comparison.all_studies}
    rows = [
        row
        for row in body.evidence.results
        if row.study in held
        and row.outcome == body.comparison.outcome.id
        and row.subgroup == body.comparison.subgroup
        and row.events is not None
    ]
    if not rows or {row.study for row in rows} != held:
        return None
    return sum(row.events or 0 for row in rows), body.studies_nodes()


def _interval(body: Body) -> tuple[int, Phrase]:
    if body.comparison.measure == "PR":
        # A proportion in one group has no line of no effect to be held against.
        return 0, Phrase(text="")
    lines = decision_lines(body)
    if lines.low is None or lines.high is None:
        return 0, Phrase(text="")
    if not (math.isfinite(lines.low) and math.isfinite(lines.high)):
        return -2, say("The interval has no end.", rests_on=body.studies_nodes())
    levels, words = _verdict(body, lines, lines.low, lines.high)
    return levels, say(words, interval=_shown(body, lines, lines.low, lines.high))


def _verdict(body: Body, lines: Lines, low: float, high: float) -> tuple[int, str]:
    includes_null = low <= lines.null <= high
    if lines.important is None or (not lines.known and not includes_null):
        if includes_null:
            return -1, "The interval ({interval}) includes no effect."
        return 0, "The interval ({interval}) leaves out no effect."
    crosses_low = low < lines.important[0] < high
    crosses_high = low < lines.important[1] < high
    if crosses_low and crosses_high:
        if lines.large is not None and low < lines.large[0] and high > lines.large[1]:
            return -3, "The interval ({interval}) includes both a large benefit and a large harm."
        return (
            -2,
            "The interval ({interval}) includes both an important benefit and an important harm.",
        )
    if crosses_low or crosses_high:
        good = crosses_low == (body.comparison.outcome.better == "lower")
        effect = "benefit" if good else "harm"
        other = "no effect" if includes_null else "one too small to matter"
        return -1, f"The interval ({{interval}}) includes both an important {effect} and {other}."
    if high <= lines.important[0] or low >= lines.important[1]:
        return (
            0,
            "The whole interval ({interval}) lies beyond the smallest difference that matters.",
        )
    return 0, "The interval ({interval}) leaves out every difference large enough to matter."


def _shown(body: Body, lines: Lines, low: float, high: float) -> Phrase:
    ends = []
    for name, value, node in (("low", low, lines.low_node), ("high", high, lines.high_node)):
        if node is None or node not in body.trace:
            node = body.trace.computed(
                f"{body.base}.interval_{name}",
                f"interval, {name} end",
                value,
                function="weigh.pool",
                inputs=[row.nodes[key] for row in body.comparison.studies for key in ("yi", "vi")],
            )
        if lines.percentage_points:
            node = body.trace.computed(
                f"{body.base}.risk_difference_{name}",
                f"difference in risk, {name} end (percentage points)",
                100.0 * value,
                function="percent",
                inputs=(node,),
            )
            text = amount(100.0 * value, 1)
        elif lines.null == 1.0:
            text = ratio(value)
        else:
            text = amount(value)
        ends.append(Quantity(text=text, node=node))
    words = "{low} to {high} percentage points" if lines.percentage_points else "{low} to {high}"
    return say(words, low=ends[0], high=ends[1])


def _size(body: Body) -> tuple[int, Phrase]:
    size = information_size(body)
    # Strictly below: with exactly as many as needed there are enough.
    if size.held >= size.needed:
        return 0, _told(size, "{held} at least as many as {asked} ({needed}).")
    if body.comparison.outcome.kind == "dichotomous" and body.size >= LARGE_SAMPLE:
        words = "{held} fewer than {asked} ({needed}), but {n} people make up for that."
        return 0, _told(size, words, n=body.size_cell())
    if size.held < FAR_TOO_FEW * size.needed:
        return -2, _told(size, "{held} far fewer than {asked} ({needed}).")
    return -1, _told(size, "{held} fewer than {asked} ({needed}).")


def _told(size: InformationSize, words: str, n: Quantity | None = None) -> Phrase:
    if size.held == 1:
        counted = "{n} person is" if size.unit == "people" else "{n} event is"
    else:
        counted = "{n} people are" if size.unit == "people" else "{n} events are"
    return say(
        words,
        held=say(counted, n=size.held_cell),
        needed=size.needed_cell,
        asked="a rule of thumb asks for" if size.rule_of_thumb else "an adequate trial would need",
        n=n or "",
    )
