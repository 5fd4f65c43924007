"""The way back from every number to the cell it came from.

A number on the page is a node: a `Datum`, which stood in a file and has a source, or a `Computed`
value, which a named function made of other nodes. `Trace` holds them all and can be walked;
`TraceBuilder` collects them while an answer is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from weigh.evidence.document import Document, Place

__all__ = ["Computed", "Datum", "Node", "Scalar", "Trace", "TraceBuilder"]

Scalar: TypeAlias = float | int | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """A value as it stood in the folder.

    Parameters
    ----------
    id
        Readable and stable: ``results.okafor-2019.capsule.pain.w8.mean``.
    label
        What it is, in words.
    file, line, column
        Where it stood; the column is a CSV header or a YAML path.
    source
        Id in ``references.json``; None only where `assumed`.
    """

    id: str
    label: str
    value: Scalar
    file: str
    line: int | None
    column: str
    source: str | None
    locator: str | None = None
    quote: str | None = None
    note: str | None = None
    assumed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The node as ``answer.json`` holds it."""
        return {
            "kind": "datum",
            "label": self.label,
            "value": self.value,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "source": self.source,
            "locator": self.locator,
            "quote": self.quote,
            "note": self.note,
            "assumed": self.assumed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A value that `function` made of other nodes (`inputs`) under `parameters`.

    `method` names the rule or paper; `note` a caution that belongs to the value.
    """

    id: str
    label: str
    value: Scalar
    function: str
    inputs: tuple[str, ...]
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    method: str | None = None
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The node as ``answer.json`` holds it."""
        return {
            "kind": "computed",
            "label": self.label,
            "value": self.value,
            "function": self.function,
            "parameters": dict(self.parameters),
            "inputs": list(self.inputs),
            "method": self.method,
            "note": self.note,
        }


Node: TypeAlias = Datum | Computed


@dataclass(frozen=True, slots=True)
class Trace:
    """All nodes of an answer, by id."""

    nodes: Mapping[str, Node]

    def __getitem__(self, node_id: str) -> Node:
        return self.nodes[node_id]

    def __contains__(self, node_id: str) -> bool:
        return node_id in self.nodes

    def __len__(self) -> int:
        return len(self.nodes)

    def walk(self, node_id: str) -> Iterator[tuple[int, Node]]:
        """Yield the node and, depth first, everything it rests on, each node once, with depth."""
        seen: set[str] = set()
        stack = [(0, node_id)]
        while stack:
            depth, current = stack.pop()
            if current in seen:
                continue
            seen.add(current)
            node = self.nodes[current]
            yield depth, node
            if isinstance(node, Computed):
                stack.extend((depth + 1, below) for below in reversed(node.inputs))

    def data(self, node_id: str) -> tuple[Datum, ...]:
        """Return every datum that the node rests on, itself included."""
        return tuple(node for _, node in self.walk(node_id) if isinstance(node, Datum))

    def sources(self, node_id: str) -> tuple[str, ...]:
        """Return ids of the references that the node rests on, in the order first met."""
        found = dict.fromkeys(d.source for d in self.data(node_id) if d.source is not None)
        return tuple(found)

    def beneath(self, node_ids: Iterable[str]) -> Trace:
        """Only these nodes and what they rest on; ids that are not here are passed over."""
        kept: dict[str, Node] = {}
        for node_id in node_ids:
            if node_id in self.nodes and node_id not in kept:
                kept |= {node.id: node for _, node in self.walk(node_id)}
        return Trace(MappingProxyType(kept))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes: a mapping proxy cannot, what it shows can."""
        return _trace_of, (dict(self.nodes),)

    def to_dict(self) -> dict[str, Any]:
        """All nodes, by id, sorted, so that the same answer gives the same bytes."""
        return {node_id: self.nodes[node_id].to_dict() for node_id in sorted(self.nodes)}


def _trace_of(nodes: dict[str, Node]) -> Trace:
    return Trace(MappingProxyType(nodes))


class TraceBuilder:
    """Collects nodes while an answer is made; the same node may be added again."""

    def __init__(self, upon: Trace | None = None) -> None:
        """Begin with nothing, or `upon` the nodes of a trace that is there already."""
        self._nodes: dict[str, Node] = {} if upon is None else dict(upon.nodes)

    def __contains__(self, node_id: str) -> bool:
        return node_id in self._nodes

    def __getitem__(self, node_id: str) -> Node:
        return self._nodes[node_id]

    def add(self, node: Node) -> str:
        """Keep a node and return its id.

        Raises
        ------
        ValueError
            If another node has the id already, or an input is not known: a fault of the program.
        """
        known = self._nodes.get(node.id)
        if known is not None and known != node:
            raise ValueError(f"two different nodes are called {node.id!r}")
        if isinstance(node, Computed):
            unknown = [name for name in node.inputs if name not in self._nodes]
            if unknown:
                raise ValueError(f"{node.id!r} rests on unknown nodes {unknown}")
        self._nodes[node.id] = node
        return node.id

    def datum(
        self,
        node_id: str,
        label: str,
        value: Scalar,
        *,
        of: Document,
        column: str,
        source: str | None = None,
    ) -> str:
        """Add the value that stood in `column` of the document `of`, with its place and source.

        The source, quote and assumption are the document's own where it has them; `source` names
        one for documents that borrow it from what they are part of.
        """
        place = of.place or Place(file="in memory")
        return self.add(
            Datum(
                id=node_id,
                label=label,
                value=value,
                file=place.file,
                line=place.line,
                column=column,
                source=getattr(of, "source", None) or source,
                locator=getattr(of, "locator", None),
                quote=getattr(of, "quote", None),
                note=getattr(of, "note", None),
                assumed=getattr(of, "assumed", False),
            )
        )

    def computed(
        self,
        node_id: str,
        label: str,
        value: Scalar,
        *,
        function: str,
        inputs: tuple[str, ...] | list[str],
        parameters: Mapping[str, Scalar] | None = None,
        method: str | None = None,
        note: str | None = None,
    ) -> str:
        """Add a value that `function` made of `inputs`."""
        return self.add(
            Computed(
                id=node_id,
                label=label,
                value=value,
                function=function,
                inputs=tuple(dict.fromkeys(inputs)),
                parameters=dict(parameters or {}),
                method=method,
                note=note,
            )
        )

    def build(self) -> Trace:
        """Return what was collected, frozen."""
        return Trace(MappingProxyType(dict(self._nodes)))
