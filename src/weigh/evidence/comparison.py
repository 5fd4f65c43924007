"""One comparison: the studies that bear on it, what each gives, and what they give together.

Every number here is a plain value with its node beside it (`nodes`: field name to node id), so that
what is drawn, printed and exported comes from one object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from weigh.evidence.certainty import Certainty
from weigh.evidence.pooled import Pooled
from weigh.evidence.question import ComparisonPlan, Outcome
from weigh.evidence.statement import Phrase, Statement
from weigh.evidence.study import Allocation, Study

__all__ = [
    "Absolute",
    "ArmData",
    "Comparison",
    "Independence",
    "Judgement",
    "ModelResult",
    "Natural",
    "NotEstimable",
    "StudyBias",
    "StudyEffect",
]

Nodes = Mapping[str, str]
Judgement = Literal[
    "low", "some_concerns", "high", "moderate", "serious", "critical", "no_information"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Natural:
    """An estimate with its interval on the scale that people read (ratios, not logs).

    `nodes` has estimate, ci_low, ci_high (and pi_low, pi_high where there is a prediction
    interval).
    """

    estimate: float
    ci_low: float
    ci_high: float
    pi_low: float | None = None
    pi_high: float | None = None
    nodes: Nodes

    def interval(self) -> dict[str, Any]:
        """Estimate and interval with their nodes, ready for JSON."""
        return {
            "estimate": self.estimate,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "nodes": dict(self.nodes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmData:
    """What one side of one study gives: people with events out of total, or mean, SD and n.

    `derived` names the conversions that stand behind the mean or SD; `nodes` has those of n,
    events, total, mean, sd that are present.
    """

    label: str
    n: int | None = None
    events: int | None = None
    total: int | None = None
    mean: float | None = None
    sd: float | None = None
    derived: tuple[str, ...] = ()
    nodes: Nodes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyBias:
    """Risk of bias of one study for one outcome: each domain of one tool, and overall.

    `derived` is True where the overall judgement follows from the domains by the tool's rule
    rather than from the folder.
    """

    tool: str
    version: str
    domains: Mapping[str, Judgement]
    supports: Mapping[str, str]
    overall: Judgement
    derived: bool
    node: str
    nodes: Nodes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEffect:
    """One study's effect, on the analysis scale (`yi`, `vi`) and on the natural one.

    `weight` is its share of the pooled estimate in percent. `nodes` has yi, vi, weight, n, study.
    """

    study: Study
    yi: float
    vi: float
    ci_low: float
    ci_high: float
    natural: Natural
    n: int
    weight: float | None = None
    intervention: ArmData
    comparator: ArmData | None = None
    weeks: float | None = None
    timepoint: str
    bias: StudyBias | None = None
    notes: tuple[Phrase, ...] = ()
    nodes: Nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEstimable:
    """A study that measured the outcome but gives no usable numbers: it stays a row, with why."""

    study: Study
    n: int | None
    reason: Phrase
    bias: StudyBias | None = None
    findings: tuple[Statement, ...] = ()
    nodes: Nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelResult:
    """The comparison under another model, and what was published under it."""

    label: str
    method: str
    test: str
    pooled: Pooled
    natural: Natural
    published: Natural | None = None
    published_source: str | None = None
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """The effect in people or points, the way it should be told first.

    For dichotomous outcomes risks are per `per` people; for continuous ones `comparator` and
    `intervention` are typical scores where known. `difference` is intervention minus comparator.
    `nodes` has comparator, intervention, difference, difference_low, difference_high.
    """

    per: int | None
    comparator: float | None
    intervention: float | None
    difference: float
    difference_low: float
    difference_high: float
    baseline: Phrase | None
    nodes: Nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Independence:
    """How many teams stand behind the studies, and how many studies are tied to a maker.

    `unknown` counts studies for which neither funding nor interests were reported.
    """

    studies: int
    teams: int
    tied: int
    unknown: int
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An outcome compared, in studies of one class of design.

    Parameters
    ----------
    id
        The plan's id; with ``-non-randomised`` or ``-uncontrolled`` behind it for those designs.
    k, n
        Studies with an estimate, and the people in them.
    pooled, natural
        None where nothing could be estimated; with one study, that study's own effect.
    null
        No effect, on the analysis scale.
    mid
        The outcome's minimal important difference on the analysis scale of a mean difference; None
        for ratio measures and where none is known.
    people
        All people in studies that measured the outcome, estimable or not.
    footnotes
        What the reader must know beside the numbers (conversions, zero cells, printed intervals
        that do not fit).
    """

    id: str
    label: str
    plan: ComparisonPlan
    outcome: Outcome
    comparator: str
    design: Allocation
    measure: str
    k: int
    n: int
    people: int
    studies: tuple[StudyEffect, ...]
    not_estimable: tuple[NotEstimable, ...] = ()
    pooled: Pooled | None = None
    natural: Natural | None = None
    null: float = 0.0
    mid: float | None = None
    models: tuple[ModelResult, ...] = ()
    absolute: Absolute | None = None
    independence: Independence | None = None
    certainty: Certainty | None = None
    statement: Statement | None = None
    footnotes: tuple[Statement, ...] = ()
    nodes: Nodes

    @property
    def subgroup(self) -> str | None:
        """Id of the subgroup it is restricted to, if any."""
        return self.plan.subgroup

    @property
    def direct(self) -> bool:
        """True where it takes the studies that fit the question."""
        return self.plan.directness == "direct"

    @property
    def all_studies(self) -> tuple[Study, ...]:
        """Every study that measured the outcome, estimable or not."""
        estimable = [row.study for row in self.studies]
        return tuple(estimable + [row.study for row in self.not_estimable])

    def to_dict(self) -> dict[str, Any]:
        """As ``answer.json`` holds it; effects of studies are on the analysis scale."""
        return {
            "id": self.id,
            "label": self.label,
            "outcome": self.outcome.id,
            "comparator": self.comparator,
            "subgroup": self.subgroup,
            "design": self.design.value,
            "direct": self.direct,
            "measure": self.measure,
            "k": self.k,
            "n": self.n,
            "people": self.people,
            "pooled": self.pooled.to_dict() if self.pooled else None,
            "natural": _natural(self.natural),
            "studies": [
                {
                    "id": row.study.id,
                    "label": row.study.label,
                    "yi": row.yi,
                    "vi": row.vi,
                    "ci_low": row.ci_low,
                    "ci_high": row.ci_high,
                    "weight": row.weight,
                    "n": row.n,
                    "nodes": dict(row.nodes),
                }
                for row in self.studies
            ],
            "not_estimable": [
                {
                    "id": row.study.id,
                    "label": row.study.label,
                    "n": row.n,
                    "reason": row.reason.text,
                    "because": list(row.reason.because),
                    "findings": [finding.to_dict() for finding in row.findings],
                }
                for row in self.not_estimable
            ],
            "models": [
                {
                    "label": model.label,
                    "method": model.method,
                    "test": model.test,
                    "pooled": model.pooled.to_dict(),
                    "natural": _natural(model.natural),
                    "published": _natural(model.published),
                    "source": model.published_source,
                    "statement": model.statement.to_dict(),
                }
                for model in self.models
            ],
            "absolute": _absolute(self.absolute),
            "independence": self.independence.statement.to_dict() if self.independence else None,
            "certainty": self.certainty.to_dict() if self.certainty else None,
            "statement": self.statement.to_dict() if self.statement else None,
            "footnotes": [footnote.to_dict() for footnote in self.footnotes],
            "nodes": dict(self.nodes),
        }


def _natural(natural: Natural | None) -> dict[str, Any] | None:
    if natural is None:
        return None
    return {
        "estimate": natural.estimate,
        "ci_low": natural.ci_low,
        "ci_high": natural.ci_high,
        "pi_low": natural.pi_low,
        "pi_high": natural.pi_high,
        "nodes": dict(natural.nodes),
    }


def _absolute(absolute: Absolute | None) -> dict[str, Any] | None:
    if absolute is None:
        return None
    return {
        "per": absolute.per,
        "comparator": absolute.comparator,
        "intervention": absolute.intervention,
        "difference": absolute.difference,
        "difference_low": absolute.difference_low,
        "difference_high": absolute.difference_high,
        "baseline": absolute.baseline.text if absolute.baseline else None,
        "nodes": dict(absolute.nodes),
    }
