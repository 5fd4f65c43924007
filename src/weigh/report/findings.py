"""The summary of findings: a row an outcome, and why each certainty was lowered.

Columns follow the Cochrane Handbook, chapter 14: people, relative effect, risks in people, the
difference, the certainty and the finding in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from weigh.evidence.answer import Answer
from weigh.evidence.certainty import Certainty
from weigh.evidence.comparison import Absolute, Comparison
from weigh.evidence.figures import amount, plain
from weigh.evidence.judgement import GradeDomain
from weigh.evidence.question import Importance, Outcome
from weigh.evidence.statement import Phrase, Quantity, Statement, say
from weigh.evidence.study import Allocation
from weigh.report.rows import DASH, effect_words
from weigh.report.wording import GRADE_DOMAINS, RATIOS, studies_words

__all__ = ["Finding", "Footnote", "domain_reason", "findings", "levels_words"]

#: More outcomes than these are not taken in at a glance (Handbook 14.1.6.2).
MOST = 7

_RANK: dict[Importance, int] = {"critical": 0, "important": 1, "limited": 2}
_BEST = (Allocation.RANDOMISED, Allocation.NON_RANDOMISED, Allocation.UNCONTROLLED)
#: Domains that can only raise a certainty.
_RAISING: frozenset[GradeDomain] = frozenset(
    {"large_effect", "dose_response", "opposing_residual_confounding"}
)
_STEPS = {1: "one level", 2: "two levels", 3: "three levels"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """Why a certainty was lowered or raised."""

    letter: str
    words: Phrase
    about: tuple[GradeDomain, int, Phrase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row. Cells that do not apply hold a dash."""

    outcome: Outcome
    label: str
    importance: Importance
    people: Phrase
    relative: Phrase
    comparator: Phrase
    intervention: Phrase
    difference: Phrase
    certainty: Certainty | None
    letters: tuple[str, ...]
    statement: Statement | None
    anchor: str | None


def findings(answer: Answer) -> tuple[list[Finding], list[Footnote]]:
    """The rows, most important outcomes first, and their footnotes."""
    rows: list[Finding] = []
    notes: list[Footnote] = []
    outcomes = sorted(answer.question.outcomes, key=lambda outcome: _RANK[outcome.importance])
    for outcome in outcomes[:MOST]:
        held = _best(answer.comparisons, outcome)
        rows += [_row(comparison, notes) for comparison in held]
        if not held:
            rows += [
                _not_measured(outcome, gap.statement)
                for gap in answer.not_measured
                if gap.outcome.id == outcome.id
            ]
    return rows, notes


def _best(comparisons: Sequence[Comparison], outcome: Outcome) -> list[Comparison]:
    """The comparisons of an outcome that come nearest the question, of the best design."""
    held = [c for c in comparisons if c.outcome.id == outcome.id and c.subgroup is None]
    held = [c for c in held if c.direct] or held
    for design in _BEST:
        of_design = [c for c in held if c.design is design]
        if of_design:
            return of_design
    return []


def _row(comparison: Comparison, notes: list[Footnote]) -> Finding:
    letters = tuple(_note(notes, reason) for reason in _reasons(comparison.certainty))
    absolute = comparison.absolute
    return Finding(
        outcome=comparison.outcome,
        label=comparison.label,
        importance=comparison.outcome.importance,
        people=_people(comparison),
        relative=_relative(comparison),
        comparator=_risk(absolute, "comparator"),
        intervention=_risk(absolute, "intervention"),
        difference=_difference(comparison),
        certainty=comparison.certainty,
        letters=letters,
        statement=comparison.statement,
        anchor=f"outcome-{comparison.id}",
    )


def _not_measured(outcome: Outcome, statement: Statement) -> Finding:
    none = Phrase(text=DASH)
    return Finding(
        outcome=outcome,
        label=outcome.name,
        importance=outcome.importance,
        people=none,
        relative=none,
        comparator=none,
        intervention=none,
        difference=none,
        certainty=None,
        letters=(),
        statement=statement,
        anchor=None,
    )


def _people(comparison: Comparison) -> Phrase:
    """``972 people (8 randomised trials)``."""
    count, name = (comparison.n, "n") if comparison.k else (comparison.people, "people")
    studies = studies_words(comparison)
    if not count or name not in comparison.nodes:
        return studies
    people = Quantity(text=f"{count:,}", node=comparison.nodes[name])
    return say("{people} people ({studies})", people=people, studies=studies)


def _relative(comparison: Comparison) -> Phrase:
    if comparison.natural is None or comparison.measure not in RATIOS:
        return Phrase(text=DASH)
    return say(
        "{measure} {effect}",
        measure=comparison.measure,
        effect=effect_words(comparison.measure, comparison.natural),
    )


def _risk(absolute: Absolute | None, side: str) -> Phrase:
    value = None if absolute is None else getattr(absolute, side)
    if absolute is None or value is None or side not in absolute.nodes:
        return Phrase(text=DASH)
    if absolute.per is None:
        return say("{score}", score=Quantity(text=amount(value), node=absolute.nodes[side]))
    return say(
        "{risk} in {per}",
        risk=Quantity(text=plain(round(value)), node=absolute.nodes[side]),
        per=Quantity(text=f"{absolute.per:,}", node=absolute.nodes["per"]),
    )


def _difference(comparison: Comparison) -> Phrase:
    """``50 fewer in 1,000 (81 fewer to 12 fewer)``, ``1.20 points lower (…)``."""
    absolute = comparison.absolute
    if absolute is None:
        return Phrase(text=DASH)
    people = absolute.per is not None
    ways = ("fewer", "more") if people else ("lower", "higher")

    def told(field: str) -> Phrase:
        value = getattr(absolute, field)
        shown = plain(abs(round(value))) if people else amount(abs(value))
        return say(
            "{value} {way}",
            value=Quantity(text=shown, node=absolute.nodes[field]),
            way=ways[0] if value < 0 else ways[1],
        )

    interval = say("({low} to {high})", low=told("difference_low"), high=told("difference_high"))
    if absolute.per is not None:
        per = Quantity(text=f"{absolute.per:,}", node=absolute.nodes["per"])
        return say("{d} in {per} {ci}", d=told("difference"), per=per, ci=interval)
    unit = "SD" if comparison.measure == "SMD" else comparison.outcome.unit
    return say(
        "{d}{unit} {ci}", d=told("difference"), unit=f", {unit}" if unit else "", ci=interval
    )


# Reasons


def _reasons(certainty: Certainty | None) -> list[Footnote]:
    """Why it was lowered or raised, not lettered yet."""
    if certainty is None:
        return []
    return [
        Footnote(
            letter="",
            words=say(
                "{domain}: {levels}. {reason}",
                domain=GRADE_DOMAINS[domain.domain],
                levels=levels_words(domain.domain, domain.levels, certainty.node),
                reason=domain_reason(domain.reason),
            ),
            about=(domain.domain, domain.levels, domain.reason),
        )
        for domain in certainty.domains
        if domain.levels != 0
    ]


def _note(notes: list[Footnote], reason: Footnote) -> str:
    """The letter of a footnote; the same reason from the same nodes is printed once."""
    for known in notes:
        if known.about == reason.about:
            return known.letter
    notes.append(replace(reason, letter=_letter(len(notes))))
    return notes[-1].letter


def levels_words(domain: GradeDomain, levels: int, node: str) -> Phrase:
    """``lowered by one level``; the count leads to the rating that it is part of."""
    if levels == 0:
        return Phrase(text="not raised" if domain in _RAISING else "not lowered")
    steps = Quantity(text=_STEPS.get(abs(levels), f"{abs(levels)} levels"), node=node)
    return say("{way} by {steps}", way="lowered" if levels < 0 else "raised", steps=steps)


def domain_reason(reason: Phrase) -> Phrase:
    """A reason as a sentence of its own."""
    stop = "" if reason.text.endswith((".", "!", "?", ".”", ".)")) else "."
    return say("{reason}{stop}", reason=reason.capitalised(), stop=stop)


def _letter(index: int) -> str:
    """The letter of a footnote: a to z, then aa, ab, ..."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
