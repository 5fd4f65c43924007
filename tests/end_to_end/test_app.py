"""The app in a real browser: settings that a reader makes, the panel, the keyboard."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from serving import Site, serve

import weigh
from weigh.evidence.reader import ReaderSettings
from weigh.folder import check, example_article, example_folders, load
from weigh.folder.versions import keep, versions
from weigh.workflow.reader import reread

ZINC = "/q/zinc-common-cold/"
VITAMIN_K = "/q/vitamin-k-peripheral-neuropathy/"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def enter(site, open_page):
    """Open a page of the app with its key."""

    def entered(path, **options):
        page = open_page(site.first_address, online=True, **options)
        page.goto(site.origin + path)
        return page

    return entered


@dataclass(frozen=True, kw_only=True)
class Desk(Site):
    """A site whose folders may be changed; `folder` is where they lie."""

    folder: Path


@pytest.fixture
def desk(tmp_path):
    """Copies of two worked examples, served; the version of before a change of title is kept."""
    names = (ZINC.split("/")[2], VITAMIN_K.split("/")[2])
    folders = [
        shutil.copytree(path, tmp_path / path.name)
        for path in example_folders()
        if path.name in names
    ]
    for folder in folders:
        keep(folder, why="Before another title", by="Ada", now=NOON)
        question = folder / "question.yaml"
        question.write_text(question.read_text().replace("title: Does", "title: Can"))
    for site in serve(folders, home=tmp_path):
        yield Desk(port=site.port, served=site.served, folder=tmp_path)


@pytest.fixture(scope="module")
def evidence():
    return weigh.load(next(p for p in example_folders() if p.name == "zinc-common-cold"))


def trimmed(page):
    """Leave one card and one question: axe takes long, and the others are of the same make."""
    rest = "article.card ~ article.card, #studies, .qa ~ .qa, .references li ~ li, #gaps li ~ li"
    page.evaluate(f"document.querySelectorAll('{rest}').forEach(part => part.remove())")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(desk, open_page, axe, width, scheme):
    page = open_page(desk.first_address, online=True, width=width, scheme=scheme, refused=404)
    version = versions(desk.folder / "zinc-common-cold")[0].id
    found = {}
    for path in (
        "/",
        "/new",
        "/audit",
        "/q/nothing/",
        f"{ZINC}begin",
        f"{ZINC}?c=prevention&method=DL",
        f"{ZINC}nodes/prevention.pooled.estimate",
        f"{ZINC}studies/turner-2001",
        f"{ZINC}c/adverse-events-treatment/plots",
        f"{ZINC}ask?q=side+effects",
        f"{ZINC}ask?q=xyzzy",
        f"{ZINC}versions",
        f"{ZINC}versions/{version}/",
        f"{ZINC}versions/{version}/diff",
        VITAMIN_K,
        f"{VITAMIN_K}judge",
        f"{VITAMIN_K}judge/certainty?comparison=leg-cramps&domain=imprecision",
        f"{VITAMIN_K}judge/bias?study=mehta-2021&domain=randomization_process",
    ):
        page.goto(desk.origin + path)
        trimmed(page)
        violations = [str(violation) for violation in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            violations.append("the page scrolls sideways")
        if violations:
            found[path] = violations
    assert found == {}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (
            "zinc-common-cold",
            [
                ("prevention", "method", "DL", ReaderSettings(method="DL")),
                ("prevention", "test", "z", ReaderSettings(test="z")),
                ("prevention", "measure", "OR", ReaderSettings(measure="OR")),
                ("prevention", "baseline", "30 in 100", ReaderSettings(baseline=0.3)),
                ("prevention", "mid", "0.001", ReaderSettings(mid=0.001)),
                ("prevention", "bias", "low", ReaderSettings(bias="low")),
                ("prevention", "without", "turner-2001", ReaderSettings(without=("turner-2001",))),
            ],
        ),
        (
            "alpha-lipoic-acid-diabetic-polyneuropathy",
            [
                ("cochrane-ae", "form", "oral", ReaderSettings(form="oral")),
                ("cochrane-impairment-24m", "weeks", "20-200", ReaderSettings(weeks=(20, 200))),
            ],
        ),
        (
            "vitamin-k-peripheral-neuropathy",
            [("leg-cramps", "subgroup", "residual", ReaderSettings(subgroup="residual"))],
        ),
    ],
)
def test_every_control_gives_the_python_face_s_numbers_and_is_given_back(enter, name, changes):
    evidence = weigh.load(next(p for p in example_folders() if p.name == name))
    page = enter(f"/q/{name}/")
    for comparison, control, value, settings in changes:
        card = page.locator(f"#outcome-{comparison}")
        own = card.inner_text()
        card.locator("summary", has_text="Look at it your way").click()
        field = card.locator(f"[name={control}]").first
        if control == "without":
            card.locator(f"[name=without][value={value}]").check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.press("Enter")
        expect(card.locator(".readers")).to_have_count(1)
        assert f"{control}=" in page.url
        wanted = reread(evidence, comparison, settings).comparison
        if wanted is None:
            expect(card).to_contain_text("These settings leave no study.")
        else:
            expect(card.locator(".statement").first).to_contain_text(wanted.statement.text)
            row = page.locator(f"#findings tr:has(a[href='#outcome-{comparison}'])")
            if row.count():
                expect(row).to_contain_text("Reader's settings")
                expect(row).to_contain_text(wanted.statement.text)
            picture = card.locator(".plot svg").first.text_content()
            for study in wanted.studies:
                assert study.study.label in picture
        card.get_by_text("Back to the folder's").click()
        expect(card.locator(".readers")).to_have_count(0)
        assert "?" not in page.url
        card.locator("summary", has_text="Look at it your way").click()
        assert card.inner_text() == own


def test_typed_settings_follow_and_one_click_brings_the_folder_s_back(enter, evidence):
    page = enter(ZINC)
    card = page.locator("#outcome-prevention")
    before = card.locator(".statement").first.inner_text()
    card.locator("summary", has_text="Look at it your way").click()
    card.locator("input[name=baseline]").fill("0.3")
    card.locator("input[name=baseline]").press("Enter")
    page.wait_for_selector("#outcome-prevention .readers")
    wanted = reread(evidence, "prevention", ReaderSettings(baseline=0.3)).comparison
    assert wanted.statement.text in card.inner_text()
    assert page.evaluate("document.activeElement.name") == "baseline"
    card.get_by_text("Back to the folder's").click()
    page.wait_for_selector("#outcome-prevention:not(:has(.readers))")
    assert card.locator(".statement").first.inner_text() == before
    assert "?" not in page.url


def test_a_wrong_setting_is_told_beside_the_form_and_nothing_changes(enter):
    page = enter(ZINC, refused=422)
    card = page.locator("#outcome-prevention")
    before = card.locator(".statement").first.inner_text()
    card.locator("summary", has_text="Look at it your way").click()
    card.locator("input[name=weeks]").fill("9-3")
    with page.expect_response(lambda reply: "weeks=9-3" in reply.url):
        card.locator("input[name=weeks]").press("Enter")
    page.wait_for_selector("#outcome-prevention .problem:not(:empty)")
    assert "weeks: found '9-3'" in card.locator(".problem").inner_text()
    assert card.locator(".statement").first.inner_text() == before


def test_a_study_is_left_out_by_keyboard_alone(enter, evidence):
    page = enter(ZINC)
    page.locator("#outcome-prevention summary", has_text="Look at it your way").focus()
    page.keyboard.press("Enter")
    page.locator("#outcome-prevention input[name=without]").first.focus()
    page.keyboard.press("Space")
    page.wait_for_selector("#outcome-prevention .readers")
    first = next(c for c in weigh.answer_question(evidence).comparisons if c.id == "prevention")
    away = first.studies[0].study.id
    wanted = reread(evidence, "prevention", ReaderSettings(without=(away,))).comparison
    assert wanted.statement.text in page.locator("#outcome-prevention").inner_text()
    assert wanted.statement.text in page.locator("#said").inner_text()


def test_a_number_opens_the_panel_and_walks_down_to_its_cell(enter):
    page = enter(f"{ZINC}?c=prevention&method=DL")
    page.locator("#outcome-prevention .statement a.n").first.click()
    page.wait_for_selector("#panel:not([hidden])")
    for _ in range(12):
        if page.locator("#panel .place").count():
            break
        words = page.locator("#panel-body").inner_text()
        page.locator("#panel-body a[data-node]").first.click()
        expect(page.locator("#panel-body")).not_to_have_text(words, use_inner_text=True)
    assert ".csv, line" in page.locator("#panel .place").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()


def test_without_scripts_the_form_is_sent_as_a_form(site, enter, evidence):
    page = enter(ZINC, javascript=False)
    card = page.locator("#outcome-prevention")
    card.locator("summary", has_text="Look at it your way").click()
    card.locator("select[name=method]").select_option("PM")
    card.get_by_role("button", name="Show").click()
    wanted = reread(evidence, "prevention", ReaderSettings(method="PM")).comparison
    assert wanted.statement.text in page.locator("#outcome-prevention").inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_chain_is_lit_by_keyboard_and_without_scripts(enter, javascript):
    page = enter("/q/vitamin-k-peripheral-neuropathy/", javascript=javascript)
    page.locator("#chain-0").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#chain-1").is_checked()
    on, off = page.locator("#mechanisms .on-1").first, page.locator(".link:not(.on-1)").first
    expect(on).to_have_css("opacity", "1")
    expect(off).to_have_css("opacity", "0.12")
    expect(page.locator("text.weak-1").first).to_have_css("fill", "rgb(139, 26, 26)")
    page.locator("label:has(#chain-2)").hover()
    expect(page.locator(".on-2").first).to_have_css("opacity", "1")
    expect(page.locator("text.weak-1").first).to_have_css("opacity", "0.12")


def test_what_is_pointed_at_in_the_picture_lights_its_chains_and_names_the_weakest_link(enter, axe):
    page = enter("/q/vitamin-k-peripheral-neuropathy/")
    told = page.locator("#mechanisms .lights")
    page.locator("[data-about='Gas6']").hover()
    expect(told).to_contain_text("Gas6 · On one chain.")
    expect(told).to_contain_text("Gas6 → TAM receptors (Tyro3, Axl, MerTK), seen only in cells")
    expect(page.locator("text.on-2:not(.on-1)").first).to_have_css("opacity", "0.12")
    expect(page.locator("text.on-1").first).to_have_css("opacity", "1")
    expect(page.locator("text.weak-1").first).to_have_css("fill", "rgb(139, 26, 26)")
    assert axe(page) == []
    # A thing on two chains of its pathway lights both, whichever button is chosen.
    page.locator("#chain-3").check()
    page.locator("[data-about='vitamin K']").first.hover()
    expect(told.locator("li")).to_have_count(2)
    expect(page.locator("text.on-2").first).to_have_css("opacity", "1")
    page.mouse.move(0, 0)
    expect(page.locator("text.on-2").first).to_have_css("opacity", "0.12")


def test_an_arrow_of_the_picture_is_lit_and_opened_by_keyboard(enter):
    page = enter("/q/vitamin-k-peripheral-neuropathy/")
    page.locator("#mechanisms .plot .scroll").focus()
    page.keyboard.press("Tab")
    told = page.locator("#mechanisms .lights b")
    about = page.evaluate("document.activeElement.dataset.about")
    assert "→" in about
    expect(told).to_have_text(about, use_inner_text=True)
    page.keyboard.press("Enter")
    expect(page.locator("#panel-body")).to_contain_text("mechanisms.csv, line")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('[data-about]').dataset.about") == about
    page.keyboard.press("Escape")
    assert page.locator("#mechanisms.pointed").count() == 0


def test_a_judgement_is_on_the_page_in_the_folder_and_there_after_a_restart(desk, open_page, axe):
    page = open_page(desk.first_address, online=True)
    page.goto(f"{desk.origin}{VITAMIN_K}judge")
    page.get_by_label("Change Indirectness of Leg cramps at night").click()
    page.get_by_label("Your judgement").select_option("0")
    page.get_by_label("Why").fill("Cramps are near enough.")
    page.get_by_label("Your name").fill("R. Reviewer")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('What would follow')")
    assert "Nothing is saved yet." in page.inner_text("main")
    assert axe(page) == []
    page.get_by_text("Leave it as it is").click()
    assert "Nothing yet." in page.inner_text("main")
    page.go_back()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved ")
    assert axe(page) == []
    page.get_by_role("link", name="Answer", exact=True).click()
    card = page.locator("#outcome-leg-cramps")
    expect(card).to_contain_text("Edited judgement by R. Reviewer")
    folder = desk.folder / VITAMIN_K.split("/")[2]
    assert check(folder) == ()
    assert [(o.comparison, o.levels, o.by) for o in load(folder).overrides] == [
        ("leg-cramps", 0, "R. Reviewer")
    ]
    for again in serve([folder]):
        page = open_page(again.first_address, online=True)
        page.goto(again.origin + VITAMIN_K)
        expect(page.locator("#outcome-leg-cramps")).to_contain_text(
            "Edited judgement by R. Reviewer"
        )


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_an_article_goes_from_paste_to_export(enter, axe, width, scheme):
    article, _ = example_article()
    page = enter("/audit", width=width, scheme=scheme)
    assert axe(page) == []
    page.get_by_label("Held against").select_option("vitamin-k-peripheral-neuropathy")
    page.get_by_label("The article").fill(article.read_text(encoding="utf-8"))
    page.get_by_role("button", name="Audit").click()
    page.wait_for_selector(".claim-note")
    assert "Vitamin K2 for tingling feet" in page.inner_text("h1")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as found:
        page.get_by_role("link", name="letter to the editor").click()
    assert "To the editor" in found.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Read it in the answer").last.click()
    expect(page.locator(":target")).to_be_in_viewport()


def test_on_paper_the_answer_stands_unfolded_without_its_controls(enter):
    page = enter(f"{VITAMIN_K}")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#outcome-leg-cramps .domains")).to_be_visible()
    for hidden in (".parts", ".ask", ".reader", ".toc", ".chains", ".masthead nav"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("main > .print-only")).to_contain_text("evidence folder")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#outcome-leg-cramps details[open]").count() == 0
