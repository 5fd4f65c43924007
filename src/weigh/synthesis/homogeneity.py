"""Tests on stratified two-by-two tables: association, and whether the odds ratios agree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weigh.stats.tails import chi2_tail

__all__ = ["cochran_mantel_haenszel", "mantel_haenszel_rate_test", "odds_ratio_homogeneity"]

FloatArray = npt.NDArray[np.float64]


def cochran_mantel_haenszel(
    a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray, *, correct: bool
) -> dict[str, float]:
    """Test of association over tables, by Mantel and Haenszel and by Cochran.

    They differ in the variance of a table: N²(N - 1) or N³ in its denominator. Empty if no table
    has both events and non-events.

    References
    ----------
    :cite:t:`mantel1959`, :cite:t:`cochran1954`.
    """
    total = n1 + n2
    events = a + c
    spread = n1 * n2 * events * (total - events)
    if not np.any(spread > 0.0):
        return {}
    excess = abs(float(np.sum(a - n1 * events / total)))
    if correct:
        excess = max(excess - 0.5, 0.0)
    many = total > 1.0
    mantel = excess**2 / float(np.sum(spread[many] / (total[many] ** 2 * (total[many] - 1.0))))
    cochran = excess**2 / float(np.sum(spread / total**3))
    return {
        "cmh": mantel,
        "cmh_p": float(chi2_tail(mantel, 1)),
        "cochran": cochran,
        "cochran_p": float(chi2_tail(cochran, 1)),
    }


def mantel_haenszel_rate_test(
    x1: FloatArray, t1: FloatArray, x2: FloatArray, t2: FloatArray, *, correct: bool
) -> dict[str, float]:
    """Test of association over tables of events and person-time.

    References
    ----------
    :cite:t:`rothman2008`.
    """
    total = t1 + t2
    events = x1 + x2
    if not events.sum() > 0.0:
        return {}
    excess = abs(float(np.sum(x1 - events * t1 / total)))
    if correct:
        excess = max(excess - 0.5, 0.0)
    statistic = excess**2 / float(np.sum(events * (t1 / total) * (t2 / total)))
    return {"cmh": statistic, "cmh_p": float(chi2_tail(statistic, 1))}


def odds_ratio_homogeneity(
    a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray, *, odds_ratio: float
) -> dict[str, float]:
    """Breslow and Day's test that all tables share one odds ratio, and Tarone's correction of it.

    Empty if fewer than two tables have both events and non-events, and people in both groups.

    References
    ----------
    :cite:t:`breslow1980`, :cite:t:`tarone1985`.
    """
    events = a + c
    informative = (events > 0.0) & (events < n1 + n2) & (n1 > 0.0) & (n2 > 0.0)
    if informative.sum() < 2:
        return {}
    a, n1, n2, events = a[informative], n1[informative], n2[informative], events[informative]
    expected = _expected_events(n1, n2, events, odds_ratio)
    b, c, d = n1 - expected, events - expected, n2 - events + expected
    variance = 1.0 / (1.0 / expected + 1.0 / b + 1.0 / c + 1.0 / d)
    df = int(informative.sum()) - 1
    breslow_day = float(np.sum((a - expected) ** 2 / variance))
    tarone = breslow_day - float(np.sum(a - expected)) ** 2 / float(variance.sum())
    return {
        "tarone": tarone,
        "tarone_p": float(chi2_tail(max(tarone, 0.0), df)),
        "breslow_day": breslow_day,
        "breslow_day_p": float(chi2_tail(breslow_day, df)),
    }


def _expected_events(
    n1: FloatArray, n2: FloatArray, events: FloatArray, odds_ratio: float
) -> FloatArray:
    """Events of group 1 that give a table with these margins exactly this odds ratio.

    The root inside the table of a quadratic; written so that neither an odds ratio near 1 nor a
    small root loses digits.
    """
    quadratic = 1.0 - odds_ratio
    linear = n2 - events + odds_ratio * (n1 + events)
    constant = -odds_ratio * n1 * events
    root = np.sqrt(np.maximum(linear**2 - 4.0 * quadratic * constant, 0.0))
    expected: FloatArray = -2.0 * constant / (linear + root)
    return expected
