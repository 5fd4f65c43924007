"""The article with bearable wording in place of what says too much, and the difference."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from weigh.evidence.article import Article, Span
from weigh.evidence.audit import Audit, AuditVerdict

__all__ = ["rewrite"]

_REPLACED = (AuditVerdict.OVERSTATED, AuditVerdict.CONTRADICTED, AuditVerdict.UNSUPPORTED)


def rewrite(audit: Audit) -> tuple[str, str]:
    """The article's text with every claim that says too much put in words the evidence bears.

    The whole sentence of such a claim gives way to the suggestion, made from the evidence, in each
    place where the claim is made; a block says the same suggestion once. Claims without a
    suggestion stay, and so does everything else, character for character.

    Returns
    -------
    (str, str)
        The new text, and a unified diff from the old one.
    """
    article = audit.article
    text = article.text
    out: list[str] = []
    cursor = 0
    said: set[tuple[int, str]] = set()
    for span, words in sorted(_changes(audit), key=lambda change: change[0]):
        if span.start < cursor:
            continue
        place = (_block_of(article, span), words)
        out += [text[cursor : span.start], "" if place in said else words]
        said.add(place)
        cursor = span.end
    out.append(text[cursor:])
    new = "".join(out)
    difference = unified_diff(
        text.splitlines(),
        new.splitlines(),
        article.source,
        f"{article.source}, rewritten",
        lineterm="",
    )
    return new, "".join(f"{line}\n" for line in difference)


def _changes(audit: Audit) -> Iterator[tuple[Span, str]]:
    """Sentences to be replaced, with the words that take their place."""
    for judged in audit.claims:
        if judged.verdict in _REPLACED and judged.suggestion is not None:
            for place in dict.fromkeys((judged.claim.span, *judged.claim.places)):
                yield _sentence_of(audit.article, place), judged.suggestion.text


def _sentence_of(article: Article, place: Span) -> Span:
    for sentence in article.sentences:
        if place in sentence.span:
            return sentence.span
    return place


def _block_of(article: Article, span: Span) -> int:
    return next((n for n, block in enumerate(article.blocks) if span in block.span), -1)
