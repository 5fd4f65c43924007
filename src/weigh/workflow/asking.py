"""Ask an answer: only its own sentences reply, and where none bears on the question, it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from weigh.audit.linking.index import Entry, Index
from weigh.evidence.answer import Answer, Hazard
from weigh.evidence.statement import Statement

__all__ = ["Asked", "Asker", "Reply"]

#: Below this likeness to the question a sentence is no reply.
_ALIKE = 0.3
#: More sentences than these are not read.
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A sentence of the answer, and how much it bears on what was asked (0 to about 1)."""

    statement: Statement
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked, and the sentences that reply, the nearest first; none is a reply too."""

    question: str
    replies: tuple[Reply, ...]


class Asker:
    """An answer, ready to be asked.

    Nothing is composed: what comes back stands in the answer word for word, under its id. A
    question of the answer's own list brings its whole reply.
    """

    def __init__(self, answer: Answer) -> None:
        found = tuple(_titled(answer))
        self._statements = tuple(statement for _, statement in found)
        self._index = Index([Entry(title=title, body=s.text) for title, s in found])

    def ask(self, question: str) -> Asked:
        """Find the sentences that reply to a question in anybody's words."""
        found: list[Reply] = []
        for at, score in self._index.best(question, 4 * _MOST):
            statement = self._statements[at]
            if (
                score >= _ALIKE
                and self._bears(question, at)
                and not any(_same(statement, r.statement) for r in found)
            ):
                found.append(Reply(statement=statement, score=score))
        near = [reply for reply in found if reply.score >= 0.6 * found[0].score]
        return Asked(question=question, replies=tuple(near[:_MOST]))

    def _bears(self, question: str, at: int) -> bool:
        """Whether more than digits are shared: the 2 of "K2" is not that of "trial 2"."""
        return any(not term.isdigit() for term in self._index.shared(question, at))


def _titled(answer: Answer) -> Iterator[tuple[str, Statement]]:
    """Every sentence of an answer under words that say what it is about."""
    yield answer.question.title, answer.verdict.sentence
    for entry in answer.faq:
        for statement in entry.answer:
            yield entry.question, statement
    for comparison in answer.comparisons:
        if comparison.statement is not None:
            yield comparison.label, comparison.statement
    for curve in answer.doses:
        if curve.statement is not None:
            yield f"dose {curve.comparison.label}", curve.statement
    for times in answer.times:
        if times.statement is not None:
            yield f"over time {times.comparison.label}", times.statement
    for gap in answer.not_measured:
        yield gap.outcome.name, gap.statement
    for story in answer.stories:
        for statement in (*story.done, *story.found, *story.cautions):
            yield story.study.label, statement
    hazards: tuple[Hazard, ...] = (*answer.safety.interactions, *answer.safety.contraindications)
    for hazard in hazards:
        for statement in hazard.statements:
            yield hazard.headline, statement
    for title, group in (
        ("side effects harms safety", answer.safety.adverse_effects),
        ("safety", answer.safety.statements),
        ("how it might work mechanism", answer.mechanisms.statements),
        ("who was studied", answer.subgroups),
        ("", answer.residual),
        ("", answer.background),
        ("what is not known", answer.gaps),
        ("what else is done alternatives", answer.alternatives),
        ("who paid, independent teams", answer.independence),
        ("what would change the answer", answer.flips_statements),
    ):
        for statement in group:
            yield title, statement
    for view in answer.other_views:
        yield "what other reviews concluded", view.statement


def _same(one: Statement, other: Statement) -> bool:
    """Whether two sentences say the same, be it under another id."""
    return re.sub(r"\W+", " ", one.text.lower()) == re.sub(r"\W+", " ", other.text.lower())
