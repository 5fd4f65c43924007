"""The page on plots: its code runs, and its pictures are what that code draws.

``WEIGH_WRITE_DOCS=1 pytest tests/report/plot/test_reference_page.py`` draws the pictures again.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from report.figures.geometry import words

import weigh

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "plots.md"
PICTURES = ROOT / "docs" / "images" / "plots"


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """Run the page from top to bottom in an empty folder; return the folder."""
    folder = tmp_path_factory.mktemp("page")
    names: dict[str, object] = {}
    here = Path.cwd()
    os.chdir(folder)
    try:
        for block in re.findall(r"^```python\n(.*?)^```", text(), re.MULTILINE | re.DOTALL):
            exec(compile(block, str(PAGE), "exec"), names)
    finally:
        os.chdir(here)
    if os.environ.get("WEIGH_WRITE_DOCS"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.svg"):
            shutil.copy(path, PICTURES / path.name)
    return folder


def test_every_picture_says_what_the_code_above_it_draws(drawn):
    """The words, not the bytes: another matplotlib may write a path in other digits."""
    made = {path.name: words(path.read_text(encoding="utf-8")) for path in drawn.glob("*.svg")}
    kept = {path.name: words(path.read_text(encoding="utf-8")) for path in PICTURES.glob("*.svg")}

    assert made == kept


def test_every_picture_is_shown_and_small():
    shown = set(re.findall(r"\.\./images/plots/([\w-]+\.svg)", text()))

    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.svg")}

    assert set(sizes) == shown
    assert max(sizes.values()) < 60_000


def test_every_plot_has_its_place_on_the_page():
    described = set(re.findall(r"^\.\. auto\w+:: weigh\.report\.plot\.(\w+)", text(), re.MULTILINE))

    assert described | {"galbraith"} == set(weigh.plot.__all__)
