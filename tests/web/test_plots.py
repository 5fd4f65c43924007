"""Plots of a comparison's studies, and their numbers."""

from __future__ import annotations

import csv
import io
import json

import pytest
from lxml import html

import weigh
from weigh.folder import example_folders
from weigh.workflow.picturing import KINDS

BASE = "/q/zinc-common-cold/c/adverse-events-treatment/plots"


@pytest.fixture(scope="module")
def fit():
    folder = next(p for p in example_folders() if p.name == "zinc-common-cold")
    answer = weigh.answer_question(weigh.load(folder))
    held = next(c for c in answer.comparisons if c.id == "adverse-events-treatment")
    return held.pooled


def test_every_kind_is_drawn_for_many_studies_and_told_in_words(site):
    page = html.fromstring(site.ask(BASE).text)
    assert len(page.xpath("//figure")) == len(KINDS)
    for image in page.xpath("//img"):
        assert len(image.get("alt")) > 30
        assert site.ask(image.get("src")).status == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["svg", "json", "csv"])
def test_each_plot_comes_as_a_picture_and_as_its_numbers(site, kind, end):
    reply = site.ask(f"{BASE}/{kind}.{end}")
    assert reply.status == 200
    if end == "svg":
        assert "<title" in reply.text
        assert "<desc" in reply.text


def test_the_numbers_are_the_python_face_s(site, fit):
    rows = list(csv.DictReader(io.StringIO(site.ask(f"{BASE}/leave-one-out.csv").text)))
    columns = json.loads(site.ask(f"{BASE}/leave-one-out.json").text)["data"]
    assert len(rows) == len(next(iter(columns.values())))
    assert fit.k <= len(rows) <= fit.k + 1


def test_a_plot_s_table_holds_what_is_drawn(site):
    page = html.fromstring(site.ask(BASE).text)
    table = next(t for t in page.xpath("//table") if "Balance" in t.xpath("./caption")[0].text)
    rows = [
        [cell.text_content() for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")[1:]
    ]
    data = json.loads(site.ask(f"{BASE}/balance.json").text)["data"]
    assert [row[0] for row in rows] == data["name"]
    for row, effect in zip(rows, data["effect"], strict=True):
        assert float(row[1].replace("−", "-")) == pytest.approx(effect, rel=1e-3)


def test_few_studies_have_no_funnel_and_the_page_says_why(site):
    reply = site.ask("/q/zinc-common-cold/c/ongoing/plots/funnel.svg")
    assert reply.status == 422
    assert "expects at least 10" in reply.text
    page = site.ask("/q/zinc-common-cold/c/ongoing/plots").text
    assert "Not drawn, and why" in page


def test_a_reader_s_settings_carry_over_to_the_plots(site):
    own = site.ask(f"{BASE}/cumulative.json").text
    other = site.ask(f"{BASE}/cumulative.json?method=EE&test=z").text
    assert own != other


@pytest.mark.parametrize("path", ["/nothing.svg", "/funnel.gif"])
def test_what_is_no_plot_is_told(site, path):
    assert site.ask(BASE + path).status in (404, 422)
