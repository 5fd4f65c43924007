"""L'Abbé's plot: the risk in one arm against that in the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.measure import measure_named
from weigh.evidence.pooled import Pooled
from weigh.report.figures.palette import SQUARE
from weigh.report.plot.axis import number_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of

__all__ = ["labbe"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_DOTTED, _DASHED = (2.0, 3.0), (6.0, 4.0)


def labbe(
    events1: npt.ArrayLike,
    n1: npt.ArrayLike,
    events2: npt.ArrayLike,
    n2: npt.ArrayLike,
    *,
    fit: Pooled | None = None,
    measure: str | None = None,
    slab: Sequence[str] | None = None,
    labels: tuple[str, str] = ("intervention", "comparator"),
    title: str | None = None,
) -> Plot:
    """L'Abbé's plot: the risk with the intervention against that with the comparator.

    Parameters
    ----------
    events1, n1, events2, n2 : (k,) array_like
        Events and people in each arm; the area of a circle follows the people in both.
    fit, measure
        A pooled ``RR``, ``OR`` or ``RD`` (or ``PETO``), drawn as the curve of risks that have it.
    slab
        Names of the studies, written as far as there is room.
    labels
        What the two arms are called.
    title
        Printed above.

    Raises
    ------
    InputError
        Arrays of unlike length, events beyond the people, or another measure.

    References
    ----------
    :cite:t:`labbe1987`.
    """
    try:
        arms = [np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in (events1, n1, events2, n2)]
    except (TypeError, ValueError) as error:
        raise InputError(f"Events and people must be numbers: {error}.") from error
    if len({arm.shape for arm in arms}) != 1 or arms[0].ndim != 1 or arms[0].size == 0:
        raise InputError(
            f"Events and people have shapes {', '.join(str(arm.shape) for arm in arms)}; "
            "expected four columns of one length."
        )
    e1, m1, e2, m2 = arms
    with np.errstate(invalid="ignore"):
        wrong = ~((m1 > 0) & (m2 > 0) & (e1 >= 0) & (e2 >= 0) & (e1 <= m1) & (e2 <= m2))
    if wrong.any():
        raise InputError(
            f"Row {int(np.argmax(wrong)) + 1}: events lie outside 0 to the number of people."
        )
    k = e1.size
    names = [str(i + 1) for i in range(k)] if slab is None else [str(name) for name in slab]
    if len(names) != k:
        raise InputError(f"`slab` has {len(names)} names for {k} studies.")
    risk1, risk2 = e1 / m1, e2 / m2
    top = min(1.0, 1.12 * float(max(risk1.max(), risk2.max())) or 1.0)
    heading = title or f"L'Abbé plot of {studies_words(k)}"
    chart = Chart(heading, f"Risk, {labels[0]}")
    chart.frame(
        number_axis(0.0, top, LEFT, RIGHT), number_axis(0.0, top, BOTTOM, TOP, upright=True)
    )
    chart.curve([(0.0, 0.0), (top, top)], width=0.9)
    key = [Key(words="study; its area follows its people", shape="circle", fill=SQUARE)]
    key.append(Key(words="no effect", shape="line"))
    if fit is not None:
        steps = np.linspace(0.0, top, 121)
        curve = _same_effect(fit, measure, steps)
        chart.curve(
            list(zip(steps.tolist(), curve.tolist(), strict=True)),
            colour=SQUARE,
            width=1.8,
            dashes=_DOTTED,
        )
        view = view_of(measure)
        words = f"pooled {view.words}, {view.text(fit.estimate)}"
        key.append(Key(words=words, shape="line", colour=SQUARE, dashes=_DOTTED))
    people = m1 + m2
    radii = np.maximum(13.0 * np.sqrt(people / people.max()), 2.5)
    order = np.argsort(-people, kind="stable")
    for i in order:
        chart.point(float(risk2[i]), float(risk1[i]), radius=float(radii[i]))
    chart.names([(float(risk2[i]), float(risk1[i]), names[i], float(radii[i])) for i in order])
    height = chart.finish(f"Risk, {labels[1]}", key=key)
    lower = int(np.sum(risk1 < risk2))
    return Plot(
        title=heading,
        description=f"The risk is lower with the {labels[0]} in {lower} of {k} studies.",
        data=Table({"name": names, "risk1": risk1, "risk2": risk2, "people": people}),
        sheet=chart.sheet,
        height=height,
    )


def _same_effect(fit: Pooled, measure: str | None, risk2: FloatArray) -> FloatArray:
    """The risk with the intervention that the pooled effect makes of each comparator's risk."""
    if measure not in ("RR", "OR", "PETO", "RD"):
        given = "none" if measure is None else measure_named(measure).name
        raise InputError(
            f"L'Abbé's plot draws a pooled RR, OR, PETO or RD; the measure given is {given}.",
            hint="Say which with measure=.",
        )
    if measure == "RD":
        return risk2 + fit.estimate
    ratio = float(np.exp(fit.estimate))
    if measure == "RR":
        return ratio * risk2
    return ratio * risk2 / (1.0 - risk2 + ratio * risk2)
