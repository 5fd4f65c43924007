"""What leaves the frame of a chart is cut at its edge, and only there."""

from __future__ import annotations

import re

import numpy as np
import pytest
from report.figures.geometry import SVG, root, words

from weigh.report.plot.axis import number_axis
from weigh.report.plot.chart import BOTTOM, LEFT, RIGHT, TOP, Chart, Key

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def chart() -> Chart:
    made = Chart("Title", "Up")
    made.frame(
        number_axis(0.0, 10.0, LEFT, RIGHT),
        number_axis(0.0, 10.0, BOTTOM, TOP, upright=True),
        rules=False,
    )
    return made


def strokes(made: Chart) -> list[np.ndarray]:
    """The points of every path after the paper."""
    svg = made.sheet.svg(500.0, key="k", title="t", description="d")
    paths = [element.get("d", "") for element in root(svg).iter(f"{SVG}path")][1:]
    return [np.array(NUMBER.findall(path), dtype=float).reshape(-1, 2) for path in paths]


def test_a_curve_that_stays_inside_is_one_line():
    made = chart()
    made.curve([(1.0, 1.0), (5.0, 9.0), (9.0, 1.0)])

    (line,) = strokes(made)

    assert line == pytest.approx(
        np.array([made.place(*at) for at in ((1.0, 1.0), (5.0, 9.0), (9.0, 1.0))]), abs=1e-3
    )


def test_a_curve_that_leaves_and_comes_back_is_two():
    made = chart()
    made.curve([(1.0, 5.0), (5.0, 25.0), (9.0, 5.0)])

    first, second = strokes(made)

    # At a height of 10 it is a quarter of the way up, and of the way down again.
    assert first[-1] == pytest.approx(made.place(2.0, 10.0), abs=1e-3)
    assert second[0] == pytest.approx(made.place(8.0, 10.0), abs=1e-3)


def test_a_curve_beside_the_frame_is_not_drawn():
    made = chart()
    made.curve([(11.0, 1.0), (12.0, 9.0)])
    made.curve([(-1.0, 3.0), (-1.0, 9.0)])

    assert strokes(made) == []


def test_an_undefined_point_is_left_out_of_a_curve():
    made = chart()
    made.curve([(1.0, 1.0), (2.0, float("nan")), (3.0, 3.0)])

    (line,) = strokes(made)

    assert len(line) == 2


def test_an_area_is_cut_at_the_frame():
    made = chart()
    made.area([(-5.0, 2.0), (5.0, 2.0), (5.0, 8.0), (-5.0, 8.0)], fill="#cccccc")

    (shape,) = strokes(made)

    assert shape[:, 0].min() == pytest.approx(LEFT, abs=1e-3)
    assert shape[:, 0].max() == pytest.approx(made.place(5.0, 2.0)[0], abs=1e-3)


def test_a_label_gives_way_to_one_that_stands_there():
    made = chart()
    made.label(5.0, 5.0, "one")
    made.label(5.0, 5.0, "two")

    svg = made.sheet.svg(500.0, key="k", title="t", description="d")

    first, second = (float(t.get("y", "")) for t in list(root(svg).iter(f"{SVG}text"))[-2:])
    assert second < first - 11.0


def test_a_key_takes_as_many_lines_as_it_needs():
    made = chart()
    key = [Key(words=f"an entry of several words {i}", shape="line") for i in range(5)]

    height = made.finish("Across", key=key, notes=["A note that is said below. " * 8])

    svg = made.sheet.svg(height, key="k", title="t", description="d")
    lines = {t.get("y") for t in root(svg).iter(f"{SVG}text") if "entry" in "".join(t.itertext())}
    assert len(lines) == 3
    assert "Across" in words(svg)
