"""Effects in units so small or large that weights leave floating point, brought to the middle.

Cubes of weights are the trouble: with effects of 1e60 they are 1e-360. The units are powers of two,
so that nothing is rounded on the way there and back.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import overload

import numpy as np

from weigh.evidence.pooled import Coefficient, Pooled
from weigh.synthesis.inputs import Effects
from weigh.synthesis.statistics import LARGE, SMALL

__all__ = ["in_units", "out_of_units", "unit_exponent"]


def unit_exponent(effects: Effects) -> int:
    """Power of two that effects should be counted in; 0 for all ordinary ones."""
    low = float(effects.v.min())
    if low > SMALL and float(effects.v.max()) < LARGE:
        return 0
    return math.frexp(low)[1] // 2


def in_units(effects: Effects, exponent: int) -> Effects:
    """Count effects in units of 2 to the `exponent`."""
    return replace(effects, y=np.ldexp(effects.y, -exponent), v=np.ldexp(effects.v, -2 * exponent))


def out_of_units(fit: Pooled, exponent: int) -> Pooled:
    """Bring a fit of effects `in_units` back to the units that they came in."""

    @overload
    def back(value: float, power: int = ...) -> float: ...
    @overload
    def back(value: None, power: int = ...) -> None: ...
    def back(value: float | None, power: int = 1) -> float | None:
        return None if value is None else float(np.ldexp(value, power * exponent))

    def coefficient(one: Coefficient) -> Coefficient:
        return replace(
            one,
            estimate=back(one.estimate),
            se=back(one.se),
            ci_low=back(one.ci_low),
            ci_high=back(one.ci_high),
        )

    return replace(
        fit,
        estimate=back(fit.estimate),
        se=back(fit.se),
        ci_low=back(fit.ci_low),
        ci_high=back(fit.ci_high),
        pi_low=back(fit.pi_low),
        pi_high=back(fit.pi_high),
        tau2=back(fit.tau2, 2),
        tau2_se=back(fit.tau2_se, 2),
        tau2_ci_low=back(fit.tau2_ci_low, 2),
        tau2_ci_high=back(fit.tau2_ci_high, 2),
        yi=np.ldexp(fit.yi, exponent),
        vi=np.ldexp(fit.vi, 2 * exponent),
        vb=None if fit.vb is None else np.ldexp(fit.vb, 2 * exponent),
        coefficients=tuple(map(coefficient, fit.coefficients)),
    )
