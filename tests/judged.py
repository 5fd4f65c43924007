"""Pages judged against the shipped folders, and the claim at a place of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import weigh
from weigh.audit.claims import find_claims
from weigh.audit.judging import Settings, judge
from weigh.audit.linking import Ground
from weigh.audit.reading import read_article
from weigh.evidence.audit import JudgedClaim
from weigh.evidence.trace import TraceBuilder

ROOT = Path(__file__).resolve().parents[1]


@cache
def ground_of(folder: str) -> Ground:
    """The ground of one of the example folders, or of those that were invented for tests."""
    invented = ROOT / "tests" / "data" / "audit_folders" / folder
    evidence = weigh.load(invented if invented.is_dir() else ROOT / "examples" / folder)
    return Ground.of(evidence, weigh.answer_question(evidence))


def judged(text: str, ground: Ground, format_: str = "text") -> list[JudgedClaim]:
    """Every claim of a page with its verdict."""
    article = read_article(text, format=format_)
    trace = TraceBuilder(ground.answer.trace)
    return [
        judge(claim, ground.links(claim, article), article, ground, Settings(), trace)
        for claim in find_claims(article, ground.vocabulary)
    ]


def at(found: list[JudgedClaim], start: int, end: int) -> JudgedClaim | None:
    """The claim that shares most characters with a place."""

    def shared(one: JudgedClaim) -> int:
        return max(min(p.end, end) - max(p.start, start) for p in one.claim.places)

    best = max(found, key=shared, default=None)
    return best if best is not None and shared(best) > 0 else None
