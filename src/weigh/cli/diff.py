"""``weigh diff``: what changed between two answers, and whether the conclusion did."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.folders import AsJson
from weigh.cli.talk import Talk, shown_path, talk_of, words

__all__ = ["diff"]

#: Changes of one kind that are printed; more are nobody's reading.
MOST = 50


def diff(
    context: typer.Context,
    old: Annotated[
        Path, typer.Argument(metavar="OLD.json", help="The earlier answer.", show_default=False)
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW.json", help="The later answer.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two answers.

    The first line says whether the conclusion did. Ratios are on the log scale, as in answer.json.
    """
    from weigh.cli.answer_file import read_answer
    from weigh.evidence.differences import compare

    talk = talk_of(context, as_json=as_json)
    found = compare(read_answer(old), read_answer(new))
    if as_json:
        talk.document(found.to_dict())
        return
    if found.same:
        talk.result("Nothing changed: the two answers are the same.")
        return
    talk.result(found.headline())
    for part in found.parts:
        if not part.changes:
            continue
        talk.result("")
        talk.result(f"{part.title} ({words(len(part.changes), 'change')})")
        for change in part.changes[:MOST]:
            for line in change.lines():
                talk.result(f"  {line}")
        if len(part.changes) > MOST:
            talk.result(f"  and {len(part.changes) - MOST} more; --json lists them all")
    _hint(talk, new, found.first_changed_number)


def _hint(talk: Talk, new: Path, number: str | None) -> None:
    if number is not None:
        talk.next_step(
            f"weigh explain {shown_path(new)} {number}", "shows what a changed number rests on"
        )
