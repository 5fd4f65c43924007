"""Words, their normal forms and their places."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.claims.words import inflect, plain, words_in


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Randomised", "randomized"),
        ("stabilises", "stabilizes"),
        ("tumours", "tumors"),
        ("diarrhoea", "diarrhea"),
        ("oedema", "edema"),
        ("exercise", "exercise"),
        ("raised", "raised"),
        ("promising", "promising"),
        ("doesn’t", "doesn't"),
        ("dis\u00adease", "disease"),
    ],
)
def test_spellings_are_folded_and_other_words_left_alone(written, folded):
    assert plain(written) == folded


def test_a_hyphen_parts_two_words_and_is_remembered():
    words = words_in("A double-blind trial - of K2-7.")

    assert [w.normal for w in words] == ["a", "double", "blind", "trial", "-", "of", "k2", "7", "."]
    assert [w.joined for w in words] == [False, False, True, *[False] * 4, True, False]


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("reduce", {"reduce", "reduces", "reduced", "reducing"}),
        ("remedy", {"remedy", "remedies", "remedied", "remedying"}),
        ("stop", {"stop", "stops", "stopped", "stopping"}),
        ("find", {"find", "finds", "found", "finding"}),
        ("show", {"show", "shows", "showed", "shown", "showing"}),
        ("be", {"be", "is", "are", "am", "was", "were", "been", "being"}),
    ],
)
def test_the_forms_of_a_lemma(lemma, forms):
    assert set(inflect(lemma)) == forms


@given(st.text(max_size=200), st.integers(0, 1000))
def test_every_word_stands_where_it_says(text, offset):
    words = words_in(text, offset)

    assert all(text[w.start - offset : w.end - offset] == w.text for w in words)
    assert all(one.end <= other.start for one, other in pairwise(words))
    assert all(word.normal or word.text for word in words)
