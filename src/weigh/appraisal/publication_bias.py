"""GRADE, publication bias: whether what we see is what was done.

Guyatt et al. 2011 (GRADE guidelines 5): the domain is either undetected or strongly suspected, one
level at most. Suspicion comes from a test of small-study effects, from small evidence out of the
hands of a party with a stake, and from registered studies that never reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weigh.appraisal.body import Body, Member
from weigh.appraisal.risk_of_bias import MOST
from weigh.evidence.cells import fact_cell, study_cell
from weigh.evidence.certainty import DomainRating
from weigh.evidence.figures import p_value, plain
from weigh.evidence.judgement import TrustCheck
from weigh.evidence.statement import Phrase, Quantity, join, listing, say
from weigh.evidence.study import Study

__all__ = [
    "FEWEST_STUDIES",
    "SMALL_BODY",
    "SMALL_STUDY_P",
    "SmallStudyTest",
    "rate_publication_bias",
    "tie_nodes",
]

#: With fewer studies a test of small-study effects tells chance from bias too poorly to be used
#: (Cochrane Handbook 13.3.5.4; Sterne et al. 2011).
FEWEST_STUDIES = 10

#: The level that tests of funnel asymmetry are held against, because they have little power (Egger
#: et al. 1997).
SMALL_STUDY_P = 0.10

#: A body of evidence with fewer people is small; the same figure as GRADE's rule of thumb for
#: imprecision. GRADE guidelines 5 speak of "a small number of small trials" and give none.
SMALL_BODY = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallStudyTest:
    """A test of small-study effects, made elsewhere: its name in words, p value and node."""

    name: str
    p: float
    node: str


def rate_publication_bias(body: Body, small_study: SmallStudyTest | None = None) -> DomainRating:
    """Rate the domain.

    One level where any of these holds, else none:

    - with at least ten studies, a small-study test below 0.10;
    - fewer than 400 people, most of the information from studies tied to a party with a stake;
    - fewer than 400 people, two or more studies and all of them from one team;
    - studies that measured the outcome and gave no usable numbers for it hold most of the people
      (Cochrane Handbook 13.3.3, on results that are missing from a synthesis);
    - a study of the same kind was registered and never reported: ``trust.csv`` has a concern about
      its registration, and ``results.csv`` nothing from it.
    """
    signs = [*_asymmetry(body, small_study), *_concentration(body), *_one_team(body)]
    signs += [*_without_numbers(body), *_unreported(body)]
    if signs:
        return DomainRating(domain="publication_bias", levels=-1, reason=join(signs))
    return DomainRating(domain="publication_bias", levels=0, reason=_undetected(body, small_study))


def tie_nodes(body: Body, studies: Iterable[Study]) -> tuple[str, ...]:
    """Nodes of the funding and interests of some studies."""
    nodes = []
    for study in studies:
        nodes.append(study_cell(body.trace, study).node)
        for index, interest in enumerate(study.interests):
            node_id = f"studies.{study.id}.interests.{index}"
            nodes.append(fact_cell(body.trace, node_id, interest).node)
        if study.funding is not None:
            nodes.append(
                body.trace.datum(
                    f"studies.{study.id}.funding",
                    f"{study.label}: funding",
                    study.funding.kind,
                    of=study.funding,
                    column="funding.kind",
                    source=study.source,
                )
            )
    return tuple(dict.fromkeys(nodes))


def _usable(body: Body, small_study: SmallStudyTest | None) -> bool:
    return small_study is not None and body.comparison.k >= FEWEST_STUDIES


def _asymmetry(body: Body, small_study: SmallStudyTest | None) -> list[Phrase]:
    if small_study is None or not _usable(body, small_study) or small_study.p >= SMALL_STUDY_P:
        return []
    return [
        say(
            "Small studies give other results than large ones ({name}: p {p}), as they do where "
            "some were never published.",
            name=small_study.name,
            p=_p(small_study),
        )
    ]


def _p(small_study: SmallStudyTest) -> Quantity:
    text = p_value(small_study.p)
    return Quantity(text=text if text.startswith("<") else f"= {text}", node=small_study.node)


def _is_small(body: Body) -> bool:
    return body.comparison.people < SMALL_BODY


def _people(body: Body) -> Quantity | None:
    """Everyone measured, with or without an estimate, as a sentence shows it."""
    node = body.comparison.nodes.get("people")
    if body.comparison.people <= 0 or node is None or node not in body.trace:
        return None
    return Quantity(text=plain(body.comparison.people), node=node)


def _concentration(body: Body) -> list[Phrase]:
    tied = [member for member in body.members if member.study.tied_to_maker]
    if not tied or not _is_small(body) or body.share(tied) <= MOST:
        return []
    nodes = tie_nodes(body, (member.study for member in tied))
    n = _people(body)
    small = say("The evidence is small ({n} people)", n=n) if n else "The evidence is small"
    if len(tied) == len(body.members):
        who = "all of it comes" if len(tied) > 1 else f"its {body.only_study()} comes"
        carried = say(
            "{who} from people or funds tied to {parties}", who=who, parties=_parties(body, tied)
        )
    else:
        share = body.share_cell("publication_bias.tied", "share of studies tied to a party", tied)
        carried = say(
            "studies tied to {parties} {carry}",
            parties=_parties(body, tied),
            carry=body.carry(share),
        )
    return [say("{small}, and {carried}.", small=small, carried=carried, rests_on=nodes)]


def _parties(body: Body, tied: list[Member]) -> Phrase:
    """The parties by name, each standing on the first fact that names it; else ``industry``."""
    named: dict[str, Quantity] = {}
    for member in tied:
        for index, interest in enumerate(member.study.interests):
            node_id = f"studies.{member.study.id}.interests.{index}"
            node = fact_cell(body.trace, node_id, interest).node
            named.setdefault(interest.party, Quantity(text=interest.party, node=node))
    return listing(named.values()) if named else Phrase(text="industry")


def _one_team(body: Body) -> list[Phrase]:
    studies = [member.study for member in body.members]
    teams = {study.team for study in studies}
    if len(studies) < 2 or None in teams or len(teams) > 1 or not _is_small(body):
        return []
    nodes = [
        body.trace.datum(
            f"studies.{study.id}.team", f"{study.label}: team", study.team, of=study, column="team"
        )
        for study in studies
    ]
    return [
        say(
            "{all_studies} come from one team, and nobody else has repeated them.",
            all_studies=body.all_studies(),
            rests_on=nodes,
        ).capitalised()
    ]


def _without_numbers(body: Body) -> list[Phrase]:
    """Results known to exist that are not in the estimate, where they are most of what there is."""
    if not body.estimable:
        return []
    silent = [row for row in body.comparison.not_estimable if row.n is not None]
    missing = sum(row.n or 0 for row in silent)
    if missing <= MOST * (missing + body.comparison.n):
        return []
    node = body.trace.computed(
        f"{body.base}.publication_bias.missing",
        "people in studies without usable numbers",
        missing,
        function="sum",
        inputs=[row.nodes["n"] for row in silent if "n" in row.nodes] or body.studies_nodes(),
    )
    return [
        say(
            "Studies with {missing} people measured this and gave no numbers that could be used, "
            "against {n} people in the estimate.",
            missing=Quantity(text=plain(missing), node=node),
            n=body.size_cell(),
        )
    ]


def _unreported(body: Body) -> list[Phrase]:
    """Studies of the same kind that a reviewer found registered, and that gave no result."""
    reported = {row.study for row in body.evidence.results}
    silent = [
        (body.evidence.study(row.study), row)
        for row in body.evidence.trust
        if row.check == "registration"
        and row.finding in ("concern", "serious")
        and row.study not in reported
        and _same_kind(body, row.study)
    ]
    if not silent:
        return []
    words = (
        "{studies} was registered and gave no results."
        if len(silent) == 1
        else "{studies} were registered and gave no results."
    )
    cells = [study_cell(body.trace, study) for study, _ in silent]
    nodes = [_trust_node(body, study, row) for study, row in silent]
    return [say(words, studies=listing(cells), rests_on=nodes)]


def _same_kind(body: Body, study_id: str) -> bool:
    """True where a study could have entered the comparison by its design and directness."""
    study = {s.id: s for s in body.evidence.studies}.get(study_id)
    return (
        study is not None
        and study.excluded is None
        and study.allocation is body.comparison.design
        and study.directness.level == body.comparison.plan.directness
    )


def _trust_node(body: Body, study: Study, row: TrustCheck) -> str:
    return body.trace.datum(
        f"trust.{row.study}.{row.check}",
        f"{study.label}: {row.check}",
        row.text,
        of=row,
        column="text",
    )


def _undetected(body: Body, small_study: SmallStudyTest | None) -> Phrase:
    if small_study is not None and _usable(body, small_study):
        return say(
            "A test of small-study effects ({name}: p {p}) gives no sign that studies are missing.",
            name=small_study.name,
            p=_p(small_study),
        )
    if body.comparison.k >= FEWEST_STUDIES:
        return say(
            "No sign that studies are missing was found; small-study effects were not tested.",
            rests_on=body.studies_nodes(),
        )
    return say(
        "No sign that studies are missing was found; there are too few studies for a test.",
        rests_on=body.studies_nodes(),
    )
