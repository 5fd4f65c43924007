"""Tables from every kind of file give the same fits, and say what is wrong with them."""

from __future__ import annotations

import io
import json
import sys
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import weigh as package
from weigh.cli.table_files import read_table
from weigh.errors import EvidenceError, InputError

COLUMNS = {
    "study": ["Arrow 2001", "Birch 2003", "Cedar 2005", "Elm 2011"],
    "yi": [0.1, 0.3 + 1e-16, -0.25, 1 / 3],
    "vi": [0.02, 0.03, 0.05, 0.04],
    "dose": [10, 20, 15, 12],
    "form": ["low", "high", "low", "high"],
}
RECORDS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]


def csv_text():
    lines = [",".join(COLUMNS), *(",".join(map(str, record.values())) for record in RECORDS)]
    return "\n".join(lines) + "\n"


def write(path, kind):
    """The same table in one of its forms."""
    if kind == "parquet":
        pq.write_table(pa.table(COLUMNS), path)
    else:
        texts = {"csv": csv_text(), "records": json.dumps(RECORDS), "columns": json.dumps(COLUMNS)}
        path.write_text(texts[kind], encoding="utf-8")
    return path


def standard_input(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


KINDS = [
    ("t.csv", "csv"),
    ("t.json", "records"),
    ("t.json", "columns"),
    ("t.parquet", "parquet"),
    ("t.PQ", "parquet"),
]


@pytest.mark.parametrize(("name", "kind"), KINDS)
@pytest.mark.parametrize("mods", [None, "dose,form"])
def test_every_kind_of_file_gives_the_same_fit(weigh, tmp_path, name, kind, mods):
    wanted = {part: COLUMNS[part] for part in mods.split(",")} if mods else None
    expected = package.pool(COLUMNS["yi"], COLUMNS["vi"], mods=wanted)
    arguments = ["--mods", mods] if mods else []

    said = weigh("pool", write(tmp_path / name, kind), "--json", *arguments)

    assert (said.code, said.err) == (0, "")
    assert {key: said.document[key] for key in expected.to_dict()} == expected.to_dict()
    assert said.document["slab"] == COLUMNS["study"]


@pytest.mark.parametrize(
    ("kind", "form"), [("csv", None), ("records", "json"), ("columns", "json")]
)
def test_a_table_is_read_from_standard_input(weigh, tmp_path, monkeypatch, kind, form):
    data = write(tmp_path / "t", kind).read_bytes()
    standard_input(monkeypatch, data)

    said = weigh("pool", "-", "--json", *(["--format", form] if form else []))

    assert said.document["k"] == 4


def test_a_format_named_overrules_the_suffix(weigh, tmp_path):
    path = write(tmp_path / "effects.csv", "records")

    assert weigh("pool", path, "-f", "json", "--json").document["k"] == 4


def test_the_document_of_effects_can_be_pooled(weigh, tmp_path, monkeypatch):
    arms = tmp_path / "arms.json"
    counts = {"events1": [6, 13, 4], "n1": [29, 16, 20], "events2": [8, 12, 3], "n2": [28, 16, 20]}
    arms.write_text(json.dumps(counts))
    made = weigh("effects", arms, "-m", "RR", "--json")
    standard_input(monkeypatch, made.out.encode())

    said = weigh("pool", "-", "--format", "json", "--json")

    es = package.effect_size("RR", **counts)
    assert said.document["estimate"] == package.pool(es.yi, es.vi).estimate


def test_missing_numbers_of_each_kind_are_missing(tmp_path):
    parquet, records = tmp_path / "t.parquet", tmp_path / "t.json"
    pq.write_table(pa.table({"yi": [0.1, None, float("nan")], "n": [1, None, 3]}), parquet)
    records.write_text('[{"yi": 0.1, "n": 1}, {"yi": null}, {"n": 3}]')

    for path in (parquet, records):
        assert read_table(path).numbers(["yi", "n"]) == {"yi": [0.1, None, None], "n": [1, None, 3]}


def test_parquet_columns_of_many_types_are_read(tmp_path):
    path = tmp_path / "t.parquet"
    held = {
        "exact": pa.array([Decimal("0.10"), Decimal("2.5")]),
        "single": pa.array([0.5, 2.0], pa.float32()),
        "whole": pa.array([1, -7], pa.int16()),
        "form": pa.array(["a", "b"]).dictionary_encode(),
        "new": pa.array([True, False]),
    }
    pq.write_table(pa.table(held), path)

    table = read_table(path)

    assert table.numbers(["exact", "single", "whole"]) == {
        "exact": [0.1, 2.5],
        "single": [0.5, 2.0],
        "whole": [1.0, -7.0],
    }
    assert table.numbers_or_texts("form") == ["a", "b"]
    assert table.numbers_or_texts("new") == ["true", "false"]


def test_text_that_looks_like_a_number_is_a_category_where_the_file_says_text(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('{"year": ["2001", "2003"], "dose": [1, 2.5]}')

    table = read_table(path)

    assert table.numbers_or_texts("year") == ["2001", "2003"]
    assert table.numbers_or_texts("dose") == [1.0, 2.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[{"yi": 0.1, "vi": "0.2"}]',
            "t.json, line 1: vi: found the text '0.2'; expected a number",
        ),
        ('[{"yi": 0.1,\n "vi": [0.2]}]', "t.json, line 2: vi: found a list; expected a number"),
        ('[{"yi": 0.1, "vi": {"a": 1}}]', "found an object; expected a number"),
        ('[{"yi": 0.1, "vi": true}]', "found 'true'; expected a number"),
        ('{"yi": [0.1, 0.2], "vi": [1]}', "vi: found 1 values; expected 2, as many as 'yi' has"),
        ('{"yi": 0.1, "vi": [1]}', "found the field 'yi' that is no list; expected a list of"),
        ('[0.1, {"yi": 1}]', "found the value '0.1' among the records"),
        ("[[1, 2]]", "found a list among the records"),
        ('"yi"', "found a single value"),
        ('[{"yi": NaN, "vi": 1}]', "found 'NaN'; expected a value"),
        ('[{"yi": 1, "yi": 2}]', "the field 'yi' a second time"),
        ('[{"yi": 1e999, "vi": 1}]', "yi: found '1e999'"),
        ("", "found an empty file"),
        ("[]", "t.json has no row."),
    ],
)
def test_a_json_file_that_is_no_table_is_told(weigh, tmp_path, text, message):
    path = tmp_path / "t.json"
    path.write_text(text)

    said = weigh("pool", path)

    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert len(said.err.splitlines()) == 1


def test_a_wrong_cell_of_a_parquet_file_is_told_by_its_row(weigh, tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"yi": [0.1, 0.2], "vi": ["0.1", "x"]}), path)

    said = weigh("pool", path, "--json")

    assert said.code == 2
    assert [error["where"] for error in said.errors] == ["row 1", "row 2"]
    assert said.errors[1]["message"].startswith("t.parquet (row 2): vi: found the text 'x'")


def test_a_parquet_column_of_lists_is_told(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"yi": [[0.1]], "vi": [{"a": 1}]}), path)

    with pytest.raises(EvidenceError, match="found a list"):
        read_table(path).numbers(["yi"])
    with pytest.raises(EvidenceError, match="found an object"):
        read_table(path).texts("vi")


@pytest.mark.parametrize("data", [b"yi,vi\n1,2\n", b"PAR1 and nothing more", b""])
def test_bytes_that_are_no_parquet_are_told(weigh, tmp_path, data):
    path = tmp_path / "t.parquet"
    path.write_bytes(data)

    said = weigh("pool", path)

    assert said.code == 2
    assert "t.parquet: found bytes that are no whole Parquet file" in said.err


def test_without_pyarrow_the_extra_is_named(weigh, tmp_path, monkeypatch):
    path = write(tmp_path / "t.parquet", "parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    said = weigh("pool", path)

    assert said.code == 2
    assert "pip install 'weigh[parquet]'" in said.err


def test_an_unknown_format_is_told(weigh, tmp_path):
    said = weigh("pool", write(tmp_path / "t.csv", "csv"), "--format", "parket")

    assert said.code == 2
    assert said.err.startswith("There is no format 'parket'. Did you mean parquet?")


def test_an_empty_standard_input_is_told(monkeypatch, tmp_path):
    standard_input(monkeypatch, b"yi,vi\n")

    with pytest.raises(InputError, match="Standard input has a header but no row"):
        read_table(tmp_path.__class__("-"))
