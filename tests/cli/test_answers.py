"""``weigh answer`` and ``weigh demo`` write the page and say the answer in a few lines."""

from __future__ import annotations

import json

import pytest

from weigh.folder import example_folders, fingerprint

EXAMPLE = example_folders()[0]


def test_the_page_its_data_and_its_plots_are_written(weigh, tmp_path):
    said = weigh("answer", EXAMPLE, "--out", tmp_path / "out")

    document = json.loads((tmp_path / "out" / "answer.json").read_text())
    assert said.code == 0
    assert (tmp_path / "out" / "index.html").read_text().startswith("<!")
    assert list((tmp_path / "out" / "plots").glob("*.svg"))
    assert document["fingerprint"] == fingerprint(EXAMPLE)
    assert document["question"]["title"] in said.out
    assert document["summary"][0]["text"] in said.out
    assert f"The page: {tmp_path / 'out' / 'index.html'}" in said.out
    assert said.err == (
        f"Next: weigh explain {tmp_path / 'out' / 'answer.json'} {document['verdict']['node']}   "
        "walks from a number or word back to its sources\n"
    )


def test_without_out_the_page_is_beside_the_reader(weigh, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    weigh("answer", EXAMPLE)

    assert (tmp_path / f"{EXAMPLE.name}-answer" / "index.html").is_file()


def test_json_is_the_answer_alone_and_writes_nothing(weigh, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    said = weigh("answer", EXAMPLE, "--json")

    assert (said.code, said.err) == (0, "")
    assert said.document["verdict"]["direction"] in ("benefit", "harm", "no-difference", "unclear")
    assert list(tmp_path.iterdir()) == []


def test_json_and_out_give_the_same_bytes(weigh, tmp_path):
    said = weigh("answer", EXAMPLE, "--json", "--out", tmp_path)

    assert (tmp_path / "answer.json").read_text(encoding="utf-8") == said.out


def test_a_faulty_folder_gives_every_fault_and_no_page(weigh, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "question.yaml").write_text("id: x\n")

    said = weigh("answer", tmp_path / "mine", "--out", tmp_path / "out")

    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("6 faults.\n")
    assert not (tmp_path / "out").exists()


def test_a_new_folder_can_be_answered_at_once(weigh, tmp_path):
    weigh("new", tmp_path / "mine")

    said = weigh("answer", tmp_path / "mine", "--out", tmp_path / "out")

    assert said.code == 0, said.err
    assert "cool bedroom" in said.out


def test_a_place_that_cannot_be_written_ends_with_3(weigh, tmp_path):
    (tmp_path / "file").write_text("")

    said = weigh("answer", EXAMPLE, "--out", tmp_path / "file")

    assert said.code == 3
    assert "cannot be written" in said.err


def test_the_demo_answers_every_example_and_audits_an_article(weigh, tmp_path):
    said = weigh("demo", "--out", tmp_path)

    assert said.code == 0
    assert [*(folder.name for folder in example_folders()), "audit"] == [
        line.split("/")[-2] for line in said.out.splitlines() if line.startswith("  The page: ")
    ]
    assert (tmp_path / "audit" / "index.html").is_file()
    assert said.out.splitlines()[-1] == f"All of them: {tmp_path / 'index.html'}"
    assert (tmp_path / "index.html").is_file()


@pytest.mark.parametrize("kind", ["statement", "datum", "computed"])
def test_every_id_of_a_real_answer_can_be_explained(weigh, tmp_path, kind):
    weigh("answer", EXAMPLE, "--out", tmp_path)
    document = json.loads((tmp_path / "answer.json").read_text())
    nodes = document["trace"]["nodes"]
    ids = (
        [statement["id"] for statement in document["key_points"] + document["conclusion"]]
        if kind == "statement"
        else [node_id for node_id, node in nodes.items() if node["kind"] == kind][::40]
    )

    assert ids
    for node_id in ids:
        said = weigh("explain", tmp_path, node_id, "--json")
        assert said.document["kind"] == kind
        assert all(step["id"] in nodes for step in said.document["walk"])
        assert weigh("explain", tmp_path, node_id).code == 0
