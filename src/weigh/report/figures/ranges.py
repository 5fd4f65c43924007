"""Ranges and single figures as they were reported, before and after, arm by arm; never pooled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.ticker import MaxNLocator

from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.evidence.statement import Phrase
from weigh.evidence.study import Allocation
from weigh.report.figures.lettering import LINE, SIZE, SMALL, text_width, wrap
from weigh.report.figures.marks import credit_line
from weigh.report.figures.palette import INK, MUTED, PAPER, RULE, SQUARE
from weigh.report.figures.sheet import EDGE, Anchor, Sheet
from weigh.report.reported import ReportedStudy, ReportedValue
from weigh.report.wording import capital

__all__ = ["draw_ranges"]

ROW = 23.0
NAME = 250.0
PLOT = 320.0
GAP = 18.0


def draw_ranges(
    comparison: Comparison, studies: Sequence[ReportedStudy], *, key: str, credit: str
) -> tuple[str, Sheet]:
    """Draw what the reports of some studies give.

    Returns
    -------
    tuple
        The SVG, and the sheet that knows which nodes it shows.
    """
    values = [value for study in studies for value in study.values]
    time = EDGE + NAME + max(text_width(value.time.text, SIZE) for value in values)
    left = time + GAP
    right = left + PLOT
    width = right + GAP + max(text_width(value.shown.text, SIZE) for value in values) + EDGE
    low, high = _ends(comparison, values)
    sheet = Sheet(round(width))

    def at(value: float) -> float:
        return left + (value - low) / (high - low) * PLOT

    y = EDGE + 12.0
    title = f"{comparison.label}: what the reports give"
    for line in wrap(title, width - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    ticks = [
        float(tick)
        for tick in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if low <= tick <= high
    ]
    for study in studies:
        y += 8.0
        sheet.text(EDGE, y + 10, study.study, size=SIZE, bold=True)
        y += 20.0
        names = _names(study)
        heights = [max(ROW, LINE * len(lines) + 8.0) for lines in names]
        for tick in ticks:
            sheet.line([(at(tick), y), (at(tick), y + sum(heights))], colour=RULE, width=0.6)
        for value, lines, height in zip(study.values, names, heights, strict=True):
            middle = y + ROW / 2
            for index, line in enumerate(lines):
                sheet.text(EDGE + 10, middle + 4 + LINE * index, line, size=SIZE, kind="name")
            sheet.text(time, middle + 4, value.time, size=SIZE, anchor="end")
            _mark(sheet, value, at(value.low), at(value.high), middle)
            sheet.text(right + GAP, middle + 4, value.shown, size=SIZE)
            y += height
        sheet.line([(EDGE, y + 4), (width - EDGE, y + 4)], colour=RULE)
        y += 6.0
    y = _axis(sheet, comparison, ticks, at(low), at(high), at, y + 4)
    note = (
        "Bars reach from the lowest to the highest figure reported, diamonds are single figures; "
        "filled with the treatment, empty without. Nothing here is pooled."
    )
    if comparison.design is Allocation.UNCONTROLLED:
        note += " Without a control group nobody can tell what would have happened anyway."
    y += 8.0
    for line in wrap(note, width - 2 * EDGE, SMALL):
        sheet.text(EDGE, y, line, size=SMALL, kind="name")
        y += LINE
    y = credit_line(sheet, credit, EDGE, y + 4, width - 2 * EDGE)
    svg = sheet.svg(
        y + 6,
        key=key,
        title=title,
        description=(
            "For each study, arm and time the lowest and highest figure that its reports give, or "
            "the single one; nothing is pooled."
        ),
    )
    return svg, sheet


def _names(study: ReportedStudy) -> list[list[Phrase]]:
    """Whose figure each row is, in lines; nothing where the row above says the same."""
    said: list[list[Phrase]] = []
    last = ""
    for value in study.values:
        name = ", ".join(part for part in (capital(value.arm), value.group) if part)
        said.append(wrap(name, NAME - GAP - 10, SIZE) if name != last else [])
        last = name
    return said


def _ends(comparison: Comparison, values: Sequence[ReportedValue]) -> tuple[float, float]:
    """The whole scale of the instrument where it is known, so that a change is seen in full."""
    low = min(value.low for value in values)
    high = max(value.high for value in values)
    if comparison.outcome.scale is not None:
        low, high = min(low, comparison.outcome.scale[0]), max(high, comparison.outcome.scale[1])
    else:
        low = min(low, 0.0)
    return (low, high) if high > low else (low, low + 1.0)


def _mark(sheet: Sheet, value: ReportedValue, left: float, right: float, y: float) -> None:
    fill = SQUARE if value.treated else PAPER
    if right - left > 1.0:
        sheet.box(left, y - 5.0, right - left, 10.0, fill=fill)
    else:
        sheet.polygon([(left, y - 6), (left + 6, y), (left, y + 6), (left - 6, y)], fill=fill)


def _axis(
    sheet: Sheet,
    comparison: Comparison,
    ticks: Sequence[float],
    left: float,
    right: float,
    at: Callable[[float], float],
    y: float,
) -> float:
    sheet.line([(left, y), (right, y)], colour=INK)
    for tick in ticks:
        sheet.line([(at(tick), y), (at(tick), y + 5)])
        label = plain(round(tick, 10))
        sheet.text(at(tick), y + 18, label, size=SMALL, anchor="middle", kind="axis")
    y += 36.0
    words = comparison.outcome.unit or "score"
    better = "← better" if comparison.outcome.better == "lower" else "better →"
    side = left if comparison.outcome.better == "lower" else right
    anchor: Anchor = "start" if comparison.outcome.better == "lower" else "end"
    sheet.text(side, y, better, size=SMALL, anchor=anchor, kind="name")
    middle = (left + right) / 2
    sheet.text(middle, y, capital(words), size=SMALL, anchor="middle", colour=MUTED, kind="name")
    return y + LINE
