"""How a reader's settings travel in an address."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import InputError
from weigh.evidence.reader import ReaderSettings
from weigh.web.addresses import query_of, read_settings

NAMES = st.text("abcdefghij-0123456789", min_size=1, max_size=12)
SETTINGS = st.builds(
    ReaderSettings,
    method=st.none() | st.sampled_from(["DL", "REML"]),
    test=st.none() | st.sampled_from(["z", "knha"]),
    weeks=st.none()
    | st.tuples(st.integers(0, 10), st.integers(11, 99)).map(lambda w: (float(w[0]), float(w[1]))),
    subgroup=st.none() | NAMES,
    without=st.sets(NAMES, max_size=3).map(lambda names: tuple(sorted(names))),
    bias=st.none() | st.sampled_from(["low", "some_concerns"]),
    baseline=st.none() | st.integers(1, 999).map(lambda n: n / 1000),
    mid=st.none() | st.integers(1, 500).map(lambda n: n / 4),
)


RISK = "a risk above 0 and below 1, such as 0.2, 20% or 20 in 100."


@given(SETTINGS)
def test_an_address_brings_back_what_was_set(settings):
    assert read_settings(parse_qs(query_of(settings))) == settings


@given(SETTINGS)
def test_what_is_set_can_be_given_back_one_by_one(settings):
    left = settings
    for name in settings.named:
        left = left.without_setting(name)
    assert not left
    assert bool(settings) == bool(settings.named)


def test_what_is_no_setting_is_left():
    assert not read_settings({"utm_source": ["x"], "method": [""]})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("baseline=2", f"baseline: found '2'; expected {RISK}"),
        ("baseline=nan", f"baseline: found 'nan'; expected {RISK}"),
        ("baseline=120%25", f"baseline: found '120%'; expected {RISK}"),
        ("baseline=2 in 0", f"baseline: found '2 in 0'; expected {RISK}"),
        ("mid=big", "mid: found 'big'; expected a number above 0."),
        ("mid=inf", "mid: found 'inf'; expected a number above 0."),
        ("weeks=9-3", "weeks: found '9-3'; expected first and last week, such as 4-16."),
        ("weeks=4", "weeks: found '4'; expected first and last week, such as 4-16."),
        ("method=DL&method=EE", "method: found 2 values; expected one."),
    ],
)
def test_a_value_that_cannot_be_is_refused(query, message):
    with pytest.raises(InputError) as error:
        read_settings(parse_qs(query))
    assert str(error.value) == message


@pytest.mark.parametrize("text", ["0.2", "20%", "20 in 100", "1 in 5"])
def test_a_risk_is_taken_as_people_write_it(text):
    assert read_settings({"baseline": [text]}).baseline == 0.2
