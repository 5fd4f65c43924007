"""Judging: change a risk of bias or a step of certainty, see what follows, then save it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from weigh.errors import InputError, NotFoundError
from weigh.evidence.answer import Answer
from weigh.evidence.comparison import Comparison, Judgement, StudyBias
from weigh.evidence.differences import Change, compare
from weigh.evidence.study import Study
from weigh.folder.judging import BiasEdit, CertaintyEdit, Edit, Proposal, history, propose, save
from weigh.report.figures.palette import JUDGEMENTS
from weigh.report.references import entries
from weigh.report.wording import GRADE_DOMAINS, TOOLS, domain_words
from weigh.web.domains import GUIDES, MEANS
from weigh.web.pages.answers import shelf_of
from weigh.web.pages.versions import filed
from weigh.web.rendering import page
from weigh.web.shelf import Held, Shelf
from weigh.workflow.answering import answer_question

__all__ = ["router"]

router = APIRouter()

#: Which judgements each tool knows, best first.
_JUDGEMENTS: Mapping[str, tuple[Judgement, ...]] = {
    "rob2": ("low", "some_concerns", "high"),
    "rob1": ("low", "some_concerns", "high"),
    "robins-i": ("low", "moderate", "serious", "critical", "no_information"),
}
#: How far a domain may move a rating.
_LEVELS = (-3, -2, -1, 0, 1, 2)

Text = Annotated[str, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """A sentence of the answer before and after a judgement; `changed` where they differ."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the judgement changes it."""
        return self.before != self.after


@router.get("/q/{question}/judge", include_in_schema=False)
def judgements(request: Request, question: str, saved: str = "") -> HTMLResponse:
    """Everything that was judged, each with a way to change it, and what was changed before."""
    held = shelf_of(request).held(question)
    return page(
        "judge.html",
        title=f"Judgements: {held.answer.question.title}",
        held=held,
        saved=saved[:40],
        grade_domains=GRADE_DOMAINS,
        judgements=JUDGEMENTS,
        tools=TOOLS,
        domain_words=domain_words,
        steps=_steps,
        judged_as=_judged_as,
        stories=[story for story in held.answer.stories if story.bias is not None],
        history=list(reversed(history(held.path))),
    )


@router.get("/q/{question}/judge/certainty", include_in_schema=False)
def certainty_form(request: Request, question: str, comparison: str, domain: str) -> HTMLResponse:
    """The form for a GRADE domain of a comparison."""
    held = shelf_of(request).held(question)
    found = _comparison(held, comparison)
    rating = found.certainty
    rated = (
        None if rating is None else next((d for d in rating.domains if d.domain == domain), None)
    )
    if domain not in GRADE_DOMAINS:
        raise NotFoundError("domain", domain, GRADE_DOMAINS)
    return page(
        "judge_form.html",
        title=f"{GRADE_DOMAINS[domain]}: {found.label}",
        held=held,
        kind="certainty",
        fields={"comparison": comparison, "domain": domain},
        heading=GRADE_DOMAINS[domain],
        about=found.label,
        now="not rated" if rated is None else _steps(rated.levels),
        why="" if rated is None else rated.reason.text,
        choice="levels",
        choices=[(str(n), _steps(n)) for n in _LEVELS],
        chosen="" if rated is None else str(rated.levels),
        sources=(),
        means=MEANS[domain],
        guide=GUIDES["grade"],
    )


@router.get("/q/{question}/judge/bias", include_in_schema=False)
def bias_form(request: Request, question: str, study: str, domain: str) -> HTMLResponse:
    """The form for a domain of risk of bias in a study."""
    held = shelf_of(request).held(question)
    story = next((s for s in held.answer.stories if s.study.id == study), None)
    if story is None or story.bias is None:
        raise NotFoundError("study", study, [s.study.id for s in held.answer.stories])
    bias: StudyBias = story.bias
    if domain not in bias.domains:
        raise NotFoundError("domain", domain, bias.domains)
    return page(
        "judge_form.html",
        title=f"{domain_words(domain)}: {story.study.label}",
        held=held,
        kind="bias",
        fields={
            "study": study,
            "domain": domain,
            "tool": bias.tool,
            "version": bias.version,
            "outcome": "*",
        },
        heading=f"{TOOLS.get(bias.tool, bias.tool)}: {domain_words(domain)}",
        about=story.study.label,
        now=JUDGEMENTS[bias.domains[domain]].words,
        why=bias.supports.get(domain, ""),
        choice="judgement",
        choices=[(name, JUDGEMENTS[name].words) for name in _JUDGEMENTS[bias.tool]],
        chosen=bias.domains[domain],
        sources=_sources(held, story.study),
        means=MEANS.get(domain, ""),
        guide=GUIDES.get(bias.tool),
    )


@router.post("/q/{question}/judge/certainty", include_in_schema=False)
def judge_certainty(
    request: Request,
    question: str,
    comparison: Text,
    domain: Text,
    levels: Annotated[int, Form()],
    reason: Text = "",
    by: Text = "",
    base: Text = "",
) -> Response:
    """Show what a rating would change, or (with the fingerprint that was looked at) save it."""
    edit = CertaintyEdit(comparison=comparison, domain=domain, levels=levels, reason=reason, by=by)
    return _judged(request, question, edit, base)


@router.post("/q/{question}/judge/bias", include_in_schema=False)
def judge_bias(
    request: Request,
    question: str,
    study: Text,
    domain: Text,
    judgement: Text,
    tool: Text,
    version: Text,
    source: Text,
    outcome: Text = "*",
    reason: Text = "",
    by: Text = "",
    base: Text = "",
) -> Response:
    """Show what a judgement would change, or (with the fingerprint that was looked at) save it."""
    edit = BiasEdit(
        study=study,
        domain=domain,
        judgement=judgement,
        tool=tool,
        version=version,
        source=source,
        outcome=outcome,
        reason=reason,
        by=by,
    )
    return _judged(request, question, edit, base)


def _sources(held: Held, study: Study) -> list[tuple[str, str]]:
    """Id and title of each report of a study."""
    titles = {entry.id: f"{entry.number}. {entry.title}" for entry in entries(held.answer)}
    known = dict.fromkeys([study.source, *study.reports])
    return [(name, titles.get(name, name)) for name in known if name is not None]


def _judged(request: Request, question: str, edit: Edit, base: str) -> Response:
    held = shelf_of(request).held(question)
    today = date.today()  # the judge's own day
    proposal = propose(held.path, edit, today=today)
    if not base:
        return _preview(held, proposal)
    if proposal.base != base:
        return _preview(
            held, proposal, meanwhile=_meanwhile(shelf_of(request), held, base), status=409
        )
    save(proposal, today=today)
    at = datetime.now().astimezone().strftime("%H:%M:%S")
    return RedirectResponse(
        f"/q/{quote(held.id, safe='')}/judge?saved={quote(at)}", status_code=303
    )


def _meanwhile(shelf: Shelf, held: Held, base: str) -> tuple[Change, ...]:
    """What somebody else changed since the folder had a fingerprint, as far as that is known."""
    looked_at = shelf.earlier(held.id, base)
    if looked_at is None:
        return ()
    return next(p.changes for p in compare(filed(looked_at), filed(held)).parts if p.key == "data")


def _preview(
    held: Held,
    proposal: Proposal,
    *,
    meanwhile: tuple[Change, ...] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """What would follow; `meanwhile` where the folder was changed since it was looked at."""
    edit = proposal.edit
    after = answer_question(proposal.evidence)
    kind = "bias" if isinstance(edit, BiasEdit) else "certainty"
    fields = {name: str(getattr(edit, name)) for name in type(edit).__slots__}
    return page(
        "judge_preview.html",
        title="What would follow",
        status=status,
        meanwhile=meanwhile,
        held=held,
        proposal=proposal,
        change=_change(held, proposal),
        kind=kind,
        fields=fields,
        consequences=consequences(held.answer, after),
    )


def _change(held: Held, proposal: Proposal) -> tuple[str, str, str]:
    """What is changed, from what, to what, in words."""
    edit = proposal.edit
    if isinstance(edit, BiasEdit):
        label = next(s.study.label for s in held.answer.stories if s.study.id == edit.study)
        words = {name: look.words for name, look in JUDGEMENTS.items()}
        before = "nothing" if proposal.before is None else _words(words, proposal.before)
        return f"{domain_words(edit.domain)}, {label}", before, _words(words, edit.judgement)
    comparison = _comparison(held, edit.comparison)
    rating = comparison.certainty
    domains = () if rating is None else rating.domains
    steps = next((_steps(d.levels) for d in domains if d.domain == edit.domain), "not rated")
    return f"{GRADE_DOMAINS[edit.domain]}, {comparison.label}", steps, _steps(edit.levels)


def _words(words: Mapping[Judgement, str], code: str) -> str:
    return next((text for name, text in words.items() if name == code), code)


def _judged_as(value: object) -> str:
    """A judgement of the history in words: it holds steps of certainty, or a risk of bias."""
    if value is None:
        return "not set by anybody"
    text = str(value)
    if text.lstrip("-").isdigit():
        return _steps(int(text))
    return _words({name: look.words for name, look in JUDGEMENTS.items()}, text)


def consequences(before: Answer, after: Answer) -> list[Consequence]:
    """The verdict and each comparison's sentence, before and after."""
    found = [
        Consequence(
            label="The answer",
            before=before.verdict.sentence.text,
            after=after.verdict.sentence.text,
        )
    ]
    later = {c.id: c for c in after.comparisons}
    for comparison in before.comparisons:
        other = later.get(comparison.id)
        found.append(
            Consequence(
                label=comparison.label,
                before=_sentence(comparison),
                after="no longer made" if other is None else _sentence(other),
            )
        )
    return found


def _sentence(comparison: Comparison) -> str:
    return "" if comparison.statement is None else comparison.statement.text


def _comparison(held: Held, comparison_id: str) -> Comparison:
    known = {c.id: c for c in held.answer.comparisons}
    if comparison_id not in known:
        raise NotFoundError("comparison", comparison_id, known)
    return known[comparison_id]


def _steps(levels: int) -> str:
    """``lowered by 1 step``, ``left as it is``."""
    if levels == 0:
        return "left as it is"
    if abs(levels) > 3:
        raise InputError(f"levels: found {levels}; expected -3 to 2.")
    word = "lowered" if levels < 0 else "raised"
    return f"{word} by {abs(levels)} {'step' if abs(levels) == 1 else 'steps'}"
