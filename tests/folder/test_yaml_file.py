"""YAML means what YAML 1.2 says, and what could explode is refused before it is built."""

from __future__ import annotations

import time

import pytest

from weigh.folder.tree import plain_value
from weigh.folder.yaml_file import parse_yaml


def values(text):
    parsed = parse_yaml("x.yaml", text)
    assert parsed.faults == ()
    return plain_value(parsed.root)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-1", -1),
        ("+3", 3),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2024-01-02", "2024-01-02"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_a_plain_value_is_what_yaml_1_2_says(raw, value):
    """`no` is a word, a date is a text, and a leading zero makes no octal number."""
    assert values(f"a: {raw}\n") == {"a": value}


def test_every_node_knows_its_line():
    root = parse_yaml("x.yaml", "a: 1\nb:\n  - c: |\n      text\n    d: 2\n").root

    b = root.entries[1]
    item = b.value.items[0]
    assert (b.line, item.line, [entry.line for entry in item.entries]) == (2, 3, [3, 5])


def test_text_over_several_lines_is_folded():
    assert values("a: one\n  two\n") == {"a": "one two"}


@pytest.mark.parametrize("text", ["# nothing yet\n", "---\n", "# a\n---\n# b\n"])
def test_comments_alone_say_nothing(text):
    parsed = parse_yaml("x.yaml", text)

    assert parsed.faults == ()
    assert parsed.root is None or parsed.root.is_nothing


def test_a_short_file_cannot_become_an_endless_one():
    """Nine lists, each of nine times the one before, would be a billion entries."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    start = time.perf_counter()

    parsed = parse_yaml("x.yaml", "\n".join(lines) + "\n")

    assert time.perf_counter() - start < 1.0
    assert {fault.found[:8] for fault in parsed.faults} == {"an ancho", "an alias"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_is_refused_at_once(opening):
    start = time.perf_counter()

    parsed = parse_yaml("x.yaml", opening * 100_000)

    assert time.perf_counter() - start < 1.0
    assert "more than 20 levels deep" in parsed.faults[0].found


def test_a_tag_builds_nothing():
    parsed = parse_yaml("x.yaml", "a: !!python/object/apply:os.system ['exit 1']\n")

    assert [fault.found for fault in parsed.faults] == ["a tag (!!python/object/apply:os.system)"]


def test_a_second_document_is_refused():
    parsed = parse_yaml("x.yaml", "a: 1\n---\nb: 2\n")

    assert [(fault.line, fault.found) for fault in parsed.faults] == [
        (2, "a second document (after a line of ---)")
    ]
