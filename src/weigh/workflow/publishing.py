"""An answer as files: the page, its data and its plots, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from weigh.evidence.answer import Answer
from weigh.evidence.audit import Audit
from weigh.folder import example_article, example_folders, load, write_text_atomically
from weigh.report import IndexEntry, render, render_audit, render_index
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
    directory: Path,
    *,
    tell: Callable[[Answer, Path], None] | None = None,
    tell_audit: Callable[[Audit, Path], None] | None = None,
) -> Path:
    """Answer every shipped example, audit the shipped article, and write an index page over them.

    `tell` is called with each answer and its page as soon as that is written, `tell_audit` with
    the audit; the index page's path comes back.
    """
    entries: list[IndexEntry] = []
    for folder in example_folders():
        answer = answer_question(load(folder))
        page = publish(answer, directory / folder.name)
        entries.append(IndexEntry(answer=answer, link=f"{folder.name}/index.html"))
        if tell is not None:
            tell(answer, page)
    # Not above: reading articles takes its own libraries, which an answer alone does not need.
    from weigh.workflow.auditing import Auditor, read_file

    article, folder = example_article()
    audit = Auditor(load(folder)).audit(read_file(article))
    page = directory / "audit" / "index.html"
    write_text_atomically(page, render_audit(audit))
    if tell_audit is not None:
        tell_audit(audit, page)
    return _index(entries, directory, audit)


def _index(entries: Sequence[IndexEntry], directory: Path, audit: Audit) -> Path:
    page = directory / "index.html"
    write_text_atomically(page, render_index(entries, audits=[(audit, "audit/index.html")]))
    return page
