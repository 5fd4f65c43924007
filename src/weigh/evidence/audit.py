"""What an audit found: each claim with its links, the rules that fired, its verdict; the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from weigh.evidence.article import Article, Span
from weigh.evidence.claim import Claim, Level
from weigh.evidence.reference import Reference
from weigh.evidence.statement import Statement
from weigh.evidence.trace import Trace

__all__ = [
    "Audit",
    "AuditVerdict",
    "Firing",
    "JudgedClaim",
    "Link",
    "LinkKind",
    "PageFinding",
    "PageStatus",
    "Severity",
]

SCHEMA = 1

Severity = Literal["minor", "major"]
Confidence = Literal["firm", "tentative"]


class AuditVerdict(StrEnum):
    """What the evidence says of a claim, mildest first."""

    SUPPORTED = "supported"
    NOT_CHECKABLE = "not-checkable"
    UNSUPPORTED = "unsupported"
    OVERSTATED = "overstated"
    CONTRADICTED = "contradicted"


class LinkKind(StrEnum):
    """What of an evidence folder a claim was held against."""

    STUDY = "study"
    COMPARISON = "comparison"
    MECHANISM = "mechanism"
    SAFETY = "safety"
    FORM = "form"
    BACKGROUND = "background"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something in the folder that bears on a claim.

    `id` is that of the study, comparison, edge or fact; `node` its node in the trace; `score` is
    0 to 1; `terms` are the words that matched; `firm` says whether it may contradict a claim.
    """

    kind: LinkKind
    id: str
    score: float
    terms: tuple[str, ...]
    firm: bool
    node: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The link's part of ``audit.to_dict()``."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "score": round(self.score, 4),
            "terms": list(self.terms),
            "firm": self.firm,
            "node": self.node,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule whose words and whose evidence were both there.

    `verdict` is what it asks for (None: a note only); `trigger` the words; `reason` one sentence.
    """

    rule: str
    verdict: AuditVerdict | None
    severity: Severity | None
    trigger: Span
    reason: Statement

    def to_dict(self) -> dict[str, Any]:
        """The firing's part of ``audit.to_dict()``."""
        return {
            "id": self.rule,
            "verdict": None if self.verdict is None else self.verdict.value,
            "severity": self.severity,
            "trigger": [self.trigger.start, self.trigger.end],
            "reason": self.reason.text,
            "because": list(self.reason.because),
            "statement": self.reason.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """A claim with its verdict and how it came about.

    `permitted` is the highest rung of the ladder that the evidence bears, None where nothing was
    linked; `suggestion` a wording that the evidence bears; `firings` hold every rule that fired,
    the deciding one first.
    """

    claim: Claim
    links: tuple[Link, ...]
    firings: tuple[Firing, ...]
    verdict: AuditVerdict
    severity: Severity | None
    confidence: Confidence
    permitted: Level | None
    reason: Statement
    suggestion: Statement | None

    def to_dict(self) -> dict[str, Any]:
        """The claim's entry in ``audit.to_dict()``."""
        return {
            **self.claim.to_dict(),
            "links": [link.to_dict() for link in self.links],
            "rules": [firing.to_dict() for firing in self.firings],
            "verdict": self.verdict.value,
            "severity": self.severity,
            "confidence": self.confidence,
            "permitted_level": None if self.permitted is None else int(self.permitted),
            "reason": self.reason.text,
            "because": list(self.reason.because),
            "suggestion": None if self.suggestion is None else self.suggestion.text,
            "suggestion_because": [] if self.suggestion is None else list(self.suggestion.because),
        }


class PageStatus(StrEnum):
    """How far a page meets a criterion."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not-met"
    NOT_APPLICABLE = "not-applicable"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFinding:
    """A criterion of the page as a whole, the words that show it, and why."""

    id: str
    title: str
    status: PageStatus
    spans: tuple[Span, ...]
    reason: Statement

    def to_dict(self) -> dict[str, Any]:
        """The finding's entry in ``audit.to_dict()``."""
        return {
            "id": self.id,
            "title": self.title,
            "status": self.status.value,
            "spans": [[span.start, span.end] for span in self.spans],
            "reason": self.reason.text,
            "because": list(self.reason.because),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A health article held against an evidence folder, or read without one.

    Parameters
    ----------
    article
        What was read.
    question, fingerprint
        The folder's question and fingerprint; None without a folder.
    claims
        In the order of the page.
    page
        The criteria of the page as a whole.
    missing_dangers
        Severe interactions of the folder that the page does not mention.
    omissions
        What the folder holds and the page leaves out: sponsors, controls, sizes, studies.
    right
        What the article gets right.
    questions
        Without a folder: what a folder would have to answer.
    sentence
        The audit in one sentence.
    references
        The folder's, which the trace names.
    trace
        Every number of every reason, back to its source.
    version, settings
        The program's version and what the user set.
    """

    article: Article
    question: str | None
    fingerprint: str | None
    claims: tuple[JudgedClaim, ...]
    page: tuple[PageFinding, ...]
    missing_dangers: tuple[Statement, ...]
    omissions: tuple[Statement, ...]
    right: tuple[Statement, ...]
    questions: tuple[str, ...]
    sentence: Statement
    references: tuple[Reference, ...]
    trace: Trace
    version: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def statements(self) -> Iterator[Statement]:
        """Every statement of the audit, whose nodes its trace holds."""
        for judged in self.claims:
            yield judged.reason
            if judged.suggestion is not None:
                yield judged.suggestion
            yield from (firing.reason for firing in judged.firings)
        yield from (finding.reason for finding in self.page)
        yield from (*self.missing_dangers, *self.omissions, *self.right, self.sentence)

    @property
    def counts(self) -> dict[str, int]:
        """Number of claims by verdict, every verdict named."""
        counted = Counter(judged.verdict.value for judged in self.claims)
        return {verdict.value: counted[verdict.value] for verdict in AuditVerdict}

    @property
    def worst(self) -> str | None:
        """The gravest verdict on the page, with its severity: ``overstated (major)``."""
        if not self.claims:
            return None
        order = list(AuditVerdict)
        gravest = max(self.claims, key=lambda c: (order.index(c.verdict), c.severity == "major"))
        severity = f" ({gravest.severity})" if gravest.severity else ""
        return f"{gravest.verdict.value}{severity}"

    def to_dict(self) -> dict[str, Any]:
        """The document that ``weigh audit --json`` prints: the same input gives the same bytes."""
        article = self.article
        return {
            "schema": SCHEMA,
            "article": {
                "source": article.source,
                "format": article.format,
                "title": article.title,
                "sha256": article.sha256,
                "characters": len(article.text),
                "language": article.language,
                "authors": list(article.byline.authors),
                "published": article.byline.published,
                "text": article.text,
            },
            "evidence": {"fingerprint": self.fingerprint, "question": self.question},
            "summary": {
                "counts": self.counts,
                "worst": self.worst,
                "missing_dangers": [s.text for s in self.missing_dangers],
                "omissions": [s.text for s in self.omissions],
                "right": [s.text for s in self.right],
                "sentence": self.sentence.text,
            },
            "claims": [judged.to_dict() for judged in self.claims],
            "page": [finding.to_dict() for finding in self.page],
            "questions": list(self.questions),
            "set_aside": [
                {"start": s.span.start, "end": s.span.end, "why": s.why} for s in article.set_aside
            ],
            "version": self.version,
            "settings": dict(self.settings),
            "trace": self.trace.to_dict(),
        }
