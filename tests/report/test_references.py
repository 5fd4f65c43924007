"""A reference is printed the way a reader looks it up, and never as something it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report.sample import sample_answer

from weigh.evidence.reference import Reference
from weigh.report.references import Entry, entries

ANSWER = sample_answer(large=2)


def entry(**fields) -> Entry:
    reference = Reference.model_validate({"id": "r", "type": "article-journal", **fields})
    return entries(replace(ANSWER, references=(reference,)))[0]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"family": "Okafor", "given": "Ada Ngozi"}, "Okafor AN"),
        ({"family": "Okafor", "given": "AN"}, "Okafor AN"),
        ({"family": "de Souza", "given": "M. C."}, "de Souza MC"),
        ({"family": "Sartre", "given": "Jean-Paul"}, "Sartre JP"),
        ({"family": "Okafor"}, "Okafor"),
        ({"literal": "Cherry Study Group"}, "Cherry Study Group"),
    ],
)
def test_an_author_is_family_name_and_initials(given, shown):
    assert entry(author=[given]).authors == shown


def test_many_authors_become_others():
    many = [{"family": f"Author{letter}"} for letter in "ABCDEFGH"]

    assert entry(author=many).authors == "AuthorA, AuthorB, AuthorC, AuthorD, AuthorE, and others"


def test_six_authors_are_all_named():
    six = [{"family": f"Author{letter}"} for letter in "ABCDEF"]

    assert entry(author=six).authors.endswith("AuthorE, AuthorF")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {
                "container-title": "Blood",
                "issued": {"date-parts": [[2007]]},
                "volume": "109",
                "issue": "8",
                "page": "3279-3283",
            },
            "Blood 2007;109(8):3279–3283",
        ),
        ({"container-title": "Blood", "volume": "109"}, "Blood;109"),
        ({"publisher": "A press", "issued": {"literal": "autumn 2011"}}, "A press autumn 2011"),
        ({}, ""),
    ],
)
def test_journal_year_volume_and_pages_stand_as_in_a_medical_list(fields, shown):
    assert entry(**fields).published == shown


def test_identifiers_become_links_in_a_fixed_order():
    links = entry(DOI="10.1000/a<b>(1)", PMID="123", URL="https://example.org/x/").links

    assert [(link.kind, link.text) for link in links] == [
        ("DOI", "10.1000/a<b>(1)"),
        ("PMID", "123"),
        ("Seen at", "example.org/x"),
    ]
    assert links[0].address == "https://doi.org/10.1000/a%3Cb%3E(1)"
    assert links[1].address == "https://pubmed.ncbi.nlm.nih.gov/123/"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc"])
def test_only_web_addresses_become_links(address):
    assert entry(URL=address).links == ()


@pytest.mark.parametrize(
    ("status", "alarming", "struck"),
    [
        ("retracted", True, True),
        ("expression-of-concern", True, False),
        ("corrected", False, False),
        ("none", False, False),
        ("not-checked", False, False),
    ],
)
def test_notices_are_told_and_only_what_was_withdrawn_is_struck(status, alarming, struck):
    shown = entry(custom={"status": status})

    assert (shown.alarming, shown.struck) == (alarming, struck)
    assert shown.status


def test_references_are_numbered_as_the_answer_numbers_them():
    assert [(e.number, e.id) for e in entries(ANSWER)] == [
        (ANSWER.reference_number(ref.id), ref.id) for ref in ANSWER.references
    ]
