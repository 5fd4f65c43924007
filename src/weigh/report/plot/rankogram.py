"""The rankogram: how probable each rank is for each treatment."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from weigh.evidence.figures import per_cent
from weigh.report.figures.lettering import SMALL, text_width, wrap
from weigh.report.figures.palette import INK, MUTED, RULE, SQUARE
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.plot.chart import WIDTH
from weigh.report.plot.picture import Plot, Table

__all__ = ["rankogram"]

FloatArray = npt.NDArray[np.float64]

_COLUMNS = 3
_TALL = 74.0
_ROW = 132.0
_SIDE = 34.0


class Ranked(Protocol):
    """The result of `Network.ranking`."""

    @property
    def treatments(self) -> tuple[str, ...]: ...
    @property
    def order(self) -> tuple[str, ...]: ...
    @property
    def better(self) -> str: ...
    @property
    def sucra(self) -> FloatArray: ...
    @property
    def rank_probabilities(self) -> FloatArray: ...
    @property
    def draws(self) -> int | None: ...


def rankogram(ranking: Ranked, *, title: str | None = None) -> Plot:
    """Probability of each rank, treatment by treatment, the best by SUCRA first.

    A treatment with one tall bar has a certain rank; a flat row of bars says that trials cannot
    tell where it stands, whatever its SUCRA.

    Parameters
    ----------
    ranking
        Of `weigh.network(...).ranking()`.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each treatment and rank.

    References
    ----------
    :cite:t:`salanti2011`.
    """
    n = len(ranking.treatments)
    heading = title or f"Rankogram of {n} treatments"
    sheet = Sheet(WIDTH)
    y = EDGE + 12.0
    for line in wrap(heading, WIDTH - 2 * EDGE, 15.0, bold=True):
        sheet.text(EDGE, y, line, size=15.0, bold=True, kind="name")
        y += 20.0
    columns = min(_COLUMNS, n)
    wide = (WIDTH - 2 * EDGE) / columns
    for at, name in enumerate(ranking.order):
        row, column = divmod(at, columns)
        index = ranking.treatments.index(name)
        _panel(
            sheet,
            EDGE + column * wide,
            y + row * _ROW,
            wide,
            name,
            float(ranking.sucra[index]),
            ranking.rank_probabilities[index],
        )
    y += -(-n // columns) * _ROW + 6.0
    drawn = "exact" if ranking.draws is None else f"from {ranking.draws:,} draws"
    better = "lower" if ranking.better == "lower" else "higher"
    foot = (
        f"Across: ranks, 1 is best ({better} effects are better). Up: their probability, {drawn}. "
        "SUCRA is 100% for a treatment that is certainly best and 0% for one that is certainly "
        "last."
    )
    for line in wrap(foot, WIDTH - 2 * EDGE, SMALL):
        sheet.text(EDGE, y, line, size=SMALL, colour=MUTED, kind="name")
        y += 15.0
    first = ranking.order[0]
    best = float(ranking.rank_probabilities[ranking.treatments.index(first), 0])
    return Plot(
        title=heading,
        description=(
            f"{first} has the highest SUCRA, "
            f"{per_cent(100.0 * float(ranking.sucra[ranking.treatments.index(first)]))}, and is "
            f"best with a probability of {per_cent(100.0 * best)}."
        ),
        data=Table(
            {
                "treatment": [name for name in ranking.treatments for _ in range(n)],
                "rank": list(range(1, n + 1)) * n,
                "probability": ranking.rank_probabilities.ravel(),
                "sucra": np.repeat(ranking.sucra, n),
            }
        ),
        sheet=sheet,
        height=y + 2.0,
    )


def _panel(
    sheet: Sheet,
    left: float,
    top: float,
    wide: float,
    name: str,
    sucra: float,
    probability: FloatArray,
) -> None:
    """Bars of one treatment under its name."""
    told = f"SUCRA {per_cent(100.0 * sucra)}"
    sheet.text(left, top + 11.0, _cut(name, wide - 12.0), size=SMALL, bold=True, kind="name")
    sheet.text(left, top + 24.0, told, size=SMALL, colour=MUTED, kind="name")
    start, end = left + _SIDE, left + wide - 14.0
    base, head = top + 34.0 + _TALL, top + 34.0
    for share, words in ((0.0, "0%"), (0.5, "50%"), (1.0, "100%")):
        level = base - share * (base - head)
        sheet.line([(start, level), (end, level)], colour=RULE, width=0.6)
        sheet.text(start - 4.0, level + 3.5, words, size=9.0, anchor="end", kind="axis")
    n = probability.size
    step = (end - start) / n
    for rank, share in enumerate(probability):
        if share > 0.0:
            tall = float(share) * (base - head)
            sheet.box(
                start + (rank + 0.14) * step,
                base - tall,
                0.72 * step,
                tall,
                fill=SQUARE,
                outline=None,
            )
    sheet.line([(start, base), (end, base)], colour=INK, width=1.0)
    for rank in sorted({1, n} | ({(n + 1) // 2} if n > 4 and step * n > 60.0 else set())):
        middle = start + (rank - 0.5) * step
        sheet.text(middle, base + 12.0, str(rank), size=9.0, anchor="middle", kind="axis")


def _cut(name: str, room: float) -> str:
    if text_width(name, SMALL, bold=True) <= room:
        return name
    while name and text_width(name + "…", SMALL, bold=True) > room:
        name = name[:-1].rstrip()
    return name + "…"
