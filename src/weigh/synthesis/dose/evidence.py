"""What each study says of the curve, on one scale that does not depend on the units of dose.

All that a model of the curve asks of a study is its information about the coefficients and its
score; studies that fix only some combinations of them are used like the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import StatisticsError

__all__ = ["CurveEvidence", "StudyRows", "curve_evidence"]

FloatArray = npt.NDArray[np.float64]

# Eigenvalues of information below this share of the largest are rounding error.
_NOTHING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudyRows:
    """One study: its effects against its reference dose.

    Parameters
    ----------
    name
        Of the study.
    dose, reference
        (m,) doses that are compared, and the one that they are compared with.
    yi, covariance
        (m,) effects and their (m, m) covariance.
    rows
        (m,) their rows in the input, counted from 0.
    """

    name: str
    dose: FloatArray
    reference: float
    yi: FloatArray
    covariance: FloatArray
    rows: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveEvidence:
    """The studies' information about the p coefficients of a curve.

    Parameters
    ----------
    information
        (k, p, p) X' S^-1 X of each study, in coefficients ``beta = unit @ gamma``.
    score
        (k, p) X' S^-1 y, likewise.
    square
        (k,) y' S^-1 y.
    log_det
        (k,) log determinants of S.
    rank
        (k,) how many combinations of the coefficients a study fixes.
    unit
        (p, p) coordinates in which a typical study has unit information.
    count
        Number of effects.
    """

    information: FloatArray
    score: FloatArray
    square: FloatArray
    log_det: FloatArray
    rank: npt.NDArray[np.intp]
    unit: FloatArray
    count: int

    @property
    def k(self) -> int:
        """Number of studies."""
        return int(self.square.size)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.unit.shape[0])

    def own_coefficients(self) -> FloatArray:
        """(k, p) coefficients of each study's own curve; each must fix all of them."""
        return np.asarray(np.linalg.solve(self.information, self.score[:, :, None])[:, :, 0])


def curve_evidence(studies: Sequence[StudyRows], designs: Sequence[FloatArray]) -> CurveEvidence:
    """Gather the studies' information about the coefficients.

    Parameters
    ----------
    studies
        Their effects.
    designs
        (m, p) columns of dose of each study, minus those of its reference.

    Raises
    ------
    StatisticsError
        A covariance that is none, or doses that leave a coefficient open.
    """
    whitened = [_whitened(study, x) for study, x in zip(studies, designs, strict=True)]
    information = np.stack([x.T @ x for x, _, _ in whitened])
    score = np.stack([x.T @ y for x, y, _ in whitened])
    unit = _unit(information.sum(axis=0) / len(studies), len(studies))
    return CurveEvidence(
        information=np.einsum("ab,kac,cd->kbd", unit, information, unit),
        score=score @ unit,
        square=np.array([float(y @ y) for _, y, _ in whitened]),
        log_det=np.array([log_det for _, _, log_det in whitened]),
        rank=np.array([np.linalg.matrix_rank(x @ unit) for x, _, _ in whitened]),
        unit=unit,
        count=sum(y.size for _, y, _ in whitened),
    )


def _whitened(study: StudyRows, x: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    try:
        root = np.linalg.cholesky(study.covariance)
    except np.linalg.LinAlgError as error:
        raise StatisticsError(
            f"{study.name}: the covariance of its effects is not positive definite.",
            hint="Check the variances against the counts.",
        ) from error
    both = np.linalg.solve(root, np.column_stack([x, study.yi]))
    return both[:, :-1], both[:, -1], 2.0 * float(np.log(np.diagonal(root)).sum())


def _unit(mean: FloatArray, k: int) -> FloatArray:
    """Coordinates in which the mean information of a study is the identity."""
    size = np.sqrt(np.diagonal(mean))
    if (size > 0.0).all():
        values, vectors = np.linalg.eigh(mean / np.outer(size, size))
        if values[0] > _NOTHING * values[-1]:
            return np.asarray(vectors / np.sqrt(values) / size[:, None])
    raise StatisticsError(
        f"The doses of the {k} studies do not tell the {mean.shape[0]} coefficients of the curve "
        "apart.",
        hint="Take a simpler shape, such as shape='linear', or other knots.",
    )
