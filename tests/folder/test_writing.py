"""A file is replaced whole, or stays as it was."""

from __future__ import annotations

import os
import stat

import pytest

from weigh.errors import OutOfReachError
from weigh.folder import write_text_atomically


def test_text_is_written_as_utf_8_with_line_feeds(tmp_path):
    write_text_atomically(tmp_path / "a" / "page.html", "1 µg\n−2\n")

    assert (tmp_path / "a" / "page.html").read_bytes() == "1 µg\n−2\n".encode()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["page.html"]


def test_a_file_that_is_there_is_replaced_and_keeps_its_permissions(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("old")
    target.chmod(0o640)

    write_text_atomically(target, "new")

    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("")

    write_text_atomically(tmp_path / "page.html", "new")

    assert (tmp_path / "page.html").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_what_fails_half_way_leaves_the_old_file(tmp_path, monkeypatch, step):
    target = tmp_path / "page.html"
    target.write_text("old")

    def fail(*_args):
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr("pathlib.Path.replace", fail)

    with pytest.raises(OutOfReachError, match=r"page\.html cannot be written: no space left"):
        write_text_atomically(target, "new")

    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_text_that_no_file_can_hold_leaves_the_old_file(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_text_atomically(target, "\ud800")

    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert target.read_text() == "old"


def test_a_place_that_cannot_be_written_is_out_of_reach(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(OutOfReachError, match="cannot be written"):
        write_text_atomically(tmp_path / "file" / "page.html", "new")
