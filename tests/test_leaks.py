"""The package holds no sentence about a particular question: words come from the folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]

# The rooms whose strings reach the page.
ROOMS = ("answer", "appraisal", "mechanisms", "report", "safety", "workflow")

# Words that any question may share.
SHARED = {"placebo", "usual care", "no treatment", "tablets", "lozenges", "capsules"}


def names_of_examples() -> set[str]:
    """Return what the examples are about: interventions, their forms, and conditions."""
    names: set[str] = set()
    for path in sorted((ROOT / "examples").glob("*/question.yaml")):
        question = yaml.safe_load(path.read_text(encoding="utf-8"))
        for concept in (question["intervention"], *question.get("forms", [])):
            names |= {concept["name"], *concept.get("synonyms", [])}
        names |= set(question["population"].get("synonyms", []))
        names |= set(question.get("mechanism_targets", []))
    return {name.lower() for name in names if len(name) > 3} - SHARED


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_of_the_examples_stands_in_the_package(room):
    names = names_of_examples()
    assert names, "no example was found, so this test would show nothing"
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(names)))})(?![\w-])")

    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sorted((ROOT / "src" / "weigh" / room).rglob("*.py"))
        for match in pattern.finditer(path.read_text(encoding="utf-8").lower())
    }

    assert found == set()
