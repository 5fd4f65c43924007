"""ROBINS-I (2016): from the domains to a non-randomised study.

Sterne et al. 2016, BMJ 355:i4919, table 1: a study is as good as its worst domain.
"""

from __future__ import annotations

from collections.abc import Mapping

from weigh.evidence.comparison import Judgement

__all__ = ["DOMAINS", "overall"]

#: Confounding, selection of participants, classification of interventions, deviations from
#: intended interventions, missing data, measurement of outcomes, selection of the reported result.
DOMAINS = 7


def overall(domains: Mapping[str, Judgement]) -> Judgement:
    """The worst domain; ``no_information`` where none is serious but one could not be judged.

    A study judged in fewer than the tool's seven domains lacks information in the others.
    """
    judged: set[str] = set(domains.values())
    if len(domains) < DOMAINS:
        judged.add("no_information")
    for level in ("critical", "serious", "no_information", "moderate"):
        if level in judged:
            return level
    return "low"
