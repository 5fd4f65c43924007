"""`weigh.sequential`: studies in the order they came, tested as they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.stats.tails import two_sided_p
from weigh.synthesis.inputs import check_effects, check_number, check_vector
from weigh.synthesis.pooling import pool
from weigh.synthesis.records import as_record
from weigh.synthesis.sequential.boundaries import Boundaries, boundaries

__all__ = ["Sequential", "sequential"]

FloatArray = npt.NDArray[np.float64]

# A look that adds less than this share of the information is not taken.
_LEAST = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sequential:
    """A sequential meta-analysis, one entry a study in the order of their arrival.

    Parameters
    ----------
    slab
        Names of the studies.
    estimate, se, z, p
        Pooled effect of the studies so far, its standard error and test.
    information
        Sum so far: participants, or inverse variances.
    share
        Of the required information.
    looked
        Whether a look was taken: not for studies that add less than one percent.
    upper, lower, futility_upper, futility_lower
        Bounds of z at the looks, NaN elsewhere and where there is none.
    ci_low, ci_high
        Interval adjusted for the looks: estimate plus and minus the bound times its standard
        error; NaN elsewhere. Beyond the required information the last bound is kept.
    required
        Information needed by one test, adjusted for diversity.
    diversity
        D² of all studies: how much of the variance of the random-effects estimate is due to
        differences between studies.
    bounds
        The boundaries themselves, that of the last look still to come included.
    conclusion
        ``"upper"`` or ``"lower"`` for the first bound crossed, ``"futility"``, ``"continue"``,
        or ``"complete"`` where the required information is in and nothing was crossed.
    notes
        Cautions.
    """

    slab: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    z: FloatArray
    p: FloatArray
    information: FloatArray
    share: FloatArray
    looked: npt.NDArray[np.bool_]
    upper: FloatArray
    lower: FloatArray
    futility_upper: FloatArray
    futility_lower: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    required: float
    diversity: float
    bounds: Boundaries
    conclusion: str
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self) | {"bounds": self.bounds.to_dict()}

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a study."""
        columns: dict[str, Any] = {"study": list(self.slab)}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                columns[name] = value
        return nw.from_dict(columns, backend=backend).to_native()

    def summary(self, *, digits: int = 3) -> str:
        """The analysis as a printout."""
        said = {
            "upper": "the upper boundary was crossed",
            "lower": "the lower boundary was crossed",
            "futility": "the boundary for futility was crossed",
            "continue": "no boundary was crossed; more information is needed",
            "complete": "no boundary was crossed, and the required information is in",
        }[self.conclusion]
        share = 100.0 * self.share[-1]
        lines = [
            f"Sequential meta-analysis (k = {len(self.slab)})",
            f"information: {self.information[-1]:.6g} of {self.required:.6g} required "
            f"({share:.0f}%), diversity {100.0 * self.diversity:.0f}%",
            f"last z {self.z[-1]:.{digits}f}: {said}",
        ]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])


def sequential(
    yi: Any,
    vi: Any,
    *,
    effect: float | None = None,
    n: Any = None,
    required: float | None = None,
    method: str = "DL",
    alpha: float = 0.05,
    beta: float = 0.1,
    side: int = 2,
    futility: str = "none",
    spending: str = "OF",
    futility_spending: str = "OF",
    slab: Sequence[Any] | None = None,
) -> Sequential:
    """Test studies as they arrive, with errors that hold over all looks.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects and sampling variances, in the order of arrival.
    effect
        Effect to detect, on the analysis scale; it gives the required information in inverse
        variances, divided by 1 - D².
    n, required
        Instead of `effect`: participants of each study, and the participants required in all
        (`weigh.synthesis.sequential.required_size`, with diversity where effects differ).
    method
        Model of the pooled effects, as in `weigh.pool`.
    alpha, beta, side, futility, spending, futility_spending
        As in `weigh.synthesis.sequential.boundaries`. In a one-sided test positive effects are
        sought.
    slab
        Names of the studies.

    Raises
    ------
    InputError
        Neither `effect` nor both of `n` and `required`.

    References
    ----------
    :cite:t:`wetterslev2009`; :cite:t:`landemets1983`.

    Examples
    --------
    >>> found = sequential([0.3, 0.5, 0.4], [0.04, 0.03, 0.02], effect=0.4)
    >>> found.conclusion
    'upper'
    """
    for name, value in (("effect", effect), ("required", required)):
        if value is not None:
            check_number(value, name)
    effects = check_effects(yi, vi, slab)
    fits = [
        pool(effects.y[:size], effects.v[:size], method=method)
        if size > 1
        else pool(effects.y[:1], effects.v[:1], method="EE")
        for size in range(1, effects.y.size + 1)
    ]
    estimate = np.array([fit.estimate for fit in fits])
    se = np.array([fit.se for fit in fits])
    # How often the information must be multiplied: 1 / (1 - D2), never below 1.
    factor = max(1.0, float(np.sum(1.0 / effects.v)) * float(se[-1]) ** 2)
    if effect is not None:
        if n is not None or required is not None or not effect:
            raise InputError("Give either `effect`, other than 0, or both `n` and `required`.")
        one = boundaries([1.0], alpha=alpha, beta=beta, side=side)
        needed = (one.drift / effect) ** 2 * factor
        information = np.cumsum(1.0 / effects.v)
    elif n is None or required is None or not required > 0.0:
        raise InputError("Give `effect`, or both `n` and a `required` above 0.")
    else:
        people = check_vector(n, "n")
        if people.size <= effects.rows.max():
            raise InputError(f"`n` has {people.size} entries for {effects.rows.max() + 1} effects.")
        used = people[effects.rows]
        if not ((used > 0.0) & np.isfinite(used)).all():
            raise InputError("`n` must have a number above 0 for each study.")
        needed, information = float(required), np.cumsum(people[effects.rows])
    share = information / needed
    bounds, at = _looks(
        share,
        alpha=alpha,
        beta=beta,
        side=side,
        futility=futility,
        spending=spending,
        futility_spending=futility_spending,
    )
    k = share.size
    placed = {
        name: _placed(getattr(bounds, name), at, k)
        for name in ("upper", "lower", "futility_upper", "futility_lower")
    }
    z = estimate / se
    last = np.where(share > bounds.inflation, bounds.upper[-1], placed["upper"])
    return Sequential(
        slab=effects.slab,
        estimate=estimate,
        se=se,
        z=z,
        p=np.asarray(two_sided_p(z)),
        information=information,
        share=share,
        looked=np.isin(np.arange(k), at),
        ci_low=estimate - last * se,
        ci_high=estimate + last * se,
        required=needed,
        diversity=1.0 - 1.0 / factor,
        bounds=bounds,
        conclusion=_conclusion(z, placed, share, bounds),
        notes=(*effects.notes, *_cautions(bounds, at, k)),
        **placed,
    )


def _looks(share: FloatArray, **options: Any) -> tuple[Boundaries, npt.NDArray[np.intp]]:
    """Boundaries at the looks that were taken, and the study after which each was taken.

    The looks settle the inflation; with it, the last look lies at the inflated information.
    """
    taken, before = [], 0.0
    for i, now in enumerate(share):
        if now - before > _LEAST and now < 1.0:
            taken.append(i)
        before = float(now)
    design = boundaries([*share[taken], 1.0], **options)
    taken, before = [], 0.0
    for i, now in enumerate(share):
        if now >= design.inflation:
            break
        if now - before > _LEAST:
            taken.append(i)
        before = float(now)
    shares = share[taken] / design.inflation
    found = boundaries([*shares, 1.0], inflation=design.inflation, **options)
    at = np.array(taken, dtype=np.intp)
    beyond = np.flatnonzero(share >= design.inflation)
    return found, np.append(at, beyond[0]) if beyond.size else at


def _placed(values: FloatArray | None, at: npt.NDArray[np.intp], k: int) -> FloatArray:
    """Bounds of the looks that were taken, among all studies."""
    placed = np.full(k, np.nan)
    if values is not None:
        placed[at] = values[: at.size]
    return placed


def _conclusion(
    z: FloatArray, placed: dict[str, FloatArray], share: FloatArray, bounds: Boundaries
) -> str:
    two = bounds.side == 2
    for i, one in enumerate(z):
        if one >= placed["upper"][i]:
            return "upper"
        if two and one <= placed["lower"][i]:
            return "lower"
        low, high = placed["futility_lower"][i], placed["futility_upper"][i]
        if (two and low < one < high) or (not two and one <= low):
            return "futility"
    return "complete" if share[-1] >= bounds.inflation else "continue"


def _cautions(bounds: Boundaries, at: npt.NDArray[np.intp], k: int) -> list[str]:
    found = [
        "The looks were chosen after the data were seen, as in every retrospective analysis; the "
        "errors are those of a plan made beforehand."
    ]
    if at.size < k:
        found.append(
            f"Looks were taken after {at.size} of {k} studies: not where less than 1 percent of "
            "the information was added, nor after the required information was in."
        )
    if bounds.futility == "binding":
        found.append("The futility boundary is binding: a trial that passed it must have stopped.")
    return found
