"""Where the example folders that come with weigh are."""

from __future__ import annotations

from pathlib import Path

from weigh.errors import OutOfReachError

__all__ = ["example_article", "example_folders"]

_PACKAGE = Path(__file__).resolve().parents[1]


def example_folders() -> tuple[Path, ...]:
    """The example folders: data of the installed package, or ``examples/`` of the checkout.

    They come in the order of ``index.txt`` beside them; those that it leaves out follow by name.

    Raises
    ------
    OutOfReachError
        If neither place has any.
    """
    for home in _homes():
        folders = {path.parent.name: path.parent for path in home.glob("*/question.yaml")}
        if folders:
            first = [name for name in _index(home) if name in folders]
            return tuple(folders[name] for name in dict.fromkeys([*first, *sorted(folders)]))
    raise OutOfReachError(
        "The example folders of weigh are not there.",
        hint="Install weigh again, or run it from a whole checkout.",
    )


def example_article() -> tuple[Path, Path]:
    """An article of our own writing, and the first example folder, which it is held against.

    Raises
    ------
    OutOfReachError
        If it is not there.
    """
    for home in _homes():
        article, first = home / "article.md", _index(home)[:1]
        if article.is_file() and first and (home / first[0]).is_dir():
            return article, home / first[0]
    raise OutOfReachError(
        "The example article of weigh is not there.",
        hint="Install weigh again, or run it from a whole checkout.",
    )


def _homes() -> tuple[Path, Path]:
    return _PACKAGE / "examples", _PACKAGE.parents[1] / "examples"


def _index(home: Path) -> list[str]:
    path = home / "index.txt"
    return path.read_text(encoding="utf-8").split() if path.is_file() else []
