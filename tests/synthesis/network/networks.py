"""Networks for tests: the smoking cessation trials, and made-up ones that hang together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

__all__ = ["SMOKING", "Contrasts", "contrasts", "smoking_arms"]

# Hasselblad 1998, as in Dias 2010: quitters and people by arm. A no contact, B self-help,
# C individual counselling, D group counselling.
SMOKING = """
1 A 9 140 C 23 140 D 10 138
2 B 11 78 C 12 85 D 29 170
3 A 75 731 C 363 714
4 A 2 106 C 9 205
5 A 58 549 C 237 1561
6 A 0 33 C 9 48
7 A 3 100 C 31 98
8 A 1 31 C 26 95
9 A 6 39 C 17 77
10 A 79 702 B 77 694
11 A 18 671 B 21 535
12 A 64 642 C 107 761
13 A 5 62 C 8 90
14 A 20 234 C 34 237
15 A 0 20 D 9 20
16 A 8 116 B 19 149
17 A 95 1107 C 143 1031
18 A 15 187 C 36 504
19 A 78 584 C 73 675
20 A 69 1177 C 54 888
21 B 20 49 C 16 43
22 B 7 66 D 32 127
23 C 12 76 D 20 74
24 C 9 55 D 3 26
"""


def smoking_arms() -> dict[str, list]:
    """The arms of the smoking cessation trials, as `network_from_arms` takes them."""
    arms: dict[str, list] = {"study": [], "treatment": [], "events": [], "n": []}
    for line in SMOKING.split("\n"):
        study, *rest = line.split() or [""]
        for treatment, events, n in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            for name, value in zip(arms, (study, treatment, int(events), int(n)), strict=True):
                arms[name].append(value)
    return arms


@dataclass(frozen=True)
class Contrasts:
    """Arguments of `network`."""

    study: list[str]
    treat1: list[str]
    treat2: list[str]
    yi: np.ndarray
    vi: np.ndarray

    def args(self) -> tuple:
        """As positional arguments."""
        return self.study, self.treat1, self.treat2, self.yi, self.vi


@st.composite
def contrasts(draw, most: int = 5) -> Contrasts:
    """Trials of two or three arms over up to `most` treatments, all connected."""
    n = draw(st.integers(2, most))
    names = [f"T{i}" for i in range(n)]
    sets = [(0, i) if i < 2 else (draw(st.integers(0, i - 1)), i) for i in range(1, n)]
    for _ in range(draw(st.integers(0, 4))):
        size = draw(st.integers(2, min(3, n)))
        sets.append(tuple(draw(st.permutations(range(n)))[:size]))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    rows = []
    for trial, arms in enumerate(sets):
        level, variance = rng.normal(size=len(arms)), rng.uniform(0.02, 1.0, size=len(arms))
        rows += [
            (
                f"s{trial}",
                names[arms[i]],
                names[arms[j]],
                level[i] - level[j],
                variance[i] + variance[j],
            )
            for i, j in combinations(range(len(arms)), 2)
        ]
    study, one, two, y, v = (list(column) for column in zip(*rows, strict=True))
    return Contrasts(study, one, two, np.array(y), np.array(v))
