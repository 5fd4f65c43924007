"""What a set, or many sets, of effects can tell the searches and estimators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from weigh.stats.score import Score

__all__ = ["Alone", "Start", "Sums"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]


class Alone(Protocol):
    """One set in plain numbers."""

    @property
    def df(self) -> float:
        """Number of studies less number of coefficients."""
        ...

    @property
    def v0(self) -> float:
        """Smallest sampling variance."""
        ...

    @property
    def v_high(self) -> float:
        """Largest sampling variance."""
        ...

    @property
    def rss(self) -> float:
        """Sum of squares about the unweighted mean or regression."""
        ...

    def q(self, t: float) -> tuple[float, float]:
        """Return y'Py, and minus its slope: y'P²y."""
        ...

    def score(self, t: float, *, restricted: bool) -> Score[float]:
        """Return the parts of the score at t."""
        ...

    def log_likelihood(self, t: float, *, restricted: bool) -> float:
        """Return the log-likelihood at t without its constant."""
        ...


@dataclass(frozen=True, slots=True)
class Start:
    """What is known of each set where t is 0: y'Py, minus its slope, and the restricted score."""

    q: FloatArray
    fall: FloatArray
    score: Score[FloatArray]


class Sums(Protocol):
    """What the searches of `weigh.stats.search` need to know of the data."""

    @property
    def sets(self) -> int:
        """Number of sets of effects."""
        ...

    @property
    def v_low(self) -> FloatArray:
        """Smallest sampling variance of each set."""
        ...

    @property
    def v_high(self) -> FloatArray:
        """Largest sampling variance of each set."""
        ...

    @property
    def rss(self) -> FloatArray:
        """Unweighted residual sum of squares of each set."""
        ...

    @property
    def spread(self) -> FloatArray:
        """Sum of squares of each set about its unweighted mean."""
        ...

    def unweighted_traces(self) -> tuple[FloatArray, FloatArray]:
        """Return tr(PV) and tr(PVPV) for P of the unweighted regression."""
        ...

    @property
    def k(self) -> FloatArray:
        """Number of studies of each set."""
        ...

    @property
    def df(self) -> FloatArray:
        """Number of studies less number of coefficients, of each set."""
        ...

    @property
    def start(self) -> Start:
        """What is known where t is 0; looked up once, as nearly all statistics need it."""
        ...

    def take(self, which: IndexArray) -> Self:
        """Pick sets, in this order, repeats allowed."""
        ...

    def q(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return y'Py, and minus its slope: y'P²y."""
        ...

    def score(self, t: FloatArray, *, restricted: bool) -> Score[FloatArray]:
        """Return the parts of the score at t, with one row of t or several."""
        ...

    def log_likelihood(self, t: FloatArray, *, restricted: bool) -> FloatArray:
        """Return the log-likelihood at t without its constant."""
        ...

    @property
    def alone(self) -> Alone | None:
        """The set by itself, if there is one only and that is quicker to work on."""
        ...

    def one_by_one(self) -> Sequence[Alone]:
        """Return the sets by themselves, where they are so few that this is quicker; else none."""
        ...
