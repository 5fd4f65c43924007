"""The sections of an answer as a Word document has them, besides those on what trials show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from weigh.evidence.answer import Answer, FormCell, Hazard
from weigh.evidence.comparison import Natural
from weigh.evidence.doses import DoseCurveView
from weigh.evidence.mechanism import MechanismEdge, MechanismLevel
from weigh.evidence.statement import Statement
from weigh.evidence.times import TimesView
from weigh.report.body import Body
from weigh.report.exports.word_paper import Paper
from weigh.report.exports.word_trials import level_words
from weigh.report.findings import Finding, Footnote
from weigh.report.layers import PathwayWords
from weigh.report.references import Entry
from weigh.report.rows import effect_words
from weigh.report.wording import CERTAINTY_MEANS, capital

__all__ = [
    "write_answer",
    "write_closing",
    "write_doses",
    "write_findings",
    "write_forms",
    "write_mechanisms",
    "write_open",
    "write_risks",
    "write_times",
]

_SEEN_IN: Mapping[MechanismLevel, str] = {
    "human": "people",
    "animal": "animals",
    "in-vitro": "cells",
}


def write_answer(paper: Paper, answer: Answer) -> None:
    """The verdict, the dangers, the summary and the background."""
    verdict = answer.verdict
    paper.heading(answer.question.title, 0)
    paper.said([verdict.sentence])
    part = "That is the least certain part; each part of the answer names its own."
    means = CERTAINTY_MEANS[verdict.certainty] if verdict.highest is verdict.certainty else part
    paper.text(f"{level_words(verdict.certainty)}. {means}")
    for hazard in (*answer.safety.interactions, *answer.safety.contraindications):
        if hazard.severity == "danger":
            paper.text(f"Danger: {hazard.headline}.", bold=True)
    paper.said((*answer.counts, *answer.independence))
    paper.heading("Quick summary", 1)
    paper.said(answer.summary)
    _listed(paper, "Key points", answer.key_points)
    _paragraphs(paper, "Background", answer.background)


def write_findings(paper: Paper, answer: Answer, body: Body) -> None:
    """The summary of findings with its footnotes."""
    rows: Sequence[Finding] = body.shared["findings"]
    notes: Sequence[Footnote] = body.shared["footnotes"]
    if not rows:
        return
    paper.heading("Summary of findings", 1)
    paper.table(
        (
            "Outcome",
            "People (studies)",
            "Relative effect [CI]",
            "With comparator",
            f"With {answer.question.intervention.name}",
            "Difference (CI)",
            "Certainty",
            "In words",
        ),
        [
            (
                "\n".join((row.label, "; ".join(_measured(row)))),
                row.people.text,
                row.relative.text,
                row.comparator.text,
                row.intervention.text,
                row.difference.text,
                _graded(row),
                row.statement.text if row.statement is not None else "–",
            )
            for row in rows
        ],
    )
    for note in notes:
        paper.text(f"{note.letter}. {note.words.text}")
    baselines = [
        f"{comparison.label}: {comparison.absolute.baseline.text}"
        for comparison in answer.comparisons
        if comparison.absolute is not None and comparison.absolute.baseline is not None
    ]
    if baselines:
        paper.text("Where the risk with the comparator comes from", bold=True)
        paper.bullets(baselines)
    paper.text(
        "CI: confidence interval. RR: risk ratio. OR: odds ratio. MD: mean difference. SMD: "
        "standardised mean difference. SD: standard deviation. ⊕ marks a level of certainty that "
        "the evidence reaches, ⊝ one that it does not."
    )


def _measured(row: Finding) -> Iterator[str]:
    yield row.importance
    if row.outcome.instrument:
        yield row.outcome.instrument
    if row.outcome.unit:
        yield f"in {row.outcome.unit}"
    yield f"{row.outcome.better} is better"


def _graded(row: Finding) -> str:
    if row.certainty is None:
        return "No evidence"
    letters = f" ({', '.join(row.letters)})" if row.letters else ""
    return f"{level_words(row.certainty.rating)}{letters}"


def write_forms(paper: Paper, answer: Answer, body: Body) -> None:
    """Forms side by side, and the networks in which trials compare them."""
    if not answer.forms.rows:
        return
    paper.heading("Forms compared", 1)
    paper.text("What holds for one form is not carried over to another.")

    def cell(held: FormCell) -> str:
        if held.statements:
            return "\n".join(map(paper.told, held.statements))
        return held.empty or "not known"

    paper.table(
        ("", *answer.forms.forms),
        [(row.label, *map(cell, row.cells)) for row in answer.forms.rows],
    )
    for network in answer.form_networks:
        paper.figure(body.drawings.get(f"forms-{network.id}"))


def write_doses(paper: Paper, views: Sequence[DoseCurveView], body: Body) -> None:
    """Doses on a curve."""
    if views:
        paper.heading("Doses on a curve", 1)
    for view in views:
        measure = view.comparison.measure
        paper.heading(f"{view.comparison.label}: {view.who}", 2)
        paper.said([view.statement] if view.statement is not None else [])
        paper.text(f"{level_words(view.rating.level)}.")
        paper.figure(body.drawings.get(f"doses-{view.id}"))
        paper.table(
            ("Dose a day", "Trials", "People who got it", f"{measure} [CI]"),
            [
                (
                    point.dose.text,
                    point.studies.text,
                    point.people.text,
                    effect_words(measure, point.natural).text,
                )
                for point in view.points
            ],
        )
        paper.bullets(view.cautions)


def write_times(paper: Paper, views: Sequence[TimesView]) -> None:
    """Several time points of the same trials together."""
    if views:
        paper.heading("Several time points together", 1)
    for view in views:
        measure = view.comparison.measure
        paper.heading(view.comparison.label, 2)
        paper.said([view.statement] if view.statement is not None else [])
        if view.comparison.certainty is not None:
            paper.text(f"{level_words(view.comparison.certainty.rating)}.")

        def shown(natural: Natural, measure: str = measure) -> str:
            return effect_words(measure, natural).text

        paper.table(
            ("Study", "Time", f"{measure} [CI]"),
            [
                *((row.study.text, row.time.text, shown(row.natural)) for row in view.rows),
                (
                    f"All together, correlation {view.main.correlation.text} (assumed)",
                    "all",
                    shown(view.main.natural),
                ),
                *(
                    (f"The same, correlation {one.correlation.text}", "all", shown(one.natural))
                    for one in view.others
                ),
            ],
        )
        paper.bullets(view.cautions)


def write_mechanisms(paper: Paper, answer: Answer, body: Body) -> None:
    """How it might work: what is said of it, the picture, the chains and the findings."""
    held = answer.mechanisms
    words: PathwayWords = body.shared["pathway_words"]
    if not (held.edges or held.paths or held.statements):
        return
    paper.heading("How it might work", 1)
    paper.text(
        "Findings from cells, animals and measurements in the body. They may explain an effect; "
        "they do not show one."
    )
    paper.said(words.overall)
    paper.figure(body.drawings.get("mechanisms"))
    if held.paths:
        paper.heading("The chains, step by step", 2)
        paper.bullets(
            f"Weakest step: {_SEEN_IN[path.weakest_level]}. {paper.told(path.statement)}"
            for path in held.paths
        )
    if words.single:
        paper.heading("Finding by finding", 2)
        paper.bullets(words.single)
    if held.edges:
        paper.heading("Every finding", 2)
        paper.table(
            ("Pathway", "Seen in", "Finding"),
            [
                (capital(view.edge.pathway), _seen_in(view.edge), paper.told(view.statement))
                for view in held.edges
            ],
        )


def _seen_in(edge: MechanismEdge) -> str:
    return "nobody" if edge.relation == "not-tested" else _SEEN_IN[edge.level]


def write_risks(paper: Paper, answer: Answer) -> None:
    """Risks and interactions."""
    safety = answer.safety
    paper.heading("Risks and interactions", 1)
    paper.said(safety.statements)
    _hazards(paper, "Together with other things", safety.interactions)
    _hazards(paper, "Who should ask first", safety.contraindications)
    if safety.adverse_effects:
        paper.heading("Unwanted effects in the studies", 2)
        paper.bullets(safety.adverse_effects)
    if not any(
        (
            safety.statements,
            safety.interactions,
            safety.contraindications,
            safety.adverse_effects,
        )
    ):
        paper.text(
            "The evidence folder holds nothing on harms. That is a gap, and says nothing about "
            "whether there are any."
        )


def _hazards(paper: Paper, heading: str, hazards: Sequence[Hazard]) -> None:
    if hazards:
        paper.heading(heading, 2)
    for hazard in hazards:
        paper.heading(f"{capital(hazard.severity)}: {hazard.headline}", 3)
        paper.said(hazard.statements)


def write_open(paper: Paper, answer: Answer) -> None:
    """Who was studied, what would change the answer, what is not known, what others say."""
    if answer.subgroups or answer.residual:
        paper.heading("Who was studied, and who was not", 1)
    if answer.residual:
        paper.heading("When the cause was treated and symptoms stay", 2)
        paper.said(answer.residual)
    if answer.subgroups:
        paper.heading("Groups of people", 2)
        paper.said(answer.subgroups)
    if answer.flips or answer.flips_statements:
        paper.heading("What would change this answer", 1)
        paper.said(answer.flips_statements)
    for changes, heading in ((True, "These would change it"), (False, "These would not")):
        flips = [flip for flip in answer.flips if flip.changes_verdict is changes]
        if flips:
            paper.heading(heading, 2)
            paper.bullets(f"{capital(flip.kind)}: {flip.statement.text}" for flip in flips)
    _listed(paper, "What is not known", answer.gaps)
    _listed(paper, "What else is done", answer.alternatives)
    if answer.other_views:
        paper.heading("What others concluded", 1)
        paper.bullets(
            f"{capital(view.review.kind.replace('-', ' '))}: {paper.told(view.statement)}"
            for view in answer.other_views
        )


def write_closing(paper: Paper, answer: Answer, body: Body) -> None:
    """Conclusion, questions, references, methods and the disclaimer."""
    if answer.conclusion:
        paper.heading("Conclusion", 1)
        paper.said(answer.conclusion)
        paper.text(f"{level_words(answer.verdict.certainty)}.")
    if answer.faq:
        paper.heading("Questions and answers", 1)
    for entry in answer.faq:
        paper.heading(entry.question, 2)
        paper.said(entry.answer)
    listed: Sequence[Entry] = body.shared["references"]
    if listed:
        paper.heading("References", 1)
    for reference in listed:
        paper.text(_reference(reference))
    paper.heading("Methods", 1)
    paper.said(answer.methods)
    paper.text(
        f"Evidence searched {body.shared['searched']}; weigh {answer.version}; evidence folder "
        f"{answer.fingerprint}."
    )
    paper.heading("Disclaimer", 1)
    paper.text(answer.disclaimer)


def _reference(reference: Entry) -> str:
    links = " ".join(link.address for link in reference.links)
    authors = f"{reference.authors}." if reference.authors else ""
    published = f"{reference.published}." if reference.published else ""
    status = f"{reference.status}." if reference.alarming else ""
    parts = (f"{reference.number}.", authors, f"{reference.title}.", published, links, status)
    return " ".join(part for part in parts if part)


def _listed(paper: Paper, heading: str, statements: Sequence[Statement]) -> None:
    if statements:
        paper.heading(heading, 1)
        paper.bullets(statements)


def _paragraphs(paper: Paper, heading: str, statements: Sequence[Statement]) -> None:
    if statements:
        paper.heading(heading, 1)
        paper.said(statements)
