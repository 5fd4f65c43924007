"""The commands, and what may stand before the name of one."""

from __future__ import annotations

from typing import Annotated

import typer

import weigh
from weigh.cli.answers import answer, demo
from weigh.cli.audit import audit
from weigh.cli.diff import diff
from weigh.cli.explain import explain
from weigh.cli.export import export
from weigh.cli.folders import check, new
from weigh.cli.serve import serve
from weigh.cli.statistics import effects, pool

__all__ = ["app"]

app = typer.Typer(
    name="weigh",
    help="Does X help with Y? Answers made from the trials, every number traced to its source.",
    epilog="Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 the answer is "
    "no, 2 wrong input, 3 out of reach, 130 stopped.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (demo, new, check, answer, audit, explain, diff, effects, pool, export, serve):
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"weigh {weigh.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the program's own traceback with an error.")
    ] = False,
) -> None:
    """Does X help with Y? Answers made from the trials, every number traced to its source."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
