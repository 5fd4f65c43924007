"""No reference case of R is passed over in silence: each kind has a test, or is named as not built.

The list is printed (``pytest -s``) and stands in the documentation.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest
from shared import shared_path
from synthesis.oracle_ledger import (
    ROOT,
    TESTS,
    Test,
    count_cases,
    covered,
    faults,
    not_built,
    tables,
)

PAGE = ROOT / "docs" / "reference" / "oracle-coverage.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


@pytest.mark.shared
def test_every_case_of_the_reference_is_held_by_a_test_or_named_as_not_built():
    assert faults(count_cases(shared_path("oracle"))) == []


@pytest.mark.shared
def test_the_index_of_the_reference_lists_what_its_files_hold():
    folder = shared_path("oracle")
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))

    counted = count_cases(folder)

    assert {row["dataset"]: Counter(row["kinds"]) for row in index["datasets"]} == counted
    assert sum(counted.values(), Counter()) == Counter(index["kinds"])


@pytest.mark.shared
def test_copied_cases_are_those_of_the_reference():
    counted = shared_path("oracle")
    theirs = [
        case
        for name in ("synthetic.fivenum_a", "synthetic.transf")
        for case in json.loads((counted / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    ]
    for test in TESTS:
        if test.copied is not None:
            path = ROOT / "tests" / "reference" / test.copied
            ours = json.loads(path.read_text(encoding="utf-8"))["cases"]
            for kind in test.kinds:
                assert _outputs(ours, kind) == _outputs(theirs, kind) != {}


def _outputs(cases, kind):
    return {case["id"]: case["outputs"] for case in cases if case["kind"] == kind}


@pytest.mark.shared
def test_the_page_shows_what_is_covered():
    """`WEIGH_WRITE_DOCS=1 pytest` on this file writes the tables anew."""
    computed = tables(count_cases(shared_path("oracle")))
    sys.stdout.write(computed)
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    written, tail = rest.split(END)
    if os.environ.get("WEIGH_WRITE_DOCS"):
        PAGE.write_text(head + BEGIN + computed + END + tail, encoding="utf-8")
        written = computed

    assert written == computed


@pytest.mark.parametrize("test", TESTS, ids=lambda test: f"{test.module}-{test.function}")
def test_each_test_named_exists_and_speaks_of_its_kinds(test):
    source = (ROOT / test.path).read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    words = " ".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )

    assert test.function in functions
    if test.copied is None:
        assert [kind for kind in test.kinds if kind not in words] == []


def test_no_kind_is_both_tested_and_not_built():
    assert covered().keys() & not_built().keys() == set()
    assert len(covered()) == sum(len(test.kinds) for test in TESTS)


def test_a_kind_named_as_not_built_has_no_test_yet():
    """A test that takes cases of such a kind belongs in the ledger."""
    ours = {"oracle_ledger.py", "test_oracle_ledger.py"}
    # Names like "data" and "robust" are words that any test may use.
    kinds = {kind for kind in not_built() if "." in kind or kind == "bayesmeta"}
    named = {
        (node.value, path.name)
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path.name not in ours
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in kinds
    }

    assert named == set()


def test_an_unknown_kind_is_a_fault():
    assert faults({"a": Counter({"rma.mixed": 2}), "b": Counter({"rma.mixed": 1})}) == [
        "rma.mixed: an unknown kind, with 3 cases"
    ]


def test_a_data_set_that_its_test_passes_over_is_a_fault():
    known = {"dat.metap": Counter({"metap": 9}), "dat.more": Counter({"metap": 1})}

    (fault,) = faults(known)

    assert fault == "metap: tests/synthesis/bias/test_combining.py passes over dat.more"


def test_data_sets_are_read_off_the_parameters_of_a_test():
    function = "test_every_covered_case_agrees_with_r"
    one = Test(module="synthesis.test_oracle", function=function, kinds=("vif",))

    # This one travels with the tests.
    assert "dat.bcg" in one.data_sets("vif")


def test_tables_count_cases_by_kind_and_by_data_set(tmp_path: Path, monkeypatch):
    later = "rma.later"
    monkeypatch.setattr("synthesis.oracle_ledger.NOT_BUILT", {"models to come": (later,)})
    cases = [{"kind": "rma.uni"}, {"kind": "rma.uni"}, {"kind": later}]
    (tmp_path / "one.json").write_text(json.dumps({"cases": cases}), encoding="utf-8")
    (tmp_path / "index.json").write_text("{}", encoding="utf-8")

    lines = tables(count_cases(tmp_path)).splitlines()

    assert lines[0] == "2 of 3 cases, 1 of 2 kinds, over 1 data sets."
    assert "| `rma.uni` | 2 | 1 | `tests/synthesis/test_oracle.py` |" in lines
    assert f"| one | 2 of 3 | `{later}` 1 |" in lines
