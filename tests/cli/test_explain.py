"""``weigh explain`` walks from a number or sentence to the cells and sources below it."""

from __future__ import annotations


def test_a_number_is_walked_to_its_cells_and_sources(weigh, answer_json):
    said = weigh("explain", answer_json("answer.json"), "sleep.estimate")

    assert said.code == 0
    assert (
        said.out
        == """\
1.1   pooled estimate (sleep.estimate)
    made by weigh.pool with method = REML, level = 0.95
    method: restricted maximum likelihood
  6.1   Okafor 2019, tea: mean (tea.mean)
      results.csv, line 2, mean
      “6.1 (2.0)”
      [okafor2019], table 2
  5   Okafor 2019, water: mean (water.mean)
      results.csv, line 3, mean
      assumed: no source gives it
Sources:
  [okafor2019] Okafor and others 2019. Tea and sleep. Sleep. https://doi.org/10.1000/tea
"""
    )
    assert (
        said.err == "It rests on 2 values of the evidence folder, each named above with its line.\n"
    )


def test_what_was_told_is_named_again_but_not_walked_again(weigh, answer_json):
    said = weigh("explain", answer_json("answer.json"), "sleep.k")

    assert "  6.1   Okafor 2019, tea: mean (tea.mean), see above\n" in said.out
    assert said.out.count("results.csv") == 1
    assert "    note: One trial only.\n" in said.out


def test_a_sentence_is_walked_from_what_it_rests_on(weigh, answer_json):
    said = weigh("explain", answer_json("answer.json"), "key.1")

    assert said.out.startswith("“Evening tea may improve sleep.” rests on:\n1.1   pooled estimate")


def test_the_document_has_each_node_once_with_its_depth(weigh, answer_json):
    document = weigh("explain", answer_json("answer.json"), "key.1", "--json").document

    assert (document["kind"], document["text"]) == ("statement", "Evening tea may improve sleep.")
    assert [(step["depth"], step["id"]) for step in document["walk"]] == [
        (0, "sleep.estimate"),
        (1, "tea.mean"),
        (1, "water.mean"),
    ]
    assert [reference["id"] for reference in document["references"]] == ["okafor2019"]


def test_a_directory_stands_for_the_answer_in_it(weigh, answer_json):
    path = answer_json("answer.json")

    assert weigh("explain", path.parent, "tea.mean").code == 0


def test_an_id_that_is_not_there_is_told_with_the_nearest(weigh, answer_json):
    said = weigh("explain", answer_json("answer.json"), "sleep.estimat")

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "There is no number or sentence 'sleep.estimat'. Did you mean sleep.estimate or sleep.k "
        "or sleep.words?\n"
    )


def test_a_walk_in_a_circle_ends(weigh, answer_json):
    """Weigh writes none, but a file may have been edited."""

    def change(document):
        document["trace"]["nodes"]["sleep.k"]["inputs"] = ["sleep.k", "gone"]

    said = weigh("explain", answer_json("answer.json", change), "sleep.k")

    assert said.out.splitlines()[-2:] == [
        "  1   trials (sleep.k), see above",
        "  gone: not in this answer",
    ]


def test_a_source_without_an_entry_is_told(weigh, answer_json):
    said = weigh(
        "explain", answer_json("answer.json", lambda d: d["references"].clear()), "tea.mean"
    )

    assert said.out.endswith("  [okafor2019] not among the references of this answer\n")
