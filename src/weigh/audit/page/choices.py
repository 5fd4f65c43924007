"""Criteria on what a reader could choose: other options, cost, availability, novelty.

After HealthNewsReview 1 and 7 to 9, and DISCERN 12 and 14.
"""

from __future__ import annotations

from weigh.audit.linking import Ground
from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.audit import PageFinding, PageStatus
from weigh.evidence.statement import listing

__all__ = ["alternatives", "availability", "cost", "novelty"]


def alternatives(look: Look, voice: Voice, ground: Ground | None) -> PageFinding:
    """P-ALTERN: other options, doing nothing among them."""
    title = "Other options"
    options, nothing = look.find("other options"), look.find("doing nothing")
    known = () if ground is None else ground.evidence.background.alternatives
    named = [entry.name for entry in known if look.names_of(entry.name)]
    if named or nothing:
        what = listing(named) if named else voice.said(nothing[0])
        return voice.find(
            "P-ALTERN", title, PageStatus.MET, [*nothing, *options],
            "it names what else there is: {what}", what=what,
        )  # fmt: skip
    if options:
        return voice.find(
            "P-ALTERN", title, PageStatus.PARTLY, options,
            "it speaks of other options ({words}) without naming one to compare with",
            words=voice.said(options[0]),
        )  # fmt: skip
    return voice.find(
        "P-ALTERN", title, PageStatus.NOT_MET, (),
        "it names no other option, nor what happens without treatment",
    )  # fmt: skip


def cost(look: Look, voice: Voice) -> PageFinding:
    """P-COST: what it costs."""
    title = "Cost"
    prices, costs = look.find("price"), look.find("cost")
    if prices:
        return voice.find(
            "P-COST", title, PageStatus.MET, prices,
            "it gives a price: {words}", words=voice.said(prices[0]),
        )  # fmt: skip
    if costs:
        return voice.find(
            "P-COST", title, PageStatus.PARTLY, costs,
            "it speaks of cost ({words}) without an amount", words=voice.said(costs[0]),
        )  # fmt: skip
    return voice.find("P-COST", title, PageStatus.NOT_MET, (), "it does not say what it costs")


def availability(look: Look, voice: Voice) -> PageFinding:
    """P-AVAIL: how it can be had, and whether anybody regulates it."""
    title = "Availability and regulation"
    regulated, sold = look.find("regulation"), look.find("availability")
    if regulated:
        return voice.find(
            "P-AVAIL", title, PageStatus.MET, [*regulated, *sold],
            "it speaks of how it is regulated: {words}", words=voice.said(regulated[0]),
        )  # fmt: skip
    if sold:
        return voice.find(
            "P-AVAIL", title, PageStatus.PARTLY, sold,
            "it says in what it is found ({words}), and not whether it is approved or regulated",
            words=voice.said(sold[0]),
        )  # fmt: skip
    return voice.find(
        "P-AVAIL", title, PageStatus.NOT_MET, (),
        "it says neither how it can be had nor whether it is approved or regulated",
    )  # fmt: skip


def novelty(look: Look, voice: Voice) -> PageFinding:
    """P-NOVEL: where something is called new, the page says since when it is known."""
    title = "What is new"
    new, dated = look.find("novelty"), look.find("dated")
    if not new:
        return voice.find("P-NOVEL", title, PageStatus.NOT_APPLICABLE, (), "it calls nothing new")
    if dated:
        return voice.find(
            "P-NOVEL", title, PageStatus.MET, [*new, *dated],
            "it calls something new ({words}) and dates its studies: {date}",
            words=voice.said(new[0]), date=voice.said(dated[0]),
        )  # fmt: skip
    return voice.find(
        "P-NOVEL", title, PageStatus.NOT_MET, new,
        "it calls something new ({words}) and gives no date by which to tell",
        words=voice.said(new[0]),
    )  # fmt: skip
