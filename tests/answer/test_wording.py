"""The one function that writes a claim."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.answer.size import Finding, Size
from weigh.answer.wording import claim
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.question import Outcome

PAIN = Outcome(
    id="pain",
    name="Pain",
    plain="pain",
    kind="continuous",
    better="lower",
    importance="critical",
)
RATED = (
    CertaintyLevel.HIGH,
    CertaintyLevel.MODERATE,
    CertaintyLevel.LOW,
    CertaintyLevel.VERY_LOW,
)
STRENGTH = {"direct": 4, "probably": 3, "may": 2, "cannot tell": 1}


def said(size: Size, certainty: CertaintyLevel, *, lowers: bool = True, **options: bool) -> str:
    finding = Finding(size=size, lowers=lowers)
    return claim(
        intervention="Drug X", outcome=PAIN, finding=finding, certainty=certainty, **options
    ).text


def strength(text: str) -> int:
    for word in ("cannot tell", "probably", "may"):
        if word in text:
            return STRENGTH[word]
    return STRENGTH["direct"]


@pytest.mark.parametrize(
    ("size", "certainty", "expected"),
    [
        (Size.LARGE, CertaintyLevel.HIGH, "Drug X greatly lowers pain"),
        (Size.LARGE, CertaintyLevel.MODERATE, "Drug X probably greatly lowers pain"),
        (Size.LARGE, CertaintyLevel.LOW, "Drug X may greatly lower pain"),
        (Size.IMPORTANT, CertaintyLevel.HIGH, "Drug X lowers pain"),
        (Size.IMPORTANT, CertaintyLevel.MODERATE, "Drug X probably lowers pain"),
        (Size.IMPORTANT, CertaintyLevel.LOW, "Drug X may lower pain"),
        (Size.SOME, CertaintyLevel.LOW, "Drug X may lower pain"),
        (Size.TRIVIAL, CertaintyLevel.HIGH, "Drug X makes little or no difference to pain"),
        (Size.TRIVIAL, CertaintyLevel.LOW, "Drug X may make little or no difference to pain"),
        (Size.UNCLEAR, CertaintyLevel.LOW, "Drug X may make no clear difference to pain"),
        (Size.LARGE, CertaintyLevel.VERY_LOW, "we cannot tell whether Drug X changes pain"),
        (Size.NOT_ESTIMABLE, CertaintyLevel.LOW, "we cannot tell whether Drug X changes pain"),
        (Size.NO_DATA, CertaintyLevel.NO_EVIDENCE, "no trial measured pain"),
    ],
)
def test_words_follow_size_and_certainty(size, certainty, expected):
    assert said(size, certainty) == expected


def test_raising_mirrors_lowering():
    assert said(Size.IMPORTANT, CertaintyLevel.LOW, lowers=False) == "Drug X may raise pain"


@pytest.mark.parametrize("size", list(Size))
def test_lowering_the_certainty_never_strengthens_the_verb(size):
    strengths = [strength(said(size, level)) for level in RATED]

    assert all(before >= after for before, after in itertools.pairwise(strengths))


@given(st.sampled_from(list(Size)), st.sampled_from(RATED), st.booleans())
def test_very_low_certainty_or_no_control_group_never_makes_a_claim(size, level, lowers):
    uncontrolled = said(size, level, lowers=lowers, controlled=False)
    very_low = said(size, CertaintyLevel.VERY_LOW, lowers=lowers)

    for text in (uncontrolled, very_low):
        assert "cannot tell" in text or "no trial measured" in text


@given(st.sampled_from(list(Size)), st.sampled_from(RATED), st.booleans())
def test_forbidden_words_never_appear(size, level, lowers):
    text = said(size, level, lowers=lowers)

    assert not re.search(r"significant|proven|trend|promising|safe|effective|helps|works", text)


def test_a_claim_carries_the_nodes_that_it_rests_on():
    phrase = claim(
        intervention="Drug X",
        outcome=PAIN,
        finding=Finding(size=Size.LARGE, lowers=True),
        certainty=CertaintyLevel.HIGH,
        rests_on=("pain.certainty", "pain.pooled.estimate"),
    )

    assert phrase.because == ("pain.certainty", "pain.pooled.estimate")
