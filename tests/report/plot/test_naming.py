"""Names stand beside their points, never on one another, and give way where there is no room."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from weigh.report.figures.lettering import SMALL, text_width
from weigh.report.plot.naming import Boxes, place_names

LIMITS = (0.0, 0.0, 400.0, 300.0)
POINT = st.tuples(
    st.floats(0, 400), st.floats(0, 300), st.text("abcWi ", min_size=1, max_size=60), st.just(4.0)
)


@given(points=st.lists(POINT, max_size=40))
def test_no_two_names_touch_and_all_are_inside(points):
    placed = place_names(points, LIMITS, Boxes())

    boxes = [(x, y - 9.0, x + text_width(name, SMALL), y + 3.0) for x, y, name in placed]
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(
        b[0] >= 0 and b[1] >= 0 and b[2] <= LIMITS[2] + 1e-9 and b[3] <= LIMITS[3] for b in boxes
    )


def test_of_two_points_in_one_place_each_finds_a_side():
    placed = place_names([(200, 150, "first", 4.0), (200, 150, "second", 4.0)], LIMITS, Boxes())

    assert [name for *_, name in placed] == ["first", "second"]
    assert placed[0][0] > 200 > placed[1][0]


def test_the_first_has_the_place_that_both_want():
    crowd = [(200, 150, f"study {i}", 4.0) for i in range(30)]

    placed = place_names(crowd, LIMITS, Boxes())

    assert placed[0][2] == "study 0"
    assert 0 < len(placed) < 30


def test_a_long_name_is_cut():
    ((_, _, name),) = place_names([(100, 100, "word " * 30, 4.0)], LIMITS, Boxes())

    assert name.endswith("…")
    assert text_width(name, SMALL) <= 170.0


def test_a_name_keeps_off_lines_where_it_can():
    boxes = Boxes()
    boxes.line((210.0, 0.0), (210.0, 300.0))  # just right of the point, where a name goes first

    ((left, _, _),) = place_names([(200, 150, "study", 4.0)], LIMITS, boxes)

    assert left < 200
