"""From an article to an audit, one or many."""

from __future__ import annotations

import pytest

import weigh
from weigh.errors import InputError, OutOfReachError
from weigh.folder import example_article, load
from weigh.workflow.auditing import LARGEST, Auditor, audit_files

ARTICLE, FOLDER = example_article()


@pytest.fixture(scope="module")
def evidence():
    return load(FOLDER)


@pytest.fixture(scope="module")
def audit(evidence):
    return weigh.audit_article(ARTICLE, evidence)


def test_a_path_its_name_and_its_words_give_the_same_claims(audit, evidence):
    by_name = weigh.audit_article(str(ARTICLE), evidence)
    by_words = weigh.audit_article(ARTICLE.read_text(encoding="utf-8"), evidence)
    assert by_name.to_dict() == audit.to_dict()
    assert [c.to_dict() for c in by_words.claims] == [c.to_dict() for c in audit.claims]


def test_the_example_has_claims_of_every_verdict_and_each_says_why(audit):
    verdicts = {judged.verdict.value for judged in audit.claims}
    assert {"supported", "overstated", "unsupported", "contradicted"} <= verdicts
    for judged in audit.claims:
        assert judged.reason.text.strip()


def test_every_number_of_a_reason_leads_to_a_source_or_to_a_count(audit):
    for statement in audit.statements:
        for node in statement.because:
            assert node in audit.trace


def test_the_audit_holds_only_the_nodes_that_it_shows(audit):
    shown = {node for statement in audit.statements for node in statement.because}
    shown |= {link.node for judged in audit.claims for link in judged.links if link.node}
    assert audit.trace.beneath(shown).to_dict() == audit.trace.to_dict()


def test_several_processes_give_the_same_audits_in_the_same_order(evidence, tmp_path):
    text = ARTICLE.read_text(encoding="utf-8")
    paths = []
    for number in range(5):
        path = tmp_path / f"{number}.md"
        path.write_text(text.replace("250 people", f"{200 + number} people"), encoding="utf-8")
        paths.append(path)
    (tmp_path / "4.md").write_bytes(b"%PDF-1.7 broken")
    auditor = Auditor(evidence)
    alone = list(audit_files(paths, auditor))
    together = list(audit_files(paths, auditor, processes=2))
    assert [str(a) if isinstance(a, Exception) else a.to_dict() for a in alone] == [
        str(a) if isinstance(a, Exception) else a.to_dict() for a in together
    ]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(evidence, tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    limit = f"found 50 MB; expected an article of at most {LARGEST >> 20}"
    with pytest.raises(InputError, match=limit):
        weigh.audit_article(path, evidence)


def test_a_file_that_is_not_there_and_a_directory_are_told(evidence, tmp_path):
    with pytest.raises(OutOfReachError, match=r"page\.html cannot be read"):
        weigh.audit_article("page.html", evidence)
    with pytest.raises(InputError, match="found a directory"):
        weigh.audit_article(tmp_path, evidence)


def test_three_words_and_two_hundred_thousand_are_audited(evidence):
    short = weigh.audit_article("Vitamin K helps.", evidence)
    assert short.to_dict()["article"]["characters"] == 16
    long = (
        "Vitamin K2 eases nerve pain. The weather was fine that day, and the dog slept. " * 13_500
    )
    assert len(long.split()) > 200_000
    audit = weigh.audit_article(long, evidence)
    assert len(audit.claims) >= 1
