"""Trials and fits that the plots are tried on."""

from __future__ import annotations

import numpy as np

import weigh
from weigh.evidence.effect import EffectSizes
from weigh.evidence.pooled import Pooled

#: Trials of BCG vaccine against tuberculosis (Colditz 1994): name, year, cases and people with and
#: without the vaccine, latitude, allocation.
BCG = (
    ("Aronson", 1948, 4, 123, 11, 139, 44, "random"),
    ("Ferguson & Simes", 1949, 6, 306, 29, 303, 55, "random"),
    ("Rosenthal et al", 1960, 3, 231, 11, 220, 42, "random"),
    ("Hart & Sutherland", 1977, 62, 13598, 248, 12867, 52, "random"),
    ("Frimodt-Moller et al", 1973, 33, 5069, 47, 5808, 13, "alternate"),
    ("Stein & Aronson", 1953, 180, 1541, 372, 1451, 44, "alternate"),
    ("Vandiviere et al", 1973, 8, 2545, 10, 629, 19, "random"),
    ("TPT Madras", 1980, 505, 88391, 499, 88391, 13, "random"),
    ("Coetzee & Berjak", 1968, 29, 7499, 45, 7277, 27, "random"),
    ("Rosenthal et al", 1961, 17, 1716, 65, 1665, 42, "systematic"),
    ("Comstock et al", 1974, 186, 50634, 141, 27338, 18, "systematic"),
    ("Comstock & Webster", 1969, 5, 2498, 3, 2341, 33, "systematic"),
    ("Comstock et al", 1976, 27, 16913, 29, 17854, 33, "systematic"),
)
NAMES = [f"{name}, {year}" for name, year, *_ in BCG]
YEARS = [row[1] for row in BCG]
LATITUDE = [row[6] for row in BCG]
ALLOCATION = [row[7] for row in BCG]


def bcg(measure: str = "RR") -> EffectSizes:
    e1, n1, e2, n2 = (np.array([row[i] for row in BCG]) for i in (2, 3, 4, 5))
    return weigh.effect_size(measure, events1=e1, n1=n1, events2=e2, n2=n2, slab=NAMES)


def bcg_fit(**options: object) -> Pooled:
    effects = bcg()
    return weigh.pool(effects.yi, effects.vi, slab=effects.slab, **options)


def some(k: int, *, seed: int = 0, name: str = "Study", size: float = 1.0, **options) -> Pooled:
    """A fit of k made-up studies of very unlike precision."""
    rng = np.random.default_rng(seed)
    vi = np.exp(rng.normal(-2.0, 1.2, k)) * size**2
    yi = size * rng.normal(0.3, 0.2, k) + rng.normal(size=k) * np.sqrt(vi)
    return weigh.pool(yi, vi, slab=[f"{name} {i + 1}" for i in range(k)], **options)
