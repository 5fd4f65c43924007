"""Confidence in each comparison of a network, domain by domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.figures import per_cent
from weigh.evidence.printout import columns_of_text
from weigh.synthesis.inputs import check_number
from weigh.synthesis.network.contributions import Contributions, study_weights
from weigh.synthesis.network.decomposition import Inconsistency
from weigh.synthesis.network.frames import Backend, as_frame, records
from weigh.synthesis.network.league import Against, League
from weigh.synthesis.network.rows import Estimates
from weigh.synthesis.network.splitting import Part, Split
from weigh.synthesis.network.trials import Trials

__all__ = ["ComparisonConfidence", "Confidence", "judge", "spread_concerns", "study_contributions"]

FloatArray = npt.NDArray[np.float64]

LEVELS = ("low", "some-concerns", "high")
CONCERNS = ("no", "some", "major")
RATINGS = ("very-low", "low", "moderate", "high")
DOMAINS = (
    "within_study_bias",
    "reporting_bias",
    "indirectness",
    "imprecision",
    "heterogeneity",
    "incoherence",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonConfidence:
    """Concerns about one comparison: 0 no, 1 some, 2 major; None where nobody judged.

    Parameters
    ----------
    treat1, treat2
        The comparison.
    bias_shares, indirect_shares
        Parts of its evidence from trials judged low, some concerns and high; None without
        judgements.
    within_study_bias, reporting_bias, indirectness, imprecision, heterogeneity, incoherence
        The six domains.
    rating
        Confidence that follows: high less one level for some concerns and two for major. Of the
        last three domains only the worst counts, as they speak of the same spread.
    """

    treat1: str
    treat2: str
    bias_shares: tuple[float, float, float] | None
    indirect_shares: tuple[float, float, float] | None
    within_study_bias: int | None
    reporting_bias: int | None
    indirectness: int | None
    imprecision: int
    heterogeneity: int
    incoherence: int
    rating: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """Confidence in every comparison of a network.

    Parameters
    ----------
    comparisons
        Each pair once.
    important
        The smallest effect that matters, on the analysis scale; smaller ones are alike.
    """

    comparisons: tuple[ComparisonConfidence, ...]
    important: float

    def __getitem__(self, pair: tuple[str, str]) -> ComparisonConfidence:
        """The comparison of two treatments, in either order."""
        for one in self.comparisons:
            if {one.treat1, one.treat2} == set(map(str, pair)):
                return one
        known = [f"{one.treat1} : {one.treat2}" for one in self.comparisons]
        raise NotFoundError("comparison of the network", " : ".join(map(str, pair)), known)

    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {
            name: [getattr(one, name) for one in self.comparisons] for name in ("treat1", "treat2")
        }
        for domain in DOMAINS:
            levels = [getattr(one, domain) for one in self.comparisons]
            columns[domain] = [None if level is None else CONCERNS[level] for level in levels]
        columns["rating"] = [one.rating for one in self.comparisons]
        return columns

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        found = records(self._columns())
        for row, one in zip(found, self.comparisons, strict=True):
            for name in ("bias_shares", "indirect_shares"):
                shares = getattr(one, name)
                row[name] = None if shares is None else list(shares)
        return {"important": self.important, "comparisons": found}

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a comparison."""
        return as_frame(self._columns(), backend)

    def summary(self) -> str:
        """The judgements as a printout."""
        rows: list[tuple[str, ...]] = [("comparison", "from low risk", *DOMAINS, "rating")]
        for one in self.comparisons:
            shares = one.bias_shares
            low = "" if shares is None else per_cent(100.0 * shares[0])
            levels = [getattr(one, domain) for domain in DOMAINS]
            words = ["" if level is None else CONCERNS[level] for level in levels]
            rows.append((f"{one.treat1} : {one.treat2}", low, *words, one.rating))
        return "\n".join(columns_of_text(rows))


def study_contributions(
    trials: Trials, estimates: Estimates, contributions: Contributions
) -> FloatArray:
    """Share of each trial in each comparison, from those of direct comparisons.

    Returns
    -------
    (pairs, k) array
        In the order of `Contributions.comparisons` and of the trials; rows add up to 1.

    References
    ----------
    :cite:t:`papakonstantinou2018`.
    """
    weights = study_weights(trials, estimates.tau2)
    place = {frozenset(pair): at for at, pair in enumerate(contributions.sources)}
    edges, names = trials.edges, trials.treatments
    source = np.array(
        [
            place[frozenset((names[i], names[j]))]
            for i, j in zip(edges.first, edges.second, strict=True)
        ]
    )
    total = np.bincount(source, weights=weights, minlength=len(place))
    split = np.zeros((len(place), len(trials.trials)))
    np.add.at(split, (source, edges.trial), weights / total[source])
    return np.asarray(contributions.matrix @ split)


def judge(
    trials: Trials,
    *,
    shares: FloatArray,
    league: League,
    split: Split,
    inconsistency: Inconsistency,
    important: float,
    risk_of_bias: Mapping[str, str] | None,
    indirectness: Mapping[str, str] | None,
    reporting_bias: Mapping[tuple[str, str], str] | None,
) -> Confidence:
    """Judge all comparisons by rule.

    The domains are those of CINeMA, and the rules in its manner. Bias and indirectness: the average
    judgement of trials, weighted by what they contribute, 1 low to 3 high, rounded. Imprecision:
    some concerns where the interval has no effect in it beside effects that matter, major where it
    also has effects that matter in the other direction. Heterogeneity: some concerns where the
    prediction interval reaches one region (matters for the worse, does not matter, matters for the
    better) that the confidence interval does not reach, major where it reaches two or from one that
    matters to the other. Incoherence: where direct and indirect evidence differ (p below 0.1), some
    concerns, and major where their intervals reach different regions; without both, by the design-
    by-treatment interaction, some below 0.1 and major below 0.05. What no loop can test has some
    concerns.

    References
    ----------
    :cite:t:`nikolakopoulou2020`.
    """
    if not check_number(important, "important") > 0.0:
        raise InputError(
            f"`important` is {important}; it is the smallest effect that matters, above 0 on the "
            "analysis scale.",
            hint="For ratios give its logarithm, such as log(1.25).",
        )
    names = [trial.name for trial in trials.trials]
    bias = _levels(names, risk_of_bias, "risk_of_bias")
    away = _levels(names, indirectness, "indirectness")
    reported = {
        frozenset(map(str, pair)): _concern(level) for pair, level in (reporting_bias or {}).items()
    }
    found = []
    for row, one in enumerate(split.comparisons):
        cell = league[one.treat1, one.treat2]
        within = _shares(shares[row], bias)
        aside = _shares(shares[row], away)
        imprecision, heterogeneity = spread_concerns(cell, important)
        levels: dict[str, int | None] = {
            "within_study_bias": _average(within),
            "reporting_bias": reported.get(frozenset((one.treat1, one.treat2))),
            "indirectness": _average(aside),
            "imprecision": imprecision,
            "heterogeneity": heterogeneity,
            "incoherence": _incoherence(
                one.direct, one.indirect, one.difference, inconsistency, important
            ),
        }
        down = sum(levels[name] or 0 for name in DOMAINS[:3])
        down += max(levels[name] or 0 for name in DOMAINS[3:])
        found.append(
            ComparisonConfidence(
                treat1=one.treat1,
                treat2=one.treat2,
                bias_shares=within,
                indirect_shares=aside,
                within_study_bias=levels["within_study_bias"],
                reporting_bias=levels["reporting_bias"],
                indirectness=levels["indirectness"],
                imprecision=levels["imprecision"] or 0,
                heterogeneity=levels["heterogeneity"] or 0,
                incoherence=levels["incoherence"] or 0,
                rating=RATINGS[max(3 - down, 0)],
            )
        )
    return Confidence(comparisons=tuple(found), important=important)


def spread_concerns(cell: Against, important: float | None) -> tuple[int, int]:
    """Concerns about imprecision and heterogeneity of one comparison, 0 no to 2 major.

    Parameters
    ----------
    cell
        The comparison.
    important
        The smallest effect that matters, on the analysis scale. Without one it is asked only
        whether the intervals hold no effect, which is some concern.
    """
    predicted = None
    if cell.pi_low is not None and cell.pi_high is not None:
        predicted = (cell.pi_low, cell.pi_high)
    if important is None:
        crosses = cell.ci_low <= 0.0 <= cell.ci_high
        wider = predicted is not None and predicted[0] <= 0.0 <= predicted[1]
        return int(crosses), int(wider and not crosses)
    confidence = _regions(cell.ci_low, cell.ci_high, important)
    reached = confidence if predicted is None else _regions(*predicted, important)
    return (
        _imprecision(cell.ci_low, cell.ci_high, cell.estimate, important),
        _heterogeneity(confidence, reached),
    )


def _concern(level: str) -> int:
    if level not in CONCERNS:
        raise NotFoundError("level of concern", str(level), CONCERNS)
    return CONCERNS.index(level)


def _levels(
    names: list[str], judged: Mapping[str, str] | None, what: str
) -> npt.NDArray[np.intp] | None:
    """Level of each trial, 0 low to 2 high."""
    if judged is None:
        return None
    given = {str(name): level for name, level in judged.items()}
    missing = [name for name in names if name not in given]
    if missing:
        raise InputError(
            f"`{what}` has no judgement of {', '.join(missing[:5])}"
            + (f" and {len(missing) - 5} more." if len(missing) > 5 else ".")
        )
    for name in names:
        if given[name] not in LEVELS:
            raise NotFoundError(f"level of `{what}`", str(given[name]), LEVELS)
    return np.array([LEVELS.index(given[name]) for name in names])


def _shares(
    shares: FloatArray, levels: npt.NDArray[np.intp] | None
) -> tuple[float, float, float] | None:
    if levels is None:
        return None
    low, some, high = (float(shares[levels == level].sum()) for level in range(3))
    return low, some, high


def _average(shares: tuple[float, float, float] | None) -> int | None:
    if shares is None:
        return None
    mean = shares[1] + 2.0 * shares[2]
    return 0 if mean < 0.5 else 1 if mean < 1.5 else 2


def _regions(low: float, high: float, important: float) -> frozenset[int]:
    """Which regions an interval reaches: -1 and 1 matter, 0 does not."""
    found = set()
    if low < -important:
        found.add(-1)
    if high > important:
        found.add(1)
    if low <= important and high >= -important:
        found.add(0)
    return frozenset(found)


def _imprecision(low: float, high: float, estimate: float, important: float) -> int:
    if low > 0.0 or high < 0.0 or (low >= -important and high <= important):
        return 0
    beyond = low < -important if estimate >= 0.0 else high > important
    return 2 if beyond else 1


def _heterogeneity(confidence: frozenset[int], predicted: frozenset[int]) -> int:
    more = predicted - confidence
    if not more:
        return 0
    return 2 if len(more) > 1 or {-1, 1} <= predicted else 1


def _incoherence(
    direct: Part | None,
    indirect: Part | None,
    difference: Part | None,
    inconsistency: Inconsistency,
    important: float,
) -> int:
    if direct is None or indirect is None or difference is None:
        p = inconsistency.between_random.p
        if p is None:
            return 1
        return 2 if p < 0.05 else 1 if p < 0.1 else 0
    if difference.p >= 0.1:
        return 0
    one, two = (_regions(part.ci_low, part.ci_high, important) for part in (direct, indirect))
    return 1 if one == two else 2
