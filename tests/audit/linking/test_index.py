"""Which text bears most on a query; the figure on SciFact is held in test_scifact.py."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.linking.index import Entry, Index

ENTRIES = (
    Entry(title="Zinc and colds", body="Lozenges shortened colds by a day in one trial."),
    Entry(title="Magnesium and cramps", body="No effect on cramps at night was seen."),
    Entry(title="Honey", body="Honey eased a cough in children."),
)


def test_the_text_that_shares_most_comes_first():
    index = Index(ENTRIES)
    best, _ = index.best("Does magnesium help with night cramps?", 2)[0]
    assert best == 1
    assert index.best("zebra stripes", 3) == []


def test_a_text_asked_for_in_its_own_words_scores_about_one_and_others_less():
    scores = Index(ENTRIES).scores("Honey eased a cough in children.")
    assert scores[2] > 0.9
    assert max(scores[0], scores[1]) < 0.3


def test_an_index_of_nothing_finds_nothing():
    assert Index(()).best("zinc", 3) == []


@given(st.permutations(range(3)))
def test_the_order_of_the_texts_does_not_count(order):
    index = Index([ENTRIES[at] for at in order])
    scores = index.scores("cramps at night")
    straight = Index(ENTRIES).scores("cramps at night")
    assert [round(scores[order.index(at)], 9) for at in range(3)] == [
        round(score, 9) for score in straight
    ]
