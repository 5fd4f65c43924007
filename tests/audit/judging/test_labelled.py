"""Claims with a verdict given beforehand: whole pages of them, and the figure that is reported.

The labels were written before any claim was judged. One half of each file was looked at while the
rules were made (``development``), the other was not (``reported``).
"""

from __future__ import annotations

import pytest
import yaml
from judged import ROOT, at, ground_of, judged
from shared import shared_path

from weigh.evidence.audit import AuditVerdict, JudgedClaim

PAGES = sorted((ROOT / "tests" / "data" / "audit_judged").glob("*.yaml"))
FILES = sorted((ROOT / "tests" / "data" / "audit_claims").glob("*.yaml"))


def meets(one: JudgedClaim, label: str) -> bool:
    if label == "supported-with-caveat":
        minor = one.verdict is AuditVerdict.OVERSTATED and one.severity == "minor"
        return one.verdict is AuditVerdict.SUPPORTED or minor
    return one.verdict.value == label


@pytest.mark.parametrize("kind", ["development", "reported"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_labelled_claims_get_their_verdict(file, kind):
    """At least four in five; none that is labelled unsupported or contradicted is supported."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    text = "\n\n".join((document["title"], *(claim["text"] for claim in document["claims"])))
    found = judged(text, ground_of(document["folder"]))
    wanted = [claim for claim in document["claims"] if claim["set"] == kind]
    met = 0
    for claim in wanted:
        start = text.index(claim["text"])
        one = at(found, start, start + len(claim["text"]))
        if one is None:
            continue
        met += meets(one, claim["verdict"])
        if claim["verdict"] in ("unsupported", "contradicted"):
            assert one.verdict is not AuditVerdict.SUPPORTED, claim["text"]
    assert len(wanted) >= 20
    assert met >= 0.8 * len(wanted)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_whole_pages_on_other_questions_get_their_verdicts(file):
    """At least four lines in five, and nothing is supported that the folder refutes."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    text = f"# {document['title']}\n\n"
    labels: list[tuple[str, int, int]] = []
    for line in document["lines"]:
        words = line if isinstance(line, str) else line[1]
        if not isinstance(line, str):
            labels.append((line[0], len(text), len(text) + len(words)))
        text += words + ("\n" if words.startswith("- ") else "\n\n")
    found = judged(text, ground_of(document["folder"]), "markdown")
    met = 0
    for label, start, end in labels:
        one = at(found, start, end)
        if one is None:
            continue
        met += meets(one, label)
        verdicts = {one.verdict, AuditVerdict(label.removesuffix("-with-caveat"))}
        assert verdicts != {AuditVerdict.SUPPORTED, AuditVerdict.CONTRADICTED}, text[start:end]
    assert met >= 0.8 * len(labels)


def test_the_verdicts_on_the_measuring_article():
    """Verdicts equal in at least four of five core claims, and nothing refuted called supported."""
    text = shared_path("evidence", "vitamin-k-article.txt").read_text(encoding="utf-8")
    seed = yaml.safe_load(shared_path("evidence", "seed-claims.yaml").read_text(encoding="utf-8"))[
        "claims"
    ]
    found = judged(text, ground_of("vitamin-k-peripheral-neuropathy"))
    core = met = 0
    for claim in seed:
        start = text.index(claim["anchor"])
        one = at(found, start, start + len(claim["anchor"]))
        if one is None:
            continue
        if claim["verdict"] in ("unsupported", "contradicted"):
            assert one.verdict is not AuditVerdict.SUPPORTED, claim["id"]
        if claim["set"] == "core":
            core += 1
            met += meets(one, claim["verdict"])
    assert core >= 31
    assert met >= 0.8 * core
