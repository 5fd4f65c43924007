"""Risk of bias at a glance: a row a study, a coin a domain, and how the domains add up."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.evidence.comparison import StudyBias
from weigh.evidence.statement import Phrase
from weigh.report.figures.lettering import LINE, SIZE, SMALL, text_width, wrap
from weigh.report.figures.marks import credit_line, judgement_mark, legend
from weigh.report.figures.palette import INK, JUDGEMENTS, MUTED, RULE
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.wording import TOOLS, domain_words

__all__ = ["Judged", "draw_bias"]

ROW = 28.0
STEP = 46.0
NAME = 250.0
WIDTH = 640.0
BAR = 330.0
#: A share of studies says something only where there are a few.
SUMMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A study, shown by its label, with the judgements on it."""

    study: Phrase
    bias: StudyBias


def draw_bias(judged: Sequence[Judged], *, key: str, credit: str) -> tuple[str, Sheet]:
    """Draw the judgements, one panel for each tool that was used.

    Returns
    -------
    tuple
        The SVG, and the sheet that knows which nodes it shows.
    """
    sheet = Sheet(WIDTH)
    panels: dict[tuple[str, str, tuple[str, ...]], list[Judged]] = {}
    for row in judged:
        used = (row.bias.tool, row.bias.version, tuple(row.bias.domains))
        panels.setdefault(used, []).append(row)
    y = EDGE + 12.0
    for (tool, version, domains), rows in panels.items():
        y = _panel(sheet, f"{TOOLS.get(tool, tool)}, {version}", domains, rows, y)
        if len(rows) >= SUMMED:
            y = _summary(sheet, domains, rows, y)
        y += 10.0
    shown = {j for row in judged for j in (*row.bias.domains.values(), row.bias.overall)}
    y = legend(sheet, EDGE, y, shown, WIDTH - 2 * EDGE)
    y = credit_line(sheet, credit, EDGE, y + 4, WIDTH - 2 * EDGE)
    svg = sheet.svg(
        y + 6, key=key, title="Risk of bias of each study", description=_finding(judged)
    )
    return svg, sheet


def _finding(judged: Sequence[Judged]) -> str:
    worst = {row.bias.overall for row in judged} & {"high", "serious", "critical"}
    low = all(row.bias.overall == "low" for row in judged)
    if low:
        return "Every study was judged to be at low risk of bias overall."
    if worst:
        return "At least one study was judged to be at high risk of bias overall."
    return "No study was judged to be at high risk overall, and at least one raised concerns."


def _panel(
    sheet: Sheet, tool: str, domains: tuple[str, ...], rows: Sequence[Judged], y: float
) -> float:
    sheet.text(EDGE, y, f"Risk of bias ({tool})", size=15.0, bold=True, kind="name")
    y += 26.0
    name_width = min(max(text_width(row.study.text, SIZE) for row in rows), NAME)
    first = EDGE + name_width + 18.0 + STEP / 2
    places = [first + index * STEP for index in range(len(domains))]
    overall = first + len(domains) * STEP + 10.0
    sheet.text(EDGE, y, "Study", size=SMALL, bold=True, kind="name")
    for index, x in enumerate(places):
        letter = string.ascii_uppercase[index]
        sheet.text(x, y, letter, size=SMALL, bold=True, anchor="middle", kind="name")
    sheet.text(overall, y, "Overall", size=SMALL, bold=True, anchor="middle", kind="name")
    y += 8.0
    end = overall + 32.0
    sheet.line([(EDGE, y), (end, y)], colour=INK)
    for row in rows:
        names = wrap(row.study, name_width + 1.0, SIZE)
        height = ROW + LINE * (len(names) - 1)
        middle = y + height / 2
        base = middle - LINE * (len(names) - 1) / 2 + 4.0
        for index, line in enumerate(names):
            sheet.text(EDGE, base + index * LINE, line, size=SIZE)
        for x, domain in zip(places, domains, strict=True):
            judgement_mark(sheet, x, middle, row.bias.domains.get(domain, "no_information"))
        judgement_mark(sheet, overall, middle, row.bias.overall)
        y += height
        sheet.line([(EDGE, y), (end, y)], colour=RULE, width=0.6)
    y += 20.0
    for index, domain in enumerate(domains):
        words = f"{string.ascii_uppercase[index]}  {domain_words(domain)}"
        sheet.text(EDGE, y, words, size=SMALL, kind="name")
        y += LINE
    return y + 8.0


def _summary(sheet: Sheet, domains: tuple[str, ...], rows: Sequence[Judged], y: float) -> float:
    """A bar a domain: the share of the studies with each judgement, best first."""
    sheet.text(EDGE, y + 6, "Share of the studies", size=SIZE, bold=True, kind="name")
    y += 20.0
    names = [domain_words(domain) for domain in domains] + ["overall"]
    left = EDGE + max(text_width(name, SMALL) for name in names) + 14.0
    for name, domain in zip(names, (*domains, None), strict=True):
        judged = [
            row.bias.overall if domain is None else row.bias.domains.get(domain, "no_information")
            for row in rows
        ]
        sheet.text(
            left - 14.0, y + 14.0, name, size=SMALL, anchor="end", bold=domain is None, kind="name"
        )
        x = left
        for judgement, look in JUDGEMENTS.items():
            count = judged.count(judgement)
            if not count:
                continue
            width = BAR * count / len(judged)
            sheet.box(x, y, width, 19.0, fill=look.fill)
            if width > 14.0:
                sheet.text(
                    x + width / 2,
                    y + 14.5,
                    look.symbol,
                    size=13.0,
                    bold=True,
                    anchor="middle",
                    colour=look.symbol_colour,
                    kind="name",
                )
            x += width
        y += 25.0
    for share in (0.0, 0.5, 1.0):
        x = left + BAR * share
        sheet.line([(x, y - 4), (x, y + 1)])
        label = f"{100 * share:.0f}%"
        sheet.text(x, y + 13, label, size=10.0, anchor="middle", colour=MUTED, kind="axis")
    return y + 32.0
