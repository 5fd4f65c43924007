"""The sentence on an effect over several time points of the same trials."""

from __future__ import annotations

from dataclasses import replace

from weigh.answer.results import numbers
from weigh.answer.size import RATIOS, sized
from weigh.answer.wording import claim
from weigh.evidence.comparison import Natural
from weigh.evidence.figures import amount, ratio
from weigh.evidence.phrasing import plural
from weigh.evidence.question import Question
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say, state
from weigh.evidence.times import TimesResult, TimesView

__all__ = ["tell_times"]


def tell_times(view: TimesView, question: Question) -> TimesView:
    """The view with its sentence, graded as the comparison is, and what it assumes."""
    comparison, main = view.comparison, view.main
    rating = comparison.certainty
    assert rating is not None
    said = claim(
        intervention=question.intervention.name,
        outcome=comparison.outcome,
        finding=sized(main, comparison),
        certainty=rating.rating,
        rests_on=(rating.node, *main.natural.nodes.values()),
    )
    over = replace(
        comparison,
        natural=main.natural,
        absolute=None,
        nodes={**comparison.nodes, "level": view.level.node},
    )
    phrase = say(
        "Over all their time points together, {claim}: {numbers}; {effects} effects of {k} "
        "randomised {trials}; certainty: {word}.",
        claim=said,
        numbers=numbers(over),
        effects=view.effects,
        k=view.k,
        trials=plural(float(view.k.text), "trial"),
        word=Quantity(text=rating.rating.words, node=rating.node),
    )
    return replace(
        view,
        statement=Statement(id=f"times.{view.id}", phrase=phrase),
        cautions=_cautions(view),
    )


def _cautions(view: TimesView) -> tuple[Statement, ...]:
    return (
        state(
            f"times.{view.id}.assumption",
            "Effects of one trial at several times depend on each other. A correlation of {rho} "
            "between two of them is assumed, as no report gives it; with {others}.",
            rho=view.main.correlation,
            others=listing([_under(view, other) for other in view.others]),
        ),
        state(
            f"times.{view.id}.latest",
            "Everywhere else this page takes the latest time of each trial.",
            rests_on=(view.effects.node,),
        ),
    )


def _under(view: TimesView, result: TimesResult) -> Phrase:
    """``0.2 it would be −1.10 (−1.90 to −0.30)``."""
    show = ratio if view.comparison.measure in RATIOS else amount
    natural: Natural = result.natural

    def shown(field: str) -> Quantity:
        return Quantity(text=show(getattr(natural, field)), node=natural.nodes[field])

    return say(
        "{rho} it would be {estimate} ({low} to {high})",
        rho=result.correlation,
        estimate=shown("estimate"),
        low=shown("ci_low"),
        high=shown("ci_high"),
    )
