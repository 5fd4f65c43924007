"""The dose-response curve: its band, the doses that were studied, and what each study found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence.figures import plain
from weigh.report.figures.palette import INK, SQUARE, WASH
from weigh.report.plot.axis import effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import p_words, studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import View, view_of
from weigh.report.plot.taking import require

__all__ = ["dose_response"]

FloatArray = npt.NDArray[np.float64]

_DASHED = (6.0, 4.0)
_BAND = "#D9E6EF"
_LARGEST, _SMALLEST = 9.0, 2.5
_SHAPES = {
    "linear": "a straight line",
    "stepped": "a straight line above a step from no dose",
    "quadratic": "a parabola",
    "spline": "a restricted cubic spline",
}


class Tested(Protocol):
    """A chi-squared test."""

    @property
    def p(self) -> float | None: ...


class Form(Protocol):
    """The shape of a curve."""

    @property
    def name(self) -> str: ...
    @property
    def knots(self) -> tuple[float, ...]: ...


class Curve(Protocol):
    """The curve at doses."""

    @property
    def dose(self) -> FloatArray: ...
    @property
    def reference(self) -> float: ...
    @property
    def estimate(self) -> FloatArray: ...
    @property
    def ci_low(self) -> FloatArray: ...
    @property
    def ci_high(self) -> FloatArray: ...
    @property
    def pi_low(self) -> FloatArray | None: ...
    @property
    def pi_high(self) -> FloatArray | None: ...


class Doses(Protocol):
    """The effects of one study."""

    @property
    def name(self) -> str: ...
    @property
    def dose(self) -> FloatArray: ...
    @property
    def reference(self) -> float: ...
    @property
    def yi(self) -> FloatArray: ...
    @property
    def covariance(self) -> FloatArray: ...


class DoseFit(Protocol):
    """The result of `weigh.dose_response`."""

    @property
    def k(self) -> int: ...
    @property
    def effects(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def level(self) -> float: ...
    @property
    def shape(self) -> Any: ...
    @property
    def studies(self) -> Sequence[Any]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def reference(self) -> float: ...
    @property
    def range(self) -> tuple[float, float]: ...

    def curve(self, dose: Any = None, *, reference: float | None = None) -> Any:
        """The mean effect at doses."""
        ...

    def nonlinearity(self) -> Any:
        """Wald's test of a straight line."""
        ...


def dose_response(
    fit: DoseFit,
    *,
    measure: str | None = None,
    words: str = "Dose",
    reference: float | None = None,
    prediction: bool = False,
    points: bool = True,
    title: str | None = None,
) -> Plot:
    """The curve of a dose-response fit with its band, over the doses that were studied.

    Parameters
    ----------
    fit
        Of `weigh.dose_response`.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    words
        What stands under the axis, such as ``"Alcohol, g a day"``.
    reference
        Dose that the others are compared with; by default that of most studies.
    prediction
        Whether to draw the band in which the effects of a further study are expected.
    points
        Whether to draw the studies' effects, their area by precision. A study is drawn against
        its own reference, moved to where the curve has that dose.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each dose of each study, with the curve there.

    References
    ----------
    :cite:t:`orsini2012`.
    """
    require(fit, ("curve", "studies", "shape", "nonlinearity"), "weigh.dose_response")
    view = view_of(measure)
    low, high = fit.range
    at = fit.reference if reference is None else float(reference)
    steps = np.union1d(np.linspace(low, high, 121), [at])
    line: Curve = fit.curve(steps, reference=at)
    marks = _Marks(fit, at)
    heading = title or f"Dose-response curve: {view.words}"
    chart = Chart(heading, view.axis_words)
    ends = [line.ci_low, line.ci_high, marks.effect if points else line.estimate]
    up_low, up_high = span_of(_held(np.concatenate(ends), line), around=(0.0,))
    chart.frame(
        number_axis(*span_of(steps, pad=0.03), LEFT, RIGHT),
        effect_axis(view, up_low, up_high, BOTTOM, TOP, upright=True),
    )
    band = list(zip(steps, line.ci_low, strict=True))
    band += list(zip(steps[::-1], line.ci_high[::-1], strict=True))
    chart.area([(float(a), float(b)) for a, b in band], fill=_BAND)
    chart.level(0.0, colour=INK, width=0.9)
    wide = prediction and line.pi_low is not None
    for edge in (line.pi_low, line.pi_high) if wide else ():
        assert edge is not None
        chart.curve(_points(steps, edge), dashes=_DASHED)
    chart.curve(_points(steps, line.estimate), colour=SQUARE, width=2.0)
    if points:
        for x, effect, radius in zip(marks.dose, marks.effect, marks.radius, strict=True):
            if up_low <= effect <= up_high:
                chart.point(float(x), float(effect), radius=float(radius), fill=WASH)
    _ticks(chart, marks.dose, up_low, up_high)
    height = chart.finish(words, key=_key(fit, points, wide), notes=_notes(fit, marks, at, view))
    there: Curve = fit.curve(marks.dose, reference=at)
    return Plot(
        title=heading,
        description=_description(fit, line, view, words),
        data=Table(
            {
                "name": marks.name,
                "dose": marks.dose,
                "reference": marks.reference,
                "effect": view.natural(marks.own),
                "se": marks.se,
                "fitted": view.natural(there.estimate),
                "low": view.natural(there.ci_low),
                "high": view.natural(there.ci_high),
            }
        ),
        sheet=chart.sheet,
        height=height,
        notes=fit.notes,
    )


class _Marks:
    """The studies' effects, each moved to where the curve has its own reference."""

    def __init__(self, fit: DoseFit, at: float) -> None:
        studies: Sequence[Doses] = fit.studies
        self.name = [study.name for study in studies for _ in study.dose]
        self.dose = np.concatenate([study.dose for study in studies])
        self.reference = np.concatenate(
            [np.full(study.dose.size, study.reference) for study in studies]
        )
        self.own = np.concatenate([study.yi for study in studies])
        self.se = np.sqrt(np.concatenate([np.diagonal(study.covariance) for study in studies]))
        self.moved = self.reference != at
        self.effect = self.own + fit.curve(self.reference, reference=at).estimate
        self.radius = np.maximum(_LARGEST * self.se.min() / self.se, _SMALLEST)


def _held(values: FloatArray, line: Curve) -> FloatArray:
    """Without single effects so far off that they would flatten the curve."""
    reach = 3.0 * float(np.ptp(np.concatenate([line.ci_low, line.ci_high])))
    middle = float(np.median(line.estimate))
    return values[np.abs(values - middle) <= max(reach, 1e-12)]


def _ticks(chart: Chart, doses: FloatArray, low: float, high: float) -> None:
    """A mark at the foot of the frame for each dose that was studied."""
    foot = low + 0.025 * (high - low)
    for dose in np.unique(doses):
        chart.curve([(float(dose), low), (float(dose), foot)], width=1.0)


def _key(fit: DoseFit, points: bool, wide: bool) -> list[Key]:
    percent = f"{100 * fit.level:g}%"
    key = [
        Key(words="curve", shape="line", colour=SQUARE),
        Key(words=f"{percent} confidence band", shape="area", fill=_BAND),
    ]
    if wide:
        key.append(Key(words=f"{percent} prediction band", shape="line", dashes=_DASHED))
    if points:
        words = "dose of a study; its area follows its precision"
        key.append(Key(words=words, shape="circle", fill=WASH))
    return key


def _notes(fit: DoseFit, marks: _Marks, at: float, view: View) -> list[str]:
    form: Form = fit.shape
    knots = ", ".join(plain(round(knot, 2)) for knot in form.knots)
    told = f"{_SHAPES[form.name][:1].upper()}{_SHAPES[form.name][1:]}"
    told += f" with knots at {knots}" if knots else ""
    notes = [
        f"{told}, {fit.method}, {studies_words(fit.k)}, {fit.effects} effects; compared with a "
        f"dose of {plain(round(at, 2))}. Marks at the foot: doses that were studied."
    ]
    bend: Tested = fit.nonlinearity()
    if bend.p is not None:
        notes.append(f"Test of a straight line: {p_words(bend.p)}.")
    if marks.moved.any():
        notes.append(
            "Studies with another reference are moved to where the curve has their reference."
        )
    return notes


def _description(fit: DoseFit, line: Curve, view: View, words: str) -> str:
    last = -1
    told = view.interval_text(
        float(line.estimate[last]), float(line.ci_low[last]), float(line.ci_high[last])
    )
    return (
        f"At the highest dose studied, {plain(round(float(line.dose[last]), 2))}, the fitted "
        f"{view.words} against {plain(round(line.reference, 2))} is {told} ({words}; "
        f"{studies_words(fit.k)})."
    )


def _points(x: FloatArray, y: FloatArray) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
