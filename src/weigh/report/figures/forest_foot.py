"""Below the rows of a forest plot: axis, what either side favours, and what there is to know."""

from __future__ import annotations

import math
import string

from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.evidence.statement import Phrase, Quantity, join, say
from weigh.evidence.study import Allocation
from weigh.report.figures.lettering import LINE, SMALL, wrap
from weigh.report.figures.marks import legend
from weigh.report.figures.palette import LIMIT, MUTED, SQUARE
from weigh.report.figures.scale import Scale
from weigh.report.figures.sheet import EDGE, Kind, Sheet, Words
from weigh.report.rows import DERIVED, Rows, measure_words
from weigh.report.wording import PREDICTIONS, RATIOS, TOOLS, domain_words

__all__ = ["draw_axis", "draw_foot", "reference_lines"]


def reference_lines(
    sheet: Sheet,
    comparison: Comparison,
    rows: Rows,
    scale: Scale,
    spans: list[tuple[float, float]],
) -> None:
    """No effect, the pooled estimate and the smallest difference that matters, down the plot."""
    for top, bottom in spans:
        x = scale.at(_null(comparison))
        sheet.line([(x, top), (x, bottom)])
        if rows.pooled:
            x = scale.at(rows.pooled[0].natural.estimate)
            sheet.line([(x, top), (x, bottom)], colour=SQUARE, dashes=(2.0, 3.0))
        if comparison.mid is not None and comparison.measure not in RATIOS:
            for value in (-comparison.mid, comparison.mid):
                if scale.holds(value):
                    x = scale.at(value)
                    sheet.line([(x, top), (x, bottom)], colour=LIMIT, dashes=(6.0, 4.0))


def _null(comparison: Comparison) -> float:
    """No effect, on the scale that is printed."""
    return math.exp(comparison.null) if comparison.measure in RATIOS else comparison.null


def draw_axis(sheet: Sheet, comparison: Comparison, rows: Rows, scale: Scale, y: float) -> float:
    """Draw the axis with its ticks and name, and what either side favours; return what is below."""
    sheet.line([(scale.left, y), (scale.right, y)])
    labels = scale.labels()
    for tick, label in zip(scale.ticks, labels, strict=True):
        x = scale.at(tick)
        sheet.line([(x, y), (x, y + 5)])
        sheet.text(x, y + 18, label, size=SMALL, anchor="middle", kind="axis")
    y += 36
    middle = (scale.left + scale.right) / 2
    unit = comparison.outcome.unit
    words = measure_words(comparison)
    if scale.logarithmic:
        words += ", log scale"
    elif unit and comparison.measure in ("MD", "MC"):
        words += f", {unit}"
    for line in wrap(words, scale.right - scale.left + 100, SMALL):
        sheet.text(middle, y, line, size=SMALL, anchor="middle", colour=MUTED, kind="name")
        y += LINE
    return _favours(sheet, comparison, rows, scale, y + 3)


def _favours(sheet: Sheet, comparison: Comparison, rows: Rows, scale: Scale, y: float) -> float:
    """Which side is good, from the outcome's own direction."""
    null = scale.at(_null(comparison))
    if rows.comparator is None or comparison.design is Allocation.UNCONTROLLED:
        good, bad = "better than at the start", "worse than at the start"
    else:
        good = f"favours {_inside(rows.intervention)}"
        bad = f"favours {_inside(rows.comparator)}"
    left, right = (good, bad) if comparison.outcome.better == "lower" else (bad, good)
    room = (scale.right - scale.left) / 2 + 50
    left_lines, right_lines = wrap(f"← {left}", room, SMALL), wrap(f"{right} →", room, SMALL)
    for lines, x, anchor in ((left_lines, null - 8, "end"), (right_lines, null + 8, "start")):
        for index, line in enumerate(lines):
            sheet.text(
                x,
                y + index * LINE,
                line,
                size=SMALL,
                anchor="end" if anchor == "end" else "start",
                kind="name",
            )
    return y + LINE * max(len(left_lines), len(right_lines))


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: small, unless it begins with an abbreviation."""
    return name if name[1:2].isupper() or name[1:2].isdigit() else name[:1].lower() + name[1:]


def draw_foot(sheet: Sheet, comparison: Comparison, rows: Rows, y: float, width: float) -> float:
    """Say how much the studies differ, what the lines mean, and what the letters stand for."""
    lines: list[Words] = []
    if rows.heterogeneity:
        lines.append(say("How much the studies differ: {h}.", h=join(rows.heterogeneity, "; ")))
    if rows.prediction is not None and comparison.pooled is not None:
        method = comparison.pooled.prediction
        if method:
            lines.append(f"Prediction interval: {PREDICTIONS.get(method, method)}.")
    if comparison.k == 1:
        lines.append("One study: there is nothing to pool it with.")
    if comparison.k == 2 and rows.pooled:
        lines.append("Two studies: too few for a prediction interval.")
    if rows.pooled:
        lines.append("Blue dotted line: the pooled estimate.")
    if comparison.mid is not None and rows.studies:
        lines.append(_mid_words(comparison))
    if rows.has_derived:
        lines.append(f"{DERIVED} worked out from other figures of the report.")
    for words in lines:
        # What shows no node is about the method, whatever digits its name has.
        kind: Kind = "figure" if isinstance(words, Phrase) else "name"
        for line in wrap(words, width - 2 * EDGE, SMALL):
            sheet.text(EDGE, y, line, size=SMALL, kind=kind)
            y += LINE
    if rows.domains:
        y = _bias_key(sheet, rows, y + 6, width)
    return y


def _mid_words(comparison: Comparison) -> Words:
    told = "Red dashed lines: the smallest difference that matters"
    if comparison.mid is None or "mid" not in comparison.nodes:
        return f"{told}."
    unit = f" (in {comparison.outcome.unit})" if comparison.outcome.unit else ""
    mid = Quantity(text=plain(comparison.mid), node=comparison.nodes["mid"])
    return say("{told}, {mid}{unit}.", told=told, mid=mid, unit=unit)


def _bias_key(sheet: Sheet, rows: Rows, y: float, width: float) -> float:
    tool = TOOLS.get(rows.tool or "", rows.tool or "")
    letters = "; ".join(
        f"{string.ascii_uppercase[index]} {domain_words(domain)}"
        for index, domain in enumerate(rows.domains)
    )
    words = f"Risk of bias ({tool}, {rows.version}): {letters}; all: overall."
    for line in wrap(words, width - 2 * EDGE, SMALL):
        sheet.text(EDGE, y, line, size=SMALL, kind="name")
        y += LINE
    biases = [row.bias for row in rows.studies] + [row.bias for row in rows.missing]
    judged = {j for b in biases if b is not None for j in (*b.domains.values(), b.overall)}
    return legend(sheet, EDGE, y + 6, judged, width - 2 * EDGE)
