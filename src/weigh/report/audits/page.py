"""The audited article as a page: every claim marked, with its verdict and reason beside it.

One self-contained HTML file. The article's own markup never runs: its words are escaped, and
nothing of it is loaded.
"""

from __future__ import annotations

from importlib.resources import files

from markupsafe import Markup as Html

from weigh.evidence.audit import Audit, AuditVerdict
from weigh.report import provenance, references
from weigh.report.audits.looks import LINKS, STATUSES, VERDICTS, verdict_words
from weigh.report.audits.marking import passages
from weigh.report.markup import Markup
from weigh.report.body import environment

__all__ = ["render_audit"]


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
    markup = Markup(audit)
    shared = {
        "audit": audit,
        "m": markup,
        "passages": passages(audit),
        "verdicts": VERDICTS,
        "statuses": STATUSES,
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
    env = environment()
    body = env.get_template("audit_body.html").render(shared)
    return env.get_template("audit.html").render(
        shared, body=Html(body), entries=provenance.entries(audit, markup.shown)
    )


def _worst_first(audit: Audit) -> list[str]:
    """Ids of the claims that need an editor's eye, the gravest first."""
    order = list(VERDICTS)
    grave = (AuditVerdict.CONTRADICTED, AuditVerdict.OVERSTATED, AuditVerdict.UNSUPPORTED)
    found = [judged for judged in audit.claims if judged.verdict in grave]
    found.sort(key=lambda judged: (order.index(judged.verdict), judged.severity != "major"))
    return [judged.claim.id for judged in found]
