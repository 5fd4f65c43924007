"""An evidence folder with something that tries to run in every text field."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml
from payloads import PAYLOADS

from weigh.folder import check, new

__all__ = ["ARTICLE", "CHUNKS", "taint"]

#: How many payloads a field holds at once.
_TOGETHER = 52
CHUNKS = tuple(PAYLOADS[start : start + _TOGETHER] for start in range(0, len(PAYLOADS), _TOGETHER))
#: Fields that are addresses or names of things elsewhere: one payload takes their whole place.
_WHOLE = {"URL", "DOI", "PMID", "page", "volume", "issue"}
_OVERRIDE = """
- comparison: time-to-sleep
  domain: publication_bias
  levels: -1
  reason: Two registered trials have published nothing.
  by: Somebody
  date: "2026-01-31"
"""


def taint(folder: Path, chunk: tuple[str, ...]) -> int:
    """Write a folder whose every text field holds some payloads; return how many fields do.

    What the folder's own rules do not let be text (ids, numbers, choices) is left.
    """
    new(folder)
    (folder / "certainty.yaml").write_text(_OVERRIDE, encoding="utf-8")
    whole = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
    left: dict[str, set[str]] = {name: set() for name in whole}
    for _ in range(40):
        count = sum(_write(folder / name, text, chunk, left[name]) for name, text in whole.items())
        faults = check(folder)
        if not faults:
            return count
        found = {name: set(fields) for name, fields in left.items()}
        for fault in faults:
            leaf = (fault.field or "").split(".")[-1].split("[")[0]
            assert leaf, fault
            assert leaf not in left[fault.file], fault
            found[fault.file].add(leaf)
        left = found
    raise AssertionError("the folder's rules could not be met")


def _write(path: Path, text: str, chunk: tuple[str, ...], left: set[str]) -> int:
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(text)))
        heads = rows[0]
        tainted, count = [heads], 0
        for row in rows[1:]:
            held = dict(zip(heads, row, strict=True))
            count += sum(bool(held[n]) and n not in left for n in heads)
            tainted.append([_with(held[n], chunk) if n not in left else held[n] for n in heads])
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(tainted)
        path.write_text(out.getvalue(), encoding="utf-8")
        return count
    if path.suffix not in (".yaml", ".json"):
        return 0
    document = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    counted: list[str] = []
    addresses = cycle(chunk)
    document = _walk(document, "", chunk, left, counted, addresses)
    path.write_text(
        yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10**9)
        if path.suffix == ".yaml"
        else json.dumps(document, ensure_ascii=False),
        encoding="utf-8",
    )
    return len(counted)


def _walk(
    value: Any,
    key: str,
    chunk: tuple[str, ...],
    left: set[str],
    counted: list[str],
    addresses: Iterator[str],
) -> Any:
    if isinstance(value, dict):
        return {k: _walk(v, str(k), chunk, left, counted, addresses) for k, v in value.items()}
    if isinstance(value, list):
        return [_walk(v, key, chunk, left, counted, addresses) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str) or key in left:
        return value
    counted.append(key)
    return next(addresses).strip() if key in _WHOLE else _with(value, chunk)


def _with(text: str, chunk: tuple[str, ...]) -> str:
    """Payloads in front, so that they begin the cell, and behind; folders hold no form feed."""
    if not text:
        return text
    return f"{chunk[0]} {text} {' '.join(chunk[1:])}".translate({12: " ", 13: " "})


ARTICLE = """# Does an open window help with sleep? {first}

By {first}, {all}

An open window cures insomnia. {all} A trial found that people with an open window fell asleep ten
minutes sooner than with a closed one. {all}

> {all}

Studies prove that fresh air helps everybody to fall asleep, and that it has no side effects. {all}
"""
