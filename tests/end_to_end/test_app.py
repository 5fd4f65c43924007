"""The app in a real browser: settings that a reader makes, the panel, the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import weigh
from weigh.evidence.reader import ReaderSettings
from weigh.folder import example_article, example_folders
from weigh.workflow.reader import reread

ZINC = "/q/zinc-common-cold/"


@pytest.fixture
def enter(site, open_page):
    """Open a page of the app with its key."""

    def entered(path, **options):
        page = open_page(site.first_address, online=True, **options)
        page.goto(site.origin + path)
        return page

    return entered


@pytest.fixture(scope="module")
def evidence():
    return weigh.load(next(p for p in example_folders() if p.name == "zinc-common-cold"))


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"{ZINC}nodes/prevention.pooled.estimate",
        f"{ZINC}studies/turner-2001",
        f"{ZINC}c/adverse-events-treatment/plots",
        f"{ZINC}ask?q=side+effects",
        f"{ZINC}versions",
    ],
)
def test_axe_finds_nothing(enter, axe, path, width, scheme):
    page = enter(path, width=width, scheme=scheme)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_an_answer_with_its_form_open(enter, axe, width, scheme):
    page = enter(f"{ZINC}?c=prevention&method=DL", width=width, scheme=scheme)
    # One card is enough of the figures: axe takes long over the rest, which is of the same make.
    others = "article.card:not(#outcome-prevention)"
    page.evaluate(f"document.querySelectorAll('{others}').forEach(card => card.remove())")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("control", "value", "settings"),
    [
        ("method", "DL", ReaderSettings(method="DL")),
        ("test", "z", ReaderSettings(test="z")),
        ("measure", "OR", ReaderSettings(measure="OR")),
    ],
)
def test_a_choice_redraws_the_card_with_the_python_face_s_numbers(
    enter, evidence, control, value, settings
):
    page = enter(ZINC)
    card = page.locator("#outcome-prevention")
    card.locator("summary", has_text="Look at it your way").click()
    card.locator(f"select[name={control}]").select_option(value)
    page.wait_for_selector("#outcome-prevention .readers")
    wanted = reread(evidence, "prevention", settings).comparison
    assert wanted.statement.text in card.inner_text()
    assert f"{control}={value}" in page.url
    page.reload()
    assert wanted.statement.text in page.locator("#outcome-prevention").inner_text()


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


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
@pytest.mark.parametrize(
    "path",
    [
        "/q/vitamin-k-peripheral-neuropathy/judge",
        "/q/vitamin-k-peripheral-neuropathy/judge/certainty?comparison=leg-cramps&domain=imprecision",
    ],
)
def test_axe_finds_nothing_where_judgements_are_made(enter, axe, path, width, scheme):
    page = enter(path, width=width, scheme=scheme)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_would_follow_is_seen_before_it_is_saved(enter, axe):
    page = enter("/q/vitamin-k-peripheral-neuropathy/judge")
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
