"""The public face is exactly what it says it is."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from importlib.metadata import version
from inspect import getattr_static
from pathlib import Path
from types import ModuleType

import pytest
import typer

import weigh
from weigh.cli.app import app


def rooms() -> list[str]:
    """Return the packages directly under weigh, and weigh itself."""
    found = [module.name for module in pkgutil.iter_modules(weigh.__path__) if module.ispkg]
    return ["weigh", *(f"weigh.{name}" for name in found)]


@pytest.mark.parametrize("name", rooms())
def test_every_name_in_all_can_be_imported(name):
    room = importlib.import_module(name)

    missing = [public for public in getattr(room, "__all__", ()) if not hasattr(room, public)]

    assert missing == []


@pytest.mark.parametrize("name", rooms())
def test_all_names_nothing_twice(name):
    public = getattr(importlib.import_module(name), "__all__", [])

    assert len(set(public)) == len(public)


@pytest.mark.parametrize("name", rooms())
def test_all_leaves_out_nothing_that_a_room_exports(name):
    """A public class or function that a room brings up from its modules stands in ``__all__``."""
    room = importlib.import_module(name)
    exported = {
        public
        for public in vars(room)
        if not public.startswith("_")
        and not isinstance(getattr_static(room, public), ModuleType)
        and getattr(getattr_static(room, public), "__module__", "").startswith("weigh.")
    }

    assert exported - set(getattr(room, "__all__", ())) == set()


def test_a_name_that_does_not_exist_is_refused_by_name():
    with pytest.raises(AttributeError, match=r"module 'weigh' has no attribute 'poool'"):
        weigh.poool  # noqa: B018  # the access itself is what is tested


def test_the_version_is_that_of_the_installed_package():
    assert weigh.__version__ == version("weigh")


def test_importing_weigh_imports_no_room_and_no_heavy_library():
    """Names load on first use, so that the command line and a statistician both start at once."""
    heavy = {"numpy", "scipy", "matplotlib", "pydantic", "jinja2", "pandas", "polars"}
    code = "import sys, weigh; print(*sorted({name.split('.')[0] for name in sys.modules}))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert heavy & set(loaded.stdout.split()) == set()


def documented() -> dict[str, set[str]]:
    """Return the options that docs/reference/command-line.md describes, by command."""
    page = Path(__file__).parents[1] / "docs" / "reference" / "command-line.md"
    _, *sections = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        words[1] if (words := section.split())[0] == "weigh" else "": {
            option
            for line in section.splitlines()
            if line.startswith("`-")
            for option in re.findall(r"`(--?[a-z0-9-]+)", line)
        }
        for section in sections
    }


def offered() -> dict[str, set[str]]:
    """Return the options that the program takes, by command; "" is before any command."""
    group = typer.main.get_command(app)
    commands = {"": group, **group.commands}
    return {
        name: {
            option
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("-")
        }
        for name, command in commands.items()
    }


def test_every_command_is_documented_and_no_other():
    assert set(documented()) == set(offered())


@pytest.mark.parametrize("command", sorted(offered()))
def test_every_option_is_documented_and_no_other(command):
    assert documented()[command] - {"--help", "-h"} == offered()[command]
