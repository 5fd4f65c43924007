"""An estimate with its interval, and the level of it, as nodes of the trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from weigh.evidence.comparison import Natural
from weigh.evidence.statement import Quantity
from weigh.evidence.trace import Scalar, TraceBuilder
from weigh.workflow.pooling import natural_scale

__all__ = ["level_cell", "traced_interval"]

_ENDS = {"estimate": "estimate", "ci_low": "lower end", "ci_high": "upper end"}


def traced_interval(
    trace: TraceBuilder,
    base: str,
    measure: str,
    ends: tuple[float, float, float],
    *,
    of: str,
    function: str,
    inputs: tuple[str, ...],
    parameters: Mapping[str, Scalar],
    method: str | None = None,
) -> tuple[Natural, tuple[str, ...]]:
    """The figures on the scale that people read, and their nodes on the analysis scale.

    Parameters
    ----------
    base
        Id that those of the nodes begin with.
    ends
        Estimate, lower and upper end, on the analysis scale.
    of
        What the estimate is of, in the labels of the nodes.
    function, inputs, parameters, method
        What computed it, as in `TraceBuilder.computed`.
    """
    values: dict[str, float | None] = dict(zip(_ENDS, ends, strict=True))
    nodes = {
        field: trace.computed(
            f"{base}.{field}",
            f"{of}: {words}",
            values[field],
            function=function,
            inputs=inputs,
            parameters=parameters,
            method=method,
        )
        for field, words in _ENDS.items()
    }
    natural = natural_scale(trace, f"{base}.natural", measure, values, nodes)
    return natural, tuple(nodes.values())


def level_cell(trace: TraceBuilder, base: str, level: float, inputs: Iterable[str]) -> Quantity:
    """The level of confidence as shown: ``95%``."""
    node = trace.computed(
        f"{base}.level",
        "confidence level (percent)",
        100.0 * level,
        function="option",
        inputs=tuple(inputs),
    )
    return Quantity(text=f"{100.0 * level:g}%", node=node)
