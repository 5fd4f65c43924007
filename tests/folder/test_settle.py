"""A field gets the kind of value that it has, whatever the characters look like."""

from __future__ import annotations

import pytest

from weigh.evidence.document import Place
from weigh.evidence.result import Result
from weigh.folder import load
from weigh.folder.settle import columns_of, required_columns


@pytest.mark.parametrize(
    ("raw", "p", "relation"),
    [
        ("<0.001", 0.001, "<"),
        ("< .05", 0.05, "<"),
        ("p < 0.01", 0.01, "<"),
        ("P=0.03", 0.03, "="),
        ("≤0.05", 0.05, "<"),
        (">0.05", 0.05, ">"),
        ("0.03", 0.03, "="),
        (".03", 0.03, "="),
        ("1", 1.0, "="),
        ("2e-5", 2e-5, "="),
    ],
)
def test_a_p_value_may_be_written_as_printed(add_row, raw, p, relation):
    row = load(add_row(p=raw)).results[-1]

    assert (row.p, row.p_relation) == (p, relation)


def test_a_count_that_a_program_wrote_as_a_decimal_is_a_count(add_row):
    assert load(add_row(n="12.0")).results[-1].n == 12


def test_a_text_may_look_like_a_number_or_a_flag(folder):
    """The field says that it is text; nobody has to know when YAML wants quotes."""
    home = folder("studies.yaml", "label: Okafor 2019", "label: 2019\n  registration: no")

    study = load(home).studies[0]
    assert (study.label, study.registration) == ("2019", "no")


def test_a_year_in_quotes_is_read_from_a_reference_manager(folder):
    home = folder(
        "references.json",
        '"title": "Tea and sleep"',
        '"issued": {"date-parts": [["2019", 2]], "season": "1"}, "abstract": "x", "volume": 7',
    )

    reference = load(home).references[0]
    assert (reference.year, reference.volume) == (2019, "7")
    assert reference.model_extra == {"abstract": "x"}


def test_documents_remember_where_they_stood(folder):
    evidence = load(folder())

    assert evidence.studies[1].arms[0].place == Place(file="studies.yaml", line=20)
    assert evidence.results[3].place == Place(file="results.csv", line=5)
    assert evidence.references[1].place == Place(file="references.json", line=3)


def test_a_field_left_empty_is_a_field_left_out(folder):
    evidence = load(
        folder("studies.yaml", "  design: rct", "  design: rct\n  reports:\n  country:")
    )

    assert (evidence.studies[0].reports, evidence.studies[0].country) == ((), None)


def test_columns_come_with_what_they_say_first_and_their_source_last():
    columns = columns_of(Result)

    assert columns[:4] == required_columns(Result) == ("study", "arm", "outcome", "timepoint")
    assert columns[-5:] == ("source", "locator", "quote", "assumed", "note")
