"""The article cut at its claims."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from report.audits.making import AGAIN, TEXT, an_audit, span

from weigh.evidence.article import Span
from weigh.report.audits.marking import passages, pieces


def test_pieces_joined_again_are_the_article():
    audit = an_audit()
    for passage in passages(audit):
        words = "".join(piece.text for piece in passage.pieces)
        assert words == audit.article.words_of(passage.block.span)


def test_a_claim_that_is_said_again_is_marked_there_too_but_judged_once():
    audit = an_audit()
    marked = [
        piece for p in passages(audit) for piece in p.pieces if piece.claim is audit.claims[0]
    ]
    assert [(piece.text, piece.judged_here) for piece in marked] == [
        ("Salt cures colds.", True),
        (AGAIN, False),
    ]
    assert [c.claim.id for p in passages(audit) for c in p.claims] == ["c1", "c2", "c3"]


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))), max_size=6))
def test_places_that_overlap_lose_no_character_and_show_none_twice(ends):
    one = an_audit().claims[0]
    claims = [
        replace(one, claim=replace(one.claim, span=Span(a, b), places=(Span(a, b),)))
        for a, b in ((min(pair), max(pair)) for pair in ends)
    ]
    whole = Span(0, len(TEXT))
    assert "".join(piece.text for piece in pieces(TEXT, whole, claims)) == TEXT
    inside = span(AGAIN, 1)
    assert "".join(piece.text for piece in pieces(TEXT, inside, claims)) == AGAIN
