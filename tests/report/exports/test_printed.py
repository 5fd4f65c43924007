"""The PDF document, read back as software for blind people reads it."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from printing import need_pango

import weigh
from weigh.errors import MissingExtraError
from weigh.folder import example_folders
from weigh.report.body import render_body
from weigh.report.exports import printed
from weigh.report.wording import long_date


@pytest.fixture(scope="module")
def answer():
    need_pango()
    folder = next(p for p in example_folders() if p.name == "zinc-common-cold")
    return weigh.answer_question(weigh.load(folder))


@pytest.fixture(scope="module")
def data(answer):
    return printed.pdf(answer)


@pytest.fixture(scope="module")
def pages(data):
    document = pypdfium2.PdfDocument(data)
    read = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return read


def structure(data):
    """Every element of the structure tree with its parent's type, in reading order."""
    with pikepdf.open(io.BytesIO(data)) as document:

        def walk(element, parent):
            if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
                return
            kind = str(element.S)[1:]
            alt = str(element.Alt) if "/Alt" in element else None
            yield kind, parent, alt
            kids = element.get("/K", [])
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                yield from walk(kid, kind)

        root = document.Root.StructTreeRoot
        return [found for kid in root.K for found in walk(kid, None)]


@pytest.fixture(scope="module")
def tree(data):
    return structure(data)


def test_it_says_that_it_is_tagged_in_which_language_and_by_which_standard(data, answer):
    with pikepdf.open(io.BytesIO(data)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "en"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo.Title) == answer.question.title
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_every_figure_says_what_it_shows(tree, answer):
    told = [alt for kind, _, alt in tree if kind == "Figure"]
    assert told == [drawing.alt for drawing in render_body(answer).drawings.values()]
    assert len(told) >= len(answer.comparisons)


def test_headings_lists_and_tables_are_what_they_are(tree):
    kinds = Counter(kind for kind, _, _ in tree)
    assert kinds["H1"] == 1
    assert kinds["H2"] > 8
    levels = [int(kind[1]) for kind, _, _ in tree if kind in ("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert kinds["Table"] > 5
    assert kinds["TH"] > kinds["Table"]
    assert kinds["L"] > 3
    assert kinds["Link"] > 20


def test_every_page_says_what_it_is_a_page_of(pages, answer):
    for number, text in enumerate(pages, start=1):
        assert answer.question.title in text
        assert f"Searched {long_date(answer.searched)}" in text
        assert f"weigh {answer.version}, evidence folder {answer.fingerprint[:12]}" in text
        assert f"{number} of {len(pages)}" in text


def test_what_folds_on_the_screen_is_open_on_paper(pages, answer):
    text = " ".join(pages)
    assert "It starts high: Randomised trials start at high certainty." in text
    for comparison in answer.comparisons:
        for domain in comparison.certainty.domains:
            assert domain.reason.text[:40] in text


def test_it_holds_no_moment_and_nothing_random(data):
    with pikepdf.open(io.BytesIO(data)) as document:
        assert "/ID" not in document.trailer
        assert not {"/CreationDate", "/ModDate"} & set(document.docinfo)


def test_pages_are_a4_and_the_wide_table_lies_across(data):
    with pikepdf.open(io.BytesIO(data)) as document:
        sizes = {tuple(round(float(x)) for x in page.mediabox[2:]) for page in document.pages}
    assert sizes == {(595, 842), (842, 595)}


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.png",
        "file:///etc/passwd",
        "data:text/plain,x",
        "font:../../x.ttf",
        "font:/etc/passwd",
    ],
)
def test_nothing_is_loaded_from_elsewhere(address):
    need_pango()
    with pytest.raises(ValueError, match="Nothing is loaded from elsewhere"):
        printed._fetcher().fetch(address)


def test_without_its_writer_the_message_says_what_to_install(answer, monkeypatch):
    printed._library.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(MissingExtraError, match="PDF") as error:
        printed.pdf(answer)
    assert error.value.hint == "Install it with: pip install 'weigh[print]'"
