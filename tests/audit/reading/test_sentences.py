from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.reading import sentence_spans


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Some oils, e.g. Flax, were tried.",
        "Menaquinones, i.e. K2, come from bacteria.",
        "Berg et al. (2019) counted 3.5 colds a year.",
        "See Fig. 2 and No. 4 of the report.",
        "Zinc vs. Placebo was the contrast.",
        "Dr. J. B. Okafor and A. Lind wrote it.",
        "It takes approx. 200 mg. per day to reach it.",
        "Guidance by the U.S. Food and Drug Administration covers it.",
        "Doses (e.g. 5 mg. Twice a day) were small.",
        "The mean fell by 0.5 points... and then rose.",
        "The group (30 people. All women) was small.",
        "It asked “does it work?” and gave no answer.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It fell. It rose.", ["It fell.", "It rose."]),
        ("Take vitamin K. The dose is small.", ["Take vitamin K.", "The dose is small."]),
        ("He said “no.” She went.", ["He said “no.”", "She went."]),
        ("Does it work? Yes. It does!", ["Does it work?", "Yes.", "It does!"]),
        ("Zinc, iron, etc. These are metals.", ["Zinc, iron, etc.", "These are metals."]),
        ("It was sold in the U.S. The price fell.", ["It was sold in the U.S.", "The price fell."]),
        ("They took 5 mg. The pain went.", ["They took 5 mg.", "The pain went."]),
        ("Was it pure chance… Nobody knows.", ["Was it pure chance…", "Nobody knows."]),
        ("It fell. [1] It rose.", ["It fell.", "[1] It rose."]),
        ("It fell.  2018 was better.", ["It fell.", "2018 was better."]),
        ("The answer was no. It failed.", ["The answer was no.", "It failed."]),
    ],
)
def test_a_stop_at_the_end_of_a_sentence_ends_it(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@given(st.text(alphabet='aB .?!()…"\n1é\u00a0', max_size=60), st.integers(0, 9))
def test_sentences_hold_every_character_but_the_blanks_between_them(text: str, start: int) -> None:
    spans = sentence_spans(text, start)

    between = list(text)
    last = start
    for span in spans:
        assert last <= span.start < span.end
        last = span.end
        for at in range(span.start - start, span.end - start):
            between[at] = " "
    assert not "".join(between).strip()
