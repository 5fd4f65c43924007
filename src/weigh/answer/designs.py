"""What kind of study it was, in words; "trial" only where the allotment was controlled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from weigh.evidence.study import Design, Study

__all__ = ["design_words", "with_article"]

_DESIGNS: Mapping[Design, str] = MappingProxyType(
    {
        Design.RCT: "randomised trial",
        Design.CROSSOVER_RCT: "randomised crossover trial",
        Design.CLUSTER_RCT: "cluster-randomised trial",
        Design.NON_RANDOMISED: "controlled study without randomisation",
        Design.COHORT: "cohort study",
        Design.CASE_CONTROL: "case-control study",
        Design.CROSS_SECTIONAL: "cross-sectional study",
        Design.BEFORE_AFTER: "before-and-after study without a control group",
        Design.CASE_SERIES: "case series without a control group",
    }
)


def design_words(study: Study) -> str:
    """The design with its blinding: ``a double-blind randomised pilot trial``."""
    blinding = "" if study.blinding == "not-reported" else f"{study.blinding} "
    design = _DESIGNS[study.design]
    if study.pilot:
        design = re.sub(r"\b(trial|study|series)\b", r"pilot \1", design, count=1)
    return with_article(f"{blinding}{design}")


def with_article(noun: str) -> str:
    """The noun with "a" or "an" before it."""
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"
