"""The same data under several programs: each row is what that program gives, each gap is explained.

The reference results come from metafor and meta themselves. RevMan and Stata are held through
calls of meta with their settings, and by hand.
"""

from __future__ import annotations

import json
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from shared import SHARED

import weigh
from weigh.errors import InputError, MissingExtraError, NotFoundError
from weigh.synthesis.programs import Figures
from weigh.workflow.programs import compare_programs

sys.path.insert(0, str(Path(__file__).parents[1] / "synthesis"))

from oracle_cases import load, numbers

ORACLE = SHARED / "oracle"
COUNTS = [
    "dat.bcg",
    "dat.bassler2004",
    "dat.chiarito2020",
    "dat.egger2001",
    "synthetic.sparse2x2_a",
]
MEANS = ["dat.normand1999", "dat.dagostino1998"]
# Iterated fits agree with R to its tightened limits, closed forms to rounding.
REL = 2e-7

oracle = pytest.mark.shared


def data_set(name):
    path = ORACLE / f"{name}.json"
    if not path.exists():
        pytest.skip(f"reference set {name} is not beside this checkout")
    return load(path)


def arms(data, measure):
    """Arguments of compare_programs from those that escalc was given."""
    inputs = data.effects[measure]["inputs"]
    column = {name: data.column(source) for name, source in inputs.items()}
    if measure in ("MD", "SMD"):
        names = {"mean1": "m1i", "sd1": "sd1i", "n1": "n1i"}
        names |= {"mean2": "m2i", "sd2": "sd2i", "n2": "n2i"}
        return {ours: column[theirs] for ours, theirs in names.items()}
    n1 = column["n1i"] if "n1i" in column else column["ai"] + column["bi"]
    n2 = column["n2i"] if "n2i" in column else column["ci"] + column["di"]
    return {"events1": column["ai"], "n1": n1, "events2": column["ci"], "n2": n2}


def agree(ours, theirs, *, absolute=1e-9):
    assert ours == pytest.approx(float(numbers(theirs)[0]), rel=REL, abs=absolute)


def people_without_events(given):
    """How much too small meta's standard error of a Mantel-Haenszel risk difference is.

    It divides by the weights of all studies whose sizes are known, also of those whose events are
    not (metabin 8.3-0, data set of Chiarito 2020).
    """
    weight = given["n1"] * given["n2"] / (given["n1"] + given["n2"])
    known = np.isfinite(given["events1"]) & np.isfinite(given["events2"])
    return np.nansum(weight) / np.nansum(weight[known])


def meta_agrees(figures: Figures, outputs, model="random", *, skip=(), too_small=1.0):
    agree(figures.estimate, outputs[f"TE_{model}"])
    agree(figures.se, outputs[f"seTE_{model}"] * too_small)
    if too_small == 1.0:
        agree(figures.ci_low, outputs[f"lower_{model}"])
        agree(figures.ci_high, outputs[f"upper_{model}"])
    if model == "random":
        agree(figures.tau2, outputs["tau2"])
    if "i2" not in skip:
        agree(figures.i2, 100.0 * outputs["I2"], absolute=1e-6)
    assert figures.k == outputs["k"]


@oracle
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_metafor_counts(name, measure):
    data = data_set(name)
    row = compare_programs(measure, **arms(data, measure))["metafor"].figures
    case = data.by_id.get(f"{measure}/rma/REML")
    if case is None:
        pytest.skip(f"no such case in {name}")

    theirs = case["outputs"]

    agree(row.estimate, theirs["beta"])
    agree(row.ci_low, theirs["ci_lb"])
    agree(row.ci_high, theirs["ci_ub"])
    agree(row.pi_low, theirs["pi"]["default"][0])
    agree(row.pi_high, theirs["pi"]["default"][1])
    agree(row.tau2, theirs["tau2"])
    agree(row.i2, theirs["I2"], absolute=1e-6)
    assert row.k == theirs["k"]


@oracle
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_metafor_mantel_haenszel(name, measure):
    data = data_set(name)
    row = compare_programs(measure, **arms(data, measure), model="common")["metafor"].figures

    theirs = data.by_id[f"{measure}/rma.mh"]["outputs"]

    agree(row.estimate, theirs["beta"])
    agree(row.ci_low, theirs["ci_lb"])
    agree(row.ci_high, theirs["ci_ub"])
    agree(row.i2, theirs["I2"], absolute=1e-6)
    assert row.k == theirs["k"]


@oracle
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_meta_counts(name, measure):
    """By default meta's random-effects estimate is by inverse variance, also with method MH."""
    data = data_set(name)
    case = data.by_id.get(f"meta/{measure}/predict/V")
    row = compare_programs(measure, **arms(data, measure))["meta"].figures
    inverse = data.by_id[f"meta/{measure}/Inverse"]["outputs"]

    agree(row.i2, 100.0 * inverse["I2"], absolute=1e-6)
    assert row.k == inverse["k"]
    if case is not None:
        meta_agrees(row, case["outputs"])
        agree(row.pi_low, case["outputs"]["lower_predict"])
        agree(row.pi_high, case["outputs"]["upper_predict"])


@oracle
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_meta_mantel_haenszel(name, measure):
    """These cases have tau2 by DerSimonian and Laird, for which meta centers Q elsewhere."""
    data = data_set(name)
    theirs = data.by_id[f"meta/{measure}/MH"]["outputs"]
    given = arms(data, measure)

    row = compare_programs(measure, **given, model="common")["meta"].figures

    too_small = people_without_events(given) if measure == "RD" else 1.0
    meta_agrees(row, theirs, "common", skip=("i2",), too_small=too_small)


@oracle
@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_revman_5_is_meta_with_the_settings_of_revman_5(name, measure):
    """They differ from these cases in the zero cells of a risk ratio alone."""
    data = data_set(name)
    given = arms(data, measure)
    if measure == "RR" and (given["events1"] * given["events2"] == 0).any():
        pytest.skip("a risk ratio with zero cells, for which the reference call has another rule")
    theirs = data.by_id[f"meta/{measure}/MH"]["outputs"]

    meta_agrees(compare_programs(measure, **given)["RevMan 5"].figures, theirs)
    common = compare_programs(measure, **given, model="common")["RevMan 5"].figures
    too_small = people_without_events(given) if measure == "RD" else 1.0
    meta_agrees(common, theirs, "common", too_small=too_small)


@oracle
@pytest.mark.parametrize("name", MEANS)
@pytest.mark.parametrize(
    ("program", "measure", "case"),
    [
        ("meta", "MD", "meta/MD/predict/V"),
        ("meta", "SMD", "meta/SMD/Hedges/exact"),
        ("RevMan 5", "MD", "meta/MD/DL"),
        ("RevMan HKSJ", "MD", "meta/MD/REML/HK"),
        ("RevMan REML", "SMD", "meta/SMD/Hedges"),
    ],
)
def test_means(name, program, measure, case):
    data = data_set(name)
    theirs = data.by_id[case]["outputs"]

    row = compare_programs(measure, **arms(data, measure))[program].figures

    meta_agrees(row, theirs, skip=("i2",) if program.startswith("RevMan ") else ())
    if program == "meta":
        agree(row.pi_low, theirs["lower_predict"])


@oracle
@pytest.mark.parametrize("name", MEANS)
def test_one_sd_for_both_groups_as_stata_has_it(name):
    """Stata's mean difference is meta's with pooledvar."""
    data = data_set(name)

    row = compare_programs("MD", **arms(data, "MD"))["Stata"].figures

    meta_agrees(row, data.by_id["meta/MD/pooledvar"]["outputs"], skip=("i2",))


@oracle
@pytest.mark.parametrize("name", MEANS)
def test_metafor_means(name):
    data = data_set(name)
    for measure in ("MD", "SMD"):
        row = compare_programs(measure, **arms(data, measure))["metafor"].figures
        theirs = data.by_id[f"{measure}/rma/REML"]["outputs"]
        agree(row.estimate, theirs["beta"])
        agree(row.tau2, theirs["tau2"])
        agree(row.i2, theirs["I2"], absolute=1e-6)


EVENTS = {
    "events1": [0, 6, 3, 12, 40, 0, 5],
    "n1": [40, 306, 33, 90, 200, 22, 60],
    "events2": [4, 29, 11, 10, 71, 0, 5],
    "n2": [42, 303, 33, 85, 190, 20, 5],
}
MEAN_ROWS = {
    "mean1": [10.0, 12.5, 9.0, 14.0],
    "sd1": [2.0, 3.5, 1.0, 5.0],
    "n1": [9, 14, 20, 33],
    "mean2": [8.0, 12.0, 8.5, 10.0],
    "sd2": [3.0, 1.5, 2.0, 4.0],
    "n2": [11, 8, 25, 30],
}


@pytest.mark.parametrize("model", ["random", "common"])
@pytest.mark.parametrize(
    ("measure", "data"),
    [("RR", EVENTS), ("OR", EVENTS), ("RD", EVENTS), ("MD", MEAN_ROWS), ("SMD", MEAN_ROWS)],
)
def test_the_switches_from_one_program_to_another_add_up_to_the_whole_gap(measure, data, model):
    comparison = compare_programs(measure, **data, model=model)
    for start, end in permutations(comparison.programs, 2):
        gap = comparison[end].figures.less(comparison[start].figures)
        steps = comparison.between(start, end)
        for figure in ("estimate", "se", "ci_low", "ci_high", "tau2", "i2", "k"):
            whole = getattr(gap, figure)
            if whole is not None:
                moved = sum(getattr(step.change, figure) for step in steps)
                # Steps that move nothing beyond rounding are not listed.
                assert moved == pytest.approx(whole, rel=1e-5, abs=1e-5), (start, end, figure)


def test_what_two_programs_do_alike_is_never_named_as_a_difference():
    comparison = compare_programs("RR", **EVENTS)
    for start, end in permutations(comparison.programs, 2):
        for step in comparison.between(start, end):
            mine = getattr(comparison[start].conventions, step.convention)
            assert mine != getattr(comparison[end].conventions, step.convention)


def test_with_a_wide_spread_the_estimator_of_tau2_is_named():
    comparison = compare_programs(yi=[0.1, 0.9, -0.4, 0.5], vi=[0.02, 0.05, 0.03, 0.2])

    steps = comparison.between("metafor", "RevMan 5")

    assert [step.convention for step in steps] == ["method", "i2_from"][: len(steps)]
    assert steps[0].before == "restricted maximum likelihood"
    assert steps[0].after == "DerSimonian and Laird"
    assert steps[0].change.tau2 != 0.0


def test_effects_that_differ_less_than_by_chance_leave_nothing_to_explain_but_the_t():
    """tau2 is 0 by every estimator, so only intervals can differ."""
    comparison = compare_programs(yi=[0.1, 0.12, 0.11], vi=[0.2, 0.3, 0.25])

    assert {step.convention for step in comparison.pairs} == {"test", "prediction"}


def test_stata_multiplies_the_variance_of_g_by_the_square_of_the_correction():
    """Two studies, by hand: J = 1 - 3 / (4 df - 1), vi = J² (1/n1 + 1/n2 + d² / (2N))."""
    n, d = np.array([20.0, 30.0]), np.array([0.5, 0.5])
    j = 1.0 - 3.0 / (4.0 * (2.0 * n - 2.0) - 1.0)
    vi = j**2 * (2.0 / n + d**2 / (4.0 * n))

    row = compare_programs(
        "SMD", mean1=[0.5, 0.5], sd1=1.0, n1=n, mean2=0.0, sd2=1.0, n2=n, model="common"
    )["Stata"].figures

    assert row.estimate == pytest.approx(np.sum(j * d / vi) / np.sum(1.0 / vi), rel=1e-12)
    assert row.se == pytest.approx(np.sum(1.0 / vi) ** -0.5, rel=1e-12)


def test_the_table_shows_ratios_and_says_that_changes_are_logarithms():
    text = str(compare_programs("RR", **EVENTS))

    assert text.startswith("program")
    assert "risk ratio" in text.splitlines()[0]
    assert "log scale" in text
    assert "nan" not in text.lower()
    assert max(map(len, text.splitlines())) <= 90


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_a_data_frame_has_a_row_for_each_program(backend):
    pytest.importorskip(backend)
    comparison = compare_programs("SMD", **MEAN_ROWS)

    frame = comparison.to_frame(backend)

    columns = frame.column_names if backend == "pyarrow" else list(frame.columns)
    assert len(frame) == len(comparison.programs)
    assert {"program", "smd_variance", "i2_from", "estimate", "i2"} <= set(columns)


def test_a_data_frame_of_a_library_that_is_missing_is_refused_with_the_way_to_install_it(
    monkeypatch,
):
    def absent(*_, **__):
        raise ImportError

    monkeypatch.setattr("narwhals.from_dict", absent)

    with pytest.raises(MissingExtraError, match="polars"):
        compare_programs("MD", **MEAN_ROWS).to_frame("polars")


def test_everything_goes_into_json():
    comparison = compare_programs("RD", **EVENTS)

    again = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))

    assert [row["program"] for row in again["programs"]] == list(comparison.programs)
    assert again["programs"][0]["sources"]
    assert len(again["differences"]) == len(comparison.pairs)


def test_only_the_programs_asked_for_are_compared_and_the_first_is_the_measure_of_the_others():
    comparison = compare_programs("RR", **EVENTS, programs=["RevMan 5", "meta"])

    assert comparison.programs == ("RevMan 5", "meta")
    assert {step.start for step in comparison.differences} == {"RevMan 5"}


def test_columns_of_a_table_can_be_named():
    named = compare_programs("RR", EVENTS, events1="events1", n1="n1", events2="events2", n2="n2")

    assert named.to_dict() == compare_programs("RR", **EVENTS).to_dict()


def test_effects_as_given_can_carry_the_name_of_their_scale():
    text = str(compare_programs("OR", yi=[0.0, 0.0], vi=[0.1, 0.2], programs=["metafor"]))

    assert "odds ratio" in text
    assert "1.0000" in text


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, InputError, "Name a measure"),
        ({"measure": "RR"}, InputError, "risk ratio"),
        ({"measure": "ROM", **MEAN_ROWS}, NotFoundError, "ROM"),
        ({"measure": "RRR", **EVENTS}, NotFoundError, "RRR"),
        ({"measure": "RR", **EVENTS, "model": "fixed"}, NotFoundError, "fixed"),
        ({"measure": "RR", **EVENTS, "programs": ["SAS"]}, NotFoundError, "SAS"),
        ({"measure": "RR", "model": "common", "programs": ["Stata"], **EVENTS}, InputError, "None"),
        ({"measure": "MD", **EVENTS}, InputError, "events1"),
        ({"yi": [0.1, 0.2], "vi": [0.1, -0.2]}, InputError, "negative"),
        ({"yi": [0.1, 0.2], "vi": [0.0, 0.0]}, InputError, "No study has an effect"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_by_name(arguments, error, words):
    with pytest.raises(error, match=words):
        compare_programs(**arguments)


def test_studies_that_a_program_cannot_use_are_counted_in_its_row():
    """Stata adds nothing to a risk difference, which then has no variance without events."""
    comparison = compare_programs("RD", **EVENTS)

    assert comparison["Stata"].notes == (
        "1 study has a sampling variance of 0 and cannot be used.",
    )
    assert "Stata: 1 study has a sampling variance of 0" in str(comparison)
    assert comparison["metafor"].notes == ()


@pytest.mark.parametrize("k", [1, 2])
def test_one_or_two_studies_can_be_compared(k):
    events = {name: values[1 : 1 + k] for name, values in EVENTS.items()}

    comparison = compare_programs("OR", **events)

    assert [row.figures.k for row in comparison.rows] == [k] * len(comparison.rows)
    assert "nan" not in str(comparison).lower()


def test_a_row_with_a_missing_count_is_left_out_by_every_program():
    whole = {name: [float(value) for value in values] for name, values in EVENTS.items()}
    holed = {name: [*values, 10.0] for name, values in whole.items()}
    holed["events1"][-1] = float("nan")

    for model in ("random", "common"):
        ours = compare_programs("RD", **holed, model=model)
        assert ours.to_dict() == compare_programs("RD", **whole, model=model).to_dict()


def test_the_call_is_public():
    assert weigh.compare_programs is compare_programs
