"""What is not a plain UTF-8 file inside the folder is a fault, and is never opened."""

from __future__ import annotations

import os

import pytest

from weigh.folder import check, load
from weigh.folder.files import FILES, look_alikes, name_character


def told(folder):
    return list(map(str, check(folder)))


def spoil(folder, name, change):
    """Change the bytes of one file of the good folder."""
    home = folder()
    (home / name).write_bytes(change((home / name).read_bytes()))
    return home


@pytest.mark.parametrize("name", ["question.yaml", "results.csv", "references.json"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(folder, name):
    home = folder()
    plain = load(home)
    data = (home / name).read_bytes()
    (home / name).write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))

    assert load(home) == plain


def test_line_ends_of_old_macs_are_read_too(folder):
    home = spoil(folder, "results.csv", lambda data: data.replace(b"\n", b"\r"))

    assert load(home).results[3].place.line == 5


def test_another_encoding_is_told_with_the_byte_and_the_word(folder):
    home = spoil(
        folder, "studies.yaml", lambda data: data.replace(b"Students", "Café".encode("latin-1"))
    )

    assert told(home) == [
        "studies.yaml, line 18: found byte 524 (0xE9) that is not UTF-8, in what may be "
        "“population: Café.”; expected text in UTF-8. Save the file as UTF-8 (in a spreadsheet: "
        "“CSV UTF-8”; in an editor: “Save with encoding”)."
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told(folder, encoding):
    home = spoil(folder, "results.csv", lambda data: data.decode().encode(encoding))

    assert told(home)[0].startswith("results.csv, line 1: found ")
    assert len(told(home)) == 1


@pytest.mark.parametrize(
    ("character", "name"),
    [("\0", "U+0000 (NUL)"), ("\x1b", "U+001B (ESCAPE)"), ("\x85", "U+0085")],
)
def test_a_control_character_is_told_with_its_name(folder, character, name):
    """It could steer the terminal that shows it, and no report contains one."""
    home = spoil(folder, "results.csv", lambda data: data.replace(b"6.1", character.encode()))

    assert told(home) == [
        f"results.csv, line 2: found the invisible character {name}; expected text without control "
        "characters. Delete it, or save the file again as plain text."
    ]


def test_a_character_without_a_name_is_told_by_its_number():
    assert name_character("\x90") == "U+0090"


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file_is_told(folder, name):
    messages = told(folder(name, whole=b""))

    assert f"{name}: found an empty file" in messages[-1 if name == "references.json" else 0]


def test_a_file_that_is_too_large_is_refused_without_being_read(folder, monkeypatch):
    monkeypatch.setitem(FILES, "results.csv", 100)
    home = folder()
    os.truncate(home / "results.csv", 50 * 1024 * 1024)

    assert told(home) == [
        "results.csv: found 50.0 MiB; expected at most 0 MiB. A file of facts is far smaller. Was "
        "something else saved under this name?"
    ]


def test_a_folder_in_place_of_a_file_is_told(folder):
    home = folder("results.csv", whole=None)
    (home / "results.csv").mkdir()

    assert told(home) == ["results.csv: found a folder of this name; expected a file."]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_told_and_not_waited_for(folder):
    home = folder("results.csv", whole=None)
    os.mkfifo(home / "results.csv")

    assert told(home) == [
        "results.csv: found something of this name that is no file (a pipe or device); "
        "expected a file."
    ]


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path):
    home = folder("results.csv", whole=None)
    (tmp_path / "secret.csv").write_text("study\n")
    (home / "results.csv").symlink_to(tmp_path / "secret.csv")

    assert told(home) == [
        "results.csv: found a link to a place outside the folder; expected a file inside it. "
        "Copy the file into the folder in place of the link."
    ]


def test_a_link_inside_the_folder_is_followed(folder):
    home = folder()
    (home / "results.csv").rename(home / "table.txt")
    (home / "results.csv").symlink_to("table.txt")

    assert len(load(home).results) == 4


def test_a_link_to_nothing_is_told(folder):
    home = folder("results.csv", whole=None)
    (home / "results.csv").symlink_to(home / "gone.csv")

    assert told(home) == [
        "results.csv: found a link to a file that is not there; expected the file itself, inside "
        "the folder."
    ]


def test_a_link_that_leads_to_itself_is_told(folder):
    home = folder("results.csv", whole=None)
    (home / "results.csv").symlink_to(home / "results.csv")

    assert told(home) == [
        "results.csv: found a link that leads to itself; expected the file itself, inside the "
        "folder."
    ]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(folder):
    home = folder()
    (home / "results.csv").chmod(0)

    assert told(home) == [
        "results.csv: found a file that cannot be read (permission denied); expected a file that "
        "you may open. Check its permissions, then run the command again."
    ]


def test_an_error_of_the_disk_is_a_fault(folder, monkeypatch):
    def fail(*_args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("weigh.folder.files._read_bytes", fail)

    assert "cannot be read (input/output error)" in told(folder())[0]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("studies.yml", "studies.yaml"),
        ("result.csv", "results.csv"),
        ("Results.csv", "results.csv"),
        ("risk-of-bias.csv", "risk_of_bias.csv"),
        ("risk of bias.csv", "risk_of_bias.csv"),
        ("mechanism.csv", "mechanisms.csv"),
        ("references.yaml", "references.json"),
        ("question.txt", "question.yaml"),
    ],
)
def test_a_name_that_is_nearly_right_is_told_with_the_right_one(folder, name, meant):
    home = folder()
    (home / name).write_text("x")

    assert [str(fault) for fault in look_alikes(home)] == [
        f"{name}: found a file that weigh does not read; expected the name {meant}. If it is "
        "something else, give it a name that is less alike."
    ]


def test_a_spreadsheet_in_place_of_a_table_is_told(folder):
    home = folder("results.csv", whole=None)
    (home / "results.xlsx").write_bytes(b"PK")

    assert told(home) == [
        "results.xlsx: found a file that weigh does not read; expected the name results.csv. Save "
        "it as “CSV UTF-8 (comma delimited)” under the name results.csv."
    ]


@pytest.mark.parametrize(
    "name",
    [
        "results.xlsx",
        "README.md",
        "notes.txt",
        ".results.csv.swp",
        "results.csv.bak",
        "~$results.xlsx",
    ],
)
def test_files_that_are_something_else_are_left_alone(folder, name):
    home = folder()
    (home / name).write_text("x")

    assert told(home) == []
