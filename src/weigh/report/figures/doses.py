"""The curve of an answer's doses: its band, and each arm of a trial as a mark."""

from __future__ import annotations

import numpy as np

from weigh.evidence.doses import DoseCurveView
from weigh.evidence.figures import plain
from weigh.report.figures.palette import INK, SQUARE, WASH
from weigh.report.figures.sheet import Sheet
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.showing import view_of

__all__ = ["draw_doses"]

_BAND = "#D9E6EF"
_LARGEST, _SMALLEST = 9.0, 2.5


def draw_doses(view: DoseCurveView, *, key: str, credit: str) -> tuple[str, Sheet]:
    """Draw the curve; the table beside it holds what it shows.

    Parameters
    ----------
    key
        Stands before every id inside.
    credit
        What the picture is of, printed at its foot.
    """
    comparison = view.comparison
    shown = view_of(comparison.measure)
    line = np.array(view.line)
    title = f"{comparison.label}: doses of {view.who}"
    unit = "" if not shown.is_plain else f", {comparison.outcome.unit or 'points'}"
    chart = Chart(title, f"{shown.axis_words}{unit}")
    yi = np.array([mark.yi for mark in view.marks])
    se = np.array([mark.se for mark in view.marks])
    low, high = span_of(np.concatenate([line[:, 2], line[:, 3], yi]), around=(comparison.null,))
    chart.frame(
        number_axis(*span_of(line[:, 0], pad=0.04), LEFT, RIGHT),
        effect_axis(shown, low, high, BOTTOM, TOP, upright=True),
    )
    lower = [(float(dose), float(end)) for dose, end in line[:, [0, 2]]]
    upper = [(float(dose), float(end)) for dose, end in line[::-1][:, [0, 3]]]
    chart.area(lower + upper, fill=_BAND)
    chart.level(comparison.null, colour=INK, width=0.9)
    chart.curve([(float(x), float(y)) for x, y in line[:, :2]], colour=SQUARE, width=2.0)
    radii = np.maximum(_LARGEST * se.min() / se, _SMALLEST)
    for mark, radius in zip(view.marks, radii, strict=True):
        chart.point(mark.dose, mark.yi, radius=float(radius), fill=WASH)
    chart.names(
        [
            (mark.dose, mark.yi, mark.study.label, float(radius))
            for mark, radius in zip(view.marks, radii, strict=True)
        ]
    )
    height = chart.finish(
        f"Dose, {view.unit} a day",
        key=(
            Key(words="curve", shape="line", colour=SQUARE),
            Key(words=f"{view.contrast.level.text} confidence band", shape="area", fill=_BAND),
            Key(words="arm of a trial; its area follows its precision", shape="circle", fill=WASH),
        ),
        notes=(
            f"Against {comparison.comparator}, at a dose of 0: above the line "
            f"{comparison.outcome.ways[1]}, below it {comparison.outcome.ways[0]}.",
            credit,
        ),
    )
    svg = chart.sheet.svg(height, key=key, title=title, description=_finding(view))
    return svg, chart.sheet


def _finding(view: DoseCurveView) -> str:
    shown = view_of(view.comparison.measure)
    dose, estimate, low, high = view.line[-1]
    return (
        f"At {plain(dose)} {view.unit} a day the curve gives {shown.a_words} of "
        f"{shown.interval_text(estimate, low, high)} against {view.comparison.comparator}."
    )
