"""A comparison under a reader's settings."""

from __future__ import annotations

import math

import pytest

import weigh
from weigh.errors import InputError, NotFoundError
from weigh.evidence.reader import ReaderSettings
from weigh.folder import example_folders
from weigh.workflow.reader import reread


@pytest.fixture(scope="module")
def zinc():
    folder = next(path for path in example_folders() if path.name == "zinc-common-cold")
    return weigh.load(folder)


@pytest.fixture(scope="module")
def answer(zinc):
    return weigh.answer_question(zinc)


def _of(answer, comparison_id):
    return next(c for c in answer.comparisons if c.id == comparison_id)


def test_without_settings_the_comparison_is_the_answer_s_own(zinc, answer):
    again = reread(zinc, "prevention", ReaderSettings(), answer.comparisons)
    assert again.comparison.to_dict() == _of(answer, "prevention").to_dict()
    assert again.left_out == ()
    assert again.decision.direction == answer.verdict.direction


@pytest.mark.parametrize("method", ["DL", "PM", "EE", "MH"])
def test_another_estimator_gives_what_the_python_face_gives(zinc, answer, method):
    before = _of(answer, "prevention")
    again = reread(zinc, "prevention", ReaderSettings(method=method, test="z")).comparison
    assert again.pooled.method == method
    if method != "MH":
        fit = weigh.pool(
            [row.yi for row in before.studies],
            [row.vi for row in before.studies],
            method=method,
            test="z",
        )
        assert again.pooled.estimate == pytest.approx(fit.estimate, rel=1e-12)
        assert again.pooled.ci_low == pytest.approx(fit.ci_low, rel=1e-12)


def test_a_study_left_out_is_named_and_gone(zinc, answer):
    away = _of(answer, "prevention").studies[0].study.id
    again = reread(zinc, "prevention", ReaderSettings(without=(away,)), answer.comparisons)
    assert again.left_out == (away,)
    assert again.comparison.k == _of(answer, "prevention").k - 1


def test_a_limit_on_bias_leaves_out_what_nobody_assessed(zinc):
    again = reread(zinc, "prevention", ReaderSettings(bias="low"))
    assert again.comparison is None
    assert len(again.left_out) > 1


def test_the_reader_s_baseline_risk_carries_the_absolute_effect(zinc):
    again = reread(zinc, "prevention", ReaderSettings(baseline=0.3)).comparison
    ratio = math.exp(again.pooled.estimate)
    assert again.absolute.comparator == pytest.approx(300)
    assert again.absolute.intervention == pytest.approx(300 * ratio)


def test_the_reader_s_smallest_difference_is_shown_as_theirs(zinc):
    again = reread(zinc, "duration", ReaderSettings(mid=3.0))
    assert again.comparison.mid == 3.0
    assert again.trace[again.comparison.nodes["mid"]].note == "Set by the reader."


@pytest.mark.parametrize(
    ("comparison", "settings", "message"),
    [
        ("preventoin", ReaderSettings(), "There is no comparison 'preventoin'. Did you mean"),
        ("prevention", ReaderSettings(method="LASSO"), "method: found 'LASSO'; expected 'EE'"),
        ("prevention", ReaderSettings(test="q"), "test: found 'q'; expected 'z'"),
        ("prevention", ReaderSettings(measure="MD"), "measure: found 'MD'; expected RR or OR"),
        ("duration", ReaderSettings(baseline=0.1), "baseline: found a risk for"),
        ("prevention", ReaderSettings(without=("nobody",)), "There is no study 'nobody'"),
        ("prevention", ReaderSettings(subgroup="x"), "There is no subgroup 'x'"),
        ("prevention", ReaderSettings(form="x"), "There is no form 'x'"),
        ("prevention", ReaderSettings(bias="tiny"), "There is no risk-of-bias limit 'tiny'"),
    ],
)
def test_a_setting_that_cannot_apply_is_refused(zinc, comparison, settings, message):
    with pytest.raises((InputError, NotFoundError)) as error:
        reread(zinc, comparison, settings)
    assert str(error.value).startswith(message)
