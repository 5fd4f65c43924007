"""Risk-of-bias judgements in the words of their tool."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.errors import Fault
from weigh.evidence.judgement import RiskOfBias
from weigh.folder.gathered import Gathered
from weigh.folder.nearest import nearest

__all__ = ["check_judgements"]

#: Domains of each tool: Sterne et al. 2019 (BMJ 366:l4898); Higgins et al. 2011 (BMJ 343:d5928);
#: Sterne et al. 2016 (BMJ 355:i4919).
_DOMAINS: dict[str, tuple[str, ...]] = {
    "rob2": (
        "randomization_process",
        "deviations_from_intended_interventions",
        "missing_outcome_data",
        "measurement_of_outcome",
        "selection_of_reported_result",
    ),
    "rob1": (
        "random_sequence_generation",
        "allocation_concealment",
        "blinding_of_participants_and_personnel",
        "blinding_of_outcome_assessment",
        "incomplete_outcome_data",
        "selective_reporting",
        "other_bias",
    ),
    "robins-i": (
        "confounding",
        "selection_of_participants",
        "classification_of_interventions",
        "deviations_from_intended_interventions",
        "missing_data",
        "measurement_of_outcomes",
        "selection_of_reported_result",
    ),
}

_LEVELS: dict[str, tuple[str, ...]] = {
    "rob2": ("low", "some_concerns", "high", "no_information"),
    "rob1": ("low", "some_concerns", "high", "no_information"),
    "robins-i": ("low", "moderate", "serious", "critical", "no_information"),
}

_NAMES = {"rob2": "RoB 2", "rob1": "RoB 1", "robins-i": "ROBINS-I"}


def check_judgements(gathered: Gathered) -> Iterator[Fault]:
    """Domains and judgements that the tool named in the row does not have."""
    for entry in gathered.risk_of_bias:
        where = f"{entry.study}, {entry.domain}"
        domains = (*_DOMAINS[entry.tool], "overall")
        if entry.domain not in domains:
            yield gathered.fault(
                entry,
                "domain",
                f"{entry.domain[:80]!r}, which is no domain of {_NAMES[entry.tool]}",
                f"one of {', '.join(domains)}",
                _nearest(entry, domains),
                where=where,
            )
        if entry.judgement not in _LEVELS[entry.tool]:
            yield gathered.fault(
                entry,
                "judgement",
                f"{entry.judgement!r}, which {_NAMES[entry.tool]} does not have",
                f"one of {', '.join(_LEVELS[entry.tool])}",
                where=where,
            )


def _nearest(entry: RiskOfBias, domains: tuple[str, ...]) -> str | None:
    alike = "_".join(entry.domain.lower().replace("-", " ").split())
    near = nearest(alike, domains)
    if near:
        return f"Did you mean {near}?"
    others = [tool for tool, known in _DOMAINS.items() if entry.domain in known]
    return f"It is a domain of {_NAMES[others[0]]}; is `tool` right?" if others else None
