"""Commands run in this process, and answers small enough to know by heart."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from weigh.cli.running import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The only JSON document on stdout."""
        return json.loads(self.out)

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The JSON objects on stderr, one a line."""
        return [json.loads(line) for line in self.err.splitlines()]


Weigh = Callable[..., Ran]


@pytest.fixture
def weigh(capsys: pytest.CaptureFixture[str]) -> Weigh:
    """Run a command: ``weigh("check", folder)``."""

    def start(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err)

    return start


#: An answer as the public contract describes it, with one pooled trial.
ANSWER: dict[str, Any] = {
    "schema": 1,
    "version": "0.1.0",
    "fingerprint": "a" * 64,
    "verdict": {
        "direction": "benefit",
        "certainty": "low",
        "sentence": "Evening tea may improve sleep.",
    },
    "key_points": [
        {"id": "key.1", "text": "Evening tea may improve sleep.", "because": ["sleep.estimate"]}
    ],
    "comparisons": [
        {
            "id": "sleep",
            "label": "Sleep at 12 weeks",
            "k": 1,
            "measure": "MD",
            "pooled": {"estimate": 1.1, "ci_low": 0.1, "ci_high": 2.1, "p": 0.031},
            "certainty": {
                "rating": "low",
                "domains": [{"domain": "imprecision", "levels": -2, "reason": "Few people."}],
            },
            "statement": {"id": "sleep.words", "text": "One trial.", "because": ["sleep.k"]},
        }
    ],
    "references": [
        {
            "id": "okafor2019",
            "title": "Tea and sleep",
            "author": [{"family": "Okafor"}, {"family": "Lindqvist"}],
            "issued": {"date-parts": [[2019, 3]]},
            "container-title": "Sleep",
            "DOI": "10.1000/tea",
        }
    ],
    "trace": {
        "nodes": {
            "sleep.estimate": {
                "kind": "computed",
                "label": "pooled estimate",
                "value": 1.1,
                "function": "weigh.pool",
                "parameters": {"method": "REML", "level": 0.95},
                "inputs": ["tea.mean", "water.mean"],
                "method": "restricted maximum likelihood",
                "note": None,
            },
            "sleep.k": {
                "kind": "computed",
                "label": "trials",
                "value": 1,
                "function": "count",
                "parameters": {},
                "inputs": ["tea.mean", "tea.mean"],
                "method": None,
                "note": "One trial only.",
            },
            "tea.mean": {
                "kind": "datum",
                "label": "Okafor 2019, tea: mean",
                "value": 6.1,
                "file": "results.csv",
                "line": 2,
                "column": "mean",
                "source": "okafor2019",
                "locator": "table 2",
                "quote": "6.1 (2.0)",
                "note": None,
                "assumed": False,
            },
            "water.mean": {
                "kind": "datum",
                "label": "Okafor 2019, water: mean",
                "value": 5,
                "file": "results.csv",
                "line": 3,
                "column": "mean",
                "source": None,
                "locator": None,
                "quote": None,
                "note": None,
                "assumed": True,
            },
        }
    },
}

Write = Callable[..., Path]


@pytest.fixture
def answer_json(tmp_path: Path) -> Write:
    """Write the small answer, changed by a function, and return its path."""

    def write(name: str, change: Callable[[dict[str, Any]], object] | None = None) -> Path:
        document = deepcopy(ANSWER)
        if change is not None:
            change(document)
        path = tmp_path / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write
