"""A real Chromium for tests of pages, and axe-core to judge them.

Playwright drives the Chromium that is on the PATH (Debian's; see `scripts/browser.sh`), so nothing
downloads a browser. Without one these tests are skipped, or fail where continuous integration
(`CI`) or `WEIGH_REQUIRE_BROWSER` says that there must be one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from serving import Site, serve

from weigh.folder import example_folders

AXE = Path(__file__).parents[1] / "data" / "axe" / "axe.min.js"

# No sandbox because containers run as root; the rest keeps Chromium from looking up its maker.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One accessibility rule that a page breaks, and where."""

    rule: str
    impact: str
    help: str
    where: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.help}, at {', '.join(self.where)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for the browser, so that ``-m "not browser"`` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole run (one for each xdist worker)."""
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "no `chromium` on the PATH; scripts/browser.sh installs it or says how"
        if {os.environ.get("CI"), os.environ.get("WEIGH_REQUIRE_BROWSER")} & {"1", "true"}:
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a file or address: ``open_page(path, width=360, scheme="dark")``.

    Each page has a browser context of its own, cut off from the network unless ``online=True``
    (for pages that the test itself serves); an error on the page's console fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def opened(
        where: Path | str,
        *,
        width: int = 1280,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        online: bool = False,
        javascript: bool = True,
        refused: int | None = None,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            offline=not online,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # A refusal that the test asks for is told on the console too.
        awaited = f"responded with a status of {refused} "
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and awaited not in message.text
                else None
            ),
        )
        page.goto(where.resolve().as_uri() if isinstance(where, Path) else where)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[Violation]]:
    """Return a function that lists every axe-core violation of a page, best practices included."""
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[Violation]:
        page.evaluate(source)
        # target-size is WCAG 2.2 and off unless asked for.
        found = page.evaluate(
            """async () => {
                const options = {
                    resultTypes: ["violations"],
                    rules: {"target-size": {enabled: true}},
                };
                return (await axe.run(document, options)).violations;
            }"""
        )
        return [
            Violation(
                rule=rule["id"],
                impact=rule["impact"] or "unrated",
                help=rule["help"],
                where=tuple(" ".join(map(str, node["target"])) for node in rule["nodes"]),
            )
            for rule in found
        ]

    return violations


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The worked examples, served."""
    yield from serve(list(example_folders()))
