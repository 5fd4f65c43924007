"""The files of the worked questions as plain data, read without the package."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = (
    "vitamin-k-peripheral-neuropathy",
    "alpha-lipoic-acid-diabetic-polyneuropathy",
    "zinc-common-cold",
)
TABLES = ("results.csv", "risk_of_bias.csv", "trust.csv", "mechanisms.csv")
DOCUMENTS = (
    "question.yaml",
    "studies.yaml",
    "certainty.yaml",
    "forms.yaml",
    "safety.yaml",
    "background.yaml",
)


def table(name: str, file: str) -> list[dict[str, str]]:
    """Rows of a CSV file without their empty cells; none where the file is absent."""
    path = EXAMPLES / name / file
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [{k: v for k, v in row.items() if v} for row in csv.DictReader(lines)]


def document(name: str, file: str) -> Any:
    """A YAML file; None where it is absent."""
    path = EXAMPLES / name / file
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def references(name: str) -> list[dict[str, Any]]:
    """The list in ``references.json``."""
    items: list[dict[str, Any]] = json.loads(
        (EXAMPLES / name / "references.json").read_text(encoding="utf-8")
    )
    return items


def values(name: str, key: str) -> Iterator[Any]:
    """Every value under a key, anywhere in the folder's documents and tables."""
    for file in DOCUMENTS:
        yield from _under(document(name, file), key)
    for file in TABLES:
        yield from _under(table(name, file), key)


def _under(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            else:
                yield from _under(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from _under(item, key)
