"""The comparison-adjusted funnel: contrasts of a network less the effect of their comparison."""

from __future__ import annotations

from itertools import cycle
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.report.figures.palette import INK, PAPER, RANGE, SQUARE
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key, Shape, size_of
from weigh.report.plot.foot import p_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import View

__all__ = ["network_funnel"]

FloatArray = npt.NDArray[np.float64]

_SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle", "diamond")
_FILLS = (SQUARE, PAPER, RANGE, "#6E7780")
_NAMED = 16
_Z = 1.959963984540054


class Adjusted(Protocol):
    """The result of `Network.funnel`."""

    @property
    def study(self) -> tuple[str, ...]: ...
    @property
    def treat1(self) -> tuple[str, ...]: ...
    @property
    def treat2(self) -> tuple[str, ...]: ...
    @property
    def adjusted(self) -> FloatArray: ...
    @property
    def sei(self) -> FloatArray: ...
    @property
    def test(self) -> Any: ...


def network_funnel(funnel: Adjusted, *, title: str | None = None) -> Plot:
    """Contrasts less the pooled effect of their comparison, against their standard errors.

    Where small trials are like large ones the points lie evenly about 0. More of them on one side
    at the foot means that small trials favour one treatment, in the order in which the treatments
    were given.

    Parameters
    ----------
    funnel
        Of `weigh.network(...).funnel(order)`.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each contrast.

    References
    ----------
    :cite:t:`chaimani2012`.
    """
    if funnel.adjusted.size == 0:
        raise InputError("There is no contrast to draw.")
    heading = title or f"Comparison-adjusted funnel of {funnel.adjusted.size} contrasts"
    chart = Chart(heading, "Standard error")
    most = float(funnel.sei.max()) * 1.06
    low, high = span_of(funnel.adjusted, around=[-_Z * most * 0.8, _Z * most * 0.8])
    chart.frame(
        effect_axis(View(), low, high, LEFT, RIGHT),
        number_axis(0.0, most, TOP, BOTTOM, upright=True),
    )
    for sign in (-1.0, 1.0):
        chart.curve([(0.0, 0.0), (sign * _Z * most, most)], dashes=(6.0, 4.0))
    chart.plumb(0.0)
    pairs = list(zip(funnel.treat1, funnel.treat2, strict=True))
    kinds = list(dict.fromkeys(pairs))
    looks = dict(
        zip(
            kinds,
            cycle([(shape, fill) for fill in _FILLS for shape in _SHAPES]),
            strict=False,
        )
    )
    radius = size_of(len(pairs))
    for pair, x, s in zip(pairs, funnel.adjusted, funnel.sei, strict=True):
        shape, fill = looks[pair]
        chart.point(float(x), float(s), shape=shape, radius=radius, fill=fill)
    key = [
        Key(words=f"{one} against {two}", shape=looks[one, two][0], fill=looks[one, two][1])
        for one, two in kinds[:_NAMED]
    ]
    key.append(
        Key(
            words="95% of contrasts without heterogeneity",
            shape="line",
            colour=INK,
            dashes=(6.0, 4.0),
        )
    )
    notes = []
    alone = sum(1 for pair in kinds if pairs.count(pair) == 1)
    if alone:
        notes.append(
            "A comparison with one trial lies at 0, as nothing differs from its effect."
            if alone == 1
            else f"{alone} comparisons with one trial lie at 0, as nothing differs from them."
        )
    if len(kinds) > _NAMED:
        notes.append(f"{len(kinds) - _NAMED} more comparisons are drawn, and not named.")
    told = "Too few contrasts for Egger's test."
    if funnel.test is not None:
        told = f"Egger's test of asymmetry: {p_words(float(funnel.test.p))}."
    notes.append(told)
    height = chart.finish(
        "Effect less that of its comparison, on the analysis scale", key=key, notes=notes
    )
    outside = int(np.count_nonzero(np.abs(funnel.adjusted) > _Z * funnel.sei))
    verb = "lies" if outside == 1 else "lie"
    return Plot(
        title=heading,
        description=(
            f"{outside} of {funnel.adjusted.size} contrasts {verb} outside the funnel. {told}"
        ),
        data=Table(
            {
                "study": list(funnel.study),
                "treat1": list(funnel.treat1),
                "treat2": list(funnel.treat2),
                "adjusted": funnel.adjusted,
                "sei": funnel.sei,
            }
        ),
        sheet=chart.sheet,
        height=height,
    )
