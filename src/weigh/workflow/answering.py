"""From an evidence folder to an answer: the whole pipeline, once, in order."""

from __future__ import annotations

from collections.abc import Mapping

import weigh
from weigh.answer.closing import DISCLAIMER, conclusion, methods
from weigh.answer.draft import Draft
from weigh.answer.faq import faq
from weigh.answer.forms import compare_forms
from weigh.answer.gaps import gaps, not_measured
from weigh.answer.headline import counts, key_points, summary, verdict
from weigh.answer.independence import independence
from weigh.answer.residual import residual, subgroup_statements
from weigh.answer.stories import tell_studies
from weigh.answer.surroundings import alternatives, background, other_views
from weigh.answer.verdict import decide
from weigh.appraisal import Finding, assess, trust
from weigh.evidence.answer import Answer
from weigh.evidence.comparison import Comparison, StudyBias
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Statement
from weigh.evidence.trace import TraceBuilder
from weigh.mechanisms import mechanisms
from weigh.safety import safety
from weigh.workflow.doses import dose_curves
from weigh.workflow.flips import flips, tell_flips
from weigh.workflow.form_networks import form_networks
from weigh.workflow.grading import comparisons as make_comparisons
from weigh.workflow.planning import trial_plans
from weigh.workflow.times import over_time

__all__ = ["answer_question"]


def answer_question(evidence: Evidence) -> Answer:
    """Answer the question of an evidence folder.

    Parameters
    ----------
    evidence
        From `weigh.load`.

    Returns
    -------
    Answer
        The page as values, each number with its trace. The same evidence gives the same answer.
    """
    trace = TraceBuilder()
    compared = make_comparisons(evidence, trace)
    findings = trust(evidence, trace)
    direct = [s for s in evidence.studies if s.directness.level == "direct" and not s.excluded]
    networks = form_networks(evidence, compared, trace)
    draft = Draft(
        evidence=evidence,
        comparisons=compared,
        decision=decide(compared),
        not_measured=not_measured(evidence, compared),
        independence=independence(trace, "direct", direct) if direct else None,
        discrepancies=_discrepancies(findings),
        mechanisms=mechanisms(evidence, trace),
        safety=safety(evidence, compared, trace),
        forms=compare_forms(evidence, compared, trace, networks),
        residual=residual(evidence, compared, trace),
        subgroups=subgroup_statements(evidence, compared, trace),
        alternatives=alternatives(evidence, trace),
        plans=trial_plans(compared, trace),
        doses=dose_curves(evidence, compared, trace),
    )
    answer = verdict(draft, trace)
    flipped = flips(evidence, compared, trace)
    told_flips = tell_flips(flipped)
    return Answer(
        question=evidence.question,
        searched=evidence.question.searched,
        version=weigh.__version__,
        fingerprint=evidence.fingerprint,
        verdict=answer,
        summary=summary(draft, answer, trace),
        key_points=key_points(draft, trace),
        counts=counts(draft, trace),
        background=background(evidence, trace),
        comparisons=compared,
        not_measured=draft.not_measured,
        stories=tell_studies(evidence, compared, _biases(evidence, compared, trace), trace),
        independence=(draft.independence.statement,) if draft.independence else (),
        discrepancies=draft.discrepancies,
        integrity=_integrity(findings),
        subgroups=draft.subgroups,
        residual=draft.residual,
        forms=draft.forms,
        form_networks=networks,
        doses=draft.doses,
        times=over_time(evidence, compared, trace),
        mechanisms=draft.mechanisms,
        safety=draft.safety,
        gaps=gaps(draft, trace),
        flips=flipped,
        flips_statements=told_flips,
        alternatives=draft.alternatives,
        other_views=other_views(evidence, trace),
        conclusion=conclusion(draft, answer, told_flips, trace),
        faq=faq(draft, answer, trace),
        references=evidence.references,
        methods=methods(draft, trace, weigh.__version__),
        disclaimer=DISCLAIMER,
        trace=trace.build(),
    )


def _discrepancies(findings: tuple[Finding, ...]) -> tuple[Statement, ...]:
    """Where reports of one study disagree; that others agree needs no line.

    What the program found from the rows stands above a note in the folder that says the same.
    """
    disagreeing = [f for f in findings if f.check == "reports-agree" and f.level != "no-concern"]
    computed = {f.study for f in disagreeing if f.computed}
    return tuple(f.statement for f in disagreeing if f.computed or f.study not in computed)


def _integrity(findings: tuple[Finding, ...]) -> tuple[Statement, ...]:
    """What speaks against believing a study; what is merely not known stands with the study."""
    return tuple(
        f.statement
        for f in findings
        if f.check != "reports-agree" and f.level in ("concern", "serious")
    )


def _biases(
    evidence: Evidence, compared: tuple[Comparison, ...], trace: TraceBuilder
) -> Mapping[str, StudyBias | None]:
    """Risk of bias of each study, for the first outcome that it is compared on."""
    found: dict[str, StudyBias | None] = {}
    for comparison in compared:
        for row in comparison.studies:
            found.setdefault(row.study.id, row.bias)
        for silent in comparison.not_estimable:
            found.setdefault(silent.study.id, silent.bias)
    for study in evidence.studies:
        if study.id not in found:
            found[study.id] = assess(study, "*", evidence.risk_of_bias, trace)
    return found
