"""An answer in other forms."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import subprocess
import sys
import zipfile
from itertools import pairwise
from xml.etree import ElementTree as ET

import bibtexparser
import docx
import pytest
import rispy
from printing import FORMS

import weigh
from weigh.errors import NotFoundError
from weigh.folder import example_folders
from weigh.report.exports.tables import disarmed
from weigh.workflow.exporting import export


@pytest.fixture(scope="module", params=[path.name for path in example_folders()])
def answer(request):
    folder = next(path for path in example_folders() if path.name == request.param)
    return weigh.answer_question(weigh.load(folder))


#: Prints a hash of each form; hashes of strings, and with them orders of sets, differ by process.
HASHES = """
import hashlib, sys, weigh
from weigh.workflow.exporting import export
answer = weigh.answer_question(weigh.load(sys.argv[1]))
for form in sys.argv[2:]:
    print(form, hashlib.sha256(export(answer, form)).hexdigest())
"""


def test_the_same_folder_gives_the_same_bytes_in_another_process():
    folder = next(p for p in example_folders() if p.name == "vitamin-k-peripheral-neuropathy")
    said = [
        subprocess.run(
            [sys.executable, "-c", HASHES, str(folder), *FORMS],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    ]
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == len(FORMS)


def test_every_plot_comes_as_svg_and_png_and_says_what_it_shows(answer):
    with zipfile.ZipFile(io.BytesIO(export(answer, "plots"))) as archive:
        told = {
            row["file"]: row["shows"]
            for row in csv.DictReader(io.StringIO(archive.read("plots.csv").decode()))
        }
        names = set(archive.namelist()) - {"plots.csv", "README.txt"}
        assert set(told) == names
        assert {f"forest-{c.id}.png" for c in answer.comparisons} <= names
        assert {name[:-4] for name in names if name.endswith(".svg")} == {
            name[:-4] for name in names if name.endswith(".png")
        }
        for name in names:
            if name.endswith(".png"):
                data = archive.read(name)
                assert data.startswith(b"\x89PNG")
                assert b"Description" in data
            else:
                picture = ET.fromstring(archive.read(name))
                title, finding = (picture.find("{*}" + tag).text for tag in ("title", "desc"))
                assert told[name] == f"{title.rstrip('.')}. {finding}"
                assert len(finding) > 20


def test_every_reference_comes_back_from_ris(answer):
    read = rispy.loads(export(answer, "ris").decode())
    assert [one["id"] for one in read] == [reference.id for reference in answer.references]
    for one, reference in zip(read, answer.references, strict=True):
        assert one.get("title") == reference.title
        assert one.get("doi") == reference.doi
        assert len(one.get("authors", [])) == len(reference.author)


def test_every_reference_comes_back_from_bibtex(answer):
    library = bibtexparser.parse_string(export(answer, "bibtex").decode())
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [r.id for r in answer.references]
    for entry, reference in zip(library.entries, answer.references, strict=True):
        if reference.year is not None:
            assert entry["year"] == str(reference.year)


def test_a_line_break_in_a_reference_begins_no_field_of_its_own(answer):
    first = answer.references[0]
    broken = first.model_copy(update={"title": "One\nTY  - BOOK\r\nER  - \n}\n@book{x"})
    held = dataclasses.replace(answer, references=(broken, *answer.references[1:]))
    read = rispy.loads(export(held, "ris").decode())
    assert [one["id"] for one in read] == [reference.id for reference in answer.references]
    assert read[0]["title"] == "One TY - BOOK ER - } @book{x"
    library = bibtexparser.parse_string(export(held, "bibtex").decode())
    assert [entry.key for entry in library.entries] == [r.id for r in answer.references]


def test_bibtex_is_plain_ascii(answer):
    assert export(answer, "bibtex").isascii()


def test_the_bundle_has_the_numbers_of_the_answer_and_says_what_is_in_it(answer):
    with zipfile.ZipFile(io.BytesIO(export(answer, "csv"))) as archive:
        readme = archive.read("README.txt").decode()
        rows = list(csv.DictReader(io.StringIO(archive.read("comparisons.csv").decode())))
        studies = list(csv.DictReader(io.StringIO(archive.read("studies.csv").decode())))
        for name in archive.namelist():
            assert name in readme or name == "README.txt"
        assert json.loads(archive.read("answer.json")) == json.loads(export(answer, "json"))
    assert answer.fingerprint in readme
    for row, comparison in zip(rows, answer.comparisons, strict=True):
        assert row["id"] == comparison.id
        if comparison.natural is not None:
            assert float(row["estimate"]) == comparison.natural.estimate
    assert len(studies) == sum(len(c.studies) + len(c.not_estimable) for c in answer.comparisons)


def test_linked_data_carries_certainty_with_every_sentence_and_every_citation(answer):
    document = json.loads(export(answer, "jsonld"))
    assert document["abstract"] == answer.verdict.sentence.text
    assert len(document["citation"]) == len(answer.references)
    assert len(document["mainEntity"]["mainEntity"]) == len(answer.faq)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\tx", " =1", "\n=1", "＝1", "-inf", "-1+1"]
)
def test_a_cell_that_begins_a_formula_is_disarmed(cell):
    assert disarmed(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-1.5", "+3", "plain", -2.0, None, "1e-5"])
def test_numbers_and_plain_words_are_left(cell):
    assert disarmed(cell) == cell


def test_a_form_that_does_not_exist_is_told():
    with pytest.raises(NotFoundError, match=r"There is no export 'riz'\. Did you mean ris"):
        export(None, "riz")


def test_a_word_document_has_every_sentence_and_says_what_each_figure_shows(answer):
    paper = docx.Document(io.BytesIO(export(answer, "docx")))
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    for statement in (answer.verdict.sentence, *answer.key_points, *answer.conclusion):
        assert statement.text in words
    for comparison in answer.comparisons:
        assert comparison.statement.text in words
    pictures = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert len(pictures) >= len(answer.comparisons)
    assert all(len(alt) > 40 for alt in pictures)
    foot = paper.sections[0].footer.paragraphs[0].text
    assert answer.question.title in foot
    assert answer.fingerprint[:12] in foot
    for table in paper.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert all("w:cantSplit" in row._tr.xml for row in table.rows[1:])
    levels = [int(p.style.name[-1]) for p in paper.paragraphs if p.style.name[:8] == "Heading "]
    assert all(after <= before + 1 for before, after in pairwise(levels))
