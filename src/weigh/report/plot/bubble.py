"""The bubble plot: effects against a moderator, with the line that the regression lays."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.pooled import Pooled
from weigh.report.figures.palette import INK, SQUARE, WASH
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import model_words, p_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of
from weigh.stats.tails import two_sided_quantile

__all__ = ["bubble"]

FloatArray = npt.NDArray[np.float64]

_DASHED = (6.0, 4.0)
_LARGEST, _SMALLEST = 13.0, 2.5


def bubble(
    fit: Pooled,
    moderator: str | None = None,
    *,
    measure: str | None = None,
    words: str | None = None,
    prediction: bool = True,
    names: bool = True,
    title: str | None = None,
) -> Plot:
    """Effects against a moderator of a regression; the area of a bubble follows its weight.

    Parameters
    ----------
    fit
        A regression of `weigh.pool` with `mods`.
    moderator
        Name of the coefficient; may be left out where there is one besides the intercept. Other
        moderators are held at their means.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    words
        What stands under the axis, such as ``"Latitude, degrees"``; by default the name.
    prediction
        Whether to draw the band in which the true effects of further studies are expected.
    names
        Whether to name studies, the heaviest first, as far as there is room.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each study with the fitted value and both intervals there.

    Raises
    ------
    InputError
        A fit without moderators, or with several of which none is named.
    NotFoundError
        No coefficient has that name.

    References
    ----------
    :cite:t:`thompson2002`.
    """
    design, vb = fit.design, fit.vb
    if not fit.is_regression or design is None or vb is None:
        raise InputError(
            "A bubble plot is of a regression, and this fit has no moderators.",
            hint="Pool with mods=, or draw weigh.plot.forest(fit).",
        )
    column = _column(fit, moderator)
    name = fit.names[column]
    view = view_of(measure)
    beta = np.array([each.estimate for each in fit.coefficients])
    x = design[:, column]
    low, high = span_of(x, pad=0.08)
    steps = np.linspace(low, high, 81)
    rest = np.tile(design.mean(axis=0), (steps.size, 1))
    rest[:, column] = steps
    # Kenward and Roger's degrees of freedom differ along the line; those of the slope serve.
    own = fit.coefficients[column].df
    half = two_sided_quantile(fit.level, fit.df if own is None else own)
    line, band, wide = _fitted(rest, beta, vb, fit.tau2, half)
    # The bands are cut where they would squeeze the studies into a strip.
    ends = np.concatenate([fit.yi, line - band, line + band])
    if prediction:
        reach = 1.5 * np.ptp(fit.yi)
        outer = np.concatenate([line - wide, line + wide])
        ends = np.concatenate([ends, outer[np.abs(outer - np.median(fit.yi)) <= reach]])
    up_low, up_high = span_of(ends)
    heading = title or f"Bubble plot: {view.words} by {words or name}"
    chart = Chart(heading, view.axis_words)
    up = effect_axis(view, up_low, up_high, BOTTOM, TOP, upright=True)
    chart.frame(number_axis(low, high, LEFT, RIGHT), up)
    chart.area(_ribbon(steps, line - band, line + band), fill="#D9E6EF")
    if view.null is not None:
        chart.level(view.null, colour=INK, width=0.9)
    if prediction:
        for edge in (line - wide, line + wide):
            chart.curve(_points(steps, edge), dashes=_DASHED)
    chart.curve(_points(steps, line), colour=SQUARE, width=2.0)
    weight = 1.0 / (fit.vi + fit.tau2)
    radii = np.maximum(_LARGEST * np.sqrt(weight / weight.max()), _SMALLEST)
    if fit.k > 60:
        radii = np.maximum(0.6 * radii, 2.0)
    order = np.argsort(-weight, kind="stable")
    for i in order:
        chart.point(float(x[i]), float(fit.yi[i]), radius=float(radii[i]), fill=WASH)
    if names:
        points = [(float(x[i]), float(fit.yi[i]), fit.slab[i], float(radii[i])) for i in order]
        chart.names(points)
    percent = f"{100 * fit.level:g}%"
    key = [
        Key(words="study; its area follows its weight", shape="circle", fill=WASH),
        Key(words="regression line", shape="line", colour=SQUARE),
        Key(words=f"{percent} confidence band", shape="area", fill="#D9E6EF"),
    ]
    if prediction:
        key.append(Key(words=f"{percent} prediction band", shape="line", dashes=_DASHED))
    slope = fit.coefficients[column]
    notes = [f"{model_words(fit)} Slope {_figures(slope.estimate)}, {p_words(slope.p)}."]
    if len(fit.names) - ("intercept" in fit.names) > 1:
        notes.append("The other moderators are held at their means.")
    height = chart.finish(words or name, key=key, notes=notes)
    first, last = (view.text(float(line[i])) for i in (0, -1))
    fitted, inner, outer = _fitted(_at_means(design, column), beta, vb, fit.tau2, half)
    return Plot(
        title=heading,
        description=(
            f"The fitted {view.words} goes from {first} at {name} {_figures(low)} to {last} at "
            f"{_figures(high)}."
        ),
        data=Table(
            {
                "name": fit.slab,
                "x": x,
                "effect": view.natural(fit.yi),
                "weight": fit.weights,
                "fitted": view.natural(fitted),
                "low": view.natural(fitted - inner),
                "high": view.natural(fitted + inner),
                "prediction_low": view.natural(fitted - outer),
                "prediction_high": view.natural(fitted + outer),
            }
        ),
        sheet=chart.sheet,
        height=height,
        notes=fit.notes,
    )


def _column(fit: Pooled, moderator: str | None) -> int:
    own = [name for name in fit.names if name != "intercept"]
    if moderator is None:
        if len(own) != 1:
            raise InputError(
                f"The regression has {len(own)} moderators: {', '.join(own)}.",
                hint="Say which one to draw.",
            )
        moderator = own[0]
    if moderator not in fit.names:
        raise NotFoundError("coefficient", moderator, own)
    return fit.names.index(moderator)


def _at_means(design: FloatArray, column: int) -> FloatArray:
    """Each study's own value of the moderator, everything else at its mean."""
    rows = np.tile(design.mean(axis=0), (design.shape[0], 1))
    rows[:, column] = design[:, column]
    return rows


def _fitted(
    rows: FloatArray, beta: FloatArray, vb: FloatArray, tau2: float, half: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fitted values, and half the widths of the confidence and the prediction band."""
    variance = np.einsum("ip,pq,iq->i", rows, vb, rows)
    return rows @ beta, half * np.sqrt(variance), half * np.sqrt(variance + tau2)


def _points(x: FloatArray, y: FloatArray) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def _ribbon(x: FloatArray, low: FloatArray, high: FloatArray) -> list[tuple[float, float]]:
    return _points(x, low) + _points(x, high)[::-1]


def _figures(value: float) -> str:
    """Three figures."""
    if value == 0.0 or not math.isfinite(value):
        return "0"
    return f"{value:.3g}".replace("-", "−")
