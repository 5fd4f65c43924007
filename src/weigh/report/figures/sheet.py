"""A sheet to draw on, in CSS pixels with the origin at the top left; it comes out as SVG.

matplotlib does the drawing (its object API: no pyplot, no global state). Text stays text, so that a
screen reader, a search and a copy find it; `lettering` measures it. The same drawing gives the same
bytes: no date, no random ids.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import matplotlib
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from weigh.evidence.statement import Phrase
from weigh.report.figures.palette import INK, PAPER
from weigh.report.figures.words import (
    SVG,
    Anchor,
    Kind,
    Line,
    Slot,
    Words,
    text_element,
    writable,
)

__all__ = ["EDGE", "Anchor", "Kind", "Sheet", "Words"]

#: Room that every drawing leaves at its edges.
EDGE = 16.0

_FONT = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_DPI = 72  # a point is then a pixel


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """What belongs together: classes of its elements, and (where it says so) what it is."""

    number: int
    names: str
    about: str


class Sheet:
    """Something to draw on, `width` pixels wide; its height is told when it is finished."""

    def __init__(self, width: float) -> None:
        self.width = width
        # Everything is placed through this transform, which is set when the height is known.
        self._to_page = Affine2D()
        self._figure = Figure(dpi=_DPI, facecolor=PAPER)
        self._drawn = 0
        self._texts: list[tuple[Line, _Group | None]] = []
        self._dots: list[dict[str, str]] = []
        self._nodes: dict[str, None] = {}
        self._group: _Group | None = None
        self._groups: list[_Group] = []
        #: What the drawing was finished with: its height, its title, its finding.
        self.finished: tuple[float, str, str] | None = None

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every trace node that the drawing shows."""
        return tuple(self._nodes)

    @contextmanager
    def named(self, names: str, *, about: str = "") -> Iterator[None]:
        """Give what is drawn meanwhile these names, as the classes of its SVG elements.

        With `about` the elements stand in one group that says what it is, as ``data-about``.
        """
        self._group = _Group(number=len(self._groups), names=names, about=about)
        self._groups.append(self._group)
        yield
        self._group = None

    def text(
        self,
        x: float,
        y: float,
        words: Words,
        *,
        size: float = 12.0,
        anchor: Anchor = "start",
        bold: bool = False,
        italic: bool = False,
        colour: str = INK,
        kind: Kind = "figure",
    ) -> None:
        """Write one line with its baseline at `y`."""
        phrase = words if isinstance(words, Phrase) else Phrase(text=words)
        if not phrase.text:
            return
        phrase = replace(phrase, text=writable(phrase.text))
        self._nodes.update(dict.fromkeys(phrase.because))
        line = Line(
            phrase=phrase,
            x=x,
            y=y,
            size=size,
            anchor=anchor,
            bold=bold,
            italic=italic,
            colour=colour,
            kind=kind,
            names=self._group.names if self._group else "",
        )
        self._add(Slot(len(self._texts), line, self._to_page))
        self._texts.append((line, self._group))

    def _add(self, artist: Artist) -> None:
        """Draw on top of what is there; matplotlib alone would put lines above shapes."""
        artist.set_zorder(self._drawn)
        self._drawn += 1
        if self._group is not None and not isinstance(artist, Slot):
            artist.set_gid(f"named-{self._group.number}")
        self._figure.add_artist(artist)

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = INK,
        width: float = 1.0,
        dashes: tuple[float, ...] | None = None,
    ) -> None:
        """Draw a line through `points`; `dashes` are on and off lengths in pixels."""
        self._add(
            Line2D(
                [x for x, _ in points],
                [y for _, y in points],
                color=colour,
                linewidth=width,
                # matplotlib scales dashes by the line's width.
                linestyle=(0.0, tuple(d / width for d in dashes)) if dashes else "-",
                solid_capstyle="butt",
                dash_capstyle="butt",
                transform=self._to_page,
            )
        )

    def curve(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        colour: str = INK,
        width: float = 1.0,
        dashes: tuple[float, ...] | None = None,
    ) -> None:
        """Draw a line that leaves and arrives level."""
        half = (start[0] + end[0]) / 2
        path = Path(
            [start, (half, start[1]), (half, end[1]), end],
            [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
        )
        self._add(
            PathPatch(
                path,
                facecolor="none",
                edgecolor=colour,
                linewidth=width,
                linestyle=(0.0, tuple(d / width for d in dashes)) if dashes else "-",
                capstyle="butt",
                transform=self._to_page,
            )
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        outline: str | None = INK,
        line_width: float = 1.0,
        radius: float = 0.0,
        dashes: tuple[float, ...] | None = None,
    ) -> None:
        """Draw a rectangle whose top left corner is at (x, y)."""
        shape: Patch
        if radius:
            style = f"round,pad=0,rounding_size={radius}"
            shape = FancyBboxPatch((x, y), width, height, boxstyle=style)
        else:
            shape = Rectangle((x, y), width, height)
        shape.set(
            facecolor=fill or "none",
            edgecolor=outline or "none",
            linewidth=line_width if outline else 0.0,
            linestyle=(0.0, tuple(d / line_width for d in dashes)) if dashes else "-",
            transform=self._to_page,
        )
        self._add(shape)

    def polygon(
        self,
        points: Sequence[tuple[float, float]],
        *,
        fill: str | None = None,
        outline: str | None = INK,
        line_width: float = 1.0,
    ) -> None:
        """Draw a closed shape through `points`."""
        self._add(
            Polygon(
                list(points),
                closed=True,
                facecolor=fill or "none",
                edgecolor=outline or "none",
                linewidth=line_width if outline else 0.0,
                transform=self._to_page,
            )
        )

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        *,
        fill: str,
        outline: str = INK,
        line_width: float = 1.0,
    ) -> None:
        """Draw a filled circle round (x, y)."""
        self._add(
            Circle(
                (x, y),
                radius,
                facecolor=fill,
                edgecolor=outline,
                linewidth=line_width,
                transform=self._to_page,
            )
        )

    def dot(self, x: float, y: float, radius: float, *, fill: str) -> None:
        """Draw a filled circle that is one of many: in SVG a ``circle``, the shortest way."""
        place = {"cx": x, "cy": y, "r": radius}
        self._dots.append(
            {name: f"{value:.2f}".rstrip("0").rstrip(".") for name, value in place.items()}
            | {"fill": fill, "stroke": INK}
        )
        circle = Circle((x, y), radius, facecolor=fill, edgecolor=INK, transform=self._to_page)
        circle.set_gid(f"dot-{len(self._dots) - 1}")
        self._add(circle)

    def svg(self, height: float, *, key: str, title: str, description: str) -> str:
        """Finish: the drawing as an ``<svg>`` element, `height` pixels high.

        Parameters
        ----------
        key
            Stands before every id inside, so that several drawings may share a page.
        title, description
            Its short name and its finding in one sentence, for those who do not see it.
        """
        self.finished = (height, title, description)
        self._to_page.clear().scale(1.0, -1.0).translate(0.0, height)
        self._figure.set_size_inches(self.width / _DPI, height / _DPI)
        FigureCanvasSVG(self._figure)
        drawn = io.StringIO()
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "weigh"}):
            self._figure.savefig(drawn, format="svg", metadata={"Date": None})
        root = ET.fromstring(drawn.getvalue())
        out = ET.Element(
            "svg",  # without its namespace: how a prefix is written is one choice for all of Python
            {
                "xmlns": SVG,
                "role": "img",
                "aria-labelledby": f"{key}-title {key}-desc",
                "width": f"{self.width:g}",
                "height": f"{height:g}",
                "viewBox": f"0 0 {self.width:g} {height:g}",
                "font-family": _FONT,
                "stroke-linejoin": "round",
            },
        )
        ET.SubElement(out, "title", {"id": f"{key}-title"}).text = writable(title)
        ET.SubElement(out, "desc", {"id": f"{key}-desc"}).text = writable(description)
        self._copy(root, out)
        return ET.tostring(out, encoding="unicode") + "\n"

    def png(self, height: float, *, dpi: float, title: str, description: str) -> bytes:
        """Finish: the drawing as a PNG file, `height` pixels high at 72 dots to the inch.

        Parameters
        ----------
        dpi
            Dots to the inch; lines and letters keep their size in inches.
        title, description
            As for `svg`; they go into the file's own text fields.
        """
        self._to_page.clear().scale(1.0, -1.0).translate(0.0, height).scale(dpi / _DPI)
        self._figure.set_size_inches(self.width / _DPI, height / _DPI)
        FigureCanvasAgg(self._figure)
        drawn = io.BytesIO()
        told = {
            "Software": None,
            "Title": writable(title),
            "Description": writable(description),
        }
        self._figure.savefig(drawn, format="png", dpi=dpi, metadata=told)
        return drawn.getvalue()

    def _copy(self, element: ET.Element, out: ET.Element, group: _Group | None = None) -> None:
        """Take the shapes out of matplotlib's groups, and put the words where they belong."""
        for child in element:
            gid = child.get("id", "")
            if gid.startswith("text-"):
                line, held = self._texts[int(gid.removeprefix("text-"))]
                written = text_element(line)
                holder = _holder(out, held)
                holder.append(written)
                if holder is not out:
                    written.tail = " "  # who reads the group aloud reads words, not one long one
            elif gid.startswith("dot-"):
                out.append(ET.Element("circle", self._dots[int(gid[4:])]))
            elif child.tag == f"{{{SVG}}}path":
                shape = {"d": re.sub(r"\s+", " ", child.get("d", "")).strip()}
                if group is not None and group.names:
                    shape["class"] = group.names
                shape |= _attributes(child.get("style", ""))
                _holder(out, group).append(ET.Element("path", shape))
            elif child.tag == f"{{{SVG}}}g":
                own = gid.startswith("named-")
                self._copy(child, out, self._groups[int(gid[6:])] if own else group)


def _holder(out: ET.Element, group: _Group | None) -> ET.Element:
    """Where an element goes: what is drawn of one group is drawn in one go."""
    if group is None or not group.about:
        return out
    number = str(group.number)
    if len(out) and out[-1].get("data-group") == number:
        return out[-1]
    return ET.SubElement(out, "g", {"data-group": number, "data-about": group.about})


def _attributes(style: str) -> dict[str, str]:
    """Inline style as attributes, which a page's content policy cannot forbid."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}
