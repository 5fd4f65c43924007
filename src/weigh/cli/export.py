"""``weigh export``: an answer in other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.folders import Folder
from weigh.cli.talk import talk_of

__all__ = ["export"]


def export(
    context: typer.Context,
    folder: Folder,
    form: Annotated[
        str,
        typer.Argument(
            help="html, pdf, docx, json, csv, plots, fhir, jsonld, csl, ris or bibtex.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Where to write it; FOLDER with the form's ending if left out.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write an answer in another form: tables, references, linked data.

    The same folder gives the same bytes.
    """
    from weigh import folder as folders
    from weigh.folder import write_bytes_atomically
    from weigh.workflow.answering import answer_question
    from weigh.workflow.exporting import EXPORTS
    from weigh.workflow.exporting import export as make

    evidence = folders.load(folder)
    data = make(answer_question(evidence), form)
    path = out or Path(f"{evidence.name}{EXPORTS[form].suffix}")
    write_bytes_atomically(path, data)
    talk_of(context).result(str(path))
