"""How certain words sound, and the model that says so."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.claims import certainty_of
from weigh.audit.claims.certainty import measures
from weigh.audit.claims.words import words_in

MODEL = resources.files("weigh.audit.claims") / "certainty-model.npz"


@pytest.mark.parametrize(
    ("surer", "less_sure"),
    [
        ("Zinc reduces the length of colds.", "Zinc may reduce the length of colds."),
        ("Zinc reduces the length of colds.", "It is unclear whether zinc reduces colds."),
        ("The drug clearly lowers pain by 20%.", "The drug could possibly lower pain."),
        ("Sleep improved in all groups.", "Further research is needed into sleep."),
    ],
)
def test_hedged_words_sound_less_certain(surer, less_sure):
    assert certainty_of(surer) > certainty_of(less_sure) + 0.5


@given(st.text(max_size=200))
def test_any_text_has_a_certainty_between_one_and_six(text):
    assert 1.0 <= certainty_of(text) <= 6.0


def test_the_model_is_small_plain_arrays_that_fit_what_the_package_measures():
    data = MODEL.read_bytes()
    with MODEL.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        shapes = {name: stored[name].shape for name in stored.files}

    assert len(data) < 500_000
    assert shapes["rarity"] == shapes["slopes"]
    assert shapes["middles"] == shapes["spreads"] == shapes["measured"]
    assert shapes["measured"] == (len(measures(words_in("Zinc helps."))),)


def test_the_card_says_where_the_model_comes_from():
    card = (resources.files("weigh.audit.claims") / "certainty-model.md").read_text("utf-8")

    assert "MIT" in card
    assert "Pei and Jurgens" in card
    assert "cross-validation" in card
