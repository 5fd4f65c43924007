"""Risk of bias of one study for one outcome, from the rows of ``risk_of_bias.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weigh.appraisal import rob1, rob2, robins_i
from weigh.evidence.comparison import Judgement, StudyBias
from weigh.evidence.judgement import RiskOfBias
from weigh.evidence.study import Allocation, Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["OVERALL", "assess"]

#: The name that the folder gives to the overall judgement of a tool.
OVERALL = "overall"

_LABELS = {"rob2": "RoB 2", "rob1": "RoB 1", "robins-i": "ROBINS-I"}

# Made for the design first: RoB 2 for randomised trials, ROBINS-I for the others.
_PREFERENCE = {
    Allocation.RANDOMISED: ("rob2", "rob1", "robins-i"),
    Allocation.NON_RANDOMISED: ("robins-i", "rob2", "rob1"),
    Allocation.UNCONTROLLED: ("robins-i", "rob2", "rob1"),
}


def assess(
    study: Study, outcome_id: str, rows: Iterable[RiskOfBias], trace: TraceBuilder
) -> StudyBias | None:
    """Risk of bias of a study for an outcome.

    Parameters
    ----------
    outcome_id
        The outcome. Its own rows stand above those for all outcomes (``*``), domain by domain.
    rows
        All rows of the folder; those of other studies and outcomes are passed over.
    trace
        Receives a node for each judgement and, where it is derived, for the overall one.

    Returns
    -------
    StudyBias or None
        None where nobody assessed the study: not the same as low risk, and never read as such. With
        several tools, the one made for the design; of several versions, the last.
    """
    chosen = _one_tool(study, [r for r in rows if r.study == study.id and _applies(r, outcome_id)])
    if not chosen:
        return None
    by_domain = {row.domain: row for row in sorted(chosen, key=lambda row: row.outcome != "*")}
    given = by_domain.pop(OVERALL, None)
    nodes = {domain: _judgement_node(study, row, trace) for domain, row in by_domain.items()}
    domains: dict[str, Judgement] = {domain: row.judgement for domain, row in by_domain.items()}
    supports = {domain: row.support for domain, row in by_domain.items()}
    tool, version = chosen[0].tool, chosen[0].version
    if given is not None:
        node = _judgement_node(study, given, trace)
        overall, derived = given.judgement, False
        supports[OVERALL] = given.support
    else:
        overall, derived = _derive(tool, domains), True
        own = any(row.outcome != "*" for row in by_domain.values())
        node = trace.computed(
            f"risk-of-bias.{study.id}.{outcome_id if own else 'all'}.{tool}.{OVERALL}.derived",
            f"{study.label}: overall risk of bias ({_LABELS[tool]}, {version})",
            overall,
            function="weigh.appraisal.overall",
            inputs=list(nodes.values()),
            parameters={"tool": tool, "version": version},
            method=f"the rule of {_LABELS[tool]} for the overall judgement",
            note=_caution(tool, domains, overall),
        )
    return StudyBias(
        tool=tool,
        version=version,
        domains=domains,
        supports=supports,
        overall=overall,
        derived=derived,
        node=node,
        nodes={**nodes, OVERALL: node},
    )


def _applies(row: RiskOfBias, outcome_id: str) -> bool:
    return row.outcome in ("*", outcome_id)


def _one_tool(study: Study, rows: Sequence[RiskOfBias]) -> list[RiskOfBias]:
    for tool in _PREFERENCE[study.allocation]:
        of_tool = [row for row in rows if row.tool == tool]
        if of_tool:
            latest = max(row.version for row in of_tool)
            return [row for row in of_tool if row.version == latest]
    return []


def _derive(tool: str, domains: dict[str, Judgement]) -> Judgement:
    if tool == "rob2":
        return rob2.overall(domains)
    if tool == "rob1":
        return rob1.overall(domains)
    return robins_i.overall(domains)


def _caution(tool: str, domains: dict[str, Judgement], overall: Judgement) -> str | None:
    concerns = list(domains.values()).count("some_concerns")
    if tool != "rob2" or overall != "some_concerns" or concerns < rob2.MANY_CONCERNS:
        return None
    return (
        f"There are some concerns in {concerns} domains. RoB 2 lets a reviewer call that high "
        f"risk overall; the program does not do so on its own."
    )


def _judgement_node(study: Study, row: RiskOfBias, trace: TraceBuilder) -> str:
    outcome = "all" if row.outcome == "*" else row.outcome
    return trace.datum(
        f"risk-of-bias.{study.id}.{outcome}.{row.tool}.{row.domain}",
        f"{study.label}: {row.domain.replace('_', ' ')} ({_LABELS[row.tool]}, {row.version})",
        row.judgement,
        of=row,
        column="judgement",
    )
