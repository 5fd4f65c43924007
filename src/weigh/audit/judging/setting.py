"""Rules on where a finding was made: LEVEL, MECHANISM, SURROGATE.

What was seen in cells or animals is told as such, or it is overstated; a chain of findings that
does not reach the patient bears no claim about the patient.
"""

from __future__ import annotations

import re

from weigh.audit.judging.case import Case
from weigh.audit.linking.terms import families_in, stems
from weigh.evidence.answer import MechanismPath
from weigh.evidence.article import Span
from weigh.evidence.audit import AuditVerdict, Firing, LinkKind
from weigh.evidence.cells import edge_cell
from weigh.evidence.claim import CausalClass, ClaimDirection, ClaimType, CueKind, Level
from weigh.evidence.mechanism import LEVELS, MechanismEdge
from weigh.evidence.statement import Quantity

__all__ = ["level", "mechanism", "reaches_patient", "surrogate", "weakest"]

_TOLD = re.compile(
    r"\b(?:mice|mouse|rats?|rodents?|animals?|hamsters?|dogs?|zebrafish|in vitro|test[- ]tubes?|"
    r"petri|cell cultures?|cultured|in (?:a |the )?(?:dish|lab\w*)|laborator\w+ stud\w+|"
    r"in (?:\w+ ){0,2}cells)\b",
    re.IGNORECASE,
)
_CELLS = frozenset(
    stems("cell cells vitro dish culture cultured tube laboratory lab macrophage macrophages petri")
)
_NECESSARY = frozenset(
    stems("crucial essential vital critical necessary indispensable key required")
)
_POTENT = frozenset(stems("potent powerful strong strongly major unique"))
_OUTCOME_FAMILIES = frozenset(
    {"symptom", "pain", "numbness", "cramp", "repair", "quality of life", "function", "remission"}
)
_SETTINGS = {"human": "in people", "animal": "in animals", "in-vitro": "in cells or test tubes"}


def weakest(edges: tuple[MechanismEdge, ...]) -> str | None:
    """The weakest setting among findings; None where there are none."""
    return max((edge.level for edge in edges), key=LEVELS.index, default=None)


def _strongest_setting(edges: tuple[MechanismEdge, ...]) -> str | None:
    return min((edge.level for edge in edges), key=LEVELS.index, default=None)


def findings(case: Case) -> tuple[MechanismEdge, ...]:
    """The linked findings that something was seen, ``not-tested`` left out."""
    seen = ("not-tested", "result-not-seen")
    return tuple(edge for edge in case.edges if edge.relation not in seen)


def reaches_patient(case: Case) -> bool:
    """Whether a claim of mechanism goes on to what people feel, or to repair."""
    families = set(families_in(case.claim.text)) & _OUTCOME_FAMILIES
    condition = bool(case.ground.names.find(case.claim.text)) and bool(
        case.claim.outcomes or case.claim.populations
    )
    return bool(families) or condition


def level(case: Case) -> Firing | None:
    """LEVEL: a finding in animals or cells told without its setting.

    Major where the claim reaches beyond the finding (to repair, to what people feel, to "essential"
    or "potent"); minor where it tells the finding itself and only leaves the setting out. Source:
    Sumner et al. 2014, inference from animals.
    """
    edges = findings(case)
    if not edges or not _is_mechanism(case):
        return None
    top = case.links[0]
    if case.level is Level.UNCERTAIN:
        return None
    if top.firm and top.kind in (LinkKind.FORM, LinkKind.BACKGROUND, LinkKind.SAFETY):
        return None  # a source says nearly the same in so many words
    setting = _strongest_setting(edges)
    if setting is None or setting == "human":
        return None
    words = set(stems(case.claim.text))
    necessary = words & _NECESSARY and not any(e.relation == "required-for" for e in edges)
    beyond = necessary or bool(words & _POTENT) or _beyond(case)
    if case.level <= Level.CONDITIONAL and case.claim.strength is not CausalClass.DIRECT:
        beyond = False
    if _TOLD.search(case.claim.text) and not necessary:
        return None
    if words & _CELLS and not necessary:
        beyond = False  # "nerve cells" says half of it
    trigger = _trigger(case)
    return case.fire(
        "LEVEL",
        AuditVerdict.OVERSTATED,
        "major" if beyond else "minor",
        trigger,
        "The findings behind this ({findings}) were made {setting}, and none in people; the words "
        "do not say so",
        findings=case.findings_named(edges),
        setting=_SETTINGS[setting],
        rests_on=[edge_cell(case.trace, edge) for edge in edges[:4]],
    )


def _beyond(case: Case) -> bool:
    """Whether the claim speaks of a patient's symptoms or of repair, which no finding shows."""
    families = set(families_in(case.claim.text)) & _OUTCOME_FAMILIES
    return bool(families)


def _is_mechanism(case: Case) -> bool:
    claim = case.claim
    if claim.type is ClaimType.SAFETY and not claim.is_about(ClaimType.MECHANISM):
        return False
    if claim.is_about(ClaimType.MECHANISM) or claim.cues_of(CueKind.MECHANISM):
        return True
    top = case.links[0] if case.links else None
    return top is not None and top.kind is LinkKind.MECHANISM and top.firm


def _trigger(case: Case) -> Span:
    cues = case.claim.cues_of(CueKind.CAUSAL, CueKind.SOFT, CueKind.MECHANISM)
    return cues[0].span if cues else case.claim.span


def mechanism(case: Case) -> Firing | None:
    """MECHANISM: a way of working offered as a benefit that no comparison shows.

    Where no chain of findings reaches what the claim promises, or a needed step was never tested,
    the claim is unsupported; where a chain does, but no study in people, it is overstated. Source:
    DISCERN question 9; GRADE on indirectness.
    """
    if case.level in (Level.NO_RELATION, Level.UNCERTAIN) or not _is_mechanism(case):
        return None
    if case.direction is ClaimDirection.NO_EFFECT:
        return None
    families = set(families_in(case.claim.text))
    promised = families & _OUTCOME_FAMILIES
    if not promised:
        return None
    untested = [e for e in case.edges if e.relation == "not-tested" and _about(case, e, promised)]
    edges = findings(case)
    if any(edge.level == "human" for edge in edges):
        return None
    paths = _paths(case, edges)
    acts = case.ground.names_intervention(case.claim.text)
    if untested and acts and not any(path.reaches_target for path in paths):
        return case.fire(
            "MECHANISM",
            AuditVerdict.UNSUPPORTED,
            None,
            _trigger(case),
            "No experiment in this evidence base tested whether {subject} affects {object}",
            subject=Quantity(text=untested[0].subject, node=edge_cell(case.trace, untested[0])),
            object=Quantity(text=untested[0].object, node=edge_cell(case.trace, untested[0])),
        )
    if untested and acts and case.claim.strength is CausalClass.CONDITIONAL:
        return case.fire(
            "MECHANISM",
            AuditVerdict.UNSUPPORTED,
            None,
            _trigger(case),
            "The step that this needs, from {subject} to {object}, has not been tested, as far as "
            "this evidence base goes",
            subject=Quantity(text=untested[0].subject, node=edge_cell(case.trace, untested[0])),
            object=Quantity(text=untested[0].object, node=edge_cell(case.trace, untested[0])),
        )
    if not edges:
        return None
    reached = any(path.reaches_target for path in paths) or (
        not case.ground.evidence.question.mechanism_targets
        and any(set(families_in(edge.object)) & promised for edge in edges)
    )
    if not reached and case.claim.is_about(ClaimType.MECHANISM):
        return case.fire(
            "MECHANISM",
            AuditVerdict.UNSUPPORTED,
            None,
            _trigger(case),
            "The findings behind this ({findings}) do not lead on to what the claim promises: no "
            "study in this evidence base links them to how people fare",
            findings=case.findings_named(edges),
            rests_on=[edge_cell(case.trace, edge) for edge in edges[:4]],
        )
    return case.fire(
        "MECHANISM",
        AuditVerdict.OVERSTATED,
        "major",
        _trigger(case),
        "A way in which it might work is no evidence that it does: the findings ({findings}) were "
        "not made in people with the condition",
        findings=case.findings_named(edges),
        rests_on=[edge_cell(case.trace, edge) for edge in edges[:4]],
    )


def _about(case: Case, edge: MechanismEdge, promised: set[str]) -> bool:
    return bool(set(families_in(f"{edge.subject} {edge.object}")) & promised)


def _paths(case: Case, edges: tuple[MechanismEdge, ...]) -> list[MechanismPath]:
    ids = {edge.id for edge in edges}
    return [path for path in case.ground.answer.mechanisms.paths if ids & set(path.edges)]


def surrogate(case: Case) -> Firing | None:
    """SURROGATE: a marker that nobody can feel offered as help with symptoms.

    Source: GRADE on indirectness of outcomes.
    """
    if not case.is_efficacy or not case.comparisons or case.level is Level.UNCERTAIN:
        return None
    if case.direction is not ClaimDirection.BENEFIT:
        return None
    markers = [c for c in case.comparisons if c.outcome.surrogate]
    felt = [c for c in case.comparisons if not c.outcome.surrogate]
    promised = set(families_in(case.claim.object or case.claim.text)) & (
        _OUTCOME_FAMILIES - {"repair"}
    )
    if not markers or felt or not promised:
        return None
    marker = markers[0]
    return case.fire(
        "SURROGATE",
        AuditVerdict.OVERSTATED,
        "major",
        case.claim.span,
        "The studies measured {outcome}, which nobody can feel ({evidence}); what the claim "
        "promises was not measured",
        outcome=case.outcome(marker.outcome),
        evidence=case.about(marker),
    )
