"""One row of ``results.csv``: what a report gives for one arm, outcome and time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from weigh.evidence.document import Count, Id, Number, Sourced, Text

__all__ = ["Result"]

Spread = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Result(Sourced):
    """What a report gives for one study, arm, outcome and time point (and subgroup).

    Every number is as printed; conversions are made by the program, never by hand.

    Parameters
    ----------
    versus
        Id of another arm. Then the row is a contrast: `effect` is `arm` against `versus` in
        `measure`, and `ci_low`, `ci_high`, `se`, `p` are the contrast's.
    timepoint, weeks
        The time in words, and in weeks from the start; weeks is 0 at baseline.
    mean, sd, se, ci_low, ci_high, median, q1, q3, min, max
        Of the scores at that time; the interval has 95 % unless `note` says otherwise.
    change_mean, change_sd
        Of the change since baseline.
    events, total
        People with the event, out of how many.
    p, p_relation
        A p value, and whether it was printed as equal, below or above.
    direction
        Which way it went where only that was told: against baseline, or against `versus`.
    qualifier
        ``about`` where the report gives a rounded or approximate figure; ``range-of-means`` where
        min and max span averages and not people.
    """

    study: Id
    arm: Id
    outcome: Id
    timepoint: Text
    weeks: Annotated[float, Field(strict=True, ge=0)] | None = None
    versus: Id | None = None
    subgroup: Id | None = None
    n: Count | None = None
    mean: Number | None = None
    sd: Spread | None = None
    se: Spread | None = None
    ci_low: Number | None = None
    ci_high: Number | None = None
    median: Number | None = None
    q1: Number | None = None
    q3: Number | None = None
    min: Number | None = None
    max: Number | None = None
    change_mean: Number | None = None
    change_sd: Spread | None = None
    events: Count | None = None
    total: Count | None = None
    measure: Text | None = None
    effect: Number | None = None
    statistic: Number | None = None
    p: Annotated[float, Field(strict=True, ge=0, le=1)] | None = None
    p_relation: Literal["=", "<", ">"] = "="
    direction: Literal["lower", "higher", "unchanged"] | None = None
    qualifier: Literal["about", "range-of-means"] | None = None
    unit: Text | None = None

    @property
    def key(self) -> str:
        """The row's name inside trace ids: study.arm[-vs-arm].outcome.time[.subgroup]."""
        when = f"w{self.weeks:g}" if self.weeks is not None else _slug(self.timepoint)
        arm = self.arm if self.versus is None else f"{self.arm}-vs-{self.versus}"
        parts = [self.study, arm, self.outcome, when]
        if self.subgroup is not None:
            parts.append(self.subgroup)
        return ".".join(parts)


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
