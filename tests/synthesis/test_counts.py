"""Pooling counts by hand and at its edges."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis import mantel_haenszel, peto

# Two studies of a textbook kind: events and people, intervention then comparator.
A = ([10, 5], [100, 50], [20, 10], [100, 60])


def test_a_pooled_risk_ratio_by_hand():
    """R = 10·100/200 + 5·60/110 and S = 20·100/200 + 10·50/110."""
    fit = mantel_haenszel(*A, measure="RR")
    r, s = 10 * 100 / 200 + 5 * 60 / 110, 20 * 100 / 200 + 10 * 50 / 110

    assert fit.estimate == pytest.approx(np.log(r / s))
    assert fit.weights == pytest.approx(100 * np.array([10, 500 / 110]) / s)
    assert fit.k == 2


def test_a_single_study_gives_its_own_ratio():
    fit = mantel_haenszel([10], [100], [20], [100], measure="RR")

    assert fit.estimate == pytest.approx(np.log(0.5))
    assert fit.se == pytest.approx(np.sqrt(1 / 10 - 1 / 100 + 1 / 20 - 1 / 100))
    assert (fit.q, fit.q_df, fit.i2) == (0.0, 0, 0.0)


def test_swapping_the_groups_turns_a_ratio_round():
    a, n1, c, n2 = A
    for measure in ("RR", "OR", "RD"):
        there = mantel_haenszel(a, n1, c, n2, measure=measure)
        back = mantel_haenszel(c, n2, a, n1, measure=measure)

        assert back.estimate == pytest.approx(-there.estimate)
        assert back.se == pytest.approx(there.se)


def test_counting_non_events_turns_an_odds_ratio_round():
    a, n1, c, n2 = (np.array(part) for part in A)

    there, back = (
        mantel_haenszel(a, n1, c, n2, measure="OR"),
        mantel_haenszel(n1 - a, n1, n2 - c, n2, measure="OR"),
    )

    assert back.estimate == pytest.approx(-there.estimate)
    assert back.extra["breslow_day"] == pytest.approx(there.extra["breslow_day"])


def test_rates_take_person_time():
    by_position = mantel_haenszel([4, 6], [100, 200], [9, 12], [90, 210], measure="IRR")
    by_name = mantel_haenszel(
        events1=[4, 6], time1=[100, 200], events2=[9, 12], time2=[90, 210], measure="IRR"
    )

    assert by_name.estimate == by_position.estimate


def test_a_study_without_events_has_no_weight_in_a_ratio_and_is_named():
    fit = mantel_haenszel([10, 0], [100, 50], [20, 0], [100, 60], measure="RR")

    assert fit.weights.tolist() == [100.0, 0.0]
    assert np.isnan(fit.yi[1])
    assert any("1 study" in note for note in fit.notes)


def test_revman_adds_a_half_to_the_pooled_cells_too():
    zero = ([0, 5], [40, 50], [3, 10], [40, 60])

    plain = mantel_haenszel(*zero, measure="OR")
    revman = mantel_haenszel(
        *zero, measure="OR", add=(0.5, 0.5), to=("only0", "only0"), drop00=(True, True)
    )

    r = 0.5 * 37.5 / 82 + 5 * 50 / 110
    s = 40.5 * 3.5 / 82 + 45 * 10 / 110
    assert revman.estimate == pytest.approx(np.log(r / s))
    assert plain.estimate == pytest.approx(np.log((5 * 50 / 110) / (40 * 3 / 80 + 45 * 10 / 110)))


def test_the_two_variances_of_a_risk_difference_agree_for_large_studies():
    many = ([1000, 500], [10_000, 5000], [2000, 1000], [10_000, 6000])

    sato, revman = (
        mantel_haenszel(*many, measure="RD", rd_variance=name)
        for name in ("sato", "greenland-robins")
    )

    assert sato.estimate == revman.estimate
    assert sato.se == pytest.approx(revman.se, rel=0.02)


def test_peto_by_hand():
    """One table: O - E over the hypergeometric variance."""
    fit = peto([10], [100], [20], [100])
    v = 100 * 100 * 30 * 170 / (200**2 * 199)

    assert fit.estimate == pytest.approx(-5 / v)
    assert fit.se == pytest.approx(1 / np.sqrt(v))


def test_missing_counts_are_left_out_and_named():
    fit = mantel_haenszel([10, np.nan], [100, 50], [20, 3], [100, 60], slab=["Ito", "Rao"])

    assert fit.k == 1
    assert "Rao" in fit.notes[0]


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "words"),
    [
        (([60], [50], [1], [50]), {}, StatisticsError, "row 1: 60 events among 50"),
        (([-1], [50], [1], [50]), {}, StatisticsError, "-1 events"),
        (([1], [np.inf], [1], [50]), {}, StatisticsError, "infinite"),
        (([0, 0], [50, 40], [1, 2], [50, 40]), {}, StatisticsError, "0 or infinite"),
        (([0], [50], [0], [50]), {"measure": "RD"}, StatisticsError, "no measure of"),
        (([1, 2], [50, 40], [1], [50]), {}, InputError, "1 entries"),
        (([1], None, [1], [50]), {}, InputError, "`n1`"),
        (([1], [50], [1], [50]), {"measure": "SMD"}, NotFoundError, "SMD"),
        (([1], [50], [1], [50]), {"to": "zeros"}, NotFoundError, "zeros"),
        (([1], [50], [1], [50]), {"add": -0.5}, InputError, "negative"),
        (([1], [50], [1], [50]), {"add": (0.5, 0.5, 0.5)}, InputError, "3 entries"),
        (([1], [50], [1], [50]), {"slab": ["a", "b"]}, InputError, "2 names"),
        (([np.nan], [50], [1], [50]), {}, StatisticsError, "nothing to pool"),
    ],
)
def test_impossible_counts_are_refused_in_words(arguments, options, kind, words):
    with pytest.raises(kind, match=words):
        mantel_haenszel(*arguments, **options)


def test_peto_needs_events_and_non_events_somewhere():
    with pytest.raises(StatisticsError, match="both events and non-events"):
        peto([0], [50], [0], [50])


def test_what_is_added_may_stay_out_of_the_risks_of_a_difference():
    """Half to the cells of the first table: weights of 11 * 12 / 23 and 9, risks as they are."""
    tables = [0, 3], [10, 18], [4, 5], [11, 18]
    rules = {"measure": "RD", "add": (0.5, 0.5), "to": ("only0", "only0"), "drop00": (False, False)}
    apart = mantel_haenszel(*tables, **rules, add_yi=False)
    whole = mantel_haenszel(*tables, **rules)
    first = 11 * 12 / 23

    assert apart.estimate == pytest.approx((first * (0 - 4 / 11) + 9 * (3 - 5) / 18) / (first + 9))
    assert apart.se == whole.se
    assert apart.estimate != whole.estimate
