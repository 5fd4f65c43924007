"""Small folders and comparisons for tests of words, verdicts and the whole pipeline.

Everything is made up: an intervention called Drug X, a condition called Y.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from weigh.evidence.certainty import Certainty, CertaintyLevel, DomainRating
from weigh.evidence.comparison import Absolute, ArmData, Comparison, Natural, StudyEffect
from weigh.evidence.folder import Evidence
from weigh.evidence.question import (
    ComparisonPlan,
    Concept,
    MinimalImportantDifference,
    Outcome,
    Question,
)
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.statement import Phrase
from weigh.evidence.study import Allocation, Arm, Design, Participants, Study
from weigh.synthesis import pool

__all__ = ["comparison", "evidence", "outcome", "trial"]

Kind = Literal["continuous", "dichotomous"]


def outcome(
    *,
    kind: Kind = "continuous",
    better: Literal["lower", "higher"] = "lower",
    mid: float | None = 1.0,
    role: Literal["benefit", "harm"] = "benefit",
    importance: Literal["critical", "important", "limited"] = "critical",
    outcome_id: str = "pain",
) -> Outcome:
    """An outcome; its MID is assumed."""
    return Outcome(
        id=outcome_id,
        name="Pain" if kind == "continuous" else "A bad event",
        plain="pain" if kind == "continuous" else "the risk of a bad event",
        kind=kind,
        better=better,
        importance=importance,
        role=role,
        unit="points" if kind == "continuous" else None,
        mid=None if mid is None else MinimalImportantDifference(value=mid, assumed=True),
    )


def trial(
    number: int,
    *,
    design: Design = Design.RCT,
    people: int = 200,
    team: str | None = None,
    **fields: Any,
) -> Study:
    """A study of two arms (one without a control group) with half of the people in each."""
    arms = [Arm(id="x", label="Drug X", role="intervention", intervention="Drug X", n=people // 2)]
    if design.allocation is not Allocation.UNCONTROLLED:
        arms.append(
            Arm(id="c", label="placebo", role="comparator", intervention="placebo", n=people // 2)
        )
    return Study(
        id=f"s{number}",
        label=f"Study {number}",
        year=2000 + number,
        source=f"ref{number}",
        design=design,
        population="People with Y.",
        team=team or f"team-{number}",
        registration=f"REG{number}",
        participants=(
            Participants(count=people, kind="randomised", used=True, source=f"ref{number}"),
        ),
        arms=tuple(arms),
        **fields,
    )


def evidence(
    studies: Sequence[Study], results: Sequence[Result], *outcomes: Outcome, **fields: Any
) -> Evidence:
    """A folder with these studies and rows; one reference for each study."""
    question = fields.pop("question", None) or Question(
        id="x-for-y",
        title="Does Drug X help with Y?",
        searched="2026-11-01",
        population=Concept(name="people with Y"),
        intervention=Concept(name="Drug X"),
        comparator=Concept(name="placebo"),
        outcomes=outcomes or (outcome(),),
    )
    return Evidence(
        name="x-for-y",
        fingerprint="0" * 64,
        question=question,
        studies=tuple(studies),
        results=tuple(results),
        references=tuple(
            Reference(id=study.source, type="article-journal", title=f"Report of {study.label}")
            for study in studies
        ),
        **fields,
    )


def comparison(
    yi: Sequence[float],
    vi: Sequence[float],
    *,
    rating: CertaintyLevel | None = CertaintyLevel.HIGH,
    measured: Outcome | None = None,
    design: Design = Design.RCT,
    per_thousand: tuple[float, float, float] | None = None,
    plan: ComparisonPlan | None = None,
) -> Comparison:
    """A comparison pooled from effects, with nodes that name themselves."""
    held = measured or outcome()
    fit = pool(np.array(yi), np.array(vi), method="EE") if len(yi) else None
    names = ("estimate", "ci_low", "ci_high")
    natural = None
    if fit is not None:
        natural = Natural(
            estimate=fit.estimate,
            ci_low=fit.ci_low,
            ci_high=fit.ci_high,
            nodes={name: f"pain.natural.{name}" for name in names},
        )
    rows = tuple(
        StudyEffect(
            study=trial(number, design=design),
            yi=effect,
            vi=variance,
            ci_low=effect - 1.96 * variance**0.5,
            ci_high=effect + 1.96 * variance**0.5,
            natural=natural or Natural(estimate=0, ci_low=0, ci_high=0, nodes={}),
            n=200,
            intervention=ArmData(label="Drug X"),
            comparator=ArmData(label="placebo"),
            timepoint="week 8",
            nodes={"yi": "yi", "vi": "vi", "n": "n", "study": "s"},
        )
        for number, (effect, variance) in enumerate(zip(yi, vi, strict=True), start=1)
    )
    absolute = None
    if per_thousand is not None:
        difference, low, high = per_thousand
        parts = ("per", "comparator", "intervention", *("difference", "difference_low"))
        absolute = Absolute(
            per=1000,
            comparator=100,
            intervention=100 + difference,
            difference=difference,
            difference_low=low,
            difference_high=high,
            baseline=None,
            nodes={name: f"abs.{name}" for name in (*parts, "difference_high")},
        )
    return Comparison(
        id="pain",
        label="Pain",
        plan=plan or ComparisonPlan(id="pain", outcome=held.id),
        outcome=held,
        comparator="placebo",
        design=design.allocation,
        measure="MD" if held.kind == "continuous" else "RR",
        k=len(rows),
        n=200 * len(rows),
        people=200 * len(rows),
        studies=rows,
        pooled=fit,
        natural=natural,
        mid=held.mid.value if held.mid is not None and held.kind == "continuous" else None,
        absolute=absolute,
        certainty=None if rating is None else _rated(rating),
        nodes={name: f"pain.{name}" for name in ("k", "n", "all", "people", "level", "label")},
    )


def _rated(rating: CertaintyLevel) -> Certainty:
    return Certainty(
        rating=rating,
        start=CertaintyLevel.HIGH,
        start_reason=Phrase(text="Randomised trials start at high."),
        domains=(
            DomainRating(
                domain="imprecision",
                levels=rating.rank - 4,
                reason=Phrase(text="Few people were studied."),
            ),
        ),
        node="pain.certainty",
    )
