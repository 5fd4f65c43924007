"""An audit as a letter to the editor, in Markdown: short, fair, and with something to do.

It names what the article gets right before what it does not, quotes each claim word for word, and
offers wording that the evidence bears. What readers may be harmed by stands first.
"""

from __future__ import annotations

from collections.abc import Iterable

from weigh.evidence.audit import Audit, AuditVerdict, JudgedClaim, PageStatus
from weigh.evidence.statement import Statement
from weigh.report.audits.looks import VERDICTS, verdict_words
from weigh.report.wording import long_date

__all__ = ["letter", "markdown"]

#: More points than that are not read; the rest is in the audit.
MOST = 6

#: Longer quotations are cut at a word, with a mark.
LONGEST = 240


def letter(audit: Audit, *, date: str | None = None) -> str:
    """A letter to the editor of the article, as Markdown.

    Parameters
    ----------
    audit
        The audit that the letter tells of.
    date
        ISO date to put above it; None leaves a place for it.
    """
    article = audit.article
    title = markdown(article.title or article.source)
    lines = [
        long_date(date) if date else "[date]",
        "",
        "To the editor",
        "",
        f"**About “{title}”**",
        "",
    ]
    if audit.question:
        lines += [
            "I read this article, claim by claim, against the studies on the question "
            f"“{markdown(audit.question)}” {markdown(audit.sentence.text)}",
            "",
        ]
    else:
        lines += [
            "I read this article claim by claim. No studies were held against it yet, so this "
            "letter is about its wording and about what a reader needs and cannot find in it.",
            "",
        ]
    if audit.missing_dangers:
        lines += ["**Please add, for readers' safety**", ""]
        lines += [*_listed(audit.missing_dangers), ""]
    if audit.right:
        lines += ["**What the article gets right**", "", *_listed(audit.right[:MOST]), ""]
    grave = _gravest(audit)
    if grave:
        lines += ["**What should be changed**", ""]
        for judged in grave[:MOST]:
            lines += [*_point(judged), ""]
        if len(grave) > MOST:
            lines += [f"The audit has {len(grave) - MOST} more of these.", ""]
    if audit.omissions:
        lines += ["**What readers should also be told**", "", *_listed(audit.omissions[:MOST]), ""]
    missing = [found for found in audit.page if found.status is PageStatus.NOT_MET]
    if missing:
        lines += ["**The page as a whole**", ""]
        lines += [*_listed(found.reason for found in missing), ""]
    lines += ["Yours sincerely,", "", "[name, and any interest of yours in this matter]", ""]
    lines += [_how(audit)]
    return "\n".join(lines).rstrip() + "\n"


def markdown(text: str) -> str:
    """Text with nothing in it that Markdown would act on, on one line."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|~" else c for c in flat)


def _gravest(audit: Audit) -> list[JudgedClaim]:
    order = [AuditVerdict.CONTRADICTED, AuditVerdict.OVERSTATED, AuditVerdict.UNSUPPORTED]
    found = [judged for judged in audit.claims if judged.verdict in order]
    return sorted(found, key=lambda j: (order.index(j.verdict), j.severity != "major"))


def _point(judged: JudgedClaim) -> list[str]:
    lines = [
        f"> {markdown(_cut(judged.claim.text))}",
        "",
        f"{VERDICTS[judged.verdict].symbol} {verdict_words(judged).capitalize()}. "
        + markdown(judged.reason.text),
    ]
    if judged.suggestion is not None:
        lines += ["", f"What the evidence bears: *{markdown(judged.suggestion.text)}*"]
    return lines


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[:LONGEST].rsplit(" ", 1)[0] + " …"


def _listed(statements: Iterable[Statement]) -> list[str]:
    return [f"- {markdown(statement.text)}" for statement in statements]


def _how(audit: Audit) -> str:
    base = (
        f", evidence folder {audit.fingerprint[:12]}" if audit.fingerprint else ", without evidence"
    )
    return (
        f"*Made with weigh {audit.version}{base}; article {audit.article.sha256[:12]}. "
        "“Unsupported” means that no study in this evidence base shows it, "
        "not that there is none in the world.*"
    )
