"""The drapery plot: the P value of every hypothetical effect, for each study and for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.pooled import Pooled
from weigh.report.figures.palette import INK, MUTED, RANGE, SQUARE
from weigh.report.plot.axis import Axis, Tick, effect_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import tick_text, view_of
from weigh.stats.tails import two_sided_p, two_sided_quantile

__all__ = ["drapery"]

FloatArray = npt.NDArray[np.float64]

_PLACES = 241
_DASHED = (6.0, 4.0)
#: Degrees of freedom of the prediction interval, by its convention, less the number of studies.
_FREEDOM = {"t": 1, "riley": 2}


def drapery(
    fit: Pooled,
    *,
    measure: str | None = None,
    levels: Sequence[float] = (0.10, 0.05, 0.01),
    prediction: bool = True,
    title: str | None = None,
) -> Plot:
    """P value functions: how compatible each study, and all together, are with every effect.

    A curve is 1 at its own estimate; where it crosses a P value of 0.05 are the ends of its 95 %
    interval, and likewise for every other level.

    Parameters
    ----------
    fit
        One pooled effect.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    levels
        P values to draw lines at.
    prediction
        Whether to draw the curve of the prediction interval, where its convention is a normal or a
        t distribution.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has the pooled curve: effects, and the P value of each.

    Raises
    ------
    InputError
        A regression, or levels that are no P values.

    References
    ----------
    :cite:t:`rucker2021`.
    """
    if fit.is_regression:
        raise InputError("A regression has no one pooled effect, so there is no curve of it.")
    if not all(0.0 < p < 1.0 for p in levels):
        raise InputError(f"levels are {tuple(levels)}; expected P values between 0 and 1.")
    view = view_of(measure)
    errors = np.sqrt(fit.vi)
    z = two_sided_quantile(fit.level)
    reach = 1.7 * max(fit.ci_high - fit.estimate, float(np.median(z * errors)))
    if fit.pi_high is not None:
        reach = max(reach, 1.15 * (fit.pi_high - fit.estimate))
    ends = [fit.estimate - reach, fit.estimate + reach]
    if view.null is not None and abs(view.null - fit.estimate) < 1.5 * reach:
        ends.append(view.null)
    low, high = min(ends), max(ends)
    room = 0.04 * (high - low)
    low, high = low - room, high + room
    steps = np.linspace(low, high, _PLACES)
    heading = title or f"Drapery plot: {view.words} in {studies_words(fit.k)}"
    chart = Chart(heading, "P value of the hypothesis that this is the true effect")
    ticks = tuple(Tick(value=p, label=tick_text(p)) for p in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    across = effect_axis(view, low, high, LEFT, RIGHT)
    chart.frame(across, Axis(low=0.0, high=1.0, start=BOTTOM, end=TOP, ticks=ticks), rules=False)
    thin = "#9AA3AC" if fit.k <= 40 else "#C3CAD1"
    for y, se in zip(fit.yi, errors, strict=True):
        # Points every few pixels along the flanks are enough for a thin line.
        own = y + se * np.linspace(-3.3, 3.3, 45 if fit.k > 40 else 67)
        chart.curve(_curve(own, two_sided_p((own - y) / se)), colour=thin, width=0.7)
    if view.null is not None and across.holds(view.null):
        chart.plumb(view.null, colour=INK, width=0.9)
    for p in levels:
        chart.level(p, colour=MUTED, width=0.8, dashes=(1.5, 2.5))
    key = [Key(words="study", shape="line", colour=thin)]
    spread = _spread(fit) if prediction else None
    if spread is not None:
        se, df = spread
        curve = _curve(steps, two_sided_p((steps - fit.estimate) / se, df))
        chart.curve(curve, colour=INK, width=3.2, dashes=_DASHED)
        chart.curve(curve, colour=RANGE, width=1.6, dashes=_DASHED)
        key.append(Key(words="prediction", shape="line", colour=RANGE, dashes=_DASHED))
    fine = np.unique(np.concatenate([steps, fit.estimate + fit.se * np.linspace(-4, 4, 161)]))
    pooled = two_sided_p((fine - fit.estimate) / fit.se, fit.df)
    chart.curve(_curve(fine, pooled), colour=SQUARE, width=2.6)
    key.insert(1, Key(words="all together", shape="line", colour=SQUARE))
    height = chart.finish(
        view.axis_words,
        key=key,
        notes=(
            "Dotted: "
            + ", ".join(f"p = {p:g} ({100 * (1 - p):g}% interval)" for p in levels)
            + ".",
        )
        if levels
        else (),
    )
    texts = [view.text(v) for v in (fit.estimate, fit.ci_low, fit.ci_high)]
    return Plot(
        title=heading,
        description=(
            f"The curve of all studies peaks at {view.a_words} of {texts[0]} and is above "
            f"{1 - fit.level:.2g} from {texts[1]} to {texts[2]}."
        ),
        data=Table({"effect": view.natural(fine), "p": pooled}),
        sheet=chart.sheet,
        height=height,
        notes=fit.notes,
    )


def _curve(x: FloatArray, p: FloatArray) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in zip(x, p, strict=True)]


def _spread(fit: Pooled) -> tuple[float, float | None] | None:
    """The scale and degrees of freedom of the prediction interval, read back from its ends."""
    if fit.k < 3 or fit.pi_low is None or fit.pi_high is None:
        return None
    if fit.prediction not in ("normal", *_FREEDOM):
        return None
    df = None if fit.prediction == "normal" else float(fit.k - _FREEDOM[fit.prediction])
    half = 0.5 * (fit.pi_high - fit.pi_low)
    return half / two_sided_quantile(fit.level, df), df
