"""Answer pages: the list, the answer, a reader's settings, where a number comes from."""

from __future__ import annotations

import json
import shutil

import pytest
from lxml import html
from printing import FORMS

import weigh
from weigh.folder import example_folders
from weigh.web.addresses import read_settings
from weigh.workflow.exporting import export
from weigh.workflow.reader import reread

FOLDER = next(path for path in example_folders() if path.name == "zinc-common-cold")


@pytest.fixture(scope="module")
def evidence():
    return weigh.load(FOLDER)


def test_the_list_has_each_question_with_its_sentence_and_certainty(site):
    page = html.fromstring(site.ask("/").text)
    cards = page.xpath("//article")
    assert len(cards) == len(example_folders())
    for card in cards:
        link = card.xpath(".//h2/a/@href")[0]
        assert site.ask(link).status == 200


def test_the_answer_as_data_is_what_the_command_line_writes(site, evidence):
    text = site.ask("/q/zinc-common-cold.json").text
    assert json.loads(text)["fingerprint"] == evidence.fingerprint
    assert text == site.ask("/q/zinc-common-cold/answer.json").text


def test_every_number_of_the_page_leads_to_a_page_that_tells_of_it(site):
    page = html.fromstring(site.ask("/q/zinc-common-cold/").text)
    links = sorted(set(page.xpath("//a[@class='n']/@href")))
    assert len(links) > 100
    for link in links[::10]:
        reply = site.ask(link)
        assert reply.status == 200
        assert "Where this comes from" in reply.text


def test_an_address_without_its_slash_finds_the_page(site):
    reply = site.ask("/q/zinc-common-cold")
    assert reply.status in (307, 308)


@pytest.mark.parametrize(
    "query",
    [
        "method=DL&test=z",
        "method=MH&test=z",
        "measure=OR",
        "baseline=0.3",
        "without=turner-2001",
    ],
)
def test_a_setting_gives_the_python_face_s_own_numbers(site, evidence, query):
    settings = read_settings(dict([[n, [v]] for n, v in (p.split("=") for p in query.split("&"))]))
    ours = reread(evidence, "prevention", settings)
    theirs = json.loads(site.ask(f"/q/zinc-common-cold/c/prevention.json?{query}").text)
    assert theirs["comparison"]["pooled"] == json.loads(
        json.dumps(ours.comparison.pooled.to_dict())
    )
    assert theirs["comparison"]["statement"]["text"] == ours.comparison.statement.text
    card = html.fromstring(
        site.ask(f"/q/zinc-common-cold/c/prevention/card?c=prevention&{query}").text
    )
    assert ours.comparison.statement.text in card.text_content()
    assert "Reader's settings" in card.text_content()


def test_a_page_opened_with_settings_shows_them_without_scripts(site):
    page = html.fromstring(site.ask("/q/zinc-common-cold/?c=prevention&method=PM").text)
    card = page.get_element_by_id("outcome-prevention")
    assert card.xpath(".//select[@name='method']/option[@selected]/@value") == ["PM"]
    assert "Reader's settings" in card.text_content()
    other = page.get_element_by_id("outcome-duration")
    assert "Reader's settings" not in other.text_content()
    link = card.xpath(".//a[@class='n']/@href")[-1]
    assert "method=PM" in link
    assert site.ask(link).status == 200


def test_what_a_reader_set_is_told_in_words_and_given_back_one_by_one(site):
    query = "c=prevention&method=DL&baseline=20%25&without=turner-2001"
    page = html.fromstring(site.ask(f"/q/zinc-common-cold/?{query}").text)
    card = page.get_element_by_id("outcome-prevention")
    told = {
        item.text_content().split(":")[0].strip(): item for item in card.xpath(".//ul/li[.//b]")
    }
    assert told["estimator"].xpath(".//b/text()") == ["random effects, DerSimonian–Laird"]
    assert told["left out"].xpath(".//b/text()") == ["Turner 2001"]
    undo = told["estimator"].xpath(".//a")[0]
    assert "DL" not in undo.get("href")
    assert undo.get("data-reset") == "c=prevention&without=turner-2001&baseline=0.2"
    without = html.fromstring(site.ask(undo.get("href").split("#")[0]).text)
    assert not without.get_element_by_id("outcome-prevention").xpath(".//b[contains(., 'Laird')]")


def test_the_summary_of_findings_follows_a_reader_s_settings(site, evidence):
    settings = read_settings({"baseline": ["0.3"]})
    wanted = reread(evidence, "prevention", settings).comparison
    path = "/q/zinc-common-cold/c/prevention/card?c=prevention&baseline=0.3"
    for text in (
        site.ask(path).text,
        site.ask("/q/zinc-common-cold/?c=prevention&baseline=0.3").text,
    ):
        row = html.fromstring(text).xpath(
            "//*[@id='findings']//tr[.//a[@href='#outcome-prevention']]"
        )[0]
        assert wanted.statement.text in row.text_content()
        assert "Reader's settings" in row.text_content()
    own = html.fromstring(site.ask("/q/zinc-common-cold/c/prevention/card").text)
    assert "Reader's settings" not in own.text_content()


def test_settings_that_leave_no_study_say_so(site):
    reply = site.ask("/q/zinc-common-cold/c/prevention/card?c=prevention&bias=low")
    assert reply.status == 200
    assert "These settings leave no study." in reply.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/q/zink/", 404, "There is no question 'zink'."),
        ("/q/zinc-common-cold/?c=prevention&method=LASSO", 422, "method: found 'LASSO'"),
        ("/q/zinc-common-cold/?method=DL", 422, "found settings without a comparison"),
        ("/q/zinc-common-cold/c/preventoin/card", 404, "There is no comparison 'preventoin'."),
        ("/q/zinc-common-cold/c/prevention.json?baseline=7", 422, "baseline: found '7'"),
        ("/q/zinc-common-cold/nodes/nothing", 404, "There is no number 'nothing'."),
        ("/q/zinc-common-cold/plots/nothing.svg", 404, "There is no plot 'nothing'."),
        ("/nowhere", 404, "There is no page at this address."),
    ],
)
def test_what_cannot_be_shown_is_told_in_words(site, path, status, words):
    reply = site.ask(path)
    assert reply.status == status
    assert words.replace("'", "&#39;") in reply.text or words in reply.text.replace('\\"', '"')


def test_a_plot_is_a_file_of_its_own_under_the_same_settings(site):
    own = site.ask("/q/zinc-common-cold/plots/forest-prevention.svg")
    other = site.ask(
        "/q/zinc-common-cold/plots/forest-prevention.svg?c=prevention&method=DL&test=z"
    )
    assert own.headers["content-type"].startswith("image/svg+xml")
    assert "Knapp–Hartung" in own.text
    assert "DerSimonian–Laird" in other.text
    assert own.text != other.text
    picture = site.ask("/q/zinc-common-cold/plots/forest-prevention.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_a_folder_that_changes_is_read_again_and_one_with_faults_says_which(serving, tmp_path):
    folder = tmp_path / "cold"
    shutil.copytree(FOLDER, folder)
    site = serving(folder)
    title = folder / "question.yaml"
    before = title.read_text(encoding="utf-8")
    assert "Does zinc" in site.ask("/").text
    title.write_text(before.replace("Does zinc", "Can zinc"), encoding="utf-8")
    assert "Can zinc" in site.ask("/").text
    title.write_text("id: [", encoding="utf-8")
    assert "question.yaml, line" in site.ask("/").text
    assert site.ask("/q/cold/").status == 422
    title.write_text(before, encoding="utf-8")
    assert site.ask("/q/cold/").status == 200


@pytest.mark.parametrize("form", FORMS)
def test_every_export_is_what_the_python_face_gives(site, evidence, form):
    reply = site.ask(f"/q/zinc-common-cold/export/{form}")
    assert reply.content == export(weigh.answer_question(evidence), form)
    assert reply.headers["content-disposition"].startswith("attachment")


def test_settings_that_leave_no_study_stand_on_the_whole_page_too(site, evidence):
    (own,) = [c for c in weigh.answer_question(evidence).comparisons if c.id == "prevention"]
    out = ",".join(study.id for study in own.all_studies)
    page = html.fromstring(site.ask(f"/q/zinc-common-cold/?c=prevention&without={out}").text)
    (card,) = page.xpath("//article[@id='outcome-prevention']")
    assert "These settings leave no study." in card.text_content()
    assert card.xpath(".//a[@data-reset]")
    assert len(page.xpath("//article[@id='outcome-prevention']//input[@checked]")) == len(
        own.all_studies
    )


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/q/zinc-common-cold/?c=prevention&baseline=0", ["/q/zinc-common-cold/"]),
        ("/q/zinc-common-cold/studies/nobody-2020", ["/q/zinc-common-cold/"]),
        ("/q/nothing/", []),
    ],
)
def test_what_went_wrong_within_an_answer_leads_back_to_it(site, path, back):
    page = html.fromstring(site.ask(path).text)
    assert page.xpath("//main//a[text()='Back to the answer']/@href") == back


def test_settings_that_change_nothing_of_the_whole_say_so(site):
    card = site.ask("/q/zinc-common-cold/c/prevention/card?method=DL").text
    assert "unclear (certainty: very low), as it does in the folder." in card
