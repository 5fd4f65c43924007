"""How Sphinx builds these pages: `make docs`."""

from __future__ import annotations

from importlib.metadata import version as installed_version

project = "weigh"
author = "The weigh developers"
copyright = "The weigh developers"
version = release = installed_version("weigh")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.bibtex",
]

exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
bibtex_default_style = "unsrt"

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_param = False  # types are prose here: "(k,) array_like" names no attribute `k`
napoleon_use_rtype = False
# What stands in single back quotes in a docstring is a name or a piece of code.
default_role = "code"
nitpicky = False

html_theme = "furo"
html_title = f"weigh {release}"
html_copy_source = False
html_show_sourcelink = False
