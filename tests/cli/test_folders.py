"""``weigh new`` and ``weigh check`` say what is there, what is wrong and what comes next."""

from __future__ import annotations

import pytest


@pytest.fixture
def mine(weigh, tmp_path):
    """A new folder."""
    weigh("new", tmp_path / "mine")
    return tmp_path / "mine"


def spoil(folder):
    path = folder / "studies.yaml"
    path.write_text(path.read_text().replace("year: 2019", "year: soon"))


def test_a_folder_without_fault_is_told_in_a_line(weigh, mine):
    said = weigh("check", mine)

    assert said.code == 0
    assert said.out == (
        "No fault found: Does a cool bedroom help with falling asleep? (EXAMPLE) 2 studies, 6 rows "
        "of results, 2 references.\n"
    )
    assert said.err == f"Next: weigh answer {mine}   makes the page\n"


def test_every_fault_is_a_line_on_stderr(weigh, mine):
    spoil(mine)
    (mine / "result.csv").write_text("")

    said = weigh("check", mine)

    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "studies.yaml, line 5 (example-2019): year: found 'soon'; expected a whole number.",
        "result.csv: found a file that weigh does not read; expected the name results.csv. If it "
        "is something else, give it a name that is less alike.",
        "2 faults.",
    ]


def test_the_document_of_a_good_folder(weigh, mine):
    said = weigh("check", mine, "--json")

    assert (said.code, said.err) == (0, "")
    assert said.document["ok"] is True
    assert said.document["faults"] == []
    assert said.document["counts"]["studies"] == 2
    assert len(said.document["fingerprint"]) == 64


def test_the_document_of_a_faulty_folder_and_an_object_for_each_fault(weigh, mine):
    spoil(mine)

    said = weigh("check", mine, "--json")

    fault = {
        "file": "studies.yaml",
        "line": 5,
        "field": "year",
        "where": "example-2019",
        "found": "'soon'",
        "expected": "a whole number",
        "hint": None,
    }
    assert said.code == 2
    assert (said.document["ok"], said.document["faults"]) == (False, [fault])
    message = "studies.yaml, line 5 (example-2019): year: found 'soon'; expected a whole number."
    assert said.errors == [{"kind": "fault", "message": message, **fault}]


def test_new_names_its_files_as_a_document(weigh, tmp_path):
    said = weigh("new", tmp_path / "mine", "--json")

    assert said.err == ""
    assert said.document["folder"] == str(tmp_path / "mine")
    assert "question.yaml" in said.document["files"]


def test_new_refuses_a_place_that_is_taken(weigh, mine):
    said = weigh("new", mine)

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"{mine} is not empty: it holds FIELDS.md and 11 more. Name a folder that is not there "
        "yet; nothing was written.\n"
    )


def test_a_path_with_a_space_can_be_typed_as_it_is_shown(weigh, tmp_path):
    said = weigh("new", tmp_path / "my question")

    assert f"weigh check '{tmp_path / 'my question'}'" in said.err
