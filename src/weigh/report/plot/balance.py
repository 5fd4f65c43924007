"""The balance: each study a weight on a beam, the pooled effect where it comes to rest."""

from __future__ import annotations

import numpy as np

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.report.figures.lettering import SMALL
from weigh.report.figures.palette import INK, MUTED, SQUARE
from weigh.report.plot.axis import Axis, effect_axis, span_of
from weigh.report.plot.chart import LEFT, RIGHT, Chart, Key, draw_shape
from weigh.report.plot.naming import place_names
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of

__all__ = ["balance"]

#: Height of the frame above the beam, and half the side of the heaviest weight.
_ROOM, _HALF = 190.0, 26.0
#: Half the width of the pivot.
_PIVOT = 15.0


def balance(fit: Pooled, *, measure: str | None = None, title: str | None = None) -> Plot:
    """The pooled effect as a balance, for those who do not read forest plots.

    Each study is a weight that stands on the beam at its own effect; the area of a weight is the
    study's weight in the pool. The beam rests level on the pivot, which is the pooled effect: a
    weighted mean is the centre of gravity. The bar under the pivot is its confidence interval.

    Parameters
    ----------
    fit
        One pooled effect of at least two studies.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    title
        Printed above.

    Raises
    ------
    InputError
        A regression, or fewer than two studies.

    References
    ----------
    :cite:t:`bowden2016`.
    """
    if fit.is_regression or fit.k < 2:
        raise InputError(
            "A balance shows one pooled effect of at least two studies.",
            hint="A regression is shown by weigh.plot.bubble.",
        )
    view = view_of(measure)
    null = view.null
    yi, names = fit.yi, list(fit.slab)
    share = np.asarray(fit.weights, dtype=np.float64)
    around = [fit.ci_low, fit.ci_high] + ([] if null is None else [null])
    low, high = span_of(yi, pad=0.12, around=around)
    heading = title or f"Balance: {view.words} in {fit.k} studies"
    chart = Chart(heading, "")
    chart.frame(
        effect_axis(view, low, high, LEFT - 36.0, RIGHT),
        Axis(low=0.0, high=1.0, start=_ROOM + 46.0, end=0.0),
        rules=False,
    )
    beam = 46.0 / (_ROOM + 46.0)
    if null is not None and low <= null <= high:
        chart.plumb(null, colour=MUTED, width=1.0, dashes=(3.0, 3.0))
    chart.level(beam, colour=INK, width=3.0)
    sheet = chart.sheet
    half = _HALF * np.sqrt(share / share.max())
    stands = _stacked(chart, yi, half, beam)
    for i in np.argsort(-half):
        across, down = stands[i]
        draw_shape(sheet, across, down, "square", float(max(half[i], 2.0)), SQUARE)
    _name(chart, stands, half, names, share)
    rest, base = chart.place(fit.estimate, beam)
    sheet.polygon(
        [(rest, base + 2.0), (rest - _PIVOT, base + 27.0), (rest + _PIVOT, base + 27.0)], fill=INK
    )
    left, right = chart.place(fit.ci_low, beam)[0], chart.place(fit.ci_high, beam)[0]
    sheet.line([(left, base + 36.0), (right, base + 36.0)], width=4.0)
    percent = f"{100 * fit.level:g}%"
    pooled = view.interval_text(fit.estimate, fit.ci_low, fit.ci_high)
    height = chart.finish(
        view.axis_words,
        key=(
            Key(words="a study; its area is its weight", shape="square", fill=SQUARE),
            Key(words=f"pooled, {pooled}", shape="triangle", fill=INK),
            Key(words=f"{percent} confidence interval", shape="line"),
            *(() if null is None else (Key(words="no effect", shape="line", dashes=(3.0, 3.0)),)),
        ),
    )
    heaviest = names[int(np.argmax(share))]
    return Plot(
        title=heading,
        description=(
            f"The beam rests at {pooled}. The heaviest of {fit.k} weights is {heaviest} with "
            f"{share.max():.0f}% of all."
        ),
        data=Table({"name": names, "effect": view.natural(yi), "weight_percent": share}),
        sheet=sheet,
        height=height,
    )


def _stacked(
    chart: Chart, yi: np.ndarray, half: np.ndarray, beam: float
) -> list[tuple[float, float]]:
    """Where each weight stands: on the beam, or on those that stand there already."""
    places: dict[int, tuple[float, float]] = {}
    for i in np.argsort(-half, kind="stable"):
        across, ground = chart.place(float(yi[i]), beam)
        side = float(max(half[i], 2.0))
        top = ground - 2.0
        for j, (x, y) in places.items():
            other = float(max(half[j], 2.0))
            if abs(x - across) < side + other:
                top = min(top, y - other)
        places[int(i)] = (across, top - side)
    lowest = min(y - half[i] for i, (_, y) in places.items())
    ceiling = chart.place(float(yi[0]), 1.0)[1] + 14.0
    if lowest >= ceiling:
        return [places[i] for i in range(len(yi))]
    # Too high a stack is pressed together: weights then overlap, and none leaves the picture.
    ground = chart.place(float(yi[0]), beam)[1]
    press = (ground - ceiling) / (ground - lowest)
    return [(places[i][0], ground - press * (ground - places[i][1])) for i in range(len(yi))]


def _name(
    chart: Chart,
    stands: list[tuple[float, float]],
    half: np.ndarray,
    names: list[str],
    share: np.ndarray,
) -> None:
    """Name the heaviest weights, where there is room beside them."""
    points = []
    for i in np.argsort(-share):
        across, down = stands[i]
        side = float(max(half[i], 2.0))
        chart.boxes.take(across - side, down - side, across + side, down + side)
        points.append((across, down, names[i], side))
    start = chart.place(0.0, 1.0)[1]
    limits = (LEFT - 34.0, start + 1.0, RIGHT + 4.0, chart.place(0.0, 0.0)[1] - 50.0)
    for x, base, name in place_names(points, limits, chart.boxes):
        chart.sheet.text(x, base, name, size=SMALL, kind="name")
