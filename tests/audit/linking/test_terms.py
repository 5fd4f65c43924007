"""Words said in several ways become the same terms."""

from __future__ import annotations

import pytest

from weigh.audit.linking.terms import families_in, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TNF-α", "TNF alpha"),
        ("IL-1β", "IL-1 beta"),
        ("MK-7", "MK7"),
        ("twelve weeks", "12 weeks"),
        ("randomised trials", "a randomized trial"),
        ("the patient’s nerves", "patients' nerve"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_two_ways_to_write_it_give_the_same_terms(one, other):
    assert terms(one) == terms(other)


def test_several_is_not_severe():
    assert "sever" not in terms("several severe cases")[:1]
    assert terms("several") == ()


def test_a_family_is_found_by_any_of_its_members():
    assert "harm" in families_in("It was well tolerated.")
    assert "harm" in families_in("adverse events were counted")
    assert families_in("the weather was fine") == ()
