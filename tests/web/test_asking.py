"""The ask box."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from lxml import html

BASE = "/q/vitamin-k-peripheral-neuropathy"


def test_a_reply_is_a_sentence_of_the_answer_with_its_id(site):
    reply = json.loads(site.ask(f"{BASE}/ask.json?{urlencode({'q': 'who paid?'})}").text)
    answer = site.ask(f"{BASE}.json").text
    assert reply["replies"]
    for found in reply["replies"]:
        assert json.dumps(found["text"], ensure_ascii=False) in answer
        assert f'"{found["id"]}"' in answer


def test_the_page_leads_from_a_reply_to_where_it_stands(site):
    page = html.fromstring(site.ask(f"{BASE}/ask?q=warfarin").text)
    links = page.xpath("//div[@class='card']//a[.='Read it in the answer']/@href")
    assert len(links) == len(page.xpath("//div[@class='card']//code")) > 1
    answer = html.fromstring(site.ask(f"{BASE}/").text)
    anchors = [link.partition("#")[2] for link in links]
    assert any(anchors)
    for anchor in filter(None, anchors):
        assert answer.xpath("//*[@id=$name]", name=anchor)


def test_where_nothing_replies_what_was_asked_before_is_offered(site):
    page = html.fromstring(site.ask(f"{BASE}/ask?q=xyzzy").text)
    offered = page.xpath("//main//ul//a/@href")
    assert len(offered) > 3
    assert "This answer has no sentence" not in site.ask(offered[0]).text


@pytest.mark.parametrize("question", ["the capital of France", "<script>alert(1)</script>"])
def test_where_nothing_replies_the_page_says_so(site, question):
    reply = site.ask(f"{BASE}/ask?{urlencode({'q': question})}")
    assert "This answer has no sentence on that." in reply.text
    assert "<script>alert" not in reply.text


def test_a_question_of_any_length_is_taken(site):
    assert site.ask(f"{BASE}/ask?{urlencode({'q': 'warfarin ' * 800})}").status == 200
