"""How verdicts and criteria are shown and called: a symbol, a word, a kind of underline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weigh.evidence.audit import AuditVerdict, JudgedClaim, LinkKind, PageStatus
from weigh.evidence.claim import CausalClass

__all__ = [
    "LINKS",
    "STATUSES",
    "STRENGTHS",
    "VERDICTS",
    "StatusLook",
    "VerdictLook",
    "strength_words",
    "verdict_words",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLook:
    """A verdict's symbol, its word, what it means, and its rating in a `ClaimReview` (1 to 5)."""

    symbol: str
    word: str
    means: str
    rating: int | None


#: In the order of a reader's interest, the gravest first.
VERDICTS: Mapping[AuditVerdict, VerdictLook] = {
    AuditVerdict.CONTRADICTED: VerdictLook(
        symbol="✗", word="contradicted", means="The evidence says otherwise.", rating=1
    ),
    AuditVerdict.OVERSTATED: VerdictLook(
        symbol="▲", word="overstated", means="The words say more than the evidence.", rating=3
    ),
    AuditVerdict.UNSUPPORTED: VerdictLook(
        symbol="○", word="unsupported", means="No study in this evidence base shows it.", rating=2
    ),
    AuditVerdict.SUPPORTED: VerdictLook(
        symbol="✓", word="supported", means="The evidence bears these words.", rating=5
    ),
    AuditVerdict.NOT_CHECKABLE: VerdictLook(
        symbol="?", word="not checkable", means="Nothing here to hold it against.", rating=None
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLook:
    """The symbol and the words of a criterion's status."""

    symbol: str
    words: str


STATUSES: Mapping[PageStatus, StatusLook] = {
    PageStatus.MET: StatusLook(symbol="✓", words="met"),
    PageStatus.PARTLY: StatusLook(symbol="◐", words="partly met"),
    PageStatus.NOT_MET: StatusLook(symbol="✗", words="not met"),
    PageStatus.NOT_APPLICABLE: StatusLook(symbol="–", words="does not apply"),
    PageStatus.CANNOT_TELL: StatusLook(symbol="?", words="cannot be told from the text"),
}

#: What words assert, by their strength.
STRENGTHS: Mapping[CausalClass, str] = {
    CausalClass.DIRECT: "says that it does",
    CausalClass.CONDITIONAL: "says that it may",
    CausalClass.CORRELATIONAL: "says that the two go together",
    CausalClass.NONE: "states no effect",
}

LINKS: Mapping[LinkKind, str] = {
    LinkKind.STUDY: "study",
    LinkKind.COMPARISON: "comparison",
    LinkKind.MECHANISM: "mechanism",
    LinkKind.SAFETY: "safety entry",
    LinkKind.FORM: "fact on a form",
    LinkKind.BACKGROUND: "background fact",
    LinkKind.REVIEW: "review",
}


def verdict_words(judged: JudgedClaim) -> str:
    """``overstated (major)``, ``supported``, ``not checkable``."""
    word = VERDICTS[judged.verdict].word
    return f"{word} ({judged.severity})" if judged.severity else word


def strength_words(judged: JudgedClaim) -> str:
    """What a claim's words assert, as a sentence: all that can be told of it without evidence."""
    strength = judged.claim.strength
    return f"Strength: {strength.value} ({STRENGTHS[strength]})."
