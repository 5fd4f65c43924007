"""``weigh export``."""

from __future__ import annotations

import zipfile

from weigh.folder import example_folders

ZINC = next(path for path in example_folders() if path.name == "zinc-common-cold")


def test_a_form_is_written_under_the_folder_s_name(weigh, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = weigh("export", ZINC, "csv")
    assert (said.code, said.out.strip()) == (0, "zinc-common-cold.zip")
    with zipfile.ZipFile(tmp_path / "zinc-common-cold.zip") as archive:
        assert "README.txt" in archive.namelist()


def test_the_same_folder_gives_the_same_bytes(weigh, tmp_path):
    for name in ("a.bib", "b.bib"):
        assert weigh("export", ZINC, "bibtex", "--out", tmp_path / name).code == 0
    assert (tmp_path / "a.bib").read_bytes() == (tmp_path / "b.bib").read_bytes()


def test_a_form_that_does_not_exist_is_told_and_nothing_is_written(weigh, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = weigh("export", ZINC, "docs")
    assert said.code == 2
    assert said.err.startswith("There is no export 'docs'.")
    assert list(tmp_path.iterdir()) == []
