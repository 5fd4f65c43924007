"""Numbers in words and digits, what they count, and what is no number at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.claims.figures import figures_in
from weigh.evidence.claim import FigureKind

K = FigureKind


@pytest.mark.parametrize(
    ("text", "kind", "value", "high", "unit", "per"),
    [
        ("a study of 30 patients", K.PARTICIPANTS, 30, None, "patients", None),
        ("367 people with sore knees", K.PARTICIPANTS, 367, None, "people", None),
        ("thirty older adults", K.PARTICIPANTS, 30, None, "adults", None),
        ("1,248 healthy women", K.PARTICIPANTS, 1248, None, "women", None),
        ("the trial (n = 45)", K.PARTICIPANTS, 45, None, None, None),
        ("a trial involving 120 smokers", K.PARTICIPANTS, 120, None, "smokers", None),
        ("published in 2018", K.YEAR, 2018, None, None, None),
        ("100 mcg twice daily", K.DOSE, 100, None, "mcg", "day"),
        ("200 mg per day", K.DOSE, 200, None, "mg", "day"),
        ("200mg/day", K.DOSE, 200, None, "mg", "day"),
        ("500–1,000 mg a day", K.DOSE, 500, 1000, "mg", "day"),
        ("5 mg", K.DOSE, 5, None, "mg", None),
        ("400 IU daily", K.DOSE, 400, None, "IU", "day"),
        ("for 8 weeks", K.DURATION, 8, None, "weeks", None),
        ("a 12-week trial", K.DURATION, 12, None, "week", None),
        ("four to six weeks", K.DURATION, 4, 6, "weeks", None),
        ("twenty-four months", K.DURATION, 24, None, "months", None),
        ("twice a day", K.FREQUENCY, 2, None, "times", "day"),
        ("one in three adults", K.FREQUENCY, 1, None, "in 3", None),
        ("33% shorter", K.PERCENT, 33, None, "%", None),
        ("20 to 30 percent", K.PERCENT, 20, 30, "percent", None),
        ("a third of them", K.PERCENT, 100 / 3, None, "%", None),
        ("three times faster", K.TIMES, 3, None, "times", None),
        ("twice as likely", K.TIMES, 2, None, "times", None),
        ("p < 0.05", K.P_VALUE, 0.05, None, None, None),
        ("RR 0.93", K.EFFECT, 0.93, None, None, None),
        ("ten small trials", K.STUDIES, 10, None, "trials", None),
        ("fell by 9 points", K.SCORE, 9, None, "points", None),
    ],
)
def test_a_number_with_what_it_counts(text, kind, value, high, unit, per):
    figure = next(f for f in figures_in(text) if f.kind is kind)

    assert (figure.value, figure.high, figure.unit, figure.per) == (
        pytest.approx(value),
        high,
        unit,
        per,
    )


@pytest.mark.parametrize(
    "text",
    [
        "vitamin B12",
        "K2-7",
        "omega-3 fish oil",
        "CYP2D6",
        "type 2 diabetes",
        "no numbers",
        "this or 600",
    ],
)
def test_part_of_a_name_is_no_number(text):
    assert figures_in(text) == ()


def test_words_and_digits_give_the_same_figures():
    digits = figures_in("30 patients took 200 mg daily for 8 weeks")
    words = figures_in("thirty patients took two hundred mg daily for eight weeks")

    assert [(f.kind, f.value, f.unit, f.per) for f in digits] == [
        (f.kind, f.value, f.unit, f.per) for f in words
    ]


@given(st.text(max_size=200), st.integers(0, 500))
def test_figures_stand_where_they_say_and_never_overlap(text, offset):
    figures = figures_in(text, offset)

    assert all(text[f.span.start - offset : f.span.end - offset] == f.text for f in figures)
    assert all(not a.span.overlaps(b.span) for a, b in pairwise(figures))
