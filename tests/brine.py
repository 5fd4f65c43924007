"""A small question with small studies, about no real thing: does brine help cold feet?"""

from __future__ import annotations

from typing import Any

from weigh.evidence.folder import Evidence
from weigh.evidence.question import Concept, Form, Outcome, Question, Subgroup
from weigh.evidence.reference import Name, Reference, ReferenceDetail
from weigh.evidence.result import Result
from weigh.evidence.study import Arm, Design, Participants, Study

PAIN = Outcome(
    id="pain",
    name="Pain in the feet",
    plain="pain in the feet",
    kind="continuous",
    better="lower",
    importance="critical",
    instrument="visual analogue scale (VAS)",
    unit="points",
    scale=(0.0, 10.0),
)

RASH = Outcome(
    id="rash",
    name="Rash",
    plain="the risk of a rash",
    kind="dichotomous",
    better="lower",
    importance="critical",
    role="harm",
)

QUESTION = Question(
    id="brine",
    title="Does brine help cold feet?",
    searched="2026-01-31",
    population=Concept(name="people with cold feet"),
    intervention=Concept(name="brine"),
    comparator=Concept(name="tap water"),
    outcomes=(PAIN, RASH),
    forms=(
        Form(id="salt", name="salt brine"),
        Form(id="b-2", name="B-2", part_of="salt"),
        Form(id="b-4", name="B-4", part_of="salt"),
    ),
    subgroups=(
        Subgroup(id="stayed", name="people whose feet stayed cold", topic="residual"),
        Subgroup(id="old", name="older people", topic="cause"),
        Subgroup(id="young", name="younger people", topic="cause"),
    ),
)

REFERENCES = (
    Reference.model_validate(
        {
            "id": "lee2020",
            "type": "article-journal",
            "container-title": "Journal of Feet",
            "author": [{"family": "Lee"}],
        }
    ),
    Reference(
        id="news2020",
        type="article-magazine",
        author=(Name(literal="Salt News (a trade paper)"),),
        custom=ReferenceDetail(secondary=True),
    ),
)

BRINE = Arm(
    id="brine",
    label="brine",
    role="intervention",
    intervention="B-2 tablets",
    form="b-2",
    dose=200,
    unit="mg",
    schedule="by mouth",
    duration_weeks=8,
    n=10,
)

WATER = Arm(id="water", label="water", role="comparator", intervention="tap water", n=12)


def study(**fields: Any) -> Study:
    """Return a plain randomised trial, changed as asked."""
    plain: dict[str, Any] = {
        "id": "lee-2020",
        "label": "Lee 2020",
        "year": 2020,
        "source": "lee2020",
        "design": Design.RCT,
        "population": "Adults with cold feet.",
        "participants": (Participants(count=22, kind="randomised", source="lee2020"),),
        "arms": (BRINE, WATER),
        "registration": "NCT01",
    }
    return Study(**{**plain, **fields})


def row(**fields: Any) -> Result:
    """Return a row of results at week 8 of that trial, changed as asked."""
    plain: dict[str, Any] = {
        "study": "lee-2020",
        "arm": "brine",
        "outcome": "pain",
        "timepoint": "week 8",
        "weeks": 8.0,
        "source": "lee2020",
    }
    return Result(**{**plain, **fields})


def folder(**fields: Any) -> Evidence:
    """Return the folder with the plain trial and nothing else, changed as asked."""
    plain: dict[str, Any] = {
        "name": "brine",
        "fingerprint": "0",
        "question": QUESTION,
        "studies": (study(),),
        "references": REFERENCES,
    }
    return Evidence(**{**plain, **fields})
