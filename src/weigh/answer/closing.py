"""The end of the page: the graded conclusion, the methods and the disclaimer."""

from __future__ import annotations

from weigh.answer.draft import Draft
from weigh.answer.headline import danger_with_dose
from weigh.evidence.answer import Verdict
from weigh.evidence.cells import fact_cell
from weigh.evidence.statement import Phrase, Quantity, Statement, state
from weigh.evidence.study import Fact
from weigh.evidence.trace import TraceBuilder

__all__ = ["DISCLAIMER", "conclusion", "methods"]

DISCLAIMER = (
    "This page reports what studies found and how certain that is. It is not medical advice, and "
    "it does not say what anyone should take. Talk to a doctor or pharmacist before you start or "
    "stop anything, above all if you take other medicines."
)


def conclusion(
    draft: Draft, answer: Verdict, flips: tuple[Statement, ...], trace: TraceBuilder
) -> tuple[Statement, ...]:
    """What may be concluded, what cannot, and what would change it."""
    phrases: list[Phrase] = [answer.sentence.phrase]
    if draft.independence is not None and draft.independence.tied:
        phrases.append(draft.independence.statement.phrase)
    danger = danger_with_dose(draft)
    if danger is not None:
        phrases.append(danger)
    phrases += [statement.phrase for statement in flips[:1]]
    return tuple(
        Statement(id=f"conclusion.{number}", phrase=phrase)
        for number, phrase in enumerate(phrases, start=1)
    )


def methods(draft: Draft, trace: TraceBuilder, version: str) -> tuple[Statement, ...]:
    """What was searched, how it was pooled and rated, with which program."""
    found: list[Statement] = []
    for index, search in enumerate(draft.question.search):
        cell = fact_cell(
            trace, f"question.search.{index}", Fact(**search.model_dump(by_alias=True))
        )
        found.append(state(f"methods.search.{index + 1}", "{text}", text=cell))
    searched = trace.datum(
        "question.searched",
        "date of the last search",
        draft.question.searched,
        of=draft.question,
        column="searched",
        source=draft.question.search[0].source if draft.question.search else None,
    )
    found.append(
        state(
            "methods.date",
            "Last search: {date}.",
            date=Quantity(text=draft.question.searched, node=searched),
        )
    )
    models = dict.fromkeys(
        (c.pooled.method, c.pooled.test)
        for c in draft.comparisons
        if c.pooled is not None and c.k > 1
    )
    for number, (method, test) in enumerate(models, start=1):
        found.append(
            state(
                f"methods.model.{number}",
                "Pooling: {method}; {test}.",
                method=_METHODS.get(method, method),
                test=_TESTS.get(test, test),
            )
        )
    found.append(
        state(
            "methods.designs",
            "Randomised, non-randomised and uncontrolled studies are never pooled together; "
            "certainty is rated with GRADE from stated rules, and risk of bias as the folder "
            "records it.",
        )
    )
    return tuple(found)


_METHODS = {
    "REML": "random effects, between-study variance by restricted maximum likelihood (REML)",
    "DL": "random effects, between-study variance by DerSimonian and Laird's method",
    "PM": "random effects, between-study variance by Paule and Mandel's method",
    "EE": "equal effects, inverse variance",
    "FE": "fixed effects, inverse variance",
    "MH": "Mantel-Haenszel",
    "PETO": "Peto's method",
}
_TESTS = {
    "knha": "intervals after Knapp and Hartung",
    "adhoc": "intervals after Knapp and Hartung, never narrower than the normal ones",
    "z": "intervals from the normal distribution",
    "t": "intervals from the t distribution",
}
