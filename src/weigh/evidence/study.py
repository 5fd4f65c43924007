"""A study: the trial behind one or more reports, who did it, on whom, with what."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from weigh.evidence.document import Count, Document, Flag, Id, Sourced, Text

__all__ = [
    "Allocation",
    "Arm",
    "Design",
    "Directness",
    "Fact",
    "Funding",
    "Interest",
    "Participants",
    "Study",
]


class Allocation(StrEnum):
    """How people came to their arm: what a comparison may and may not be pooled with."""

    RANDOMISED = "randomised"
    NON_RANDOMISED = "non-randomised"
    UNCONTROLLED = "uncontrolled"


class Design(StrEnum):
    """The design of a study, as ``studies.yaml`` names it."""

    RCT = "rct"
    CROSSOVER_RCT = "crossover-rct"
    CLUSTER_RCT = "cluster-rct"
    NON_RANDOMISED = "non-randomised"
    COHORT = "cohort"
    CASE_CONTROL = "case-control"
    CROSS_SECTIONAL = "cross-sectional"
    BEFORE_AFTER = "before-after"
    CASE_SERIES = "case-series"

    @property
    def allocation(self) -> Allocation:
        """The class of designs that this one may be pooled with."""
        if self in (Design.RCT, Design.CROSSOVER_RCT, Design.CLUSTER_RCT):
            return Allocation.RANDOMISED
        if self in (Design.BEFORE_AFTER, Design.CASE_SERIES):
            return Allocation.UNCONTROLLED
        return Allocation.NON_RANDOMISED


class Fact(Sourced):
    """A sentence that a source bears, in our words."""

    text: Text


class Participants(Sourced):
    """How many people one report counts; two reports that disagree are two of these.

    `used` marks the count that the answer goes by, with the `reason` for it.
    """

    count: Count
    kind: Literal["screened", "enrolled", "randomised", "completed", "analysed"]
    used: Flag = False
    reason: Text | None = None


class Funding(Sourced):
    """Who paid. `kind` is ``not-reported`` where no report says so."""

    kind: Literal["industry", "mixed", "public", "none", "not-reported"]
    text: Text | None = None


class Interest(Fact):
    """A tie between the people who did the study and a party with a stake in its result."""

    kind: Literal["employment", "advisory", "funding", "supply", "authorship", "other"]
    party: Text


class Arm(Document):
    """One arm of a study; `n` is how many people were allotted to it, where reported.

    `dose` is per day, in `unit`; `dose_max` makes it a range. `given_as` tells a supplement from
    food or an injection, which the evidence may not be carried across.
    """

    id: Id
    label: Text
    role: Literal["intervention", "comparator"]
    intervention: Text
    form: Id | None = None
    dose: Annotated[float, Field(strict=True, ge=0)] | None = None
    dose_max: Annotated[float, Field(strict=True, ge=0)] | None = None
    unit: Text | None = None
    given_as: Literal["supplement", "food", "injection", "infusion", "topical", "other"] | None = (
        None
    )
    schedule: Text | None = None
    duration_weeks: Annotated[float, Field(strict=True, gt=0)] | None = None
    n: Count | None = None
    source: Id | None = None


class Directness(Document):
    """How well a study fits the question, and in what it differs.

    ``mechanistic`` studies bear on how it might work and enter no comparison of patient outcomes.
    `levels` is how far the certainty falls for it under GRADE's indirectness.
    """

    level: Literal["direct", "indirect", "mechanistic"] = "direct"
    differs_in: tuple[Literal["population", "intervention", "comparator", "outcome"], ...] = ()
    levels: Annotated[int, Field(strict=True, ge=0, le=2)] = 0
    reason: Text | None = None


class Study(Document):
    """The trial (or other study) behind one or more reports.

    Parameters
    ----------
    source
        The main report: source of every fact here that names no other.
    reports
        Ids of all its reports in ``references.json``.
    team
        Id of the research group; studies that share it are not independent.
    registration
        The register's number, or None where none was seen.
    excluded
        Why it enters no comparison although it is listed; None where it does.
    """

    id: Id
    label: Text
    year: Annotated[int, Field(strict=True, ge=1800, le=2100)]
    source: Id
    design: Design
    reports: tuple[Id, ...] = ()
    design_note: Text | None = None
    blinding: Literal["double-blind", "single-blind", "open-label", "not-reported"] = "not-reported"
    blinding_note: Text | None = None
    pilot: Flag = False
    registration: Text | None = None
    country: Text | None = None
    team: Id | None = None
    funding: Funding | None = None
    interests: tuple[Interest, ...] = ()
    population: Text
    participants: tuple[Participants, ...] = ()
    arms: tuple[Arm, ...] = ()
    directness: Directness = Directness()
    follow_up_weeks: Annotated[float, Field(strict=True, gt=0)] | None = None
    adverse_events: Fact | None = None
    dropouts: Fact | None = None
    notes: tuple[Fact, ...] = ()
    missing: tuple[Text, ...] = ()
    excluded: Text | None = None
    quote: Text | None = None
    locator: Text | None = None

    @property
    def allocation(self) -> Allocation:
        """Randomised, non-randomised or uncontrolled."""
        return self.design.allocation

    @property
    def tied_to_maker(self) -> bool:
        """True where industry paid, or a party with a stake is among those who did the study."""
        paid = self.funding is not None and self.funding.kind in ("industry", "mixed")
        return paid or bool(self.interests)

    def arm(self, arm_id: str) -> Arm:
        """Return the arm with this id; KeyError where there is none."""
        return {arm.id: arm for arm in self.arms}[arm_id]
