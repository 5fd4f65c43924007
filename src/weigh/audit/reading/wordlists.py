"""The word lists of this package, from ``words.yaml``."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

__all__ = ["wordlist"]


@cache
def wordlist(name: str) -> frozenset[str]:
    """The words of one list."""
    file = resources.files("weigh.audit.reading") / "words.yaml"
    lists: dict[str, str] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return frozenset(lists[name].split())
