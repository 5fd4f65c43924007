"""Studies pooled from their participants."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weigh
from weigh.effects import stack_effects
from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.participants import two_stage

PATH = Path(__file__).parents[2] / "reference" / "participants.json"
REFERENCE = json.loads(PATH.read_text(encoding="utf-8"))
TABLE = REFERENCE["inputs"]
COLUMNS = {"study": "study", "arm": "arm"}
CALLS = {
    "linear": {"outcome": "score", "adjust": "base"},
    "linear_sex": {"outcome": "score", "adjust": ["base", "sex"]},
    "linear_interaction": {"outcome": "score", "modifier": "base"},
    "logistic": {"outcome": "event", "model": "logistic", "adjust": "base"},
    "logistic_interaction": {"outcome": "event", "model": "logistic", "modifier": "sex"},
    "poisson": {"outcome": "count", "model": "poisson", "adjust": "base", "exposure": "time"},
}


@pytest.mark.parametrize("name", CALLS)
def test_models_of_each_study_and_their_pooling_are_those_of_r(name):
    """R's glm takes variances from the weights before its last step: they are good to 1e-7."""
    expected = REFERENCE["expected"][name]

    found = two_stage(TABLE, **COLUMNS, **CALLS[name])

    inner = "interaction" in name
    yi, vi = (found.interaction_yi, found.interaction_vi) if inner else (found.yi, found.vi)
    fit = found.interaction if inner else found.pooled
    np.testing.assert_allclose(yi, expected["yi"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(vi, expected["vi"], rtol=1e-7)
    assert fit.tau2 == pytest.approx(expected["tau2"], rel=1e-6, abs=1e-9)
    assert fit.estimate == pytest.approx(expected["estimate"], rel=1e-7)
    assert fit.se == pytest.approx(expected["se"], rel=1e-7)


def test_without_covariates_they_are_the_effects_of_the_arms_numbers():
    """A mean difference with one variance, a log odds ratio and a log rate ratio."""
    frame = pd.DataFrame(TABLE)
    cells = frame.groupby(["study", "arm"]).agg(
        n=("event", "size"),
        events=("event", "sum"),
        mean=("score", "mean"),
        sd=("score", "std"),
        count=("count", "sum"),
        time=("time", "sum"),
    )
    one, two = cells.xs(1, level="arm"), cells.xs(0, level="arm")
    means = weigh.effect_size(
        "MD",
        mean1=one["mean"],
        sd1=one["sd"],
        n1=one["n"],
        mean2=two["mean"],
        sd2=two["sd"],
        n2=two["n"],
        vtype="HO",
    )
    odds = weigh.effect_size(
        "OR", events1=one["events"], n1=one["n"], events2=two["events"], n2=two["n"]
    )
    rates = weigh.effect_size(
        "IRR", events1=one["count"], time1=one["time"], events2=two["count"], time2=two["time"]
    )

    for expected, found in (
        (means, two_stage(frame, **COLUMNS, outcome="score")),
        (odds, two_stage(frame, **COLUMNS, outcome="event", model="logistic")),
        (
            rates,
            two_stage(frame, **COLUMNS, outcome="count", model="poisson", exposure="time"),
        ),
    ):
        np.testing.assert_allclose(found.yi, expected.yi, rtol=1e-8)
        np.testing.assert_allclose(found.vi, expected.vi, rtol=1e-8)
        assert found.measure == expected.measure
        assert found.n1.tolist() == one["n"].tolist()


def test_hazards_are_those_of_freireichs_trial():
    """6-mercaptopurine in leukaemia; log hazard ratio 1.5721 (SE 0.4124) by Efron's ties.

    As R's coxph prints it for these data: Gehan's, in the appendix of Cox (1972).
    """
    treated = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    event = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

    found = two_stage(
        study=["Freireich"] * 42,
        arm=["6-MP"] * 21 + ["placebo"] * 21,
        treated="placebo",
        outcome=event + [1] * 21,
        time=treated + placebo,
        model="cox",
    )

    assert found.measure == "HR"
    assert found.yi[0] == pytest.approx(1.5721, abs=5e-5)
    assert np.sqrt(found.vi[0]) == pytest.approx(0.4124, abs=5e-5)


def _efron(beta: np.ndarray, time, event, x) -> float:
    """The partial likelihood, event by event as its definition has it."""
    value = 0.0
    for moment in np.unique(time[event == 1]):
        dead = (time == moment) & (event == 1)
        for index in range(int(dead.sum())):
            share = index / dead.sum()
            risk = np.exp(x @ beta)[time >= moment].sum() - share * np.exp(x @ beta)[dead].sum()
            value -= np.log(risk)
        value += (x @ beta)[dead].sum()
    return value


def test_hazards_maximize_the_partial_likelihood_with_covariates_and_ties():
    rng = np.random.default_rng(2)
    arm, base = np.tile([0, 1], 30), rng.normal(size=60)
    time = np.ceil(rng.exponential(5.0 * np.exp(-0.4 * arm + 0.5 * base)))
    event = (rng.uniform(size=60) < 0.8).astype(int)

    found = two_stage(study=["a"] * 60, arm=arm, outcome=event, time=time, model="cox", adjust=base)

    x = np.column_stack([arm, base])

    def profile(b: float) -> float:
        slopes = np.linspace(-3.0, 3.0, 601)
        return max(_efron(np.array([b, s]), time, event, x) for s in slopes)

    at = profile(found.yi[0])
    assert at >= profile(found.yi[0] + 0.02)
    assert at >= profile(found.yi[0] - 0.02)


def test_the_penalty_is_half_an_event_in_each_cell_where_there_are_only_arms():
    table = {
        "study": ["a"] * 40 + ["b"] * 40,
        "arm": ([1] * 20 + [0] * 20) * 2,
        "event": [0] * 20 + [1] * 9 + [0] * 11 + [1] * 3 + [0] * 17 + [1] * 5 + [0] * 15,
    }
    call = {**COLUMNS, "outcome": "event"}

    penalized = two_stage(table, **call, model="logistic", firth=True)
    counts = two_stage(table, **call, model="poisson", firth=True)
    plain = two_stage(table, **call, model="logistic")

    halves = weigh.effect_size(
        "OR", events1=[0, 3], n1=[20, 20], events2=[9, 5], n2=[20, 20], to="all"
    )
    np.testing.assert_allclose(penalized.yi, halves.yi, rtol=1e-8)
    np.testing.assert_allclose(counts.yi, np.log([0.5 / 9.5, 3.5 / 5.5]), rtol=1e-8)
    assert "the likelihood has no maximum" in plain.reasons[0]
    assert plain.pooled.k == 1
    assert any(note.startswith("a is left out: ") for note in plain.notes)


def test_differences_between_studies_have_no_part_in_the_interaction():
    """Effects that grow with the mean age of the studies, and within none with a person's age."""
    rng = np.random.default_rng(8)
    study = np.repeat(np.arange(8), 60)
    arm = np.tile([0, 1], 240)
    age = 40.0 + 4.0 * study + rng.normal(0.0, 5.0, study.size)
    score = 10.0 - 0.5 * study * arm + 0.1 * age + rng.normal(0.0, 1.0, study.size)

    found = two_stage(study=study, arm=arm, outcome=score, modifier={"age": age}, model="linear")

    slope = found.across.coefficients[1]
    assert abs(found.interaction.statistic) < 2.0
    assert slope.name == "age"
    assert slope.ci_high < -0.1
    assert "Across studies, for comparison only: −0.1" in found.summary()


@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_the_origin_and_unit_of_a_covariate_do_not_matter(origin, unit):
    base = np.array(TABLE["base"])
    call = {**COLUMNS, "outcome": "score"}

    one = two_stage(TABLE, **call, adjust="base", modifier="base")
    moved = {**TABLE, "base": origin + unit * base}
    two = two_stage(moved, **call, adjust="base", modifier="base")

    np.testing.assert_allclose(two.yi, one.yi, rtol=1e-8)
    np.testing.assert_allclose(two.interaction_yi * unit, one.interaction_yi, rtol=1e-6, atol=1e-9)


def test_any_table_and_plain_arrays_give_the_same():
    call = {**COLUMNS, "outcome": "score", "adjust": ["base", "sex"]}
    one = two_stage(TABLE, **call)
    order = np.random.default_rng(1).permutation(len(TABLE["arm"]))
    shuffled = pd.DataFrame(TABLE).iloc[order]

    for other in (
        two_stage(pd.DataFrame(TABLE), **call),
        two_stage(pl.DataFrame(TABLE), **call),
        two_stage(pa.table(TABLE), **call),
        two_stage(
            study=TABLE["study"],
            arm=np.array(TABLE["arm"]),
            outcome=TABLE["score"],
            adjust={"base": TABLE["base"], "sex": TABLE["sex"]},
        ),
    ):
        assert other.to_dict() == one.to_dict()
    again = two_stage(shuffled, **call)
    np.testing.assert_allclose(
        dict(zip(again.studies, again.yi, strict=True))["c"], one.yi[2], rtol=1e-9
    )


def test_who_has_something_missing_is_left_out():
    base = [*TABLE["base"]]
    base[0] = pd.NA
    score = [*TABLE["score"]]
    score[3] = float("nan")
    rows = [i for i in range(len(base)) if i not in (0, 3)]

    found = two_stage({**TABLE, "base": base, "score": score}, **COLUMNS, **CALLS["linear"])

    kept = {name: [values[i] for i in rows] for name, values in TABLE.items()}
    without = two_stage(kept, **COLUMNS, **CALLS["linear"])
    assert found.yi.tolist() == without.yi.tolist()
    assert found.notes[0].startswith("2 participants are left out")


def test_studies_that_cannot_be_analysed_are_left_out_with_their_reason():
    table = {
        "study": ["a"] * 8 + ["one arm"] * 4 + ["small"] * 2 + ["same"] * 6,
        "arm": [0, 1] * 4 + [1] * 4 + [0, 1] + [0, 1] * 3,
        "y": [3.0, 2, 4, 3, 5, 3, 4, 2, 1, 2, 3, 4, 1, 2, 5, 5, 5, 5, 5, 5],
        "x": [1.0, 2, 3, 4, 5, 6, 7, 9, 1, 2, 3, 4, 1, 2, 1, 2, 3, 4, 5, 7],
        "arm again": [0, 1] * 4 + [1] * 4 + [0, 1] + [0, 1] * 3,
    }

    found = two_stage(table, **COLUMNS, outcome="y")
    twice = two_stage(table, **COLUMNS, outcome="y", adjust="x", modifier="arm again")

    assert found.reasons == (
        None,
        "nobody in the comparator's arm",
        "2 participants for 2 coefficients",
        "the outcomes do not vary about the model, so there is no standard error",
    )
    assert found.pooled.k == 1
    assert twice.interaction is None
    assert "No study can tell the interaction." in twice.notes
    assert "follows from the other covariates" in twice.interaction_reasons[0]


def test_effects_go_with_those_of_studies_known_by_their_arms():
    found = two_stage(TABLE, **COLUMNS, **CALLS["linear"])
    printed = weigh.effect_size(
        "MD", mean1=[20], sd1=[5], n1=[40], mean2=[22], sd2=[5], n2=[41], slab=["e"]
    )

    fit = weigh.pool(stack_effects(found.effects, printed))

    assert fit.k == 5
    assert fit.slab == ("a", "b", "c", "d", "e")


def test_results_are_shown_and_handed_on():
    found = two_stage(TABLE, **COLUMNS, **CALLS["logistic_interaction"])

    assert found.summary().startswith("168 participants, 1 against 0: OR by logistic models\n")
    assert "Interaction with sex[male], within studies (k = 4)" in found.summary()
    assert list(found.to_frame()["study"]) == ["a", "b", "c", "d"]
    assert found.to_dict()["interaction"]["k"] == 4
    assert found.to_dict()["pooled"]["estimate"] == found.pooled.estimate


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"outcome": "scores"}, NotFoundError, "column for `outcome` 'scores'"),
        ({"model": "logit"}, NotFoundError, "model of the outcome 'logit'"),
        ({"model": "logistic"}, InputError, "events are 1 and their absence 0"),
        ({"arm": "study"}, InputError, "names 4 arms"),
        ({"arm": "sex"}, InputError, "nothing says which is the intervention"),
        ({"arm": "sex", "treated": "other"}, NotFoundError, "arm 'other'"),
        ({"modifier": "study"}, InputError, "has 4 categories"),
        ({"exposure": "time"}, InputError, "is for counts"),
        ({"time": "time"}, InputError, "is for times to an event"),
        ({"model": "cox", "outcome": "event"}, InputError, "need the `time`"),
        ({"firth": True}, InputError, "no penalty for model='linear'"),
        ({"outcome": [1.0, 2.0]}, InputError, "has 2 entries for 168 participants"),
        ({"outcome": "sex"}, InputError, "not a number"),
        ({"study": 3}, InputError, "`study` is int"),
        ({"adjust": [[1], [1, 2]]}, InputError, "`adjust` holds something that is not a number"),
    ],
)
def test_what_cannot_be_analysed_is_refused(change, error, message):
    with pytest.raises(error, match=message):
        two_stage(TABLE, **{**COLUMNS, "outcome": "score", **change})


def test_tables_without_an_answer_are_refused():
    with pytest.raises(StatisticsError, match="No study can be analysed"):
        two_stage(study=["a", "a", "b", "b"], arm=[0, 1, 0, 1], outcome=[1.0, 2, 3, 4])
    with pytest.raises(InputError, match="no table to find it in"):
        two_stage(study="study", arm=[0, 1], outcome=[1.0, 2.0])
    with pytest.raises(InputError, match="no label in row 2"):
        two_stage(study=["a", None], arm=[0, 1], outcome=[1.0, 2.0])
    with pytest.raises(InputError, match="count below zero"):
        two_stage(study=["a"] * 4, arm=[0, 1, 0, 1], outcome=[1, -2, 3, 4], model="poisson")
    with pytest.raises(InputError, match="must be above zero"):
        two_stage(
            study=["a"] * 4,
            arm=[0, 1, 0, 1],
            outcome=[1, 2, 3, 4],
            model="poisson",
            exposure=[1.0, 0.0, 1.0, 1.0],
        )


def test_small_studies_of_any_kind_end_in_an_estimate_or_a_reason():
    """Ties, covariates that follow from each other, arms with one outcome, units far apart."""
    rng = np.random.default_rng(6)
    for model in ("logistic", "poisson", "cox"):
        for _ in range(25):
            n = int(rng.integers(6, 30))
            table = {
                "study": rng.integers(0, 3, n),
                "arm": np.arange(n) % 2,
                "y": (rng.random(n) < rng.choice([0.1, 0.6])).astype(int),
                "time": np.ceil(rng.exponential(3.0, n)),
                "x": rng.normal(size=n) * 10.0 ** rng.integers(-4, 5),
                "g": [str(one) for one in rng.integers(0, 3, n)],
            }
            more = {"time": "time"} if model == "cox" else {"firth": bool(rng.random() < 0.5)}
            try:
                found = two_stage(
                    table, **COLUMNS, outcome="y", model=model, adjust=["x", "g"], **more
                )
            except StatisticsError:  # no study has an estimate, each with its reason
                continue
            known = np.isfinite(found.yi)
            assert known.tolist() == [reason is None for reason in found.reasons]
            assert np.all(found.vi[known] > 0.0)
