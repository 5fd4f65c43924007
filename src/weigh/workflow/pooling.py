"""Effects of studies pooled under a model, with every figure as a trace node."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from weigh.errors import StatisticsError
from weigh.evidence.comparison import Natural, StudyEffect
from weigh.evidence.measure import MEASURES
from weigh.evidence.pooled import Pooled
from weigh.evidence.question import Model
from weigh.evidence.trace import Scalar, TraceBuilder
from weigh.synthesis import mantel_haenszel, peto, pool

__all__ = [
    "LOG_MEASURES",
    "interval_of",
    "log_scale",
    "natural_scale",
    "pool_effects",
    "record",
]

#: Measures whose analysis scale is the logarithm of what people read.
LOG_MEASURES = frozenset({"RR", "OR", "IRR", "ROM", "HR"})

#: Studies that a prediction interval takes at the least.
FEWEST_TO_PREDICT = 3

_FIELDS = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "pi_low",
    "pi_high",
    "p",
    "tau2",
    "tau2_ci_low",
    "tau2_ci_high",
    "i2",
    "q",
    "q_p",
)


def pool_effects(
    effects: Sequence[StudyEffect], measure: str, model: Model, *, level: float = 0.95
) -> Pooled:
    """Pool the effects of some studies; of one study, take its own.

    Mantel-Haenszel and Peto go back to the counts in the arms, the others to `yi` and `vi`.

    Raises
    ------
    StatisticsError
        If the model needs counts and a study has none.
    """
    labels = [row.study.label for row in effects]
    if model.method in ("MH", "PETO"):
        counts = _counts(effects, model.method)
        if model.method == "PETO":
            return peto(*counts, level=level, slab=labels)
        # Zero cells as in RevMan, so that a Cochrane review's own figures come out: half a person
        # is added to each cell of a study with a zero, in the pooled estimate too.
        return mantel_haenszel(
            *counts,
            measure=measure,
            level=level,
            add=(0.5, 0.5),
            to=("only0", "only0"),
            drop00=(True, True),
            slab=labels,
        )
    method, test = (model.method, model.test) if len(effects) > 1 else ("EE", "z")
    return pool(
        np.array([row.yi for row in effects]),
        np.array([row.vi for row in effects]),
        method=method,
        test=test,
        level=level,
        slab=labels,
    )


def _counts(effects: Sequence[StudyEffect], method: str) -> list[np.ndarray]:
    columns: list[list[float]] = [[], [], [], []]
    for row in effects:
        treated, control = row.intervention, row.comparator
        if control is None or treated.events is None or control.events is None:
            raise StatisticsError(
                f"{method} needs people with the event and people in all for each arm; "
                f"{row.study.label} gives none.",
                hint="Choose an inverse-variance method for this comparison.",
            )
        values = (treated.events, treated.total, control.events, control.total)
        for column, value in zip(columns, values, strict=True):
            column.append(math.nan if value is None else float(value))
    return [np.array(column) for column in columns]


def record(
    trace: TraceBuilder, base: str, pooled: Pooled, inputs: Sequence[str], measure: str
) -> dict[str, str]:
    """Add a node for each figure of a pooled estimate; return them by field name."""
    parameters: dict[str, Scalar] = {
        "measure": measure,
        "method": pooled.method,
        "test": pooled.test,
        "level": pooled.level,
    }
    nodes = {}
    for field in _FIELDS:
        value = getattr(pooled, field)
        if field.startswith("pi_") and pooled.k < FEWEST_TO_PREDICT:
            continue
        if value is not None and math.isfinite(value):
            scale = ""
            if field in _ON_THE_SCALE:
                scale = log_scale(measure, None if field == "se" else value)
            nodes[field] = trace.computed(
                f"{base}.{field}",
                f"pooled {_LABELS.get(field, field)}{scale}",
                float(value),
                function="weigh.pool" if pooled.method not in ("MH", "PETO") else "weigh.counts",
                inputs=tuple(inputs),
                parameters=parameters,
                method=pooled.prediction if field in ("pi_low", "pi_high") else None,
            )
    return nodes


def log_scale(measure: str, value: float | None) -> str:
    """`` as a log risk ratio (risk ratio 0.87)``; nothing where figures are what people read."""
    if measure not in LOG_MEASURES:
        return ""
    words = MEASURES[measure].words
    return f" as a log {words}" + ("" if value is None else f" ({words} {math.exp(value):.3g})")


#: Figures in the units of the analysis scale: of a ratio, its logarithm.
_ON_THE_SCALE = frozenset({"estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high"})

_LABELS = {
    "estimate": "estimate",
    "se": "standard error",
    "ci_low": "interval, lower end",
    "ci_high": "interval, upper end",
    "pi_low": "prediction interval, lower end",
    "pi_high": "prediction interval, upper end",
    "p": "p value",
    "tau2": "between-study variance (tau²)",
    "tau2_ci_low": "tau², lower end of its interval",
    "tau2_ci_high": "tau², upper end of its interval",
    "i2": "I² (percent)",
    "q": "Cochran's Q",
    "q_p": "p value of Q",
}


def natural_scale(
    trace: TraceBuilder,
    base: str,
    measure: str,
    values: dict[str, float | None],
    nodes: dict[str, str],
) -> Natural:
    """The figures on the scale that people read, each with a node of its own where it differs."""
    if measure not in LOG_MEASURES:
        return _natural(values, nodes)
    shown: dict[str, float | None] = {}
    named: dict[str, str] = {}
    for field, value in values.items():
        if value is None or field not in nodes:
            shown[field] = None
            continue
        shown[field] = math.exp(value)
        named[field] = trace.computed(
            f"{base}.{field}",
            f"{_LABELS.get(field, field)} as a ratio",
            shown[field],
            function="exp",
            inputs=(nodes[field],),
        )
    return _natural(shown, named)


def interval_of(pooled: Pooled) -> dict[str, float | None]:
    """Estimate, confidence and prediction interval by field name.

    With fewer than three studies there is no prediction interval to show: the spread between
    studies rests on next to nothing (Higgins et al. 2009).
    """
    predicted = pooled.k >= FEWEST_TO_PREDICT
    return {
        "estimate": pooled.estimate,
        "ci_low": pooled.ci_low,
        "ci_high": pooled.ci_high,
        "pi_low": pooled.pi_low if predicted else None,
        "pi_high": pooled.pi_high if predicted else None,
    }


def _natural(values: dict[str, float | None], nodes: dict[str, str]) -> Natural:
    def needed(field: str) -> float:
        value = values.get(field)
        return math.nan if value is None else value

    return Natural(
        estimate=needed("estimate"),
        ci_low=needed("ci_low"),
        ci_high=needed("ci_high"),
        pi_low=values.get("pi_low"),
        pi_high=values.get("pi_high"),
        nodes={
            field: node
            for field, node in nodes.items()
            if field in ("estimate", "ci_low", "ci_high", "pi_low", "pi_high")
        },
    )
