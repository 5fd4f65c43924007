"""The whole answer as values: what the page shows, what ``answer.json`` holds, nothing computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from weigh.evidence.background import Review
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison, StudyBias
from weigh.evidence.doses import DoseCurveView
from weigh.evidence.form_network import FormNetwork
from weigh.evidence.mechanism import MechanismEdge, MechanismLevel
from weigh.evidence.question import Outcome, Question
from weigh.evidence.reference import Reference
from weigh.evidence.statement import Statement
from weigh.evidence.study import Study
from weigh.evidence.times import TimesView
from weigh.evidence.trace import Trace

__all__ = [
    "Answer",
    "Direction",
    "EdgeView",
    "FaqEntry",
    "Flip",
    "FlipKind",
    "FormCell",
    "FormRow",
    "FormTable",
    "Hazard",
    "MechanismPath",
    "Mechanisms",
    "NotMeasured",
    "OtherView",
    "SafetySection",
    "StudyStory",
    "Verdict",
]

#: Format of ``answer.json``; fields are added, never renamed.
SCHEMA = 1

Direction = Literal["benefit", "harm", "no-difference", "unclear"]
FlipKind = Literal["study", "judgement", "assumption", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer in one sentence, its direction and its certainty; `node` holds the rule.

    `certainty` is that of the answer as a whole; `highest` that of its best supported part, where
    the sentence has parts of different certainty.
    """

    direction: Direction
    certainty: CertaintyLevel
    highest: CertaintyLevel
    sentence: Statement
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """An outcome of the question that no study measured."""

    outcome: Outcome
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyStory:
    """One study as the page tells it: what was done, what was found, what to beware of."""

    study: Study
    node: str
    bias: StudyBias | None
    done: tuple[Statement, ...]
    found: tuple[Statement, ...]
    cautions: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeView:
    """One mechanism finding with its sentence."""

    edge: MechanismEdge
    node: str
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismPath:
    """A chain of findings from the intervention towards the condition.

    `nodes` are the things along it, `edges` the ids of the findings between them. `sign` is +1
    where following it raises the last thing, -1 where it lowers it, 0 where a step does not tell.
    `reaches_target` says whether it ends at one of the question's targets.
    """

    pathway: str
    nodes: tuple[str, ...]
    edges: tuple[str, ...]
    sign: int
    weakest_level: MechanismLevel
    reaches_target: bool
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanisms:
    """How it might work: findings, chains, and what may be said about them."""

    edges: tuple[EdgeView, ...] = ()
    paths: tuple[MechanismPath, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCell:
    """One cell of the comparison of forms: statements, or `empty` words such as "not studied"."""

    statements: tuple[Statement, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """One row: a feature, and a cell for each form."""

    label: str
    cells: tuple[FormCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTable:
    """Forms side by side."""

    forms: tuple[str, ...] = ()
    rows: tuple[FormRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A danger, caution or note: a headline and what stands behind it."""

    id: str
    severity: Literal["danger", "caution", "note"]
    headline: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetySection:
    """Risks and interactions; dangers come first."""

    interactions: tuple[Hazard, ...] = ()
    contraindications: tuple[Hazard, ...] = ()
    adverse_effects: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One thing dropped or changed, and what the verdict would then be."""

    id: str
    kind: FlipKind
    changes_verdict: bool
    direction: Direction
    certainty: CertaintyLevel
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqEntry:
    """A question that such a page is asked, answered with the same sentences."""

    id: str
    question: str
    answer: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherView:
    """What another review concluded, with our appraisal of it."""

    review: Review
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything on the answer page, in the page's order, with the trace of every number.

    `version` is the program's; `fingerprint` the folder's. There is no clock time inside: the same
    folder and version give the same answer.
    """

    question: Question
    searched: str
    version: str
    fingerprint: str
    verdict: Verdict
    summary: tuple[Statement, ...]
    key_points: tuple[Statement, ...]
    counts: tuple[Statement, ...]
    background: tuple[Statement, ...]
    comparisons: tuple[Comparison, ...]
    not_measured: tuple[NotMeasured, ...]
    stories: tuple[StudyStory, ...]
    independence: tuple[Statement, ...]
    discrepancies: tuple[Statement, ...]
    integrity: tuple[Statement, ...]
    subgroups: tuple[Statement, ...]
    residual: tuple[Statement, ...]
    forms: FormTable
    form_networks: tuple[FormNetwork, ...] = ()
    doses: tuple[DoseCurveView, ...] = ()
    times: tuple[TimesView, ...] = ()
    mechanisms: Mechanisms
    safety: SafetySection
    gaps: tuple[Statement, ...]
    flips: tuple[Flip, ...]
    flips_statements: tuple[Statement, ...]
    alternatives: tuple[Statement, ...]
    other_views: tuple[OtherView, ...]
    conclusion: tuple[Statement, ...]
    faq: tuple[FaqEntry, ...]
    references: tuple[Reference, ...]
    methods: tuple[Statement, ...]
    disclaimer: str
    trace: Trace

    def reference_number(self, reference_id: str) -> int:
        """The number of a reference in the list, counted from 1."""
        return [reference.id for reference in self.references].index(reference_id) + 1

    def to_dict(self) -> dict[str, Any]:
        """The document ``answer.json``: the same answer gives the same bytes."""
        return {
            "schema": SCHEMA,
            "question": self.question.model_dump(mode="json", by_alias=True, exclude_none=True),
            "searched": self.searched,
            "version": self.version,
            "fingerprint": self.fingerprint,
            "verdict": {
                "direction": self.verdict.direction,
                "certainty": self.verdict.certainty.value,
                "highest": self.verdict.highest.value,
                "sentence": self.verdict.sentence.text,
                "statement": self.verdict.sentence.to_dict(),
                "node": self.verdict.node,
            },
            "summary": _list(self.summary),
            "key_points": _list(self.key_points),
            "counts": _list(self.counts),
            "background": _list(self.background),
            "mechanisms": {
                "edges": [
                    {
                        **view.edge.model_dump(mode="json", exclude_none=True),
                        "node": view.node,
                        "statement": view.statement.to_dict(),
                    }
                    for view in self.mechanisms.edges
                ],
                "paths": [
                    {
                        "pathway": path.pathway,
                        "nodes": list(path.nodes),
                        "edges": list(path.edges),
                        "sign": path.sign,
                        "weakest_level": path.weakest_level,
                        "reaches_target": path.reaches_target,
                        "statement": path.statement.to_dict(),
                    }
                    for path in self.mechanisms.paths
                ],
                "statements": _list(self.mechanisms.statements),
            },
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "not_measured": [
                {"outcome": gap.outcome.id, "statement": gap.statement.to_dict()}
                for gap in self.not_measured
            ],
            "studies": [
                {
                    "id": story.study.id,
                    "label": story.study.label,
                    "design": story.study.design.value,
                    "node": story.node,
                    "risk_of_bias": None if story.bias is None else story.bias.overall,
                    "done": _list(story.done),
                    "found": _list(story.found),
                    "cautions": _list(story.cautions),
                }
                for story in self.stories
            ],
            "independence": _list(self.independence),
            "discrepancies": _list(self.discrepancies),
            "integrity": _list(self.integrity),
            "subgroups": _list(self.subgroups),
            "residual": _list(self.residual),
            "forms": [
                {
                    "form": form,
                    "rows": [
                        {
                            "label": row.label,
                            "statements": _list(row.cells[index].statements),
                            "empty": row.cells[index].empty,
                        }
                        for row in self.forms.rows
                    ],
                }
                for index, form in enumerate(self.forms.forms)
            ],
            "form_networks": [network.to_dict() for network in self.form_networks],
            "doses": [view.to_dict() for view in self.doses],
            "times": [view.to_dict() for view in self.times],
            "safety": {
                "interactions": [_hazard(hazard) for hazard in self.safety.interactions],
                "contraindications": [_hazard(hazard) for hazard in self.safety.contraindications],
                "adverse_effects": _list(self.safety.adverse_effects),
                "statements": _list(self.safety.statements),
            },
            "gaps": _list(self.gaps),
            "flips": [
                {
                    "id": flip.id,
                    "kind": flip.kind,
                    "changes_verdict": flip.changes_verdict,
                    "direction": flip.direction,
                    "certainty": flip.certainty.value,
                    "statement": flip.statement.to_dict(),
                }
                for flip in self.flips
            ],
            "flips_statements": _list(self.flips_statements),
            "alternatives": _list(self.alternatives),
            "other_views": [
                {
                    "label": view.review.label,
                    "kind": view.review.kind,
                    "statement": view.statement.to_dict(),
                }
                for view in self.other_views
            ],
            "conclusion": _list(self.conclusion),
            "faq": [
                {"id": entry.id, "question": entry.question, "answer": _list(entry.answer)}
                for entry in self.faq
            ],
            "references": [
                reference.model_dump(mode="json", by_alias=True, exclude_none=True)
                for reference in self.references
            ],
            "methods": _list(self.methods),
            "disclaimer": self.disclaimer,
            "trace": {"nodes": self.trace.to_dict()},
        }


def _list(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    return [statement.to_dict() for statement in statements]


def _hazard(hazard: Hazard) -> dict[str, Any]:
    return {
        "id": hazard.id,
        "severity": hazard.severity,
        "headline": hazard.headline,
        "statements": _list(hazard.statements),
    }
