"""Sentences on forms that trials compare through a network, as far as their certainty bears."""

from __future__ import annotations

from weigh.answer.results import MEASURE_WORDS, interval_words, where_and_when
from weigh.answer.size import RATIOS, sized
from weigh.answer.wording import claim
from weigh.evidence.answer import FormCell
from weigh.evidence.figures import amount, ratio
from weigh.evidence.form_network import FormContrast, FormNetwork
from weigh.evidence.phrasing import plural
from weigh.evidence.question import Form, Question
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say, state

__all__ = ["network_cell"]


def network_cell(network: FormNetwork, form: Form, question: Question) -> FormCell:
    """What a network says of one form: it against each form behind it in the question's order.

    Parameters
    ----------
    network
        Forms that trials connect.
    form
        The form whose column it is.
    """
    own = [one for one in network.contrasts if one.first.id == form.id]
    if not own:
        under = [one.first.name for one in network.contrasts if one.second.id == form.id]
        if under:
            return FormCell(empty=f"Compared under {listing(under).text}")
        return FormCell(empty="Not connected with the others through trials")
    statements = [_statement(network, one, question) for one in own]
    if form.id == network.contrasts[0].first.id:
        statements.append(_caution(network))
    return FormCell(statements=tuple(statements))


def _statement(network: FormNetwork, one: FormContrast, question: Question) -> Statement:
    comparison = network.comparison
    said = claim(
        intervention=f"{one.first.name} rather than {one.second.name}",
        outcome=comparison.outcome,
        finding=sized(
            one.estimate,
            one.ci_low,
            one.ci_high,
            null=comparison.null,
            better=comparison.outcome.better,
            mid=comparison.mid,
        ),
        certainty=one.certainty,
        rests_on=(one.node, *one.natural.nodes.values()),
    )
    told = say(
        "{claim}{among}: {numbers}; {direct} {trials} compared the two directly; certainty: "
        "{word}.",
        claim=said,
        among=where_and_when(comparison, question),
        numbers=_numbers(network, one),
        direct=one.direct if one.direct.text != "0" else Quantity(text="no", node=one.direct.node),
        trials=plural(float(one.direct.text) or 1.0, "trial"),
        word=Quantity(text=one.certainty.words, node=one.node),
    )
    return Statement(
        id=f"form.{one.first.id}.network.{network.id}.{one.second.id}", phrase=told.capitalised()
    )


def _numbers(network: FormNetwork, one: FormContrast) -> Phrase:
    measure, natural = network.comparison.measure, one.natural
    if measure in RATIOS:
        return say(
            "{measure} {estimate} ({level} CI {low} to {high})",
            measure=MEASURE_WORDS[measure],
            estimate=Quantity(text=ratio(natural.estimate), node=natural.nodes["estimate"]),
            level=one.level,
            low=Quantity(text=ratio(natural.ci_low), node=natural.nodes["ci_low"]),
            high=Quantity(text=ratio(natural.ci_high), node=natural.nodes["ci_high"]),
        )
    scale = 1000.0 if measure == "RD" else 1.0
    digits = 0 if measure == "RD" else 2
    ways = ("fewer", "more") if measure == "RD" else network.comparison.outcome.ways
    units = {"RD": "in 1,000 people ", "SMD": "standard deviations "}
    unit = units.get(measure, f"{network.comparison.outcome.unit or 'points'} ")

    def shown(field: str) -> Quantity:
        value = abs(getattr(natural, field)) * scale
        return Quantity(text=amount(value, digits), node=natural.nodes[field])

    return say(
        "{estimate} {unit}{way} on average ({level} CI {interval})",
        estimate=shown("estimate"),
        unit=unit,
        way=ways[0 if natural.estimate < 0 else 1],
        level=one.level,
        interval=interval_words(
            shown("ci_low"), shown("ci_high"), natural.ci_low, natural.ci_high, ways
        ),
    )


def _caution(network: FormNetwork) -> Statement:
    """What the comparison rests on, and what may be wrong with it."""
    across = any(one.direct.text == "0" for one in network.contrasts)
    rests: Phrase | str = "."
    if network.through and across:
        rests = say(
            ", through {what}: where no trial compares two forms, their trials are held against "
            "each other, whose people and care may differ, and the certainty is one level lower "
            "for it.",
            what=listing(network.through),
        )
    loops: Phrase | str = " No loop of trials can tell whether direct and indirect evidence agree."
    if network.disagreement is not None:
        p = network.disagreement.text
        loops = say(
            " Test that trials of different designs agree: p {p}.",
            p=Quantity(text=p if p[:1] in "<>" else f"= {p}", node=network.disagreement.node),
        )
    crossed = (
        " The periods of crossover trials are taken for separate groups, which widens intervals."
        if network.crossover
        else ""
    )
    return state(
        f"form.network.{network.id}",
        "The network has {k} randomised {trials} with {n} people{rests}{loops}{crossed}",
        k=network.k,
        trials=plural(float(network.k.text), "trial"),
        n=network.n,
        rests=rests,
        loops=loops,
        crossed=crossed,
        rests_on=(network.k.node,),
    )
