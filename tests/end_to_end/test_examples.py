"""The worked examples as a stranger gets them: every number followed to its source."""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path

import pytest
from report.reading import broken_links, headings, loaded, orphans, tree

from weigh.folder import load
from weigh.report import Rendered, render
from weigh.workflow.answering import answer_question

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())

each_example = pytest.mark.parametrize("name", NAMES)


@cache
def rendered(name: str) -> Rendered:
    return render(answer_question(load(EXAMPLES / name)))


def test_there_are_three_examples():
    assert len(NAMES) == 3


@each_example
def test_every_number_on_the_page_leads_to_a_source(name):
    page = rendered(name)

    assert orphans(page.html, json.loads(page.json)["trace"]["nodes"]) == []


@each_example
def test_every_link_inside_the_page_leads_somewhere_and_nothing_is_loaded(name):
    page = rendered(name).html

    assert broken_links(page) == []
    assert loaded(page) == []


@each_example
def test_headings_follow_each_other_without_a_gap(name):
    levels = headings(rendered(name).html)

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@each_example
def test_no_table_has_a_head_alone(name):
    tables = tree(rendered(name).html).xpath("//table[not(.//tbody/tr)]")

    assert [table.findtext("caption") for table in tables] == []


@each_example
def test_every_reference_of_the_folder_is_listed_with_a_way_to_it_where_it_has_one(name):
    listed = json.loads(rendered(name).json)["references"]
    shown = tree(rendered(name).html).findall(".//ol[@class='references']/li")

    assert len(shown) == len(listed)
    for item, entry in zip(listed, shown, strict=True):
        links = [a.get("href") for a in entry.findall(".//a")]
        if item.get("DOI"):
            assert any(link.startswith("https://doi.org/") for link in links)
        if item.get("PMID"):
            assert f"https://pubmed.ncbi.nlm.nih.gov/{item['PMID']}/" in links


@each_example
def test_every_plot_stands_in_the_page_and_as_a_file(name):
    page = rendered(name)

    assert page.plots
    for plot in page.plots.values():
        assert plot.strip() in page.html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@each_example
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    name, width, scheme, tmp_path, open_page, axe
):
    path = tmp_path / "index.html"
    path.write_text(rendered(name).html, encoding="utf-8")

    page = open_page(path, width=width, scheme=scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The appendix is a thousand entries of one make; axe reads the first of them.
    page.evaluate(
        "document.querySelectorAll('.nodes > li:nth-child(n+40)').forEach(e => e.remove())"
    )
    assert axe(page) == []
