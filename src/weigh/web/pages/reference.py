"""The page that lists the API, made from the OpenAPI document itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from weigh.web.rendering import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that the API does."""

    method: str
    path: str
    summary: str
    told: str
    parameters: tuple[tuple[str, str], ...]
    gives: tuple[str, ...]


@router.get("/api")
def reference(request: Request) -> HTMLResponse:
    """Every address of the API, by subject."""
    document = request.app.openapi()
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for operation, tag in _operations(document):
        groups[tag].append(operation)
    return page(
        "reference.html",
        title="The API",
        told={tag["name"]: tag["description"] for tag in document["tags"]},
        groups=groups,
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[Operation, str]]:
    for path, methods in document["paths"].items():
        for method, held in methods.items():
            fields = [(p["name"], p["description"]) for p in held.get("parameters", ())]
            operation = Operation(
                method=method.upper(),
                path=path,
                summary=held["summary"],
                told=held.get("description", "").replace("``", ""),
                parameters=tuple(fields),
                gives=tuple(held["responses"]["200"]["content"]),
            )
            yield operation, held["tags"][0]
