"""The examples are found in a checkout and in an installed package."""

from __future__ import annotations

import pytest

from weigh.errors import OutOfReachError
from weigh.folder import example_folders


def make(home, *names):
    for name in names:
        (home / name).mkdir(parents=True)
        (home / name / "question.yaml").write_text("")


def test_the_first_is_the_first_of_the_index():
    folders = example_folders()

    index = (folders[0].parent / "index.txt").read_text().split()
    assert [folder.name for folder in folders][: len(index)] == index


def test_an_installed_package_brings_its_own(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "weigh"
    make(package / "examples", "b", "a", "c")
    (package / "examples" / "index.txt").write_text("c\ngone\n")
    (package / "examples" / "no-question").mkdir()
    monkeypatch.setattr("weigh.folder.examples._PACKAGE", package)

    assert [folder.name for folder in example_folders()] == ["c", "a", "b"]


def test_no_examples_at_all_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("weigh.folder.examples._PACKAGE", tmp_path / "lib" / "weigh")

    with pytest.raises(OutOfReachError, match="example folders of weigh are not there"):
        example_folders()
