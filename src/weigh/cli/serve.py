"""``weigh serve``: the same evidence in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.talk import talk_of

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
) -> None:
    """Serve answers in a browser, on this machine alone.

    The address that is printed holds a key; without it nothing is shown.
    """
    from weigh.errors import MissingExtraError
    from weigh.folder import example_folders

    try:
        from weigh.web.serving import serve_here
    except ModuleNotFoundError as error:
        if error.name in ("fastapi", "starlette", "uvicorn"):
            raise MissingExtraError("Serving pages", "web") from error
        raise

    talk = talk_of(context)
    serve_here(folders or list(example_folders()), port=port, tell=talk.result)
