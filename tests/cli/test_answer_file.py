"""What is no answer is told as such, wherever it breaks."""

from __future__ import annotations

import json

import pytest

from weigh.cli.answer_file import read_answer
from weigh.errors import InputError, OutOfReachError


def test_an_answer_is_read_with_its_nodes_and_sentences(answer_json):
    held = read_answer(answer_json("a.json"))

    assert len(held.nodes) == 4
    assert {s.id: s.because for s in held.statements.values()} == {
        "key.1": ("sleep.estimate",),
        "sleep.words": ("sleep.k",),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1, column 2"),
        ("[1, 2]", "is JSON but no answer"),
        ('{"trace": {}}', "is JSON but no answer"),
        ('{"trace": {"nodes": []}}', "is JSON but no answer"),
        ('{"trace": {"nodes": {"a": {"kind": "guess"}}}}', "neither a datum nor a computed"),
        ('{"trace": {"nodes": {"a": 1}}}', "neither a datum nor a computed"),
        ('{"schema": 99, "trace": {"nodes": {}}}', "knows up to 1"),
        ('{"schema": "x", "trace": {"nodes": {}}}', "knows up to 1"),
        ("[" * 200_000, "nested too deeply"),
        ("\ufeff{}", "is JSON but no answer"),
    ],
)
def test_a_file_that_is_no_answer_is_refused(tmp_path, text, message):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=message):
        read_answer(tmp_path / "a.json")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\x89PNG")

    with pytest.raises(InputError, match="byte 0 is not UTF-8"):
        read_answer(tmp_path / "a.json")


def test_a_file_that_is_not_there_is_told_with_the_nearest(answer_json):
    path = answer_json("answer.json")

    with pytest.raises(InputError, match=r"Did you mean .*answer\.json"):
        read_answer(path.with_name("anwser.json"))


def test_a_file_that_cannot_be_read_is_out_of_reach(answer_json, monkeypatch):
    path = answer_json("answer.json")

    def fail(*_args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pathlib.Path.read_bytes", fail)

    with pytest.raises(OutOfReachError, match="input/output error"):
        read_answer(path)


def test_shapes_that_nobody_expects_are_passed_over(answer_json):
    def change(document):
        document["references"] = {"id": "x"}
        document["key_points"].append({"id": 1, "text": None, "because": "x"})

    held = read_answer(answer_json("a.json", change))

    assert held.reference("x") is None
    assert json.dumps(sorted(held.statements)) == '["key.1", "sleep.words"]'
