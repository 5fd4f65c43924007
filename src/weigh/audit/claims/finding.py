"""Find the claims of an article: the order of the steps of this room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from weigh.audit.claims.answers import answer_of, is_answer
from weigh.audit.claims.figures import figures_in
from weigh.audit.claims.kinds import direction_of, types_of
from weigh.audit.claims.ladder import denies_harm, level_of_words
from weigh.audit.claims.lexicon import Hit
from weigh.audit.claims.parts import Part, parts_of
from weigh.audit.claims.repeats import gather_repeats
from weigh.audit.claims.strength import Reading, Relation, read_words, strongest_of
from weigh.audit.claims.topics import Names, Topics
from weigh.audit.claims.unlisted import asserted_by_form
from weigh.audit.claims.vocabulary import Mention, Vocabulary
from weigh.audit.claims.wordlists import phrase
from weigh.audit.claims.words import Word, words_in
from weigh.audit.claims.worth import ENOUGH, worth_of
from weigh.evidence.article import Article, BlockKind, Sentence, Span
from weigh.evidence.claim import (
    CausalClass,
    Claim,
    ClaimDirection,
    ClaimType,
    Cue,
    CueKind,
    Figure,
    FigureKind,
    Level,
)

__all__ = ["find_claims"]

_UNREAD = frozenset({BlockKind.REFERENCE, BlockKind.QUESTION})
_LONGEST = 200  # words; the longest sentence of ordinary prose has about a hundred
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
    finder = _Finder(article, vocabulary)
    for sentence in article.sentences:
        finder.read(sentence)
    return gather_repeats(finder.claims)


def _windows(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """A sentence in pieces that the rules can look at whole, cut at a mark where there is one.

    Nearly every sentence is one piece; words without a stop for pages would take the square of
    their number.
    """
    start = 0
    while start < len(words):
        end = min(start + _LONGEST, len(words))
        if end < len(words):
            marks = [at for at in range(start + _LONGEST // 2, end) if words[at].is_mark]
            end = marks[-1] + 1 if marks else end
        yield words[start:end]
        start = end


class _Finder:
    """Reads sentences in the order of the page and gathers their claims."""

    def __init__(self, article: Article, vocabulary: Vocabulary) -> None:
        self.article = article
        self.vocabulary = vocabulary
        self.topics = Topics(article, vocabulary)
        self.claims: list[Claim] = []
        self.question = ""
        self.block = -1

    def read(self, sentence: Sentence) -> None:
        """Find the claims of one sentence."""
        block = self.article.blocks[sentence.block]
        if block.kind is BlockKind.QUESTION:
            self.question = self.article.words_of(block.span)
        elif block.kind in (BlockKind.HEADING, BlockKind.TITLE):
            self.question = ""
        if block.kind in _UNREAD:
            return
        self.topics.enter(sentence.block, block)
        starts, self.block = sentence.block != self.block, sentence.block
        words = words_in(self.article.words_of(sentence.span), sentence.span.start)
        for window in _windows(words):
            self._read_words(sentence, window, starts_block=starts)
            starts = False

    def _read_words(
        self, sentence: Sentence, words: tuple[Word, ...], *, starts_block: bool
    ) -> None:
        mentions = self.vocabulary.mentions(words)
        named = Names.of(mentions)
        reading = read_words(words, treats=self.topics.is_about(named))
        span = Span(words[0].start, words[-1].end)
        figures = figures_in(self.article.words_of(span), span.start)
        for part in parts_of(reading, figures=figures, starts_block=starts_block):
            if part.last > part.first:
                self._consider(sentence, reading, part, mentions, figures)
        self.topics.remember(named)

    def _consider(
        self,
        sentence: Sentence,
        reading: Reading,
        part: Part,
        mentions: Sequence[Mention],
        figures: Sequence[Figure],
    ) -> None:
        """Weigh one part of a sentence, and keep it if it is check-worthy."""
        words = reading.words[part.first : part.last]
        span = Span(words[0].start, words[-1].end)
        block = self.article.blocks[sentence.block]
        inside = [m for m in mentions if part.first <= m.first < part.last]
        figures = [figure for figure in figures if figure.span in span]
        if part.lead and not _names_a_study(reading, part, figures):
            return
        names = Names.of(inside)
        normals = [word.normal for word in words]
        topical = bool(names.interventions or names.forms) or self.topics.points(normals)
        text = self.article.words_of(span)
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
        headings = (*block.headings[-1:], block.row or "", block.column or "", self.question)
        promised = (
            block.kind is BlockKind.LIST_ITEM
            and phrase("benefit-heading").search(" ".join(headings)) is not None
            and phrase("gain").match(text) is not None
        )
        if part.lead or part.fact or promised:
            worth = max(worth, ENOUGH)
        if worth < ENOUGH:
            return
        type_, also = types_of(
            reading,
            part.first,
            part.last,
            inside,
            figures,
            topical=topical,
            heading=" ".join(headings),
        )
        if part.lead or part.fact:
            dosed = part.fact and any(figure.kind is FigureKind.DOSE for figure in figures)
            type_, also = (ClaimType.DOSE if dosed else ClaimType.STUDY_FACT), ()
        claim = _claim(sentence, reading, part, span, text, type_, also, figures)
        if type_ is ClaimType.DOSE and _only_amounts(reading, part):
            # "The tea contains less oil than a capsule" relates nothing to anyone's health.
            claim = replace(claim, strength=CausalClass.NONE, level=Level.NO_RELATION)
        answered = answer_of(words) if is_answer(text) else None
        if answered is not None and claim.strength is CausalClass.NONE:
            strength, level, direction = answered
            claim = replace(claim, strength=strength, level=level, direction=direction)
        if claim.strength is CausalClass.NONE and claim.level is Level.NO_RELATION:
            form = asserted_by_form(reading, part.first, part.last, type_, inside)
            if form is not None:
                claim = replace(claim, strength=form[0], level=form[1])
        if promised and claim.strength in (CausalClass.NONE, CausalClass.CORRELATIONAL):
            # "Fewer headaches", in a list of benefits, says that it brings them.
            claim = replace(
                claim,
                strength=CausalClass.DIRECT,
                level=Level.DIRECT,
                direction=ClaimDirection.BENEFIT,
            )
        names = self.topics.complete(names)
        self.claims.append(
            replace(
                claim,
                interventions=tuple(names.interventions),
                forms=tuple(names.forms),
                outcomes=tuple(names.outcomes),
                populations=tuple(names.populations),
                check_worthiness=round(worth, 3),
            )
        )


def _names_a_study(reading: Reading, part: Part, figures: Sequence[Figure]) -> bool:
    """Whether a lead calls a study something that can be checked: "Observational study (2013)"."""
    designed = any(
        hit.kind is CueKind.DESIGN and part.first <= hit.first < part.last for hit in reading.hits
    )
    return designed and any(figure.kind in _STUDY_FACTS for figure in figures)


def _only_amounts(reading: Reading, part: Part) -> bool:
    """Whether all that is asserted is that one thing holds more than another."""
    asserted = [r for r in reading.relations if r.asserts and part.first <= r.hit.first < part.last]
    return bool(asserted) and all(r.hit.entry.role == "groups" for r in asserted)


def _claim(
    sentence: Sentence,
    reading: Reading,
    part: Part,
    span: Span,
    text: str,
    type_: ClaimType,
    also: tuple[ClaimType, ...],
    figures: Sequence[Figure],
) -> Claim:
    """A claim as its own words tell it, before names and worth."""
    relations = [
        r for r in reading.relations if r.asserts and part.first <= r.hit.first < part.last
    ]
    main = strongest_of(relations)
    hits = [hit for hit in reading.hits if part.first <= hit.first < part.last]
    level = level_of_words(reading, part.first, part.last)
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
        negated=main.negation is not None if main else denies_harm(reading, part.first, part.last),
        reported=any(h.kind is CueKind.ATTRIBUTION and h.entry.sense == "other" for h in hits),
        subject=subject,
        relation=relation,
        object=object_,
        cues=tuple(_cue(reading, hit) for hit in hits),
        figures=tuple(figures),
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
