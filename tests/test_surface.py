"""The public face is exactly what it says it is."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from importlib.metadata import version
from inspect import getattr_static
from types import ModuleType

import pytest

import weigh


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
