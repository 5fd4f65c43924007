"""The web app: answers alive in a browser, each number down to its source.

`app` puts the pages together, one module a page family; `shelf` holds the folders that are served,
`access` decides who may read. Pages are thin: they read an address, call one function of the rooms
below and fill a template.
"""

from __future__ import annotations

from weigh.web.app import create_app

__all__ = ["create_app"]
