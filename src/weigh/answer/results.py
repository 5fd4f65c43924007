"""The sentence of one comparison: the claim, the numbers behind it, and how certain they are."""

from __future__ import annotations

from weigh.answer.size import RATIOS, Size, find
from weigh.answer.wording import claim
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Absolute, Comparison
from weigh.evidence.figures import amount, plain, ratio
from weigh.evidence.question import Question
from weigh.evidence.statement import Phrase, Quantity, Statement, say
from weigh.evidence.study import Allocation

__all__ = [
    "MEASURE_WORDS",
    "absolute_words",
    "bodies",
    "comparison_claim",
    "interval_words",
    "numbers",
    "tell_comparison",
    "where_and_when",
]

MEASURE_WORDS = {
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "MC": "mean change",
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
}

_DESIGN_WORDS = {
    Allocation.RANDOMISED: ("randomised trial", "randomised trials"),
    Allocation.NON_RANDOMISED: ("non-randomised study", "non-randomised studies"),
    Allocation.UNCONTROLLED: ("study without a control group", "studies without a control group"),
}


def bodies(comparison: Comparison, *, estimable: bool) -> Phrase:
    """``8 randomised trials, 972 people``: of those with an estimate, or of all."""
    count = comparison.k if estimable else len(comparison.all_studies)
    studies = Quantity(text=plain(count), node=comparison.nodes["k" if estimable else "all"])
    singular, plural = _DESIGN_WORDS[comparison.design]
    held = comparison.n if estimable else comparison.people
    words = say("{k} {kind}", k=studies, kind=singular if count == 1 else plural)
    if not held:
        return words
    people = Quantity(text=plain(held), node=comparison.nodes["n" if estimable else "people"])
    return say("{words}, {n} people", words=words, n=people)


def comparison_claim(comparison: Comparison, question: Question) -> Phrase:
    """The claim alone, as it may stand inside a longer sentence."""
    certainty = comparison.certainty
    nodes = tuple(comparison.natural.nodes.values()) if comparison.natural else ()
    return claim(
        intervention=question.intervention.name,
        outcome=comparison.outcome,
        finding=find(comparison),
        certainty=certainty.rating if certainty else CertaintyLevel.NO_EVIDENCE,
        rests_on=(*((certainty.node,) if certainty else ()), *nodes),
        controlled=comparison.design is not Allocation.UNCONTROLLED,
    )


def tell_comparison(comparison: Comparison, question: Question) -> Statement:
    """The whole sentence of a comparison; every comparison on the page has one."""
    certainty = comparison.certainty
    rated: Phrase | str = ""
    if certainty is not None:
        rated = say(
            "certainty: {word}", word=Quantity(text=certainty.rating.words, node=certainty.node)
        )
    said = comparison_claim(comparison, question)
    lead = "" if comparison.direct else "Indirect evidence: "
    among = where_and_when(comparison, question)
    if find(comparison).size is Size.NOT_ESTIMABLE:
        phrase = say(
            "{lead}{claim}{among}: {bodies}, but no report gives numbers that an effect can be "
            "computed from ({rated}).",
            lead=lead,
            claim=said,
            among=among,
            bodies=bodies(comparison, estimable=False),
            rated=rated,
        )
        if comparison.design is Allocation.UNCONTROLLED:
            phrase = say(
                "{lead}{claim}{among}: {bodies}, so nothing shows what would have happened without "
                "treatment ({rated}).",
                lead=lead,
                claim=said,
                among=among,
                bodies=bodies(comparison, estimable=False),
                rated=rated,
            )
    else:
        phrase = say(
            "{lead}{claim}{among}: {numbers}; {bodies}; {rated}.",
            lead=lead,
            claim=said,
            among=among,
            numbers=numbers(comparison),
            bodies=bodies(comparison, estimable=True),
            rated=rated,
        )
    return Statement(id=f"comparison.{comparison.id}", phrase=phrase.capitalised())


def where_and_when(comparison: Comparison, question: Question) -> Phrase:
    """`` in people with ... at 6 months``: the subgroup and the time, where there are any."""
    told = Phrase(text="")
    if comparison.subgroup is not None:
        names = {group.id: group.name for group in question.subgroups}
        told = Phrase(text=f" in {names.get(comparison.subgroup, comparison.subgroup)}")
    if comparison.plan.when is not None and "when" in comparison.nodes:
        when = Quantity(text=comparison.plan.when, node=comparison.nodes["when"])
        told = say("{told} {when}", told=told, when=when)
    return told


def numbers(comparison: Comparison) -> Phrase:
    """The effect in numbers: absolute first, then relative with its interval.

    ``33 fewer in 1,000 people with the event (from 70 fewer to 10 more; risk ratio 0.93, 95% CI
    0.85 to 1.02)``, or ``2.4 days lower than with placebo (95% CI 0.6 to 4.2 lower)``.
    """
    natural = comparison.natural
    if natural is None:
        raise ValueError(f"{comparison.id} has no estimate to put into words")
    level = Quantity(text=_level(comparison), node=comparison.nodes["level"])
    if comparison.absolute is not None and comparison.absolute.per is not None:
        show = ratio if comparison.measure in RATIOS else amount
        return say(
            "{absolute}; {measure} {estimate}, {level} CI {low} to {high}",
            absolute=absolute_words(comparison.absolute, comparison.comparator),
            measure=MEASURE_WORDS[comparison.measure],
            estimate=Quantity(text=show(natural.estimate), node=natural.nodes["estimate"]),
            level=level,
            low=Quantity(text=show(natural.ci_low), node=natural.nodes["ci_low"]),
            high=Quantity(text=show(natural.ci_high), node=natural.nodes["ci_high"]),
        )
    if comparison.measure in RATIOS:
        return say(
            "{measure} {estimate}, {level} CI {low} to {high}",
            measure=MEASURE_WORDS[comparison.measure],
            estimate=Quantity(text=ratio(natural.estimate), node=natural.nodes["estimate"]),
            level=level,
            low=Quantity(text=ratio(natural.ci_low), node=natural.nodes["ci_low"]),
            high=Quantity(text=ratio(natural.ci_high), node=natural.nodes["ci_high"]),
        )
    against = "before treatment" if comparison.measure == "MC" else f"with {comparison.comparator}"
    return say(
        "{estimate} {unit} {way} than {against} on average ({level} CI {interval})",
        estimate=Quantity(text=amount(abs(natural.estimate)), node=natural.nodes["estimate"]),
        unit=_unit(comparison),
        way=comparison.outcome.ways[0 if natural.estimate < 0 else 1],
        against=against,
        level=level,
        interval=interval_words(
            Quantity(text=amount(abs(natural.ci_low)), node=natural.nodes["ci_low"]),
            Quantity(text=amount(abs(natural.ci_high)), node=natural.nodes["ci_high"]),
            natural.ci_low,
            natural.ci_high,
            comparison.outcome.ways,
        ),
    )


def interval_words(
    low: Quantity, high: Quantity, low_value: float, high_value: float, words: tuple[str, str]
) -> Phrase:
    """Two signed bounds in words.

    ``0.6 to 4.2 lower`` where both are on one side, ``0.8 lower to 0.5 higher`` where they are not.
    """
    down, up = words
    if low_value < 0 and high_value <= 0:
        return say("{high} to {low} {way}", low=low, high=high, way=down)
    if low_value >= 0:
        return say("{low} to {high} {way}", low=low, high=high, way=up)
    return say("{low} {down} to {high} {up}", low=low, down=down, high=high, up=up)


def absolute_words(absolute: Absolute, comparator: str) -> Phrase:
    """``33 fewer in 1,000 people (from 70 fewer to 10 more), from 460 in 1,000 with placebo``."""
    if absolute.per is None:
        raise ValueError("only absolute effects in people are told so")
    per = Quantity(text=plain_thousands(absolute.per), node=absolute.nodes["per"])
    difference = round(absolute.difference)
    phrase = say(
        "{difference} {way} in {per} people ({interval})",
        difference=Quantity(text=str(abs(difference)), node=absolute.nodes["difference"]),
        way="fewer" if absolute.difference < 0 else "more",
        per=per,
        interval=interval_words(
            Quantity(
                text=str(abs(round(absolute.difference_low))),
                node=absolute.nodes["difference_low"],
            ),
            Quantity(
                text=str(abs(round(absolute.difference_high))),
                node=absolute.nodes["difference_high"],
            ),
            absolute.difference_low,
            absolute.difference_high,
            ("fewer", "more"),
        ),
    )
    if absolute.comparator is None:
        return phrase
    return say(
        "{phrase} than the {risk} in {per} with {comparator}",
        phrase=phrase,
        risk=Quantity(text=str(round(absolute.comparator)), node=absolute.nodes["comparator"]),
        per=per,
        comparator=comparator,
    )


def plain_thousands(value: int) -> str:
    """``1,000``: the base of an absolute risk is read more easily with its comma."""
    return f"{value:,}"


def _level(comparison: Comparison) -> str:
    level = comparison.pooled.level if comparison.pooled else 0.95
    return f"{100 * level:g}%"


def _unit(comparison: Comparison) -> str:
    if comparison.measure == "SMD":
        return "standard deviations"
    return comparison.outcome.unit or "points"
