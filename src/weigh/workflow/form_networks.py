"""Forms compared through a network, where a comparison's trials connect them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from weigh.answer.forms import members
from weigh.evidence.cells import study_cell
from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import ArmData, Comparison
from weigh.evidence.figures import p_value
from weigh.evidence.folder import Evidence
from weigh.evidence.form_network import FormContrast, FormGraph, FormNetwork
from weigh.evidence.judgement import GradeDomain
from weigh.evidence.phrasing import tally
from weigh.evidence.question import Form
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Arm, Design, Study
from weigh.evidence.trace import Scalar, TraceBuilder
from weigh.workflow.arms import continuous_side, dichotomous_side, has_change, people_of
from weigh.workflow.intervals import level_cell, traced_interval
from weigh.workflow.plans import Task, graded_trials
from weigh.workflow.rows import ArmRow, select

if TYPE_CHECKING:
    from weigh.synthesis.network import Network
    from weigh.synthesis.network.league import Against

__all__ = ["form_networks"]

_MEASURES = ("MD", "SMD", "RR", "OR", "RD")
_MEANS = ("MD", "SMD")
#: Trials that an estimate of how much trials differ takes at the least.
_FEWEST = 3
#: Designs that differ by less chance than this disagree.
_DISAGREE = 0.1
#: What a network takes over from the comparison, by domain.
_KEPT: Mapping[GradeDomain, str] = {
    "risk_of_bias": "risk of bias",
    "indirectness": "indirectness",
    "publication_bias": "publication bias",
}
_METHOD = "network meta-analysis (Rücker 2012)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """An arm in the network: a form of the intervention, or what forms were tried against."""

    study: Study
    name: str
    form: str | None
    data: ArmData


def form_networks(
    evidence: Evidence, comparisons: Sequence[Comparison], trace: TraceBuilder
) -> tuple[FormNetwork, ...]:
    """A network for each comparison whose randomised trials connect two forms or more.

    An arm without a form, or whose numbers do not suffice, stays out; so does a trial that prints
    only the difference between its groups.
    """
    if len(evidence.question.forms) < 2:
        return ()
    found = []
    for task, comparison in graded_trials(evidence, comparisons, _MEASURES):
        made = _network(evidence, task, comparison, trace)
        if made is not None:
            found.append(made)
    return tuple(found)


def _network(
    evidence: Evidence, task: Task, comparison: Comparison, trace: TraceBuilder
) -> FormNetwork | None:
    every: list[_Node] = []
    for study in task.studies:
        every += _arms_of(evidence, task, comparison, study, trace)
    arms = _connected(every)
    forms = [form for form in evidence.question.forms if any(node.form == form.id for node in arms)]
    pairs = [
        (one, two)
        for one, two in combinations(forms, 2)
        if two not in members(one, evidence.question.forms)
        and one not in members(two, evidence.question.forms)
    ]
    if not pairs:
        return None
    studies = list({node.study.id: node.study for node in arms}.values())
    fit = _fit(comparison, arms, len(studies))
    base = f"forms.{task.id}"
    inputs = tuple(dict.fromkeys(id_ for node in arms for id_ in node.data.nodes.values()))
    disagreement = _disagreement(base, fit, inputs, trace)
    return FormNetwork(
        id=task.id,
        comparison=comparison,
        contrasts=tuple(
            _contrast(base, fit, comparison, arms, one, two, inputs, trace) for one, two in pairs
        ),
        k=tally(
            trace,
            f"{base}.k",
            "trials in the network",
            [study_cell(trace, study).node for study in studies],
        ),
        n=_people(base, arms, trace),
        through=tuple(dict.fromkeys(node.name for node in arms if node.form is None)),
        crossover=any(study.design is Design.CROSSOVER_RCT for study in studies),
        graph=_graph(evidence, fit),
        method=fit.method,
        disagreement=disagreement,
    )


def _graph(evidence: Evidence, fit: Network) -> FormGraph:
    """The network with the names that people know."""
    known = {f"form {form.id}": form.name for form in evidence.question.forms}
    graph = fit.graph()

    def named(node: str) -> str:
        name = known.get(node, node)
        return name[:1].upper() + name[1:]

    return FormGraph(
        treatments=tuple(map(named, graph.treatments)),
        trials=graph.trials,
        people=graph.people,
        edges=tuple((named(one), named(two), k) for one, two, k in graph.edges),
        multi_arm=tuple((tuple(map(named, arms)), k) for arms, k in graph.multi_arm),
    )


def _arms_of(
    evidence: Evidence, task: Task, comparison: Comparison, study: Study, trace: TraceBuilder
) -> list[_Node]:
    """Arms of one study with their numbers; none unless two of them differ."""
    selection = select(evidence, task.plan, study)
    held = [*selection.intervention, *selection.comparator]
    change = comparison.measure in _MEANS and has_change(held)
    nodes = []
    for row in held:
        name = _name(row.arm)
        if name is None:
            continue
        data = _numbers(evidence, task, study, row, trace, change=change)
        if data is not None:
            form = row.arm.form if row.arm.role == "intervention" else None
            nodes.append(_Node(study=study, name=name, form=form, data=data))
    return nodes if len({node.name for node in nodes}) > 1 else []


def _name(arm: Arm) -> str | None:
    """What an arm is in the network; None where its form is not known."""
    if arm.role == "comparator":
        return arm.intervention.casefold()
    return None if arm.form is None else f"form {arm.form}"


def _numbers(
    evidence: Evidence,
    task: Task,
    study: Study,
    row: ArmRow,
    trace: TraceBuilder,
    *,
    change: bool,
) -> ArmData | None:
    base = f"forms.{task.id}.{study.id}"
    if task.outcome.kind == "continuous":
        side = continuous_side(evidence, study, [row], trace, base, change=change)
    else:
        side = dichotomous_side(evidence, study, [row], trace, base)
    return side if isinstance(side, ArmData) else None


def _connected(arms: list[_Node]) -> list[_Node]:
    """The part of the network with most forms."""
    by_study: dict[str, list[_Node]] = {}
    for node in arms:
        by_study.setdefault(node.study.id, []).append(node)
    edges = [
        (study, own[0].name, other.name) for study, own in by_study.items() for other in own[1:]
    ]
    if not edges:
        return []
    # Loaded only where trials compare forms.
    from weigh.synthesis.network import network_parts

    parts = network_parts(*zip(*edges, strict=True))
    formed = {node.name for node in arms if node.form is not None}
    best = max(parts, key=lambda part: len(formed & set(part.treatments)))
    return [node for node in arms if node.name in best.treatments]


def _fit(comparison: Comparison, arms: Sequence[_Node], trials: int) -> Network:
    from weigh.synthesis.network import network_from_arms

    def column(name: str) -> list[float]:
        return [float(getattr(node.data, name) or 0.0) for node in arms]

    means = comparison.measure in _MEANS
    return network_from_arms(
        [node.study.id for node in arms],
        [node.name for node in arms],
        measure=comparison.measure,
        reference=arms[0].name,
        method="REML" if trials >= _FEWEST else "EE",
        better=comparison.outcome.better,
        mean=column("mean") if means else None,
        sd=column("sd") if means else None,
        events=None if means else column("events"),
        n=column("n" if means else "total"),
    )


def _contrast(
    base: str,
    fit: Network,
    comparison: Comparison,
    arms: Sequence[_Node],
    one: Form,
    two: Form,
    inputs: tuple[str, ...],
    trace: TraceBuilder,
) -> FormContrast:
    name = f"{base}.{one.id}.{two.id}"
    cell = fit.league()[f"form {one.id}", f"form {two.id}"]
    asked: dict[str, Scalar] = {"measure": comparison.measure, "method": fit.method}
    natural, nodes = traced_interval(
        trace,
        name,
        comparison.measure,
        (cell.estimate, cell.ci_low, cell.ci_high),
        of=f"{one.name} against {two.name}",
        function="weigh.network",
        inputs=inputs,
        parameters=asked,
        method=_METHOD,
    )
    level = level_cell(trace, name, fit.level, nodes)
    both = [
        study
        for study in {node.study.id: node.study for node in arms}.values()
        if {one.id, two.id} <= {node.form for node in arms if node.study.id == study.id}
    ]
    direct = tally(
        trace,
        f"{name}.direct",
        f"trials of {one.name} against {two.name}",
        [study_cell(trace, study).node for study in both],
    )
    certainty, node = _certainty(name, fit, comparison, cell, direct, trace)
    return FormContrast(
        first=one,
        second=two,
        estimate=cell.estimate,
        ci_low=cell.ci_low,
        ci_high=cell.ci_high,
        natural=natural,
        level=level,
        direct=direct,
        certainty=certainty,
        node=node,
    )


def _certainty(
    name: str,
    fit: Network,
    comparison: Comparison,
    cell: Against,
    direct: Quantity,
    trace: TraceBuilder,
) -> tuple[CertaintyLevel, str]:
    """Certainty of two forms' comparison by GRADE for networks.

    The trials' risk of bias, indirectness and reporting bias are those of the comparison. That its
    trials differ is told anew: forms may be why they do. Imprecision is no less than there. One
    level falls where no trial compares the two themselves, as people were not allotted by chance
    to one or the other, and one where designs disagree.
    """
    from weigh.synthesis.network.confidence import spread_concerns

    rating = comparison.certainty
    assert rating is not None
    fallen = {domain.domain: max(-domain.levels, 0) for domain in rating.domains}
    imprecision, heterogeneity = spread_concerns(cell, comparison.mid)
    p = fit.inconsistency().between_random.p
    levels = {
        **{words: fallen.get(domain, 0) for domain, words in _KEPT.items()},
        "imprecision": max(imprecision, fallen.get("imprecision", 0)),
        "trials of one comparison differ": heterogeneity,
        "trials of different designs disagree": int(p is not None and p < _DISAGREE),
        "no trial compares the two": int(direct.text == "0"),
    }
    level = rating.rating
    if level.rank:
        level = CertaintyLevel.of_rank(rating.start.rank - sum(levels.values()))
    told = "; ".join(f"{words} {-levels[words]}" for words in levels if levels[words])
    node = trace.computed(
        f"{name}.certainty",
        "certainty of the comparison of two forms",
        level.value,
        function=f"{rating.start.value}, less: {told}" if told else "as it starts",
        inputs=(rating.node, direct.node),
        method="GRADE for networks, with the rules of CINeMA (Nikolakopoulou et al. 2020)",
    )
    return level, node


def _disagreement(
    base: str, fit: Network, inputs: tuple[str, ...], trace: TraceBuilder
) -> Quantity | None:
    p = fit.inconsistency().between_random.p
    if p is None:
        return None
    node = trace.computed(
        f"{base}.disagreement",
        "p value that trials of different designs agree",
        p,
        function="weigh.network",
        inputs=inputs,
        method="design-by-treatment interaction (Higgins et al. 2012)",
    )
    return Quantity(text=p_value(p), node=node)


def _people(base: str, arms: Sequence[_Node], trace: TraceBuilder) -> Quantity:
    """People in the network; those of a crossover trial had each of its arms, and count once."""
    counted: list[_Node] = []
    for study in {node.study.id: node.study for node in arms}.values():
        own = [node for node in arms if node.study.id == study.id]
        crossed = study.design is Design.CROSSOVER_RCT
        counted += [max(own, key=_size)] if crossed else own
    sides = [node.data for node in counted]
    return people_of(trace, f"{base}.n", "people in the network", sides)


def _size(node: _Node) -> int:
    return node.data.total or node.data.n or 0
