"""What is served are folders that can be read, however they change while they are served."""

from __future__ import annotations

import shutil

import pytest

from weigh.errors import EvidenceError
from weigh.folder import example_folders
from weigh.web.shelf import Shelf


def test_a_file_in_place_of_a_folder_is_refused_in_words(tmp_path):
    article = tmp_path / "article.md"
    article.write_text("# Tea", encoding="utf-8")

    with pytest.raises(EvidenceError, match="found a file; expected an evidence folder"):
        Shelf([article]).held("article.md")


def test_a_folder_that_went_away_is_said_to_be_gone_and_read_when_it_is_back(tmp_path):
    example = example_folders()[0]
    folder = tmp_path / example.name
    shutil.copytree(example, folder)
    shelf = Shelf([folder])
    before = shelf.held(folder.name)
    folder.rename(tmp_path / "away")

    with pytest.raises(EvidenceError, match="found no folder of this name"):
        shelf.held(folder.name)

    (tmp_path / "away").rename(folder)
    assert shelf.held(folder.name).answer.fingerprint == before.answer.fingerprint
