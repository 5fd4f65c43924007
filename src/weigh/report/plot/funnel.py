"""The funnel plot: effects against their precision, with contours of significance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.pooled import Pooled
from weigh.report.figures.palette import INK, PAPER, SQUARE
from weigh.report.plot.axis import Axis, effect_axis, number_axis, span_of
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key
from weigh.report.plot.foot import outside_words, studies_words
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import view_of
from weigh.stats.tails import two_sided_quantile

__all__ = ["funnel"]

FloatArray = npt.NDArray[np.float64]
Precision = Literal["se", "variance", "precision", "n"]

#: Fills of the regions by P value, from the least to the most significant; apart in greyscale.
_REGIONS = ("#FFFFFF", "#E9ECF0", "#D2D8DE", "#B7C0C9")
_MANY = 10  # fewer studies cannot tell asymmetry from chance (Handbook, chapter 13)


class Filled(Protocol):
    """The result of `weigh.bias.trim_and_fill`."""

    @property
    def fit(self) -> Pooled: ...
    @property
    def unadjusted(self) -> Pooled: ...
    @property
    def filled(self) -> npt.NDArray[np.bool_]: ...
    @property
    def side(self) -> str: ...
    @property
    def estimator(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """An upright axis of a funnel: from standard errors to what is shown, and back.

    `se` is None where standard errors do not follow from it.
    """

    words: str
    of: Callable[[FloatArray], FloatArray]
    se: Callable[[FloatArray], FloatArray] | None
    down: bool


_SCALES: Mapping[str, _Scale] = {
    "se": _Scale(words="Standard error", of=lambda s: s, se=lambda y: y, down=True),
    "variance": _Scale(words="Sampling variance", of=np.square, se=np.sqrt, down=True),
    "precision": _Scale(
        words="Precision, 1 / standard error",
        of=lambda s: 1.0 / s,
        se=lambda y: 1.0 / np.maximum(y, 1e-300),
        down=False,
    ),
    "n": _Scale(words="People in the study", of=lambda s: s, se=None, down=False),
}


def funnel(
    result: Pooled | Filled,
    *,
    effects: EffectSizes | None = None,
    measure: str | None = None,
    y: Precision = "se",
    n: npt.ArrayLike | None = None,
    contours: Sequence[float] = (0.10, 0.05, 0.01),
    name: Sequence[str] | Literal["outside"] | None = None,
    title: str | None = None,
) -> Plot:
    """Effects against their precision.

    Studies of a sound literature scatter as widely as chance makes them, less so the more precise
    they are. The dashed pseudo-interval is where that share of them would lie if all had the
    pooled effect. The shaded regions are the P values that single studies have: studies missing
    from the white region suggest that plain results were not published, studies missing elsewhere
    suggest another reason.

    Parameters
    ----------
    result
        A fit of `weigh.pool`, or the result of `weigh.bias.trim_and_fill`, whose filled studies
        are hollow.
    effects
        The effect sizes behind it, which know the measure and the sample sizes.
    measure
        Name of the measure, such as ``RR``; without it the numbers stay on the analysis scale.
    y
        The upright axis: standard error, sampling variance, 1 / standard error, or people.
    n
        Sample sizes for ``y="n"``, where `effects` does not hold them: one for each study.
    contours
        Two-sided P values at which the regions change, at most three; empty for none. They need
        a standard error, so there are none for ``y="n"``.
    name
        Studies to name: their names, or ``"outside"`` for those outside the pseudo-interval.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `notes` caution where there are fewer than ten studies.

    Raises
    ------
    InputError
        A regression, an axis that is not known, or contours that are no P values.

    References
    ----------
    :cite:t:`sterne2001`; contours, :cite:t:`peters2008`; filled studies, :cite:t:`duval2000a`.
    """
    filled: Filled | None = None
    if isinstance(result, Pooled):
        fit = whole = result
    elif hasattr(result, "unadjusted") and hasattr(result, "filled"):
        filled, fit, whole = result, result.fit, result.unadjusted
    else:
        raise InputError(
            f"A funnel plot is of a fit or of trim and fill, not of {type(result).__name__}.",
            hint="Give it weigh.pool(...) or weigh.bias.trim_and_fill(...).",
        )
    if whole.is_regression:
        raise InputError(
            "A regression has no one effect to centre a funnel on.",
            hint="Pool without moderators, or plot its residuals with weigh.plot.qq.",
        )
    if y not in _SCALES:
        raise InputError(f"y is {y!r}; expected one of {', '.join(_SCALES)}.")
    scale = _SCALES[y]
    steps = sorted({float(p) for p in contours}, reverse=True) if scale.se is not None else []
    if len(steps) > 3 or not all(0.0 < p < 1.0 for p in steps):
        raise InputError(f"contours are {tuple(contours)}; expected up to three P values.")
    view = view_of(measure, effects)
    hollow = np.zeros(fit.k, dtype=bool) if filled is None else np.asarray(filled.filled)
    sizes = None
    if scale.se is None:
        sizes = _sizes(whole, effects, n)
        if filled is not None and hollow.any():
            raise InputError("Filled studies have no people, so y='n' cannot show them.")
    up = np.sqrt(fit.vi) if sizes is None else sizes
    shown = scale.of(up)
    centre = fit.estimate
    half = two_sided_quantile(fit.level)
    low, high = _upright(shown, scale)
    reach = np.concatenate([fit.yi, [centre]])
    if scale.se is not None and scale.down:
        # The foot of the pseudo-interval is on the plot.
        foot = half * float(scale.se(np.array([high]))[0])
        reach = np.append(reach, [centre - foot, centre + foot])
    left, right = span_of(reach, pad=0.04)
    heading = title or f"Funnel plot: {view.words} in {studies_words(whole.k)}"
    chart = Chart(heading, scale.words)
    # Precise studies are on top, whichever way the numbers run.
    ends = (TOP, BOTTOM) if scale.down else (BOTTOM, TOP)
    upright = number_axis(low, high, *ends, upright=True)
    across = effect_axis(view, left, right, LEFT, RIGHT)
    chart.frame(across, upright, rules=not steps)
    key: list[Key] = []
    null = view.null
    if steps and scale.se is not None and null is not None:
        key += _contours(chart, steps, null, across, upright, scale)
    if null is not None and across.holds(null):
        chart.plumb(null, colour=INK, width=0.9)
    chart.plumb(centre, colour=SQUARE, width=1.4, dashes=(2.0, 3.0))
    outside = np.zeros(fit.k, dtype=bool)
    if scale.se is not None:
        outside = np.abs(fit.yi - centre) > half * np.sqrt(fit.vi)
        ladder = np.linspace(low, high, 161)
        errors = scale.se(ladder)
        for sign in (-1.0, 1.0):
            points = [
                (centre + sign * half * float(s), float(at))
                for s, at in zip(errors, ladder, strict=True)
            ]
            chart.curve(points, colour=INK, width=1.2, dashes=(6.0, 4.0))
    radius = 4.2 if fit.k <= 60 else 3.2
    for i in range(fit.k):
        fill = PAPER if hollow[i] else SQUARE
        chart.point(float(fit.yi[i]), float(shown[i]), fill=fill, radius=radius)
    chart.names(_named(name, fit, shown, outside & ~hollow))
    percent = f"{100 * fit.level:g}%"
    key.append(Key(words="study", shape="circle", fill=SQUARE))
    if filled is not None:
        key.append(Key(words=f"filled in by trim and fill ({filled.estimator})", shape="circle"))
    pooled = "pooled estimate" + (", filled studies included" if hollow.any() else "")
    key.append(Key(words=pooled, shape="line", colour=SQUARE, dashes=(2.0, 3.0)))
    if scale.se is not None:
        words = f"{percent} pseudo-interval around it"
        key.append(Key(words=words, shape="line", dashes=(6.0, 4.0)))
    if null is not None and across.holds(null):
        key.append(Key(words="no effect", shape="line"))
    few = (
        f"Fewer than {_MANY} studies: too few to tell asymmetry from chance."
        if whole.k < _MANY
        else "Asymmetry has other causes than unpublished studies too."
    )
    height = chart.finish(view.axis_words, key=key, notes=(few,))
    told = (
        f"{outside_words(int(np.sum(outside & ~hollow)), whole.k)} the {percent} pseudo-interval"
        if scale.se is not None
        else studies_words(whole.k).capitalize()
    )
    told += f" around the pooled {view.words} of {view.text(centre)}"
    if filled is not None:
        count = int(hollow.sum())
        told += f"; {count} {'is' if count == 1 else 'are'} filled in on the {filled.side}"
    data: dict[str, Any] = {
        "name": [*whole.slab, *[f"filled {i + 1}" for i in range(fit.k - whole.k)]],
        "effect": view.natural(fit.yi),
        "yi": fit.yi,
        "se": np.sqrt(fit.vi),
        y if y != "se" else "axis": shown,
        "filled": hollow,
        "outside": outside,
    }
    if y == "se":
        del data["axis"]
    return Plot(
        title=heading,
        description=f"{told}.",
        data=Table(data),
        sheet=chart.sheet,
        height=height,
        notes=(few,),
    )


def _sizes(fit: Pooled, effects: EffectSizes | None, n: npt.ArrayLike | None) -> FloatArray:
    given = effects.ni if n is None and effects is not None else n
    if given is None:
        raise InputError(
            "y='n' needs the sample sizes.", hint="Give effects=, or n= with one for each study."
        )
    sizes = np.asarray(given, dtype=np.float64)
    if sizes.shape != (fit.k,):
        if sizes.ndim != 1 or sizes.size <= int(np.max(fit.rows)):
            raise InputError(
                f"n has shape {sizes.shape}; expected one for each of {fit.k} studies."
            )
        sizes = sizes[fit.rows]
    if not np.all(np.isfinite(sizes)):
        raise InputError("A sample size is missing, so y='n' cannot place its study.")
    return sizes


def _upright(shown: FloatArray, scale: _Scale) -> tuple[float, float]:
    """From the most precise end to the least: standard errors begin at nothing."""
    if scale.down:
        return 0.0, 1.06 * float(np.max(shown))
    low, high = span_of(shown, pad=0.08)
    return max(low, 0.02 * high), high


def _contours(
    chart: Chart,
    steps: Sequence[float],
    null: float,
    across: Axis,
    upright: Axis,
    scale: _Scale,
) -> list[Key]:
    """Shade where single studies have small P values, the outermost region first."""
    assert scale.se is not None
    ladder = [float(v) for v in np.linspace(upright.low, upright.high, 61)]
    errors = scale.se(np.array(ladder))
    chart.fill(_REGIONS[len(steps)])
    for index in range(len(steps) - 1, -1, -1):
        z = two_sided_quantile(1.0 - steps[index])
        reach = np.minimum(z * errors, 1e3 * (across.high - across.low))
        wedge = [(null - float(r), at) for r, at in zip(reach, ladder, strict=True)]
        wedge += [(null + float(r), at) for r, at in zip(reach, ladder, strict=True)][::-1]
        chart.area(wedge, fill=_REGIONS[index])
    bounds = [1.0, *steps, 0.0]
    key = []
    for index, (above, below) in enumerate(pairwise(bounds)):
        words = f"p <{above:g}" if below == 0.0 else f"p {below:g} to {above:g}"
        if index == 0:
            words = f"p >{below:g}"
        key.append(Key(words=words, shape="area", fill=_REGIONS[index]))
    return key


def _named(
    name: Sequence[str] | Literal["outside"] | None,
    fit: Pooled,
    shown: FloatArray,
    outside: npt.NDArray[np.bool_],
) -> list[tuple[float, float, str, float]]:
    if name is None:
        return []
    wanted = [fit.slab[i] for i in np.flatnonzero(outside)] if name == "outside" else list(name)
    unknown = [each for each in wanted if each not in fit.slab]
    if unknown:
        raise InputError(f"There is no study {unknown[0]!r} to name.")
    return [
        (float(fit.yi[i]), float(shown[i]), fit.slab[i], 4.2)
        for i in (fit.slab.index(each) for each in wanted)
    ]
