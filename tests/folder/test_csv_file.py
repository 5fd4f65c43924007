"""CSV rows keep their lines, and other ways to write a table are told."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.folder import check, load
from weigh.folder.csv_file import parse_csv

COLUMNS = ("study", "n", "note")
cells = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: text.strip() == text
)


def read(text):
    return parse_csv("x.csv", text, columns=COLUMNS, required=("study",))


def rows(text):
    parsed = read(text)
    assert parsed.faults == ()
    return [{entry.key: entry.value.raw for entry in row.entries} for row in parsed.root.items]


@given(st.lists(st.tuples(cells, cells, cells), min_size=1))
def test_what_a_spreadsheet_writes_is_read_as_it_was(table):
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([COLUMNS, *table])

    assert rows(written.getvalue()) == [dict(zip(COLUMNS, row, strict=True)) for row in table]


def test_a_line_break_inside_quotes_does_not_shift_the_lines_after_it():
    parsed = read('study,n,note\na,1,"two\nlines"\nb,2,\n')

    assert [row.line for row in parsed.root.items] == [2, 4]
    assert parsed.root.items[0].text("note") == "two\nlines"


def test_a_header_alone_is_fine(folder):
    home = folder()
    header = (home / "results.csv").read_text().splitlines()[0]
    (home / "results.csv").write_text(header + "\n")

    assert load(home).results == ()


def test_empty_lines_and_empty_rows_say_nothing():
    """A spreadsheet leaves them where cells were once filled."""
    assert rows("\nstudy,n,note\n\na,1,\n,,\n\n") == [{"study": "a", "n": "1"}]


def test_empty_columns_beyond_the_last_say_nothing():
    assert rows("study,n,note,,\na,1,,,\n") == [{"study": "a", "n": "1"}]


def test_a_value_in_a_column_without_a_name_is_told():
    assert [str(fault) for fault in read("study,n,note,\na,1,,7\n").faults] == [
        "x.csv, line 2 (a, 1): found '7' in column 4, which has no name in the header; expected a "
        "name over every column that is used."
    ]


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_mark_between_columns_is_named(folder, mark, name):
    home = folder()
    text = (home / "results.csv").read_text()
    (home / "results.csv").write_text(text.replace(",", mark).replace("6.1", "6,1"))

    assert list(map(str, check(home))) == [
        f"results.csv, line 1: found columns separated by {name}; expected columns separated by "
        "commas. Save it as “CSV UTF-8 (comma delimited)”, with points as decimal marks."
    ]


def test_a_cell_that_swallows_the_rest_of_the_file_is_told():
    parsed = read('study,n,note\na,1,"' + "b,2,x\n" * 30_000)

    assert "a quotation mark that is never closed" in str(parsed.faults[0]) or (
        "more than 131,072 characters" in str(parsed.faults[0])
    )


def test_rows_without_any_value_in_a_header_are_an_empty_file():
    assert [fault.found for fault in read(",,,\n,,\n").faults] == ["an empty file"]
