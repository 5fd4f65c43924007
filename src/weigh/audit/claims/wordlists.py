"""The short lists of words and phrases that the rules go by, from this package's YAML files."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import yaml

__all__ = ["one_of", "phrase", "wordlist"]


@cache
def wordlist(*names: str) -> frozenset[str]:
    """The words of one list of ``wordlists.yaml``, or of several together."""
    lists = _document("wordlists.yaml")
    return frozenset(word for name in names for word in lists[name].split())


@cache
def one_of(name: str) -> str:
    """A regular expression for any word of a list, the longest first; none of its groups count."""
    return "(?:" + "|".join(sorted(wordlist(name), key=lambda w: (-len(w), w))) + ")"


@cache
def phrase(name: str) -> re.Pattern[str]:
    """The pattern of a group of ``phrases.yaml``, whatever the case."""
    parts = "|".join(_document("phrases.yaml")[name])
    return re.compile(rf"\b(?:{parts})\b", re.IGNORECASE)


@cache
def _document(name: str) -> dict[str, Any]:
    file = resources.files("weigh.audit.claims") / name
    document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document
