"""How certain the evidence is: GRADE's levels, domains and the rating of one comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weigh.evidence.judgement import GradeDomain
from weigh.evidence.statement import Phrase

__all__ = ["Certainty", "CertaintyLevel", "DomainRating"]


class CertaintyLevel(StrEnum):
    """Certainty of evidence in GRADE's four words, and one for nothing to rate."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"
    NO_EVIDENCE = "no-evidence"

    @property
    def words(self) -> str:
        """As a sentence says it."""
        return self.value.replace("-", " ")

    @property
    def rank(self) -> int:
        """4 for high down to 1 for very low; 0 where there is nothing to rate."""
        return {"high": 4, "moderate": 3, "low": 2, "very-low": 1}.get(self.value, 0)

    @property
    def symbol(self) -> str:
        """GRADE's plus signs in circles: ⊕⊕⊝⊝."""
        return "⊕" * self.rank + "⊝" * (4 - self.rank) if self.rank else "—"

    @classmethod
    def of_rank(cls, rank: int) -> CertaintyLevel:
        """The level with this rank, held between very low and high."""
        return (cls.VERY_LOW, cls.LOW, cls.MODERATE, cls.HIGH)[min(max(rank, 1), 4) - 1]

    @classmethod
    def lowest(cls, levels: Iterable[CertaintyLevel]) -> CertaintyLevel:
        """The lowest of some levels; no evidence where there are none."""
        return min(levels, key=lambda level: level.rank, default=cls.NO_EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRating:
    """One GRADE domain: how many levels it moves the certainty, and why.

    Parameters
    ----------
    levels
        0 for no change, negative down, positive up: what counts.
    reason
        Why, in words, with the nodes of its numbers.
    computed_levels, computed_reason
        What the rules gave, where a reviewer (`by`) set other levels by hand.
    """

    domain: GradeDomain
    levels: int
    reason: Phrase
    computed_levels: int | None = None
    computed_reason: Phrase | None = None
    by: str | None = None

    @property
    def overridden(self) -> bool:
        """True where a reviewer's rating stands in place of the computed one."""
        return self.by is not None

    def to_dict(self) -> dict[str, Any]:
        """Return {domain, levels, reason, because} and, where set by hand, what was computed."""
        out: dict[str, Any] = {
            "domain": self.domain,
            "levels": self.levels,
            "reason": self.reason.text,
            "because": list(self.reason.because),
        }
        if self.overridden:
            out["by"] = self.by
            out["computed_levels"] = self.computed_levels
            out["computed_reason"] = self.computed_reason.text if self.computed_reason else None
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """The rating of one comparison: where it starts, what moves it, where it ends.

    `node` is the trace node of the rating; `start_reason` says why it starts there.
    """

    rating: CertaintyLevel
    start: CertaintyLevel
    start_reason: Phrase
    domains: tuple[DomainRating, ...]
    node: str

    def to_dict(self) -> dict[str, Any]:
        """As ``answer.json`` holds it."""
        return {
            "rating": self.rating.value,
            "start": self.start.value,
            "start_reason": self.start_reason.text,
            "domains": [domain.to_dict() for domain in self.domains],
            "node": self.node,
        }
