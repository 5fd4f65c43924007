"""Sentences on forms that trials compare through a network, as far as their certainty bears."""

from __future__ import annotations

from weigh.answer.differences import difference, ratio_cell
from weigh.answer.results import MEASURE_WORDS, where_and_when
from weigh.answer.size import RATIOS, sized
from weigh.answer.wording import claim
from weigh.evidence.answer import FormCell
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
        finding=sized(one, comparison),
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
            estimate=ratio_cell(natural, "estimate"),
            level=one.level,
            low=ratio_cell(natural, "ci_low"),
            high=ratio_cell(natural, "ci_high"),
        )
    told = difference(network.comparison, natural, people="in 1,000 people ")
    return say(
        "{estimate} {unit}{way} on average ({level} CI {interval})",
        estimate=told.estimate,
        unit=told.unit,
        way=told.way,
        level=one.level,
        interval=told.interval,
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
