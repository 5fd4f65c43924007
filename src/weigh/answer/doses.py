"""The sentence on a curve of dose: whether more does more, as far as the certainty bears it."""

from __future__ import annotations

from dataclasses import replace

from weigh.answer.differences import difference, ratio_cell
from weigh.answer.results import MEASURE_WORDS, where_and_when
from weigh.answer.size import RATIOS, sized
from weigh.answer.wording import claim
from weigh.evidence.doses import DoseContrast, DoseCurveView
from weigh.evidence.phrasing import plural
from weigh.evidence.question import Question
from weigh.evidence.statement import Phrase, Quantity, Statement, say, state

__all__ = ["tell_doses"]


def tell_doses(view: DoseCurveView, question: Question) -> DoseCurveView:
    """The curve with its sentence and what must be known beside it.

    The claim is of the highest dose against the lowest that was studied; no dose is recommended.
    """
    comparison, contrast = view.comparison, view.contrast
    said = claim(
        intervention=f"a higher dose of {view.who}",
        outcome=comparison.outcome,
        finding=sized(contrast, comparison),
        certainty=view.rating.level,
        rests_on=(view.rating.node, *contrast.natural.nodes.values()),
    )
    phrase = say(
        "{claim}{among}: {numbers}, on a curve through {doses} doses in {k} randomised {trials}, "
        "{n} people; certainty: {word}.",
        claim=said,
        among=where_and_when(comparison, question),
        numbers=_numbers(view, contrast),
        doses=view.doses,
        k=view.k,
        trials=plural(float(view.k.text), "trial"),
        n=view.n,
        word=Quantity(text=view.rating.level.words, node=view.rating.node),
    )
    return replace(
        view,
        statement=Statement(id=f"doses.{view.id}", phrase=phrase.capitalised()),
        cautions=_cautions(view),
    )


def _numbers(view: DoseCurveView, contrast: DoseContrast) -> Phrase:
    """``at 1200 mg a day, 0.4 points lower than at 100 mg (95% CI 1.2 lower to 0.4 higher)``."""
    measure, natural = view.comparison.measure, contrast.natural
    if measure in RATIOS:
        return say(
            "at {high} a day, {measure} {estimate} against {low} ({level} CI {ci_low} to "
            "{ci_high})",
            high=contrast.high,
            low=contrast.low,
            measure=MEASURE_WORDS[measure],
            estimate=ratio_cell(natural, "estimate"),
            level=contrast.level,
            ci_low=ratio_cell(natural, "ci_low"),
            ci_high=ratio_cell(natural, "ci_high"),
        )
    told = difference(view.comparison, natural, people="")
    return say(
        "at {high} a day, {estimate} {unit}{way} than at {low} on average ({level} CI {interval})",
        high=contrast.high,
        low=contrast.low,
        estimate=told.estimate,
        unit=told.unit,
        way=told.way,
        level=contrast.level,
        interval=told.interval,
    )


def _cautions(view: DoseCurveView) -> tuple[Statement, ...]:
    shape = state(
        f"doses.{view.id}.shape",
        "The curve is a straight line over the doses that were studied, with a step to it from "
        "{comparator}, so that an effect which every dose has alike is not taken for one that "
        "grows; that the arms of one trial share its comparator group is allowed for.",
        comparator=view.comparison.comparator,
        rests_on=(view.k.node,),
    )
    told = [shape]
    if view.method == "EE" and view.k.text != "1":
        told.append(
            state(
                f"doses.{view.id}.alike",
                "There are too few trials to estimate how their curves differ, so the band takes "
                "them to be the same and is too narrow where they are not.",
                rests_on=(view.k.node,),
            )
        )
    if not view.rating.lowered:
        return tuple(told)
    across = state(
        f"doses.{view.id}.across",
        "Some trials tried one dose alone, so doses are compared between trials too, whose people "
        "and care may differ; the certainty is one level below that of the outcome for it.",
        rests_on=(view.rating.node,),
    )
    return (*told, across)
