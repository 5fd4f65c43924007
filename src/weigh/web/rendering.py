"""The app's own templates, and how a page is put into its frame."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup as Html
from starlette.responses import HTMLResponse

from weigh.report.body import environment as report_environment

__all__ = ["asset", "page", "template"]

#: Files that pages may load, by name: where they lie, and what they are.
ASSETS = {
    "page.css": ("weigh.report", "templates", "text/css; charset=utf-8"),
    "chains.css": ("weigh.report", "templates", "text/css; charset=utf-8"),
    "audit.css": ("weigh.report", "templates", "text/css; charset=utf-8"),
    "chains.js": ("weigh.report", "templates", "text/javascript; charset=utf-8"),
    "app.css": ("weigh.web", "static", "text/css; charset=utf-8"),
    "app.js": ("weigh.web", "static", "text/javascript; charset=utf-8"),
}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    base = report_environment()
    assert base.loader is not None
    loader = ChoiceLoader([PackageLoader("weigh.web", "templates"), base.loader])
    return base.overlay(loader=loader)


def template(name: str, **values: Any) -> str:
    """A template, filled."""
    return _environment().get_template(name).render(values)


def page(name: str, *, title: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page: a template in the frame that every page has."""
    content = Html(template(name, title=title, **values))
    return HTMLResponse(
        template("frame.html", title=title, content=content),
        status_code=status,
        headers={"cache-control": "private, no-cache"},
    )


def asset(name: str) -> tuple[bytes, str]:
    """A file that pages load, and its type; KeyError where there is none of the name."""
    package, folder, kind = ASSETS[name]
    return files(package).joinpath(folder, name).read_bytes(), kind
