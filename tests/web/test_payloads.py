"""Whatever a folder or an article holds, no page and no export runs or loads any of it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pikepdf
import pytest
from alive import alive, alive_xml, hash_of, links_of
from lxml import etree, html
from payloads import PAYLOADS, PRODUCT
from printing import need_pango
from serving import Site, serve
from tainted import ARTICLE, CHUNKS, taint

import weigh
from weigh.report.exports.tables import disarmed
from weigh.report.page import render
from weigh.workflow.exporting import export

#: A picture in pixels shows boxes for letters that its font lacks, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:Glyph:UserWarning")

FORM = "application/x-www-form-urlencoded"
#: Places that stand in for many of the same make.
MOST_NODES = 8


@pytest.fixture(scope="module", params=range(len(CHUNKS)))
def chunk(request):
    return CHUNKS[request.param]


@pytest.fixture(scope="module")
def folder(chunk, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tainted") / "nights"
    assert taint(folder, chunk) > 100
    return folder


@pytest.fixture(scope="module")
def site(folder) -> Iterator[Site]:
    yield from serve([folder])


@pytest.fixture(scope="module")
def answer(folder):
    return weigh.answer_question(weigh.load(folder))


@pytest.fixture(scope="module")
def scripts():
    """Hashes of the scripts that stand in a self-contained page of ours."""
    folder = next(iter(weigh.folder.example_folders()))
    page = render(weigh.answer_question(weigh.load(folder))).html
    return frozenset(hash_of(e) for e in html.document_fromstring(page).xpath("//script"))


def numbers(text):
    return set(re.findall(r"xss\((\d+)\)", text))


def post(site, path, fields):
    return site.ask(
        path,
        method="POST",
        headers={"Origin": site.origin, "Content-Type": FORM},
        body=urlencode(fields).encode(),
    )


def crawl(site):
    """Every page that leads from the first, by address; of numbers only some."""
    waiting, seen, nodes = ["/", "/new", "/api"], set(), 0
    while waiting:
        path = waiting.pop()
        if path in seen or "/export/" in path:
            continue
        seen.add(path)
        if "/nodes/" in path:
            nodes += 1
            if nodes > MOST_NODES:
                continue
        reply = site.ask(path)
        yield path, reply
        if reply.headers["content-type"].startswith("text/html"):
            waiting.extend(sorted(links_of(reply.text) - seen))


def test_no_page_of_the_app_runs_what_a_folder_holds(site, chunk):
    through: set[str] = set()
    pages = 0
    for path, reply in crawl(site):
        kind = reply.headers["content-type"].split(";")[0]
        if kind == "text/html":
            pages += 1
            assert alive(reply.text) == [], path
            through |= numbers(html.document_fromstring(reply.text).text_content())
        elif kind == "image/svg+xml":
            assert alive_xml(reply.content) == [], path
        assert PRODUCT not in reply.content.decode("utf-8", "replace"), path
    assert pages > 25
    # They came through as words: most of a field's payloads are on some page, letter by letter.
    assert len(through & numbers(" ".join(chunk))) > 0.9 * len(numbers(" ".join(chunk)))


def test_no_part_of_a_page_and_no_word_of_an_address_runs(site, chunk):
    base = "/q/nights"
    for number, payload in enumerate(chunk):
        text = quote(payload, safe="")
        paths = (
            f"{base}/ask?q={text}",
            f"{base}/judge?saved={text}",
            f"{base}/?c={text}&method={text}",
            f"{base}/c/{text}/card",
            f"{base}/nodes/{text}",
            f"{base}/studies/{text}",
            f"/audits/{text}",
            f"/{text}",
            f"/q/{text}/",
            f"/sign-in?to={text}",
        )
        # Each payload goes to three places, each place gets every third.
        for path in (paths * 2)[number % 10 :: 4][:3]:
            reply = site.ask(path)
            assert reply.status < 500, path
            if reply.headers.get("content-type", "").startswith("text/html"):
                assert alive(reply.text) == [], path
            assert PRODUCT not in reply.text


def test_no_page_runs_what_a_judge_or_an_article_holds(site, chunk):
    told = " ".join(chunk)
    judged = {
        "comparison": "time-to-sleep",
        "domain": "indirectness",
        "levels": "0",
        "reason": told,
        "by": told,
    }
    assert alive(post(site, "/q/nights/judge/certainty", judged).text) == []
    refused = post(site, "/q/nights/judge/certainty", {**judged, "domain": told, "levels": told})
    assert alive(refused.text) == []
    text = ARTICLE.format(first=chunk[0], all=told)
    for question in ("nights", ""):
        reply = post(site, "/audit", {"text": text, "question": question})
        if reply.status != 303:
            assert reply.status == 422
            continue
        address = reply.headers["location"]
        page = site.ask(address)
        assert alive(page.text) == []
        assert PRODUCT not in page.text
        whole = site.ask(f"{address}/page.html")
        assert alive(whole.text, scripts=inline_of(whole.text)) == []
        rows = list(csv.reader(io.StringIO(site.ask(f"{address}.csv").text)))
        assert all(disarmed(cell) == cell for row in rows for cell in row)
        for form in ("letter.md", "rewritten.md", "rewritten.diff", "audit.json"):
            taken = site.ask(f"{address}/{form}")
            assert taken.headers["content-disposition"].startswith("attachment")
            assert not taken.headers["content-type"].startswith("text/html")


def inline_of(page):
    """The last scripts of a page, where they are ours: those that name no payload."""
    found = html.document_fromstring(page).xpath("//script[not(@src)]")
    return frozenset(hash_of(e) for e in found if "xss" not in (e.text or ""))


def test_the_self_contained_page_runs_its_own_script_alone(answer, scripts, chunk):
    page = render(answer).html
    assert alive(page, scripts=scripts) == []
    assert len(numbers(page) & numbers(" ".join(chunk))) > 0.9 * len(numbers(" ".join(chunk)))
    assert PRODUCT not in page


def test_no_cell_of_a_table_is_a_formula(answer, site):
    with zipfile.ZipFile(io.BytesIO(export(answer, "csv"))) as archive:
        tables = [archive.read(n).decode() for n in archive.namelist() if n.endswith(".csv")]
    base = "/q/nights"
    ends = (".csv", "/studies.csv", "/judge.csv", "/versions.csv", "/c/time-to-sleep.csv")
    tables += [site.ask(base + end).text for end in ends]
    study = json.loads(site.ask(f"{base}/studies.json").text)["studies"][0]["id"]
    tables += [site.ask(f"{base}/studies/{study}.csv").text, site.ask("/questions.csv").text]
    cells = [cell for table in tables for row in csv.reader(io.StringIO(table)) for cell in row]
    assert len(cells) > 500
    assert [cell for cell in cells if disarmed(cell) != cell] == []


def test_data_and_references_hold_words_as_words(answer):
    for form in ("json", "jsonld", "csl", "fhir"):
        json.loads(export(answer, form))
    fhir = json.loads(export(answer, "fhir"))
    for division in re.findall(r'<div xmlns=\\"(?:.*?)</div>', json.dumps(fhir)):
        assert alive_xml(json.loads(f'"{division}"')) == []
    lines = export(answer, "ris").decode().split("\n")
    assert [line for line in lines if not re.match(r"[A-Z][A-Z0-9]  -( |$)|$", line)] == []


@pytest.fixture(scope="module")
def heavy(tmp_path_factory):
    """An answer with some of every kind, whose documents take seconds to write."""
    folder = tmp_path_factory.mktemp("heavy") / "nights"
    taint(folder, PAYLOADS[::10])
    return weigh.answer_question(weigh.load(folder))


def test_a_word_document_has_no_field_no_link_and_no_part_from_elsewhere(heavy):
    with zipfile.ZipFile(io.BytesIO(export(heavy, "docx"))) as archive:
        assert not [n for n in archive.namelist() if n.endswith((".bin", ".html", ".vbs"))]
        document = etree.fromstring(archive.read("word/document.xml"))
        names = {etree.QName(e).localname for e in document.iter() if isinstance(e.tag, str)}
        assert not names & {"instrText", "fldSimple", "hyperlink", "altChunk", "object", "script"}
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in archive.read(name)
        assert numbers("".join(document.itertext()))


def test_a_pdf_has_no_action_but_links_to_the_web(heavy):
    need_pango()
    with pikepdf.open(io.BytesIO(export(heavy, "pdf"))) as document:
        assert "/OpenAction" not in document.Root
        assert "/AA" not in document.Root
        assert "/JavaScript" not in document.Root.get("/Names", {})
        for page in document.pages:
            for annotation in page.get("/Annots", []):
                action = annotation.get("/A")
                if action is not None:
                    assert action.S in ("/URI", "/GoTo")
                    if action.S == "/URI":
                        assert str(action.URI).startswith(("http://", "https://"))


def test_every_plot_holds_words_as_words(heavy):
    with zipfile.ZipFile(io.BytesIO(export(heavy, "plots"))) as archive:
        for name in archive.namelist():
            assert re.fullmatch(r"[A-Za-z0-9-]+\.(svg|png|csv)|README\.txt", name)
            if name.endswith(".svg"):
                assert alive_xml(archive.read(name)) == []


def test_there_are_three_hundred():
    assert len(set(PAYLOADS)) >= 300
    assert all("xss(" in payload or "1+1" in payload for payload in PAYLOADS)
