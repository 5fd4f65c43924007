"""Whole pages with their labels, written by another hand than the rules: claims and verdicts.

The labels were written before the rules were run on the pages. The pages were then used to find
mistakes of general kinds, so that their figures are those of development and not of a test set.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import weigh
from weigh.audit.reading import read_article
from weigh.folder import example_folders, load
from weigh.workflow.auditing import Auditor

PAGES = Path(__file__).resolve().parents[1] / "data" / "audit_pages"
FOLDERS = {path.name: path for path in example_folders()}


def labelled():
    """Each page's audit with its labels."""
    for labels in sorted(PAGES.glob("*.yaml")):
        held = yaml.safe_load(labels.read_text(encoding="utf-8"))
        page = next(p for p in PAGES.glob(f"{labels.stem}.*") if p.suffix != ".yaml")
        evidence = load(FOLDERS[held["folder"]]) if held["folder"] else None
        article = read_article(page.read_bytes(), source=page.name)
        yield page.name, Auditor(evidence).audit(article), held["claims"]


def _hits(audit, anchor):
    start = audit.article.text.index(anchor)
    end = start + len(anchor)
    shared = [
        (max(min(p.end, end) - max(p.start, start) for p in judged.claim.places), judged)
        for judged in audit.claims
    ]
    return sorted((s for s in shared if s[0] > 0), key=lambda s: -s[0])


@pytest.fixture(scope="module")
def counted():
    found = wanted = strong = flagged = known = 0
    right = judged = 0
    for _, audit, claims in labelled():
        met = set()
        flagged += len(audit.claims)
        for claim in claims:
            hits = _hits(audit, claim["anchor"])
            met |= {judged.claim.id for _, judged in hits}
            if hits and "verdict" in claim:
                judged += 1
                right += hits[0][1].verdict.value in claim["verdict"]
            if claim.get("optional"):
                continue
            wanted += 1
            found += bool(hits)
            allowed = [claim["strength"], *claim.get("also_ok", [])]
            strong += bool(hits) and hits[0][1].claim.strength.value in allowed
        known += len(met)
    return {
        "found": found / wanted,
        "flagged but not labelled": 1 - known / flagged,
        "strength": strong / found,
        "verdict": right / judged,
    }


def test_nearly_every_labelled_claim_is_found_and_little_else(counted):
    assert counted["found"] >= 0.95
    assert counted["flagged but not labelled"] <= 0.15


def test_the_strength_of_their_words_is_read(counted):
    assert counted["strength"] >= 0.80


def test_their_verdicts_are_those_of_the_labels(counted):
    assert counted["verdict"] >= 0.85


def test_a_page_can_be_audited_by_its_path():
    path = PAGES / "zinc.md"
    assert weigh.audit_article(path).claims
