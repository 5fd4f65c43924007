"""Curves of dose: a line, a line with a step, a parabola, a restricted cubic spline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.synthesis.inputs import check_choice, check_vector

__all__ = ["SHAPES", "Shape", "percentile_knots", "shape_of"]

FloatArray = npt.NDArray[np.float64]

SHAPES = ("linear", "stepped", "quadratic", "spline")
# Where the knots stand by default, as shares of the doses.
_PERCENTILES = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
    6: (0.05, 0.23, 0.41, 0.59, 0.77, 0.95),
    7: (0.025, 0.1833, 0.3417, 0.50, 0.6583, 0.8167, 0.975),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A curve of dose: columns of the dose whose weighted sum is the effect.

    Parameters
    ----------
    name
        ``"linear"``, ``"stepped"``, ``"quadratic"`` or ``"spline"``.
    knots
        Doses where the pieces of a spline meet; empty otherwise.
    """

    name: str
    knots: tuple[float, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns; the first is always the dose itself."""
        if self.name == "quadratic":
            return ("dose", "dose^2")
        if self.name == "stepped":
            return ("dose", "any dose")
        return ("dose", *(f"spline {i + 1}" for i in range(max(0, len(self.knots) - 2))))

    def columns(self, dose: npt.ArrayLike) -> FloatArray:
        """Columns of the model matrix, one row a dose.

        The pieces of a spline are divided by the squared distance of the outer knots, so that
        they are in units of the dose.
        """
        x = np.asarray(dose, dtype=np.float64)
        if self.name == "linear":
            return x[:, None]
        if self.name == "quadratic":
            return np.column_stack([x, x * x])
        if self.name == "stepped":
            return np.column_stack([x, (x > 0.0).astype(np.float64)])
        knots = np.asarray(self.knots)
        last, before = knots[-1], knots[-2]
        unit = (last - knots[0]) ** 2
        pieces = [x]
        for knot in knots[:-2]:
            share = (last - knot) / (last - before)
            bend = _cube(x - knot) - share * _cube(x - before)
            pieces.append((bend + (share - 1.0) * _cube(x - last)) / unit)
        return np.column_stack(pieces)


def _cube(x: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(x, 0.0) ** 3)


def percentile_knots(dose: npt.ArrayLike, count: int = 3) -> tuple[float, ...]:
    """Knots at percentiles of the doses, by Harrell's rule.

    Parameters
    ----------
    dose
        All doses of all studies, references included.
    count
        From 3 to 7: with 3 the 10th, 50th and 90th percentile, with 4 the 5th, 35th, 65th and
        95th, with 5 the 5th, 27.5th, 50th, 72.5th and 95th.

    Raises
    ------
    StatisticsError
        Two of them at the same dose.

    References
    ----------
    :cite:t:`harrell2015`.

    Examples
    --------
    >>> [round(knot, 1) for knot in percentile_knots([0, 5, 10, 20, 0, 10, 40])]
    [0.0, 10.0, 28.0]
    """
    if count not in _PERCENTILES:
        raise InputError(f"`knots` is {count!r}; a number of knots lies between 3 and 7.")
    doses = check_vector(dose, "dose")
    knots = np.quantile(doses[np.isfinite(doses)], _PERCENTILES[count])
    if not (np.diff(knots) > 0.0).all():
        places = ", ".join(f"{knot:g}" for knot in knots)
        raise StatisticsError(
            f"{count} knots at percentiles of the doses stand at {places}, and two are the same.",
            hint="Give the doses of the knots, or take shape='quadratic'.",
        )
    return tuple(float(knot) for knot in knots)


def shape_of(name: str, knots: int | Sequence[float] | None, dose: FloatArray) -> Shape:
    """A shape by its name, with the knots that are given or found."""
    check_choice("shape of a dose-response curve", name, SHAPES)
    if name != "spline":
        if knots is not None:
            raise InputError(
                f"`knots` belong to shape='spline', and the shape is {name!r}.",
                hint="Leave them out, or take shape='spline'.",
            )
        return Shape(name=name)
    if knots is None or isinstance(knots, int):
        return Shape(name=name, knots=percentile_knots(dose, 3 if knots is None else knots))
    return Shape(name=name, knots=_given(knots))


def _given(knots: Any) -> tuple[float, ...]:
    places = check_vector(knots, "knots")
    if places.size < 3 or not np.isfinite(places).all() or not (np.diff(places) > 0.0).all():
        raise InputError(
            f"`knots` are {', '.join(f'{knot:g}' for knot in places)}; a restricted cubic spline "
            "needs at least three doses that rise."
        )
    return tuple(float(knot) for knot in places)
