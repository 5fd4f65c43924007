"""The one call that all measures share: what it takes, what it refuses, what it tells."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weigh
from weigh.effects import effect_size
from weigh.errors import InputError, NotFoundError

COUNTS = st.integers(0, 200)
SIZES = st.integers(2, 500)
MEANS = st.floats(-1000, 1000)
SDS = st.floats(0.01, 100)
GROUP = st.tuples(MEANS, SDS, SIZES)


def arms(first, second, names=("mean", "sd", "n")):
    return {
        f"{name}{group}": value
        for group, arm in ((1, first), (2, second))
        for name, value in zip(names, arm, strict=True)
    }


def one(measure, **numbers):
    effects = effect_size(measure, **numbers)
    return float(effects.yi[0]), float(effects.vi[0])


# --- by hand ------------------------------------------------------------------------------------


def test_a_risk_ratio_by_hand():
    """4 of 123 against 11 of 139: RR 0.411, the first trial of the BCG vaccine."""
    yi, vi = one("RR", events1=4, n1=123, events2=11, n2=139)

    assert yi == pytest.approx(math.log((4 / 123) / (11 / 139)))
    assert vi == pytest.approx(1 / 4 - 1 / 123 + 1 / 11 - 1 / 139)


def test_a_standardized_mean_difference_by_hand():
    """Borenstein 2009, chapter 4: 103 and 100, SDs 5.5 and 4.5, 50 each: g 0.5924."""
    effects = effect_size("SMD", mean1=103, sd1=5.5, n1=50, mean2=100, sd2=4.5, n2=50, vtype="LS2")

    assert effects.yi[0] == pytest.approx(0.5924, abs=2e-4)
    assert effects.vi[0] == pytest.approx(0.0411, abs=1e-4)
    assert effects.conventions == ("sampling variance LS2", "Hedges' correction, exact")


def test_an_area_under_the_curve_by_hand():
    """Hanley and McNeil 1982: area 0.893 (51 and 58 people) has a standard error of 0.032."""
    effects = effect_size("AUC", auc=0.893, n1=51, n2=58, vtype="LS2")

    # Theirs divides by n1 n2, ours as metafor's by (n1 - 1)(n2 - 1), as Cho 2019 has it.
    assert effects.sei[0] * math.sqrt(50 * 57 / (51 * 58)) == pytest.approx(0.032, abs=6e-4)


def test_an_area_of_a_half_under_the_null():
    """Mann and Whitney: U has variance n1 n2 (n1 + n2 + 1) / 12."""
    assert one("CLES", auc=0.5, n1=10, n2=20, vtype="H0")[1] == pytest.approx(31 / (12 * 200))
    assert one("CLES", auc=0.5, n1=10, n2=20, vtype="MAX")[1] == pytest.approx(0.25 / 9)


def test_ties_narrow_an_area():
    without, with_ties = (
        one("AUC", auc=0.7, n1=10, n2=20, vtype="LS2", ties=ties)[1] for ties in (0.0, 0.2)
    )

    assert without - with_ties == pytest.approx(0.2 / 4 / (9 * 19))


def test_odds_of_matched_pairs_from_their_margins():
    """Zou 2007: with the joint table known, the margins and phi give its marginal odds ratio."""
    both, first, second, neither = 20, 30, 10, 40
    n = both + first + second + neither
    phi = (both * neither - first * second) / math.sqrt(
        (both + first) * (second + neither) * (both + second) * (first + neither)
    )
    joint = one("MPOR", both=both, first_only=first, second_only=second, neither=neither)
    margins = {
        "events1": both + first,
        "nonevents1": second + neither,
        "events2": both + second,
        "nonevents2": first + neither,
    }

    assert one("MPORM", **margins, r=phi) == pytest.approx(joint)
    assert one("MPORM", **margins, share_both=both / n) == pytest.approx(joint)
    assert effect_size("MPORM", **margins, r=phi).ni[0] == n


def test_matched_pairs_may_come_as_a_table():
    assert one("MPRR", both=20, first_only=30, second_only=10, neither=40) == one(
        "MPRR", events1=20, n1=50, events2=10, n2=50
    )


def test_an_explained_share_comes_from_its_f_or_p():
    f = 0.3 / 4 / (0.7 / 95)
    from scipy.stats import f as distribution

    p = distribution.sf(f, 4, 95)

    assert one("R2", f=f, predictors=4, n=100)[0] == pytest.approx(0.3)
    assert one("R2", p=p, predictors=4, n=100)[0] == pytest.approx(0.3)


def test_fixed_predictors_leave_less_uncertainty_than_random_ones():
    fixed, random = (one(measure, r2=0.3, predictors=4, n=100)[1] for measure in ("R2F", "R2"))

    assert 0.5 * random < fixed < random


def test_fixed_predictors_on_the_z_scale_follow_by_the_delta_method():
    yi, vi = one("R2F", r2=0.3, predictors=4, n=100)

    assert one("ZR2F", r2=0.3, predictors=4, n=100) == pytest.approx(
        (math.atanh(math.sqrt(yi)), vi / (1 - yi**2) ** 2)
    )


def test_reported_effects_take_their_spread_from_what_is_there():
    """Row by row the variance, else the standard error, else the interval."""
    effects = effect_size(
        "HR",
        yi=[0.1, 0.2, 0.3],
        vi=[0.04, None, None],
        sei=[9.0, 0.3, None],
        ci_low=[None, None, 0.3 - 1.959964],
        ci_high=[None, None, 0.3 + 1.959964],
    )

    assert effects.vi == pytest.approx([0.04, 0.09, 1.0], rel=1e-6)
    assert effects.ni is None


def test_a_change_may_be_given_as_such():
    two_times = {"mean_pre": 5.0, "mean_post": 3.0, "sd_pre": 2.0, "sd_post": 2.0, "r": 0.5}

    assert one("MC", change_mean=-2.0, change_sd=2.0, n=40) == (-2.0, 0.1)
    assert one("MC", **two_times, n=40) == (-2.0, 0.1)
    assert one("SMCC", change_mean=-2.0, change_sd=2.0, n=40) == one("SMCC", **two_times, n=40)


@pytest.mark.parametrize("measure", ["SMD", "D2OR", "RPB", "RBIS", "CLESN"])
def test_d_t_and_p_say_the_same(measure):
    """A p value has no direction of its own, so it carries the sign of the effect."""
    from scipy.stats import t as distribution

    d, n1, n2 = -0.4, 20, 30
    t = d / math.sqrt(1 / n1 + 1 / n2)
    p = -2 * distribution.sf(abs(t), n1 + n2 - 2)
    by_d = one(measure, d=d, n1=n1, n2=n2)

    assert one(measure, t=t, n1=n1, n2=n2) == pytest.approx(by_d)
    assert one(measure, p=p, n1=n1, n2=n2) == pytest.approx(by_d)


def test_what_is_reported_fills_in_for_missing_scores():
    effects = effect_size(
        "SMD",
        mean1=[10.0, None],
        sd1=[2.0, None],
        n1=[20, 20],
        mean2=[9.0, None],
        sd2=[2.0, None],
        n2=[20, 20],
        d=[None, 0.5],
    )

    assert effects.k == 2
    assert effects.yi[0] == pytest.approx(effects.yi[1])


def test_the_standardizer_of_a_change_can_be_chosen():
    numbers = {"mean_pre": 5.0, "mean_post": 3.0, "sd_pre": 2.0, "sd_post": 4.0, "r": 0.5, "n": 99}
    before = effect_size("SMCRH", **numbers)
    after = effect_size("SMCRH", **numbers, standardizer="post")

    assert before.yi[0] == pytest.approx(2 * after.yi[0])
    assert before.conventions[-1] == "standardized by the SD before"
    assert after.conventions[-1] == "standardized by the SD after"


def test_the_only_sd_that_is_there_standardizes_and_says_so():
    effects = effect_size("SMCR", mean_pre=5, mean_post=3, sd_post=2, n=99, r=0.5)

    assert effects.conventions[-1] == "standardized by the SD after"


# --- properties ---------------------------------------------------------------------------------


@given(a=COUNTS, b=COUNTS, c=COUNTS, d=COUNTS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "PETO", "AS", "PBIT"])
def test_swapping_the_groups_turns_the_sign_and_keeps_the_variance(measure, a, b, c, d):
    forth = effect_size(measure, events1=a, nonevents1=b, events2=c, nonevents2=d)
    back = effect_size(measure, events1=c, nonevents1=d, events2=a, nonevents2=b)

    assert np.allclose(forth.yi, -back.yi, equal_nan=True, atol=1e-12)
    assert np.allclose(forth.vi, back.vi, equal_nan=True, rtol=1e-9)


@given(a=COUNTS, b=COUNTS, c=COUNTS, d=COUNTS)
@pytest.mark.parametrize("measure", ["OR", "RD", "PETO", "AS", "PBIT", "YUQ", "YUY", "OR2D"])
def test_telling_survivors_in_place_of_events_turns_the_sign(measure, a, b, c, d):
    """Only the risk ratio depends on which of the two outcomes is counted."""
    events = effect_size(measure, events1=a, nonevents1=b, events2=c, nonevents2=d)
    survivors = effect_size(measure, events1=b, nonevents1=a, events2=d, nonevents2=c)

    assert np.allclose(events.yi, -survivors.yi, equal_nan=True, atol=1e-9)
    assert np.allclose(events.vi, survivors.vi, equal_nan=True, rtol=1e-9)


@given(first=GROUP, second=GROUP)
@pytest.mark.parametrize("measure", ["MD", "SMD", "SMDH", "VR", "RPB", "D2OR"])
def test_swapping_groups_of_scores_turns_the_sign(measure, first, second):
    forth, back = (
        effect_size(measure, **arms(first, second)),
        effect_size(measure, **arms(second, first)),
    )

    assert np.allclose(forth.yi, -back.yi, equal_nan=True, rtol=1e-9, atol=1e-12)
    assert np.allclose(forth.vi, back.vi, equal_nan=True, rtol=1e-9)


@given(first=GROUP, second=GROUP, shift=st.integers(-100, 100), scale=st.floats(0.1, 10))
def test_a_change_of_unit_scales_md_and_leaves_smd_alone(first, second, shift, scale):
    moved = [((m + shift) * scale, sd * scale, n) for m, sd, n in (first, second)]
    md, md_moved = one("MD", **arms(first, second)), one("MD", **arms(*moved))
    smd, smd_moved = one("SMD", **arms(first, second)), one("SMD", **arms(*moved))

    # Means of 1000 that differ by 0.01 lose five digits in their difference, hence abs.
    assert md_moved[0] == pytest.approx(md[0] * scale, rel=1e-9, abs=1e-10)
    assert md_moved[1] == pytest.approx(md[1] * scale**2, rel=1e-9)
    assert smd_moved[0] == pytest.approx(smd[0], rel=1e-9, abs=1e-7)
    assert smd_moved[1] == pytest.approx(smd[1], rel=1e-9, abs=1e-7)


@given(
    rows=st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=8),
    measure=st.sampled_from(["RR", "OR", "RD", "PETO", "PHI", "RTET", "YUQ"]),
)
def test_a_row_is_the_same_alone_and_in_company(rows, measure):
    names = ("events1", "nonevents1", "events2", "nonevents2")
    together = effect_size(measure, **dict(zip(names, zip(*rows, strict=True), strict=True)))

    for number, row in enumerate(rows):
        alone = effect_size(measure, **dict(zip(names, row, strict=True)))
        assert np.array_equal(alone.yi, together.yi[number : number + 1], equal_nan=True)
        assert np.array_equal(alone.vi, together.vi[number : number + 1], equal_nan=True)
        assert alone.reasons[0] == together.reasons[number]


@given(
    rows=st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=8),
    measure=st.sampled_from(["RR", "OR", "RD", "PETO", "PHI", "RTET", "PBIT", "YUY"]),
    to=st.sampled_from(["only0", "all", "if0all", "none"]),
    drop00=st.booleans(),
)
def test_a_row_has_an_effect_or_a_reason_and_never_an_infinity(rows, measure, to, drop00):
    names = ("events1", "nonevents1", "events2", "nonevents2")
    effects = effect_size(
        measure, **dict(zip(names, zip(*rows, strict=True), strict=True)), to=to, drop00=drop00
    )

    assert not np.isinf(effects.yi).any()
    assert not np.isinf(effects.vi).any()
    assert [reason is None for reason in effects.reasons] == effects.usable.tolist()


def test_kinds_of_variance_may_differ_by_row():
    numbers = arms((10, 2, 20), (9, 3, 30))
    rows = {name: [value] * 3 for name, value in numbers.items()}
    mixed = effect_size("SMD", **rows, vtype=["LS", "UB", "LS2"])

    for row, kind in enumerate(("LS", "UB", "LS2")):
        assert mixed.vi[row] == effect_size("SMD", **numbers, vtype=kind).vi[0]
    assert mixed.conventions[0] == "sampling variance LS, UB, LS2"


# --- what a row without an effect is told -----------------------------------------------------


def test_reasons_name_what_is_missing():
    effects = effect_size(
        "MD",
        mean1=[1.0, None, 1.0],
        sd1=[1.0, None, 1.0],
        n1=[5, 5, 5],
        mean2=[2.0, 2.0, 2.0],
        sd2=[1.0, 1.0, math.nan],
        n2=[5, 5, 5],
    )

    assert effects.reasons == (None, "mean1 and sd1 are missing", "sd2 is missing")
    assert effects.k == 1


@pytest.mark.parametrize(
    ("measure", "numbers", "reason"),
    [
        (
            "RR",
            {"events1": 0, "n1": 5, "events2": 0, "n2": 5, "drop00": True},
            "no events, or nothing but events, in any group (drop00)",
        ),
        (
            "RR",
            {"events1": 0, "n1": 0, "events2": 1, "n2": 5, "to": "none"},
            "a group without people",
        ),
        (
            "OR",
            {"events1": 0, "n1": 5, "events2": 1, "n2": 5, "to": "none"},
            "a cell is zero, and nothing was added to it",
        ),
        (
            "PETO",
            {"events1": 0, "n1": 5, "events2": 0, "n2": 5, "to": "none"},
            "no events, or nothing but events, in any group",
        ),
        ("SMD", arms((1, 0, 5), (2, 0, 5)), "the SD is zero, so the effect cannot be"),
        ("SMD", arms((1, 1, 1), (2, 1, 2)), "too few people for the correction"),
        ("ROM", arms((-1, 1, 5), (2, 1, 5)), "the ratio of the means is not above zero"),
        ("CVR", arms((1, 0, 5), (2, 1, 5)), "a coefficient of variation is not above 0"),
        ("VR", {"sd1": 1, "n1": 1, "sd2": 1, "n2": 5}, "a group of one person has no SD"),
        ("COR", {"r": 0.5, "n": 3}, "3 people or fewer give no sampling variance"),
        ("ZCOR", {"r": 1.0, "n": 30}, "a correlation of 1 or -1 is infinite"),
        ("ABT", {"alpha": 1.0, "items": 5, "n": 30}, "an alpha of 1 is infinite"),
        (
            "RTET",
            {"events1": 0, "n1": 5, "events2": 2, "n2": 5},
            "a cell is empty: the correlation is at its bound",
        ),
        ("MNLN", {"mean": 0.0, "sd": 1.0, "n": 5}, "a mean of zero, which has no logarithm"),
        (
            "REH",
            {"homozygous1": 0, "heterozygous": 5, "homozygous2": 5},
            "a genotype was not seen, which has no logarithm",
        ),
    ],
)
def test_a_row_without_an_effect_says_why(measure, numbers, reason):
    effects = effect_size(measure, **numbers)

    assert effects.k == 0
    assert effects.reasons[0].startswith(reason)


def test_an_effect_without_a_variance_is_kept():
    """A correlation of three people is known; how precise it is, is not."""
    effects = effect_size("COR", r=0.5, n=3)

    assert effects.yi[0] == 0.5
    assert np.isnan(effects.vi[0])


def test_a_variance_of_zero_is_noted():
    effects = effect_size("RD", events1=0, n1=5, events2=0, n2=5, to="none")

    assert effects.k == 1
    assert effects.notes == ("1 row has a sampling variance of zero, which no model can weigh.",)


def test_a_group_without_people_is_noted():
    """A survey may find no left-handed people at all; the half that is added then says it all."""
    effects = effect_size("RR", events1=0, n1=0, events2=1, n2=5)

    assert effects.k == 1
    assert effects.notes[0] == (
        "1 row has a group without people, which tells only what was added to it."
    )


def test_fractions_of_people_are_taken_and_noted():
    effects = effect_size("RR", events1=4.5, n1=20, events2=6, n2=22.4)

    assert effects.k == 1
    assert effects.notes[0].startswith("1 row has counts that are not whole numbers (events1, n2)")


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "numbers", "words"),
    [
        ("MD", arms((1, -1, 5), (2, 1, 5)), r"sd1\[0\] is -1: a standard deviation cannot be neg"),
        ("MD", arms((1, 1, 0), (2, 1, 5)), r"n1\[0\] is 0: it must be above zero"),
        (
            "RR",
            {"events1": [1, 12], "n1": [10, 10], "events2": [1, 1], "n2": [9, 9]},
            r"events1\[1\] is 12, but n1\[1\] is 10: there cannot be more people with the event",
        ),
        ("RR", {"events1": 1, "n1": 5, "events2": -1, "n2": 5}, r"events2\[0\] is -1"),
        (
            "RR",
            {"events1": 1, "n1": 5, "nonevents1": 3, "events2": 1, "n2": 5},
            r"nonevents1\[0\] is 3: n1 less events1 gives another number",
        ),
        ("PR", {"events": 6, "n": 5}, "there cannot be more people with the event"),
        ("COR", {"r": 1.2, "n": 30}, r"r\[0\] is 1.2: it must lie between -1 and 1"),
        ("IRR", {"events1": 1, "time1": 0, "events2": 1, "time2": 1}, r"time1\[0\] is 0"),
        ("ARAW", {"alpha": 1.1, "items": 5, "n": 9}, "alpha cannot exceed 1"),
        ("ARAW", {"alpha": 0.9, "items": 1, "n": 9}, "two items or more"),
        ("PCOR", {"r": 0.1, "predictors": 8, "n": 9}, "no degree of freedom"),
        ("POMPMN", {"mean": 1, "sd": 1, "n": 9, "scale_min": 5, "scale_max": 5}, "above scale_min"),
        ("GEN", {"yi": 3.0, "ci_low": 1.0, "ci_high": 2.0}, "outside its own interval"),
        ("GEN", {"yi": 3.0, "ci_low": 2.0, "ci_high": 1.0}, "must lie above ci_low"),
        ("GEN", {"yi": 3.0}, "vi is not given"),
        ("AUC", {"auc": 1.5, "n1": 5, "n2": 5}, "between 0 and 1"),
        ("RR", {"events1": 1, "n1": 5}, "RR .risk ratio. needs events1 and events2; events2 is"),
        ("MD", {"events1": 1}, "MD .mean difference. makes no use of events1="),
        ("MD", {}, "was asked for without any numbers"),
        (
            "RR",
            {"events1": [1, 2], "n1": [5], "events2": 1, "n2": 5},
            "differ in their number of rows: events1 has 2, n1 has 1",
        ),
        ("RR", {"events1": "a", "n1": 5, "events2": 1, "n2": 5}, "there is no data= to find it in"),
        ("RR", {"events1": [["1"]], "n1": 5, "events2": 1, "n2": 5}, "holds <U1"),
        ("RR", {"events1": ["1,5"], "n1": 5, "events2": 1, "n2": 5}, "events1 is not a column"),
        ("RR", {"events1": ["x", 1.0], "n1": 5, "events2": 1, "n2": 5}, "not a column of numbers"),
        ("MN", {"mean": math.inf, "sd": 1, "n": 5}, r"mean\[0\] is infinite"),
        ("MN", {"mean": np.ones((2, 2)), "sd": 1, "n": 5}, "2 dimensions"),
        ("MN", {"mean": [[1.0], [1.0, 2.0]], "sd": 1, "n": 5}, "differ in length"),
        ("MN", {"mean": [1.0 + 1j], "sd": 1, "n": 5}, "it holds complex128"),
        ("MN", {"mean": [None, object()], "sd": 1, "n": 5}, "not a column of numbers"),
        ("MN", {"mean": [None, "2"], "sd": 1, "n": 5}, r"mean\[1\] is the text '2'"),
        ("SMCR", {"mean_pre": 1, "mean_post": 1, "n": 5, "r": 0.5}, "sd_pre is not given"),
        (
            "SMCR",
            {"mean_pre": 1, "mean_post": 1, "sd_pre": 1, "n": 5, "r": 0.5, "standardizer": "x"},
            "it must be 'pre' or 'post'",
        ),
        ("RR", {"events1": 1, "n1": 5, "events2": 1, "n2": 5, "add": -1}, "cannot be negative"),
        (
            "PETO",
            {"events1": 1, "n1": 5, "events2": 1, "n2": 5, "add_yi": False},
            "say nothing for PETO",
        ),
        ("MN", {"mean": [1, 2], "sd": 1, "n": 5, "vtype": ["LS"] * 3}, "3 entries for 2 rows"),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_name_and_row(measure, numbers, words):
    with pytest.raises(InputError, match=words):
        effect_size(measure, **numbers)


def test_more_rows_with_the_same_fault_are_counted():
    with pytest.raises(InputError, match=r"\(2 more rows have the same fault\.\)"):
        effect_size("MN", mean=[1, 2, 3, 4], sd=[-1, 1, -1, -1], n=9)


def test_a_faulty_row_is_told_with_its_study_and_column():
    with pytest.raises(InputError, match=r"sd\[1\] \(column 'spread', Okafor 2019\) is -2"):
        effect_size(
            "MN",
            {"m": [1, 2], "spread": [1, -2], "study": ["Mehta 2021", "Okafor 2019"]},
            mean="m",
            sd="spread",
            n=30,
            slab="study",
        )


def test_unknown_names_are_answered_with_the_nearest():
    arguments = {"events1": 1, "n1": 5, "events2": 1, "n2": 5}
    with pytest.raises(NotFoundError, match=r"There is no measure 'SDM'. Did you mean .*SMD"):
        effect_size("SDM", **arguments)
    with pytest.raises(NotFoundError, match="kind of sampling variance for RR 'VL'"):
        effect_size("RR", **arguments, vtype="VL")
    with pytest.raises(NotFoundError, match=r"rule for zero cells 'only_0'. Did you mean only0"):
        effect_size("RR", **arguments, to="only_0")
    with pytest.raises(NotFoundError, match="bias correction"):
        effect_size("SMD", **arms((1, 1, 5), (2, 1, 5)), correct="exakt")
    with pytest.raises(NotFoundError, match=r"column 'event'. Did you mean events"):
        effect_size("PR", {"events": [1], "n": [2]}, events="event", n="n")


def test_the_public_face_has_it():
    assert weigh.effect_size is effect_size
