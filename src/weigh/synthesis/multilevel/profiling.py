"""Profile likelihoods of components: curves, and intervals that need no curvature.

A component is held at a value and all others are sought anew. The interval is where the likelihood
falls by no more than half of a chi-squared quantile below its maximum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from weigh.errors import InputError
from weigh.stats.tails import chi2_quantile
from weigh.synthesis.inputs import check_choice, check_level, check_vector
from weigh.synthesis.multilevel.component import Component
from weigh.synthesis.multilevel.components import ends_of
from weigh.synthesis.multilevel.likelihood import Likelihood
from weigh.synthesis.multilevel.model import Model, height_of, prepared
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.multilevel.search import highest
from weigh.synthesis.records import as_record

__all__ = ["ComponentInterval", "ComponentProfile", "component_intervals", "profile"]

FloatArray = npt.NDArray[np.float64]

# Steps out from the estimate, each by this factor, before the likelihood is taken to fall no more.
_OUTWARD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentInterval:
    """The interval of one component.

    Parameters
    ----------
    name
        As in `Component`.
    value, ci_low, ci_high
        Estimate and limits. A limit is None where the likelihood never falls far enough, and for
        Wald's intervals where the curvature says nothing.
    kind
        ``"profile"`` or ``"wald"``.
    level
        Confidence level.
    """

    name: str
    value: float
    ci_low: float | None
    ci_high: float | None
    kind: str
    level: float

    @property
    def sd(self) -> tuple[float, float | None, float | None]:
        """Square roots of estimate and limits, for variances.

        Raises
        ------
        InputError
            A correlation, which has none.
        """
        low, high = self.ci_low, self.ci_high
        if self.name.startswith(("rho", "phi")):
            raise InputError(f"{self.name} is a correlation; square roots are those of variances.")
        return (
            math.sqrt(self.value),
            None if low is None else math.sqrt(low),
            None if high is None else math.sqrt(high),
        )

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComponentProfile:
    """The likelihood along one component, all others at their best.

    Parameters
    ----------
    name
        The component.
    at
        Its values.
    log_likelihood
        There, by the likelihood that the fit made highest.
    estimate, highest
        Where the fit has its maximum, and how high that is.
    cut
        The height at which the interval of `level` ends.
    level
        Confidence level.
    """

    name: str
    at: FloatArray
    log_likelihood: FloatArray
    estimate: float
    highest: float
    cut: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(slots=True)
class _Profiler:
    """Finds the highest likelihood with one component held at a value.

    Each search starts from where the last one ended, and from the fit itself.
    """

    model: Model
    likelihood: Likelihood
    span: tuple[int, int]
    term: int
    index: int
    fit: FloatArray
    last: FloatArray

    @classmethod
    def of(cls, fit: Multilevel, place: int) -> _Profiler:
        """Prepare a component by its place."""
        solved = fit.solved
        model = solved.model
        term, index = _term_of(model, place)
        at = solved.maximum.point.at
        one = model.parametrizations[term]
        free = one.apart()
        first, last = model.spans()[term]
        changed = np.concatenate([at[:first], free.inner(one.reported(at[first:last])), at[last:]])
        model = model.holding(term, free)
        likelihood = solved.likelihood
        if free is not one:
            likelihood = prepared(model, restricted=likelihood.restricted)
        return cls(model, likelihood, model.spans()[term], term, index, changed, changed)

    def height(self, value: float) -> float:
        """Log-likelihood, on the scale of the effects; -inf where there is none."""
        one = self.model.parametrizations[self.term]
        inside = value / self.model.unit**2 if self.index < one.variances else value
        lower, upper = self.model.bounds()
        a, b = self.span
        held = one.held_at(self.index, inside)
        lower[a:b], upper[a:b] = held.lower, held.upper
        found = highest(self.likelihood, (self.last, self.fit), lower, upper)
        if found is None:
            return -math.inf
        self.last = found.point.at
        return height_of(self.likelihood, self.model, found.point)


def _term_of(model: Model, place: int) -> tuple[int, int]:
    for term, one in enumerate(model.parametrizations):
        if place < one.held.size:
            return term, place
        place -= one.held.size
    raise InputError("There is no such component.")


def profile(
    fit: Multilevel,
    name: str,
    *,
    at: Any = None,
    points: int = 41,
    level: float | None = None,
) -> ComponentProfile:
    """The likelihood along one component.

    Parameters
    ----------
    fit
        A fit of `multilevel`.
    name
        The component, by its name or, where there is one of it, its kind (``"rho"``).
    at
        Values to hold it at; by default from below to above its interval.
    points
        Number of values, where `at` does not say.
    level
        Level of the interval that is marked; that of the fit by default.

    Returns
    -------
    ComponentProfile
        A curve that is flat, or rises to an end, tells that the data say little of a component.

    References
    ----------
    :cite:t:`raue2009` on what profiles tell; :cite:t:`viechtbauer2010`.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5]
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": list("aabbcc")})
    >>> found = profile(fit, "sigma2", at=[0.0, 0.05, 0.1])
    >>> found.log_likelihood.round(2).tolist()
    [-1.81, -0.27, -0.58]
    """
    level = fit.level if level is None else check_level(level)
    place = fit.place(name)
    component = _free(fit.components[place])
    profiler = _Profiler.of(fit, place)
    values = _range(fit, place, level, points) if at is None else _checked(fit, place, at)
    heights = np.array([profiler.height(float(value)) for value in values])
    return ComponentProfile(
        name=component.name,
        at=values,
        log_likelihood=heights,
        estimate=component.value,
        highest=fit.log_likelihood,
        cut=fit.log_likelihood - 0.5 * float(chi2_quantile(1, 1.0 - level)),
        level=level,
    )


def _checked(fit: Multilevel, place: int, at: Any) -> FloatArray:
    values = check_vector(at, "at")
    low, high = ends_of(fit.solved.model.parametrizations, place)
    beyond = values[~((values >= low) & (values <= high))]
    if beyond.size:
        raise InputError(
            f"`at` holds {beyond[0]:g}, and {fit.components[place].name} lies between {low:g} and "
            f"{high:g}."
        )
    return values


def _free(component: Component) -> Component:
    if component.held:
        raise InputError(f"{component.name} was held fixed, so there is nothing to profile.")
    return component


def _range(fit: Multilevel, place: int, level: float, points: int) -> FloatArray:
    """Values from below to above the interval of a component."""
    found = _limits(fit, place, level)
    low_end, high_end = ends_of(fit.solved.model.parametrizations, place)
    value = fit.components[place].value
    low = value if found.ci_low is None else found.ci_low
    high = value + 1.0 if found.ci_high is None else found.ci_high
    reach = 0.25 * (high - low)
    low, high = max(low - reach, low_end), min(high + reach, high_end)
    if fit.components[place].kind in ("sigma2", "tau2", "gamma2"):
        # Even steps of the standard deviation, so that the curve is smooth where it is steepest.
        return np.linspace(math.sqrt(low), math.sqrt(high), points) ** 2
    return np.linspace(low, high, points)


def component_intervals(
    fit: Multilevel,
    names: str | Sequence[str] | None = None,
    *,
    kind: str = "profile",
    level: float | None = None,
) -> tuple[ComponentInterval, ...]:
    """Intervals of variances and correlations.

    Parameters
    ----------
    fit
        A fit of `multilevel`.
    names
        Components; all that were estimated by default.
    kind
        ``"profile"``: where twice the log-likelihood falls by no more than the quantile of
        chi-squared. ``"wald"``: by the curvature at the maximum, cut off where a component ends.
    level
        Confidence level; that of the fit by default.

    Returns
    -------
    tuple of ComponentInterval

    References
    ----------
    :cite:t:`venzon1988`; for variances :cite:t:`hardy1996`.

    Examples
    --------
    >>> from weigh.synthesis.multilevel import multilevel
    >>> yi = [0.1, 0.3, 0.2, 0.6, 0.7, 0.5]
    >>> fit = multilevel(yi, [0.02] * 6, random={"trial": list("aabbcc")})
    >>> one, = component_intervals(fit)
    >>> round(one.ci_low, 3), round(one.ci_high, 2)
    (0.0, 0.69)
    """
    check_choice("kind of interval", kind, ("profile", "wald"))
    level = fit.level if level is None else check_level(level)
    if names is None:
        places = [index for index, one in enumerate(fit.components) if not one.held]
    else:
        wanted = [names] if isinstance(names, str) else list(names)
        places = [fit.place(name) for name in wanted]
        for place in places:
            _free(fit.components[place])
    if kind == "wald":
        return tuple(_wald(fit, place, level) for place in places)
    return tuple(_limits(fit, place, level) for place in places)


def _wald(fit: Multilevel, place: int, level: float) -> ComponentInterval:
    one = fit.components[place]
    low = high = None
    if one.se is not None:
        reach = math.sqrt(float(chi2_quantile(1, 1.0 - level))) * one.se
        least, most = ends_of(fit.solved.model.parametrizations, place)
        low, high = max(one.value - reach, least), min(one.value + reach, most)
    return ComponentInterval(
        name=one.name, value=one.value, ci_low=low, ci_high=high, kind="wald", level=level
    )


def _limits(fit: Multilevel, place: int, level: float) -> ComponentInterval:
    one = fit.components[place]
    drop = 0.5 * float(chi2_quantile(1, 1.0 - level))
    below = _Profiler.of(fit, place)
    above = _Profiler.of(fit, place)
    least, most = ends_of(fit.solved.model.parametrizations, place)

    def excess(profiler: _Profiler) -> Callable[[float], float]:
        # The root of the fall is nearly straight in the component, so that secants end soon.
        def value(at: float) -> float:
            fall = max(fit.log_likelihood - profiler.height(at), 0.0)
            return math.sqrt(min(fall, 1e6)) - math.sqrt(drop)

        return value

    scale = one.se if one.se is not None else max(abs(one.value), 1e-2 * _typical(fit))
    return ComponentInterval(
        name=one.name,
        value=one.value,
        ci_low=_crossing(excess(below), one.value, least, -scale),
        ci_high=_crossing(excess(above), one.value, most, scale),
        kind="profile",
        level=level,
    )


def _typical(fit: Multilevel) -> float:
    return float(np.median(fit.solved.model.known.diagonal)) * fit.solved.model.unit**2


def _crossing(
    excess: Callable[[float], float], start: float, end: float, step: float
) -> float | None:
    """Where a rising function passes 0, from `start` towards `end`; `end` where it does not."""
    if start == end:
        return end
    inside, there = start, math.copysign(math.inf, step)
    for _ in range(_OUTWARD):
        at = start + step
        if (at - end) * step >= 0.0:
            at = end
        there = excess(at)
        if there >= 0.0:
            if excess(inside) >= 0.0:  # where the search does not find the maximum again
                return None
            found: float = optimize.brentq(
                excess, inside, at, xtol=1e-7 * max(abs(at - start), 1e-12), rtol=1e-10
            )
            return found
        if at == end:
            return end
        inside, step = at, 2.0 * step
    return None
