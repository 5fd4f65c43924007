"""Doses and times in one unit, and numbers that are told apart from years."""

from __future__ import annotations

import pytest

from weigh.audit.linking.units import alike, daily_doses, figures_of, weeks_of
from weigh.evidence.claim import FigureKind


def kinds(text: str) -> list[tuple[str, float]]:
    return [(figure.kind.value, figure.value) for figure in figures_of(text)]


def test_a_year_before_a_verb_is_a_year():
    assert kinds("Okafor 2019 was a trial") == [("year", 2019.0)]
    assert kinds("the 2019 study") == [("year", 2019.0)]
    assert kinds("in 1999 had 24 participants") == [("year", 1999.0), ("participants", 24.0)]


def test_two_counts_beside_each_other_are_both_read():
    assert ("participants", 1449.0) in kinds("Nine trials with 1449 people")
    assert ("studies", 9.0) in kinds("Nine trials with 1449 people")


def test_the_tail_of_a_number_in_words_is_not_taken_for_the_number():
    assert ("participants", 60.0) not in kinds("four hundred and sixty people took part")


@pytest.mark.parametrize(
    ("text", "weeks"), [("for 2 weeks", 2.0), ("for 14 days", 2.0), ("for 3 months", 13.045)]
)
def test_times_in_weeks(text, weeks):
    (figure,) = figures_of(text)
    assert alike(weeks_of(figure), weeks, within=0.001)


def test_a_dose_taken_twice_is_twice_the_dose_a_day():
    figures = figures_of("100 mcg twice daily")
    (dose,) = [figure for figure in figures if figure.kind is FigureKind.DOSE]
    assert list(daily_doses(dose, figures)) == [100.0, 200.0]
    (grams,) = figures_of("0.6 g")
    assert list(daily_doses(grams, ())) == [600_000.0]
