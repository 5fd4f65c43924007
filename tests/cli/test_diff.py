"""``weigh diff`` says whether the conclusion changed, and what did."""

from __future__ import annotations

from weigh.folder import example_folders


def test_the_same_answer_twice_is_the_same(weigh, answer_json):
    said = weigh("diff", answer_json("old.json"), answer_json("new.json"))

    assert (said.code, said.out, said.err) == (
        0,
        "Nothing changed: the two answers are the same.\n",
        "",
    )


def test_noise_of_another_processor_is_no_change(weigh, answer_json):
    def change(document):
        document["comparisons"][0]["pooled"]["estimate"] *= 1 + 1e-13

    said = weigh("diff", answer_json("old.json"), answer_json("new.json", change), "--json")

    assert said.document["same"] is True


def test_a_changed_cell_is_followed_to_the_conclusion(weigh, answer_json):
    def change(document):
        document["fingerprint"] = "b" * 64
        document["trace"]["nodes"]["tea.mean"]["value"] = 9
        document["comparisons"][0]["pooled"].update(estimate=4.0, p=0.0000001)
        document["comparisons"][0]["certainty"]["rating"] = "moderate"
        document["comparisons"][0]["certainty"]["domains"][0]["levels"] = -1
        document["verdict"].update(
            certainty="moderate", sentence="Evening tea probably improves sleep."
        )
        document["key_points"][0]["text"] = "Evening tea probably improves sleep."

    said = weigh("diff", answer_json("old.json"), answer_json("new.json", change))

    assert said.code == 0
    assert (
        said.out
        == """\
The conclusion changed, from benefit (low certainty) to benefit (moderate certainty).
  was: Evening tea may improve sleep.
  is:  Evening tea probably improves sleep.
Another evidence folder: aaaaaaaaaaaa… → bbbbbbbbbbbb…

Comparisons (4 changes)
  ~ Sleep at 12 weeks, pooled.estimate: 1.1 → 4
  ~ Sleep at 12 weeks, pooled.p: 0.031 → <0.001
  ~ Sleep at 12 weeks, certainty.rating: low → moderate
  ~ Sleep at 12 weeks, certainty.imprecision: −2 → −1

Evidence (1 change)
  ~ Okafor 2019, tea: mean: 6.1 → 9

Sentences (1 change)
  ~ key.1
      was: Evening tea may improve sleep.
      is:  Evening tea probably improves sleep.
"""
    )
    assert said.err.startswith("Next: weigh explain ")
    assert said.err.endswith("new.json tea.mean   shows what a changed number rests on\n")


def test_other_words_under_the_same_conclusion_are_shown(weigh, answer_json):
    def change(document):
        document["verdict"]["sentence"] = "Tea in the evening may improve sleep."
        document["version"] = "0.2.0"

    said = weigh("diff", answer_json("old.json"), answer_json("new.json", change))

    assert said.out.splitlines() == [
        "The conclusion is the same: benefit (low certainty).",
        "  was: Evening tea may improve sleep.",
        "  is:  Tea in the evening may improve sleep.",
        "Another version of weigh: 0.1.0 → 0.2.0",
    ]


def test_what_came_and_what_went_is_marked(weigh, answer_json):
    def change(document):
        nodes = document["trace"]["nodes"]
        nodes["milk.mean"] = {**nodes.pop("water.mean"), "label": "Okafor 2019, milk: mean"}

    said = weigh("diff", answer_json("old.json"), answer_json("new.json", change))

    assert "  - Okafor 2019, water: mean: 5\n" in said.out
    assert "  + Okafor 2019, milk: mean: 5\n" in said.out


def test_many_changes_are_counted_and_all_are_in_the_document(weigh, answer_json):
    def change(document):
        node = document["trace"]["nodes"]["tea.mean"]
        document["trace"]["nodes"].update({f"n{i}": {**node, "label": f"n{i}"} for i in range(60)})

    files = answer_json("old.json"), answer_json("new.json", change)

    assert "  and 10 more; --json lists them all\n" in weigh("diff", *files).out
    assert len(weigh("diff", *files, "--json").document["data"]) == 60


def test_the_document_says_what_changed(weigh, answer_json):
    def change(document):
        document["trace"]["nodes"]["tea.mean"]["value"] = 9

    document = weigh(
        "diff", answer_json("old.json"), answer_json("new.json", change), "--json"
    ).document

    assert (document["same"], document["conclusion_changed"]) == (False, False)
    assert document["fingerprint"]["changed"] is False
    assert document["data"] == [
        {
            "id": "tea.mean",
            "field": None,
            "label": "Okafor 2019, tea: mean",
            "old": 6.1,
            "new": 9,
        }
    ]


def test_a_sentence_whose_verdict_is_missing_is_no_traceback(weigh, answer_json):
    said = weigh(
        "diff", answer_json("old.json"), answer_json("new.json", lambda x: x.pop("verdict"))
    )

    assert said.code == 0
    assert said.out.startswith("The conclusion changed, from benefit (low certainty) to")


def test_two_real_answers_are_told_apart(weigh, tmp_path):
    old, new = example_folders()[:2]
    weigh("answer", old, "--out", tmp_path / "old")
    weigh("answer", new, "--out", tmp_path / "new")

    said = weigh("diff", tmp_path / "old", tmp_path / "new", "--json")

    assert said.code == 0
    assert said.document["same"] is False
    assert said.document["fingerprint"]["changed"] is True
