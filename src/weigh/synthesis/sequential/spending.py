"""How much of an error may have been spent when a share of the information is in."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from weigh.synthesis.inputs import check_choice

__all__ = ["SPENDING", "spent"]

FloatArray = npt.NDArray[np.float64]

SPENDING = ("OF", "Pocock")


def spent(total: float, share: FloatArray, kind: str) -> FloatArray:
    """Error spent by each look, in sum.

    Parameters
    ----------
    total
        Error of one side over all looks.
    share
        Share of the information at each look, from 0 to 1.
    kind
        ``"OF"``: in the manner of O'Brien and Fleming, nearly nothing at first; ``"Pocock"``:
        more evenly.

    References
    ----------
    :cite:t:`landemets1983`.
    """
    check_choice("spending function", kind, SPENDING)
    if kind == "Pocock":
        return np.asarray(total * np.log1p((math.e - 1.0) * share))
    with np.errstate(divide="ignore"):
        far = special.ndtri(0.5 * total) / np.sqrt(share)
    return np.asarray(np.where(share > 0.0, 2.0 * special.ndtr(far), 0.0))
