from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.reading import normalise


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("vita\u00admin", "vitamin"),
        ("“it’s” – 5\u00a0mg", '"it\'s" - 5 mg'),
        ("e\u0301te\u0301", "été"),
        ("eﬃcacy", "efficacy"),
        ("10² and ½", "10² and ½"),
        ("wait…", "wait..."),
        ("\ufeffK2\u200b-7", "K2-7"),
        ("‫שלום‬", "שלום"),
        ("two mg", "two mg"),
        ("a\nb", "a\nb"),
    ],
)
def test_words_are_made_plain(raw: str, plain: str) -> None:
    assert normalise(raw).text == plain


def test_a_match_in_plain_words_is_found_again_in_the_raw_ones() -> None:
    raw = "The “vita\u00admin\u00a0K” eﬀect"
    view = normalise(raw)
    start = view.text.index("vitamin K")

    span = view.span(start, start + len("vitamin K"))

    assert raw[span.start : span.end] == "vita\u00admin\u00a0K"


def test_a_span_of_no_width_and_an_offset_are_kept() -> None:
    view = normalise("a\u00adb")

    assert view.span(1, 1, offset=10).start == 12
    assert view.span(0, 2, offset=10).end == 13


@given(st.text(max_size=50))
def test_the_way_back_never_leaves_the_words_and_never_turns(raw: str) -> None:
    view = normalise(raw)

    places = list(view.to_raw)
    assert len(places) == len(view.text) + 1
    assert places == sorted(places)
    assert places[-1] == len(raw)
    assert normalise(view.text).text == normalise(normalise(view.text).text).text
