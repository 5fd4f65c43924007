"""Two things ranked in words, and whether another sentence has them the other way round."""

from __future__ import annotations

import pytest

from weigh.audit.judging.ranking import ranked_by, turned_round

FACT = "Women have migraine two to three times as often as men."


@pytest.mark.parametrize(
    ("claim", "turned"),
    [
        ("Men have migraine more often than women.", True),
        ("Women have migraine less often than men.", True),
        ("Women have migraine more often than men.", False),
        ("Men have migraine less often than women.", False),
        ("Women have migraine.", False),
        ("Children have migraine more often than adults.", False),
    ],
)
def test_an_order_turned_round(claim, turned):
    assert turned_round(claim, FACT) is turned


def test_the_same_two_things_ranked():
    fact = "Magnesium citrate is absorbed better than magnesium oxide."
    assert ranked_by("Magnesium oxide is absorbed worse than magnesium citrate.", fact)
    assert not ranked_by("Magnesium citrate is absorbed better than glycinate.", fact)
