"""The Word document against the page: the same sections, sentences, figures and references."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from typing import Any

import docx
import pytest
from report.sample import sample_answer
from workflow.test_doses import RISING, answered
from workflow.test_form_networks import CITRATE, HEAD, OXIDE, folder
from workflow.test_times import ONCE, THRICE, TWICE
from workflow.test_times import answered as over_time

import weigh
from weigh.evidence.answer import Answer
from weigh.evidence.statement import Statement
from weigh.folder import example_folders
from weigh.report.body import render_body
from weigh.report.contents import contents
from weigh.report.exports.word import docx as write
from weigh.report.exports.word_paper import numbers_words


def with_forms() -> Answer:
    return weigh.answer_question(folder(CITRATE, OXIDE, HEAD, CITRATE))


def with_doses() -> Answer:
    return answered(RISING)


def with_times() -> Answer:
    return over_time(TWICE, ONCE, THRICE)


def example() -> Answer:
    return weigh.answer_question(weigh.load(example_folders()[0]))


@pytest.fixture(scope="module", params=[sample_answer, with_forms, with_doses, with_times, example])
def both(request: pytest.FixtureRequest) -> tuple[Answer, Any]:
    answer = request.param()
    return answer, docx.Document(io.BytesIO(write(answer)))


def words(paper: Any) -> str:
    cells = [cell for table in paper.tables for row in table._tbl.tr_lst for cell in row.tc_lst]
    told = [paragraph.text for paragraph in paper.paragraphs]
    return "\n".join([*told, *("".join(p.text for p in cell.p_lst) for cell in cells)])


def statements(value: object) -> Iterator[Statement]:
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from statements(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name != "trace":
                yield from statements(getattr(value, field.name))


def test_it_has_the_sections_of_the_page_in_their_order(both):
    answer, paper = both
    headings = [p.text for p in paper.paragraphs if p.style.name == "Heading 1"]

    assert headings == [
        section.title for section in contents(answer) if section.id not in {"sources"}
    ]


def test_it_has_every_sentence_of_the_answer(both):
    answer, paper = both
    said = words(paper)

    assert [one.text for one in statements(answer) if one.text not in said] == []


def test_it_has_every_figure_of_the_page_with_its_alternative_text(both):
    answer, paper = both
    drawn = {shape._inline.docPr.get("descr") for shape in paper.inline_shapes}

    assert drawn == {drawing.alt for drawing in render_body(answer).drawings.values()}


def test_forms_stand_side_by_side_with_what_their_network_says():
    answer = with_forms()
    paper = docx.Document(io.BytesIO(write(answer)))
    (table,) = [t for t in paper.tables if t.cell(0, 1).text == answer.forms.forms[0]]
    (row,) = [row for row in table.rows if row.cells[0].text.startswith("Form against form")]

    assert [cell.text for cell in table.rows[0].cells] == ["", *answer.forms.forms]
    assert "compared the two directly" in row.cells[1].text
    assert "The network has 4 randomised trials" in row.cells[1].text
    assert row.cells[2].text == "Compared under the citrate"


def test_times_together_are_told_under_each_correlation():
    (view,) = with_times().times
    paper = docx.Document(io.BytesIO(write(with_times())))
    (table,) = [t for t in paper.tables if t.cell(0, 1).text == "Time"]

    assert [row.cells[0].text for row in table.rows[-3:]] == [
        "All together, correlation 0.5 (assumed)",
        "The same, correlation 0.2",
        "The same, correlation 0.8",
    ]
    assert len(table.rows) == 1 + len(view.rows) + 3


def test_sentences_name_their_references_as_the_list_numbers_them():
    answer = example()
    paper = docx.Document(io.BytesIO(write(answer)))
    lines = [paragraph.text for paragraph in paper.paragraphs]
    count = next(line for line in lines if line.startswith(answer.counts[0].text))
    named = re.search(r" \[(?P<numbers>[\d, –]+)\]$", count)

    assert named is not None
    sources = {source for node in answer.counts[0].because for source in answer.trace.sources(node)}
    numbers = sorted(answer.reference_number(source) for source in sources)
    assert named["numbers"] == numbers_words(numbers)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([3], "3"),
        ([1, 2], "1, 2"),
        ([1, 2, 3], "1–3"),
        ([1, 3, 4, 5, 9, 10], "1, 3–5, 9, 10"),
    ],
)
def test_rising_numbers_are_told_by_their_runs(numbers, told):
    assert numbers_words(numbers) == told


def test_wide_tables_lie_between_upright_pages():
    paper = docx.Document(io.BytesIO(write(sample_answer())))

    lies = [section.page_width > section.page_height for section in paper.sections]

    assert lies == [False, True, False]
