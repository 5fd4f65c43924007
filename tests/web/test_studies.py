"""Study pages: every cell with its source, as a page, as JSON, as CSV."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest
from lxml import html

import weigh
from weigh.folder import example_folders

EXAMPLES = {path.name: path for path in example_folders()}
VITAMIN_K = EXAMPLES["vitamin-k-peripheral-neuropathy"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_study_has_a_page_that_holds_each_number_of_its_rows(site, name):
    evidence = weigh.load(EXAMPLES[name])
    for study in evidence.studies[:6]:
        page = html.fromstring(site.ask(f"/q/{name}/studies/{study.id}").text)
        text = " ".join(page.text_content().split())
        for row in evidence.results:
            if row.study == study.id:
                for value in (row.mean, row.events, row.total, row.n):
                    if value is not None:
                        assert f"{value:g}" in text.replace("−", "-")
                if row.quote:
                    assert " ".join(row.quote.split()) in text


def test_the_same_cells_come_as_data(site):
    base = "/q/vitamin-k-peripheral-neuropathy/studies/mehta-2021"
    cells = json.loads(site.ask(f"{base}.json").text)["cells"]
    rows = list(csv.DictReader(io.StringIO(site.ask(f"{base}.csv").text)))
    assert len(rows) == len(cells) > 30
    counts = [c for c in cells if c["name"] == "Count"]
    assert [c["value"] for c in counts] == ["20", "70"]
    assert counts[0]["quote"] == "twice daily for 8 weeks to 20 ambulatory patients"
    assert counts[0]["file"] == "studies.yaml"


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_and_numbers_are_left(serving, tmp_path):
    folder = shutil.copytree(VITAMIN_K, tmp_path / "vitamin-k")
    path = folder / "studies.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("country: India", 'country: "=HYPERLINK(1)"'), encoding="utf-8")
    site = serving(folder)
    rows = list(csv.DictReader(io.StringIO(site.ask("/q/vitamin-k/studies/mehta-2021.csv").text)))
    assert next(r["value"] for r in rows if r["name"] == "Country") == "'=HYPERLINK(1)"


def test_a_study_that_is_not_there_is_told(site):
    reply = site.ask("/q/zinc-common-cold/studies/nobody")
    assert reply.status == 404
    assert "There is no study" in reply.text
