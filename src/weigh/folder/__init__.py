"""The evidence folder: read, checked with every fault at once, written, begun from a template.

`load` gives the evidence or every reason why not, `check` the reasons alone, `fingerprint` a hash
of what is read. `new` writes a folder to start from, `example_folders` are those that come with
weigh, and `write_text_atomically` is how every output is written.
"""

from __future__ import annotations

from weigh.folder.examples import example_article, example_folders
from weigh.folder.fingerprint import fingerprint
from weigh.folder.reading import check, load
from weigh.folder.scaffold import new
from weigh.folder.writing import write_bytes_atomically, write_text_atomically

__all__ = [
    "check",
    "example_article",
    "example_folders",
    "fingerprint",
    "load",
    "new",
    "write_bytes_atomically",
    "write_text_atomically",
]
