"""Draws an audit and computes nothing: the annotated page, and what others take away from it.

`page` makes the article with every claim marked, as one self-contained HTML file; `claimreview`
the JSON-LD of fact checkers, `letter` a letter to the editor, `rewrite` the article with wording
that the evidence bears. `marking` cuts the text at its claims, `looks` names the verdicts.
"""

from __future__ import annotations

from weigh.report.audits.claimreview import Reviewer, claim_review
from weigh.report.audits.letter import letter
from weigh.report.audits.page import render_audit
from weigh.report.audits.rewrite import rewrite

__all__ = ["Reviewer", "claim_review", "letter", "render_audit", "rewrite"]
