"""How many independent teams stand behind some studies, and how many are tied to a maker."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.answer.counting import count_studies
from weigh.evidence.cells import fact_cell, study_cell
from weigh.evidence.comparison import Independence
from weigh.evidence.figures import plain
from weigh.evidence.phrasing import plural
from weigh.evidence.statement import Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["independence"]


def independence(
    trace: TraceBuilder, name: str, studies: Sequence[Study], *, noun: str = "study"
) -> Independence:
    """Count teams and ties among studies.

    Studies that share a `team` are one team; where no team is on record a study's independence is
    unknown, and said so. A study is tied to a maker where industry paid or an author has an
    interest; where neither funding nor interests were seen, that is unknown too.

    Parameters
    ----------
    name
        Names the statement and its nodes: ``independence.<name>``.
    """
    base = f"independence.{name}"
    many = plural(2, noun, "studies" if noun == "study" else None)
    known = [study for study in studies if study.team is not None]
    teams = list(dict.fromkeys(study.team for study in known if study.team is not None))
    tied = [study for study in studies if study.tied_to_maker]
    silent = [study for study in studies if study.funding is None and not study.interests]
    total = count_studies(trace, f"{base}.studies", "studies", studies)
    parts: list[Phrase] = []
    if len(known) == len(studies):
        node = trace.computed(
            f"{base}.teams",
            "independent teams",
            len(teams),
            function="count distinct teams",
            inputs=[study_cell(trace, study).node for study in known],
        )
        number = Quantity(text=plain(len(teams)), node=node)
        alone = len(teams) == 1 and len(studies) > 1
        parts.append(
            say(
                "{k} {studies}, all from {n} research team"
                if alone
                else "{k} {studies} from {n} independent {teams}",
                k=total,
                studies=noun if len(studies) == 1 else many,
                n=number,
                teams=plural(len(teams), "team"),
            )
        )
    elif known:
        parts.append(
            say(
                "{k} {studies}, {n} of them by teams on record",
                k=total,
                studies=noun if len(studies) == 1 else many,
                n=count_studies(trace, f"{base}.known", "studies with a team on record", known),
            )
        )
    else:
        parts.append(
            say(
                "{k} {studies}; whether the teams are independent of each other was not recorded",
                k=total,
                studies=noun if len(studies) == 1 else many,
            )
        )
    if tied:
        parts.append(
            say(
                "{n} {have} authors or funding tied to {parties}",
                n=count_studies(trace, f"{base}.tied", "studies tied to a maker", tied),
                have=plural(len(tied), "has", "have"),
                parties=_parties(trace, tied),
                rests_on=_ties(trace, tied),
            )
        )
    if silent:
        parts.append(
            say(
                "for {n} neither funding nor interests were seen",
                n=count_studies(
                    trace, f"{base}.silent", "studies silent on funding and interests", silent
                ),
            )
        )
    phrase = parts[0]
    for part in parts[1:]:
        phrase = say("{head}; {tail}", head=phrase, tail=part)
    return Independence(
        studies=len(studies),
        teams=len(teams),
        tied=len(tied),
        unknown=len(silent),
        statement=Statement(id=base, phrase=say("{words}.", words=phrase).capitalised()),
    )


def _parties(trace: TraceBuilder, studies: Sequence[Study]) -> Phrase:
    parties = dict.fromkeys(interest.party for study in studies for interest in study.interests)
    return listing(parties) if parties else Phrase(text="industry")


def _ties(trace: TraceBuilder, studies: Sequence[Study]) -> tuple[str, ...]:
    nodes = []
    for study in studies:
        for index, interest in enumerate(study.interests):
            nodes.append(fact_cell(trace, f"studies.{study.id}.interests.{index}", interest).node)
        if study.funding is not None:
            nodes.append(
                trace.datum(
                    f"studies.{study.id}.funding",
                    f"{study.label}: funding",
                    study.funding.kind,
                    of=study.funding,
                    column="funding.kind",
                    source=study.source,
                )
            )
    return tuple(nodes)
