"""How it might work, drawn: each pathway as a band, its findings as arrows from left to right.

An arrow says three things in words: what was seen, in what it was seen, and (dashed) what nobody
has tested. Solid and thick is people, solid and thin animals, dotted cells. What belongs to a chain
has a class of the chain's number, so that a page can light it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from weigh.evidence.answer import EdgeView, Mechanisms
from weigh.evidence.mechanism import MechanismEdge, MechanismLevel, Relation
from weigh.evidence.statement import Quantity, say
from weigh.report.chains import ChainLabel, chain_labels
from weigh.report.figures.layers import Arrow, Layers, Spot, layers_of
from weigh.report.figures.lettering import LINE, SIZE, text_width, wrap
from weigh.report.figures.marks import credit_line
from weigh.report.figures.palette import INK, LIMIT, MUTED, PAPER, RULE, SQUARE, WASH
from weigh.report.figures.sheet import EDGE, Sheet
from weigh.report.wording import capital

__all__ = ["LEVEL_WORDS", "RELATION_WORDS", "draw_mechanisms"]

SMALL = 10.5
BOX = 158.0
BETWEEN = 142.0
PILL = 34.0
SPACE = 12.0
PASSING = 18.0

LEVEL_WORDS: Mapping[MechanismLevel, str] = {
    "human": "in people",
    "animal": "in animals",
    "in-vitro": "in cells",
}
RELATION_WORDS: Mapping[Relation, str] = {
    "increases": "raises",
    "decreases": "lowers",
    "activates": "activates",
    "inhibits": "holds back",
    "converts": "turns into",
    "required-for": "is needed for",
    "correlates-with": "goes with",
    "no-effect": "no change seen",
    "not-tested": "not tested",
    "result-not-seen": "result not seen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stroke:
    colour: str
    width: float
    dashes: tuple[float, ...] | None


_STROKES: Mapping[MechanismLevel, _Stroke] = {
    "human": _Stroke(colour=SQUARE, width=2.6, dashes=None),
    "animal": _Stroke(colour=INK, width=1.3, dashes=None),
    "in-vitro": _Stroke(colour=INK, width=1.3, dashes=(1.6, 3.0)),
}
_UNTESTED = _Stroke(colour=LIMIT, width=1.5, dashes=(8.0, 5.0))
_LACKING: frozenset[Relation] = frozenset({"not-tested", "result-not-seen"})
_LOWERING: frozenset[Relation] = frozenset({"decreases", "inhibits"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a spot is drawn: its middle left, its size, its lines."""

    x: float
    y: float
    height: float
    lines: tuple[str, ...]


def draw_mechanisms(
    mechanisms: Mechanisms, *, starts: Sequence[str], ends: Sequence[str], key: str, credit: str
) -> tuple[str, Sheet]:
    """Draw every finding.

    Parameters
    ----------
    starts, ends
        Names of the intervention and its forms, and of what the question asks about: these things
        are set off.

    Returns
    -------
    tuple
        The SVG, and the sheet that knows which nodes it shows.
    """
    bands: dict[str, list[EdgeView]] = {}
    for view in mechanisms.edges:
        bands.setdefault(view.edge.pathway, []).append(view)
    laid = {pathway: layers_of(views) for pathway, views in bands.items()}
    most = max(len(band.layers) for band in laid.values())
    width = max(2 * EDGE + most * BOX + (most - 1) * BETWEEN, 660.0)
    sheet = Sheet(width)
    chains = chain_labels(mechanisms)
    marked = {name.casefold(): WASH for name in starts} | {n.casefold(): PAPER for n in ends}
    y = EDGE + 12.0
    sheet.text(EDGE, y, "How it might work: what was seen, and in what", size=15.0, bold=True,
               kind="name")  # fmt: skip
    y = _key(sheet, y + 26.0)
    for pathway, band in laid.items():
        sheet.line([(EDGE, y), (width - EDGE, y)], colour=RULE)
        y += 22.0
        sheet.text(EDGE, y, capital(pathway), size=13.0, bold=True, kind="name")
        y = _band(sheet, band, marked, chains, y + 14.0) + 18.0
    y = credit_line(sheet, credit, EDGE, y + 6, width - 2 * EDGE)
    svg = sheet.svg(y + 6, key=key, title="How it might work", description=_finding(mechanisms))
    return svg, sheet


def _finding(mechanisms: Mechanisms) -> str:
    levels = {view.edge.level for view in mechanisms.edges if view.edge.relation not in _LACKING}
    seen = [words for level, words in LEVEL_WORDS.items() if level in levels]
    told = f"The findings were made {', '.join(seen)}." if seen else "No finding was available."
    if any(view.edge.relation == "not-tested" for view in mechanisms.edges):
        told += " Dashed arrows are steps that nobody has tested."
    return told


def _key(sheet: Sheet, y: float) -> float:
    """What the lines and their ends mean."""
    x = EDGE
    entries = [(words, stroke) for words, stroke in zip(
        ("seen in people", "seen in animals", "seen in cells"), _STROKES.values(), strict=True
    )]  # fmt: skip
    entries.append(("not tested, or result not seen", _UNTESTED))
    for words, stroke in entries:
        sheet.line([(x, y - 4), (x + 34, y - 4)], colour=stroke.colour, width=stroke.width,
                   dashes=stroke.dashes)  # fmt: skip
        sheet.text(x + 41, y, words, size=SMALL, kind="name")
        x += 41 + text_width(words, SMALL) + 18
    y += 20.0
    x = EDGE
    ends: tuple[tuple[str, Relation], ...] = (
        ("raises, activates", "increases"),
        ("lowers, holds back", "decreases"),
        ("no change seen", "no-effect"),
        ("goes together", "correlates-with"),
    )
    for words, relation in ends:
        sheet.line([(x, y - 4), (x + 26, y - 4)], width=1.3)
        _head(sheet, x + 34, y - 4, relation, _STROKES["animal"])
        sheet.text(x + 43, y, words, size=SMALL, kind="name")
        x += 43 + text_width(words, SMALL) + 18
    return y + 16.0


# One band


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """An arrow on its way through the gap behind layer `gap`; `told` where its words stand."""

    arrow: Arrow
    gap: int
    told: bool

    @property
    def height(self) -> float:
        return PILL + 8.0 if self.told else PASSING


def _band(
    sheet: Sheet,
    band: Layers,
    marked: Mapping[str, str],
    chains: Sequence[ChainLabel],
    top: float,
) -> float:
    sizes = {spot: _size(spot) for layer in band.layers for spot in layer}
    passes = _passes(band)
    tall = max(
        [sum(sizes[s][0] + SPACE for s in layer) for layer in band.layers]
        + [sum(held.height for held in through) for through in passes]
    )
    places: dict[Spot, _Place] = {}
    for index, layer in enumerate(band.layers):
        spare = (tall - sum(sizes[spot][0] + SPACE for spot in layer)) / len(layer)
        y = top
        for spot in layer:
            height, lines = sizes[spot]
            y += (spare + SPACE) / 2
            places[spot] = _Place(
                x=EDGE + index * (BOX + BETWEEN), y=y + height / 2, height=height, lines=lines
            )
            y += height + (spare + SPACE) / 2
    heights: dict[tuple[str, int], float] = {}
    for through in passes:
        heights |= _heights(through, places, top, top + tall)
    ports = _ports(band, places, heights)
    for arrow in band.arrows:
        edge = arrow.view.edge
        told = f"{edge.subject} → {edge.object}: {' '.join(_lines(edge))}"
        with sheet.named(_classes(chains, {edge.id}), about=told if chains else ""):
            _arrow(sheet, arrow, places, heights, ports)
    for spot, place in places.items():
        touching = {a.view.edge.id for a in band.arrows if spot in (a.spots[0], a.spots[-1])}
        if spot.name:
            names = _classes(chains, touching, about=spot.name)
            with sheet.named(names, about=spot.name if chains else ""):
                _box(sheet, place, marked.get(spot.name.casefold()))
    return top + tall


def _classes(chains: Sequence[ChainLabel], edges: set[str], *, about: str | None = None) -> str:
    """``link on-1 on-3 weak-3``: the chains that some findings belong to, and where weakest.

    `about` is the thing that the findings touch, where the classes are for it.
    """
    if not chains:
        return ""
    names = ["link"]
    for chain in chains:
        if edges & chain.edges and (about is None or about in chain.nodes):
            names.append(f"on-{chain.number}")
        if about is None and edges & chain.weakest:
            names.append(f"weak-{chain.number}")
    return " ".join(names)


def _passes(band: Layers) -> list[list[_Pass]]:
    """What goes through each gap; an arrow's words stand beside the thing that acts."""
    gaps: list[list[_Pass]] = [[] for _ in band.layers]
    for arrow in band.arrows:
        way = [spot.layer for spot in arrow.spots][:-1]
        told = (way[-1] if arrow.backwards else way[0]) if way else None
        for gap in way:
            gaps[gap].append(_Pass(arrow=arrow, gap=gap, told=gap == told))
    return gaps


def _heights(
    through: Sequence[_Pass], places: Mapping[Spot, _Place], top: float, bottom: float
) -> dict[tuple[str, int], float]:
    """Where each arrow crosses one gap: near its straight way, and clear of the others."""

    def wanted(held: _Pass) -> float:
        index = held.gap - held.arrow.spots[0].layer
        return (places[held.arrow.spots[index]].y + places[held.arrow.spots[index + 1]].y) / 2

    ordered = sorted(through, key=lambda held: (wanted(held), held.arrow.view.edge.id))
    placed: list[float] = []
    edge = top
    for held in ordered:
        placed.append(max(wanted(held), edge + held.height / 2))
        edge = placed[-1] + held.height / 2
    edge = bottom
    for index in range(len(placed) - 1, -1, -1):
        half = ordered[index].height / 2
        placed[index] = min(placed[index], edge - half)
        edge = placed[index] - half
    return {(held.arrow.view.edge.id, held.gap): y for held, y in zip(ordered, placed, strict=True)}


def _ports(
    band: Layers, places: Mapping[Spot, _Place], heights: Mapping[tuple[str, int], float]
) -> dict[tuple[str, Spot, int], float]:
    """Where each arrow touches each thing: spread over its side, in the order of arrival.

    The side is -1 for the left one and +1 for the right one.
    """
    touching: dict[tuple[Spot, int], list[tuple[float, str]]] = {}
    for arrow in band.arrows:
        name = arrow.view.edge.id
        for one, other in pairwise(arrow.spots):
            y = heights[name, one.layer]
            touching.setdefault((one, 1), []).append((y, name))
            touching.setdefault((other, -1), []).append((y, name))
    ports: dict[tuple[str, Spot, int], float] = {}
    for (spot, side), held in touching.items():
        place = places[spot]
        step = min(16.0, (place.height - 14.0) / max(len(held) - 1, 1)) if spot.name else 0.0
        first = place.y - step * (len(held) - 1) / 2
        for index, (_, name) in enumerate(sorted(held)):
            ports[name, spot, side] = first + index * step
    return ports


def _size(spot: Spot) -> tuple[float, tuple[str, ...]]:
    if not spot.name:
        return PASSING, ()
    lines = tuple(line.text for line in wrap(spot.name, BOX - 18.0, SIZE))
    return 16.0 + LINE * len(lines), lines


def _box(sheet: Sheet, place: _Place, fill: str | None) -> None:
    """One thing; `fill` where it is set off."""
    sheet.box(
        place.x,
        place.y - place.height / 2,
        BOX,
        place.height,
        fill=fill or PAPER,
        line_width=2.2 if fill else 1.0,
        radius=5.0,
    )
    first = place.y - LINE * (len(place.lines) - 1) / 2 + 4.0
    for index, line in enumerate(place.lines):
        sheet.text(
            place.x + BOX / 2,
            first + index * LINE,
            line,
            anchor="middle",
            size=SIZE,
            kind="name",
        )


def _arrow(
    sheet: Sheet,
    arrow: Arrow,
    places: Mapping[Spot, _Place],
    heights: Mapping[tuple[str, int], float],
    ports: Mapping[tuple[str, Spot, int], float],
) -> None:
    """One finding, from thing to thing, through its words and every place kept for passing."""
    edge = arrow.view.edge
    if len(arrow.spots) < 2:
        return
    stroke = _UNTESTED if edge.relation in _LACKING else _STROKES[edge.level]
    lines = _lines(edge)
    half = max(text_width(line, SMALL, bold=i == 0) for i, line in enumerate(lines)) / 2 + 7.0
    told = arrow.spots[-2 if arrow.backwards else 0].layer
    points: list[tuple[float, float]] = []
    for one, other in pairwise(arrow.spots):
        start = (places[one].x + BOX, ports[edge.id, one, 1])
        end = (places[other].x, ports[edge.id, other, -1])
        y = heights[edge.id, one.layer]
        centre = (start[0] + end[0]) / 2
        reach = half if one.layer == told else BETWEEN / 2 - 22.0
        points += [start, (centre - reach, y), (centre + reach, y), end]
    middle = points[4 * (told - arrow.spots[0].layer) + 1][0] + half
    y = heights[edge.id, told]
    if arrow.backwards:
        points.reverse()
    tip = points[-1]
    side = -1.0 if arrow.backwards else 1.0
    points[-1] = (tip[0] - side * 9.0, tip[1])
    for start, end in pairwise(points):
        sheet.curve(start, end, colour=stroke.colour, width=stroke.width, dashes=stroke.dashes)
    _head(sheet, tip[0], tip[1], edge.relation, stroke, side=side)
    sheet.box(
        middle - half,
        y - PILL / 2,
        2 * half,
        PILL,
        fill=PAPER,
        outline=stroke.colour,
        radius=6.0,
        dashes=(4.0, 3.0) if stroke is _UNTESTED else None,
    )
    base = y + 4.0 - 6.5 * (len(lines) - 1)
    for index, line in enumerate(lines):
        sheet.text(
            middle,
            base + 13.0 * index,
            say("{words}", words=Quantity(text=line, node=arrow.view.node)),
            size=SMALL,
            bold=index == 0,
            anchor="middle",
            colour=INK if index == 0 else MUTED,
        )


def _lines(edge: MechanismEdge) -> list[str]:
    """What was seen, and in what."""
    lines = [RELATION_WORDS[edge.relation]]
    if edge.relation != "not-tested":
        lines.append(LEVEL_WORDS[edge.level])
    return lines


def _head(
    sheet: Sheet, x: float, y: float, relation: Relation, stroke: _Stroke, *, side: float = 1.0
) -> None:
    """The end of an arrow: a point for more, a bar for less, a cross for no change."""
    base = x - side * 9.0
    if relation in _LOWERING:
        sheet.line([(base, y), (x - side * 2.0, y)], colour=stroke.colour, width=stroke.width)
        sheet.line(
            [(x - side * 2.0, y - 7), (x - side * 2.0, y + 7)], colour=stroke.colour, width=2.6
        )
    elif relation == "no-effect":
        for slope in (1, -1):
            sheet.line(
                [(base, y - 5 * slope), (base + side * 9.0, y + 5 * slope)],
                colour=stroke.colour,
                width=2.0,
            )
    elif relation == "correlates-with":
        sheet.line([(base, y), (x, y)], colour=stroke.colour, width=stroke.width)
    else:
        sheet.polygon(
            [(x, y), (base, y - 5.5), (base, y + 5.5)],
            fill=PAPER if relation in _LACKING else stroke.colour,
            outline=stroke.colour,
        )
