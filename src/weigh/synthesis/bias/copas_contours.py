"""The path over selections that changes the estimate fastest: across the contours of a surface."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

__all__ = ["Contour", "contours", "crossing_line", "round_levels"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contour:
    """A contour of the estimate, and the straight line through it.

    Parameters
    ----------
    level
        The estimate along the contour.
    slope, intercept
        Of the line by least squares, both axes scaled to 0 to 1; None if all points are on one
        vertical.
    adjusted_r2
        How straight the contour is; None with fewer than three points.
    points
        Number of points it was drawn through.
    """

    level: float
    slope: float | None
    intercept: float | None
    adjusted_r2: float | None
    points: int


def round_levels(low: float, high: float, about: int) -> FloatArray:
    """About so many round numbers over a range: 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / about
    base = 10.0 ** math.floor(math.log10(rough))
    unit = base
    # The bias for larger steps is that of R's pretty(), so that contours are drawn at its levels.
    for factor, bias in ((2.0, 1.5), (5.0, 2.75), (10.0, 1.5)):
        if factor * base - rough < bias * (rough - unit):
            unit = factor * base
    first, last = math.floor(low / unit + 1e-7), math.ceil(high / unit - 1e-7)
    return unit * np.arange(first, last + 1.0)


def contours(surface: FloatArray, levels: FloatArray) -> list[Contour]:
    """Draw contours of a surface given on a square grid over 0 to 1, each in its pieces.

    Each cell is four triangles that meet in its middle, where the surface is the mean of the
    corners: on a triangle a contour is a straight line.
    """
    return [contour for level in levels for contour in _at_level(surface, float(level))]


def _at_level(surface: FloatArray, level: float) -> list[Contour]:
    rows, columns = surface.shape
    corners = np.arange(rows * columns).reshape(rows, columns)
    a, b = corners[:-1, :-1].ravel(), corners[1:, :-1].ravel()
    c, d = corners[1:, 1:].ravel(), corners[:-1, 1:].ravel()
    middle = rows * columns + np.arange(a.size)
    grid_x, grid_y = np.meshgrid(
        np.linspace(0.0, 1.0, rows), np.linspace(0.0, 1.0, columns), indexing="ij"
    )

    def all_nodes(values: FloatArray) -> FloatArray:
        flat = values.ravel()
        return np.concatenate([flat, (flat[a] + flat[b] + flat[c] + flat[d]) / 4.0])

    x, y, z = all_nodes(grid_x), all_nodes(grid_y), all_nodes(surface) - level
    triangles = np.concatenate(
        [np.stack([p, q, middle], axis=1) for p, q in ((a, b), (b, c), (c, d), (d, a))]
    )
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]], axis=2)
    crossed = z[edges[:, :, 0]] * z[edges[:, :, 1]] < 0.0
    cut = edges[crossed]
    if cut.size == 0:
        return []
    unique, index = np.unique(cut, axis=0, return_inverse=True)
    index = index.ravel()
    p, q = unique[:, 0], unique[:, 1]
    share = z[p] / (z[p] - z[q])
    px, py = x[p] + share * (x[q] - x[p]), y[p] + share * (y[q] - y[p])
    # A contour enters and leaves a triangle: its two crossings there are neighbours.
    triangle = np.nonzero(crossed)[0]
    pairs = np.nonzero(triangle[1:] == triangle[:-1])[0]
    joined = coo_matrix(
        (np.ones(pairs.size), (index[pairs], index[pairs + 1])), shape=(p.size, p.size)
    )
    count, piece = connected_components(joined, directed=False)
    return [_straight(level, px[piece == i], py[piece == i]) for i in range(count)]


def _straight(level: float, x: FloatArray, y: FloatArray) -> Contour:
    n = x.size
    dx, dy = x - x.mean(), y - y.mean()
    about = float(np.sum(dx * dx))
    if n < 2 or about <= 1e-20:
        return Contour(level, None, None, None, n)
    slope = float(np.sum(dx * dy)) / about
    left, whole = float(np.sum((dy - slope * dx) ** 2)), float(np.sum(dy * dy))
    r2 = None
    if n > 2 and whole > 0.0:
        r2 = 1.0 - left / whole * (n - 1) / (n - 2)
    return Contour(level, slope, float(y.mean() - slope * x.mean()), r2, n)


def crossing_line(drawn: list[Contour]) -> float | None:
    """Slope of the line across the contours, from the mean slope of those that are straight."""
    straight = [
        (contour.slope, contour.points)
        for contour in drawn
        if contour.slope is not None
        and contour.adjusted_r2 is not None
        and contour.adjusted_r2 > 0.0
    ]
    if not straight:
        return None
    slopes, points = np.array(straight).T
    mean = float(np.sum(slopes * points) / np.sum(points))
    return -1.0 / mean if mean != 0.0 else None
