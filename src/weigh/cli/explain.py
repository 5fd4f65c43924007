"""``weigh explain``: from a number, a word or a sentence back to its sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from weigh.cli.folders import SCHEMA, AsJson
from weigh.cli.talk import Talk, talk_of

if TYPE_CHECKING:
    from weigh.evidence.answer_file import AnswerFile

__all__ = ["explain"]


class Step(NamedTuple):
    """One node on the way: how far from the start, its id, and whether it was told before."""

    depth: int
    id: str
    again: bool


def explain(
    context: typer.Context,
    answer: Annotated[
        Path, typer.Argument(metavar="ANSWER.json", help="An answer.json.", show_default=False)
    ],
    id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Id of a number or a sentence on the page.", show_default=False
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Walk from a number back to its sources.

    Sentences can be walked too. The ids stand on the page (click a number) and in answer.json.
    """
    from weigh.cli.answer_file import read_answer
    from weigh.errors import NotFoundError

    talk = talk_of(context, as_json=as_json)
    held = read_answer(answer)
    statement = held.statements.get(id)
    if id in held.nodes:
        starts: tuple[str, ...] = (id,)
        statement = None
    elif statement is not None:
        starts = statement.because
    else:
        raise NotFoundError("number or sentence", id, [*held.nodes, *held.statements])
    steps = list(_walk(held, starts))
    if as_json:
        talk.document(_document(held, id, statement.text if statement else None, steps))
        return
    if statement is not None:
        talk.result(f"“{statement.text}” rests on:")
    for step in steps:
        for line in _lines(held, step):
            talk.result(line)
    sources = _sources(held, steps)
    if sources:
        talk.result("Sources:")
    for source in sources:
        talk.result(f"  [{source}] {_citation(held, source)}")
    _hint(talk, held, steps)


def _walk(held: AnswerFile, starts: tuple[str, ...]) -> Iterator[Step]:
    """Depth first; a node that was told before is named again but not walked again."""
    told: set[str] = set()
    stack = [(0, start) for start in reversed(starts)]
    while stack:
        depth, node_id = stack.pop()
        node = held.nodes.get(node_id)
        again = node_id in told
        yield Step(depth, node_id, again)
        told.add(node_id)
        if node is not None and not again:
            stack.extend((depth + 1, below) for below in reversed(_inputs(node)))


def _inputs(node: dict[str, Any]) -> list[str]:
    inputs = node.get("inputs")
    return [str(below) for below in inputs] if isinstance(inputs, list) else []


def _lines(held: AnswerFile, step: Step) -> Iterator[str]:
    """A node in words, indented by its depth."""
    gap = "  " * step.depth
    node = held.nodes.get(step.id)
    if node is None:
        yield f"{gap}{step.id}: not in this answer"
        return
    shown, label = _shown(node.get("value")), node.get("label") or ""
    # Of a text the label may be the text itself.
    name = label if label == shown else f"{shown}   {label}"
    yield f"{gap}{name} ({step.id})" + (", see above" if step.again else "")
    if step.again:
        return
    gap += "    "
    if node["kind"] == "computed":
        yield f"{gap}made by {node.get('function')}{_parameters(node)}"
        if node.get("method"):
            yield f"{gap}method: {node['method']}"
    else:
        line = f", line {node['line']}" if node.get("line") is not None else ""
        yield f"{gap}{node.get('file')}{line}, {node.get('column')}"
        if node.get("quote"):
            yield f"{gap}“{node['quote']}”"
        if node.get("source"):
            located = f", {node['locator']}" if node.get("locator") else ""
            yield f"{gap}[{node['source']}]{located}"
        elif node.get("assumed"):
            yield f"{gap}assumed: no source gives it"
    if node.get("note"):
        yield f"{gap}note: {node['note']}"


def _shown(value: Any) -> str:
    from weigh.evidence.figures import plain

    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value)


def _parameters(node: dict[str, Any]) -> str:
    parameters = node.get("parameters")
    if not isinstance(parameters, dict) or not parameters:
        return ""
    return " with " + ", ".join(f"{name} = {_shown(v)}" for name, v in parameters.items())


def _citation(held: AnswerFile, reference_id: str) -> str:
    """A reference in a line: who, when, what, where to find it."""
    item = held.reference(reference_id)
    if item is None:
        return "not among the references of this answer"
    authors = item.get("author") or []
    first = authors[0] if authors and isinstance(authors[0], dict) else {}
    name = first.get("family") or first.get("literal") or ""
    if name and len(authors) > 1:
        name += " and others"
    dates = (item.get("issued") or {}).get("date-parts") or [[]]
    year = str(dates[0][0]) if dates[0] else ""
    place = item.get("container-title") or item.get("publisher") or ""
    link = f"https://doi.org/{item['DOI']}" if item.get("DOI") else item.get("URL") or ""
    parts = [" ".join(filter(None, (name, year))), item.get("title") or "", place, link]
    return ". ".join(part.rstrip(".") for part in parts if part)


def _document(
    held: AnswerFile, start: str, sentence: str | None, steps: list[Step]
) -> dict[str, Any]:
    """The walk for ``--json``: each node once, with its depth, and the references it leads to."""
    walked = [step for step in steps if not step.again and step.id in held.nodes]
    return {
        "schema": SCHEMA,
        "id": start,
        "kind": "statement" if sentence is not None else held.nodes[start]["kind"],
        "text": sentence,
        "walk": [{"depth": s.depth, "id": s.id, **held.nodes[s.id]} for s in walked],
        "references": [
            item for source in _sources(held, steps) if (item := held.reference(source)) is not None
        ],
    }


def _sources(held: AnswerFile, steps: list[Step]) -> list[str]:
    """Ids of the references that the walk leads to, in the order first met."""
    met = (held.nodes.get(step.id, {}).get("source") for step in steps)
    return list(dict.fromkeys(str(source) for source in met if source))


def _hint(talk: Talk, held: AnswerFile, steps: list[Step]) -> None:
    data = {step.id for step in steps if held.nodes.get(step.id, {}).get("kind") == "datum"}
    if data:
        count = f"{len(data)} value{'' if len(data) == 1 else 's'}"
        talk.tell(f"It rests on {count} of the evidence folder, each named above with its line.")
