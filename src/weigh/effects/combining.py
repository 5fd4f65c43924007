"""Several arms taken as one group."""

from __future__ import annotations

import math
from collections.abc import Sequence

from weigh.effects.conversion import CombinedEvents, MeanSD
from weigh.errors import InputError

__all__ = ["combine_events", "combine_means"]


def _inputs(**columns: Sequence[float]) -> dict[str, float]:
    """Numbers by name and arm, counted from 1: mean1, sd1, n1, mean2, ..."""
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        counts = ", ".join(f"{len(column)} of {name}" for name, column in columns.items())
        raise InputError(f"The arms to combine are not all complete: {counts}.")
    if lengths == {0}:
        raise InputError("There are no arms to combine.")
    return {
        f"{name}{arm}": float(column[arm - 1])
        for arm in range(1, lengths.pop() + 1)
        for name, column in columns.items()
    }


def combine_means(means: Sequence[float], sds: Sequence[float], ns: Sequence[float]) -> MeanSD:
    """Mean, SD and size of several arms taken as one group.

    The SD is that of all people about their common mean, so it takes in the differences between
    the arms. It is what one would have had from the people's own scores.

    Examples
    --------
    >>> both = combine_means([5.0, 7.0], [2.0, 2.0], [10, 10])
    >>> both.mean, round(both.sd, 4), both.n
    (6.0, 2.2005, 20.0)
    """
    inputs = _inputs(mean=means, sd=sds, n=ns)
    for arm, (sd, n) in enumerate(zip(sds, ns, strict=True), start=1):
        if not sd >= 0.0:
            raise InputError(f"sd{arm} is {sd:g}: a standard deviation cannot be negative.")
        if not n > 0.0:
            raise InputError(f"n{arm} is {n:g}: an arm without people cannot be combined.")
    total = math.fsum(ns)
    # Counted from the first mean, so that means far from zero lose no digits.
    origin = means[0]
    offset = math.fsum(n * (mean - origin) for mean, n in zip(means, ns, strict=True)) / total
    within = math.fsum((n - 1.0) * sd * sd for sd, n in zip(sds, ns, strict=True))
    between = math.fsum(
        n * (mean - origin - offset) ** 2 for mean, n in zip(means, ns, strict=True)
    )
    if not total > 1.0:
        raise InputError("One person alone has no standard deviation.")
    return MeanSD(
        mean=origin + offset,
        sd=math.sqrt((within + between) / (total - 1.0)),
        n=total,
        name=f"{len(ns)} arms combined, their means and SDs",
        inputs=inputs,
        reference="Cochrane Handbook 6.5.2.10",
    )


def combine_events(events: Sequence[float], totals: Sequence[float]) -> CombinedEvents:
    """People with the event and people in all, added up over arms."""
    inputs = _inputs(events=events, total=totals)
    for arm, (count, total) in enumerate(zip(events, totals, strict=True), start=1):
        if not 0.0 <= count <= total:
            raise InputError(
                f"events{arm} is {count:g} and total{arm} is {total:g}: "
                "people with the event lie between none and all."
            )
    return CombinedEvents(
        events=math.fsum(events),
        total=math.fsum(totals),
        name=f"{len(totals)} arms combined, their events added up",
        inputs=inputs,
        reference="Cochrane Handbook 6.2.9 and 23.3.4",
    )
