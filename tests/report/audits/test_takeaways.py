"""What others take away from an audit: reviews, a letter, the article in bearable words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report.audits.making import TEXT, an_audit

from weigh.errors import InputError
from weigh.report import Reviewer, claim_review, letter, rewrite
from weigh.report.audits.letter import markdown

US = Reviewer(name="Check Desk", url="https://example.org/checks/1", date="2026-11-23")


def test_each_judged_claim_becomes_a_review():
    first, second, third = claim_review(an_audit(), US, article_url="https://example.org/salt")
    assert first["@type"] == "ClaimReview"
    assert first["claimReviewed"] == "Salt cures colds."
    assert first["reviewRating"] == {
        "@type": "Rating",
        "ratingValue": 3,
        "bestRating": 5,
        "worstRating": 1,
        "alternateName": "overstated (major)",
    }
    assert first["itemReviewed"] == {
        "@type": "Claim",
        "appearance": {
            "@type": "CreativeWork",
            "name": "Does salt <b>cure</b> colds?",
            "url": "https://example.org/salt",
            "datePublished": "2024-05-02",
        },
        "author": {"@type": "Person", "name": "Jo Reed"},
    }
    assert first["reviewBody"].endswith(
        "What the evidence bears: We cannot tell whether salt changes colds."
    )
    assert [r["reviewRating"]["ratingValue"] for r in (second, third)] == [2, 1]
    assert third["url"] == "https://example.org/checks/1#claim-c3"


def test_a_claim_that_the_page_only_reports_gets_no_review():
    audit = an_audit()
    reported = replace(audit.claims[0], claim=replace(audit.claims[0].claim, reported=True))
    reviews = claim_review(replace(audit, claims=(reported, *audit.claims[1:])), US)
    assert len(reviews) == 2


@pytest.mark.parametrize(
    ("name", "url", "date", "message"),
    [
        (" ", US.url, US.date, "needs the name of who answers for it"),
        (US.name, "example.org", US.date, "found 'example.org', expected one that begins with"),
        (US.name, US.url, "23.11.2026", "found '23.11.2026', expected one such as 2026-11-23"),
    ],
)
def test_a_review_that_nobody_answers_for_is_refused(name, url, date, message):
    with pytest.raises(InputError, match=message):
        Reviewer(name=name, url=url, date=date)


def test_the_letter_is_fair_first_and_the_gravest_comes_before_the_rest():
    text = letter(an_audit(), date="2026-11-23")
    wanted = [
        "23 November 2026",
        "**About “Does salt \\<b\\>cure\\</b\\> colds?”**",
        "Salt and lithium",
        "It names the year",
        "> A trial of 50 people showed it.",
        "✗ Contradicted (major). The trial had 36 people, not 50.",
        "> Salt cures colds.",
        "What the evidence bears: *We cannot tell whether salt changes colds.*",
        "The trial had no control group.",
        "The page says nothing of what it costs.",
        "evidence folder ffffffffffff",
    ]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)


def test_the_letter_without_evidence_says_so():
    assert "No studies were held against it yet" in letter(an_audit(evidence=False))


def test_nothing_in_an_article_becomes_markup_of_the_letter():
    assert markdown("*a*\n[b](c) `d` <i>") == "\\*a\\* \\[b\\](c) \\`d\\` \\<i\\>"


def test_the_rewritten_article_differs_only_where_the_evidence_has_better_words():
    text, difference = rewrite(an_audit())
    assert text == TEXT.replace(
        "Salt cures colds.", "We cannot tell whether salt changes colds."
    ).replace("A trial of 50 people showed it.", "A trial of 36 people looked at it.")
    assert difference.splitlines()[:2] == ["--- salt.md", "+++ salt.md, rewritten"]
    assert "-A trial of 50 people showed it." in difference.splitlines()
    assert "+A trial of 36 people looked at it." in difference.splitlines()
