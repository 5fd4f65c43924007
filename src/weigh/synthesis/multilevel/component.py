"""One variance or correlation of the random effects, as it is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Component"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One variance or correlation of the random effects.

    Parameters
    ----------
    name
        ``sigma2[district]``, ``tau2[AL]``, ``rho[AL, PD]``.
    kind
        ``sigma2`` of random intercepts; ``tau2`` and ``rho`` of the first ``~ inner | outer``,
        ``gamma2`` and ``phi`` of the second.
    term
        The random effect that it belongs to.
    levels
        Inner levels that it is of.
    groups
        Number of groups of the random effect.
    value
        Estimate, or what it was held at.
    se, ci_low, ci_high
        From the curvature of the likelihood; the interval is cut off where the component ends.
        None where the component is held fixed, or is at the end of its range, where the curvature
        says nothing. `Multilevel.confint` has the profile likelihood.
    held
        Whether it was held fixed.
    """

    name: str
    kind: str
    term: str
    levels: tuple[str, ...]
    groups: int
    value: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    held: bool

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "name": self.name,
            "term": self.term,
            "groups": self.groups,
            "value": self.value,
            "se": self.se,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "held": self.held,
        }
