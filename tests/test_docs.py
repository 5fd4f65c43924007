"""What the documentation names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if "_build" not in path.parts
]
CITED = re.compile(r":cite:[a-z]+:`([^`]+)`")
KEY = re.compile(r"^@[a-z]+\{([^,]+),$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)")


def keys() -> list[str]:
    """Return the keys of docs/references.bib in the order in which they stand there."""
    return KEY.findall((ROOT / "docs" / "references.bib").read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors that headings of a page get."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_paper_that_a_docstring_cites_is_in_the_bibliography():
    cited = {
        (key.strip(), str(module.relative_to(ROOT)))
        for module in ROOT.glob("src/**/*.py")
        for group in CITED.findall(module.read_text(encoding="utf-8"))
        for key in group.split(",")
    }

    assert sorted((key, module) for key, module in cited if key not in set(keys())) == []


def test_the_bibliography_is_sorted_and_names_nothing_twice():
    assert keys() == sorted(set(keys()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(page):
    broken = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(f"{target}#{anchor}")

    assert broken == []


def test_every_recipe_that_a_page_names_is_in_the_makefile():
    recipes = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )

    named = {
        word
        for page in PAGES
        for words in re.findall(r"(?:^\$ |`)make ([a-z ]+)", page.read_text(encoding="utf-8"), re.M)
        for word in words.split()
    }

    assert named - recipes == set()
    assert named
