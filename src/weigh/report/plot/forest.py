"""The forest plot: every study in a row, what they give together, and each subgroup's part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.pooled import Pooled
from weigh.report.plot.foot import heterogeneity_words, model_words, prediction_words, studies_words
from weigh.report.plot.forest_studies import Study, studies_of
from weigh.report.plot.grouping import Analysis, Grouping, grouping_of
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import View, view_of
from weigh.report.plot.strip import Column, Mark, Row, Strip, shares
from weigh.report.plot.strip_drawing import draw_strip

__all__ = ["forest"]


def forest(
    fit: Pooled | Analysis | EffectSizes,
    *,
    effects: EffectSizes | None = None,
    measure: str | None = None,
    subgroups: Any = None,
    also: Mapping[str, Pooled] | None = None,
    columns: Mapping[str, Sequence[Any]] | None = None,
    sort: str | Sequence[Any] | None = None,
    descending: bool = False,
    limits: tuple[float, float] | None = None,
    favours: tuple[str, str] | None = None,
    weights: bool = True,
    prediction: bool = True,
    level: float | None = None,
    narrow: bool = False,
    title: str | None = None,
) -> Plot:
    """Every study in a row with its interval, and the pooled effect as a diamond.

    The area of a square follows the weight of its study. Ratios stand on a logarithmic axis,
    labelled in ratios. An interval that is much wider than most ends in an arrow and keeps its
    figures.

    Parameters
    ----------
    fit
        A fit of `weigh.pool`, the result of `weigh.subgroups`, or effect sizes alone, which are
        then not pooled.
    effects
        The effect sizes behind the fit: they know the measure, and rows that gave no effect are
        shown with the reason.
    measure
        Name of the measure, such as ``RR``, where there is no `effects`. Without either the
        numbers stay on the analysis scale.
    subgroups
        Which studies belong together: a label for each study, a fit of each group by its name,
        or the result of `weigh.subgroups`, whose test of differences is printed too.
    also
        Other fits of the same studies by name, such as another model or interval: a hollow
        diamond each under the first.
    columns
        Further columns by their heading: an entry for each study of the fit, or for each row that
        was given to it.
    sort
        ``"effect"``, ``"weight"``, ``"precision"``, ``"name"``, or values to sort by, such as
        years; by default the order of the fit.
    descending
        Whether the largest comes first.
    limits
        Ends of the axis, on the printed scale.
    favours
        What lies to the left and to the right of no effect, such as ``("favours vaccine",
        "favours control")``.
    weights, prediction
        Whether to show weights, and the prediction interval.
    level
        Level of the studies' intervals; by default that of the fit, or 0.95.
    narrow
        Whether figures stand over their marks rather than beside them, for a small screen.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each row drawn. One study has no diamond.

    Raises
    ------
    InputError
        A regression, or columns and groups of another length than the studies.
    StatisticsError
        No study has an effect.

    References
    ----------
    :cite:t:`lewis2001`.
    """
    pooled = fit if isinstance(fit, Pooled) else None
    given = fit if isinstance(fit, EffectSizes) else effects
    if isinstance(fit, Analysis):
        pooled, subgroups = fit.overall, fit
    elif pooled is None and given is not fit:
        raise InputError(
            f"A forest plot cannot be drawn of {type(fit).__name__}.",
            hint="Give it weigh.pool(...), weigh.subgroups(...) or weigh.effect_size(...).",
        )
    if pooled is not None and pooled.is_regression:
        raise InputError(
            "A regression has no one pooled effect to draw as a diamond.",
            hint="Use weigh.plot.bubble(fit), or pool without moderators.",
        )
    view = view_of(measure, given)
    level = level if level is not None else (0.95 if pooled is None else pooled.level)
    studies = studies_of(pooled, given, view, columns, sort, level)
    if sort is not None:
        studies.sort(key=lambda study: study.key, reverse=descending)
    digits = view.digits(np.array([s.mark.high - s.mark.low for s in studies]))
    grouping = None if subgroups is None else grouping_of(subgroups, pooled, given)
    rows = _rows(studies, pooled, given, grouping, view, prediction, weights, digits)
    if pooled is not None and pooled.k > 1:
        rows += _others(also or {}, pooled, rows[-1], view, digits)
    percent = f"{100 * level:g}%"
    heads = [
        Column(head=name, right=_numeric(values), whole=False)
        for name, values in (columns or {}).items()
    ]
    weighted = weights and pooled is not None and pooled.k > 1
    if weighted:
        heads.append(Column(head="Weight"))
    heads.append(Column(head=f"{_short(view)} [{percent} CI]", right=False))
    strip = Strip(
        title=title or f"Forest plot: {view.words} in {studies_words(len(studies))}",
        first="Study",
        columns=tuple(heads),
        rows=tuple(rows),
        view=view,
        line=pooled.estimate if pooled is not None and pooled.k > 1 else None,
        span=_limits(limits, view),
        sides=favours,
        foot=_foot(pooled, grouping, prediction=prediction, weights=weighted),
        narrow=narrow,
    )
    sheet, height, _ = draw_strip(strip)
    return Plot(
        title=strip.title,
        description=_description(pooled, studies, view, digits),
        data=_table(rows, view, columns),
        sheet=sheet,
        height=height,
        notes=() if pooled is None else pooled.notes,
    )


def _short(view: View) -> str:
    """The heading of the effects: the measure's name rather than its words."""
    return "Effect" if view.measure is None else view.measure.name


def _numeric(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float | np.number) or v is None for v in values)


def _limits(limits: tuple[float, float] | None, view: View) -> tuple[float, float] | None:
    if limits is None:
        return None
    low, high = sorted(float(end) for end in view.analysed(np.array(limits, dtype=np.float64)))
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        raise InputError(
            f"limits are {limits}; expected two different values that {view.words} can take.",
            hint="They are on the printed scale: ratios above 0 for ratio measures.",
        )
    return low, high


# Rows


def _rows(
    studies: list[Study],
    pooled: Pooled | None,
    given: EffectSizes | None,
    grouping: Grouping | None,
    view: View,
    prediction: bool,
    weights: bool,
    digits: int,
) -> list[Row]:
    blank = ("",) * (len(studies[0].cells))
    sized = shares([study.weight for study in studies if study.weight is not None])
    share = {s.at: sized[i] for i, s in enumerate(studies)} if sized else {}
    weighted = weights and pooled is not None and pooled.k > 1

    def shown(study: Study) -> Row:
        mark = study.mark
        weight = (f"{study.weight:.1f}%",) if weighted and study.weight is not None else ()
        return Row(
            name=study.name,
            kind="study",
            cells=(
                *study.cells,
                *weight,
                study.view.interval_text(mark.estimate, mark.low, mark.high, digits),
            ),
            mark=mark,
            share=share.get(study.at),
            indent=grouping is not None,
        )

    def together(fit: Pooled, name: str, *, overall: bool, share: float | None) -> Row:
        mark = Mark(estimate=fit.estimate, low=fit.ci_low, high=fit.ci_high)
        weight = ("" if share is None else f"{share:.1f}%",) if weighted else ()
        words = view.interval_text(mark.estimate, mark.low, mark.high, digits)
        return Row(
            name=name,
            kind="overall" if overall else "summary",
            cells=(*blank, *weight, words),
            mark=mark,
            note=heterogeneity_words(fit),
            indent=not overall,
        )

    rows: list[Row] = []
    if grouping is None:
        rows += [shown(study) for study in studies]
    else:
        for group in grouping.groups:
            rows.append(Row(name=group.name, kind="heading"))
            inside = [study for study in studies if study.at in group.members]
            rows += [shown(study) for study in inside]
            if group.fit is not None and group.fit.k > 1:
                share_of = sum(s.weight for s in inside if s.weight is not None)
                rows.append(together(group.fit, "Together", overall=False, share=share_of))
    if given is not None:
        labels = given.slab or tuple(f"row {i + 1}" for i in range(len(given)))
        rows += [
            Row(name=label, kind="missing", note=f"Not estimable: {reason}")
            for label, reason, usable in zip(labels, given.reasons, given.usable, strict=True)
            if not usable and reason is not None
        ]
    if pooled is None or pooled.k < 2:
        return rows
    rows.append(together(pooled, f"All studies (k = {pooled.k})", overall=True, share=100.0))
    if prediction and _predicts(pooled):
        low, high = float(pooled.pi_low or 0.0), float(pooled.pi_high or 0.0)
        weight = ("",) if weighted else ()
        rows.append(
            Row(
                name="Prediction interval",
                kind="prediction",
                cells=(*blank, *weight, f"[{view.text(low, digits)} to {view.text(high, digits)}]"),
                mark=Mark(estimate=pooled.estimate, low=low, high=high),
            )
        )
    return rows


def _others(
    also: Mapping[str, Pooled], pooled: Pooled, last: Row, view: View, digits: int
) -> list[Row]:
    """Other fits of the same studies, each with its model."""
    rows = []
    for name, fit in also.items():
        if fit.is_regression or fit.k != pooled.k:
            raise InputError(
                f"{name!r} is of {studies_words(fit.k)}; the plot is of {pooled.k}, pooled.",
                hint="In also= are other fits of the same studies, without moderators.",
            )
        mark = Mark(estimate=fit.estimate, low=fit.ci_low, high=fit.ci_high)
        words = view.interval_text(mark.estimate, mark.low, mark.high, digits)
        blank = ("",) * (len(last.cells) - 1)
        note = model_words(fit)
        rows.append(Row(name=name, kind="summary", cells=(*blank, words), mark=mark, note=note))
    return rows


def _predicts(fit: Pooled) -> bool:
    """Fewer than three studies say too little about a further one."""
    return fit.k > 2 and fit.prediction is not None and None not in (fit.pi_low, fit.pi_high)


def _foot(
    fit: Pooled | None, grouping: Grouping | None, *, prediction: bool, weights: bool
) -> tuple[str, ...]:
    lines: list[str] = []
    if grouping is not None and grouping.test is not None:
        lines.append(grouping.test)
    if fit is None:
        return tuple(lines)
    if fit.k == 1:
        return (*lines, "One study: there is nothing to pool it with.")
    lines.append(model_words(fit))
    if prediction:
        words = prediction_words(fit)
        lines.append(words if _predicts(fit) else "Too few studies for a prediction interval.")
        if not _predicts(fit) and fit.k > 2:
            lines.pop()
    squares = "Squares: area follows the weight. " if weights else ""
    lines.append(f"{squares}Dotted line: the pooled estimate.")
    return tuple(lines)


def _description(fit: Pooled | None, studies: Sequence[Study], view: View, digits: int) -> str:
    if fit is None or fit.k < 2:
        estimates = [study.mark.estimate for study in studies]
        low, high = (view.text(end, digits) for end in (min(estimates), max(estimates)))
        between = f"is {low}" if len(estimates) == 1 else f"runs from {low} to {high}"
        return f"The {view.words} {between} over {studies_words(len(studies))}; nothing is pooled."
    ends = f"{view.text(fit.ci_low, digits)} to {view.text(fit.ci_high, digits)}"
    return (
        f"{studies_words(fit.k).capitalize()} together give {view.a_words} of "
        f"{view.text(fit.estimate, digits)} ({100 * fit.level:g}% interval {ends})."
    )


def _table(rows: Sequence[Row], view: View, columns: Mapping[str, Sequence[Any]] | None) -> Table:
    marks = [row.mark for row in rows]
    data: dict[str, Sequence[Any]] = {
        "row": [row.kind for row in rows],
        "name": [row.name for row in rows],
    }
    for index, name in enumerate(columns or {}):
        data[name] = [row.cells[index] if row.kind == "study" else None for row in rows]
    for name in ("estimate", "low", "high"):
        data[name] = [
            None if mark is None else float(view.natural(getattr(mark, name))) for mark in marks
        ]
    data["share"] = [row.share for row in rows]
    return Table(data)
