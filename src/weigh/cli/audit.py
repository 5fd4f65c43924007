"""``weigh audit``: hold articles against an evidence folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weigh.cli.folders import SCHEMA, AsJson
from weigh.cli.talk import Talk, printable, shown_path, talk_of, words
from weigh.errors import InputError

if TYPE_CHECKING:
    from weigh.evidence.audit import Audit, JudgedClaim

__all__ = ["FailOn", "audit"]

Outcome = "Audit | InputError | OutOfReachError"


class FailOn(StrEnum):
    """What makes the exit code 1."""

    CONTRADICTED = "contradicted"
    MAJOR = "major"
    OVERSTATED = "overstated"
    NEVER = "never"


def audit(
    context: typer.Context,
    articles: Annotated[
        list[Path],
        typer.Argument(
            metavar="ARTICLE…",
            help="HTML, Markdown, text or PDF files; a directory stands for its articles.",
            show_default=False,
        ),
    ],
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence", "-e", help="The evidence folder to hold them against.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the annotated page; with several, a directory of them."),
    ] = None,
    letter: Annotated[
        Path | None, typer.Option(help="Write a letter to the editor as Markdown.")
    ] = None,
    rewrite: Annotated[
        Path | None,
        typer.Option(help="Write the article in wording that the evidence bears, and FILE.diff."),
    ] = None,
    claimreview: Annotated[
        Path | None,
        typer.Option(help="Write schema.org ClaimReview JSON-LD; needs --author, --url, --date."),
    ] = None,
    author: Annotated[
        str, typer.Option(help="Who answers for the ClaimReview.", show_default=False)
    ] = "",
    url: Annotated[
        str, typer.Option(help="Where the ClaimReview will stand.", show_default=False)
    ] = "",
    date: Annotated[
        str, typer.Option(help="Date of the ClaimReview and the letter.", show_default=False)
    ] = "",
    settings: Annotated[
        Path | None,
        typer.Option(help="A TOML file: rules switched off, thresholds.", show_default=False),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Which verdicts make the exit code 1.")
    ] = FailOn.OVERSTATED,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes that share many articles.")
    ] = 1,
) -> int:
    """Hold an article against the evidence, claim by claim.

    Each claim is found supported, overstated, unsupported, contradicted or not checkable, with the
    reason and with wording that the evidence bears. Several articles, or a directory, give a table
    over all. Exit code 1 where a claim is contradicted or overstated (see --fail-on).
    """
    from weigh import folder as folders
    from weigh.workflow.auditing import Auditor, article_files, audit_files, read_settings

    talk = talk_of(context, as_json=as_json)
    known = None if evidence is None else folders.load(evidence)
    files = article_files(articles)
    many = len(files) > 1 or any(path.is_dir() for path in articles)
    if many and (letter or rewrite or claimreview):
        raise InputError(
            f"Found {words(len(files), 'article')}; --letter, --rewrite and --claimreview expect "
            "one."
        )
    auditor = Auditor(known, None if settings is None else read_settings(settings))
    if many:
        done = list(zip(files, audit_files(files, auditor, processes=jobs), strict=True))
        _write_pages(done, html)
        _show_table(talk, done, html)
        made = [result for _, result in done if not isinstance(result, Exception)]
        if not made:
            return 2
        return int(any(_fails(one, fail_on) for one in made))
    [made_one] = audit_files(files, auditor)
    if isinstance(made_one, Exception):
        raise made_one
    _write(made_one, html=html, letter=letter, rewrite=rewrite, date=date)
    if claimreview is not None:
        _write_reviews(made_one, claimreview, author=author, url=url, date=date)
    if as_json:
        talk.document(made_one.to_dict())
    else:
        _show(talk, made_one)
        _tell_next(talk, made_one, files[0], evidence, html)
    return int(_fails(made_one, fail_on))


def _fails(made: Audit, fail_on: FailOn) -> bool:
    if fail_on is FailOn.NEVER:
        return False
    for judged in made.claims:
        if judged.verdict.value == "contradicted":
            return True
        if judged.verdict.value == "overstated" and (
            fail_on is FailOn.OVERSTATED or (fail_on is FailOn.MAJOR and judged.severity == "major")
        ):
            return True
    return False


def _write(
    made: Audit, *, html: Path | None, letter: Path | None, rewrite: Path | None, date: str
) -> None:
    from weigh import report
    from weigh.folder import write_text_atomically

    if html is not None:
        write_text_atomically(html, report.render_audit(made))
    if letter is not None:
        write_text_atomically(letter, report.letter(made, date=date or None))
    if rewrite is not None:
        text, difference = report.rewrite(made)
        write_text_atomically(rewrite, text)
        write_text_atomically(rewrite.with_name(rewrite.name + ".diff"), difference)


def _write_reviews(made: Audit, path: Path, *, author: str, url: str, date: str) -> None:
    from weigh import report
    from weigh.folder import write_text_atomically

    reviews = report.claim_review(made, report.Reviewer(name=author, url=url, date=date))
    write_text_atomically(path, json.dumps(reviews, ensure_ascii=False, indent=1) + "\n")


def _write_pages(done: Sequence[tuple[Path, Any]], directory: Path | None) -> None:
    from weigh.folder import write_text_atomically
    from weigh.report import render_audit

    if directory is None:
        return
    for path, made in done:
        if not isinstance(made, Exception):
            write_text_atomically(directory / f"{path.name}.html", render_audit(made))


def _show(talk: Talk, made: Audit) -> None:
    from weigh.report import VERDICTS, verdict_words

    talk.result(made.article.title or made.article.source)
    for danger in made.missing_dangers:
        talk.result(f"  DANGER not mentioned: {danger.text}")
    talk.result(f"  {made.sentence.text}")
    talk.result("")
    table = _table()
    for number, judged in enumerate(made.claims, start=1):
        words = " ".join(judged.claim.text.split())
        if made.fingerprint is None:
            shown, why = judged.claim.type.value.replace("-", " "), _strength(judged)
        else:
            look = VERDICTS[judged.verdict]
            shown, why = f"{look.symbol} {verdict_words(judged)}", _why(judged)
        table.add_row(_text(str(number)), _text(shown), _text(f"“{words}”\n{why}\n"))
    _print(table)
    unmet = [found for found in made.page if found.status.value == "not-met"]
    if unmet:
        talk.result("The page as a whole:")
        for found in unmet:
            talk.result(f"  ✗ {found.title}: {found.reason.text}")
    for heading, statements in (
        ("What it leaves out:", made.omissions),
        ("What it gets right:", made.right),
    ):
        if statements:
            talk.result(heading)
            for statement in statements:
                talk.result(f"  - {statement.text}")
    if made.questions:
        talk.result("What an evidence folder would have to answer:")
        for question in made.questions:
            talk.result(f"  - {question}")


def _strength(judged: JudgedClaim) -> str:
    """What the words assert, and what stands out in them: all that can be told without evidence."""
    from weigh.report import strength_words

    return "\n".join((strength_words(judged), *(firing.reason.text for firing in judged.firings)))


def _why(judged: JudgedClaim) -> str:
    text = judged.reason.text
    if judged.suggestion is not None and judged.verdict.value != "supported":
        text += f"\nThe evidence would bear: {judged.suggestion.text}"
    return text


def _show_table(talk: Talk, done: Sequence[tuple[Path, Any]], html: Path | None) -> None:
    """All articles, a line each: how many claims got which verdict."""
    if talk.as_json:
        talk.document({"schema": SCHEMA, "articles": [_entry(path, made) for path, made in done]})
        return
    names = ["contradicted", "overstated", "unsupported", "supported", "not-checkable"]
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("Article", overflow="fold")
    for name in names:
        table.add_column(name.replace("-", " "), justify="right")
    for path, made in done:
        if isinstance(made, Exception):
            table.add_row(_text(f"{path.name}: {made}"))
            continue
        table.add_row(_text(path.name), *(str(made.counts[name]) for name in names))
    _print(table)
    talk.result(words(len(done), "article"))
    if html is not None:
        talk.result(f"The pages: {html}")


def _entry(path: Path, made: Any) -> dict[str, Any]:
    if isinstance(made, Exception):
        return {"source": path.name, "error": str(made)}
    document: dict[str, Any] = made.to_dict()
    return {"source": path.name, **document}


def _tell_next(talk: Talk, made: Audit, file: Path, folder: Path | None, html: Path | None) -> None:
    if folder is None:
        talk.next_step(
            f"weigh audit {shown_path(file)} --evidence FOLDER",
            "holds the claims against studies",
        )
    elif html is None:
        page = shown_path(f"{file.stem}-audit.html")
        talk.next_step(
            f"weigh audit {shown_path(file)} --evidence {shown_path(folder)} --html {page}",
            "writes the article with every claim marked",
        )
    else:
        talk.result(f"  The page: {html}")


def _table() -> Any:
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _text(words: str) -> Any:
    from rich.text import Text

    return Text(printable(words))


def _print(table: Any) -> None:
    from rich.console import Console

    Console(highlight=False, markup=False, soft_wrap=False).print(table)
