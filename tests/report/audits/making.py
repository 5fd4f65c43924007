"""A small audit made by hand: three claims, one of them said twice, in five blocks."""

from __future__ import annotations

from hashlib import sha256

from weigh.evidence.article import Article, Block, BlockKind, Byline, Sentence, SetAside, Span
from weigh.evidence.audit import (
    Audit,
    AuditVerdict,
    Firing,
    JudgedClaim,
    Link,
    LinkKind,
    PageFinding,
    PageStatus,
)
from weigh.evidence.claim import CausalClass, Claim, ClaimDirection, ClaimType, Level
from weigh.evidence.document import Place
from weigh.evidence.reference import Reference
from weigh.evidence.statement import Quantity, state
from weigh.evidence.study import Participants
from weigh.evidence.trace import TraceBuilder

TITLE = "Does salt <b>cure</b> colds?"
FIRST = "Salt cures colds. It has 3 side effects & no others."
SECOND = "A trial of 50 people showed it."
AGAIN = "Salt cures colds."
ASIDE = "4 min read"
TEXT = "\n".join([TITLE, ASIDE, FIRST, SECOND, AGAIN])


def span(words: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def _claim(number: int, words: str, block: int, type_: ClaimType, *more: Span) -> Claim:
    return Claim(
        id=f"c{number}",
        span=span(words),
        sentence=span(words),
        text=words,
        block=block,
        type=type_,
        strength=CausalClass.DIRECT,
        level=Level.DIRECT,
        direction=ClaimDirection.BENEFIT,
        places=(span(words), *more),
    )


def an_audit(*, evidence: bool = True) -> Audit:
    trace = TraceBuilder()
    entry = Participants(
        count=36,
        kind="randomised",
        source="ref1",
        quote="36 people",
        place=Place(file="studies.yaml", line=7),
    )
    people = trace.datum("trial.n", "people in the trial", 36, of=entry, column="count")
    thirty_six = Quantity(text="36", node=people)
    cure = _claim(1, "Salt cures colds.", 1, ClaimType.EFFICACY, span(AGAIN, 1))
    harm = _claim(2, "It has 3 side effects & no others.", 1, ClaimType.SAFETY)
    size = _claim(3, SECOND, 2, ClaimType.STUDY_FACT)
    boost = Firing(
        rule="BOOST",
        verdict=AuditVerdict.OVERSTATED,
        severity="major",
        trigger=span("cures"),
        reason=state("c1.boost", "“cures” is more than a trial of {n} people bears.", n=thirty_six),
    )
    claims = (
        JudgedClaim(
            claim=cure,
            links=(
                Link(
                    kind=LinkKind.STUDY,
                    id="lee-2011",
                    score=0.8,
                    terms=("salt", "colds"),
                    firm=True,
                    node=people,
                ),
            ),
            firings=(boost,),
            verdict=AuditVerdict.OVERSTATED,
            severity="major",
            confidence="firm",
            permitted=Level.UNCERTAIN,
            reason=boost.reason,
            suggestion=state("c1.bearable", "We cannot tell whether salt changes colds."),
        ),
        JudgedClaim(
            claim=harm,
            links=(),
            firings=(),
            verdict=AuditVerdict.UNSUPPORTED,
            severity=None,
            confidence="tentative",
            permitted=None,
            reason=state("c2.none", "No study in this evidence base addresses this."),
            suggestion=None,
        ),
        JudgedClaim(
            claim=size,
            links=(),
            firings=(),
            verdict=AuditVerdict.CONTRADICTED,
            severity="major",
            confidence="firm",
            permitted=None,
            reason=state("c3.n", "The trial had {n} people, not 50.", n=thirty_six),
            suggestion=state("c3.bearable", "A trial of {n} people looked at it.", n=thirty_six),
        ),
    )
    kinds = [BlockKind.TITLE, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.PARAGRAPH]
    blocks = tuple(
        Block(kind=kind, span=s)
        for kind, s in zip(
            kinds, [span(TITLE), span(FIRST), span(SECOND), span(AGAIN, 1)], strict=True
        )
    )
    article = Article(
        source="salt.md",
        format="markdown",
        sha256=sha256(TEXT.encode()).hexdigest(),
        title=TITLE,
        text=TEXT,
        language="en",
        blocks=blocks,
        sentences=tuple(
            Sentence(span=s, block=block)
            for block, s in (
                (0, span(TITLE)),
                (1, span("Salt cures colds.")),
                (1, span("It has 3 side effects & no others.")),
                (2, span(SECOND)),
                (3, span(AGAIN, 1)),
            )
        ),
        set_aside=(SetAside(span=span(ASIDE), why="reading time"),),
        byline=Byline(authors=("Jo Reed",), published="2024-05-02"),
    )
    return Audit(
        article=article,
        question="Does salt help with colds?" if evidence else None,
        fingerprint="f" * 64 if evidence else None,
        claims=claims,
        page=(
            PageFinding(
                id="P-COST",
                title="Cost",
                status=PageStatus.NOT_MET,
                spans=(),
                reason=state("p.cost", "The page says nothing of what it costs."),
            ),
        ),
        missing_dangers=(state("danger.1", "Salt and lithium: lithium levels fall."),),
        omissions=(state("omit.1", "The trial had no control group."),),
        right=(state("right.1", "It names the year of the trial."),),
        questions=() if evidence else ("What does salt do to a cold?",),
        sentence=state("audit.sentence", "Of 3 claims, 1 is contradicted."),
        references=(Reference(id="ref1", type="article-journal", title="Salt in the cold season"),),
        trace=trace.build(),
        version="0.1.0",
    )
