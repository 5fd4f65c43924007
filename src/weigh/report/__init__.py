"""Draws an answer and computes nothing: the page, its data, its plots, an index over several.

`page` makes the files of one answer as strings and `index` the page that links several; writing
them is for others. `audits` draws an audit. `markup` makes numbers into links, `provenance` the
appendix they lead to; `rows` and `findings` lay out tables, `figures` draws.
"""

from __future__ import annotations

from weigh.report.audits import Reviewer, claim_review, letter, render_audit, rewrite
from weigh.report.audits.looks import VERDICTS, strength_words, verdict_words
from weigh.report.index import IndexEntry, render_index
from weigh.report.page import Rendered, render

__all__ = [
    "VERDICTS",
    "IndexEntry",
    "Rendered",
    "Reviewer",
    "claim_review",
    "letter",
    "render",
    "render_audit",
    "render_index",
    "rewrite",
    "strength_words",
    "verdict_words",
]
