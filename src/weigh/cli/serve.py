"""``weigh serve``: the same evidence in a browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weigh.cli.talk import talk_of

if TYPE_CHECKING:
    from weigh.web.passwords import Password

__all__ = ["serve"]


def serve(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FOLDERS…]",
            help="Evidence folders; the worked examples if left out.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="Port; 0 takes a free one.")
    ] = 8350,
    host: Annotated[
        str,
        typer.Option("--host", help="Address to listen at; other machines then need a password."),
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            help="Address under which readers ask, such as https://evidence.example.org; repeat "
            "for several.",
            show_default=False,
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            help="File with the password's argon2id hash.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serve answers in a browser, on this machine alone unless --host says otherwise.

    The address that is printed holds a key; without it nothing is shown. With --host a password
    takes its place: from WEIGH_PASSWORD, from --password-file, or typed when asked for.
    """
    from weigh.errors import MissingExtraError
    from weigh.folder import example_folders

    try:
        from weigh.web.serving import is_here, serve_on
    except ModuleNotFoundError as error:
        if error.name in ("argon2", "fastapi", "starlette", "uvicorn"):
            raise MissingExtraError("Serving pages", "web") from error
        raise

    talk = talk_of(context)
    wanted = password_file is not None or not is_here(host) or bool(name)
    serve_on(
        folders or list(example_folders()),
        host=host,
        port=port,
        names=name or (),
        password=_password(password_file) if wanted else None,
        tell=talk.result,
    )


def _password(file: Path | None) -> Password | None:
    """The password from wherever it may come; never from the command line, which others see."""
    from weigh.errors import InputError, OutOfReachError
    from weigh.web.passwords import Password

    if file is not None:
        try:
            return Password.hashed(file.read_text(encoding="utf-8"), place=str(file))
        except UnicodeDecodeError as error:
            raise InputError(f"{file}: found no text; expected a hash of argon2id.") from error
        except OSError as error:
            raise OutOfReachError(f"{file} cannot be read: {error.strerror}.") from error
    if words := os.environ.get("WEIGH_PASSWORD"):
        return Password.chosen(words)
    if sys.stdin.isatty():
        return Password.chosen(
            typer.prompt(
                "Password for readers", hide_input=True, confirmation_prompt=True, err=True
            )
        )
    return None
