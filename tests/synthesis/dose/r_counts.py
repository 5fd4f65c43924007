"""Counts by Hamling's method as R's dosresmeta 2.2.0 finds them, to show where it differs.

R minimizes the squared misses of the two ratios by the simplex method of Nelder and Mead, which
stops with misses of 1e-5 to 1e-3; and it takes the equations of person-time for those of people and
the other way round.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from weigh.synthesis.dose.counts import EffectiveCounts

_SWAPPED = {"ir": "ci", "ci": "ir", "cc": "cc"}
_NAMES = {"cc": "case-control", "ci": "cumulative-incidence", "ir": "incidence-rate"}


def simplex(fn: Callable[[np.ndarray], float], start: np.ndarray, *, tolerance: float = 1e-8):
    """The simplex method of two variables, with the constants and the stopping rule of R."""
    corners = np.tile(np.asarray(start, dtype=float), (3, 1))
    corners[1, 0] += 0.1 * np.abs(start).max()
    corners[2, 1] += 0.1 * np.abs(start).max()

    def value(at: np.ndarray) -> float:
        found = fn(at)
        return found if np.isfinite(found) else 1e35

    values = np.array([value(corner) for corner in corners])
    stop = tolerance * (abs(values[0]) + tolerance)
    calls, size, low = 3, 2 * 0.1 * np.abs(start).max(), 0
    while calls <= 500:
        high = low
        for j in range(3):
            if j != low and values[j] < values[low]:
                low = j
            if j != high and values[j] > values[high]:
                high = j
        if values[high] <= values[low] + stop:
            break
        centre = (corners.sum(axis=0) - corners[high]) / 2.0
        reflected = 2.0 * centre - corners[high]
        height = value(reflected)
        calls += 1
        if height < values[low]:
            further = 2.0 * reflected - centre
            at = value(further)
            calls += 1
            better = at < height
            corners[high], values[high] = (further, at) if better else (reflected, height)
            continue
        if height < values[high]:
            corners[high], values[high] = reflected, height
            kept = True
        else:
            kept = False
        nearer = 0.5 * corners[high] + 0.5 * centre
        at = value(nearer)
        calls += 1
        if at < values[high]:
            corners[high], values[high] = nearer, at
        elif not kept:
            corners = 0.5 * (corners - corners[low]) + corners[low]
            values = np.array([v if j == low else value(corners[j]) for j, v in enumerate(values)])
            calls += 2
            new = float(np.abs(corners - corners[low]).sum())
            if new >= size:
                break
            size = new
    return corners[low]


def hamling_of_r(y: np.ndarray, v: np.ndarray, cases: np.ndarray, n: np.ndarray, design: str):
    """Effective counts where R's search stops."""
    first, others = v == 0.0, v != 0.0
    free = n - cases if design == "cc" else n
    share, each = (free[first] / free.sum())[0], free.sum() / cases.sum()

    def counts(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a0, n0 = at
        b0 = n0 - a0 if design == "cc" else n0
        rate = np.exp(y[others]) * a0 / b0
        if design == "cc":
            a = (1.0 + rate) / (v[others] - 1.0 / a0 - 1.0 / b0)
        elif _SWAPPED[design] == "ci":
            a = (1.0 - rate) / (v[others] - 1.0 / a0 + 1.0 / b0)
        else:
            a = 1.0 / (v[others] - 1.0 / a0)
        return np.append(a0, a), np.append(b0, a / rate)

    def miss(at: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            a, b = counts(at)
            return (b[0] / b.sum() / share - 1.0) ** 2 + (b.sum() / a.sum() / each - 1.0) ** 2

    a, b = counts(simplex(miss, np.array([cases[first][0], n[first][0]])))
    total = a + b if design == "cc" else b
    return EffectiveCounts(
        cases=a[1:],
        n=total[1:],
        reference_cases=float(a[0]),
        reference_n=float(total[0]),
        yi=y[others],
        vi=v[others],
        design=_NAMES[design],
        method="Hamling",
        residual=float(np.sqrt(miss(np.array([a[0], total[0]])))),
    )
