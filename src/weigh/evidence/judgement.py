"""What people judged: risk of bias, trustworthiness, and certainty set by hand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from weigh.evidence.document import Document, Id, Sourced, Text

__all__ = ["CertaintyOverride", "GradeDomain", "RiskOfBias", "TrustCheck"]

GradeDomain = Literal[
    "risk_of_bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication_bias",
    "large_effect",
    "dose_response",
    "opposing_residual_confounding",
]


class RiskOfBias(Sourced):
    """One domain of one tool, for one study (and outcome; ``*`` stands for all of them)."""

    study: Id
    outcome: Annotated[str, Field(strict=True, pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9_-]*)$")] = "*"
    tool: Literal["rob2", "rob1", "robins-i"]
    version: Text
    domain: Text
    judgement: Literal[
        "low", "some_concerns", "high", "moderate", "serious", "critical", "no_information"
    ]
    support: Text


class TrustCheck(Sourced):
    """One check of whether a study can be believed at all, before its risk of bias."""

    study: Id
    check: Literal["registration", "funding", "plausible-numbers", "reports-agree", "notices"]
    finding: Literal["no-concern", "concern", "serious", "unknown"]
    text: Text


class CertaintyOverride(Document):
    """A reviewer's own rating of a GRADE domain in place of the computed one."""

    comparison: Id
    domain: GradeDomain
    levels: Annotated[int, Field(strict=True, ge=-3, le=2)]
    reason: Text
    by: Text
    date: Annotated[str, Field(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
