"""The SD of a change from baseline, and the correlation that it hangs on."""

from __future__ import annotations

import math

from weigh.effects.conversion import Conversion, require_positive
from weigh.errors import InputError, StatisticsError

__all__ = ["change_sd", "correlation_from_sds"]

_CHANGE = "Cochrane Handbook 6.5.2.8"


def change_sd(sd_pre: float, sd_post: float, r: float) -> Conversion:
    """SD of the change from the SDs before and after and the correlation of the two scores.

    The correlation is rarely printed: take it from another trial with the same outcome that gives
    all three SDs (`correlation_from_sds`), and see what other values would change.
    """
    require_positive(sd_pre=sd_pre, sd_post=sd_post)
    if not -1.0 <= r <= 1.0:
        raise InputError(f"r is {r:g}: a correlation lies between -1 and 1.")
    # The square of a difference plus what the correlation lacks to 1: no cancellation at r = 1.
    variance = (sd_pre - sd_post) ** 2 + 2.0 * (1.0 - r) * sd_pre * sd_post
    return Conversion(
        value=math.sqrt(variance),
        name="SD of the change from the SDs before and after and their correlation",
        inputs={"sd_pre": sd_pre, "sd_post": sd_post, "r": r},
        reference=_CHANGE,
    )


def correlation_from_sds(sd_pre: float, sd_post: float, sd_change: float) -> Conversion:
    """Correlation of the scores before and after from their SDs and that of the change.

    Raises
    ------
    StatisticsError
        No correlation between -1 and 1 fits the three SDs, so at least one is misprinted.
    """
    require_positive(sd_pre=sd_pre, sd_post=sd_post)
    if not sd_change >= 0.0:
        raise InputError(f"sd_change is {sd_change:g}: it cannot be negative.")
    r = (sd_pre**2 + sd_post**2 - sd_change**2) / (2.0 * sd_pre * sd_post)
    # Digits of r are lost where one SD is far above the other: that much beyond 1 is rounding.
    if abs(r) > 1.0 + 1e-12 + 1e-15 * (sd_pre / sd_post + sd_post / sd_pre):
        raise StatisticsError(
            f"SDs of {sd_pre:g} before, {sd_post:g} after and {sd_change:g} for the change do not "
            f"fit together: they need a correlation of {r:.3g}.",
            hint="Look whether one of them is a standard error.",
        )
    return Conversion(
        value=max(-1.0, min(1.0, r)),
        name="correlation from the SDs before, after and of the change",
        inputs={"sd_pre": sd_pre, "sd_post": sd_post, "sd_change": sd_change},
        reference=_CHANGE,
    )
