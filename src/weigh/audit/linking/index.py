"""Which of some texts share most with a query: BM25 over stems, pairs of stems and titles.

Robertson and Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond; titles count
as a field of their own in the manner of BM25F. Scores are made comparable between queries by
dividing by what a text would score that repeats the query.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from weigh.audit.linking.terms import families_in, terms

__all__ = ["Entry", "Index", "Weights"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How BM25 weighs what it counts.

    `k1` is how fast a repeated term stops counting, `b` how far long texts are held back, `title`
    how many times a term of the title counts, `pair` and `family` what two neighbouring stems and
    a family of synonyms weigh beside a stem. Chosen on half of SciFact's training claims (docs,
    "How the audit was measured").
    """

    k1: float = 0.6
    b: float = 0.3
    title: float = 2.5
    pair: float = 0.2
    family: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A text to be found, with its title."""

    title: str
    body: str


class Index:
    """Texts that can be asked which of them bears most on a query."""

    def __init__(self, entries: Sequence[Entry], weights: Weights | None = None) -> None:
        self.weights = weights or Weights()
        self._columns: dict[str, int] = {}
        counts = [self._counted(entry) for entry in entries]
        self._features = [frozenset(counted) for counted in counts]
        lengths = np.array([sum(n for t, n in c.items() if t[0] not in "+#") for c in counts])
        rows, columns, values = [], [], []
        for row, counted in enumerate(counts):
            for term, number in counted.items():
                rows.append(row)
                columns.append(self._columns.setdefault(term, len(self._columns)))
                values.append(number)
        shape = (len(entries), len(self._columns))
        matrix = sparse.csc_matrix((np.array(values, float), (rows, columns)), shape=shape)
        present = np.diff(matrix.indptr)
        #: Never below zero, also for a term that stands in most texts.
        self._idf = np.log1p((len(entries) - present + 0.5) / (present + 0.5))
        k1, b = self.weights.k1, self.weights.b
        relative = lengths / max(lengths.mean(), 1e-9) if len(entries) else lengths
        norm = k1 * (1 - b + b * relative)
        matrix.data = matrix.data * (k1 + 1) / (matrix.data + norm[matrix.indices])
        self._matrix = matrix.multiply(self._idf).tocsc()
        self._unseen = float(np.log1p((len(entries) + 0.5) / 0.5))

    def _counted(self, entry: Entry) -> dict[str, float]:
        counted: dict[str, float] = defaultdict(float)
        for text, times in ((entry.title, self.weights.title), (entry.body, 1.0)):
            for term, number in _features(text).items():
                counted[term] += number * times
        return counted

    def scores(self, query: str) -> NDArray[np.float64]:
        """How much each text bears on a query, 0 to about 1, in the order of the texts."""
        wanted = _features(query)
        total = np.zeros(self._matrix.shape[0])
        ideal = 0.0
        for term in wanted:
            weight = self._weight(term)
            column = self._columns.get(term)
            idf = self._unseen if column is None else float(self._idf[column])
            if term[0] not in "+#":
                ideal += weight * idf
            if column is not None:
                low, high = self._matrix.indptr[column], self._matrix.indptr[column + 1]
                total[self._matrix.indices[low:high]] += weight * self._matrix.data[low:high]
        return total / ideal if ideal else total

    def best(self, query: str, k: int) -> list[tuple[int, float]]:
        """The `k` texts that bear most on a query, best first, each as (place, score)."""
        scores = self.scores(query)
        order = np.argsort(-scores, kind="stable")[:k]
        return [(int(at), float(scores[at])) for at in order if scores[at] > 0]

    def shared(self, query: str, place: int) -> tuple[str, ...]:
        """The terms that a query and the text at a place have in common, rarest first."""
        both = set(_features(query)) & self._features[place]
        plain = [term for term in both if term[0] != "+"]
        plain.sort(key=lambda t: (-self._idf[self._columns[t]] if t in self._columns else 0, t))
        return tuple(term.removeprefix("#") for term in plain)

    def _weight(self, term: str) -> float:
        if term[0] == "+":
            return self.weights.pair
        return self.weights.family if term[0] == "#" else 1.0


@lru_cache(maxsize=1024)
def _features(text: str) -> Counter[str]:
    """Stems, ``+`` pairs of neighbours and ``#`` families of a text, with how often they come."""
    row = terms(text)
    counted = Counter(row)
    counted.update(f"+{one} {two}" for one, two in _neighbours(row))
    counted.update(f"#{name}" for name in families_in(text))
    return counted


def _neighbours(row: Sequence[str]) -> Iterable[tuple[str, str]]:
    return pairwise(row)
