"""The rows of one comparison as they are shown: one object for the plot and the table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from weigh.evidence.comparison import (
    ArmData,
    Comparison,
    Judgement,
    Natural,
    NotEstimable,
    StudyBias,
    StudyEffect,
)
from weigh.evidence.figures import amount, p_value, per_cent, plain
from weigh.evidence.statement import Phrase, Quantity, join, say
from weigh.evidence.study import Allocation
from weigh.report.wording import COMMON_EFFECT, MEASURES, capital, effect, model_words

__all__ = [
    "DASH",
    "DERIVED",
    "EffectRow",
    "MissingRow",
    "PooledRow",
    "Rows",
    "effect_words",
    "heterogeneity",
    "judgement_of",
    "measure_words",
    "rows_of",
]

#: Set behind a figure that a conversion stands behind.
DERIVED = "†"
DASH = "–"

Shape = Literal["events", "means", "people"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """A study with an estimate; `arms` has its cells, column by column."""

    study: Phrase
    year: str
    arms: tuple[Phrase, ...]
    weight: Phrase
    share: float | None
    effect: Phrase
    natural: Natural
    bias: StudyBias | None
    notes: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRow:
    """A study that measured the outcome and gives no usable numbers."""

    study: Phrase
    year: str
    people: Phrase | None
    reason: Phrase
    bias: StudyBias | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledRow:
    """What a model makes of the studies; `note` names model and interval."""

    label: str
    note: str
    effect: Phrase
    natural: Natural
    main: bool
    published: Phrase | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of a comparison, and the heads of its columns."""

    shape: Shape
    intervention: str
    comparator: str | None
    heads: tuple[str, ...]
    effect_head: str
    studies: tuple[EffectRow, ...]
    missing: tuple[MissingRow, ...]
    pooled: tuple[PooledRow, ...]
    prediction: Phrase | None
    heterogeneity: tuple[Phrase, ...]
    has_derived: bool
    domains: tuple[str, ...]
    tool: str | None
    version: str | None

    @property
    def columns(self) -> int:
        """Columns that each arm takes."""
        return len(self.heads)

    @property
    def weighted(self) -> bool:
        """Whether the studies carry weights."""
        return any(row.share is not None for row in self.studies)


def rows_of(comparison: Comparison, intervention: str) -> Rows:
    """Lay a comparison out in rows; `intervention` names the first arm."""
    shape = _shape(comparison)
    heads = {"events": ("events / total",), "means": ("mean (SD)", "n"), "people": ("n",)}[shape]
    controlled = comparison.design is not Allocation.UNCONTROLLED
    tool, version, domains = _tool(comparison)
    return Rows(
        shape=shape,
        intervention=capital(intervention),
        comparator=capital(comparison.comparator) if controlled else None,
        heads=heads,
        effect_head=comparison.measure,
        studies=tuple(_study(comparison, row, shape, controlled) for row in comparison.studies),
        missing=tuple(_missing(row) for row in comparison.not_estimable),
        pooled=_pooled(comparison),
        prediction=_prediction(comparison),
        heterogeneity=heterogeneity(comparison),
        has_derived=shape == "means"
        and any(
            arm.derived
            for row in comparison.studies
            for arm in (row.intervention, row.comparator)
            if arm is not None
        ),
        domains=domains,
        tool=tool,
        version=version,
    )


def _tool(comparison: Comparison) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The tool, its version and its domains, where all studies were judged by the same one."""
    biases = [row.bias for row in comparison.studies] + [
        row.bias for row in comparison.not_estimable
    ]
    tools = {(b.tool, b.version, tuple(b.domains)) for b in biases if b is not None}
    return tools.pop() if len(tools) == 1 else (None, None, ())


def effect_words(measure: str, natural: Natural) -> Phrase:
    """``0.93 [0.85 to 1.01]``."""
    return say(
        "{estimate} [{low} to {high}]",
        estimate=_shown(measure, natural, "estimate"),
        low=_shown(measure, natural, "ci_low"),
        high=_shown(measure, natural, "ci_high"),
    )


def heterogeneity(comparison: Comparison) -> tuple[Phrase, ...]:
    """How much the studies differ: tau², I², Q and its p, each where it is defined."""
    pooled = comparison.pooled
    if pooled is None or pooled.k < 2:
        return ()
    nodes = {
        name.removeprefix("pooled."): node
        for name, node in comparison.nodes.items()
        if name.startswith("pooled.")
    }
    parts: list[Phrase] = []
    if pooled.method not in COMMON_EFFECT and "tau2" in nodes:
        tau2 = say("tau² = {tau2}", tau2=Quantity(text=_small(pooled.tau2), node=nodes["tau2"]))
        low, high = pooled.tau2_ci_low, pooled.tau2_ci_high
        if low is not None and high is not None and {"tau2_ci_low", "tau2_ci_high"} <= set(nodes):
            tau2 = say(
                "{tau2} ({low} to {high})",
                tau2=tau2,
                low=Quantity(text=_small(low), node=nodes["tau2_ci_low"]),
                high=Quantity(text=_small(high), node=nodes["tau2_ci_high"]),
            )
        parts.append(tau2)
    if "i2" in nodes:
        parts.append(say("I² = {i2}", i2=Quantity(text=per_cent(pooled.i2), node=nodes["i2"])))
    if {"q", "q_p"} <= set(nodes):
        p = p_value(pooled.q_p)
        parts.append(
            say(
                "Q = {q}, p {p}",
                q=Quantity(text=amount(pooled.q), node=nodes["q"]),
                p=Quantity(text=p if p.startswith("<") else f"= {p}", node=nodes["q_p"]),
            )
        )
    return tuple(parts)


def _small(value: float) -> str:
    """A variance: two decimals, or three significant figures where that would show nothing."""
    return amount(value) if value == 0.0 or abs(value) >= 0.1 else f"{value:.2g}"


def _shape(comparison: Comparison) -> Shape:
    arms = [arm for row in comparison.studies for arm in (row.intervention, row.comparator) if arm]
    if any(arm.events is not None for arm in arms):
        return "events"
    if any(arm.mean is not None for arm in arms):
        return "means"
    return "people"


def _shown(measure: str, natural: Natural, field: str) -> Quantity:
    return Quantity(text=effect(measure, getattr(natural, field)), node=natural.nodes[field])


def _study(comparison: Comparison, row: StudyEffect, shape: Shape, controlled: bool) -> EffectRow:
    sides = (row.intervention, row.comparator) if controlled else (row.intervention,)
    cells = tuple(cell for arm in sides for cell in _arm(arm, shape))
    weight = Phrase(text=DASH)
    if row.weight is not None and "weight" in row.nodes:
        weight = say(
            "{weight}", weight=Quantity(text=f"{amount(row.weight, 1)}%", node=row.nodes["weight"])
        )
    return EffectRow(
        study=_name(row),
        year=str(row.study.year),
        arms=cells,
        weight=weight,
        share=row.weight if comparison.k > 1 else None,
        effect=effect_words(comparison.measure, row.natural),
        natural=row.natural,
        bias=row.bias,
        notes=row.notes,
    )


def _missing(row: NotEstimable) -> MissingRow:
    people = None
    if row.n is not None and "n" in row.nodes:
        people = say("{n}", n=Quantity(text=plain(row.n), node=row.nodes["n"]))
    return MissingRow(
        study=_name(row),
        year=str(row.study.year),
        people=people,
        reason=row.reason,
        bias=row.bias,
    )


def _name(row: StudyEffect | NotEstimable) -> Phrase:
    """The study's label, with its year where the label lacks it."""
    label, year = row.study.label, str(row.study.year)
    text = label if year in label else f"{label} {year}"
    return say("{study}", study=Quantity(text=text, node=row.nodes["study"]))


def _arm(arm: ArmData | None, shape: Shape) -> tuple[Phrase, ...]:
    """The cells of one arm; what was not reported is a dash."""
    none = Phrase(text=DASH)
    if shape == "events":
        if arm is None or arm.events is None or arm.total is None:
            return (none,)
        return (
            say(
                "{events} / {total}",
                events=Quantity(text=plain(arm.events), node=arm.nodes["events"]),
                total=Quantity(text=plain(arm.total), node=arm.nodes["total"]),
            ),
        )
    n = none
    if arm is not None and arm.n is not None and "n" in arm.nodes:
        n = say("{n}", n=Quantity(text=plain(arm.n), node=arm.nodes["n"]))
    if shape == "people":
        return (n,)
    if arm is None or arm.mean is None:
        return (none, n)
    mean = say("{mean}", mean=Quantity(text=amount(arm.mean), node=arm.nodes["mean"]))
    if arm.sd is not None:
        sd = Quantity(text=amount(arm.sd), node=arm.nodes["sd"])
        mean = say("{mean} ({sd})", mean=mean, sd=sd)
    return (join([mean, DERIVED], "") if arm.derived else mean, n)


def _pooled(comparison: Comparison) -> tuple[PooledRow, ...]:
    """The main model first; with one study there is nothing to pool."""
    pooled, natural = comparison.pooled, comparison.natural
    if pooled is None or natural is None or comparison.k < 2:
        return ()
    measure = comparison.measure
    rows = [
        PooledRow(
            label=comparison.plan.model.label or "All together",
            note=model_words(pooled.method, pooled.test),
            effect=effect_words(measure, natural),
            natural=natural,
            main=True,
        )
    ]
    rows += [
        PooledRow(
            label=model.label,
            note=model_words(model.method, model.test),
            effect=effect_words(measure, model.natural),
            natural=model.natural,
            main=False,
            published=effect_words(measure, model.published) if model.published else None,
            source=model.published_source,
        )
        for model in comparison.models
    ]
    return tuple(rows)


def _prediction(comparison: Comparison) -> Phrase | None:
    """Where a further study's true effect is expected; only from three studies on."""
    natural = comparison.natural
    if natural is None or natural.pi_low is None or natural.pi_high is None or comparison.k < 3:
        return None
    return say(
        "[{low} to {high}]",
        low=_shown(comparison.measure, natural, "pi_low"),
        high=_shown(comparison.measure, natural, "pi_high"),
    )


def measure_words(comparison: Comparison) -> str:
    """``Risk ratio``, ``Mean difference``."""
    return capital(MEASURES.get(comparison.measure, comparison.measure))


def judgement_of(bias: StudyBias, domain: str) -> Judgement:
    """The judgement of a domain; one that was not judged has no information."""
    return bias.domains.get(domain, "no_information")
