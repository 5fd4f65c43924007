"""The figures of ``docs/reference/audit-benchmarks.md``, held as floors a little below them."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from labelled_articles import Score, labelled_articles, score
from plain_articles import article_of
from shared import shared_path

from weigh.audit.claims import Vocabulary, certainty_of, find_claims, level_of, strength_of
from weigh.evidence.claim import CausalClass
from weigh.folder import load

EXAMPLES = Path(__file__).parents[3] / "examples"


def rows(*parts: str) -> list[dict[str, Any]]:
    with gzip.open(shared_path("data", *parts), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def macro_f1(truth: Sequence[str], guess: Sequence[str]) -> float:
    """Mean over the classes of the harmonic mean of precision and recall."""
    pairs = Counter(zip(truth, guess, strict=True))
    scores = []
    for name in set(truth):
        hit = pairs[name, name]
        said = sum(n for (_, g), n in pairs.items() if g == name)
        true = sum(n for (t, _), n in pairs.items() if t == name)
        scores.append(2 * hit / (said + true))
    return sum(scores) / len(scores)


def unread(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The four fifths of the sentences that were never read while the rules were written."""
    order = list(range(len(found)))
    random.Random(20191103).shuffle(order)  # the seed of the first cut: it may not change
    return [found[i] for i in order[len(found) // 5 :]]


@pytest.mark.shared
def test_strength_of_conclusions_never_read():
    found = unread(rows("causal-language-pubmed", "train.jsonl.gz"))
    guess = [strength_of(row["sentence"]).value for row in found]

    assert macro_f1([row["label"] for row in found], guess) >= 0.74


@pytest.mark.shared
def test_exaggeration_is_the_difference_of_two_strengths():
    found = rows("exaggeration-insciout", "train.jsonl.gz")
    gaps = [
        strength_of(row["press_release_conclusion"]).rank
        - strength_of(row["abstract_conclusion"]).rank
        for row in found
    ]
    guess = ["same" if g == 0 else "exaggerates" if g > 0 else "downplays" for g in gaps]

    assert macro_f1([row["exaggeration_label"] for row in found], guess) >= 0.50


@pytest.mark.shared
def test_people_find_conditional_words_less_certain_than_direct_ones():
    """The classes were fitted to nothing, so that the order is a check of them."""
    found = rows("certainty-pei-jurgens", "sentence-train-dev.jsonl.gz")
    rated: dict[CausalClass, list[float]] = {class_: [] for class_ in CausalClass}
    for row in found:
        rated[strength_of(row["finding"])].append(row["sentence-level-certainty"])

    assert np.mean(rated[CausalClass.DIRECT]) > np.mean(rated[CausalClass.CONDITIONAL]) + 1


@pytest.mark.shared
def test_the_model_still_fits_the_ratings_that_it_was_learnt_from():
    """No measure of how good it is (that is the script's cross-validation) but of its arrays."""
    found = rows("certainty-pei-jurgens", "sentence-train-dev.jsonl.gz")
    guess = [certainty_of(row["finding"]) for row in found]

    assert np.corrcoef(guess, [row["sentence-level-certainty"] for row in found])[0, 1] >= 0.7


@pytest.mark.parametrize(
    ("use", "recall", "unlabelled", "strength", "type_"),
    [("development", 0.92, 0.12, 0.78, 0.75), ("held back", 0.90, 0.12, 0.72, 0.75)],
)
def test_claims_of_our_own_labelled_articles(use, recall, unlabelled, strength, type_):
    found: Score = reduce(add, map(score, labelled_articles(use)))

    assert found.recall >= recall
    assert found.unlabelled_share <= unlabelled
    assert found.others_flagged_share <= 0.15
    assert found.strength_accuracy >= strength
    assert found.type_accuracy >= type_


@pytest.mark.shared
def test_the_core_claims_of_the_seed_article_are_found():
    text = shared_path("evidence", "vitamin-k-article.txt").read_text(encoding="utf-8")
    labels = yaml.safe_load(shared_path("evidence", "seed-claims.yaml").read_text("utf-8"))
    evidence = load(EXAMPLES / "vitamin-k-peripheral-neuropathy")
    claims = find_claims(article_of(text), Vocabulary.of(evidence))
    core = [label for label in labels["claims"] if label["set"] == "core"]

    def is_found(anchor: str) -> bool:
        start = text.index(anchor)
        places = [place for claim in claims for place in claim.places]
        return any(p.start < start + len(anchor) and start < p.end for p in places)

    assert sum(is_found(label["anchor"]) for label in core) >= 0.9 * len(core)


def test_direct_words_stand_above_conditional_ones_on_both_scales():
    assert CausalClass.DIRECT.rank > CausalClass.CONDITIONAL.rank
    assert level_of("It works.") > level_of("It may work.")
