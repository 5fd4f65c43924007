"""An audit as schema.org ``ClaimReview`` JSON-LD, one review a judged claim.

Fact checkers publish these for search engines (schema.org/ClaimReview). A review needs somebody who
answers for it and a date, so neither is made up: both come from the user. Claims that could not be
checked, and the words of others that the page reports, get no review.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from weigh.errors import InputError
from weigh.evidence.audit import Audit, JudgedClaim
from weigh.report.audits.looks import VERDICTS, verdict_words

__all__ = ["Reviewer", "claim_review"]

#: schema.org has no rating for "minor": words a rung too strong stand between 3 and 5.
MINOR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Who answers for the reviews, where they are published, and since when (ISO date).

    Raises
    ------
    InputError
        If the name or the address is empty, or the date is not one.
    """

    name: str
    url: str
    date: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A ClaimReview needs the name of who answers for it; found none.")
        if not self.url.startswith(("https://", "http://")):
            raise InputError(
                f"A ClaimReview needs the address of its publisher; found {self.url!r}, "
                "expected one that begins with https://."
            )
        try:
            date.fromisoformat(self.date)
        except ValueError:
            raise InputError(
                f"A ClaimReview needs the date of its publication; found {self.date!r}, "
                "expected one such as 2026-11-23."
            ) from None


def claim_review(audit: Audit, reviewer: Reviewer, *, article_url: str | None = None) -> list[Any]:
    """One ``ClaimReview`` for each claim that got a verdict.

    Parameters
    ----------
    audit
        The audit.
    reviewer
        Who answers for it; without one there is no review.
    article_url
        Where the article stands, if it is public.

    Returns
    -------
    list of dict
        JSON-LD; `ratingValue` runs from 1 (contradicted) to 5 (supported), and `alternateName` is
        the verdict's word.
    """
    judged = [c for c in audit.claims if VERDICTS[c.verdict].rating and not c.claim.reported]
    return [_review(audit, claim, reviewer, article_url) for claim in judged]


def _review(
    audit: Audit, judged: JudgedClaim, reviewer: Reviewer, article_url: str | None
) -> dict[str, Any]:
    article = audit.article
    appearance: dict[str, Any] = {"@type": "CreativeWork", "name": article.title or article.source}
    if article_url:
        appearance["url"] = article_url
    if article.byline.published:
        appearance["datePublished"] = article.byline.published
    rating = VERDICTS[judged.verdict].rating
    if judged.verdict.value == "overstated" and judged.severity == "minor":
        rating = MINOR
    claim: dict[str, Any] = {"@type": "Claim", "appearance": appearance}
    author = _authors(article.byline.authors, article.byline.publisher)
    if author:
        claim["author"] = author
    body = judged.reason.text
    if judged.suggestion is not None:
        body += f" What the evidence bears: {judged.suggestion.text}"
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": " ".join(judged.claim.text.split()),
        "datePublished": reviewer.date,
        "url": f"{reviewer.url}#claim-{judged.claim.id}",
        "author": {"@type": "Organization", "name": reviewer.name, "url": reviewer.url},
        "itemReviewed": claim,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": rating,
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": verdict_words(judged),
        },
        "reviewBody": body,
    }


def _authors(names: Sequence[str], publisher: str | None) -> Any:
    people = [{"@type": "Person", "name": name} for name in names]
    if people:
        return people if len(people) > 1 else people[0]
    return {"@type": "Organization", "name": publisher} if publisher else None
