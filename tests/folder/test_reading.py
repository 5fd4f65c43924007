"""A folder is read whole: the evidence, or every fault at once."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

import weigh
from weigh.errors import EvidenceError
from weigh.folder import check, example_folders, load
from weigh.folder.reading import MOST_FAULTS


def test_a_good_folder_gives_its_evidence(folder):
    evidence = load(folder())

    assert evidence.name == "tea"
    assert [study.id for study in evidence.studies] == ["okafor-2019", "lindqvist-2022"]
    assert [row.mean for row in evidence.results] == [6.1, 5.0, None, None]
    assert evidence.study("okafor-2019").arm("tea").dose == 2.0
    assert len(evidence.fingerprint) == 64


def test_load_is_public_and_takes_a_text_or_a_path(folder):
    home = folder()

    assert weigh.load(str(home)) == load(Path(home))


def test_only_the_question_is_needed(folder):
    home = folder()
    question = (home / "question.yaml").read_text()
    (home / "question.yaml").write_text(question.replace("source: okafor2019", "assumed: true"))
    for name in ("studies.yaml", "results.csv", "risk_of_bias.csv", "references.json"):
        (home / name).unlink()

    evidence = load(home)

    assert (evidence.studies, evidence.results, evidence.references) == ((), (), ())


def test_all_faults_of_all_files_come_at_once_in_reading_order(folder):
    home = folder()
    for name, old, new in (
        ("question.yaml", "kind: dichotomous", "kind: dichotomus"),
        ("studies.yaml", "year: 2019", "year: 19"),
        ("results.csv", "6.1,2.0", "61,0"),
        ("results.csv", ",5,40", ",50,40"),
        ("references.json", '"type": "article-journal", ', ""),
    ):
        text = (home / name).read_text()
        (home / name).write_text(text.replace(old, new, 1))

    with pytest.raises(EvidenceError) as caught:
        load(home)

    assert [(fault.file, fault.line, fault.field) for fault in caught.value.faults] == [
        ("question.yaml", 28, "outcomes[1].kind"),
        ("studies.yaml", 3, "year"),
        ("results.csv", 2, "sd"),
        ("results.csv", 2, "mean"),
        ("results.csv", 4, "events"),
        ("references.json", 2, "type"),
    ]
    assert str(caught.value).startswith(f"{home}: 6 faults.\n  question.yaml, line 28 (waking)")


def test_what_cannot_be_parsed_hides_no_fault_elsewhere(folder):
    """Ids of a broken file cannot be known, so nothing is said to be missing from it."""
    home = folder("studies.yaml", "- id: okafor-2019", "- id: [okafor-2019")
    (home / "results.csv").write_text((home / "results.csv").read_text().replace(",5,40", ",50,40"))

    assert [(fault.file, fault.field) for fault in check(home)] == [
        ("studies.yaml", None),
        ("results.csv", "events"),
    ]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path):
    assert list(map(str, check(tmp_path / "tee"))) == [
        f"{tmp_path / 'tee'}: found no folder of this name; expected an evidence folder with a "
        "question.yaml. Check the path; `weigh new FOLDER` writes a folder to start from."
    ]


def test_a_file_in_place_of_the_folder_is_a_fault(folder):
    assert "found a file; expected an evidence folder" in str(check(folder() / "results.csv")[0])


def test_a_path_that_no_system_has_is_a_fault():
    assert len(check("tea\0")) == 1


def test_a_folder_without_a_question_is_a_fault(folder):
    assert list(map(str, check(folder("question.yaml", whole=None)))) == [
        "question.yaml: found no file of this name; expected the question, which every evidence "
        "folder needs. `weigh new FOLDER` writes a folder to start from."
    ]


def test_a_question_of_comments_alone_is_a_fault(folder):
    assert list(map(str, check(folder("question.yaml", whole="# to do\n")))) == [
        "question.yaml: found only comments; expected the question."
    ]


def test_other_files_may_hold_comments_alone(folder):
    home = folder()
    for name in ("certainty.yaml", "forms.yaml", "safety.yaml", "background.yaml"):
        (home / name).write_text("# nothing known yet\n")

    assert check(home) == ()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("studies.yaml", "a: b\n", "a group of fields"),
        ("studies.yaml", "nothing\n", "a text"),
        ("references.json", "{}", "a group of fields"),
        ("background.yaml", "- a\n", "a list"),
        ("question.yaml", "- a\n", "a list"),
    ],
)
def test_a_file_of_another_shape_is_a_fault(folder, name, text, found):
    (fault,) = (fault for fault in check(folder(name, whole=text)) if fault.file == name)

    assert (fault.line, fault.found) == (1, found)


def test_a_missing_file_that_others_refer_to_is_one_fault(folder):
    assert list(map(str, check(folder("references.json", whole=None)))) == [
        "references.json: found no file of this name; expected it, with an entry for 'okafor2019' "
        "and 1 more. question.yaml refers to it on line 24."
    ]


def test_a_count_of_faults_stands_for_more_than_anybody_reads(folder):
    home = folder()
    text = (home / "results.csv").read_text()
    row = "okafor-2019,tea,,sleep,week 12,12,,31,x,2.0,,,,,,,,,,,,,,,,,points,okafor2019,,\n"
    (home / "results.csv").write_text(text + row * 500)

    faults = check(home)

    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1].found == "1,000 faults, of which the first 200 are listed"


def test_what_could_turn_the_terminal_around_is_told_escaped(folder):
    home = folder("studies.yaml", "label: Okafor 2019", "labe\u202el: Okafor 2019")

    assert "labe\\u202el" in str(check(home)[0])


def test_a_large_table_is_read_in_seconds(folder):
    """16 MiB is the limit; a twentieth of it must not take more than a moment."""
    home = folder()
    text = (home / "results.csv").read_text()
    row = "okafor-2019,tea,,sleep,week 12,{},,31,6.1,2.0,,,,,,,,,,,,,,,,,points,okafor2019,,\n"
    (home / "results.csv").write_text(text + "".join(row.format(13 + i) for i in range(5000)))
    start = time.perf_counter()

    assert len(load(home).results) == 5004
    assert time.perf_counter() - start < 10.0


@pytest.mark.parametrize("example", example_folders(), ids=lambda path: path.name)
def test_the_examples_have_no_fault(example):
    assert check(example) == ()


@pytest.mark.parametrize("example", example_folders(), ids=lambda path: path.name)
def test_a_folder_says_the_same_wherever_it_is(example, tmp_path):
    copy = shutil.copytree(example, tmp_path / example.name)

    assert load(copy) == load(example)


def test_reports_that_disagree_are_both_kept(folder):
    """The answer shows the discrepancy; the folder has to be able to hold it."""
    home = folder(
        "studies.yaml",
        "- {count: 62, kind: randomised, used: true, source: okafor2019}",
        "- {count: 62, kind: randomised, used: true, source: okafor2019, reason: Its own paper.}\n"
        "    - {count: 90, kind: randomised, source: lindqvist2022}",
    )
    row = "okafor-2019,tea,,sleep,week 12,12,,45,6.4,2.0,,,,,,,,,,,,,,,,,points,lindqvist2022,,\n"
    (home / "results.csv").write_text((home / "results.csv").read_text() + row)

    assert check(home) == ()


def test_rows_that_nothing_can_be_counted_from_need_no_weeks(add_row):
    """“Lower than placebo at the end” may be all that a report says."""
    assert check(add_row(weeks="", timepoint="end")) == ()


def test_results_in_several_units_are_fine_where_they_are_compared_by_smd(folder):
    home = folder("question.yaml", "    unit: points\n    scale: [0, 10]\n", "")
    for name, old, new in (
        ("question.yaml", "measure: MD", "measure: SMD"),
        ("results.csv", "points", "mm"),
    ):
        text = (home / name).read_text()
        (home / name).write_text(text.replace(old, new, 1))

    assert check(home) == ()


def test_results_in_several_units_cannot_be_subtracted(folder):
    home = folder("question.yaml", "    unit: points\n    scale: [0, 10]\n", "")
    text = (home / "results.csv").read_text()
    (home / "results.csv").write_text(text.replace("points", "mm", 1))

    assert list(map(str, check(home))) == [
        "results.csv, line 3 (okafor-2019, water, sleep at week 12): unit: found 'points', while "
        "line 2 has 'mm' for the same outcome; expected one unit for an outcome. Results in "
        "different units can only be compared by SMD (`measure` of the comparison of sleep)."
    ]


def test_units_that_only_look_different_are_the_same(folder):
    home = folder("results.csv", "points", "Points")
    text = (home / "studies.yaml").read_text()
    for unit in ("mcg", "µg/day"):
        text = text.replace("unit: g", f"unit: {unit}", 1)
    (home / "studies.yaml").write_text(text)

    assert check(home) == ()


def test_a_certainty_override_names_a_comparison_that_will_be_made(folder):
    home = folder()
    entry = "- {{comparison: {}, domain: imprecision, levels: 0, reason: x, by: me}}\n"
    (home / "certainty.yaml").write_text(
        entry.format("sleep") + entry.format("sleep-uncontrolled") + entry.format("sleap")
    )

    assert [(fault.line, fault.field, fault.hint) for fault in check(home)] == [
        (3, "comparison", "Did you mean sleep?")
    ]


def test_an_excluded_study_keeps_its_rows(folder):
    home = folder("studies.yaml", "  design: rct", "  design: rct\n  excluded: Retracted.")

    assert load(home).study("okafor-2019").excluded == "Retracted."
