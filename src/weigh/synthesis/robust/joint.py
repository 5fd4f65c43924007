"""Wald tests of several coefficients, or combinations of them, by a robust covariance.

The statistic Q is the same in all; they differ in the distribution that it is held against, and in
what they multiply it by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import chi2_tail, f_tail
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.records import as_record
from weigh.synthesis.robust.coefficients import RobustCoefficient, naive_df
from weigh.synthesis.robust.model import Clustered
from weigh.synthesis.robust.moments import Moments, moments
from weigh.synthesis.robust.sandwich import Sandwich

__all__ = ["JOINT_TESTS", "RobustWald", "ScaledWald", "jointly_tested"]

FloatArray = npt.NDArray[np.float64]

JOINT_TESTS = ("chi-sq", "Naive-F", "Naive-Fp", "HTA", "HTB", "HTZ", "EDF", "EDT")
# A correlation matrix of combinations whose smallest eigenvalue is below this is singular.
_SINGULAR = 1e-10
# Below four degrees of freedom an F distribution has no variance to match.
_LEAST_DF = 4.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustWald:
    """Combinations of coefficients tested together, and each by itself.

    Parameters
    ----------
    test
        Name of the joint test.
    statistic
        F: Q over the number of combinations, times `delta`; of ``"EDT"`` the mean of squared
        normal deviates. None where undefined, and `notes` says why.
    delta
        What the test multiplies Q by.
    df, df_residual
        Degrees of freedom: number of combinations; those of the denominator, None where infinite.
    p
        P value.
    contrasts
        Each combination by itself, by the test of the fit.
    level
        Confidence level of their intervals.
    """

    test: str
    statistic: float | None
    delta: float | None
    df: int
    df_residual: float | None
    p: float | None
    contrasts: tuple[RobustCoefficient, ...]
    level: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self) | {"contrasts": [one.to_dict() for one in self.contrasts]}


@dataclass(frozen=True, slots=True)
class ScaledWald:
    """A joint test: F, its scale, denominator degrees of freedom (None: infinite), p, and a note.

    F, its scale and p are None where the test is undefined.
    """

    f: float | None
    delta: float | None
    df: float | None
    p: float | None
    note: str | None = None


def jointly_tested(
    model: Clustered, made: Sandwich, rows: FloatArray, excess: FloatArray, test: str
) -> ScaledWald:
    """Test linear combinations of coefficients together.

    Parameters
    ----------
    model, made
        The regression and its robust covariance.
    rows
        (q, p) combinations, linearly independent.
    excess
        (q,) their estimates less what they are tested against, in the model's units.
    test
        One of `JOINT_TESTS`.

    References
    ----------
    ``HTA``, ``HTB``, ``HTZ``, ``EDF``, ``EDT``: :cite:t:`tipton2015f`, who recommend ``HTZ``.
    """
    check_choice("joint test", test, JOINT_TESTS)
    q = len(rows)
    naive = naive_df(model, test.removeprefix("Naive-F")) if test.startswith("Naive-F") else None
    se = made.errors(model, rows)
    # In units of the standard errors, so that moderators of any size are on one footing.
    unit = np.where(se > 0.0, se, 1.0)
    rows, excess = rows / unit[:, None], excess / unit
    covariance = rows @ made.vb @ rows.T
    if not se.all() or np.linalg.eigvalsh(covariance)[0] < _SINGULAR:
        return _undefined(
            f"The robust covariance of these {q} is singular, as too few clusters speak to them: "
            "there is no joint test.",
            naive,
        )
    f = float(excess @ np.linalg.solve(covariance, excess)) / q
    if test == "chi-sq":
        return ScaledWald(f, 1.0, None, float(chi2_tail(q * f, q)))
    if naive is not None:
        return ScaledWald(f, 1.0, naive, float(f_tail(f, q, naive)))
    found = moments(model, made)
    expected = found.of(rows)
    if expected is None:
        return _undefined(
            f"Under the working model the robust covariance of these {q} is singular: there is no "
            "joint test of this kind."
        )
    root, spread = expected
    if test == "HTB":
        spread = _turned(spread, root / unit)
    if test.startswith("HT"):
        return _hotelling(f, q, _wishart_df(spread, test))
    return _by_directions(found, rows, root, covariance, excess, f, test)


def _undefined(note: str, df: float | None = None) -> ScaledWald:
    return ScaledWald(None, None, df, None, note)


def _turned(spread: FloatArray, root: FloatArray) -> FloatArray:
    """Covariances as they are about the symmetric root in the units of the combinations.

    Any root of the mean will do for the other tests; ``HTB`` counts some entries and not others,
    and depends on the axes.
    """
    left, _, right = np.linalg.svd(root)
    turn = left @ right
    return np.asarray(
        np.einsum("abcd,as,bt,cu,dv->stuv", spread, turn, turn, turn, turn, optimize=True)
    )


def _wishart_df(spread: FloatArray, test: str) -> float:
    """Degrees of freedom of the Wishart distribution that varies most like the covariance.

    ``HTA`` matches all variances and covariances of its entries, ``HTB`` each of these once, and
    ``HTZ`` the sum of the variances.
    """
    q = len(spread)
    variance = np.einsum("stst->st", spread)
    if test == "HTZ":
        return q * (q + 1) / float(variance.sum())
    if test == "HTA":
        return 2.0 * float(variance.sum()) / float(np.sum(spread**2))
    lower = np.tril_indices(q)
    once = np.tril(spread[lower][:, lower[0], lower[1]])
    return 2.0 * float(variance[lower].sum()) / float(np.sum(once**2))


def _hotelling(f: float, q: int, eta: float) -> ScaledWald:
    df, delta = eta - q + 1.0, (eta - q + 1.0) / eta
    if not df > 0.0:
        return _undefined(
            f"The covariance of these {q} is worth only {eta:.2f} degrees of freedom, too few to "
            "test them together."
        )
    return ScaledWald(delta * f, delta, df, float(f_tail(delta * f, q, df)))


def _by_directions(
    found: Moments,
    rows: FloatArray,
    root: FloatArray,
    covariance: FloatArray,
    excess: FloatArray,
    f: float,
    test: str,
) -> ScaledWald:
    """Tests made of independent t statistics, one along each axis of the covariance."""
    q = len(rows)
    values, vectors = np.linalg.eigh(root @ covariance @ root)
    axes = vectors.T @ root
    df = found.df(axes @ rows)
    if not np.isfinite(df).all() or not values[0] > 0.0:
        return _undefined(f"Too few clusters speak to these {q} for a joint test of this kind.")
    if test == "EDF":
        return _matched_f(f, q, np.maximum(df, _LEAST_DF))
    t = axes @ excess / np.sqrt(values)
    z = _normal_deviate(t, df)
    average = float(np.mean(z * z))
    return ScaledWald(average, 1.0, None, float(chi2_tail(q * average, q)))


def _matched_f(f: float, q: int, df: FloatArray) -> ScaledWald:
    """F with the mean and variance of a sum of squared t statistics."""
    mean = float(np.sum(df / (df - 2.0)))
    variance = 2.0 * float(np.sum(df**2 * (df - 1.0) / ((df - 2.0) ** 2 * (df - 4.0))))
    over = q * variance - 2.0 * mean**2
    if not over > 0.0:  # no F varies so little: its limit
        delta = q / mean
        return ScaledWald(delta * f, delta, None, float(chi2_tail(q * delta * f, q)))
    delta = (mean**2 * (q - 2.0) + 2.0 * q * variance) / (mean * (variance + mean**2))
    residual = 4.0 + 2.0 * mean**2 * (q + 2.0) / over
    return ScaledWald(delta * f, delta, residual, float(f_tail(delta * f, q, residual)))


def _normal_deviate(t: FloatArray, df: FloatArray) -> FloatArray:
    """Normal deviate as far out as a t statistic.

    References
    ----------
    :cite:t:`hill1970`, algorithm 395.
    """
    a = df - 0.5
    b = 48.0 * a * a
    c = np.sqrt(a * np.log1p(t * t / df))
    return np.asarray(
        c
        + (c**3 + 3.0 * c) / b
        - (4.0 * c**7 + 33.0 * c**5 + 240.0 * c**3 + 855.0 * c)
        / (10.0 * b * b + 8.0 * b * c**4 + 1000.0 * b)
    )
