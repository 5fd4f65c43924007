"""PET and PEESE: the effect that an infinitely precise study would have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weigh.errors import InputError
from weigh.evidence.pooled import Coefficient
from weigh.synthesis.bias.asymmetry import AsymmetryTest
from weigh.synthesis.bias.egger_begg import egger

__all__ = ["PetPeese", "pet_peese"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PetPeese:
    """The effect adjusted for small-study effects by two regressions, and which of them counts.

    Parameters
    ----------
    adjusted
        The adjusted effect on the analysis scale: the intercept of the regression in `used`.
    used
        ``"PET"`` or ``"PEESE"``.
    pet, peese
        Both regressions, on the standard error and on the variance.
    alpha
        Level of the test of PET's intercept (two-sided) that decides between them.
    notes
        Cautions in plain words.
    """

    adjusted: Coefficient
    used: str
    pet: AsymmetryTest
    peese: AsymmetryTest
    alpha: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "adjusted": self.adjusted.to_dict(),
            "used": self.used,
            "pet": self.pet.to_dict(),
            "peese": self.peese.to_dict(),
            "alpha": self.alpha,
            "notes": list(self.notes),
        }


def pet_peese(
    yi: Any,
    vi: Any,
    *,
    model: str = "lm",
    method: str = "REML",
    test: str = "z",
    alpha: float = 0.10,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
) -> PetPeese:
    """Adjust a pooled effect for small-study effects by PET-PEESE.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects on the analysis scale and sampling variances.
    model, method, test
        As in `egger`: ``"lm"`` is the authors' weighted least squares, ``"rma"`` adds a
        between-study variance.
    alpha
        PEESE counts if PET's intercept differs from 0 with a two-sided p below this; 0.10 is the
        authors' one-sided test at 0.05.
    level, slab
        Confidence level, and names of the studies.

    Returns
    -------
    PetPeese
        With heterogeneity, few studies or none that is large the adjustment overshoots or is wide.

    References
    ----------
    :cite:t:`stanley2014`; where it fails, :cite:t:`stanley2017`.

    Examples
    --------
    >>> found = pet_peese([0.1, 0.3, 0.5, 0.9], [0.01, 0.04, 0.09, 0.16])
    >>> found.used, round(found.adjusted.estimate, 3)
    ('PEESE', 0.053)
    """
    if not 0.0 < alpha < 1.0:
        raise InputError(f"`alpha` is {alpha:g}; a level of significance is between 0 and 1.")
    both = [
        egger(
            yi,
            vi,
            model=model,
            predictor=predictor,
            method=method,
            test=test,
            level=level,
            slab=slab,
        )
        for predictor in ("sei", "vi")
    ]
    pet, peese = both
    assert pet.limit is not None  # both predictors vanish in an infinitely large study
    assert peese.limit is not None
    differs = pet.limit.p < alpha
    return PetPeese(
        adjusted=peese.limit if differs else pet.limit,
        used="PEESE" if differs else "PET",
        pet=pet,
        peese=peese,
        alpha=alpha,
        notes=pet.notes,
    )
