"""Each fault is told as `faults.txt` says: where, what was found, what was expected, what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from weigh.folder import check

CATALOGUE = Path(__file__).parent / "faults.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way to spoil the good folder, and what is told of it."""

    heading: str
    change: tuple[str, ...]
    messages: tuple[str, ...]


def cases() -> list[Case]:
    found = []
    heading = ""
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[2:]:
        lines = block.strip("\n").split("\n")
        if lines[0].startswith("# "):
            heading = lines[0][2:]
            continue
        size = 3 if lines[0].startswith("file ") else 1
        found.append(
            Case(heading=heading, change=tuple(lines[:size]), messages=tuple(lines[size:]))
        )
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.heading}: {case.change[-1]}")
def test_a_fault_is_told_in_words_that_say_what_to_do(case, folder, add_row):
    if len(case.change) == 1:
        spoiled = add_row(**json.loads(case.change[0].removeprefix("row ")))
    else:
        name, old, new = case.change
        spoiled = folder(name.removeprefix("file "), json.loads(old[2:]), json.loads(new[2:]))

    assert tuple(map(str, check(spoiled))) == case.messages


def test_no_message_speaks_the_language_of_the_program():
    """Words of pydantic, YAML's grammar and Python are for programmers."""
    text = CATALOGUE.read_text(encoding="utf-8").lower()
    jargon = ("validation", "type=", "pydantic", "scalar", "token", "none", "nonetype", "traceback")

    assert [word for word in jargon if f" {word} " in text] == ["none"]
    assert "none of the counts" in text
