"""A two-by-two table from its margins and one measure of association."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from weigh.effects.conversion import require_positive
from weigh.errors import InputError, StatisticsError

__all__ = ["RebuiltTable", "table_from_margins"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuiltTable:
    """Cells of a table, in whole people, computed from its margins.

    `a` people have both characteristics, `b` only the first, `c` only the second, `d` neither.
    """

    a: int
    b: int
    c: int
    d: int
    name: str
    inputs: Mapping[str, float]
    reference: str
    notes: tuple[str, ...] = ()


def table_from_margins(
    n: float,
    n1: float,
    n2: float,
    *,
    odds_ratio: float | None = None,
    phi: float | None = None,
    chi2: float | None = None,
    correct: bool = True,
) -> RebuiltTable:
    """Rebuild a table from how many people have each of two characteristics, and how they go along.

    Parameters
    ----------
    n
        People in all.
    n1, n2
        People with the first and with the second characteristic.
    odds_ratio, phi, chi2
        One of these: the odds ratio on its natural scale, the phi coefficient, or the chi-squared
        statistic, which then carries the sign of the association.
    correct
        Whether the chi-squared statistic was made with Yates's correction.

    Raises
    ------
    StatisticsError
        No table of people has these margins and this association.

    References
    ----------
    Bonett DG (2007). Transforming odds ratios into correlations for meta-analytic research.
    American Psychologist 62:254-255.
    """
    require_positive(n=n)
    size, first, second = (round(value) for value in (n, n1, n2))
    for name, margin in (("n1", first), ("n2", second)):
        if not 0 <= margin <= size:
            raise InputError(f"{name} is {margin}, which is not between 0 and n = {size}.")
    given = {"odds_ratio": odds_ratio, "phi": phi, "chi2": chi2}
    present = {name: value for name, value in given.items() if value is not None}
    if len(present) != 1:
        raise InputError(f"One of odds_ratio, phi and chi2 is needed; {len(present)} were given.")
    (kind, value), *_ = present.items()
    p1, p2 = first / size, second / size
    if kind == "odds_ratio":
        share = _share_from_odds_ratio(value, p1, p2)
    else:
        r = value if kind == "phi" else _phi_from_chi2(value, size, first, second, correct=correct)
        if not -1.0 <= r <= 1.0:
            raise InputError(f"phi is {r:g}: a correlation lies between -1 and 1.")
        share = p1 * p2 + r * math.sqrt(p1 * (1.0 - p1) * p2 * (1.0 - p2))
    a = round(size * share)
    cells = (a, first - a, second - a, size - first - second + a)
    if min(cells) < 0:
        raise StatisticsError(
            f"No table of {size} people with margins {first} and {second} has {kind} {value:g}."
        )
    words = {"odds_ratio": "odds ratio", "phi": "phi coefficient", "chi2": "chi-squared statistic"}
    return RebuiltTable(
        a=cells[0],
        b=cells[1],
        c=cells[2],
        d=cells[3],
        name=f"2x2 table from its margins and {words[kind]}, rounded to whole people",
        inputs={"n": float(size), "n1": float(first), "n2": float(second), kind: value},
        reference="Bonett 2007",
    )


def _share_from_odds_ratio(ratio: float, p1: float, p2: float) -> float:
    """Share with both characteristics: the root of a quadratic that lies between the bounds."""
    require_positive(odds_ratio=ratio)
    if ratio == 1.0:
        return p1 * p2
    x = ratio * (p1 + p2) + (1.0 - p1) - p2
    y = math.sqrt(x * x - 4.0 * p1 * p2 * ratio * (ratio - 1.0))
    # 2 p1 p2 OR / (x + y) is the same root without the difference of two near numbers at OR = 1.
    return 2.0 * p1 * p2 * ratio / (x + y)


def _phi_from_chi2(chi2: float, n: int, n1: int, n2: int, *, correct: bool) -> float:
    if chi2 == 0.0:
        return 0.0
    size = math.sqrt(abs(chi2) / n)
    if correct:
        size += n / (2.0 * math.sqrt(n1 * (n - n1) * n2 * (n - n2)))
    return math.copysign(size, chi2)
