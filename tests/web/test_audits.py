"""The audit desk: from paste to export."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from lxml import html

import weigh
from weigh.folder import example_article, load

QUESTION = "vitamin-k-peripheral-neuropathy"
ARTICLE, FOLDER = example_article()
TEXT = ARTICLE.read_text(encoding="utf-8")


def paste(site, text, question=QUESTION):
    return site.ask(
        "/audit",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({"text": text, "question": question}).encode(),
    )


def upload(site, name, data, question=QUESTION):
    edge = "----edge"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="question"\r\n\r\n{question}\r\n',
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n",
    ]
    body = parts[0].encode() + parts[1].encode() + data + f"\r\n--{edge}--\r\n".encode()
    return site.ask(
        "/audit",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": f"multipart/form-data; boundary={edge}"},
        body=body,
    )


@pytest.fixture(scope="module")
def audited(site):
    reply = paste(site, TEXT)
    assert reply.status == 303
    return reply.headers["location"]


def test_a_pasted_article_comes_back_with_every_claim_and_its_verdict(site, audited):
    audit = weigh.audit_article(TEXT, load(FOLDER))
    page = html.fromstring(site.ask(audited).text)
    notes = page.xpath("//div[contains(@class, 'claim-note')]")
    assert len(notes) == len(audit.claims) > 8
    for judged in audit.claims:
        card = page.get_element_by_id(f"claim-{judged.claim.id}")
        assert " ".join(judged.reason.text.split()) in " ".join(card.text_content().split())


def test_a_claim_leads_to_where_it_was_held_against(site, audited):
    page = html.fromstring(site.ask(audited).text)
    links = set(page.xpath("//div[contains(@class, 'claim-note')]//a[text()='on its page']/@href"))
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        reply = site.ask(path)
        assert reply.status == 200
        assert not anchor or html.fromstring(reply.text).xpath(f"//*[@id='{anchor}']")


def test_our_own_sentence_stands_beside_a_claim_and_where_the_link_leads(site, audited):
    page = html.fromstring(site.ask(audited).text)
    ours = page.xpath("//div[contains(@class, 'claim-note')]/p[@class='ours']")
    assert len(ours) > 8
    answer = html.fromstring(site.ask(f"/q/{QUESTION}/").text)
    quoted = 0
    for told in ours:
        path, _, anchor = told.xpath("./a/@href")[0].partition("#")
        assert path == f"/q/{QUESTION}/"
        place = answer.xpath("//*[@id=$name]", name=anchor)
        assert len(place) == 1, anchor
        words = (told.xpath("./b")[0].tail or "").strip() if told.xpath("./b") else ""
        quoted += bool(words)
        assert " ".join(words.split()) in " ".join(place[0].text_content().split())
    assert quoted > 3


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("page.html", "<!doctype html>"),
        ("audit.json", '"claims"'),
        ("letter.md", "To the editor"),
        ("rewritten.md", "Vitamin K2 for tingling feet"),
        ("rewritten.diff", "--- Pasted text"),
    ],
)
def test_an_audit_can_be_taken_away(site, audited, form, words):
    reply = site.ask(f"{audited}/{form}")
    assert reply.status == 200
    assert words in reply.text
    assert reply.headers["content-disposition"] == f'attachment; filename="{form}"'


def test_the_interface_gives_what_the_python_face_gives(site):
    body = json.dumps({"text": TEXT, "question": QUESTION}).encode()
    reply = site.ask(
        "/api/audit",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": "application/json"},
        body=body,
    )
    ours = weigh.audit_article(TEXT, load(FOLDER)).to_dict()
    assert json.loads(reply.text) == json.loads(json.dumps(ours))


def test_a_file_is_read_by_what_is_in_it_and_its_name_is_only_a_name(site):
    reply = upload(site, "../../etc/page.html", f"<h1>Salt</h1><p>{TEXT[:600]}</p>".encode())
    page = site.ask(reply.headers["location"]).text
    assert "page.html" in page
    assert "etc/page.html" not in page


def test_without_a_question_the_page_and_its_wording_are_read_alone(site):
    reply = paste(site, TEXT, question="")
    page = site.ask(reply.headers["location"]).text
    assert "none was held against" in page


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("  ", 422, "Found no article"),
        ("Ce texte est écrit en français et parle de la vitamine K et des nerfs. " * 8, 422, "fr"),
    ],
)
def test_what_cannot_be_audited_is_told(site, text, status, words):
    reply = paste(site, text)
    assert reply.status == status
    assert words in reply.text


def test_nothing_of_an_article_runs_on_its_page(site):
    hostile = TEXT + "\n\nVitamin K2 <script>alert(1)</script> cures <img src=x onerror=alert(2)>."
    page = site.ask(paste(site, hostile).headers["location"])
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


def test_an_audit_that_was_not_made_is_told(site):
    for path in ("/audits/nothing", "/audits/nothing.json", "/audits/nothing/letter.md"):
        assert site.ask(path).status == 404


def test_what_is_pasted_may_be_as_long_as_a_file(site):
    edge = "----edge"
    text = f"<p>Zinc prevents colds.</p><!-- {'so many words ' * 90_000} -->"
    assert len(text) > 2**20
    body = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("question", "zinc-common-cold"), ("text", text))
    )
    reply = site.ask(
        "/audit",
        method="POST",
        headers={"Origin": site.origin, "Content-Type": f"multipart/form-data; boundary={edge}"},
        body=f"{body}--{edge}--\r\n".encode(),
    )
    assert reply.status == 303


def test_one_pasted_sentence_is_held_against_the_evidence(site):
    address = paste(site, "Zinc cures colds.", "zinc-common-cold").headers["location"]
    (claim,) = json.loads(site.ask(f"{address}.json").text)["claims"]
    assert claim["verdict"] == "overstated"
    heading = html.fromstring(site.ask(address).text).xpath("//main//h1")[0]
    assert heading.text_content() == "Pasted text"


def test_what_cannot_be_audited_leads_back_to_the_desk(site):
    reply = paste(site, "  ")
    assert reply.status == 422
    assert html.fromstring(reply.text).xpath("//main//a[text()='Audit an article']/@href") == [
        "/audit"
    ]
