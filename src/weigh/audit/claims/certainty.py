"""How certain a sentence sounds to readers, 1 to 6, by two small models kept as plain numbers.

The mean of a ridge regression on words, pairs of words and measures of the lexicons, and of a
support vector regression on the measures, which sees how they act together.

The model was learnt from the ratings of Pei and Jurgens (2021, MIT licence) by
``scripts/train_certainty.py``; ``certainty-model.md`` is its card. It judges the sound of words and
decides no verdict: rules do.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from weigh.audit.claims.ladder import level_of_words
from weigh.audit.claims.strength import read_words
from weigh.audit.claims.wordlists import wordlist
from weigh.audit.claims.words import Word, words_in
from weigh.evidence.claim import CausalClass, CueKind

__all__ = ["FAR", "certainty_of", "measures", "terms"]

_LOWEST, _HIGHEST = 1.0, 6.0
#: Spreads from the middle beyond which a measure is no stranger.
FAR = 4.0


def certainty_of(sentence: str) -> float:
    """How certain a sentence sounds.

    Parameters
    ----------
    sentence
        One sentence, without its neighbours.

    Returns
    -------
    float
        From 1 (very uncertain) to 6 (very certain), as lay readers rate findings.

    References
    ----------
    Pei and Jurgens (2021), Measuring sentence-level and aspect-level (un)certainty in science
    communications, EMNLP.
    """
    model = _model()
    words = words_in(sentence)
    weighted: dict[int, float] = {}
    for term, times in Counter(terms(words)).items():
        place = model.places.get(term)
        if place is not None:
            weighted[place] = (1.0 + math.log(times)) * model.rarity[place]
    length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
    found = sum(model.slopes[place] * value for place, value in weighted.items()) / length
    scaled = (np.asarray(measures(words)) - model.middles) / model.spreads
    linear = model.start + found + float(scaled @ model.measured)
    apart = ((model.supports - np.clip(scaled, -FAR, FAR)) ** 2).sum(1)
    curved = model.curve_start + float(np.exp(-model.width * apart) @ model.pulls)
    return float(min(_HIGHEST, max(_LOWEST, (linear + curved) / 2)))


def terms(words: Sequence[Word]) -> Iterator[str]:
    """The words and pairs of words that the model weighs; every number is one word."""
    before = "^"
    for word in words:
        now = "0" if word.normal[0].isdigit() else word.normal
        yield now
        yield f"{before} {now}"
        before = now


def measures(words: Sequence[Word]) -> list[float]:
    """What the lexicons and a few plain counts say of a sentence, in a fixed order."""
    reading = read_words(tuple(words))
    normal = {word.normal for word in words}
    kinds = Counter(hit.kind for hit in reading.hits)
    numbers = sum(word.normal[0].isdigit() for word in words)
    hedged = [r for r in reading.relations if r.asserts and r.hedge is not None]
    denied = [r for r in reading.relations if r.asserts and r.negation is not None]
    values: list[float] = []
    for kind in CueKind:
        values += [float(min(kinds[kind], 3)), float(kinds[kind] > 0)]
    values += [float(reading.strength is class_) for class_ in CausalClass]
    level = level_of_words(reading)
    values += [float(level == rung) for rung in range(6)]
    values += [float(word in normal) for word in sorted(wordlist("certainty-words"))]
    values += [
        math.log(1 + len(words)),
        float(numbers > 0),
        float(min(numbers, 5)),
        float(sum(word.normal == "," for word in words)),
        float("?" in normal),
        float(bool(normal & {'"', "“", "”"})),
        float("%" in normal),
        float(len(hedged)),
        float(len(denied)),
        float(sum(not r.asserts for r in reading.relations)),
    ]
    return values


@dataclass(frozen=True, slots=True)
class _Model:
    """The weights: `rarity` and `slopes` of each term, and of each measure its place and weight.

    `supports` are the scaled measures of the sentences that carry the curved model, `pulls` their
    weights, `width` that of its kernel.
    """

    places: dict[str, int]
    rarity: NDArray[np.float64]
    slopes: NDArray[np.float64]
    middles: NDArray[np.float64]
    spreads: NDArray[np.float64]
    measured: NDArray[np.float64]
    start: float
    supports: NDArray[np.float64]
    pulls: NDArray[np.float64]
    width: float
    curve_start: float


@cache
def _model() -> _Model:
    data = (resources.files("weigh.audit.claims") / "certainty-model.npz").read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        names = bytes(stored["terms"]).decode("utf-8").split("\n")
        middles, spreads = stored["middles"].astype(float), stored["spreads"].astype(float)
        supports = (stored["supports"].astype(float) - middles) / spreads
        return _Model(
            places={name: place for place, name in enumerate(names)},
            rarity=stored["rarity"].astype(float),
            slopes=stored["slopes"].astype(float),
            middles=middles,
            spreads=spreads,
            measured=stored["measured"].astype(float),
            start=float(stored["start"]),
            supports=np.clip(supports, -FAR, FAR),
            pulls=stored["pulls"].astype(float),
            width=float(stored["width"]),
            curve_start=float(stored["curve_start"]),
        )
