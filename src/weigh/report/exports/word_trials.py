"""What trials show, as a Word document has it: comparisons, risk of bias, studies one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.evidence.answer import Answer, StudyStory
from weigh.evidence.certainty import Certainty, CertaintyLevel, DomainRating
from weigh.evidence.comparison import Comparison
from weigh.evidence.statement import Phrase
from weigh.report.body import Body
from weigh.report.exports.word_paper import Paper
from weigh.report.figures.palette import JUDGEMENTS
from weigh.report.findings import domain_reason, levels_words
from weigh.report.reported import ReportedStudy
from weigh.report.rows import DASH, Rows
from weigh.report.wording import (
    DESIGNS,
    GRADE_DOMAINS,
    TOOLS,
    capital,
    domain_words,
)

__all__ = ["level_words", "write_trials"]


def write_trials(paper: Paper, answer: Answer, body: Body) -> None:
    """Each comparison, outcomes that nothing measured, and the studies behind them."""
    paper.heading("What the studies show", 1)
    if answer.discrepancies:
        paper.heading("Reports that disagree", 2)
        paper.bullets(answer.discrepancies)
    for comparison in answer.comparisons:
        _comparison(paper, comparison, body)
    for gap in answer.not_measured:
        paper.heading(gap.outcome.name, 2)
        paper.said([gap.statement])
    if "risk-of-bias" in body.drawings:
        paper.heading("Risk of bias, study by study", 2)
        paper.figure(body.drawings["risk-of-bias"])
        paper.table(
            ("Study", "Domain", "Judgement", "Why"),
            [row for story in answer.stories for row in _bias(story)],
        )
    if answer.stories:
        paper.heading("The studies one by one", 2)
    for story in answer.stories:
        _story(paper, story)
    if answer.integrity:
        paper.heading("Can the reports be trusted?", 2)
        paper.bullets(answer.integrity)


def level_words(level: CertaintyLevel) -> str:
    """``⊕⊕⊝⊝ Low certainty``."""
    return f"{level.symbol} {capital(level.words)}{' certainty' if level.rank else ''}"


def _comparison(paper: Paper, comparison: Comparison, body: Body) -> None:
    held: Rows = body.shared["rows"][comparison.id]
    reports: Sequence[ReportedStudy] = body.shared["reports"][comparison.id]
    paper.heading(comparison.label, 2)
    if comparison.statement is not None:
        paper.said([comparison.statement])
    if comparison.certainty is not None:
        paper.text(f"{level_words(comparison.certainty.rating)}.")
    paper.figure(body.drawings.get(f"forest-{comparison.id}"))
    paper.table(("Study", f"{held.effect_head} [CI]", "Weight", "Risk of bias"), [*_rows(held)])
    if held.heterogeneity:
        differ = "; ".join(part.text for part in held.heterogeneity)
        paper.text(f"How much the studies differ: {differ}.")
    if reports:
        paper.figure(body.drawings.get(f"reported-{comparison.id}"))
        paper.table(("Study", "Who", "When", "Reported", "Note"), [*_reported(reports)])
    paper.bullets(comparison.footnotes)
    if comparison.independence is not None:
        paper.said([comparison.independence.statement])
    if comparison.certainty is not None:
        _certainty(paper, comparison.certainty)
    paper.said([model.statement for model in comparison.models])


def _rows(held: Rows) -> Iterator[tuple[str, ...]]:
    for row in held.studies:
        effect = "\n".join(words.text for words in (row.effect, *row.notes))
        bias = JUDGEMENTS[row.bias.overall].words if row.bias else "not judged"
        yield row.study.text, effect, row.weight.text, bias
    for missing in held.missing:
        people = f"{missing.people.text} people. " if missing.people else ""
        bias = JUDGEMENTS[missing.bias.overall].words if missing.bias else "not judged"
        yield missing.study.text, f"{people}Not estimable: {missing.reason.text}", DASH, bias
    for pooled in held.pooled:
        yield f"{pooled.label}: {pooled.note}", pooled.effect.text, DASH, DASH
        if pooled.main and held.prediction is not None:
            yield "Prediction interval", held.prediction.text, DASH, DASH


def _reported(reports: Sequence[ReportedStudy]) -> Iterator[tuple[str, ...]]:
    for study in reports:
        for value in study.values:
            who = ", ".join(filter(None, (capital(value.arm), value.group)))
            yield study.study.text, who, value.time.text, value.shown.text, value.note or DASH


def _certainty(paper: Paper, certainty: Certainty) -> None:
    start = domain_reason(certainty.start_reason).text
    paper.text(f"Why this certainty: it starts {certainty.start.words}. {start}")
    paper.table(
        ("Domain", "Steps", "Why"),
        [
            (
                GRADE_DOMAINS[domain.domain],
                capital(levels_words(domain.domain, domain.levels, certainty.node).text),
                "\n".join(_why(domain, certainty.node)),
            )
            for domain in certainty.domains
        ],
    )


def _why(domain: DomainRating, node: str) -> Iterator[str]:
    yield domain_reason(domain.reason).text
    if not domain.overridden:
        return
    yield f"Edited judgement by {domain.by}."
    if domain.computed_levels is not None:
        rules: Phrase = levels_words(domain.domain, domain.computed_levels, node)
        yield f"The rules gave: {rules.text}."
    if domain.computed_reason:
        yield domain_reason(domain.computed_reason).text


def _bias(story: StudyStory) -> Iterator[tuple[str, ...]]:
    bias = story.bias
    if bias is None:
        return
    study = f"{story.study.label}\n{TOOLS.get(bias.tool, bias.tool)}, {bias.version}"
    for domain, judgement in bias.domains.items():
        why = bias.supports.get(domain) or DASH
        yield study, capital(domain_words(domain)), JUDGEMENTS[judgement].words, why
        study = ""
    rule = "follows from the domains by the tool's rule"
    told = rule if bias.derived else "as the evidence folder states it"
    yield study, "Overall", JUDGEMENTS[bias.overall].words, told


def _story(paper: Paper, story: StudyStory) -> None:
    tags = [DESIGNS[story.study.design]]
    if story.bias is not None:
        tags.append(f"risk of bias: {JUDGEMENTS[story.bias.overall].words}")
    if story.study.excluded:
        tags.append("left out of every comparison")
    paper.heading(story.study.label, 3)
    paper.text(f"{capital('; '.join(tags))}.")
    paper.said((*story.done, *story.found))
    if story.cautions:
        paper.text("To bear in mind", bold=True)
        paper.bullets(story.cautions)
