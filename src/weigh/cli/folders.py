"""``weigh check`` and ``weigh new``: evidence folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.talk import shown_path, talk_of, words

__all__ = ["check", "new"]

Folder = Annotated[Path, typer.Argument(help="An evidence folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

#: Format of the documents; fields are added, never renamed.
SCHEMA = 1


def check(context: typer.Context, folder: Folder, as_json: AsJson = False) -> None:
    """Say everything that is wrong with a folder.

    Each fault names its file, line and field, what was found and what was expected. Exit code 0
    where there is none, else 2.
    """
    from weigh import folder as folders
    from weigh.errors import EvidenceError

    talk = talk_of(context, as_json=as_json)
    try:
        evidence = folders.load(folder)
    except EvidenceError as error:
        if as_json:
            talk.document(
                {
                    "schema": SCHEMA,
                    "folder": str(folder),
                    "ok": False,
                    "faults": [fault.to_dict() for fault in error.faults],
                }
            )
        raise
    counts = {
        "outcomes": len(evidence.question.outcomes),
        "studies": len(evidence.studies),
        "results": len(evidence.results),
        "risk_of_bias": len(evidence.risk_of_bias),
        "mechanisms": len(evidence.mechanisms),
        "references": len(evidence.references),
    }
    if as_json:
        talk.document(
            {
                "schema": SCHEMA,
                "folder": str(folder),
                "ok": True,
                "faults": [],
                "title": evidence.question.title,
                "fingerprint": evidence.fingerprint,
                "counts": counts,
            }
        )
        return
    held = (
        words(counts["studies"], "study", "studies"),
        words(counts["results"], "row of results", "rows of results"),
        words(counts["references"], "reference"),
    )
    talk.result(f"No fault found: {evidence.question.title} {', '.join(held)}.")
    talk.next_step(f"weigh answer {shown_path(folder)}", "makes the page")


def new(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="A folder that is not there yet, or empty.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Write an evidence folder to start from.

    It holds a made-up example that passes `weigh check`, and explains every field.
    """
    from weigh import folder as folders

    talk = talk_of(context, as_json=as_json)
    files = folders.new(folder)
    if as_json:
        names = [path.name for path in files]
        talk.document({"schema": SCHEMA, "folder": str(folder), "files": names})
        return
    for path in files:
        talk.result(str(path))
    talk.tell("FIELDS.md explains every field; begin with question.yaml.")
    talk.next_step(f"weigh check {shown_path(folder)}", "after each change")
