"""Pooling of what single arms show: a change, a share, a rate, with nothing to compare it with.

A type of its own keeps the result apart from evidence of effects. Whatever takes a pooled effect
refuses it by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from weigh.errors import InputError, NotControlledError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.measure import Measure, measure_named
from weigh.evidence.pooled import Pooled
from weigh.synthesis.pooling import pool

__all__ = ["SingleArm", "caution_for", "pool_single_arm"]

_OF_A_FIT = {field.name for field in fields(Pooled)} | {"is_regression", "is_of_counts"}
_CHANGE = (
    "No arm was without the treatment: what would have happened anyway, regression to the mean and "
    "the response to being treated at all are part of this change, and it is no effect of the "
    "treatment."
)
_ALONE = "These are single groups with nothing to compare them with, and no effect of a treatment."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SingleArm:
    """What single arms show together, on the analysis scale; not an effect of a treatment.

    It is no `Pooled`, and what takes one raises `NotControlledError` for it: comparisons of models,
    tests between groups and plots of effects. `pooled` is the fit itself, for analyses of these
    arms among themselves.

    Parameters
    ----------
    measure, words
        Name of the measure, and what it is called.
    pooled
        The fit.
    notes
        Cautions, that there was no comparison first of all.
    """

    measure: str
    words: str
    pooled: Pooled
    notes: tuple[str, ...]

    def __getattr__(self, name: str) -> NoReturn:
        """Say what this is, where it is taken for a pooled effect."""
        if name in _OF_A_FIT:
            raise NotControlledError(
                f"This pools {self.words} of single arms, and it was taken for a pooled effect "
                f"(`{name}`): without a comparison group there is no effect of a treatment.",
                hint="For an analysis of these arms among themselves take its `pooled`.",
            )
        raise AttributeError(f"'SingleArm' object has no attribute {name!r}")

    @property
    def controlled(self) -> bool:
        """Whether there was a comparison group: no."""
        return False

    @property
    def k(self) -> int:
        """Number of arms."""
        return self.pooled.k

    @property
    def estimate(self) -> float:
        """The average, on the analysis scale."""
        return self.pooled.estimate

    @property
    def se(self) -> float:
        """Its standard error."""
        return self.pooled.se

    @property
    def ci(self) -> tuple[float, float]:
        """Its confidence interval."""
        return self.pooled.ci_low, self.pooled.ci_high

    @property
    def pi(self) -> tuple[float, float] | None:
        """Where the value of a further such arm is expected; None where undefined."""
        low, high = self.pooled.pi_low, self.pooled.pi_high
        return None if low is None or high is None else (low, high)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON, with what they are of."""
        return {
            "design": "single-arm",
            "controlled": False,
            "measure": self.measure,
            **self.pooled.to_dict(),
            "notes": list(self.notes),
        }

    def summary(self, *, digits: int = 4) -> str:
        """The fit as a printout."""
        body = self.pooled.summary(digits=digits)
        return f"Single arms, no comparison: {self.words}\n{body}\n\nNote: {self.notes[0]}"


def pool_single_arm(
    yi: Any,
    vi: Any = None,
    *,
    measure: str | None = None,
    method: str = "REML",
    test: str = "z",
    mods: Any = None,
    weights: Any = None,
    level: float = 0.95,
    slab: Sequence[Any] | None = None,
    intercept: bool = True,
    prediction: str | None = None,
    data: Any = None,
) -> SingleArm:
    """Pool what single arms show: changes from before to after, proportions, rates, means.

    Parameters
    ----------
    yi, vi
        What `effect_size` gave for a measure of one group (``MC``, ``SMCC``, ``SMCR``, ``ROMC``,
        ``PR``, ``PLO``, ``IRLN``, ``MN``, ...); or (k,) values and their sampling variances.
    measure
        What the values are, where they come as plain numbers.
    method, test, mods, weights, level, slab, intercept, prediction, data
        As in `weigh.pool`.

    Returns
    -------
    SingleArm
        Not a `Pooled`: it cannot be taken for the effect of a treatment by mistake.

    Raises
    ------
    InputError
        A measure that compares two groups, or none.

    References
    ----------
    Why a change without a comparison group says little of an effect: :cite:t:`cuijpers2017`.

    Examples
    --------
    >>> import weigh
    >>> change = weigh.effect_size(
    ...     "MC", change_mean=[-2.0, -1.4, -2.9], change_sd=[3.0, 2.5, 3.1], n=[24, 40, 18]
    ... )
    >>> found = pool_single_arm(change)
    >>> round(found.estimate, 2), found.controlled
    (-1.93, False)
    """
    if isinstance(yi, EffectSizes):
        if vi is not None:
            raise InputError("Effect sizes have their own variances; leave out `vi`.")
        if measure is not None and measure != yi.measure:
            raise InputError(f"These effect sizes are {yi.measure} and not {measure}.")
        known = measure_named(yi.measure)
        slab = yi.slab if slab is None else slab
        yi, vi = yi.yi, yi.vi
    else:
        if measure is None:
            raise InputError(
                "There is no `measure`, which says what these numbers of single arms are.",
                hint="Name it, as in measure='MC', or give what weigh.effect_size made.",
            )
        known = measure_named(measure)
    _refuse_controlled(known)
    fit = pool(
        yi,
        vi,
        method=method,
        test=test,
        mods=mods,
        weights=weights,
        level=level,
        slab=slab,
        intercept=intercept,
        prediction=prediction,
        data=data,
    )
    caution = caution_for(known)
    notes = fit.notes if caution is None else (caution, *fit.notes)
    return SingleArm(measure=known.name, words=known.words, pooled=fit, notes=notes)


def caution_for(known: Measure) -> str | None:
    """What must be said of a measure of single arms; None for all others."""
    if known.controlled is not False:
        return None
    return _CHANGE if known.family == "one group, paired means" else _ALONE


def _refuse_controlled(known: Measure) -> None:
    if known.controlled is False:
        return
    why = "compares two groups" if known.controlled else "is not of single arms by its definition"
    raise InputError(f"{known.name} ({known.words}) {why}.", hint="Pool it with weigh.pool.")
