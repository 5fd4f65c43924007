"""Every pairwise analysis of 322 Cochrane reviews, against R."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from synthesis.cochrane_agreement import all_models, tables
from synthesis.cochrane_analyses import MODELS, usable_effects

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "cochrane-agreement.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def found():
    return all_models(usable_effects())


@pytest.mark.parametrize("at", range(len(MODELS)), ids=lambda at: "-".join(MODELS[at]))
def test_a_million_to_one_of_r_or_a_higher_likelihood(found, at):
    """1e-6 relative; where REML differs, ours must be at least as likely."""
    model = found[at]

    assert model.fits > 5700
    assert len(model.apart) <= 0.001 * model.fits
    for each in model.apart:
        assert each.method == "REML", each
        assert each.height >= each.their_height - 1e-9, each


def test_the_page_shows_how_many_agree_and_every_fit_that_does_not(found):
    """`WEIGH_WRITE_DOCS=1 pytest` on this file writes the tables anew."""
    computed = tables(found)
    sys.stdout.write(computed)
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    written, tail = rest.split(END)
    if os.environ.get("WEIGH_WRITE_DOCS"):
        PAGE.write_text(head + BEGIN + computed + END + tail, encoding="utf-8")
        written = computed

    assert written == computed
