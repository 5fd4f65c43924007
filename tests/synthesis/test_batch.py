"""Many groups at once give what each gives alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from weigh.errors import InputError, StatisticsError
from weigh.synthesis import pool, pool_many

STATISTICS = (
    *("k", "estimate", "se", "statistic", "p", "ci_low", "ci_high", "pi_low", "pi_high"),
    *("tau2", "tau2_se", "tau2_ci_low", "tau2_ci_high", "i2", "h2", "q", "q_df", "q_p"),
)
METHODS = ("EE", "FE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")


def ragged(seed=1, groups=60, largest=70):
    """Effects of groups of 1 to `largest` studies, group after group."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(1, largest + 1, size=groups))
    vi = np.exp(rng.normal(-2.0, 1.0, size=group.size))
    tau2 = rng.choice([0.0, 1e-4, 0.1, 2.0], size=groups)[group]
    return rng.normal(size=group.size) * np.sqrt(vi + tau2), vi, group


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("test", ["z", "knha"])
def test_a_group_has_the_same_bits_as_alone(method, test):
    yi, vi, group = ragged()

    batch = pool_many(yi, vi, group, method=method, test=test)

    for index, label in enumerate(batch.group):
        fit = pool(yi[group == label], vi[group == label], method=method, test=test)
        for name in STATISTICS:
            alone, together = getattr(fit, name), getattr(batch, name)[index]
            assert together == alone or (alone is None and np.isnan(together)), (label, name)


def test_kenward_roger_tests_are_those_of_single_sets():
    yi, vi, group = ragged(groups=20, largest=12)

    batch = pool_many(yi, vi, group, test="kr")

    for index, label in enumerate(batch.group):
        fit = pool(yi[group == label], vi[group == label], test="kr")
        assert (batch.se[index], batch.p[index], batch.pi_low[index]) == (fit.se, fit.p, fit.pi_low)
        assert batch.df[index] == fit.df or (fit.df is None and np.isnan(batch.df[index]))


@pytest.mark.parametrize("prediction", ["normal", "t", "riley", "simple"])
def test_prediction_intervals_follow_the_named_convention(prediction):
    yi, vi, group = ragged(groups=12, largest=5)

    batch = pool_many(yi, vi, group, prediction=prediction)

    for index, label in enumerate(batch.group):
        fit = pool(yi[group == label], vi[group == label], prediction=prediction)
        assert (batch.pi_low[index], batch.pi_high[index]) == (fit.pi_low, fit.pi_high)


def test_rows_may_come_in_any_order_and_groups_keep_that_of_first_appearance():
    yi, vi, group = ragged(groups=20, largest=9)
    names = np.array([f"review {label}" for label in group])
    order = np.random.default_rng(2).permutation(yi.size)

    sorted_batch = pool_many(yi, vi, names)
    shuffled = pool_many(yi[order], vi[order], names[order])

    first = list(dict.fromkeys(names[order].tolist()))
    assert shuffled.group.tolist() == first
    position = {label: index for index, label in enumerate(sorted_batch.group.tolist())}
    expected = sorted_batch.estimate[[position[label] for label in first]]
    # Within a group the rows were shuffled too, so that sums round differently.
    assert shuffled.estimate == pytest.approx(expected, rel=1e-9)


def test_splitting_a_batch_changes_no_bit():
    yi, vi, group = ragged(seed=3)
    whole = pool_many(yi, vi, group)

    halves = [pool_many(yi[part], vi[part], group[part]) for part in (group < 25, group >= 25)]

    for name in STATISTICS:
        both = np.concatenate([getattr(half, name) for half in halves])
        assert np.array_equal(both, getattr(whole, name), equal_nan=True), name


def test_a_batch_larger_than_a_block_is_worked_through_in_blocks():
    rng = np.random.default_rng(4)
    yi, vi, group = rng.normal(size=60_000), np.full(60_000, 0.5), np.repeat(np.arange(15_000), 4)

    batch = pool_many(yi, vi, group, method="DL")

    last = pool(yi[-4:], vi[-4:], method="DL")
    assert len(batch) == 15_000
    assert batch.estimate[-1] == last.estimate


def test_groups_of_any_scale_share_a_batch():
    yi, vi = np.array([0.1, 0.9, 1.7]), np.array([0.1, 0.2, 0.1])
    scales = [1.0, 1e100, 1e-100]

    batch = pool_many(
        np.concatenate([yi * scale for scale in scales]),
        np.concatenate([vi * scale**2 for scale in scales]),
        np.repeat([1, 2, 3], 3),
    )

    assert batch.tau2 / np.square(scales) == pytest.approx([batch.tau2[0]] * 3, rel=1e-12)
    assert batch.p == pytest.approx([batch.p[0]] * 3, rel=1e-12)


def test_missing_rows_leave_their_group_smaller_or_empty():
    batch = pool_many([0.1, np.nan, 0.3, np.nan], [0.1, 0.1, np.nan, 0.1], ["a", "a", "b", "c"])

    assert batch.k.tolist() == [1, 0, 0]
    assert batch.estimate[0] == 0.1
    assert np.isnan(batch.estimate[1:]).all()
    assert batch.q_df.tolist() == [0, 0, 0]
    assert "3 rows" in batch.notes[0]


def test_no_rows_are_no_groups():
    assert len(pool_many([], [], [])) == 0


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (([0.1, 0.2], [0.1, 0.0], ["a", "b"]), StatisticsError, r"Row 2 \(group b\)"),
        (([0.1, np.inf], [0.1, 0.1], ["a", "b"]), StatisticsError, "Row 2"),
        (([0.1, 0.2], [0.1], ["a", "b"]), InputError, "1"),
        (([0.1, 0.2], [0.1, 0.1], ["a"]), InputError, "group"),
    ],
)
def test_what_cannot_be_pooled_is_refused_with_its_row(arguments, kind, words):
    with pytest.raises(kind, match=words):
        pool_many(*arguments)


def test_methods_that_need_weights_are_refused():
    with pytest.raises(InputError, match="weights"):
        pool_many([0.1], [0.1], [1], method="GENQ")


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_a_data_frame_has_a_row_a_group(backend):
    frame = pool_many([0.1, 0.2, 0.4], [0.1, 0.1, 0.1], ["a", "a", "b"]).to_frame(backend)

    assert frame.shape == (2, 22)


def test_the_dictionary_holds_null_for_what_is_undefined():
    batch = pool_many([0.1, 0.2, 0.4], [0.1, 0.1, 0.1], ["a", "a", "b"], method="EE")

    text = json.dumps(batch.to_dict(), allow_nan=False)

    assert json.loads(text)["tau2_se"] == [None, None]
    assert json.loads(text)["group"] == ["a", "b"]


@pytest.mark.parametrize("missing", [None, np.nan, ""])
def test_a_label_that_is_missing_is_no_group(missing):
    with pytest.raises(InputError, match="`group`, row 2: there is no label"):
        pool_many([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], ["a", missing, "b"])
