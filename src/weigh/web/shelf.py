"""The folders that are served: each read once, and again when a file of it has changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from weigh.errors import InputError, NotFoundError
from weigh.evidence.answer import Answer
from weigh.evidence.folder import Evidence
from weigh.folder import load, new
from weigh.workflow.answering import answer_question

__all__ = ["Held", "Shelf"]

#: What the folder of a new question may be called; it becomes part of an address.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
#: States of a folder that are remembered, so that a conflict can say what was changed.
_EARLIER = 4


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
    earlier: list[Held] = field(default_factory=list)


class Shelf:
    """Some evidence folders, by the id that their address has.

    Parameters
    ----------
    folders
        Their paths; the folder's name becomes its id.
    home
        Where folders of new questions are put; where the process was started if left out.

    Raises
    ------
    InputError
        If there is none, or two have the same name.
    """

    def __init__(self, folders: Sequence[Path], *, home: Path | None = None) -> None:
        self.home = (home or Path.cwd()).resolve()
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

    def start(self, name: str) -> Path:
        """Begin a question: a folder to fill, served with the others from now on.

        Raises
        ------
        InputError
            If the name cannot be that of a folder, or something has it already.
        OutOfReachError
            If the folder cannot be written.
        """
        if not _NAME.fullmatch(name) or name in self._places:
            found = "one that is served already" if name in self._places else repr(name[:60])
            raise InputError(
                f"name: found {found}; expected small letters, digits and hyphens, such as "
                "ginger-nausea, and no name that is taken."
            )
        folder = self.home / name
        new(folder)
        self._places[name] = _Place(path=folder)
        return folder

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
            if place.held is None or not stamp or stamp != place.stamp:
                evidence = load(place.path)
                answer = answer_question(evidence)
                if place.held is not None:
                    place.earlier = [*place.earlier, place.held][-_EARLIER:]
                place.held = Held(id=name, path=place.path, evidence=evidence, answer=answer)
                place.stamp = stamp
            return place.held

    def earlier(self, name: str, fingerprint: str) -> Held | None:
        """The folder as it stood under a fingerprint; None where that is not remembered."""
        place = self._places[name]
        with place.lock:
            known = [held for held in place.earlier if held.answer.fingerprint == fingerprint]
        return known[-1] if known else None


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of each file: what tells cheaply that something was written.

    Nothing where the files cannot be listed: reading the folder then says why.
    """
    try:
        files = [file for file in sorted(path.iterdir()) if file.is_file()]
        states = [(file.name, file.stat()) for file in files]
    except OSError:
        return ()
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
