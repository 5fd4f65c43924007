"""How many participants a meta-analysis needs before its test has the power of one large trial."""

from __future__ import annotations

import math

from scipy import special

from weigh.errors import InputError
from weigh.synthesis.inputs import check_choice, check_number

__all__ = ["required_size", "unit_variance"]

_MEASURES = ("RR", "OR", "RD", "MD")


def unit_variance(
    measure: str, effect: float, risk: float | None, sd: float | None
) -> tuple[float, float]:
    """Variance of one participant's outcome, and the difference of means or risks to detect.

    Parameters
    ----------
    measure
        ``"RR"``, ``"OR"``, ``"RD"`` or ``"MD"``.
    effect
        The effect to detect, ratios on their natural scale.
    risk
        Risk in the comparator group, for RR, OR and RD.
    sd
        Standard deviation of the outcome, for MD.
    """
    check_choice("measure for a required size", measure, _MEASURES)
    for name, value in (("effect", effect), ("risk", risk), ("sd", sd)):
        if value is not None or name == "effect":
            check_number(value, name)
    if measure == "MD":
        if sd is None or not sd > 0.0 or not effect:
            raise InputError("For MD give `sd` above 0 and an `effect` other than 0.")
        return sd * sd, effect
    if risk is None or not 0.0 < risk < 1.0:
        raise InputError(f"For {measure} give `risk`, that of the comparator, between 0 and 1.")
    if measure == "RD":
        treated = risk + effect
    elif not effect > 0.0:
        raise InputError(f"`effect` is {effect:g}; a ratio is above 0.")
    elif measure == "RR":
        treated = risk * effect
    else:
        odds = effect * risk / (1.0 - risk)
        treated = odds / (1.0 + odds)
    if treated == risk or not 0.0 < treated < 1.0:
        raise InputError(
            f"With a risk of {risk:g} the effect {effect:g} gives {treated:g}; it must be another "
            "risk, between 0 and 1."
        )
    mean = 0.5 * (risk + treated)
    return mean * (1.0 - mean), risk - treated


def required_size(
    measure: str,
    effect: float,
    *,
    risk: float | None = None,
    sd: float | None = None,
    alpha: float = 0.05,
    beta: float = 0.1,
    side: int = 2,
    diversity: float = 0.0,
) -> int:
    """Required information size: participants in both groups together.

    Parameters
    ----------
    measure, effect, risk, sd
        See `unit_variance`.
    alpha, beta, side
        Errors, and whether the test has 1 or 2 sides.
    diversity
        D², the share of the variance of the pooled effect that is between studies, from 0 to
        below 1; the size is divided by what is left of 1. I² may stand in for it.

    References
    ----------
    :cite:t:`wetterslev2009`.

    Examples
    --------
    >>> required_size("RR", 0.8, risk=0.2, diversity=0.25)
    5171
    """
    for name, value in (("alpha", alpha), ("beta", beta), ("diversity", diversity)):
        check_number(value, name)
    if not 0.0 <= diversity < 1.0:
        raise InputError(f"`diversity` is {diversity:g}; it is a share from 0 to below 1.")
    if side not in (1, 2) or not 0.0 < alpha < 1.0 or not 0.0 < beta < 1.0:
        raise InputError("`side` must be 1 or 2, `alpha` and `beta` between 0 and 1.")
    variance, difference = unit_variance(measure, effect, risk, sd)
    quantiles = float(special.ndtri(alpha / side) + special.ndtri(beta))
    common = _whole(4.0 * quantiles**2 * variance / difference**2)
    return _whole(common / (1.0 - diversity)) if diversity else common


def _whole(size: float) -> int:
    """The next whole number, with room for rounding."""
    return math.ceil(size - 1e-9 * size)
