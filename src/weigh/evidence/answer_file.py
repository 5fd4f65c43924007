"""``answer.json`` read back: its nodes, its statements, its references."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weigh.errors import InputError

__all__ = ["LARGEST", "AnswerFile", "Statement", "parse_answer"]

#: The newest format of ``answer.json`` that is understood.
SCHEMA = 1

#: Above this no answer is read; that of the largest example has two megabytes.
LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence of an answer and the ids of the nodes that it rests on."""

    id: str
    text: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """An answer as it stands in its file.

    Parameters
    ----------
    name
        What messages call it.
    document
        All of it.
    nodes
        Trace nodes by id, as in the file.
    statements
        Every sentence with an id, wherever it stands.
    """

    name: str
    document: dict[str, Any]
    nodes: dict[str, dict[str, Any]]
    statements: dict[str, Statement]

    def reference(self, reference_id: str) -> dict[str, Any] | None:
        """The CSL-JSON item with this id."""
        listed = self.document.get("references")
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and item.get("id") == reference_id:
                return item
        return None


def parse_answer(data: bytes, name: str) -> AnswerFile:
    """Take an ``answer.json`` from its bytes.

    Parameters
    ----------
    data
        What stands in the file.
    name
        What messages call it.

    Raises
    ------
    InputError
        If it is not an answer.
    """
    if len(data) > LARGEST:
        raise InputError(f"{name} is larger than any answer.")
    document = _parsed(data, name)
    trace = document.get("trace") if isinstance(document, dict) else None
    nodes = trace.get("nodes") if isinstance(trace, dict) else None
    if not isinstance(document, dict) or not isinstance(nodes, dict):
        raise InputError(
            f"{name} is JSON but no answer: it has no `trace` with `nodes`.",
            hint="`weigh answer FOLDER` writes answer.json.",
        )
    schema = document.get("schema", SCHEMA)
    if not isinstance(schema, int) or schema > SCHEMA:
        raise InputError(
            f"{name} has the format {schema!r}, and this version of weigh knows up to {SCHEMA}.",
            hint="Read it with the version that wrote it, or make the answer again.",
        )
    for node_id, node in nodes.items():
        if not isinstance(node, dict) or node.get("kind") not in ("datum", "computed"):
            raise InputError(f"{name}: node {node_id!r} is neither a datum nor a computed value.")
    return AnswerFile(
        name=name,
        document=document,
        nodes=nodes,
        statements={found.id: found for found in _statements(document)},
    )


def _parsed(data: bytes, name: str) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is no JSON: byte {error.start:,} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is no JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            hint="Was it written whole? `weigh answer FOLDER` writes answer.json.",
        ) from error
    except RecursionError as error:
        raise InputError(f"{name} is nested too deeply to be an answer.") from error


def _statements(value: Any) -> Iterator[Statement]:
    """Everything that has the shape of a statement, in the order of the file."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            because = item.get("because")
            if (
                isinstance(item.get("id"), str)
                and isinstance(item.get("text"), str)
                and isinstance(because, list)
            ):
                yield Statement(id=item["id"], text=item["text"], because=tuple(map(str, because)))
            stack.extend(reversed([below for key, below in item.items() if key != "trace"]))
