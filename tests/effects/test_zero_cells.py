"""What is done about zero cells, and what is said about it."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.effects import effect_size
from weigh.errors import InputError, NotFoundError

# Two tables: the first has a zero cell, the second none.
TABLES = {"events1": [0, 3], "n1": [10, 12], "events2": [4, 5], "n2": [11, 13]}
FILLED = {"events1": [0.5, 3.5], "n1": [11, 13], "events2": [4.5, 5.5], "n2": [12, 14]}


def log_odds_ratios(cells, rows):
    """Of the tables in these rows."""
    a, n1, c, n2 = (
        np.array(cells[name], dtype=float)[rows] for name in ("events1", "n1", "events2", "n2")
    )
    return np.log(a * (n2 - c) / ((n1 - a) * c))


def test_only_tables_with_a_zero_cell_are_filled():
    effects = effect_size("OR", **TABLES)

    assert effects.yi[0] == pytest.approx(log_odds_ratios(FILLED, 0))
    assert effects.yi[1] == pytest.approx(log_odds_ratios(TABLES, 1))
    assert effects.notes == ("0.5 was added to each cell of 1 row, which has a zero cell.",)
    assert effects.conventions == (
        "sampling variance LS",
        "0.5 added to every cell of tables with a zero cell",
    )


@pytest.mark.parametrize("to", ["all", "if0all"])
def test_all_tables_are_filled(to):
    effects = effect_size("OR", **TABLES, to=to)

    assert effects.yi == pytest.approx(log_odds_ratios(FILLED, slice(None)))
    assert effects.notes == ("0.5 was added to each cell of 2 rows, of which 1 has a zero cell.",)


def test_no_table_is_filled_if_none_has_a_zero_cell():
    second = {name: values[1:] for name, values in TABLES.items()}
    effects = effect_size("OR", **second, to="if0all")

    assert effects.yi == pytest.approx(log_odds_ratios(TABLES, slice(1, 2)))
    assert effects.notes == ()


def test_people_are_counted_before_anything_is_added():
    assert effect_size("OR", **TABLES, to="all").ni.tolist() == [21.0, 25.0]


def test_measures_that_bear_a_zero_get_nothing_unless_asked():
    bare, filled = effect_size("AS", **TABLES), effect_size("AS", **TABLES, add=0.5)

    assert bare.notes == ()
    assert bare.yi[0] != filled.yi[0]
    assert bare.yi[1] == filled.yi[1]


def test_tables_without_events_give_no_ratio_if_so_asked():
    effects = effect_size(
        "RR", events1=[0, 5, 1], n1=[5, 5, 5], events2=[0, 5, 1], n2=[5, 5, 5], drop00=True
    )

    assert effects.usable.tolist() == [False, False, True]


def test_revman_keeps_the_addition_out_of_a_risk_difference_but_not_of_its_variance():
    """Two of 38 against none of 39, RevMan: 0.052632 (-0.031599 to 0.136862)."""
    effects = effect_size("RD", events1=2, n1=38, events2=0, n2=39, add_yi=False)
    low, high = effects.ci()

    assert (effects.yi[0], low[0], high[0]) == pytest.approx(
        (0.052632, -0.031599, 0.136862), abs=1e-6
    )
    assert "for the variance only" in effects.notes[0]


@pytest.mark.parametrize(
    ("measure", "numbers"),
    [
        ("IRR", {"events1": 0, "time1": 10, "events2": 3, "time2": 12}),
        ("PLO", {"events": 0, "n": 10}),
        ("IRLN", {"events": 0, "time": 10}),
    ],
)
def test_the_addition_can_be_kept_out_of_the_variance(measure, numbers):
    """Then a zero cell leaves no variance."""
    effects = effect_size(measure, **numbers, add_vi=False)

    assert effects.k == 0
    assert effect_size(measure, **numbers).k == 1


def test_an_increment_may_leave_those_without_the_event_alone():
    effects = effect_size("RR", **TABLES, increment="events-and-people")
    a, n1, c, n2 = 0.5, 10.5, 4.5, 11.5

    assert effects.yi[0] == pytest.approx(np.log((a / n1) / (c / n2)))
    assert effects.vi[0] == pytest.approx(1 / a - 1 / n1 + 1 / c - 1 / n2)
    assert effects.conventions[1] == (
        "0.5 added to the events and to the people of each group of tables with a zero cell"
    )


def test_an_increment_may_follow_the_size_of_the_opposite_group():
    """Group 2 is three times as large: a quarter to group 1, three quarters to group 2."""
    tables = {"events1": [0, 3], "n1": [10, 12], "events2": [4, 5], "n2": [30, 13]}
    effects = effect_size("OR", **tables, increment="opposite-arm")

    assert effects.yi[0] == pytest.approx(np.log(0.25 * 26.75 / (10.25 * 4.75)))
    assert effects.notes == (
        "0.5 was added on average, in proportion to one over the size of the opposite group, to "
        "each cell of 1 row, which has a zero cell.",
    )


def test_increments_of_groups_are_refused_for_other_counts():
    with pytest.raises(InputError, match="not for the counts"):
        effect_size("PLO", events=[0, 1], n=[10, 10], increment="opposite-arm")
    with pytest.raises(NotFoundError, match="opposite-arm"):
        effect_size("OR", **TABLES, increment="opposite arm")


def test_an_increment_to_events_and_people_of_one_group():
    effects = effect_size("PLN", events=[0, 3], n=[4, 10], increment="events-and-people")

    assert effects.yi == pytest.approx([np.log(0.5 / 4.5), np.log(0.3)])
    assert effects.vi[0] == pytest.approx(1 / 0.5 - 1 / 4.5)
