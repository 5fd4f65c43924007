"""Find the claims of an article: the order of the steps of this room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.audit.claims.figures import figures_in
from weigh.audit.claims.kinds import direction_of, types_of
from weigh.audit.claims.ladder import level_of_words
from weigh.audit.claims.lexicon import Hit
from weigh.audit.claims.parts import Part, parts_of
from weigh.audit.claims.repeats import gather_repeats
from weigh.audit.claims.strength import Reading, Relation, read_words
from weigh.audit.claims.topics import Names, Topics
from weigh.audit.claims.vocabulary import Mention, Vocabulary
from weigh.audit.claims.words import words_in
from weigh.audit.claims.worth import ENOUGH, worth_of
from weigh.evidence.article import Article, BlockKind, Sentence, Span
from weigh.evidence.claim import (
    CausalClass,
    Claim,
    ClaimType,
    Cue,
    CueKind,
    Figure,
    FigureKind,
)

__all__ = ["find_claims"]

_UNREAD = frozenset({BlockKind.REFERENCE, BlockKind.QUESTION})
_STUDY_FACTS = (FigureKind.PARTICIPANTS, FigureKind.DOSE, FigureKind.DURATION, FigureKind.YEAR)


def find_claims(article: Article, vocabulary: Vocabulary) -> tuple[Claim, ...]:
    """Every check-worthy claim of an article, in the order of the page.

    Parameters
    ----------
    article
        The page as it was read.
    vocabulary
        The names that it may use; `Vocabulary.of` an evidence folder, or
        `Vocabulary.from_article` without one.

    Returns
    -------
    tuple of Claim
        Each with its words, type, strength, direction, names and numbers. A claim that is made
        again is listed once, with all its places and its strongest wording. A sentence that makes
        several claims gives several.
    """
    topics = Topics(article, vocabulary)
    claims: list[Claim] = []
    seen_blocks: set[int] = set()
    for sentence in article.sentences:
        block = article.blocks[sentence.block]
        if block.kind in _UNREAD:
            continue
        topics.enter(sentence.block, block)
        starts = sentence.block not in seen_blocks
        seen_blocks.add(sentence.block)
        claims += _of_sentence(article, sentence, vocabulary, topics, starts_block=starts)
    return gather_repeats(claims)


def _of_sentence(
    article: Article,
    sentence: Sentence,
    vocabulary: Vocabulary,
    topics: Topics,
    *,
    starts_block: bool,
) -> Iterator[Claim]:
    words = words_in(article.words_of(sentence.span), sentence.span.start)
    if not words:
        return
    reading = read_words(words)
    mentions = vocabulary.mentions(words)
    topics_here = Names.of(mentions)
    for part in parts_of(reading, starts_block=starts_block):
        if part.last > part.first:
            yield from _of_part(article, sentence, reading, part, mentions, topics)
    topics.remember(topics_here)


def _of_part(
    article: Article,
    sentence: Sentence,
    reading: Reading,
    part: Part,
    mentions: Sequence[Mention],
    topics: Topics,
) -> Iterator[Claim]:
    words = reading.words
    block = article.blocks[sentence.block]
    span = Span(words[part.first].start, words[part.last - 1].end)
    text = article.words_of(span)
    inside = [m for m in mentions if part.first <= m.first < part.last]
    names = Names.of(inside)
    normals = [word.normal for word in words[part.first : part.last]]
    topical = bool(names.interventions or names.forms) or topics.points(normals)
    figures = figures_in(text, span.start)
    if part.lead and not _names_a_study(reading, part, figures):
        return
    worth = worth_of(
        reading,
        part.first,
        part.last,
        text,
        kind=block.kind,
        mentions=inside,
        topical=topical,
        figures=figures,
    )
    if part.lead:
        worth = max(worth, ENOUGH)
    if worth < ENOUGH:
        return
    names = topics.complete(names, normals)
    yield _claim(sentence, reading, part, span, text, inside, names, figures, worth)


def _names_a_study(reading: Reading, part: Part, figures: Sequence[Figure]) -> bool:
    """Whether a lead calls a study something that can be checked: "Observational study (2013)"."""
    designed = any(
        hit.kind is CueKind.DESIGN and part.first <= hit.first < part.last for hit in reading.hits
    )
    return designed and any(figure.kind in _STUDY_FACTS for figure in figures)


def _claim(
    sentence: Sentence,
    reading: Reading,
    part: Part,
    span: Span,
    text: str,
    mentions: Sequence[Mention],
    names: Names,
    figures: Sequence[Figure],
    worth: float,
) -> Claim:
    relations = [
        r for r in reading.relations if r.asserts and part.first <= r.hit.first < part.last
    ]
    main = max(relations, key=lambda r: r.class_.rank, default=None)
    hits = [hit for hit in reading.hits if part.first <= hit.first < part.last]
    level = level_of_words(reading, part.first, part.last)
    if part.lead:
        type_: ClaimType = ClaimType.STUDY_FACT
        also: tuple[ClaimType, ...] = ()
    else:
        type_, also = types_of(reading, part.first, part.last, mentions, figures)
    subject, relation, object_ = _triple(reading, part, main)
    return Claim(
        id="",
        span=span,
        sentence=sentence.span,
        text=text,
        block=sentence.block,
        type=type_,
        also=also,
        strength=main.class_ if main else CausalClass.NONE,
        level=level,
        direction=direction_of(relations, reading, part.first, part.last, level),
        places=(span,),
        negated=main is not None and main.negation is not None,
        reported=any(h.kind is CueKind.ATTRIBUTION and h.entry.sense == "other" for h in hits),
        subject=subject,
        relation=relation,
        object=object_,
        interventions=tuple(names.interventions),
        forms=tuple(names.forms),
        outcomes=tuple(names.outcomes),
        populations=tuple(names.populations),
        cues=tuple(_cue(reading, hit) for hit in hits),
        figures=tuple(figures),
        check_worthiness=round(worth, 3),
    )


def _cue(reading: Reading, hit: Hit) -> Cue:
    words = reading.words[hit.first : hit.last]
    span = Span(words[0].start, words[-1].end)
    lemma = hit.pattern.replace("=", "").replace("/v", "").replace("/n", "")
    return Cue(kind=hit.kind, span=span, text=_joined(reading, hit.first, hit.last), lemma=lemma)


def _triple(reading: Reading, part: Part, main: Relation | None) -> tuple[str, str, str]:
    """The words before the relation, the relation, and the words behind it, within its clause."""
    if main is None:
        return "", "", ""
    first, last = main.hit.first, main.hit.last
    start, end = first, last
    while start > part.first and reading.clauses[start - 1] == main.clause:
        start -= 1
    while end < part.last and reading.clauses[end] == main.clause:
        end += 1
    return (
        _joined(reading, start, first),
        _joined(reading, first, last),
        _joined(reading, last, end).rstrip(" .,;"),
    )


def _joined(reading: Reading, first: int, last: int) -> str:
    """Words as written, one space between; marks close up to the word before."""
    out = ""
    for before, word in zip(
        (None, *reading.words[first:last]), reading.words[first:last], strict=False
    ):
        gap = before is not None and word.start > before.end
        hyphen = before is not None and word.start == before.end + 1 and not word.is_mark and False
        out += (" " if gap and not hyphen else "") + word.text
    return out
