"""The comparison under other models, beside what was published under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weigh.evidence.comparison import Comparison, ModelResult, Natural
from weigh.evidence.figures import amount, per_cent, ratio
from weigh.evidence.pooled import Pooled
from weigh.evidence.question import Model, PublishedEstimate
from weigh.evidence.statement import Phrase, Quantity, Statement, say
from weigh.evidence.trace import TraceBuilder
from weigh.workflow.pooling import (
    LOG_MEASURES,
    interval_of,
    natural_scale,
    pool_effects,
    record,
)

__all__ = ["models"]


def models(comparison: Comparison, trace: TraceBuilder) -> tuple[ModelResult, ...]:
    """Pool a comparison under each of its other models.

    With two studies, whose Knapp-Hartung interval rests on one degree of freedom, the normal
    interval is always shown too.
    """
    if comparison.pooled is None:
        return ()
    plans = list(comparison.plan.also)
    main = comparison.plan.model
    if comparison.k == 2 and main.test == "knha":
        plans.append(Model(method=main.method, test="z", label=f"{main.method}, normal interval"))
    return tuple(
        _result(comparison, model, number, trace) for number, model in enumerate(plans, start=1)
    )


def _result(comparison: Comparison, model: Model, number: int, trace: TraceBuilder) -> ModelResult:
    base = f"{comparison.id}.model.{number}"
    pooled = pool_effects(comparison.studies, comparison.measure, model)
    inputs = [row.nodes[name] for row in comparison.studies for name in ("yi", "vi")]
    fields = record(trace, base, pooled, inputs, comparison.measure)
    natural = natural_scale(
        trace, f"{base}.natural", comparison.measure, interval_of(pooled), fields
    )
    published = None
    if model.published is not None:
        published = _published(trace, f"question.{base}.published", model.published)
    return ModelResult(
        label=model.label or f"{model.method}, {model.test}",
        method=model.method,
        test=model.test,
        pooled=pooled,
        natural=natural,
        published=published,
        published_source=model.published.source if model.published else None,
        statement=Statement(
            id=f"{base}.statement",
            phrase=_tell(comparison, model, pooled, natural, published, fields),
        ),
    )


def _published(trace: TraceBuilder, base: str, estimate: PublishedEstimate) -> Natural:
    values = {
        "estimate": estimate.estimate,
        "ci_low": estimate.ci_low,
        "ci_high": estimate.ci_high,
    }
    nodes = {
        field: trace.datum(
            f"{base}.{field}", f"published {field}", value, of=estimate, column=f"published.{field}"
        )
        for field, value in values.items()
    }
    if estimate.i2 is not None:
        nodes["i2"] = trace.datum(
            f"{base}.i2", "published I²", estimate.i2, of=estimate, column="published.i2"
        )
    return Natural(**values, nodes=nodes)


def _tell(
    comparison: Comparison,
    model: Model,
    pooled: Pooled,
    natural: Natural,
    published: Natural | None,
    fields: Mapping[str, str],
) -> Phrase:
    """What the model gives, what was published, and what the choice of model changes in words."""
    show = ratio if comparison.measure in LOG_MEASURES else amount
    words = say(
        "{label}: {interval}",
        label=(model.label or f"{model.method}, {model.test}").rstrip("."),
        interval=_interval(natural, show),
    )
    if "i2" in fields and comparison.k > 1:
        words = say(
            "{words}, I² {i2}",
            words=words,
            i2=Quantity(text=per_cent(pooled.i2), node=fields["i2"]),
        )
    if published is not None:
        words = say(
            "{words}; published: {interval}", words=words, interval=_interval(published, show)
        )
    return say("{words}. {change}", words=words, change=_change(comparison, pooled))


def _interval(natural: Natural, show: Callable[[float], str]) -> Phrase:
    return say(
        "{estimate} ({low} to {high})",
        estimate=Quantity(text=show(natural.estimate), node=natural.nodes["estimate"]),
        low=Quantity(text=show(natural.ci_low), node=natural.nodes["ci_low"]),
        high=Quantity(text=show(natural.ci_high), node=natural.nodes["ci_high"]),
    )


def _change(comparison: Comparison, pooled: Pooled) -> str:
    main = comparison.pooled
    if main is None:
        return ""
    before = main.ci_low <= comparison.null <= main.ci_high
    after = pooled.ci_low <= comparison.null <= pooled.ci_high
    line = "the line of no effect"
    if before and not after:
        return f"Under this model the interval leaves out {line}; under ours it includes it."
    if after and not before:
        return f"Under this model the interval includes {line}; under ours it leaves it out."
    both = f"both {'include' if after else 'leave out'} {line}"
    # Two trials that agree exactly have an interval of no width after Knapp and Hartung.
    width, ours = pooled.ci_high - pooled.ci_low, main.ci_high - main.ci_low
    if width < 0.9 * ours:
        return f"The interval is narrower than ours; {both}."
    if width > 1.1 * ours:
        return f"The interval is wider than ours; {both}."
    return f"About the same interval as ours; {both}."
