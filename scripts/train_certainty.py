"""Learn the weights of `weigh.audit.claims.certainty` and say how good they are.

    python -m pip install --group train
    python scripts/train_certainty.py FOLDER

FOLDER holds ``sentence-train-dev.jsonl.gz`` of the certainty ratings of Pei and Jurgens (2021, MIT
licence, github.com/Jiaxin-Pei/Certainty-in-Science-Communication). A ridge regression on words,
pairs of words and the lexicons' measures; its two settings are chosen inside each fold of a nested
cross-validation, whose Pearson r is printed with a bootstrap interval. Writes the model beside the
module, as arrays without pickle.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import pearsonr
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from weigh.audit.claims.certainty import measures, terms
from weigh.audit.claims.words import words_in

MODEL = Path(__file__).parents[1] / "src/weigh/audit/claims/certainty-model.npz"
ALPHAS = (2.0, 4.0, 8.0)
SCALES = (0.05, 0.1)
RARE = 3


def rated(folder: Path) -> tuple[list[str], np.ndarray]:
    """Return the findings and how certain people thought they sound."""
    with gzip.open(folder / "sentence-train-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["finding"] for row in rows], np.array(
        [row["sentence-level-certainty"] for row in rows]
    )


def analyser(sentence: str) -> list[str]:
    """Return the terms of a sentence, as the package cuts it."""
    return list(terms(words_in(sentence)))


class Fit:
    """A fitted model: vectorizer, places and spreads of the measures, and the ridge itself."""

    def __init__(
        self, texts: Sequence[str], dense: np.ndarray, y: np.ndarray, alpha: float, scale: float
    ) -> None:
        self.scale = scale
        self.vectorizer = TfidfVectorizer(analyzer=analyser, sublinear_tf=True, min_df=RARE)
        self.middles = dense.mean(0)
        self.spreads = dense.std(0)
        self.spreads[self.spreads < 1e-6] = 1.0
        x = sparse.hstack([self.vectorizer.fit_transform(texts), self._scaled(dense)]).tocsr()
        self.ridge = Ridge(alpha=alpha).fit(x, y)

    def _scaled(self, dense: np.ndarray) -> sparse.csr_matrix:
        return sparse.csr_matrix((dense - self.middles) / self.spreads * self.scale)

    def predict(self, texts: Sequence[str], dense: np.ndarray) -> np.ndarray:
        """Return the certainty of each sentence."""
        x = sparse.hstack([self.vectorizer.transform(texts), self._scaled(dense)]).tocsr()
        return np.clip(self.ridge.predict(x), 1.0, 6.0)

    def store(self, path: Path) -> None:
        """Write the weights as plain arrays."""
        names = self.vectorizer.get_feature_names_out()
        number = len(names)
        np.savez_compressed(
            path,
            terms=np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8),
            rarity=self.vectorizer.idf_.astype(np.float32),
            slopes=self.ridge.coef_[:number].astype(np.float32),
            middles=self.middles,
            spreads=self.spreads,
            measured=self.ridge.coef_[number:] * self.scale,
            start=np.float64(self.ridge.intercept_),
        )


def best(texts: list[str], dense: np.ndarray, y: np.ndarray, seed: int) -> tuple[float, float]:
    """Choose the two settings by five folds of the rows given."""
    cut = list(KFold(5, shuffle=True, random_state=seed).split(dense))

    def quality(alpha: float, scale: float) -> float:
        out = np.zeros(len(y))
        for learn, judge in cut:
            fit = Fit([texts[i] for i in learn], dense[learn], y[learn], alpha, scale)
            out[judge] = fit.predict([texts[i] for i in judge], dense[judge])
        return float(pearsonr(out, y)[0])

    return max(product(ALPHAS, SCALES), key=lambda setting: quality(*setting))


def main(folder: Path) -> None:
    """Cross-validate, print, learn from everything, store."""
    texts, y = rated(folder)
    dense = np.array([measures(words_in(text)) for text in texts])
    out = np.zeros(len(y))
    for fold, (learn, judge) in enumerate(KFold(10, shuffle=True, random_state=1).split(dense)):
        part = [texts[i] for i in learn]
        alpha, scale = best(part, dense[learn], y[learn], fold)
        out[judge] = Fit(part, dense[learn], y[learn], alpha, scale).predict(
            [texts[i] for i in judge], dense[judge]
        )
    random = np.random.default_rng(1)
    draws = [random.integers(0, len(y), len(y)) for _ in range(2000)]
    low, high = np.quantile([pearsonr(out[d], y[d])[0] for d in draws], [0.025, 0.975])
    r = pearsonr(out, y)[0]
    sys.stdout.write(f"nested cross-validation: r = {r:.3f} ({low:.3f} to {high:.3f})\n")
    alpha, scale = best(texts, dense, y, 0)
    Fit(texts, dense, y, alpha, scale).store(MODEL)
    sys.stdout.write(
        f"alpha {alpha:g}, scale {scale:g}; {MODEL.name} {MODEL.stat().st_size / 1000:.0f} kB\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
