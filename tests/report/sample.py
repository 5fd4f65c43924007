"""A made-up answer with one of everything, so that the page can be tested by itself.

The topic and its numbers are invented. The pooling here is a plain DerSimonian-Laird, only so that
the figures agree with each other.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from weigh.evidence.answer import (
    Answer,
    EdgeView,
    FaqEntry,
    Flip,
    FormCell,
    FormRow,
    FormTable,
    Hazard,
    MechanismPath,
    Mechanisms,
    NotMeasured,
    OtherView,
    SafetySection,
    StudyStory,
    Verdict,
)
from weigh.evidence.background import Review
from weigh.evidence.certainty import Certainty, CertaintyLevel, DomainRating
from weigh.evidence.comparison import (
    Absolute,
    ArmData,
    Comparison,
    Independence,
    ModelResult,
    Natural,
    NotEstimable,
    StudyBias,
    StudyEffect,
)
from weigh.evidence.document import Place
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.pooled import Pooled
from weigh.evidence.question import (
    ComparisonPlan,
    Concept,
    MinimalImportantDifference,
    Outcome,
    Question,
)
from weigh.evidence.reference import Reference
from weigh.evidence.statement import Phrase, Quantity, Statement, say, state
from weigh.evidence.study import Allocation, Design, Fact, Study
from weigh.evidence.trace import Datum, TraceBuilder

DOMAINS = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "measurement_of_outcome",
    "selection_of_reported_result",
)
JUDGED = ("low", "low", "some_concerns", "low", "high", "no_information")
LONG = "A study with a label of forty letters it"

QUESTION = Question(
    id="tart-cherry-sleep",
    title="Does tart cherry help with poor sleep?",
    searched="2026-11-23",
    population=Concept(name="adults with poor sleep"),
    intervention=Concept(name="tart cherry"),
    comparator=Concept(name="placebo"),
    outcomes=(
        Outcome(
            id="awake",
            name="Woke during the night",
            plain="the chance of waking at night",
            kind="dichotomous",
            better="lower",
            importance="critical",
        ),
        Outcome(
            id="score",
            name="Sleep score",
            plain="how well people sleep",
            kind="continuous",
            better="lower",
            importance="critical",
            instrument="Pittsburgh index",
            unit="points",
            scale=(0.0, 21.0),
            mid=MinimalImportantDifference(value=1.5, source="mid"),
        ),
        Outcome(
            id="pain",
            name="Stomach ache",
            plain="the risk of stomach ache",
            kind="dichotomous",
            better="lower",
            importance="important",
            role="harm",
        ),
        Outcome(
            id="length",
            name="Hours asleep",
            plain="how long people sleep",
            kind="continuous",
            better="higher",
            importance="important",
            unit="hours",
        ),
        Outcome(
            id="life",
            name="Quality of life",
            plain="quality of life",
            kind="continuous",
            better="higher",
            importance="important",
        ),
    ),
)


def study(index: int, *, design: Design = Design.RCT, label: str | None = None) -> Study:
    names = ("Okafor", "Lindqvist", "Mehta", "Tanaka", "Rossi", "Haddad", "Novak", "Silva")
    year = 1998 + 2 * index % 27
    return Study(
        id=f"study-{index}",
        label=label or f"{names[index % len(names)]} {year}",
        year=year,
        source=f"ref-{index % 6}",
        design=design,
        population="adults with poor sleep",
        __place__=Place(file="studies.yaml", line=3 + 20 * index),
    )


def sourced(trace: TraceBuilder, node: str, value: float, *, label: str, index: int = 0) -> str:
    return trace.add(
        Datum(
            id=node,
            label=label,
            value=value,
            file="results.csv",
            line=2 + index,
            column=node.rsplit(".", 1)[-1],
            source=f"ref-{index % 6}",
            locator="Table 2",
            quote=f"the group had {value:g}",
        )
    )


def bias(trace: TraceBuilder, s: Study) -> StudyBias:
    node = sourced(trace, f"bias.{s.id}", 1.0, label=f"{s.label}: overall risk of bias")
    index = int(s.id.rsplit("-", 1)[-1])
    domains = {d: JUDGED[(index + i) % len(JUDGED)] for i, d in enumerate(DOMAINS)}
    return StudyBias(
        tool="rob2",
        version="2019",
        domains=domains,
        supports=dict.fromkeys(DOMAINS, "The report says how it was done."),
        overall="high" if "high" in domains.values() else "some_concerns",
        derived=True,
        node=node,
    )


def pool(yi: np.ndarray, vi: np.ndarray) -> Pooled:
    k = yi.size
    w = 1 / vi
    fixed = float((w * yi).sum() / w.sum())
    q = float((w * (yi - fixed) ** 2).sum())
    c = float(w.sum() - (w**2).sum() / w.sum())
    tau2 = max(0.0, (q - (k - 1)) / c) if k > 1 else 0.0
    w = 1 / (vi + tau2)
    estimate, se = float((w * yi).sum() / w.sum()), float(w.sum() ** -0.5)
    spread = 2.2 * math.sqrt(tau2 + se**2)
    return Pooled(
        k=k,
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p=math.erfc(abs(estimate / se) / math.sqrt(2)),
        ci_low=estimate - 1.96 * se,
        ci_high=estimate + 1.96 * se,
        pi_low=estimate - spread if k > 2 else None,
        pi_high=estimate + spread if k > 2 else None,
        tau2=tau2,
        tau2_se=None,
        tau2_ci_low=tau2 / 3 if k > 2 else None,
        tau2_ci_high=tau2 * 5 if k > 2 else None,
        i2=100 * max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        h2=1.0,
        q=q,
        q_df=k - 1,
        q_p=0.0004 if q > 2 * k else 0.34,
        method="DL",
        test="z",
        level=0.95,
        df=None,
        yi=yi,
        vi=vi,
        slab=(),
        weights=100 * w / w.sum(),
        rows=np.arange(k),
        prediction="Higgins 2009" if k > 2 else None,
    )


def natural(
    trace: TraceBuilder,
    base: str,
    values: tuple[float, float, float],
    inputs: tuple[str, ...],
    *,
    ratio: bool,
    prediction: tuple[float, float] | None = None,
) -> Natural:
    fields = ("estimate", "ci_low", "ci_high") + (("pi_low", "pi_high") if prediction else ())
    shown = [math.exp(v) if ratio else v for v in (*values, *(prediction or ()))]
    nodes = {
        field: trace.computed(
            f"{base}.{field}", f"{base}: {field}", value, function="weigh.pool", inputs=inputs
        )
        for field, value in zip(fields, shown, strict=True)
    }
    return Natural(**dict(zip(fields, shown, strict=True)), nodes=nodes)


def comparison(
    trace: TraceBuilder,
    comparison_id: str,
    label: str,
    outcome: str,
    measure: str,
    k: int,
    *,
    missing: int = 0,
    seed: int = 1,
    first: int = 0,
    rating: CertaintyLevel = CertaintyLevel.LOW,
    design: Allocation = Allocation.RANDOMISED,
    effect: float = -0.2,
    spread: float = 0.15,
    others: bool = False,
) -> Comparison:
    """One comparison with `k` studies that have an estimate and `missing` that have none."""
    rng = np.random.default_rng(seed)
    ratio = measure in ("RR", "OR")
    held = QUESTION.outcome(outcome)
    studies = [study(first + i, label=LONG if first + i == 1 else None) for i in range(k + missing)]
    yi = rng.normal(effect, spread, k)
    vi = rng.uniform(0.2, 3.0, k) * spread**2
    if k > 4:
        vi[2] *= 60.0  # an interval far wider than the others
    pooled = pool(yi, vi) if k else None
    rows, inputs = [], []
    for i in range(k):
        s, base = studies[i], f"{comparison_id}.{studies[i].id}"
        name = sourced(trace, f"studies.{s.id}", s.year, label=s.label, index=first + i)
        arms = []
        for arm in ("treated", "control"):
            n = int(rng.integers(18, 420))
            events = int(n * 0.3)
            values = {"n": n}
            if held.kind == "dichotomous":
                values |= {"events": events, "total": n}
            else:
                values |= {"mean": float(round(7.1 + yi[i], 2)), "sd": 2.25}
            nodes = {
                field: sourced(
                    trace, f"results.{base}.{arm}.{field}", v, label=f"{s.label}: {field}", index=i
                )
                for field, v in values.items()
            }
            arms.append(
                ArmData(
                    label=arm,
                    **values,
                    derived=("SD from its standard error",) if i == 0 else (),
                    nodes=nodes,
                )
            )
        below = tuple(node for arm in arms for node in arm.nodes.values())
        half = 1.96 * math.sqrt(vi[i])
        own = (yi[i], yi[i] - half, yi[i] + half)
        assert pooled is not None
        weight = float(pooled.weights[i]) if k > 1 else None
        nodes = {"study": name}
        for field, value in (("yi", yi[i]), ("vi", vi[i]), ("weight", weight), ("n", 2.0)):
            if value is not None:
                nodes[field] = trace.computed(
                    f"{base}.{field}",
                    f"{s.label}: {field}",
                    float(value),
                    function="weigh.effect_size",
                    inputs=below,
                    parameters={"measure": measure},
                    method="Handbook 6.4",
                )
        inputs += [nodes["yi"], nodes["vi"]]
        rows.append(
            StudyEffect(
                study=s,
                yi=float(yi[i]),
                vi=float(vi[i]),
                ci_low=own[1],
                ci_high=own[2],
                natural=natural(trace, base, own, (nodes["yi"], nodes["vi"]), ratio=ratio),
                n=sum(arm.n or 0 for arm in arms),
                weight=weight,
                intervention=arms[0],
                comparator=arms[1] if design is not Allocation.UNCONTROLLED else None,
                timepoint="8 weeks",
                bias=bias(trace, s),
                nodes=nodes,
            )
        )
    gaps = []
    for i, s in enumerate(studies[k:], start=first + k):
        node = sourced(trace, f"studies.{s.id}", s.year, label=s.label, index=i)
        people = sourced(trace, f"studies.{s.id}.people", 64, label=f"{s.label}: people")
        gaps.append(
            NotEstimable(
                study=s,
                n=64,
                reason=say(
                    "the report says only that scores fell from {a} to {b}, with no spread and no "
                    "number of people in either group",
                    a=Quantity(text="7", node=people),
                    b=Quantity(text="2", node=people),
                ),
                bias=bias(trace, s),
                nodes={"study": node, "n": people},
            )
        )
    people = sum(row.n for row in rows) + 64 * len(gaps)
    base = f"pooled.{comparison_id}"
    named = {"people": people, "all": k + missing}
    if pooled is not None:
        named |= {"k": k, "n": people, "level": 95}
        named |= {
            f"pooled.{field}": getattr(pooled, field)
            for field in ("tau2", "tau2_ci_low", "tau2_ci_high", "i2", "q", "q_p", "p")
            if getattr(pooled, field) is not None
        }
    mid = 1.5 if measure == "MD" and outcome == "score" else None
    if mid is not None:
        named["mid"] = mid
    below = tuple(inputs) or tuple(gap.nodes["study"] for gap in gaps)
    nodes = {
        field: trace.computed(
            f"{comparison_id}.{field}",
            f"{label}: {field}",
            float(v),
            function="weigh.pool",
            inputs=below,
        )
        for field, v in named.items()
    }
    whole = None
    if pooled is not None:
        prediction = None
        if pooled.pi_low is not None and pooled.pi_high is not None:
            prediction = (pooled.pi_low, pooled.pi_high)
        values = (pooled.estimate, pooled.ci_low, pooled.ci_high)
        whole = natural(trace, base, values, below, ratio=ratio, prediction=prediction)
    models: tuple[ModelResult, ...] = ()
    if others and pooled is not None and whole is not None:
        other = replace(pooled, method="REML", test="knha")
        models = (
            ModelResult(
                label="Weigh's default",
                method="REML",
                test="knha",
                pooled=other,
                natural=whole,
                published=whole,
                published_source="ref-1",
                statement=state(
                    f"{comparison_id}.model",
                    "Under the default model the estimate is {e}.",
                    e=Quantity(text=f"{whole.estimate:.2f}", node=whole.nodes["estimate"]),
                ),
            ),
        )
    absolute = None
    if whole is not None and held.kind == "dichotomous":
        numbers = {
            "per": 1000.0,
            "comparator": 312.0,
            "intervention": 262.0,
            "difference": -50.0,
            "difference_low": -81.0,
            "difference_high": -12.0,
        }
        absolute = Absolute(
            per=1000,
            comparator=312.0,
            intervention=262.0,
            difference=-50.0,
            difference_low=-81.0,
            difference_high=-12.0,
            baseline=say("the risk with placebo is the middle one of the trials"),
            nodes={
                field: trace.computed(
                    f"{base}.absolute.{field}", field, v, function="absolute", inputs=below
                )
                for field, v in numbers.items()
            },
        )
    if whole is not None and mid is not None:
        absolute = Absolute(
            per=None,
            comparator=9.1,
            intervention=None,
            difference=whole.estimate,
            difference_low=whole.ci_low,
            difference_high=whole.ci_high,
            baseline=None,
            nodes={
                "comparator": nodes["n"],
                "difference": whole.nodes["estimate"],
                "difference_low": whole.nodes["ci_low"],
                "difference_high": whole.nodes["ci_high"],
            },
        )
    rated = trace.computed(
        f"certainty.{comparison_id}", f"Certainty: {label}", rating.value,
        function="weigh.appraisal.grade", inputs=below,
    )  # fmt: skip
    certainty = Certainty(
        rating=rating,
        start=CertaintyLevel.HIGH,
        start_reason=say("people were allotted at random"),
        domains=(
            DomainRating(
                domain="risk_of_bias",
                levels=-1,
                reason=say(
                    "{share} of the weight comes from trials at high risk",
                    share=Quantity(text="41%", node=nodes["all"]),
                ),
            ),
            DomainRating(
                domain="inconsistency",
                levels=0,
                reason=say("the intervals overlap"),
            ),
            DomainRating(
                domain="imprecision",
                levels=-1,
                reason=say("the interval holds both a benefit that matters and none"),
                computed_levels=-2,
                computed_reason=say("too few people were studied"),
                by="A. Reviewer",
            ),
        ),
        node=rated,
    )
    count = Quantity(text=str(k + missing), node=nodes["all"])
    claim = state(
        f"comparison.{comparison_id}",
        "Tart cherry may change {outcome} a little: {k} studies, {n} people measured it.",
        outcome=held.plain,
        k=count,
        n=Quantity(text=f"{people:,}", node=nodes["people"]),
    )
    return Comparison(
        id=comparison_id,
        label=label,
        plan=ComparisonPlan(id=comparison_id, outcome=outcome),
        outcome=held,
        comparator="placebo",
        design=design,
        measure=measure,
        k=k,
        n=people,
        people=people,
        studies=tuple(rows),
        not_estimable=tuple(gaps),
        pooled=pooled,
        natural=whole,
        mid=mid,
        models=models,
        absolute=absolute,
        independence=Independence(
            studies=k + missing,
            teams=2,
            tied=1,
            unknown=1,
            statement=state(
                f"independence.{comparison_id}",
                "{k} studies by two teams; a maker paid for one.",
                k=count,
            ),
        ),
        certainty=certainty,
        statement=claim,
        footnotes=(
            state(
                f"footnote.{comparison_id}",
                "In {k} studies the spread was worked out from a standard error.",
                k=count,
            ),
        ),
        nodes=nodes,
    )


def references() -> tuple[Reference, ...]:
    listed = [
        Reference.model_validate(
            {
                "id": f"ref-{i}",
                "type": "article-journal",
                "title": f"Tart cherry and sleep: report {i} of a randomised trial",
                "author": [
                    {"family": "Okafor", "given": "Ada N"},
                    {"family": "Lindqvist", "given": "Per"},
                    {"family": "de Souza", "given": "M. C."},
                    {"literal": "Cherry Study Group"},
                ],
                "issued": {"date-parts": [[2010 + i, 4, 2]]},
                "container-title": "Journal of Sleep",
                "volume": "12",
                "issue": "3",
                "page": "101-109",
                "DOI": f"10.1000/sleep.{i}",
                "PMID": f"1234567{i}",
                "URL": f"https://example.org/{i}",
                "custom": {"seen": "abstract"},
            }
        )
        for i in range(5)
    ]
    listed.append(
        Reference.model_validate(
            {
                "id": "ref-5",
                "type": "article-journal",
                "title": "A report that was withdrawn",
                "author": [{"family": "Doe", "given": "J"}],
                "custom": {"status": "retracted", "status_note": "Withdrawn for made-up data."},
            }
        )
    )
    return tuple(listed)


def edges(trace: TraceBuilder) -> tuple[EdgeView, ...]:
    blood = "TNF-α and IL-1β in the blood of older people"
    enzyme, product = "indoleamine 2,3-dioxygenase", "tryptophan to kynurenine"
    listed = (
        ("melatonin", "tart cherry", "increases", "melatonin in blood", "human"),
        ("melatonin", "melatonin in blood", "activates", "MT1 receptors", "animal"),
        ("melatonin", "MT1 receptors", "decreases", "time to fall asleep", "in-vitro"),
        ("melatonin", "tart cherry", "not-tested", "time to fall asleep", "human"),
        ("inflammation", "tart cherry", "decreases", blood, "in-vitro"),
        ("inflammation", "tart cherry", "no-effect", blood, "human"),
        ("inflammation", "procyanidin B-2", "inhibits", enzyme, "in-vitro"),
        ("inflammation", enzyme, "converts", product, "animal"),
        ("inflammation", blood, "correlates-with", "poor sleep", "human"),
        ("inflammation", product, "result-not-seen", "poor sleep", "human"),
    )
    views = []
    for i, (pathway, subject, relation, thing, level) in enumerate(listed):
        edge_id = f"e{i + 1}"
        edge = MechanismEdge(
            id=edge_id,
            pathway=pathway,
            subject=subject,
            relation=relation,
            object=thing,
            level=level,
            source=f"ref-{i % 6}",
            quote="melatonin rose after a week",
            __place__=Place(file="mechanisms.csv", line=2 + i),
        )
        node = trace.datum(
            f"mechanisms.{edge_id}", f"{subject} → {thing}", relation, of=edge, column="relation"
        )
        views.append(
            EdgeView(
                edge=edge,
                node=node,
                statement=state(
                    f"mechanism.{edge_id}",
                    "In one setting, {s} was seen to act on {o}.",
                    s=subject,
                    o=thing,
                    rests_on=[node],
                ),
            )
        )
    return tuple(views)


def sample_answer(*, large: int = 12) -> Answer:
    """The answer; `large` studies in its first comparison."""
    trace = TraceBuilder()
    comparisons = (
        comparison(trace, "awake", "Woke during the night at 8 weeks", "awake", "RR", large,
                   missing=1, others=True),
        comparison(trace, "score", "Sleep score at 8 weeks", "score", "MD", 3, effect=-1.1,
                   spread=0.5, seed=3, rating=CertaintyLevel.MODERATE),
        comparison(trace, "pain", "Stomach ache", "pain", "RR", 1, seed=4, effect=0.3,
                   rating=CertaintyLevel.VERY_LOW),
        comparison(trace, "length", "Hours asleep", "length", "MD", 0, missing=2,
                   rating=CertaintyLevel.VERY_LOW),
        comparison(trace, "length-uncontrolled", "Hours asleep, in studies without a control group",
                   "length", "MC", 2, design=Allocation.UNCONTROLLED, effect=0.6, spread=0.2,
                   first=20, rating=CertaintyLevel.VERY_LOW),
    )  # fmt: skip
    views = edges(trace)
    some = sourced(trace, "facts.some", 42, label="A number of the folder")
    short = Quantity(text="42", node=some)

    def says(name: str, words: str) -> Statement:
        return state(name, words, n=short, rests_on=[some])

    verdict_node = trace.computed(
        "verdict", "The verdict", "benefit", function="weigh.answer.verdict",
        inputs=(comparisons[0].certainty.node, comparisons[1].certainty.node),
    )  # fmt: skip
    stories = tuple(
        StudyStory(
            study=row.study,
            node=row.nodes["study"],
            bias=row.bias,
            done=(says(f"story.{row.study.id}.done", "It gave {n} people juice for 8 weeks."),),
            found=(says(f"story.{row.study.id}.found", "Fewer woke: {n} against more."),),
            cautions=(says(f"story.{row.study.id}.caution", "Two reports give other numbers."),),
        )
        for row in comparisons[0].studies[:4]
    )
    stories = tuple(
        replace(
            story,
            done=(state(f"story.{story.study.id}.done", "It gave {n} people juice.", n=short),),
        )
        for story in stories
    )
    return Answer(
        question=QUESTION,
        searched=QUESTION.searched,
        version="0.1.0",
        fingerprint="3f1c9a" * 10 + "abcd",
        verdict=Verdict(
            direction="benefit",
            certainty=CertaintyLevel.LOW,
            highest=CertaintyLevel.LOW,
            sentence=state(
                "verdict",
                "Tart cherry may lower the chance of waking at night a little in adults with poor "
                "sleep: {n} fewer in 1,000.".replace("1,000", "each thousand"),
                n=short,
            ),
            node=verdict_node,
        ),
        summary=(
            says("summary.1", "Trials with {n} people in all tested tart cherry against placebo."),
            says("summary.2", "Fewer people woke at night, but the trials were small."),
        ),
        key_points=tuple(
            says(f"key.{i}", "Tart cherry may lower the chance of waking: {n} fewer per thousand.")
            for i in range(5)
        ),
        counts=(says("counts", "{n} trials, all of them randomised."),),
        background=(says("background.1", "About {n} in a hundred adults sleep poorly."),),
        comparisons=comparisons,
        not_measured=(
            NotMeasured(
                outcome=QUESTION.outcome("life"),
                statement=says("not-measured.life", "No trial measured quality of life."),
            ),
        ),
        stories=stories,
        independence=(says("independence", "A maker paid for {n} of them."),),
        discrepancies=(says("discrepancy.1", "One report counts {n} people, another more."),),
        integrity=(says("integrity.1", "One source was retracted and is left out."),),
        subgroups=(says("subgroup.1", "In older people the effect was {n}."),),
        residual=(),
        forms=FormTable(
            forms=("Juice", "Capsules", "Powder"),
            rows=(
                FormRow(
                    label="Woke during the night",
                    cells=(
                        FormCell(statements=(says("form.1", "Fewer woke: {n}."),)),
                        FormCell(empty="not studied"),
                        FormCell(empty="not studied"),
                    ),
                ),
            ),
        ),
        mechanisms=Mechanisms(
            edges=views,
            paths=(
                MechanismPath(
                    pathway="melatonin",
                    nodes=("tart cherry", "melatonin in blood", "MT1 receptors"),
                    edges=("e1", "e2"),
                    sign=1,
                    weakest_level="animal",
                    reaches_target=False,
                    statement=says("path.1", "The chain has been followed in animals only."),
                ),
            ),
            statements=(says("mechanisms.1", "None of this shows a benefit in people."),),
        ),
        safety=SafetySection(
            interactions=(
                Hazard(
                    id="hazard.warfarin",
                    severity="danger",
                    headline="Blood thinners of the warfarin kind",
                    statements=(says("hazard.1", "At {n} mg a day the INR moved."),),
                ),
                Hazard(
                    id="hazard.sugar",
                    severity="note",
                    headline="Diabetes drugs",
                    statements=(says("hazard.2", "Juice holds {n} g of sugar."),),
                ),
            ),
            contraindications=(
                Hazard(
                    id="hazard.allergy",
                    severity="caution",
                    headline="People with a cherry allergy",
                    statements=(says("hazard.3", "They were left out of the trials."),),
                ),
            ),
            adverse_effects=(says("adverse.1", "{n} people had a stomach ache."),),
            statements=(
                says("safety.1", "No trial looked at harms beyond 8 weeks.".replace("8", "some")),
            ),
        ),
        gaps=(says("gap.1", "No trial lasted longer than {n} weeks."),),
        flips=(
            Flip(
                id="flip.1",
                kind="study",
                changes_verdict=True,
                direction="unclear",
                certainty=CertaintyLevel.VERY_LOW,
                statement=says("flip.1", "Without the largest trial nothing could be told."),
            ),
            Flip(
                id="flip.2",
                kind="model",
                changes_verdict=False,
                direction="benefit",
                certainty=CertaintyLevel.LOW,
                statement=says("flip.2", "Another model would not change it."),
            ),
        ),
        flips_statements=(says("flips", "One of {n} changes would turn the verdict."),),
        alternatives=(says("alternative.1", "Sleep training helps {n} in a hundred people."),),
        other_views=(
            OtherView(
                review=Review(
                    label="Sleep review",
                    kind="systematic-review",
                    text="It may help.",
                    source="ref-2",
                ),
                statement=says("view.1", "A review of {n} trials came to the same end."),
            ),
        ),
        conclusion=(
            says("conclusion.1", "Tart cherry may help a little; {n} people were studied."),
        ),
        faq=(
            FaqEntry(
                id="faq.form",
                question="Which form was studied?",
                answer=(says("form.1", "Fewer woke: {n}."),),
            ),
        ),
        references=references(),
        methods=(says("methods.1", "Effects were pooled with {n} models."),),
        disclaimer="This page describes evidence. It does not tell anyone what to take.",
        trace=trace.build(),
    )


def with_phrase(answer: Answer, phrase: Phrase) -> Answer:
    """The same answer with another verdict sentence."""
    sentence = Statement(id="verdict", phrase=phrase)
    return replace(answer, verdict=replace(answer.verdict, sentence=sentence))


__all__ = ["Fact", "sample_answer", "with_phrase"]
