"""How the log risks of one study hang together: by counts that would have given them.

All doses of a study are compared with one reference group, so its log ratios are correlated. The
correlation follows from counts of cases; those that are published give the crude ratios, and
effective counts are such as give the adjusted ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_vector
from weigh.synthesis.records import as_record

__all__ = ["DESIGNS", "EffectiveCounts", "design_named", "effective_counts"]

FloatArray = npt.NDArray[np.float64]

DESIGNS = {
    "cc": "case-control",
    "ci": "cumulative-incidence",
    "ir": "incidence-rate",
}
_METHODS = ("GL", "Hamling")

# Ratios beyond e to this power are no ratios of counts.
_LARGEST_LOG = 300.0


def design_named(name: Any) -> str:
    """The design by its name or its short name ``cc``, ``ci``, ``ir``."""
    full = DESIGNS.get(str(name), str(name))
    if full not in DESIGNS.values():
        raise NotFoundError("design", str(name), [*DESIGNS.values(), *DESIGNS])
    return full


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectiveCounts:
    """Counts of one study that fit its adjusted log ratios.

    Parameters
    ----------
    cases, n
        (m,) effective cases, and people or person-time, of the doses that are compared.
    reference_cases, reference_n
        The same of the reference.
    yi, vi
        (m,) log ratios and their variances.
    design, method
        As asked for.
    residual
        How far the counts are from their equations, on the log scale: 0 where they are solved.
    """

    cases: FloatArray
    n: FloatArray
    reference_cases: float
    reference_n: float
    yi: FloatArray
    vi: FloatArray
    design: str
    method: str
    residual: float

    def covariance(self) -> FloatArray:
        """(m, m) covariance of the log ratios: their own variances, the counts' correlations."""
        shared, own = self.reference_variance, self.own_variances
        total = shared + own
        spread = np.sqrt(self.vi / total)
        covariance = shared * np.outer(spread, spread)
        np.fill_diagonal(covariance, self.vi)
        return np.asarray(covariance)

    @property
    def reference_variance(self) -> float:
        """What the reference group adds to the variance of each log ratio."""
        return float(_variance(self.reference_cases, self.reference_n, self.design))

    @property
    def own_variances(self) -> FloatArray:
        """What the group of each dose adds to the variance of its log ratio."""
        return np.asarray(_variance(self.cases, self.n, self.design))

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self) | {"covariance": self.covariance().tolist()}


def _variance(cases: Any, n: Any, design: str) -> Any:
    if design == "case-control":
        return 1.0 / cases + 1.0 / (n - cases)
    return 1.0 / cases - 1.0 / n if design == "cumulative-incidence" else 1.0 / cases


def effective_counts(
    yi: Any,
    vi: Any,
    cases: Any,
    n: Any,
    *,
    design: str,
    method: str = "GL",
    tolerance: float = 1e-5,
) -> EffectiveCounts:
    """Find counts of one study that give its adjusted log ratios.

    Parameters
    ----------
    yi, vi : (m + 1,) array_like
        Log ratios against the reference and their variances; the row of the reference has
        variance 0 or none.
    cases, n : (m + 1,) array_like
        Published cases, and people in all (cases and controls together; person-time for
        incidence rates).
    design
        ``"case-control"`` (``"cc"``), ``"cumulative-incidence"`` (``"ci"``) or
        ``"incidence-rate"`` (``"ir"``).
    method
        ``"GL"``: Greenland and Longnecker, cases that keep their total, and people as they are;
        ``"Hamling"``: cases and people that give the variances too, and keep two ratios of the
        published counts: the share of the people without disease (person-time) in the reference,
        and people without disease (person-time) for each case.
    tolerance
        For ``"GL"``: the iteration ends when the squared changes of the cases sum to less. The
        customary 1e-5 leaves the reference a few thousandths of a case from its place; 1e-18
        goes on to the limit.

    Raises
    ------
    StatisticsError
        No counts give these ratios and variances.

    References
    ----------
    :cite:t:`greenland1992`; :cite:t:`hamling2008`; compared in :cite:t:`orsini2012`.

    Examples
    --------
    >>> found = effective_counts([0, -0.22, 0.15, 0.45], [0, 0.054, 0.056, 0.056],
    ...                          [165, 74, 90, 122], [337, 167, 186, 212], design="cc")
    >>> round(float(found.covariance()[0, 1]), 4)
    0.0187
    """
    check_choice("way to effective counts", method, _METHODS)
    design = design_named(design)
    y, v = check_vector(yi, "yi"), np.nan_to_num(check_vector(vi, "vi"))
    a, people = check_vector(cases, "cases"), check_vector(n, "n")
    if not y.size == v.size == a.size == people.size:
        raise InputError(
            f"`yi`, `vi`, `cases` and `n` have {y.size}, {v.size}, {a.size} and {people.size} "
            "entries; there must be one of each a dose."
        )
    if (np.abs(y) > _LARGEST_LOG).any():
        raise StatisticsError(
            f"A log ratio of {y[np.argmax(np.abs(y))]:g} is beyond any number of cases.",
            hint="Give `yi` on the log scale.",
        )
    reference = np.flatnonzero(v == 0.0)
    if reference.size != 1:
        raise StatisticsError(
            f"{reference.size} doses have no variance; just one of a study is its reference."
        )
    _refuse_counts(a, people, design)
    order = np.concatenate([reference, np.flatnonzero(v != 0.0)])
    solve = _greenland if method == "GL" else _hamling
    y, v, a, people = y[order], v[order], a[order], people[order]
    counts, totals = solve(y, v, a, people, design, tolerance)
    return EffectiveCounts(
        cases=counts[1:],
        n=totals[1:],
        reference_cases=float(counts[0]),
        reference_n=float(totals[0]),
        yi=y[1:],
        vi=v[1:],
        design=design,
        method=method,
        residual=_residual(y, v, a, people, counts, totals, design, method),
    )


def _refuse_counts(cases: FloatArray, n: FloatArray, design: str) -> None:
    if not (np.isfinite(cases) & np.isfinite(n)).all():
        raise StatisticsError(
            "`cases` or `n` is missing for a dose, and both are needed of each.",
            hint="Take covariance='independent', and say so, or give a covariance of your own.",
        )
    if not (cases > 0.0).all() or not (n > 0.0).all():
        raise StatisticsError("`cases` and `n` must be above 0 at each dose.")
    if design != "incidence-rate" and not (cases < n).all():
        at = int(np.argmax(cases >= n))
        raise StatisticsError(
            f"There are {cases[at]:g} cases among {n[at]:g} people; `n` counts both cases and "
            "others.",
            hint="With person-time in `n`, the design is 'incidence-rate'.",
        )


def _greenland(
    y: FloatArray, v: FloatArray, cases: FloatArray, n: FloatArray, design: str, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """Newton's method on the cases; the reference comes first.

    The reference's count is that before the last step, as in other programs: at the limit this
    makes no difference.
    """
    total, now = cases.sum(), cases.copy()
    people = design != "incidence-rate"
    for _ in range(500):
        rest = total - now[1:].sum()
        curve = 1.0 / now + (1.0 / (n - now) if people else 0.0)
        others, other = (n[1:] - now[1:], n[0] - rest) if people else (n[1:], n[0])
        if not (rest > 0.0 and other > 0.0 and (now > 0.0).all() and (others > 0.0).all()):
            break
        miss = y[1:] + np.log(rest * others / (now[1:] * other))
        step = np.linalg.solve(np.diag(curve[1:]) + curve[0], miss)
        now = np.concatenate([[rest], now[1:] + step])
        if float(step @ step) < tolerance:
            return now, n.copy()
    return _greenland_damped(y, total, n, people=people), n.copy()


def _greenland_damped(y: FloatArray, total: float, n: FloatArray, *, people: bool) -> FloatArray:
    """The same counts where full steps leave the table: one odds or rate for the reference.

    Given the odds of the reference the others follow, and their sum of cases rises with it.
    """
    ratio = np.exp(y)
    if not people:
        expected = n * ratio
        return np.asarray(total * expected / expected.sum())

    def cases(log_odds: float) -> FloatArray:
        odds = ratio * np.exp(log_odds)
        return np.asarray(n * odds / (1.0 + odds))

    root = optimize.brentq(lambda at: cases(at).sum() - total, -700.0, 600.0, xtol=1e-14)
    return cases(float(root))


def _hamling(
    y: FloatArray, v: FloatArray, cases: FloatArray, n: FloatArray, design: str, _: float
) -> tuple[FloatArray, FloatArray]:
    """Reference counts that keep the two ratios; those of the other doses follow from them."""
    others = n - cases if design == "case-control" else n
    share, each = others[0] / others.sum(), others.sum() / cases.sum()

    def miss(at: FloatArray) -> list[float]:
        a, b = _hamling_counts(np.exp(at), y, v, design)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            found = [b[0] / b.sum() / share - 1.0, b.sum() / a.sum() / each - 1.0]
        return found if np.isfinite(found).all() else [1e6, 1e6]

    best: tuple[float, FloatArray] | None = None
    # A study with wide adjustment holds fewer effective people than were counted.
    for shrink in (1.0, 0.7, 0.4, 1.5, 0.2, 3.0):
        start = np.log(np.array([cases[0], others[0]]) * shrink)
        found = optimize.root(miss, start, tol=1e-13)
        a, b = _hamling_counts(np.exp(found.x), y, v, design)
        size = float(np.abs(miss(found.x)).max())
        if (a > 0.0).all() and (b > 0.0).all() and (best is None or size < best[0]):
            best = (size, found.x)
        if best is not None and best[0] < 1e-9:
            break
    if best is None or best[0] > 1e-6:
        raise StatisticsError(
            "No effective counts by Hamling's method give these ratios and variances.",
            hint="Check the variances against the counts, or take covariance='GL'.",
        )
    a, b = _hamling_counts(np.exp(best[1]), y, v, design)
    return a, a + b if design == "case-control" else b


def _hamling_counts(
    reference: FloatArray, y: FloatArray, v: FloatArray, design: str
) -> tuple[FloatArray, FloatArray]:
    """Cases, and people without disease (or people, or person-time), given the reference's.

    They solve the two equations of each dose, its ratio and its variance.
    """
    a0, b0 = reference
    rate = np.exp(y[1:]) * a0 / b0
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if design == "case-control":
            left = v[1:] - 1.0 / a0 - 1.0 / b0
            a = (1.0 + rate) / left
        elif design == "cumulative-incidence":
            left = v[1:] - 1.0 / a0 + 1.0 / b0
            a = (1.0 - rate) / left
        else:
            left = v[1:] - 1.0 / a0
            a = 1.0 / left
        return np.concatenate([[a0], a]), np.concatenate([[b0], a / rate])


def _residual(
    y: FloatArray,
    v: FloatArray,
    cases: FloatArray,
    n: FloatArray,
    counts: FloatArray,
    totals: FloatArray,
    design: str,
    method: str,
) -> float:
    """Largest miss of the equations that the method sets, on the log scale."""
    odds = method == "GL" and design != "incidence-rate"
    others = totals - counts if odds or design == "case-control" else totals
    ratio = np.log(counts[1:] * others[0] / (counts[0] * others[1:]))
    misses = [ratio - y[1:]]
    if method == "GL":
        misses.append(np.array([np.log(counts.sum() / cases.sum())]))
    else:
        given = n - cases if design == "case-control" else n
        each = _variance(counts, totals, design)
        misses += [
            np.log((each[0] + each[1:]) / v[1:]),
            np.log([others[0] / others.sum() * given.sum() / given[0]]),
            np.log([others.sum() / counts.sum() * cases.sum() / given.sum()]),
        ]
    return float(np.abs(np.concatenate(misses)).max())
