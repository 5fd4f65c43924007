"""A plot is written as SVG or PNG, whole or not at all, and read as a table."""

from __future__ import annotations

import io

import pytest
from matplotlib.image import imread
from report.plot.making import bcg_fit, some

import weigh
from weigh.errors import InputError, NotFoundError, OutOfReachError
from weigh.report.plot import Table


def test_a_png_has_the_size_of_the_drawing_at_its_dots_to_the_inch():
    plot = weigh.plot.funnel(bcg_fit())

    once, twice = (imread(io.BytesIO(plot.png(dpi))) for dpi in (72, 144))

    assert once.shape[:2] == (round(plot.height), round(plot.width))
    assert twice.shape[:2] == (2 * once.shape[0], 2 * once.shape[1])


def test_a_png_carries_its_title_and_description():
    plot = weigh.plot.funnel(bcg_fit())

    content = plot.png(72)

    assert plot.title.encode("latin-1") in content
    assert b"studies lie outside" in content


def test_words_are_painted_in_a_png():
    """The strip above the frame holds the title alone, so ink there is its letters."""
    picture = imread(io.BytesIO(weigh.plot.funnel(bcg_fit()).png(72)))

    assert picture[14:30, 16:200, :3].min() < 0.3


def test_the_colours_of_a_forest_plot_are_told_apart_in_greyscale():
    picture = imread(io.BytesIO(weigh.plot.forest(bcg_fit()).png(72)))[..., :3]
    grey = picture @ [0.299, 0.587, 0.114]

    square = grey[(picture[..., 2] - picture[..., 0]) > 0.6]  # blue
    bar = grey[(picture[..., 0] - picture[..., 2]) > 0.6]  # orange

    assert square.size > 0
    assert bar.size > 0
    assert abs(square.mean() - bar.mean()) > 0.15


@pytest.mark.parametrize("name", ["plot.svg", "plot.png", "PLOT.SVG"])
def test_saving_writes_what_the_ending_says(tmp_path, name):
    plot = weigh.plot.forest(bcg_fit())

    path = plot.save(tmp_path / name)

    content = path.read_bytes()
    assert content == (plot.svg().encode() if name.lower().endswith("svg") else plot.png())
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_another_ending_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match=r"End the name in \.svg or \.png"):
        weigh.plot.forest(bcg_fit()).save(tmp_path / "plot.jpeg")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OutOfReachError, match="no such file or directory"):
        weigh.plot.forest(bcg_fit()).save(tmp_path / "nowhere" / "plot.svg")


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path):
    (tmp_path / "plot.svg").mkdir()

    with pytest.raises(OutOfReachError, match="cannot be written"):
        weigh.plot.forest(bcg_fit()).save(tmp_path / "plot.svg")

    assert [found.name for found in tmp_path.iterdir()] == ["plot.svg"]


@pytest.mark.parametrize("dpi", [0.0, -10.0, 5000.0, float("nan")])
def test_dots_to_the_inch_have_bounds(dpi):
    with pytest.raises(InputError, match="from 36 to 1200"):
        weigh.plot.forest(bcg_fit()).png(dpi)


def test_two_plots_share_a_page_under_keys_of_their_own():
    svg = weigh.plot.forest(some(3)).svg(key="second")

    assert 'aria-labelledby="second-title second-desc"' in svg
    assert weigh.plot.forest(some(3))._repr_svg_().startswith("<svg")


def test_there_is_no_style_and_no_date_in_an_svg():
    svg = weigh.plot.gosh(weigh.gosh(some(6))).svg()

    assert "style=" not in svg
    assert "date" not in svg


class TestTable:
    def test_undefined_numbers_are_none(self):
        table = Table({"x": [1.0, float("nan")], "y": ["a", "b"]})

        assert table["x"] == (1.0, None)
        assert table.columns == ("x", "y")
        assert len(table) == 2
        assert table.to_dict() == {"x": [1.0, None], "y": ["a", "b"]}

    def test_a_column_that_is_not_there_is_named_with_the_nearest(self):
        with pytest.raises(NotFoundError, match="Did you mean effect"):
            Table({"effect": [1.0]})["efect"]

    @pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
    def test_it_becomes_a_frame_of_the_library_asked_for(self, backend):
        frame = Table({"x": [1.0, 2.0]}).to_frame(backend)

        assert type(frame).__module__.split(".")[0] == backend
