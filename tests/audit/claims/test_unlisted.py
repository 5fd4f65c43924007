"""What a page's verbs assert where no list holds them."""

from __future__ import annotations

import pytest
from plain_articles import article_of

from weigh.audit.claims import Vocabulary, find_claims
from weigh.audit.reading import read_article
from weigh.evidence.claim import CausalClass


def strength(sentence):
    article = article_of(f"Creatine and the brain\n\nCreatine is sold as a powder.\n\n{sentence}")
    found = [
        claim.strength
        for claim in find_claims(article, Vocabulary.from_article(article))
        if claim.text.rstrip(".") in sentence
    ]
    return max(found, key=lambda class_: class_.rank, default=None)


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Creatine recycles ATP in the brain cells.", CausalClass.DIRECT),
        ("Creatine doesn't wreck healthy kidneys.", CausalClass.DIRECT),
        ("Some users notice mild bloating with creatine.", CausalClass.DIRECT),
        ("Creatine appears to suit older adults with brain fog best.", CausalClass.CONDITIONAL),
        ("Creatine might rewire tired neurons in the brain.", CausalClass.CONDITIONAL),
        ("Creatine contains three amino acids found in the brain.", CausalClass.NONE),
        ("Nobody noticed bloating in trials of creatine.", CausalClass.NONE),
    ],
)
def test_a_verb_that_no_list_holds(sentence, wanted):
    assert strength(sentence) is wanted


def test_an_item_in_a_list_of_benefits_promises_them():
    text = (
        "# Blue glasses and sleep\n\nBlue glasses are sold online.\n\n"
        "## Benefits of blue glasses\n\n"
        "- Fewer headaches and deeper sleep\n- Free case included\n"
    )
    article = read_article(text, format="markdown")
    found = {c.text: c for c in find_claims(article, Vocabulary.from_article(article))}
    assert found["Fewer headaches and deeper sleep"].strength is CausalClass.DIRECT
    assert "Free case included" not in found


def test_a_verb_of_doing_needs_no_known_subject():
    assert (
        strength("Measured pollen retrains the immune system of the brain.") is CausalClass.DIRECT
    )
