"""Which treatments come first: P-scores, SUCRA and the probabilities of every rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.errors import InputError
from weigh.evidence.figures import amount
from weigh.evidence.printout import columns_of_text
from weigh.synthesis.inputs import check_count
from weigh.synthesis.network.frames import Backend, as_frame
from weigh.synthesis.network.rows import Estimates
from weigh.synthesis.records import as_record

__all__ = ["Ranking", "rank_treatments"]

FloatArray = npt.NDArray[np.float64]

_MOST_DRAWS = 10_000_000

_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Treatments ranked, one entry a treatment.

    Parameters
    ----------
    treatments, better, model
        Names, which direction is better, and the model.
    p_score
        Mean certainty that the treatment is better than another, 0 to 1.
    sucra
        Surface under the cumulative ranking curve, 0 to 1. For effects that are normal it is the
        P-score, whatever the ranks' probabilities; those found here sum to it within the noise of
        the draws.
    mean_rank
        Expected rank, 1 is best.
    rank_probabilities
        (n, n) probability that the treatment of the row has the rank of the column.
    draws
        How many rankings the probabilities were counted from; None where they are exact.
    """

    treatments: tuple[str, ...]
    better: str
    model: str
    p_score: FloatArray
    sucra: FloatArray
    mean_rank: FloatArray
    rank_probabilities: FloatArray
    draws: int | None

    @property
    def order(self) -> tuple[str, ...]:
        """Treatments from the highest P-score to the lowest."""
        return tuple(self.treatments[i] for i in np.argsort(-self.p_score, kind="stable"))

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a treatment."""
        record = self.to_dict()
        names = ("p_score", "sucra", "mean_rank")
        columns = {"treatment": list(self.treatments), **{name: record[name] for name in names}}
        for rank in range(len(self.treatments)):
            columns[f"rank_{rank + 1}"] = [row[rank] for row in record["rank_probabilities"]]
        return as_frame(columns, backend)

    def summary(self, *, digits: int = 3) -> str:
        """The ranking as a printout, best first."""
        rows: list[tuple[str, ...]] = [("treatment", "P-score", "SUCRA", "mean rank", "P(best)")]
        for name in self.order:
            i = self.treatments.index(name)
            numbers = (self.p_score[i], self.sucra[i], self.mean_rank[i])
            best = self.rank_probabilities[i, 0]
            rows.append((name, *(amount(float(x), digits) for x in (*numbers, best))))
        return "\n".join(columns_of_text(rows))


def rank_treatments(
    treatments: tuple[str, ...],
    estimates: Estimates,
    *,
    better: str,
    model: str,
    draws: int,
    seed: int,
) -> Ranking:
    """Rank treatments by their estimates.

    Parameters
    ----------
    better
        ``"lower"`` or ``"higher"``.
    draws, seed
        Rankings drawn from the joint distribution of the effects; two and three treatments need
        none.

    References
    ----------
    P-scores and their equality with SUCRA by :cite:t:`rucker2015`; SUCRA by :cite:t:`salanti2011`.
    """
    if not 1 <= check_count(draws, "draws") <= _MOST_DRAWS:
        raise InputError(
            f"`draws` is {draws}; at least one ranking must be drawn, and {_MOST_DRAWS} at most."
        )
    n = len(treatments)
    sign = -1.0 if better == "lower" else 1.0
    off = ~np.eye(n, dtype=bool)
    chance = np.zeros((n, n))
    chance[off] = special.ndtr(sign * estimates.differences[off] / estimates.se[off])
    p_score = chance.sum(axis=1) / (n - 1)
    exact = n <= 3
    table = _exact(chance, estimates) if exact else _drawn(sign, estimates, draws=draws, seed=seed)
    return Ranking(
        treatments=treatments,
        better=better,
        model=model,
        p_score=p_score,
        sucra=p_score.copy(),
        mean_rank=1.0 + (n - 1) * (1.0 - p_score),
        rank_probabilities=table,
        draws=None if exact else draws,
    )


def _exact(chance: FloatArray, estimates: Estimates) -> FloatArray:
    """Probabilities of ranks of two or three treatments, by Owen's function for the latter."""
    n = chance.shape[0]
    if n == 2:
        return np.array([[chance[0, 1], chance[1, 0]], [chance[1, 0], chance[0, 1]]])
    table = np.empty((3, 3))
    own = estimates.covariance
    for i in range(3):
        j, k = (other for other in range(3) if other != i)
        towards = np.zeros((2, 3))
        towards[:, i] = 1.0
        towards[0, j] = towards[1, k] = -1.0
        covariance = towards @ own @ towards.T
        rho = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
        best = _both_below(
            special.ndtri(chance[i, j]), special.ndtri(chance[i, k]), float(np.clip(rho, -1, 1))
        )
        last = best + 1.0 - chance[i, j] - chance[i, k]
        table[i] = best, 1.0 - best - last, last
    return np.clip(table, 0.0, 1.0)


def _both_below(h: float, k: float, rho: float) -> float:
    """Probability that two standard normal variables with a correlation lie below h and k."""
    if rho >= 1.0 - 1e-12:
        return float(special.ndtr(min(h, k)))
    if rho <= -1.0 + 1e-12:
        return float(max(special.ndtr(h) + special.ndtr(k) - 1.0, 0.0))
    root = np.sqrt(1.0 - rho * rho)
    if h == 0.0 and k == 0.0:
        return float(0.25 + np.arcsin(rho) / (2.0 * np.pi))
    parts = 0.0
    for one, other in ((h, k), (k, h)):
        # Where the bound is 0 the slope is infinite, and Owen's function tends to a quarter.
        slope = (other - rho * one) / (one * root) if one else np.inf * np.sign(other)
        parts += 0.5 * special.ndtr(one) - special.owens_t(one, slope)
    split = 0.5 if h * k < 0.0 or (h * k == 0.0 and h + k < 0.0) else 0.0
    return float(parts - split)


def _drawn(sign: float, estimates: Estimates, *, draws: int, seed: int) -> FloatArray:
    """Share of draws in which each treatment has each rank."""
    n = estimates.effects.size
    generator = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(estimates.covariance[1:, 1:])
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    count = np.zeros((n, n))
    left = draws
    while left:
        some = min(left, max(_AT_ONCE // n, 1))
        effects = np.zeros((some, n))
        effects[:, 1:] = generator.standard_normal((some, n - 1)) @ root.T
        effects += estimates.effects
        best_first = np.argsort(-sign * effects, axis=1)
        for rank in range(n):
            count[:, rank] += np.bincount(best_first[:, rank], minlength=n)
        left -= some
    return count / draws
