"""A folder that the page criteria are held against: small, and known from other tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import weigh
from weigh.audit.claims import Vocabulary, find_claims
from weigh.audit.judging import Settings, judge
from weigh.audit.linking import Ground
from weigh.audit.page import examine, missing_dangers, omissions, right
from weigh.audit.reading import read_article
from weigh.evidence.article import Article
from weigh.evidence.audit import JudgedClaim, PageFinding
from weigh.evidence.statement import Statement
from weigh.evidence.trace import TraceBuilder

EXAMPLES = Path(__file__).parents[3] / "examples"


@cache
def ground_of(folder: str) -> Ground:
    evidence = weigh.load(EXAMPLES / folder)
    return Ground.of(evidence, weigh.answer_question(evidence))


class Audited:
    """A page with its claims judged, and what this room says of it."""

    def __init__(self, words: str, folder: str | None = None, format: str | None = None) -> None:
        self.article: Article = read_article(words, format=format)
        self.ground = None if folder is None else ground_of(folder)
        ground = self.ground
        self.trace = TraceBuilder() if ground is None else TraceBuilder(ground.answer.trace)
        vocabulary = (
            Vocabulary.from_article(self.article)
            if ground is None
            else Vocabulary.of(ground.evidence)
        )
        self.judged: tuple[JudgedClaim, ...] = tuple(
            judge(
                claim,
                () if ground is None else ground.links(claim, self.article),
                self.article,
                ground,
                Settings(),
                self.trace,
            )
            for claim in find_claims(self.article, vocabulary)
        )

    def page(self) -> dict[str, PageFinding]:
        found = examine(self.article, self.judged, self.ground, self.trace)
        return {finding.id: finding for finding in found}

    def status(self, criterion: str) -> str:
        return self.page()[criterion].status.value

    def dangers(self) -> tuple[Statement, ...]:
        assert self.ground is not None
        return missing_dangers(self.article, self.ground, self.trace)

    def omissions(self) -> dict[str, str]:
        """What is left out: its kind and the sentence."""
        assert self.ground is not None
        told = omissions(self.article, self.judged, self.ground, self.trace)
        return {one.id.removeprefix("audit.omission.").split(".")[0]: one.text for one in told}

    def right(self) -> tuple[Statement, ...]:
        return right(self.article, self.judged, self.ground, self.trace)
