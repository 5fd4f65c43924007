"""The appendix: where each number comes from, for every node that the page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from weigh.evidence.figures import plain
from weigh.evidence.trace import Datum, Node, Scalar, Trace
from weigh.report.markup import Traced, anchor

__all__ = ["Entry", "Step", "entries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An input of a computed value: a link to its own entry."""

    node: str
    anchor: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One node in words.

    `value` is empty where it says no more than the label. `reference` is the number of the source
    in the list of references; `place` the file, line and column.
    """

    node: str
    anchor: str
    label: str
    value: str
    function: str | None = None
    method: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    inputs: tuple[Step, ...] = ()
    place: str | None = None
    quote: str | None = None
    locator: str | None = None
    reference: int | None = None
    title: str | None = None
    assumed: bool = False
    asked: bool = False
    note: str | None = None


def entries(page: Traced, shown: Iterable[str]) -> list[Entry]:
    """Every node shown, and everything below it, each once, in the order it is first met."""
    trace = page.trace
    numbers = {ref.id: index for index, ref in enumerate(page.references, start=1)}
    titles = {ref.id: ref.title or ref.id for ref in page.references}
    met: dict[str, Node] = {}
    for node_id in shown:
        if node_id in met or node_id not in trace:
            continue
        for _, node in trace.walk(node_id):
            met.setdefault(node.id, node)
    return [_entry(node, trace, numbers, titles) for node in met.values()]


def _entry(
    node: Node, trace: Trace, numbers: Mapping[str, int], titles: Mapping[str, str]
) -> Entry:
    value = _value(node.value)
    said = "" if value == node.label else value
    if isinstance(node, Datum):
        line = f", line {node.line}" if node.line is not None else ""
        return Entry(
            node=node.id,
            anchor=anchor(node.id),
            label=node.label,
            value=said,
            place=f"{node.file}{line}, {node.column}",
            quote=node.quote,
            locator=node.locator,
            reference=numbers.get(node.source or ""),
            title=titles.get(node.source or ""),
            assumed=node.assumed,
            asked=node.source is None and not node.assumed,
            note=node.note,
        )
    return Entry(
        node=node.id,
        anchor=anchor(node.id),
        label=node.label,
        value=said,
        function=node.function,
        method=node.method,
        parameters=tuple((name, _value(v)) for name, v in node.parameters.items()),
        inputs=tuple(_step(trace[below]) for below in node.inputs if below in trace),
        note=node.note,
    )


def _step(node: Node) -> Step:
    value = _value(node.value)
    return Step(
        node=node.id,
        anchor=anchor(node.id),
        label=node.label,
        value="" if value == node.label or isinstance(node.value, str) else value,
    )


def _value(value: Scalar) -> str:
    """Five significant figures: more than the page shows, fewer than a machine keeps."""
    if value is None:
        return "not reported"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return plain(float(f"{value:.5g}"))
    return plain(value)
