"""The fingerprint is that of the facts: it moves with them and with nothing else."""

from __future__ import annotations

import pytest

from weigh.errors import EvidenceError
from weigh.folder import fingerprint, load


def test_it_is_that_of_the_loaded_evidence(folder):
    home = folder()

    assert fingerprint(home) == load(home).fingerprint


def test_it_does_not_depend_on_line_ends_marks_other_files_or_the_place(folder, tmp_path):
    home = folder()
    before = fingerprint(home)
    for path in home.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    (home / "README.md").write_text("about")
    moved = home.rename(tmp_path / "coffee")

    assert fingerprint(moved) == before


@pytest.mark.parametrize("name", ["question.yaml", "results.csv", "references.json"])
def test_any_change_of_a_fact_moves_it(folder, name):
    home = folder()
    before = fingerprint(home)
    (home / name).write_text((home / name).read_text().replace("a", "b", 1))

    assert fingerprint(home) != before


def test_what_moves_from_one_file_to_another_moves_it(tmp_path):
    """The length of each file is hashed too, so that no text can stand for another."""
    for name, texts in {"one": ("ab", "c"), "two": ("a", "bc")}.items():
        (tmp_path / name).mkdir()
        for file, text in zip(("forms.yaml", "safety.yaml"), texts, strict=True):
            (tmp_path / name / file).write_text(text)

    assert fingerprint(tmp_path / "one") != fingerprint(tmp_path / "two")


def test_a_file_that_cannot_be_read_has_none(folder):
    home = folder("results.csv", whole=None)
    (home / "results.csv").mkdir()

    with pytest.raises(EvidenceError, match="found a folder of this name"):
        fingerprint(home)
