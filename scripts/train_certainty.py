"""Learn the weights of `weigh.audit.claims.certainty` and say how good they are.

    python -m pip install --group train
    python scripts/train_certainty.py FOLDER

FOLDER holds ``sentence-train-dev.jsonl.gz`` of the certainty ratings of Pei and Jurgens (2021, MIT
licence, github.com/Jiaxin-Pei/Certainty-in-Science-Communication). The model is the mean of a ridge
regression on words, pairs of words and the lexicons' measures, and of a support vector regression
on the measures; the settings of both are chosen inside each fold of a nested cross-validation,
whose Pearson r is printed with a bootstrap interval, beside that of words and pairs alone. Writes
the model beside the module, as arrays without pickle.
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
from sklearn.svm import SVR

from weigh.audit.claims.certainty import FAR, measures, terms
from weigh.audit.claims.words import words_in

MODEL = Path(__file__).parents[1] / "src/weigh/audit/claims/certainty-model.npz"
ALPHAS = (2.0, 4.0, 8.0)
SCALES = (0.05, 0.1)
RARE = 3
WIDTH = 0.003
REACHES = (1.0, 3.0)
TOLERANCE = 0.3


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
    """A fitted model: vectorizer, places and spreads of the measures, and both regressions."""

    def __init__(
        self,
        texts: Sequence[str],
        dense: np.ndarray,
        y: np.ndarray,
        *,
        alpha: float,
        scale: float,
        reach: float,
    ) -> None:
        self.scale = scale
        self.vectorizer = TfidfVectorizer(analyzer=analyser, sublinear_tf=True, min_df=RARE)
        self.dense = dense
        self.middles = dense.mean(0)
        self.spreads = dense.std(0)
        self.spreads[self.spreads < 1e-6] = 1.0
        scaled = self._scaled(dense)
        self.ridge = Ridge(alpha=alpha).fit(
            self._joined(self.vectorizer.fit_transform(texts), scaled), y
        )
        self.curve = SVR(C=reach, gamma=WIDTH, epsilon=TOLERANCE).fit(np.clip(scaled, -FAR, FAR), y)

    def _scaled(self, dense: np.ndarray) -> np.ndarray:
        return (dense - self.middles) / self.spreads

    def _joined(self, words: sparse.spmatrix, scaled: np.ndarray) -> sparse.csr_matrix:
        return sparse.hstack([words, sparse.csr_matrix(scaled * self.scale)]).tocsr()

    def parts(self, texts: Sequence[str], dense: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the certainty of each sentence by either regression."""
        scaled = self._scaled(dense)
        linear = self.ridge.predict(self._joined(self.vectorizer.transform(texts), scaled))
        return linear, self.curve.predict(np.clip(scaled, -FAR, FAR))

    def predict(self, texts: Sequence[str], dense: np.ndarray) -> np.ndarray:
        """Return the certainty of each sentence."""
        return np.clip(sum(self.parts(texts, dense)) / 2.0, 1.0, 6.0)

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
            supports=self.dense[self.curve.support_].astype(np.float32),
            pulls=self.curve.dual_coef_[0].astype(np.float32),
            width=np.float64(WIDTH),
            curve_start=np.float64(self.curve.intercept_[0]),
        )


def best(texts: list[str], dense: np.ndarray, y: np.ndarray, seed: int) -> dict[str, float]:
    """Choose the settings of either regression by five folds of the rows given."""
    cut = list(KFold(5, shuffle=True, random_state=seed).split(dense))

    def quality(part: int, **setting: float) -> float:
        out = np.zeros(len(y))
        for learn, judge in cut:
            fit = Fit([texts[i] for i in learn], dense[learn], y[learn], **setting)
            out[judge] = fit.parts([texts[i] for i in judge], dense[judge])[part]
        return float(pearsonr(out, y)[0])

    alpha, scale = max(
        product(ALPHAS, SCALES), key=lambda s: quality(0, alpha=s[0], scale=s[1], reach=REACHES[0])
    )
    reach = max(REACHES, key=lambda r: quality(1, alpha=alpha, scale=scale, reach=r))
    return {"alpha": alpha, "scale": scale, "reach": reach}


def words_alone(learn: list[str], y: np.ndarray, judge: list[str]) -> np.ndarray:
    """Return what words and pairs of words alone make of some sentences: the yardstick."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return (
        Ridge(alpha=1.0)
        .fit(vectorizer.fit_transform(learn), y)
        .predict(vectorizer.transform(judge))
    )


def told(name: str, out: np.ndarray, y: np.ndarray) -> str:
    """Return a line with Pearson's r and its bootstrap interval."""
    random = np.random.default_rng(1)
    draws = [random.integers(0, len(y), len(y)) for _ in range(2000)]
    low, high = np.quantile([pearsonr(out[d], y[d])[0] for d in draws], [0.025, 0.975])
    return f"{name}: r = {pearsonr(out, y)[0]:.3f} ({low:.3f} to {high:.3f})\n"


def main(folder: Path) -> None:
    """Cross-validate, print, learn from everything, store."""
    texts, y = rated(folder)
    dense = np.array([measures(words_in(text)) for text in texts])
    out, plain = np.zeros(len(y)), np.zeros(len(y))
    for fold, (learn, judge) in enumerate(KFold(10, shuffle=True, random_state=1).split(dense)):
        part, rest = [texts[i] for i in learn], [texts[i] for i in judge]
        setting = best(part, dense[learn], y[learn], fold)
        out[judge] = Fit(part, dense[learn], y[learn], **setting).predict(rest, dense[judge])
        plain[judge] = words_alone(part, y[learn], rest)
    sys.stdout.write(told("nested cross-validation", out, y))
    sys.stdout.write(told("words and pairs alone, same folds", plain, y))
    setting = best(texts, dense, y, 0)
    Fit(texts, dense, y, **setting).store(MODEL)
    sys.stdout.write(f"{setting}; {MODEL.name} {MODEL.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
