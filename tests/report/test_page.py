"""The answer page as a file: what stands on it, where it leads, and what it never does."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import replace

import pytest
from report.reading import broken_links, headings, loaded, orphans, tree
from report.sample import sample_answer, with_phrase

from weigh.evidence.statement import Phrase, Quantity, say
from weigh.report import IndexEntry, render, render_index
from weigh.report.body import css_string

ORDER = [
    "answer",
    "summary",
    "key-points",
    "background",
    "trials",
    "findings",
    "forms",
    "mechanisms",
    "risks",
    "groups",
    "flips",
    "gaps",
    "alternatives",
    "other-views",
    "conclusion",
    "questions",
    "references",
    "methods",
    "disclaimer",
    "sources",
]


def test_every_number_on_the_page_leads_to_a_source(rendered):
    nodes = json.loads(rendered.json)["trace"]["nodes"]

    assert orphans(rendered.html, nodes) == []


def test_a_number_without_a_node_would_be_found(answer):
    """The reader above is no rubber stamp."""
    page = render(with_phrase(answer, say("It helped 17 people."))).html

    found = orphans(page, answer.trace.to_dict())

    assert any("'17' leads nowhere" in fault for fault in found)


def test_every_link_inside_the_page_leads_somewhere_and_no_id_stands_twice(rendered):
    assert broken_links(rendered.html) == []


def test_each_number_shown_has_its_entry_in_the_appendix(rendered):
    root = tree(rendered.html)
    entries = {e.get("id") for e in root.find(".//ul[@class='nodes']")}
    shown = {e.get("data-node") for e in root.iter() if e.get("data-node")}

    assert {"node-" + "_".join(node.split()) for node in shown} - entries == set()


def test_an_entry_names_file_line_column_words_and_source(rendered):
    entry = tree(rendered.html).get_element_by_id("node-facts.some")

    text = " ".join(entry.text_content().split())

    assert "A number of the folder: 42" in text
    assert "results.csv, line 2, some; Table 2 of the source" in text
    assert "the group had 42" in text
    assert entry.xpath(".//a[@href='#ref-1']")


def test_the_page_loads_nothing(rendered):
    assert loaded(rendered.html) == []


def test_the_same_answer_gives_the_same_bytes(rendered):
    again = render(sample_answer())

    assert again == rendered


def test_there_is_one_first_heading_and_no_level_is_skipped(rendered):
    levels = headings(rendered.html)

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_sections_stand_in_the_order_of_the_page_and_in_its_contents(rendered):
    root = tree(rendered.html)
    sections = [e.get("id") for e in root.findall(".//main/section")]
    listed = [a.get("href") for a in root.findall(".//nav//a")]

    assert sections == ORDER
    assert listed == [f"#{name}" for name in ORDER]


def test_a_section_with_nothing_to_say_is_left_out_of_page_and_contents(answer):
    page = render(replace(answer, faq=(), background=())).html

    root = tree(page)

    assert root.find(".//*[@id='questions']") is None
    assert "#background" not in [a.get("href") for a in root.findall(".//nav//a")]
    assert broken_links(page) == []


def test_a_danger_is_told_before_the_summary(rendered):
    danger = rendered.html.index("Blood thinners of the warfarin kind")

    assert danger < rendered.html.index('id="summary"')


def test_a_retracted_report_is_struck_and_says_so(rendered):
    entry = tree(rendered.html).get_element_by_id("ref-6")

    assert entry.find(".//s").text == "A report that was withdrawn"
    assert "Retracted." in entry.text_content()


def test_an_edited_judgement_shows_who_edited_it_and_what_the_rules_gave(rendered):
    text = " ".join(tree(rendered.html).get_element_by_id("outcome-awake").text_content().split())

    assert "Edited judgement by A. Reviewer. The rules gave: lowered by two levels." in text


def test_words_of_a_folder_are_text_and_never_markup(answer):
    evil = "</style><script>alert(1)</script><b>&"
    question = answer.question.model_copy(update={"title": evil})
    page = render(replace(answer, question=question)).html

    root = tree(page)

    assert root.find(".//h1").text == evil
    assert len(list(root.iter("script"))) == 2
    assert "<" not in "".join(e.text for e in root.iter("style"))
    assert root.find(".//main//b[.='&']") is None


def test_a_marked_number_keeps_its_words_and_its_node(answer):
    phrase = say("a <b> {n} & more", n=Quantity(text="4<2", node="facts.some"))
    root = tree(render(with_phrase(answer, phrase)).html)

    sentence = root.find(".//div[@class='verdict verdict-benefit']/p")

    assert sentence.find("a").text == "4<2"
    assert sentence.text_content().startswith("a <b> 4<2 & more")


def test_a_statement_that_comes_twice_has_its_id_once(rendered):
    root = tree(rendered.html)

    assert len(root.xpath("//*[@id='s-form.1']")) == 1
    assert rendered.html.count("Fewer woke: ") > 1


def test_data_are_json_without_nan(answer):
    broken = replace(answer.comparisons[0], people=0)
    natural = replace(answer.comparisons[0].natural, ci_low=math.nan, pi_low=math.inf)
    held = replace(answer, comparisons=(replace(broken, natural=natural),))

    document = json.loads(render(held).json, parse_constant=pytest.fail)

    assert document["comparisons"][0]["natural"]["ci_low"] is None


def test_data_are_those_of_the_answer(rendered, answer):
    assert json.loads(rendered.json) == json.loads(json.dumps(answer.to_dict()))


def test_a_page_is_made_where_there_is_no_evidence_at_all(answer):
    empty = replace(
        answer,
        comparisons=(),
        stories=(),
        mechanisms=type(answer.mechanisms)(),
        forms=type(answer.forms)(),
        safety=type(answer.safety)(),
        references=(),
        flips=(),
    )

    rendered = render(empty)

    assert rendered.plots == {}
    assert "That is a gap" in rendered.html


def test_the_reading_time_follows_the_text(answer):
    long = Phrase(text="word " * 4000)

    short_page, long_page = render(answer).html, render(with_phrase(answer, long)).html
    minutes = [
        int(re.search(r"all of it about (\d+)", p).group(1)) for p in (short_page, long_page)
    ]

    assert 19 <= minutes[1] - minutes[0] <= 21


def test_the_printed_foot_cannot_be_broken_out_of():
    assert css_string('a"} </style>') == '"a\\000022\\00007d \\00003c\\00002fstyle\\00003e"'


def test_the_index_links_each_answer_with_its_sentence_and_certainty(answer):
    page = render_index([IndexEntry(answer=answer, link="one/index.html")])

    card = tree(page).find(".//article")

    assert card.find(".//a").get("href") == "one/index.html"
    assert answer.verdict.sentence.text in card.text_content()
    assert "Low certainty" in card.text_content()
    assert loaded(page) == []
