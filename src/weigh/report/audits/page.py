"""The audited article as a page: every claim marked, with its verdict and reason beside it.

One self-contained HTML file. The article's own markup never runs: its words are escaped, and
nothing of it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from markupsafe import Markup as Html

from weigh.evidence.audit import Audit, AuditVerdict, Link
from weigh.report import provenance, references
from weigh.report.audits.looks import LINKS, STATUSES, VERDICTS, strength_words, verdict_words
from weigh.report.audits.marking import passages
from weigh.report.body import environment
from weigh.report.markup import Markup

__all__ = ["AuditBody", "AuditPlace", "audit_body", "render_audit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlace:
    """Where a page tells of what a claim was held against: its address, and its words if known."""

    address: str
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditBody:
    """The sections as HTML; `shared` are the names that the templates of the frame may use."""

    html: str
    shared: Mapping[str, Any]


def render_audit(audit: Audit) -> str:
    """Make the page of an audit.

    Parameters
    ----------
    audit
        What the page says; every number of a reason is a node of ``audit.trace``.

    Returns
    -------
    str
        HTML that holds its style and script and loads nothing; the same audit gives the same bytes.
    """
    body = audit_body(audit)
    return environment().get_template("audit.html").render(body.shared, body=Html(body.html))


def audit_body(
    audit: Audit, *, place: Callable[[Link], AuditPlace | None] | None = None
) -> AuditBody:
    """The sections of an audit without a page around them.

    Parameters
    ----------
    place
        Where a link's comparison, study or fact is told of, where a page for it is at hand.
    """
    markup = Markup(audit)
    shared = {
        "place": place or (lambda link: None),
        "audit": audit,
        "m": markup,
        "passages": passages(audit),
        "verdicts": VERDICTS,
        "statuses": STATUSES,
        "strength_words": strength_words,
        "links": LINKS,
        "verdict_words": verdict_words,
        "numbers": {judged.claim.id: n for n, judged in enumerate(audit.claims, start=1)},
        "counted": [(v, audit.counts[v.value]) for v in VERDICTS if audit.counts[v.value]],
        "worst_first": _worst_first(audit),
        "references": references.entries(audit),
        "audit_style": Html(
            files("weigh.report").joinpath("templates", "audit.css").read_text(encoding="utf-8")
        ),
    }
    html = environment().get_template("audit_body.html").render(shared)
    return AuditBody(
        html=html, shared={**shared, "entries": provenance.entries(audit, markup.shown)}
    )


def _worst_first(audit: Audit) -> list[str]:
    """Ids of the claims that need an editor's eye, the gravest first."""
    order = list(VERDICTS)
    grave = (AuditVerdict.CONTRADICTED, AuditVerdict.OVERSTATED, AuditVerdict.UNSUPPORTED)
    found = [judged for judged in audit.claims if judged.verdict in grave]
    found.sort(key=lambda judged: (order.index(judged.verdict), judged.severity != "major"))
    return [judged.claim.id for judged in found]
