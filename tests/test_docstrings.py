"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import weigh


def modules_with_examples() -> list[str]:
    """Return the modules of weigh whose source holds a prompt."""
    found = []
    for module in pkgutil.walk_packages(weigh.__path__, "weigh."):
        spec = module.module_finder.find_spec(module.name, None)
        source = spec.loader.get_source(module.name) if spec and spec.loader else None
        if source and ">>> " in source:
            found.append(module.name)
    return found


@pytest.mark.parametrize("name", modules_with_examples())
def test_docstring_examples_run(name):
    module = importlib.import_module(name)

    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)

    assert result.attempted > 0
    assert result.failed == 0, "the differences are printed above"
