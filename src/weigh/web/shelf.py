"""The folders that are served: each read once, and again when a file of it has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from weigh.errors import InputError, NotFoundError
from weigh.evidence.answer import Answer
from weigh.evidence.folder import Evidence
from weigh.folder import load
from weigh.workflow.answering import answer_question

__all__ = ["Held", "Shelf"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A folder as it stood when it was read: its evidence and its answer."""

    id: str
    path: Path
    evidence: Evidence
    answer: Answer


@dataclass(slots=True)
class _Place:
    path: Path
    lock: Lock = field(default_factory=Lock)
    stamp: tuple[tuple[str, int, int], ...] = ()
    held: Held | None = None


class Shelf:
    """Some evidence folders, by the id that their address has.

    Parameters
    ----------
    folders
        Their paths; the folder's name becomes its id.

    Raises
    ------
    InputError
        If there is none, or two have the same name.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._places: dict[str, _Place] = {}
        for folder in folders:
            name = folder.resolve().name
            if name in self._places:
                raise InputError(
                    f"{folder}: found a second folder named {name!r}; expected names that differ, "
                    "since they are part of the address."
                )
            self._places[name] = _Place(path=folder.resolve())
        if not self._places:
            raise InputError("Found no folder to serve; expected at least one.")

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the folders, in the order they were given."""
        return tuple(self._places)

    def held(self, name: str) -> Held:
        """The folder with this id, read anew if a file of it has changed.

        Raises
        ------
        NotFoundError
            If none has it.
        EvidenceError
            If the folder has faults: all of them.
        """
        if name not in self._places:
            raise NotFoundError("question", name, self._places)
        place = self._places[name]
        with place.lock:
            stamp = _stamp(place.path)
            if place.held is None or stamp != place.stamp:
                evidence = load(place.path)
                answer = answer_question(evidence)
                place.held = Held(id=name, path=place.path, evidence=evidence, answer=answer)
                place.stamp = stamp
            return place.held


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of each file: what tells cheaply that something was written."""
    states = ((file.name, file.stat()) for file in sorted(path.iterdir()) if file.is_file())
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
