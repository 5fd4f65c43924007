"""Mean and SD of a group from its median with quartiles, range or both.

What is recommended today: the mean by Luo 2018, the SD by Wan 2014, or by Shi 2020 where quartiles
and range are both known. Older methods are here so that published analyses can be repeated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from scipy import special

from weigh.effects.conversion import MeanSD, require_people
from weigh.errors import InputError, NotFoundError, StatisticsError

__all__ = ["QuantileMethod", "mean_sd_from_quantiles"]

QuantileMethod = Literal["recommended", "hozo2005", "wan2014", "bland2015", "walter2007"]
_METHODS = ("recommended", "hozo2005", "wan2014", "bland2015", "walter2007")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    """What is known of a group's scores. Quartiles come both or not at all, and so the range."""

    median: float
    quartiles: tuple[float, float] | None
    range: tuple[float, float] | None
    n: float

    @property
    def scenario(self) -> str:
        """What is known, in words."""
        if self.quartiles and self.range:
            return "median, quartiles and range"
        return "median and quartiles" if self.quartiles else "median and range"

    def inputs(self) -> dict[str, float]:
        """The numbers used, by name."""
        known = {"median": self.median, "n": self.n}
        if self.quartiles:
            known |= {"q1": self.quartiles[0], "q3": self.quartiles[1]}
        if self.range:
            known |= {"min": self.range[0], "max": self.range[1]}
        return known


def mean_sd_from_quantiles(
    *,
    n: float,
    median: float,
    q1: float | None = None,
    q3: float | None = None,
    min: float | None = None,
    max: float | None = None,
    method: QuantileMethod = "recommended",
) -> MeanSD:
    """Mean and SD of a group from its median with quartiles, range or both.

    Parameters
    ----------
    n
        People in the group, at least five.
    median, q1, q3, min, max
        What is known of the scores. Two quartiles, or a lowest and a highest score, or both; one
        end alone is not used.
    method
        ``recommended``: the mean by Luo 2018; the SD by Wan 2014, by Shi 2020 if both quartiles
        and range are known. Else ``hozo2005`` (range), ``wan2014``, ``bland2015`` (both) or
        ``walter2007`` (range).

    Returns
    -------
    MeanSD
        `skewed` is True, and a note says so, where the numbers fail the test of symmetry of Shi
        2023: means and SDs then mislead, and the Handbook advises against the conversion.

    Raises
    ------
    InputError
        The numbers are not in ascending order, or do not tell the spread.
    StatisticsError
        Fewer than five people, or the method asked for is not made for these numbers.

    References
    ----------
    :cite:t:`wan2014`, equations 9 and 16; :cite:t:`luo2018`, equations 7, 11 and 15;
    :cite:t:`shi2020`, equation 10. Cochrane Handbook 6.5.2.5. Symmetry: Shi J et al. (2023).
    Detecting the skewness of data from the five-number summary and its application in
    meta-analysis. Statistical Methods in Medical Research 32:1338-1360. Older: Hozo 2005, Bland
    2015, Walter and Yao 2007.

    Examples
    --------
    >>> group = mean_sd_from_quantiles(n=100, median=10.0, q1=8.0, q3=13.0)
    >>> round(group.mean, 3), round(group.sd, 3)
    (10.352, 3.761)
    """
    if method not in _METHODS:
        raise NotFoundError("method for quantiles", method, _METHODS)
    require_people(n=n, at_least=5)
    known = _known(n=n, median=median, q1=q1, q3=q3, low=min, high=max)
    mean, sd, source = _METHODS_BY_NAME[method](known)
    skewed = _skewed(known)
    return MeanSD(
        mean=mean,
        sd=sd,
        n=n,
        name=f"mean and SD from {known.scenario} ({source})",
        inputs=known.inputs(),
        reference=f"{source}; Cochrane Handbook 6.5.2.5",
        skewed=skewed,
        notes=(
            (
                "The five numbers speak against a symmetric distribution (Shi 2023), "
                "for which the conversion was made.",
            )
            if skewed
            else ()
        ),
    )


def _known(
    *,
    n: float,
    median: float,
    q1: float | None,
    q3: float | None,
    low: float | None,
    high: float | None,
) -> _Summary:
    ascending = {"min": low, "q1": q1, "median": median, "q3": q3, "max": high}
    present = {name: value for name, value in ascending.items() if value is not None}
    for name, value in present.items():
        if not math.isfinite(value):
            raise InputError(f"{name} is {value:g}, which no score can be.")
    names = list(present)
    for lower, upper in pairwise(names):
        if present[lower] > present[upper]:
            raise InputError(
                f"{lower} is {present[lower]:g} and {upper} is {present[upper]:g}: "
                "these numbers must not fall."
            )
    quartiles = (q1, q3) if q1 is not None and q3 is not None else None
    ends = (low, high) if low is not None and high is not None else None
    if quartiles is None and ends is None:
        raise InputError(
            "A median alone tells nothing of the spread.",
            hint="Give both quartiles, or the lowest and the highest score, or all four.",
        )
    summary = _Summary(median=median, quartiles=quartiles, range=ends, n=n)
    if all(pair is None or pair[0] == pair[1] for pair in (quartiles, ends)):
        raise StatisticsError("All the quantiles are the same, so the SD would be zero.")
    return summary


# Expected widths, in SDs, of the range and of the quartiles of n normal scores (Wan 2014).


def _range_width(n: float) -> float:
    return 2.0 * float(special.ndtri((n - 0.375) / (n + 0.25)))


def _quartile_width(n: float) -> float:
    return 2.0 * float(special.ndtri((0.75 * n - 0.125) / (n + 0.25)))


def _middle(pair: tuple[float, float]) -> float:
    return 0.5 * (pair[0] + pair[1])


def _width(pair: tuple[float, float]) -> float:
    return pair[1] - pair[0]


def _recommended(s: _Summary) -> tuple[float, float, str]:
    if s.quartiles and s.range:
        of_range = 2.2 / (2.2 + s.n**0.75)
        of_quartiles = 0.7 - 0.72 / s.n**0.55
        mean = (
            of_range * _middle(s.range)
            + of_quartiles * _middle(s.quartiles)
            + (1.0 - of_range - of_quartiles) * s.median
        )
        weight = 1.0 / (1.0 + 0.07 * s.n**0.6)
        sd = weight * _width(s.range) / _range_width(s.n) + (1.0 - weight) * _width(
            s.quartiles
        ) / _quartile_width(s.n)
        return mean, sd, "Luo 2018, Shi 2020"
    if s.quartiles:
        weight = 0.7 + 0.39 / s.n
        mean = weight * _middle(s.quartiles) + (1.0 - weight) * s.median
        return mean, _width(s.quartiles) / _quartile_width(s.n), "Luo 2018, Wan 2014"
    ends = _range_of(s, "Luo 2018")
    weight = 4.0 / (4.0 + s.n**0.75)
    mean = weight * _middle(ends) + (1.0 - weight) * s.median
    return mean, _width(ends) / _range_width(s.n), "Luo 2018, Wan 2014"


def _range_of(s: _Summary, source: str) -> tuple[float, float]:
    if s.range is None:
        raise StatisticsError(f"{source} needs the lowest and the highest score.")
    return s.range


def _only_range(s: _Summary, source: str) -> tuple[float, float]:
    if s.quartiles is not None or s.range is None:
        raise StatisticsError(f"{source} is for a median and a range, not for {s.scenario}.")
    return s.range


def _wan(s: _Summary) -> tuple[float, float, str]:
    if s.quartiles and s.range:
        mean = (2.0 * _middle(s.range) + 4.0 * _middle(s.quartiles) + 2.0 * s.median) / 8.0
        sd = 0.5 * (
            _width(s.range) / _range_width(s.n) + _width(s.quartiles) / _quartile_width(s.n)
        )
        return mean, sd, "Wan 2014"
    if s.quartiles:
        mean = (2.0 * _middle(s.quartiles) + s.median) / 3.0
        return mean, _width(s.quartiles) / _quartile_width(s.n), "Wan 2014"
    ends = _range_of(s, "Wan 2014")
    return 0.5 * (_middle(ends) + s.median), _width(ends) / _range_width(s.n), "Wan 2014"


def _hozo(s: _Summary) -> tuple[float, float, str]:
    ends = _only_range(s, "Hozo 2005")
    mean = 0.5 * (_middle(ends) + s.median) if s.n <= 25 else s.median
    if s.n <= 15:
        bend = 2.0 * (_middle(ends) - s.median)
        sd = math.sqrt((0.25 * bend**2 + _width(ends) ** 2) / 12.0)
    else:
        sd = _width(ends) / (4.0 if s.n <= 70 else 6.0)
    return mean, sd, "Hozo 2005"


def _bland(s: _Summary) -> tuple[float, float, str]:
    if s.quartiles is None or s.range is None:
        raise StatisticsError(
            f"Bland 2015 is for a median, quartiles and a range, not for {s.scenario}."
        )
    # About the median, so that scores far from zero lose no digits.
    a, b, d, e = (
        value - s.median for value in (s.range[0], s.quartiles[0], s.quartiles[1], s.range[1])
    )
    mean = (a + 2.0 * b + 2.0 * d + e) / 8.0
    squares = (a**2 + 2.0 * b**2 + 2.0 * d**2 + e**2) / 16.0 + (a * b + d * e) / 8.0
    return s.median + mean, math.sqrt(squares - mean**2), "Bland 2015"


def _walter(s: _Summary) -> tuple[float, float, str]:
    # Imported here because no other method needs it, and it takes its time to load.
    from scipy import integrate

    ends = _only_range(s, "Walter and Yao 2007")

    def spread(x: float) -> float:
        below = float(special.ndtr(x))
        above: float = (1.0 - below) ** s.n
        return float(1.0 - above - below**s.n)

    # The expected range of n normal scores; symmetric, and nothing is left beyond 40 SDs.
    expected = 2.0 * float(integrate.quad(spread, 0.0, 40.0, epsabs=1e-13, epsrel=1e-13)[0])
    return s.median, _width(ends) / expected, "Walter and Yao 2007"


_METHODS_BY_NAME = {
    "recommended": _recommended,
    "hozo2005": _hozo,
    "wan2014": _wan,
    "bland2015": _bland,
    "walter2007": _walter,
}


def _skewed(s: _Summary) -> bool:
    """The tests of symmetry at 5 %, with their critical values as functions of n (Shi 2023)."""
    root = math.sqrt(s.n)
    of_range = _lean(s.range, s.median)
    of_quartiles = _lean(s.quartiles, s.median)
    if of_range is not None and of_quartiles is not None:
        statistic = max(2.65 * math.log(0.6 * s.n) / root * of_range, of_quartiles)
        return statistic >= 3.0 / root - 40.0 / s.n**3
    if of_quartiles is not None:
        return of_quartiles >= 2.65 / root - 6.0 / s.n**2
    return of_range is not None and of_range >= 1.0 / math.log(s.n + 9.0) + 2.5 / (s.n + 1.0)


def _lean(pair: tuple[float, float] | None, median: float) -> float | None:
    """How far the median is from the middle of a pair, in halves of its width."""
    if pair is None or _width(pair) == 0.0:
        return None
    return abs(2.0 * (_middle(pair) - median) / _width(pair))
