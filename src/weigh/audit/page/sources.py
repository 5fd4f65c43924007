"""Criteria on where a page comes from: references, dates, authors, interests, other voices.

After the JAMA benchmarks, HONcode, QUEST and DISCERN (attribution, currency, authorship,
disclosure), and HealthNewsReview 6 (independent sources).
"""

from __future__ import annotations

import re

from weigh.audit.linking import Ground
from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.article import BlockKind, Span
from weigh.evidence.audit import PageFinding, PageStatus
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import say

__all__ = ["authors", "conflicts", "dates", "independent", "references"]

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PLACE = re.compile(
    r"https?://|www\.|\w\.(?:gov|org|com|edu|net|int)/|\bdoi\b|\b10\.\d{4,}/|\bPM(?:ID|C)\b"
    r"|\b\d+ ?\(\d+\):",
    re.I,
)
_LETTERS = re.compile(
    r",\s*(?:[A-Z][A-Za-z]?\.?){2,6}\b|\bDr\.?\s|\bProf(?:essor)?\.?\s|\b(?:physician|dietitian|"
    r"pharmacist|nurse|scientist|doctor)\b"
)
_NOBODY = re.compile(
    r"\b(?:team|staff|editors?|editorial|admin|contributors?|desk|newsroom|content)\b", re.I
)


def references(look: Look, voice: Voice) -> PageFinding:
    """P-REFS: references exist, are complete, and are used in the text."""
    article = look.article
    blocks = [b for b in article.blocks if b.kind is BlockKind.REFERENCE]
    held = [(b, article.words_of(b.span)) for b in blocks]
    linked = {span for span, _ in article.links}
    complete = [
        block
        for block, words in held
        if len(re.findall(r"[^\W\d_]{2,}", words)) >= 3
        and (_YEAR.search(words) or _PLACE.search(words) or _holds(block.span, linked))
    ]
    inside = [s for s in linked if not any(s in b.span for b in blocks) and look.sentence_at(s)]
    cited = [*look.find("citation"), *inside]
    title = "References that can be followed"
    if not blocks:
        if inside:
            return voice.find(
                "P-REFS", title, PageStatus.PARTLY, inside,
                "{n} {links} in the text {point} to sources, and there is no list of references",
                n=voice.count("refs.links", "links in the text", len(inside)),
                links=plural(len(inside), "link"), point=plural(len(inside), "points", "point"),
            )  # fmt: skip
        return voice.find(
            "P-REFS", title, PageStatus.NOT_MET, cited,
            "the page has no list of references and no link to a source",
        )  # fmt: skip
    total = voice.count("refs", "entries in the list of references", len(blocks))
    entries = plural(len(blocks), "entry", "entries")
    spans = [block.span for block in blocks]
    if not complete:
        return voice.find(
            "P-REFS", title, PageStatus.NOT_MET, spans,
            "the list of references has {n} {entries}, and none says what it points to: no title, "
            "year, place or address",
            n=total, entries=entries,
        )  # fmt: skip
    good = voice.count("refs.complete", "complete references", len(complete))
    if len(complete) < 0.8 * len(blocks):
        return voice.find(
            "P-REFS", title, PageStatus.PARTLY, spans,
            "of {n} references {good} can be followed", n=total, good=good,
        )  # fmt: skip
    if not cited:
        return voice.find(
            "P-REFS", title, PageStatus.PARTLY, spans,
            "{good} of {n} references can be followed, but no sentence says which it rests on",
            good=good, n=total,
        )  # fmt: skip
    return voice.find(
        "P-REFS", title, PageStatus.MET, spans,
        "{good} of {n} references can be followed, and the text refers to them", good=good, n=total,
    )  # fmt: skip


def _holds(outer: Span, spans: set[Span]) -> bool:
    return any(span in outer for span in spans)


def dates(look: Look, voice: Voice) -> PageFinding:
    """P-DATE: when it was published, and when updated."""
    byline = look.article.byline
    title = "Dates"
    spans = _byline_spans(look)
    told = [
        say("{what} {date}", what=what, date=voice.byline(what, date))
        for what, date in (("published", byline.published), ("updated", byline.updated))
        if date is not None
    ]
    if len(told) == 2:
        return voice.find(
            "P-DATE", title, PageStatus.MET, spans, "it says {one}, {two}", one=told[0], two=told[1]
        )
    if told:
        missing = "an update" if byline.updated is None else "publication"
        return voice.find(
            "P-DATE", title, PageStatus.PARTLY, spans,
            "it says {one}; a date of {missing} cannot be seen", one=told[0], missing=missing,
        )  # fmt: skip
    return voice.find(
        "P-DATE", title, PageStatus.NOT_MET, (),
        "no date of publication or of an update stands in the text as it was read",
    )  # fmt: skip


def _byline_spans(look: Look) -> list[Span]:
    return [one.span for one in look.article.set_aside if one.why == "byline"]


def authors(look: Look, voice: Voice) -> PageFinding:
    """P-AUTHOR: a named author with a qualification, and a named reviewer."""
    byline = look.article.byline
    title = "Author and reviewer"
    spans = _byline_spans(look)
    named = [name for name in byline.authors if not _NOBODY.search(name)]
    if not named:
        who = " (only a team)" if byline.authors else ""
        status = PageStatus.PARTLY if byline.reviewers else PageStatus.NOT_MET
        return voice.find(
            "P-AUTHOR", title, status, spans,
            "no author is named in the text as it was read{who}{but}", who=who,
            but=", though a reviewer is" if byline.reviewers else "",
        )  # fmt: skip
    qualified = any(_LETTERS.search(name) for name in named)
    author = voice.byline("author", named[0])
    if qualified and byline.reviewers:
        return voice.find(
            "P-AUTHOR", title, PageStatus.MET, spans,
            "{author} is named as author with a qualification, and {reviewer} as reviewer",
            author=author, reviewer=voice.byline("reviewer", byline.reviewers[0]),
        )  # fmt: skip
    lacking = [
        words
        for words, there in (("a qualification", qualified), ("a reviewer", byline.reviewers))
        if not there
    ]
    return voice.find(
        "P-AUTHOR", title, PageStatus.PARTLY, spans,
        "{author} is named as author, without {lacking}", author=author,
        lacking=" and without ".join(lacking),
    )  # fmt: skip


def conflicts(look: Look, voice: Voice, ground: Ground | None) -> PageFinding:
    """P-CONFLICT: who paid for the page and for the studies, and whether the site sells it."""
    title = "Funding and conflicts of interest"
    studies = look.find("funding of the studies")
    page = (*look.find("interests of the page"), *look.aside("interests of the page"))
    selling = (*look.find("selling"), *look.aside("selling"))
    sells = "; the page sells something" if selling else ""
    tied = [] if ground is None else [s for s in ground.evidence.studies if s.tied_to_maker]
    spans = [*studies, *page, *selling]
    if studies and page:
        return voice.find(
            "P-CONFLICT", title, PageStatus.MET, spans,
            "it speaks of who paid for the studies and of its own interests{sells}", sells=sells,
        )  # fmt: skip
    if studies or page:
        what, lacking = "who paid for the studies", "its own interests"
        if page:
            what, lacking = lacking, what
        return voice.find(
            "P-CONFLICT", title, PageStatus.PARTLY, spans,
            "it speaks of {what} and not of {lacking}{sells}", what=what, lacking=lacking,
            sells=sells,
        )  # fmt: skip
    if tied:
        return voice.find(
            "P-CONFLICT", title, PageStatus.NOT_MET, spans,
            "it says nothing of funding or interests, its own or those of the studies, although "
            "{tied} {have} ties to a maker{sells}",
            tied=voice.studies("conflict", tied), have=plural(len(tied), "has", "have"),
            sells=sells,
        )  # fmt: skip
    return voice.find(
        "P-CONFLICT", title, PageStatus.NOT_MET, spans,
        "it says nothing of funding or interests, its own or those of the studies{sells}",
        sells=sells,
    )  # fmt: skip


def independent(look: Look, voice: Voice) -> PageFinding:
    """P-INDEP: a voice or source with no part in the studies."""
    title = "An independent voice or source"
    voices, held = look.find("independent voice"), look.find("independent source")
    if voices:
        return voice.find(
            "P-INDEP", title, PageStatus.MET, voices,
            "it lets another voice speak: {words}", words=voice.said(voices[0]),
        )  # fmt: skip
    if held:
        return voice.find(
            "P-INDEP", title, PageStatus.PARTLY, held,
            "it names a source beyond single studies ({words}), but lets no independent voice "
            "speak", words=voice.said(held[0]),
        )  # fmt: skip
    return voice.find(
        "P-INDEP", title, PageStatus.NOT_MET, (),
        "no voice or source that had no part in the studies is named",
    )  # fmt: skip
