"""The documents that the API gives and takes, as models: their schemas stand in OpenAPI.

What an answer or an audit holds in full is described in the reference of ``answer.json``; here are
the parts that a reader of the API relies on first. Fields are added, never renamed.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "AnswerDocument",
    "AskReply",
    "AuditDocument",
    "BiasJudgement",
    "CertaintyJudgement",
    "ComparisonDocument",
    "Consequences",
    "DifferencesDocument",
    "JudgementList",
    "KeepVersion",
    "KeptVersion",
    "NewQuestion",
    "NumberTrail",
    "PlotList",
    "PlotNumbers",
    "Problem",
    "QuestionList",
    "StartedQuestion",
    "StudyCells",
    "StudyList",
    "VersionList",
]

Certainty = Literal["high", "moderate", "low", "very-low", "no-evidence"]
Direction = Literal["benefit", "harm", "no-difference", "unclear"]


class _Document(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Problem(_Document):
    """Why a request could not be met."""

    kind: str = Field(description="What kind of problem: input, not-found, changed, refused …")
    message: str = Field(description="What was found, where, and what was expected.")
    hint: str | None = Field(description="What to do next.")


class QuestionEntry(_Document):
    """A question in one line."""

    id: str
    title: str
    sentence: str
    direction: Direction
    certainty: Certainty
    searched: str
    fingerprint: str


class Faulty(_Document):
    """A folder that cannot be shown, with every fault."""

    id: str
    message: str


class QuestionList(_Document):
    """Every question that is served."""

    questions: list[QuestionEntry]
    faults: list[Faulty]


class Sentence(_Document):
    """A sentence of an answer, with the ids of the numbers that it rests on."""

    id: str
    text: str
    because: list[str]


class VerdictDocument(_Document):
    """The answer in one sentence."""

    direction: Direction
    certainty: Certainty
    sentence: str


class ComparisonPart(_Document):
    """One outcome compared."""

    id: str
    label: str
    outcome: str
    measure: str
    k: int
    n: int
    pooled: dict[str, Any] | None
    studies: list[dict[str, Any]]
    certainty: dict[str, Any] | None
    statement: Sentence | None


class AnswerDocument(_Document):
    """The document ``answer.json``."""

    format: int = Field(alias="schema")
    question: dict[str, Any]
    searched: str
    version: str
    fingerprint: str
    verdict: VerdictDocument
    summary: list[Sentence]
    key_points: list[Sentence]
    comparisons: list[ComparisonPart]
    references: list[dict[str, Any]]
    disclaimer: str
    trace: dict[str, Any]


class ReadVerdict(_Document):
    """What the answer would be under a reader's settings."""

    direction: Direction
    certainty: Certainty


class ComparisonDocument(_Document):
    """A comparison under a reader's settings; null where they leave no study."""

    question: str
    settings: dict[str, Any]
    comparison: ComparisonPart | None
    left_out: list[Any]
    verdict: ReadVerdict | None


class NumberTrail(_Document):
    """A number, and everything below it down to the cells of the folder."""

    id: str
    nodes: list[dict[str, Any]]


class StudyEntry(_Document):
    """A study in one line."""

    id: str
    label: str
    year: int
    design: str
    risk_of_bias: str | None
    excluded: str | None


class StudyList(_Document):
    """Every study of a folder."""

    question: str
    studies: list[StudyEntry]


class CellDocument(_Document):
    """An extracted value with where it was read."""

    group: str
    name: str
    value: str
    source: str | None
    locator: str | None
    quote: str | None
    note: str | None
    file: str
    line: int | None


class StudyCells(_Document):
    """Every extracted cell of a study."""

    study: str
    cells: list[CellDocument]


class PlotEntry(_Document):
    """A plot that can be drawn."""

    id: str
    title: str
    description: str


class RefusedPlot(_Document):
    """A plot that cannot, and why."""

    title: str
    reason: str


class PlotList(_Document):
    """Which plots a comparison's studies allow."""

    comparison: str
    shown: list[PlotEntry]
    refused: list[RefusedPlot]


class PlotNumbers(_Document):
    """The numbers that a plot draws, column by column."""

    title: str
    description: str
    data: dict[str, list[Any]]


class Reply(Sentence):
    """A sentence that replies, with how well it fits."""

    score: float


class AskReply(_Document):
    """Sentences of the answer that reply to a question; none if none does."""

    asked: str
    replies: list[Reply]


class AuditDocument(_Document):
    """An audit, as ``weigh audit --json`` prints it."""

    format: int = Field(alias="schema")
    article: dict[str, Any]
    evidence: dict[str, Any]
    summary: dict[str, Any]
    claims: list[dict[str, Any]]
    page: list[dict[str, Any]]
    version: str


class JudgementEntry(_Document):
    """A judgement as it stands."""

    kind: Literal["bias", "certainty"]
    about: str
    domain: str
    judgement: str
    reason: str
    by: str | None


class JudgementChange(_Document):
    """A judgement that was changed, as ``history.yaml`` remembers it."""

    date: str
    by: str
    what: str
    before: str | None
    after: str | None
    reason: str


class JudgementList(_Document):
    """Every judgement, and those that were changed, oldest first."""

    question: str
    fingerprint: str
    judgements: list[JudgementEntry]
    history: list[JudgementChange]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=10_000, description="Why; it must not be empty.")
    by: str = Field(default="", max_length=500, description="Who judges.")
    base: str = Field(
        default="",
        max_length=200,
        description="Fingerprint of the folder that was looked at. With it the judgement is saved; "
        "without it only what would follow is told.",
    )


class CertaintyJudgement(_Change):
    """A GRADE domain of a comparison."""

    comparison: str = Field(max_length=200)
    domain: str = Field(max_length=200)
    levels: int = Field(ge=-3, le=2, description="Steps down (negative) or up.")


class BiasJudgement(_Change):
    """A domain's risk of bias in a study."""

    study: str = Field(max_length=200)
    domain: str = Field(max_length=200)
    judgement: str = Field(max_length=200)
    source: str = Field(max_length=200, description="Reference that the reason rests on.")
    tool: str = Field(default="rob2", max_length=50)
    version: str = Field(default="2019", max_length=50)
    outcome: str = Field(default="*", max_length=200)


class ChangedSentence(_Document):
    """A sentence before and after."""

    label: str
    before: str
    after: str
    changed: bool


class Consequences(_Document):
    """What a judgement changes; `saved` says whether it was written."""

    saved: bool
    base: str
    fingerprint: str
    before: str | None
    after: str
    consequences: list[ChangedSentence]


class VersionEntry(_Document):
    """A version that can be read."""

    id: str
    at: str
    why: str
    by: str


class VersionList(_Document):
    """Versions of an answer, the newest first."""

    question: str
    fingerprint: str
    versions: list[VersionEntry]


class KeepVersion(BaseModel):
    """Why a version is kept, and by whom."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(max_length=10_000)
    by: str = Field(max_length=500)


class NewQuestion(BaseModel):
    """What the folder of a new question is called."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        max_length=200, description="Small letters, digits and hyphens: ginger-nausea."
    )


class StartedQuestion(_Document):
    """A question that was started: its id, and where its folder is."""

    id: str
    folder: str


class KeptVersion(_Document):
    """The version that was kept."""

    question: str
    version: VersionEntry


class DifferencesDocument(_Document):
    """What changed between two answers, as ``weigh diff --json`` prints it."""
