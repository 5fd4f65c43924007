"""Components that a user holds fixed, handed out to the random effects that they belong to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.errors import InputError
from weigh.synthesis.inputs import check_number
from weigh.synthesis.multilevel.parametrization import Parametrization, parametrize
from weigh.synthesis.multilevel.term import Term

__all__ = ["Held", "Values"]

Values = Sequence[float | None] | float | None


@dataclass(frozen=True, slots=True)
class Held:
    """Values that a user holds fixed, None where a component is estimated.

    Parameters
    ----------
    sigma2
        Variances of random intercepts, in their order.
    within
        Variances and correlations of each ``~ inner | outer``.
    """

    sigma2: Values
    within: tuple[tuple[Values, Values], tuple[Values, Values]]

    def parametrizations(self, terms: Sequence[Term], exponent: int) -> tuple[Parametrization, ...]:
        """Parameters of each random effect, in units of 2 to the `exponent`."""
        intercepts = [term for term in terms if term.structure == "INTERCEPT"]
        values = _listed(self.sigma2) or [None]
        if len(values) == 1:
            values = values * len(intercepts)
        if len(values) != len(intercepts):
            raise InputError(
                f"`sigma2` has {len(values)} values for {len(intercepts)} random intercepts."
            )
        if len(terms) - len(intercepts) > len(self.within):
            raise InputError("A model takes two random effects of the form ~ inner | outer.")
        rest = iter(values)
        within = iter(zip(self.within, (("tau2", "rho"), ("gamma2", "phi")), strict=True))
        made = []
        for term in terms:
            if term.structure == "INTERCEPT":
                variance = _scaled([next(rest)], exponent)
                made.append(parametrize(term, variance, names=("sigma2", "")))
                continue
            (variances, correlations), names = next(within)
            scaled = _scaled(_listed(variances), exponent)
            made.append(parametrize(term, scaled, _listed(correlations), names=names))
        return tuple(made)


def _listed(given: Values) -> list[float | None] | None:
    if given is None or (isinstance(given, Sequence) and not isinstance(given, str)):
        return None if given is None else list(given)
    tolist = getattr(given, "tolist", None)
    values = given if tolist is None else tolist()
    return list(values) if isinstance(values, list) else [values]


def _scaled(values: list[float | None] | None, exponent: int) -> list[float | None] | None:
    if values is None:
        return None
    scale = math.ldexp(1.0, -2 * exponent)
    return [
        None if value is None else check_number(value, "sigma2, tau2 or gamma2") * scale
        for value in values
    ]
