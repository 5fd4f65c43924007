"""Many rows are worked out part by part, which nobody may notice."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.effects import effect_size, working
from weigh.errors import InputError

ROWS = 50


@pytest.fixture
def counts():
    random = np.random.default_rng(2024)
    n1, n2 = random.integers(1, 30, (2, ROWS)).astype(float)
    events1, events2 = random.binomial(n1.astype(int), 0.1), random.binomial(n2.astype(int), 0.2)
    events1 = events1.astype(float)
    events1[7] = np.nan
    n2[11] += 0.5
    return {"events1": events1, "n1": n1, "events2": events2, "n2": n2}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"to": "all"},
        {"to": "if0all"},
        {"to": "none"},
        {"drop00": True},
        {"vtype": "AV"},
        {"vtype": ["LS", "AV"] * (ROWS // 2)},
        {"vtype": ["LS", "H0"] * (ROWS // 2)},
        {"add_yi": False},
    ],
    ids=str,
)
def test_parts_give_what_the_whole_gives(monkeypatch, counts, options):
    whole = effect_size("OR", **counts, **options)
    monkeypatch.setattr(working, "_PART", 8)

    parts = effect_size("OR", **counts, **options)

    assert np.array_equal(parts.yi, whole.yi, equal_nan=True)
    assert np.array_equal(parts.vi, whole.vi, equal_nan=True)
    assert np.array_equal(parts.ni, whole.ni, equal_nan=True)
    assert parts.reasons == whole.reasons
    assert parts.notes == whole.notes
    assert parts.conventions == whole.conventions


def test_faults_are_counted_from_the_first_row(monkeypatch, counts):
    monkeypatch.setattr(working, "_PART", 8)
    counts["events2"][[20, 33]] = 99

    with pytest.raises(InputError, match=r"events2\[20\] is 99"):
        effect_size("OR", **counts)


@pytest.mark.parametrize("given", [None, 30.0])
def test_people_are_known_or_not_in_all_parts(monkeypatch, given):
    monkeypatch.setattr(working, "_PART", 8)

    effects = effect_size("GEN", yi=np.arange(20.0), vi=1.0, n=given)

    assert (effects.ni is None) == (given is None)


def test_results_never_share_memory_with_the_input():
    """They cannot be written to; the input stays as it was."""
    mean = np.arange(5.0)

    effects = effect_size("MN", mean=mean, sd=1.0, n=mean + 2)

    assert not np.may_share_memory(effects.yi, mean)
    mean[0] = 1.0


@pytest.mark.parametrize("part", [8, 1000])
@pytest.mark.parametrize("kind", [np.int64, np.uint8])
def test_integers_give_what_floats_give_and_stay_as_they_were(monkeypatch, kind, part):
    """Small unsigned integers would wrap around in a difference, were they not made floats."""
    random = np.random.default_rng(7)
    n1, n2 = random.integers(1, 200, (2, ROWS)).astype(kind)
    given = {"events1": random.binomial(n1, 0.1), "events2": random.binomial(n2, 0.2)}
    given = {name: values.astype(kind) for name, values in given.items()} | {"n1": n1, "n2": n2}
    before = {name: values.copy() for name, values in given.items()}
    monkeypatch.setattr(working, "_PART", part)

    integers = effect_size("OR", **given)
    floats = effect_size("OR", **{name: values.astype(float) for name, values in given.items()})

    assert np.array_equal(integers.yi, floats.yi, equal_nan=True)
    assert np.array_equal(integers.vi, floats.vi, equal_nan=True)
    assert integers.ni.dtype == np.float64
    assert integers.notes == floats.notes
    assert all(np.array_equal(given[name], before[name]) for name in given)
    assert all(given[name].flags.writeable for name in given)
