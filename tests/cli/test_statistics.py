"""``weigh effects`` and ``weigh pool`` give what the functions give, and tell each wrong cell."""

from __future__ import annotations

import csv

import pytest

import weigh as package
from weigh.cli.table_files import read_table
from weigh.errors import EvidenceError, InputError, NotFoundError

TRIALS = """\
study,events1,n1,events2,n2,dose,form
Arrow 2001,6,29,8,28,10,low
Birch 2003,13,16,12,16,20,high
Cedar 2005,0,20,3,20,15,low
Dogwood 2009,4,20,3,20,15,high
Elm 2011,9,40,14,41,12,low
"""


@pytest.fixture
def trials(tmp_path):
    path = tmp_path / "trials.csv"
    path.write_text(TRIALS)
    return path


@pytest.fixture
def effects(weigh, trials):
    """Effects of the trials as a file, with their moderators."""
    path = trials.with_name("effects.csv")
    weigh("effects", trials, "--measure", "RR", "--out", path)
    with path.open() as file, trials.open() as source:
        rows = [
            {**made, **{name: given[name] for name in ("dose", "form")}}
            for made, given in zip(csv.DictReader(file), csv.DictReader(source), strict=True)
        ]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def columns(text=TRIALS):
    rows = list(csv.DictReader(text.splitlines()))
    return {name: [float(row[name]) for row in rows] for name in ("events1", "n1", "events2", "n2")}


def test_effects_are_those_of_effect_size(weigh, trials):
    expected = package.effect_size("OR", **columns())

    said = weigh("effects", trials, "--measure", "OR", "--json")

    document = said.document
    assert (said.code, said.err) == (0, "")
    assert [row["yi"] for row in document["rows"]] == list(expected.yi)
    assert [row["vi"] for row in document["rows"]] == list(expected.vi)
    assert [row["study"] for row in document["rows"]][:2] == ["Arrow 2001", "Birch 2003"]
    assert (document["measure"], document["scale"], document["k"]) == ("OR", "log", 5)
    assert document["notes"] == list(expected.notes)


def test_effects_are_a_table_to_read(weigh, trials):
    said = weigh("effects", trials, "-m", "RR")

    assert said.out.splitlines()[:2] == [
        "study                 yi          vi                  95% CI",
        "Arrow 2001       -0.3228      0.2215       -1.2451 to 0.5996",
    ]
    assert "5 effects of 5 rows, as RR.\n" in said.err
    assert "Note: 0.5 was added" in said.err


def test_a_row_without_an_effect_says_why(weigh, trials):
    said = weigh("effects", trials, "-m", "OR", "--to", "none")

    assert "Cedar 2005    no effect: " in said.out


def test_effects_written_to_a_file_can_be_pooled_exactly(weigh, trials, tmp_path):
    made = package.effect_size("RR", **columns())
    weigh("effects", trials, "-m", "RR", "--out", tmp_path / "e.csv")

    said = weigh("pool", tmp_path / "e.csv", "--json")

    assert {key: said.document[key] for key in package.pool(made.yi, made.vi).to_dict()} == (
        package.pool(made.yi, made.vi).to_dict()
    )


def test_columns_of_other_names_can_be_named(weigh, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TRIALS.replace("events1", "treated").replace("study", "who"))

    said = weigh(
        "effects", path, "-m", "RR", "--column", "events1=treated", "--slab", "who", "--json"
    )

    assert said.document["rows"][0]["study"] == "Arrow 2001"
    assert said.document["rows"][0]["yi"] == package.effect_size("RR", **columns()).yi[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-m", "RRR"], "There is no measure 'RRR'. Did you mean RR"),
        (["-m", "SMD"], "SMD (standardized mean difference) needs mean1, sd1"),
        (["-m", "RR", "--column", "events1"], "`--column events1` does not say"),
        (
            ["-m", "RR", "--column", "evnts1=n1"],
            "There is no input of RR 'evnts1'. Did you",
        ),
        (["-m", "RR", "--column", "events1=nn1"], "There is no column 'nn1'. Did you mean n1"),
        (
            ["-m", "RR", "--to", "nobody"],
            "There is no rule for zero cells 'nobody'. There is",
        ),
        (
            ["-m", "RR", "--slab", "trial"],
            "There is no column 'trial'. The columns of tria",
        ),
    ],
)
def test_a_wrong_wish_is_told_with_what_there_is(weigh, trials, arguments, message):
    said = weigh("effects", trials, *arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(message)


def test_every_wrong_cell_is_told_with_its_line(weigh, trials):
    trials.write_text(TRIALS.replace("13,16", '"13,5",16').replace("14,41", "14,n/a"))

    said = weigh("effects", trials, "-m", "RR")

    assert said.code == 2
    assert said.err.splitlines() == [
        "trials.csv, line 3: events1: found '13,5'; expected a point as decimal mark. Write 13.5.",
        "trials.csv, line 6: n2: found 'n/a'; expected a number, or an empty cell where it was not "
        "reported. Leave the cell empty: weigh says itself what is not known.",
        "2 faults.",
    ]


def test_pooling_is_that_of_pool(weigh, effects):
    rows = list(csv.DictReader(effects.read_text().splitlines()))
    fit = package.pool(
        [float(row["yi"]) for row in rows],
        [float(row["vi"]) for row in rows],
        method="DL",
        test="knha",
        level=0.9,
    )

    said = weigh(
        "pool", effects, "--yi", "yi", "--vi", "vi", "--method", "DL", "--test", "knha",
        "--level", "0.9", "--json",
    )  # fmt: skip

    assert (said.code, said.err) == (0, "")
    assert said.document == {
        **fit.to_dict(),
        "schema": 1,
        "slab": [row["study"] for row in rows],
        "notes": list(fit.notes),
    }


def test_the_pooled_effect_is_told_in_a_few_lines(weigh, effects):
    said = weigh("pool", effects)

    assert said.out.splitlines()[0] == "5 studies, method REML, test z"
    assert said.out.splitlines()[1].startswith("effect: ")
    assert "(95% CI " in said.out
    assert "I2: " in said.out


def test_moderators_are_numbers_or_categories(weigh, effects):
    said = weigh("pool", effects, "--mods", "dose, form", "--json")

    names = [coefficient["name"] for coefficient in said.document["coefficients"]]
    assert names == ["intercept", "dose", "form[low]"]
    assert "dose: " in weigh("pool", effects, "--mods", "dose").out


def test_missing_effects_are_left_out_with_a_note(weigh, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("study,yi,vi\na,1,1\nb,,1\nc,NA,2\nd,2,1\n")

    said = weigh("pool", path)

    assert said.out.startswith("2 studies")
    assert "Note: Left out b, c" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "DLL"], "There is no estimator of tau2 'DLL'. Did you mean DL"),
        (["--test", "foo"], "There is no test 'foo'. There is z, t, knha, adhoc, "),
        (["--level", "95"], "`level` is 95"),
        (["--yi", "effect"], "There is no column 'effect'."),
        (["--mods", "doses"], "There is no column 'doses'. Did you mean dose"),
        (["--vi", "yi"], "`vi`, row 1"),
    ],
)
def test_a_wrong_way_to_pool_is_told(weigh, effects, arguments, message):
    said = weigh("pool", effects, *arguments)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "found an empty file"),
        (b"a;b\n1;2\n", "columns separated by semicolons"),
        (b"a,b\n1\n", "found 1 cell; expected 2"),
        (b"a,a\n1,2\n", "the column a second time"),
        (b"a,b\n\xe9,1\n", "not UTF-8"),
        (b'a,b\n"1,2\n', "a quotation mark that is never closed"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, data, message):
    path = tmp_path / "t.csv"
    path.write_bytes(data)

    with pytest.raises(EvidenceError, match=message):
        read_table(path)


def test_a_table_without_rows_is_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("yi,vi\n")

    with pytest.raises(InputError, match="has a header but no row"):
        read_table(path)


def test_a_missing_file_is_told_with_the_nearest(weigh, effects):
    said = weigh("pool", effects.with_name("efects.csv"))

    assert said.err.endswith("Did you mean " + str(effects) + "?\n")


def test_a_folder_is_no_table(weigh, tmp_path):
    assert weigh("pool", tmp_path).err == f"{tmp_path} is a folder. Name a file with a table.\n"


def test_rows_without_a_name_are_numbered(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("study,yi\na,1\n,2\n")

    table = read_table(path)

    assert table.names(None) == ["a", "2"]
    with pytest.raises(NotFoundError):
        table.names("trial")


def test_a_formula_over_the_columns_gives_what_columns_give(weigh, effects):
    by_name = weigh("pool", effects, "--mods", "dose,form", "--json").document
    by_formula = weigh("pool", effects, "--mods", "~ dose + C(form)", "--json").document

    assert by_formula["qm"] == pytest.approx(by_name["qm"])
    assert by_formula["tau2"] == pytest.approx(by_name["tau2"])


def test_the_prediction_interval_is_chosen_by_name(weigh, effects):
    plain = weigh("pool", effects, "--json").document
    riley = weigh("pool", effects, "--prediction", "riley", "--json").document
    wrong = weigh("pool", effects, "--prediction", "rily")

    assert riley["pi_high"] > plain["pi_high"]
    assert (wrong.code, wrong.err[:37]) == (2, "There is no prediction interval 'rily")


def test_tests_that_are_robust_to_dependence_are_those_of_robust(weigh, tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text(
        "yi,vi,team,dose\n0.1,0.02,a,1\n0.3,0.03,a,2\n0.2,0.02,b,3\n0.5,0.04,b,1\n0.4,0.03,c,2\n"
        "0.1,0.05,d,4\n0.7,0.02,e,5\n"
    )
    fit = package.pool(
        [0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.7], [0.02, 0.03, 0.02, 0.04, 0.03, 0.05, 0.02]
    )
    robust = package.robust(fit, list("aabbcde"))

    document = weigh("pool", path, "--cluster", "team", "--json").document
    said = weigh("pool", path, "--cluster", "team").out
    regressed = weigh("pool", path, "--cluster", "team", "--mods", "dose", "--json").document

    assert document["robust"]["se"] == pytest.approx(robust.se, rel=1e-12)
    assert document["robust"]["df"] == pytest.approx(robust.df, rel=1e-12)
    assert robust.summary() in said
    assert [one["name"] for one in regressed["robust"]["coefficients"]] == ["intercept", "dose"]
    assert "robust" not in weigh("pool", path, "--json").document
    assert weigh("pool", path, "--cluster", "teem").code == 2
    both = weigh("pool", path, "--cluster", "team", "--subgroup", "team")
    assert "without moderators or clusters" in both.err


def test_an_effect_without_a_cluster_is_told_by_its_row(weigh, tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text("yi,vi,team\n0.1,0.02,a\n0.3,0.03,\n0.2,0.02,b\n")

    said = weigh("pool", path, "--cluster", "team")

    assert (said.code, "no label for row 2" in said.err) == (2, True)


def test_single_arms_are_told_to_be_no_effect(weigh, tmp_path):
    path = tmp_path / "changes.csv"
    path.write_text("study,change_mean,change_sd,n\na,-2,3,24\nb,-1.4,2.5,40\nc,-2.9,3.1,18\n")
    made = weigh("effects", path, "--measure", "MC", "--json")
    effects = tmp_path / "effects.json"
    effects.write_text(made.out)

    pooled = weigh("pool", effects, "--measure", "MC")
    document = weigh("pool", effects, "--measure", "MC", "--json").document

    assert made.document["controlled"] is False
    assert "it is no effect of the treatment" in pooled.err
    assert (document["design"], document["controlled"]) == ("single-arm", False)
    assert "it is no effect of the treatment" in document["notes"][0]
    assert "design" not in weigh("pool", effects, "--measure", "MD", "--json").document
