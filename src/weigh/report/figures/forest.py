"""The forest plot: every study of a comparison in a row, and what they give together."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass

from weigh.evidence.comparison import Comparison, Natural, StudyBias
from weigh.evidence.statement import Phrase, say
from weigh.report.figures.forest_foot import draw_axis, draw_foot, reference_lines
from weigh.report.figures.lettering import LINE, SIZE, SMALL, text_width, wrap
from weigh.report.figures.marks import credit_line, judgement_mark
from weigh.report.figures.palette import INK, MUTED, PAPER, RANGE, RULE, SQUARE, WASH
from weigh.report.figures.scale import Reach, Scale, scale_for
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.rows import (
    EffectRow,
    MissingRow,
    PooledRow,
    Rows,
    judgement_of,
)
from weigh.report.wording import RATIOS

__all__ = ["draw_forest"]

ROW = 25.0
GAP = 16.0
PLOT = 244.0
NAME = 210.0  # the widest a study's name gets before it takes a second line
DOT = 19.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where each column stands, in pixels from the left."""

    arms: tuple[float, ...]  # right edges
    weight: float  # right edge
    effect: float  # left edge
    effect_width: float
    plot: float
    plot_end: float
    dots: tuple[float, ...]  # middles
    name_width: float
    width: float


def draw_forest(comparison: Comparison, rows: Rows, *, key: str, credit: str) -> tuple[str, Sheet]:
    """Draw a comparison.

    Parameters
    ----------
    comparison, rows
        The comparison, and its rows as `weigh.report.rows.rows_of` lays them out.
    key
        Stands before the ids in the drawing.
    credit
        Question, date and version, printed small inside the picture.

    Returns
    -------
    tuple
        The SVG, and the sheet that knows which nodes it shows.
    """
    columns = _columns(rows)
    sheet = Sheet(columns.width)
    scale = _scale(comparison, rows, columns)
    y = _heading(sheet, comparison, rows, columns)
    top = y
    for row in rows.studies:
        y = _study_row(sheet, row, rows, columns, scale, y)
    spans = [(top, y)]
    for gap in rows.missing:
        y = _missing_row(sheet, gap, rows, columns, y)
    below = y
    if rows.pooled:
        sheet.line([(EDGE, y), (columns.width - EDGE, y)], colour=MUTED)
    for pooled in rows.pooled:
        y = _pooled_row(sheet, pooled, columns, scale, y)
        if pooled.main and rows.prediction is not None and comparison.natural is not None:
            y = _prediction_row(sheet, rows.prediction, comparison.natural, columns, scale, y)
    if rows.studies:
        # The lines leave out the rows without an estimate, whose words stand there.
        reference_lines(sheet, comparison, rows, scale, [*spans, (below, y + 6)])
        y = draw_axis(sheet, comparison, rows, scale, y + 6)
    y = draw_foot(sheet, comparison, rows, y + 20, columns.width)
    y = credit_line(sheet, credit, EDGE, y + 4, columns.width - 2 * EDGE)
    svg = sheet.svg(
        y + 6,
        key=key,
        title=f"Forest plot: {comparison.label}",
        description=_finding(comparison),
    )
    return svg, sheet


def _finding(comparison: Comparison) -> str:
    if comparison.statement is not None:
        return comparison.statement.text
    return "Each row is one study; no estimate could be made of them together."


# Layout


def _columns(rows: Rows) -> _Columns:
    names = [row.study.text for row in rows.studies] + [row.study.text for row in rows.missing]
    names += [row.label for row in rows.pooled] + ["prediction interval"]
    name_width = min(max(text_width(name, SIZE, bold=True) for name in names), NAME)
    x = EDGE + name_width
    arms: list[float] = []
    sides = [rows.intervention] + ([rows.comparator] if rows.comparator else [])
    if rows.studies:
        for side, label in enumerate(sides):
            cells = [
                row.arms[side * rows.columns : (side + 1) * rows.columns] for row in rows.studies
            ]
            widths = [
                max([text_width(cell[i].text, SIZE) for cell in cells] + [text_width(head, SMALL)])
                for i, head in enumerate(rows.heads)
            ]
            # The arm's name stands over its columns, in as many lines as it takes.
            spare = max(0.0, min(text_width(label, SMALL, bold=True), 92.0) - sum(widths))
            for i, width in enumerate(widths):
                x += GAP + width + (spare if i == 0 else 0.0)
                arms.append(x)
    weight = x
    if rows.weighted:
        weight = x = (
            x + GAP + max(text_width("100.0%", SIZE), text_width("Weight", SMALL, bold=True))
        )
    effects = [row.effect.text for row in rows.studies] + [row.effect.text for row in rows.pooled]
    if rows.prediction is not None:
        effects.append(rows.prediction.text)
    effect = x + GAP
    effect_width = max([text_width(text, SIZE, bold=True) for text in effects] + [96.0])
    plot = effect + effect_width + GAP
    plot_end = plot + PLOT
    dots: list[float] = []
    x = plot_end
    if rows.domains:
        x += GAP
        for index in range(len(rows.domains) + 1):
            # The overall judgement stands a little apart.
            x += DOT + (5.0 if index == len(rows.domains) else 0.0)
            dots.append(x - DOT / 2)
    return _Columns(
        arms=tuple(arms),
        weight=weight,
        effect=effect,
        effect_width=effect_width,
        plot=plot,
        plot_end=plot_end,
        dots=tuple(dots),
        name_width=name_width,
        width=math.ceil(x + EDGE),
    )


def _scale(comparison: Comparison, rows: Rows, columns: _Columns) -> Scale:
    pooled = [_reach(row.natural) for row in rows.pooled]
    natural = comparison.natural
    if rows.prediction is not None and natural is not None:
        low, high = natural.pi_low, natural.pi_high
        if low is not None and high is not None and pooled:
            # A wide prediction interval may widen the axis, within reason.
            main = pooled[0]
            reach = 4.0 * max(main.high - main.low, 1e-9)
            if high - low < reach:
                pooled.append(Reach(estimate=main.estimate, low=low, high=high))
    return scale_for(
        [_reach(row.natural) for row in rows.studies],
        pooled,
        logarithmic=comparison.measure in RATIOS,
        left=columns.plot,
        right=columns.plot_end,
    )


def _reach(natural: Natural) -> Reach:
    return Reach(estimate=natural.estimate, low=natural.ci_low, high=natural.ci_high)


# Rows


def _heading(sheet: Sheet, comparison: Comparison, rows: Rows, columns: _Columns) -> float:
    y = EDGE + 12.0
    for line in wrap(comparison.label, columns.width - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    y += 10.0
    sides = [rows.intervention] + ([rows.comparator] if rows.comparator else [])
    blocks: list[tuple[float, list[Phrase]]] = []
    if rows.studies:
        start = EDGE + columns.name_width
        for side, label in enumerate(sides):
            end = columns.arms[(side + 1) * rows.columns - 1]
            blocks.append((end, wrap(label, end - start - GAP + 4, SMALL, bold=True)))
            start = end
    tall = max([len(lines) for _, lines in blocks], default=0)
    for end, lines in blocks:
        for index, line in enumerate(lines):
            offset = (tall - len(lines) + index) * LINE
            sheet.text(end, y + offset, line, size=SMALL, bold=True, anchor="end", kind="name")
    y += tall * LINE
    for side in range(len(sides) if rows.studies else 0):
        for index, head in enumerate(rows.heads):
            x = columns.arms[side * rows.columns + index]
            sheet.text(x, y, head, size=SMALL, anchor="end", colour=MUTED, kind="name")
    sheet.text(EDGE, y, "Study", size=SMALL, bold=True, kind="name")
    if rows.weighted:
        sheet.text(columns.weight, y, "Weight", size=SMALL, bold=True, anchor="end", kind="name")
    if rows.studies:
        head = f"{rows.effect_head} [{_level(comparison)} CI]"
        sheet.text(columns.effect, y, head, size=SMALL, bold=True, kind="name")
    for index, x in enumerate(columns.dots):
        letter = "all" if index == len(rows.domains) else string.ascii_uppercase[index]
        sheet.text(x, y, letter, size=SMALL, bold=True, anchor="middle", kind="name")
    y += 8.0
    sheet.line([(EDGE, y), (columns.width - EDGE, y)], colour=INK)
    return y


def _level(comparison: Comparison) -> str:
    level = comparison.pooled.level if comparison.pooled is not None else 0.95
    return f"{100 * level:g}%"


def _study_row(
    sheet: Sheet, row: EffectRow, rows: Rows, columns: _Columns, scale: Scale, y: float
) -> float:
    names = wrap(row.study, columns.name_width, SIZE)
    height = ROW + LINE * (len(names) - 1)
    middle = y + height / 2
    base = middle + 4.0
    _lines(sheet, EDGE, middle, names)
    for x, cell in zip(columns.arms, row.arms, strict=True):
        sheet.text(x, base, cell, size=SIZE, anchor="end")
    if rows.weighted:
        sheet.text(columns.weight, base, row.weight, size=SIZE, anchor="end")
    sheet.text(columns.effect, base, row.effect, size=SIZE)
    _interval(sheet, scale, row.natural, middle)
    _square(sheet, scale, row, rows, middle)
    _dots(sheet, row.bias, rows, columns, middle)
    sheet.line([(EDGE, y + height), (columns.width - EDGE, y + height)], colour=RULE, width=0.6)
    return y + height


def _missing_row(sheet: Sheet, row: MissingRow, rows: Rows, columns: _Columns, y: float) -> float:
    names = wrap(row.study, columns.name_width, SIZE)
    start = EDGE + columns.name_width + GAP
    said = say("Not estimable: {reason}", reason=row.reason)
    if row.people is not None:
        said = say("{n} people. {rest}", n=row.people, rest=said)
    lines = wrap(said, columns.plot_end - start, SMALL)
    height = max(ROW + LINE * (len(names) - 1), 10.0 + LINE * len(lines))
    middle = y + height / 2
    _lines(sheet, EDGE, middle, names)
    first = middle - LINE * (len(lines) - 1) / 2 + 4.0
    for index, line in enumerate(lines):
        sheet.text(start, first + index * LINE, line, size=SMALL, colour=MUTED, italic=True)
    _dots(sheet, row.bias, rows, columns, middle)
    sheet.line([(EDGE, y + height), (columns.width - EDGE, y + height)], colour=RULE, width=0.6)
    return y + height


def _pooled_row(sheet: Sheet, row: PooledRow, columns: _Columns, scale: Scale, y: float) -> float:
    room = columns.effect - GAP - EDGE
    labels = wrap(row.label, room, SIZE, bold=row.main)
    notes = wrap(row.note, room, SMALL) if row.note != row.label else []
    height = 12.0 + LINE * (len(labels) + len(notes))
    middle = y + height / 2
    if row.main:
        sheet.box(EDGE, y + 0.5, columns.width - 2 * EDGE, height - 0.5, fill=WASH, outline=None)
    base = y + 17.0
    for line in labels:
        sheet.text(EDGE + 4, base, line, size=SIZE, bold=row.main, kind="name")
        base += LINE
    for line in notes:
        sheet.text(EDGE + 4, base, line, size=SMALL, colour=MUTED, kind="name")
        base += LINE
    sheet.text(columns.effect, middle + 4.0, row.effect, size=SIZE, bold=row.main)
    _diamond(sheet, scale, row, middle)
    return y + height


def _prediction_row(
    sheet: Sheet, words: Phrase, natural: Natural, columns: _Columns, scale: Scale, y: float
) -> float:
    low, high = natural.pi_low, natural.pi_high
    if low is None or high is None:
        return y
    middle = y + ROW / 2
    sheet.box(EDGE, y, columns.width - 2 * EDGE, ROW, fill=WASH, outline=None)
    sheet.text(EDGE + 4, middle + 4.0, "Prediction interval", size=SIZE, kind="name")
    sheet.text(columns.effect, middle + 4.0, words, size=SIZE)
    left, right = scale.at(low), scale.at(high)
    sheet.box(left, middle - 3.5, right - left, 7.0, fill=RANGE, line_width=1.0)
    _arrows(sheet, scale, low, high, middle)
    return y + ROW


def _lines(sheet: Sheet, x: float, middle: float, lines: list[Phrase]) -> None:
    first = middle - LINE * (len(lines) - 1) / 2 + 4.0
    for index, line in enumerate(lines):
        sheet.text(x, first + index * LINE, line, size=SIZE)


# Marks


def _interval(sheet: Sheet, scale: Scale, natural: Natural, y: float) -> None:
    low, high = scale.at(natural.ci_low), scale.at(natural.ci_high)
    sheet.line([(low, y), (high, y)], width=1.4)
    _arrows(sheet, scale, natural.ci_low, natural.ci_high, y)


def _arrows(sheet: Sheet, scale: Scale, low: float, high: float, y: float) -> None:
    """An end that lies off the axis gets an arrow; its figure is in the text."""
    if not scale.holds(low):
        x = scale.left
        sheet.polygon([(x - 5, y), (x + 3, y - 4.5), (x + 3, y + 4.5)], fill=INK)
    if not scale.holds(high):
        x = scale.right
        sheet.polygon([(x + 5, y), (x - 3, y - 4.5), (x - 3, y + 4.5)], fill=INK)


def _square(sheet: Sheet, scale: Scale, row: EffectRow, rows: Rows, y: float) -> None:
    """Its area follows the weight; the heaviest study of the comparison has the largest."""
    side = 9.0
    if row.share is not None:
        heaviest = max(other.share or 0.0 for other in rows.studies) or 1.0
        side = max(4.0, 15.0 * math.sqrt(row.share / heaviest))
    x = scale.at(row.natural.estimate)
    sheet.box(x - side / 2, y - side / 2, side, side, fill=SQUARE)


def _diamond(sheet: Sheet, scale: Scale, row: PooledRow, y: float) -> None:
    natural = row.natural
    low, middle, high = (
        scale.at(value) for value in (natural.ci_low, natural.estimate, natural.ci_high)
    )
    tall = 8.0 if row.main else 6.0
    fill = SQUARE if row.main else PAPER
    # Never so flat that it cannot be seen.
    low, high = min(low, middle - 2.5), max(high, middle + 2.5)
    sheet.polygon(
        [(low, y), (middle, y - tall), (high, y), (middle, y + tall)], fill=fill, line_width=1.2
    )
    _arrows(sheet, scale, natural.ci_low, natural.ci_high, y)


def _dots(sheet: Sheet, bias: StudyBias | None, rows: Rows, columns: _Columns, y: float) -> None:
    if bias is None:
        return
    judged = [judgement_of(bias, domain) for domain in rows.domains] + [bias.overall]
    for x, judgement in zip(columns.dots, judged, strict=bool(columns.dots)):
        judgement_mark(sheet, x, y, judgement, radius=7.5)
