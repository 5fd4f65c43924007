"""An answer as files: the page, its data and its plots, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from weigh.evidence.answer import Answer
from weigh.folder import example_folders, load, write_text_atomically
from weigh.report import IndexEntry, render, render_index
from weigh.workflow.answering import answer_question

__all__ = ["publish", "publish_examples"]


def publish(answer: Answer, directory: Path) -> Path:
    """Write ``index.html``, ``answer.json`` and ``plots/*.svg`` and return the page's path.

    Each file is replaced as a whole; what else is in the directory stays.
    """
    rendered = render(answer)
    for name, svg in rendered.plots.items():
        write_text_atomically(directory / "plots" / f"{name}.svg", svg)
    write_text_atomically(directory / "answer.json", rendered.json)
    page = directory / "index.html"
    write_text_atomically(page, rendered.html)
    return page


def publish_examples(
    directory: Path, *, tell: Callable[[Answer, Path], None] | None = None
) -> Path:
    """Answer every shipped example and write an index page over them; return its path.

    `tell` is called with each answer and its page as soon as that is written.
    """
    entries: list[IndexEntry] = []
    for folder in example_folders():
        answer = answer_question(load(folder))
        page = publish(answer, directory / folder.name)
        entries.append(IndexEntry(answer=answer, link=f"{folder.name}/index.html"))
        if tell is not None:
            tell(answer, page)
    return _index(entries, directory)


def _index(entries: Sequence[IndexEntry], directory: Path) -> Path:
    page = directory / "index.html"
    write_text_atomically(page, render_index(entries))
    return page
