"""The browser and the accessibility checker do what the other tests here count on."""

from __future__ import annotations

import hashlib

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Plain</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Plain</h1><p>A page with nothing wrong.</p></main></body></html>"""

BAD = GOOD.replace("<p>", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p>').replace(
    ' lang="en"', ""
)


def test_axe_finds_nothing_on_a_sound_page(tmp_path, open_page, axe):
    page = tmp_path / "good.html"
    page.write_text(GOOD, encoding="utf-8")

    assert axe(open_page(page)) == []


def test_axe_names_each_rule_that_a_page_breaks(tmp_path, open_page, axe):
    page = tmp_path / "bad.html"
    page.write_text(BAD, encoding="utf-8")

    found = axe(open_page(page))

    assert {violation.rule for violation in found} == {"html-has-lang", "image-alt"}
    assert [str(v) for v in found if v.rule == "image-alt"] == [
        "image-alt (critical): Images must have alternative text, at img"
    ]


def test_a_page_sees_the_width_and_colours_it_was_opened_with(tmp_path, open_page):
    path = tmp_path / "good.html"
    path.write_text(GOOD, encoding="utf-8")

    page = open_page(path, width=360, scheme="dark")

    assert page.evaluate("innerWidth") == 360
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is True


def test_the_vendored_axe_is_the_published_file(request):
    folder = request.config.rootpath / "tests" / "data" / "axe"

    found = hashlib.sha256((folder / "axe.min.js").read_bytes()).hexdigest()

    assert f"`{found}`" in (folder / "README.md").read_text(encoding="utf-8")
