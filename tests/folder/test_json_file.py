"""JSON means what its standard says, with lines."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from weigh.folder.json_file import parse_json
from weigh.folder.tree import plain_value

trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=20,
)


@given(trees, st.sampled_from([None, 0, 2]))
def test_whatever_the_standard_library_writes_is_read_as_it_was(tree, indent):
    for text in (
        json.dumps(tree, indent=indent),
        json.dumps(tree, indent=indent, ensure_ascii=False),
    ):
        parsed = parse_json("x.json", text)

        assert parsed.faults == ()
        assert plain_value(parsed.root) == tree


def test_values_know_their_lines():
    root = parse_json("x.json", '[\n  {\n    "a": 1,\n    "b": "x\\ny"\n  }\n]\n').root

    item = root.items[0]
    assert (item.line, [entry.line for entry in item.entries]) == (2, [3, 4])


def test_what_javascript_allows_and_json_does_not_is_refused():
    for text in (
        "[1,]",
        "{'a': 1}",
        "[NaN]",
        "[Infinity]",
        "[0x1]",
        "[1] // end",
        "[01]",
        "{a: 1}",
    ):
        assert len(parse_json("x.json", text).faults) == 1, text
