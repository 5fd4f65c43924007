"""Components whose effects add up, in one network or in parts."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from synthesis.network.networks import contrasts

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.network import component_network, network


def test_effects_add_up_by_hand():
    fit = component_network(
        ["1", "2"], ["A", "A + B"], ["P", "A"], [1.0, 0.4], [0.1, 0.2], inactive="P", method="EE"
    )

    assert fit.components == ("A", "B")
    assert fit.estimate == pytest.approx([1.0, 0.4])
    assert fit.se**2 == pytest.approx([0.1, 0.2])
    whole = fit.compare("B + A")
    assert whole.estimate == pytest.approx(1.4)
    assert whole.se**2 == pytest.approx(0.3)
    assert fit.compare("A", "B").estimate == pytest.approx(0.6)


def test_parts_that_share_components_are_connected_by_them():
    fit = component_network(
        ["1", "2"], ["A", "A + B"], ["P", "C"], [1.0, 0.4], [0.1, 0.2], inactive="P", method="EE"
    )

    assert len(fit.parts) == 2
    assert fit.compare("A").estimate == pytest.approx(1.0)
    # A + B - C = 0.4, so B against C is 0.4 less A; neither of them alone can be told.
    assert fit.compare("B", "C").estimate == pytest.approx(-0.6)
    assert np.isnan(fit.estimate[1:]).all()
    assert "cannot tell these components from others: B, C" in " ".join(fit.notes)
    with pytest.raises(StatisticsError, match="cannot tell the effect of B"):
        fit.compare("B")


def test_an_interaction_is_what_a_combination_does_beyond_its_sum():
    study, one, two = ["1", "2", "3"], ["A", "B", "A + B"], ["P", "P", "P"]
    fit = component_network(
        study, one, two, [1.0, 0.5, 2.0], [0.1, 0.1, 0.1], inactive="P", method="EE",
        interactions=[("A", "B")],
    )  # fmt: skip

    assert fit.components == ("A", "B", "A * B")
    assert fit.estimate == pytest.approx([1.0, 0.5, 0.5])
    assert fit.compare("A + B").estimate == pytest.approx(2.0)


@given(contrasts())
def test_a_network_without_combinations_is_the_ordinary_one(data):
    fit = network(*data.args(), reference="T0", method="DL")

    parts = fit.components("T0")

    league = fit.league()
    for name, estimate, se in zip(parts.components, parts.estimate, parts.se, strict=True):
        cell = league[name, "T0"]
        assert estimate == pytest.approx(cell.estimate, rel=1e-6, abs=1e-8)
        assert se == pytest.approx(cell.se, rel=1e-6)
    assert parts.difference.df == 0
    assert parts.tau2 == pytest.approx(fit.tau2, rel=1e-6, abs=1e-10)


def test_results_are_ready_for_json_and_for_frames():
    fit = component_network(
        ["1", "2", "3"], ["A", "A+B", "B"], ["P", "C", "P"], [1.0, 0.4, 0.2], [0.1] * 3,
        inactive="P",
    )  # fmt: skip

    json.dumps(fit.to_dict(), allow_nan=False)
    assert len(fit.to_frame()) == 3
    assert "components" in fit.summary()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"inactive": "Z"}, NotFoundError, "'Z'"),
        ({"separator": " "}, InputError, "`separator` is empty"),
        ({"treat1": ["A +", "B"]}, InputError, "component without a name"),
        ({"interactions": [("A", "Z")]}, NotFoundError, "'Z'"),
        ({"treat1": ["P+A"] * 2, "treat2": ["A"] * 2, "inactive": "P"}, StatisticsError, "differ"),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(change, error, words):
    given = {
        "study": ["1", "2"],
        "treat1": ["A", "A+B"],
        "treat2": ["P", "A"],
        "yi": [1.0, 0.4],
        "vi": [0.1, 0.1],
    }
    with pytest.raises(error, match=words):
        component_network(**given | change)
