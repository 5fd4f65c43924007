"""A forest plot is read by eye; these tests hold what the eye relies on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report.figures.geometry import outside, overlaps, root, texts, words
from report.sample import LONG, QUESTION, comparison

from weigh.evidence.comparison import Comparison
from weigh.evidence.study import Allocation
from weigh.evidence.trace import TraceBuilder
from weigh.report.figures.forest import draw_forest
from weigh.report.rows import rows_of

SVG = "{http://www.w3.org/2000/svg}"


def make(k: int, measure: str = "RR", outcome: str = "awake", **options) -> Comparison:
    return comparison(TraceBuilder(), "c", "Woke at night", outcome, measure, k, **options)


def draw(held: Comparison) -> str:
    return draw_forest(held, rows_of(held, "tart cherry"), key="f", credit="Asked 2026.")[0]


@pytest.mark.parametrize(
    "held",
    [
        make(1),
        make(2),
        make(25, missing=3, others=True),
        make(12, "MD", "score"),
        make(0, missing=2),
        make(3, "MC", "length", design=Allocation.UNCONTROLLED),
        replace(make(12), label="A very long name of a comparison " * 6),
        replace(make(3), comparator="another treatment with a very long name and words after it"),
    ],
    ids=["1", "2", "25", "continuous", "none", "uncontrolled", "long title", "long comparator"],
)
def test_no_words_touch_and_none_leave_the_drawing(held):
    svg = draw(held)

    assert overlaps(svg) == []
    assert outside(svg) == []


def test_a_label_of_forty_letters_is_shown_in_full():
    svg = draw(make(3))

    assert len(LONG) == 40
    assert LONG in " ".join(words(svg))


def test_every_study_has_a_row_and_those_without_an_estimate_say_why():
    held = make(4, missing=2)

    said = " ".join(words(draw(held)))

    assert said.count("Not estimable: the report says only") == 2
    assert all(row.study.label in said for row in held.studies)
    assert all(row.study.label in said for row in held.not_estimable)


def test_a_study_alone_is_not_pooled():
    said = words(draw(make(1)))

    assert "All together" not in said
    assert "Weight" not in said
    assert "One study: there is nothing to pool it with." in said


def test_two_studies_have_no_prediction_interval():
    said = words(draw(make(2)))

    assert "All together" in said
    assert "Prediction interval" not in said
    assert "Two studies: too few for a prediction interval." in said


def test_the_favours_labels_follow_from_the_direction_of_the_outcome():
    lower_is_better = words(draw(make(2)))
    flipped = replace(
        make(2), outcome=QUESTION.outcome("awake").model_copy(update={"better": "higher"})
    )
    higher_is_better = words(draw(flipped))

    assert {"← favours tart cherry", "favours placebo →"} <= set(lower_is_better)
    assert {"← favours placebo", "favours tart cherry →"} <= set(higher_is_better)


def test_without_a_control_group_nothing_is_favoured():
    said = " ".join(words(draw(make(2, "MC", "length", design=Allocation.UNCONTROLLED))))

    assert "favours" not in said
    assert "better than at the start" in said


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow_and_keeps_its_figures():
    held = make(12)
    natural = held.studies[2].natural

    svg = draw(held)

    assert f"[{natural.ci_low:.2f} to {natural.ci_high:.2f}]" in " ".join(words(svg))
    # Arrow heads are the only black triangles (three corners and back).
    arrows = [
        path
        for path in root(svg).iter(f"{SVG}path")
        if path.get("fill", "").lower() == "#1f1f1f" and path.get("d", "").count("L") == 2
    ]
    assert len(arrows) == 2


def test_numbers_show_their_nodes_and_the_axis_says_that_it_is_one():
    held = make(3)

    marked = {n.get("data-node") for t in texts(draw(held)) for n in t.iter() if n.get("data-node")}

    assert (
        set(held.studies[0].intervention.nodes.values()) - {held.studies[0].intervention.nodes["n"]}
        <= marked
    )
    assert set(held.natural.nodes.values()) <= marked
    axis = [t.text for t in texts(draw(held)) if t.get("data-scale") == "axis"]
    assert "1" in axis


def test_the_heaviest_study_has_the_largest_square():
    held = make(6)
    svg = draw(held)

    squares = [
        [float(v) for v in re.findall(r"-?[\d.]+", path.get("d", ""))]
        for path in root(svg).iter(f"{SVG}path")
        if path.get("fill", "").lower() == "#0072b2" and path.get("d", "").count("L") == 3
    ]
    sides = [max(d[0::2]) - min(d[0::2]) for d in squares][: held.k]
    weights = [row.weight for row in held.studies]

    assert sides.index(max(sides)) == weights.index(max(weights))
    # Area follows weight, so side follows its root.
    big, small = max(weights), sorted(weights)[-2]
    assert sorted(sides)[-2] / max(sides) == pytest.approx((small / big) ** 0.5, rel=1e-3)


def test_the_drawing_says_what_it_shows_to_those_who_do_not_see_it():
    held = make(3)

    svg = root(draw(held))

    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "f-title f-desc"
    assert svg.find(f"{SVG}title").text == "Forest plot: Woke at night"
    assert svg.find(f"{SVG}desc").text == held.statement.text


def test_the_picture_carries_its_credit():
    assert "Asked 2026." in words(draw(make(2)))


def test_the_same_comparison_gives_the_same_bytes():
    assert draw(make(5)) == draw(make(5))
