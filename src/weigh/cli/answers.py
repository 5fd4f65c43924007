"""``weigh answer`` and ``weigh demo``: from a folder to a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weigh.cli.folders import AsJson, Folder
from weigh.cli.talk import Talk, shown_path, talk_of

if TYPE_CHECKING:
    from weigh.evidence.answer import Answer
    from weigh.evidence.audit import Audit

__all__ = ["answer", "demo"]


def answer(
    context: typer.Context,
    folder: Folder,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Where to write index.html, answer.json and plots/. Without it: FOLDER-answer "
            "in this directory, or nowhere with --json.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer the question of a folder.

    With --json, answer.json alone is printed.
    """
    from weigh import folder as folders
    from weigh.report import render
    from weigh.workflow.answering import answer_question
    from weigh.workflow.publishing import publish

    talk = talk_of(context, as_json=as_json)
    made = answer_question(folders.load(folder))
    if as_json:
        if out is not None:
            publish(made, out)
        typer.echo(render(made).json, nl=False)
        return
    directory = out if out is not None else Path(f"{folder.resolve().name}-answer")
    page = publish(made, directory)
    _show(talk, made, page)
    talk.next_step(
        f"weigh explain {shown_path(directory / 'answer.json')} {made.verdict.node}",
        "walks from a number or word back to its sources",
    )


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the pages.")] = Path(
        "weigh-demo"
    ),
) -> None:
    """Answer the worked examples, and audit an article.

    They come with weigh, and no network is needed.
    """
    from weigh.workflow.publishing import publish_examples

    talk = talk_of(context)
    talk.tell("Answering the worked examples …")
    index = publish_examples(
        out,
        tell=lambda made, page: _show(talk, made, page),
        tell_audit=lambda made, page: _show_audit(talk, made, page),
    )
    talk.result(f"All of them: {index}")
    talk.next_step("weigh new my-question", "writes a folder for a question of your own")


def _show_audit(talk: Talk, made: Audit, page: Path) -> None:
    """An audit in a few lines."""
    talk.result(f"An article: {made.article.title or made.article.source}")
    talk.result(f"  {made.sentence.text}")
    talk.result(f"  The page: {page}")


def _show(talk: Talk, made: Answer, page: Path) -> None:
    """An answer in a few lines."""
    talk.result(made.question.title)
    for statement in made.summary:
        talk.result(f"  {statement.text}")
    talk.result(f"  The page: {page}")
