"""Two answers side by side: the verdict, the numbers, the data, the words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weigh.evidence.answer_file import AnswerFile
from weigh.evidence.figures import p_value, plain

__all__ = ["Change", "Differences", "Part", "compare"]

SCHEMA = 1

#: Numbers that differ by less come from another processor or library, not from other evidence.
NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not what it was; None on a side where it was not there."""

    id: str
    field: str | None = None
    label: str | None = None
    old: Any
    new: Any

    def lines(self) -> Iterator[str]:
        """The change in words: one line for a number, three for a sentence."""
        name = f"{self.label or self.id}, {self.field}" if self.field else self.label or self.id
        old, new = self.shown()
        if self.old is None:
            yield f"+ {name}: {new}"
        elif self.new is None:
            yield f"- {name}: {old}"
        elif len(old) + len(new) < 60:
            yield f"~ {name}: {old} → {new}"
        else:
            yield f"~ {name}"
            yield f"    was: {old}"
            yield f"    is:  {new}"

    def shown(self) -> tuple[str, str]:
        """The old and the new value as they are printed."""
        return _shown(self.old, self.field), _shown(self.new, self.field)

    def to_dict(self) -> dict[str, Any]:
        """The parts, for ``--json``."""
        return {
            "id": self.id,
            "field": self.field,
            "label": self.label,
            "old": self.old,
            "new": self.new,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The changes of one kind."""

    key: str
    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What changed.

    Parameters
    ----------
    verdicts
        Direction, certainty and sentence of the old and the new answer.
    conclusion_changed
        Whether the direction or the certainty of the verdict is another.
    identity
        Fingerprint and version of both.
    parts
        Changes of comparisons, of the data behind them, of the sentences.
    first_changed_number
        A node of the new answer whose value is new or another.
    """

    verdicts: tuple[Mapping[str, Any], Mapping[str, Any]]
    conclusion_changed: bool
    identity: Mapping[str, tuple[Any, Any]]
    parts: tuple[Part, ...]
    first_changed_number: str | None

    @property
    def same(self) -> bool:
        """Whether the two answers say the same, from the same evidence."""
        moved = any(old != new for old, new in self.identity.values())
        return not (moved or self.conclusion_changed or any(p.changes for p in self.parts))

    def headline(self) -> str:
        """Whether the conclusion changed, in a few lines."""
        old, new = self.verdicts
        if self.conclusion_changed:
            text = (
                f"The conclusion changed, from {_conclusion(old)} to {_conclusion(new)}.\n"
                f"  was: {old['sentence']}\n"
                f"  is:  {new['sentence']}"
            )
        else:
            text = f"The conclusion is the same: {_conclusion(new)}."
            if old["sentence"] != new["sentence"]:
                text += f"\n  was: {old['sentence']}\n  is:  {new['sentence']}"
        names = {"fingerprint": "evidence folder", "version": "version of weigh"}
        for key, (before, after) in self.identity.items():
            if before != after:
                text += f"\nAnother {names[key]}: {_brief(before)} → {_brief(after)}"
        return text

    def to_dict(self) -> dict[str, Any]:
        """The document of ``weigh diff --json``."""
        old, new = self.verdicts
        return {
            "schema": SCHEMA,
            "same": self.same,
            "conclusion_changed": self.conclusion_changed,
            "verdict": {"old": dict(old), "new": dict(new)},
            **{
                key: {"old": before, "new": after, "changed": before != after}
                for key, (before, after) in self.identity.items()
            },
            **{part.key: [change.to_dict() for change in part.changes] for part in self.parts},
        }


def compare(old: AnswerFile, new: AnswerFile) -> Differences:
    """Set two answers side by side.

    What is computed from other numbers is compared where the page shows it: in the comparisons and
    the sentences. The data of the folder are compared one by one.
    """
    verdicts = (_verdict(old), _verdict(new))
    numbers = tuple(_changes(_comparisons(old), _comparisons(new)))
    data = tuple(_changes(_data(old), _data(new)))
    said = tuple(
        _changes(
            {(s.id, None): (s.id, s.text) for s in old.statements.values()},
            {(s.id, None): (s.id, s.text) for s in new.statements.values()},
        )
    )
    changed = {change.id for change in data if change.new is not None}
    return Differences(
        verdicts=verdicts,
        conclusion_changed=any(
            verdicts[0][key] != verdicts[1][key] for key in ("direction", "certainty")
        ),
        identity={
            key: (old.document.get(key), new.document.get(key))
            for key in ("fingerprint", "version")
        },
        parts=(
            Part(key="comparisons", title="Comparisons", changes=numbers),
            Part(key="data", title="Evidence", changes=data),
            Part(key="statements", title="Sentences", changes=said),
        ),
        first_changed_number=next((node_id for node_id in new.nodes if node_id in changed), None),
    )


Fields = dict[tuple[str, str | None], tuple[str, Any]]


def _changes(old: Fields, new: Fields) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        label, before = old.get(key, (None, None))
        label, after = new.get(key, (label, None))
        if not _alike(before, after):
            yield Change(id=key[0], field=key[1], label=label, old=before, new=after)


def _alike(old: Any, new: Any) -> bool:
    numbers = (int, float)
    if isinstance(old, numbers) and isinstance(new, numbers):
        return math.isclose(old, new, rel_tol=NOISE, abs_tol=1e-12)
    return bool(old == new)


def _verdict(held: AnswerFile) -> dict[str, Any]:
    verdict = held.document.get("verdict")
    told = verdict if isinstance(verdict, dict) else {}
    return {key: told.get(key) for key in ("direction", "certainty", "sentence")}


_SHOWN = (
    "measure",
    "k",
    "n",
    "people",
    "pooled.estimate",
    "pooled.ci_low",
    "pooled.ci_high",
    "pooled.p",
    "pooled.pi_low",
    "pooled.pi_high",
    "pooled.tau2",
    "pooled.i2",
    "certainty.rating",
)


def _comparisons(held: AnswerFile) -> Fields:
    """What each comparison comes to: its numbers, its certainty and the steps to that."""
    fields: Fields = {}
    for item in _items(held.document.get("comparisons")):
        name, label = str(item.get("id")), str(item.get("label") or item.get("id"))
        for path in _SHOWN:
            value: Any = item
            for key in path.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                fields[name, path] = (label, value)
        certainty = item.get("certainty")
        domains = certainty.get("domains") if isinstance(certainty, dict) else None
        for domain in _items(domains):
            fields[name, f"certainty.{domain.get('domain')}"] = (label, domain.get("levels"))
    return fields


def _data(held: AnswerFile) -> Fields:
    return {
        (node_id, None): (str(node.get("label") or node_id), node.get("value"))
        for node_id, node in held.nodes.items()
        if node["kind"] == "datum" and node.get("value") is not None
    }


def _items(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def _shown(value: Any, field: str | None = None) -> str:
    if isinstance(value, float):
        return p_value(value) if field == "pooled.p" else plain(float(f"{value:.6g}"))
    return plain(value)


def _conclusion(verdict: Mapping[str, Any]) -> str:
    """A verdict in a few words: ``benefit (low certainty)``."""
    certainty = str(verdict["certainty"]).replace("-", " ")
    return f"{verdict['direction']} ({certainty} certainty)"


def _brief(value: Any) -> str:
    text = str(value)
    return f"{text[:12]}…" if len(text) > 20 else text
