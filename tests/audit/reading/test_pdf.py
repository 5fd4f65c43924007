from __future__ import annotations

import sys

import pytest
from audit.reading.invariants import aside, check, words_by_kind

from weigh.audit.reading import read_article
from weigh.audit.reading.pdf import paragraphs_of
from weigh.errors import InputError, MissingExtraError
from weigh.evidence.article import BlockKind

PAGES = [
    [
        "Health Letter",
        "Zinc for colds",
        "Zinc lozenges may shorten a cold, as a review of seven trials",
        "found. They can cause nausea and a bad taste.",
        "How it works",
        "In cells zinc stops the virus that causes most colds in adults",
        "and children.",
    ],
    [
        "Health Letter",
        "Whether that happens in people is not known at all, since nobody",
        "looked.",
    ],
    ["Health Letter", "Larger trials are needed to tell."],
]


def pdf_of(pages: list[list[str]]) -> bytes:
    """A PDF by hand: a line of text under the other on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 750 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            f"/Resources << /Font << /F1 {font} >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + tail.encode()


def test_the_words_of_a_pdf_are_read_as_paragraphs() -> None:
    article = read_article(pdf_of(PAGES), source="letter.pdf")

    check(article)
    assert article.format == "pdf"
    assert article.title == "Zinc for colds"
    assert words_by_kind(article, BlockKind.HEADING) == ["How it works"]
    assert [article.words_of(s.span) for s in article.sentences_of(BlockKind.PARAGRAPH)] == [
        "Zinc lozenges may shorten a cold, as a review of seven trials found.",
        "They can cause nausea and a bad taste.",
        "In cells zinc stops the virus that causes most colds in adults and children.",
        "Whether that happens in people is not known at all, since nobody looked.",
        "Larger trials are needed to tell.",
    ]


def test_what_every_page_repeats_is_set_aside() -> None:
    assert aside(read_article(pdf_of(PAGES)))["Health Letter"] == "repeated on many pages"


def test_a_word_that_the_end_of_a_line_broke_is_whole_again() -> None:
    assert list(paragraphs_of([["It lowers inflam-", "mation in the lung."]])) == [
        "It lowers inflammation in the lung."
    ]


def test_a_pdf_of_pictures_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputError, match=r"scan\.pdf: found 1 pages? without any words"):
        read_article(pdf_of([[]]), source="scan.pdf")


def test_a_broken_pdf_is_refused() -> None:
    with pytest.raises(InputError, match="the PDF cannot be read"):
        read_article(b"%PDF-1.4 nothing here", source="a.pdf")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'weigh\[pdf\]'"):
        read_article(pdf_of(PAGES), source="a.pdf")
