"""Two models of the same effects against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.tails import chi2_tail
from weigh.synthesis.multilevel.criteria import Criteria
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.records import as_record

__all__ = ["MultilevelComparison", "compare_multilevel"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultilevelComparison:
    """A small model against a big one.

    Parameters
    ----------
    small, big
        Likelihood and criteria of each.
    lrt, df, p
        Likelihood-ratio statistic, number of parameters that it tests, and p by chi-squared.
    notes
        Cautions in plain words.
    """

    small: Criteria
    big: Criteria
    lrt: float
    df: int
    p: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "small": as_record(self.small),
            "big": as_record(self.big),
            "lrt": self.lrt,
            "df": self.df,
            "p": self.p,
            "notes": list(self.notes),
        }


def compare_multilevel(small: Multilevel, big: Multilevel) -> MultilevelComparison:
    """Test what a big model has beyond a small one, by the ratio of their likelihoods.

    Parameters
    ----------
    small, big
        Fits of `multilevel` to the same effects, by the same method; the small one a special case
        of the big one.

    Returns
    -------
    MultilevelComparison

    Raises
    ------
    InputError
        Other effects, other methods, or fits by REML with other moderators, whose likelihoods are
        of different data; a small model with more parameters than the big one.

    Notes
    -----
    A variance of 0 is the least that a variance can be, which makes the p value of its test too
    large (about twice what it should be for one variance); a note says so.

    References
    ----------
    :cite:t:`self1987` for the boundary.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi, vi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5], [0.02] * 6
    >>> big = multilevel(yi, vi, random={"trial": list("aabbcc")})
    >>> found = compare_multilevel(multilevel(yi, vi), big)
    >>> found.df, round(found.lrt, 2)
    (1, 3.23)
    """
    same = np.array_equal(small.rows, big.rows) and np.array_equal(small.yi, big.yi)
    if not same:
        raise InputError("The models are of different effects, so they do not compare.")
    if not np.array_equal(small.V, big.V):
        raise InputError("The models have different sampling covariances, so they do not compare.")
    if small.method != big.method:
        raise InputError(
            f"One fit is by {small.method} and the other by {big.method}, which are different "
            "likelihoods.",
            hint="Fit both by one method.",
        )
    alike = _spans(small.design, big.design) and _spans(big.design, small.design)
    if small.method == "REML" and not alike:
        raise InputError(
            "These fits by REML have different moderators. The restricted likelihood is of what "
            "the moderators leave, so the two are of different data and cannot be compared.",
            hint="Fit both with method='ML'.",
        )
    if not _spans(big.design, small.design):
        raise InputError("The big model does not have all the moderators of the small one.")
    one, two = small.criteria, big.criteria
    df = two.parameters - one.parameters
    if df < 0:
        raise InputError(
            f"The small model has {one.parameters} parameters and the big one {two.parameters}.",
            hint="Give the smaller model first.",
        )
    lrt = max(2.0 * (two.log_likelihood - one.log_likelihood), 0.0)
    notes = ["The models have the same number of parameters, so there is nothing to test."]
    if df > 0:
        notes = []
        if len(_free(big)) > len(_free(small)):
            notes.append(
                "Where the small model says that a variance is 0, the least that it can be, this "
                "p value is too large."
            )
    return MultilevelComparison(
        small=one,
        big=two,
        lrt=lrt,
        df=df,
        p=float(chi2_tail(lrt, df)) if df > 0 else 1.0,
        notes=tuple(notes),
    )


def _free(fit: Multilevel) -> list[str]:
    return [one.name for one in fit.components if not one.held and "2" in one.kind]


def _spans(outer: FloatArray, inner: FloatArray) -> bool:
    """Whether every column of `inner` is a combination of columns of `outer`."""
    basis = np.linalg.qr(outer)[0]
    rest = inner - basis @ (basis.T @ inner)
    size = np.linalg.norm(inner, axis=0)
    return bool(np.all(np.linalg.norm(rest, axis=0) <= 1e-7 * size))
