"""All that an evidence folder holds, as one frozen value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from weigh.evidence.background import Background, FormFact
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias, TrustCheck
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.question import Question
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.safety import Safety
from weigh.evidence.study import Study

__all__ = ["Evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A question and everything gathered to answer it.

    Parameters
    ----------
    name
        The folder's name; no path.
    fingerprint
        Hash of the folder's contents, hexadecimal SHA-256; the same files give the same one.
    shared_keys
        Keys of results that more than one report gives.
    """

    name: str
    fingerprint: str
    question: Question
    studies: tuple[Study, ...] = ()
    results: tuple[Result, ...] = ()
    risk_of_bias: tuple[RiskOfBias, ...] = ()
    trust: tuple[TrustCheck, ...] = ()
    overrides: tuple[CertaintyOverride, ...] = ()
    mechanisms: tuple[MechanismEdge, ...] = ()
    forms: tuple[FormFact, ...] = ()
    safety: Safety = field(default_factory=Safety)
    background: Background = field(default_factory=Background)
    references: tuple[Reference, ...] = ()
    shared_keys: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        times = Counter(result.key for result in self.results)
        shared = frozenset(key for key, number in times.items() if number > 1)
        object.__setattr__(self, "shared_keys", shared)

    def study(self, study_id: str) -> Study:
        """Return the study with this id; KeyError where there is none."""
        return {study.id: study for study in self.studies}[study_id]

    def reference(self, reference_id: str) -> Reference:
        """Return the reference with this id; KeyError where there is none."""
        return {reference.id: reference for reference in self.references}[reference_id]
