"""The rules for where the standard error of Knapp and Hartung is thought too small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import norm, t
from synthesis.test_pooling import study_sets

from weigh.errors import InputError
from weigh.synthesis import pool, pool_many
from weigh.synthesis.sensitivity import influence, leave_one_out

ALIKE = [0.30, 0.31, 0.29, 0.30, 0.32]
VARIED = [0.1, 0.9, 1.7, 0.4, 0.8]
VI = [0.05, 0.04, 0.05, 0.1, 0.02]


def half_width(fit):
    return (fit.ci_high - fit.ci_low) / 2.0


def test_where_effects_vary_enough_the_rules_say_the_same():
    plain = pool(VARIED, VI, test="knha")

    for rule in ("adhoc", "adhoc-ci", "iqwig"):
        fit = pool(VARIED, VI, test=rule)
        assert (fit.se, fit.ci_low, fit.p, fit.df) == (plain.se, plain.ci_low, plain.p, 4.0)


def test_where_effects_are_alike_each_rule_widens_in_its_way():
    """With tau2 = 0 the ordinary standard error is one over the root of the summed precision."""
    se = 1.0 / np.sqrt(np.sum(1.0 / np.array(VI)))
    unadjusted = pool(ALIKE, VI, test="knha")
    on_interval, on_error = pool(ALIKE, VI, test="adhoc-ci"), pool(ALIKE, VI, test="iqwig")

    assert unadjusted.se < 0.1 * se
    assert half_width(on_interval) == pytest.approx(norm.ppf(0.975) * se, rel=1e-12)
    assert on_interval.p == pytest.approx(2.0 * norm.sf(on_interval.estimate / se), rel=1e-10)
    assert on_interval.df is None
    assert half_width(on_error) == pytest.approx(t.ppf(0.975, 4) * se, rel=1e-12)
    assert on_error.df == 4.0


def test_the_rule_on_the_interval_leaves_a_smaller_error_with_a_wider_interval():
    """Two studies: t with one degree of freedom makes up for a smaller standard error."""
    yi, vi = [0.0, 0.3], [0.1, 0.1]
    wide = pool(yi, vi, test="knha")
    ordinary = pool(yi, vi)
    assert wide.se < ordinary.se
    assert half_width(wide) > half_width(ordinary)

    assert pool(yi, vi, test="adhoc-ci").se == wide.se
    assert pool(yi, vi, test="iqwig").se == wide.se
    assert pool(yi, vi, test="adhoc").se == ordinary.se


@given(study_sets())
def test_no_rule_is_narrower_than_knapp_and_hartung(drawn):
    yi, vi = drawn
    bare = half_width(pool(yi, vi, test="knha"))
    room = 1.0 + 1e-12

    assert half_width(pool(yi, vi, test="adhoc")) * room >= half_width(pool(yi, vi, test="iqwig"))
    assert half_width(pool(yi, vi, test="iqwig")) * room >= bare
    on_interval = half_width(pool(yi, vi, test="adhoc-ci"))
    assert on_interval * room >= max(bare, half_width(pool(yi, vi)))


@pytest.mark.parametrize("rule", ["adhoc-ci", "iqwig"])
def test_a_batch_follows_the_rule_set_by_set(rule):
    batch = pool_many(ALIKE + VARIED, VI + VI, [1] * 5 + [2] * 5, test=rule)

    for index, yi in enumerate((ALIKE, VARIED)):
        fit = pool(yi, VI, test=rule)
        assert (batch.ci_low[index], batch.p[index]) == (fit.ci_low, fit.p)
        assert batch.df[index] == fit.df or (np.isnan(batch.df[index]) and fit.df is None)


def test_the_write_up_names_the_rule():
    fit = pool(ALIKE, VI, test="adhoc-ci")

    assert "where that interval is the wider one" in fit.report()
    assert "by the rule of IQWiG" in pool(ALIKE, VI, test="iqwig").report()


def test_models_that_the_rules_are_not_for_are_refused():
    with pytest.raises(InputError, match="without moderators"):
        pool(VARIED, VI, test="adhoc-ci", mods=[1, 2, 3, 4, 5])
    with pytest.raises(InputError, match="without moderators"):
        pool(VARIED, VI, test="iqwig", weights=[1] * 5)
    with pytest.raises(InputError, match="compares random-effects models"):
        pool(VARIED, VI, test="iqwig", method="EE")
    with pytest.raises(InputError, match="no refits of this kind"):
        influence(pool(VARIED, VI, test="iqwig"))


def test_leaving_a_study_out_follows_the_rule():
    left = leave_one_out(pool(ALIKE, VI, test="adhoc-ci"))
    alone = pool(ALIKE[1:], VI[1:], test="adhoc-ci")

    assert (left.ci_low[0], left.ci_high[0]) == (alone.ci_low, alone.ci_high)
