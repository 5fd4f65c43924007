"""Small bodies of evidence, built in memory, with every figure in the trace.

`World` collects studies and makes one comparison out of them. Effects, intervals and weights are
given, not computed, so that a test can stand on either side of a threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from weigh.appraisal import SmallStudyTest, assess, certainty
from weigh.evidence.cells import participants_cell, study_cell
from weigh.evidence.certainty import Certainty, DomainRating
from weigh.evidence.comparison import (
    Absolute,
    ArmData,
    Comparison,
    Natural,
    NotEstimable,
    StudyEffect,
)
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias, TrustCheck
from weigh.evidence.pooled import Pooled
from weigh.evidence.question import ComparisonPlan, Concept, Outcome, Question
from weigh.evidence.result import Result
from weigh.evidence.statement import Phrase
from weigh.evidence.study import Directness, Interest, Participants, Study
from weigh.evidence.trace import TraceBuilder

CONTINUOUS = Outcome.model_validate(
    {
        "id": "pain",
        "name": "Pain",
        "plain": "pain",
        "kind": "continuous",
        "better": "lower",
        "importance": "critical",
        "unit": "points",
        "scale": (0.0, 10.0),
        "mid": {"value": 1.0, "source": "mid-paper"},
    }
)

DICHOTOMOUS = Outcome.model_validate(
    {
        "id": "colds",
        "name": "A cold",
        "plain": "a cold",
        "kind": "dichotomous",
        "better": "lower",
        "importance": "critical",
    }
)

ROB2 = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "measurement_of_outcome",
    "selection_of_reported_result",
)


def question(*outcomes: Outcome) -> Question:
    return Question(
        id="q",
        title="Does it help?",
        searched="2026-01-01",
        population=Concept(name="people with pain"),
        intervention=Concept(name="the remedy"),
        comparator=Concept(name="placebo"),
        outcomes=outcomes,
    )


def a_study(
    study_id: str,
    *,
    n: int | None = 100,
    design: str = "rct",
    team: str | None = None,
    tied: str | None = None,
    directness: dict[str, Any] | None = None,
    **more: Any,
) -> Study:
    interests: tuple[Interest, ...] = ()
    if tied is not None:
        interests = (
            Interest(kind="employment", party=tied, text=f"Works for {tied}.", source="paper"),
        )
    people = ()
    if n is not None:
        people = (Participants(count=n, kind="randomised", used=True, source="paper"),)
    return Study.model_validate(
        {
            "id": study_id,
            "label": study_id.replace("-", " ").title(),
            "year": 2020,
            "source": "paper",
            "design": design,
            "team": team if team is not None else f"team-{study_id}",
            "population": "people",
            "participants": people,
            "interests": interests,
            "directness": Directness.model_validate(directness or {}),
            **more,
        }
    )


def bias_rows(
    study_id: str, *judgements: str, overall: str | None = None, tool: str = "rob2", **more: Any
) -> list[RiskOfBias]:
    """Rows for the five domains (one judgement stands for all), and the overall one if given."""
    held = judgements * len(ROB2) if len(judgements) == 1 else judgements
    rows = dict(zip(ROB2, held, strict=False))
    if overall is not None:
        rows["overall"] = overall
    return [
        RiskOfBias.model_validate(
            {
                "study": study_id,
                "tool": tool,
                "version": "2019",
                "domain": domain,
                "judgement": judgement,
                "support": "As reported.",
                "source": "paper",
                **more,
            }
        )
        for domain, judgement in rows.items()
    ]


def a_result(study_id: str, arm: str, outcome: str, **more: Any) -> Result:
    return Result.model_validate(
        {
            "study": study_id,
            "arm": arm,
            "outcome": outcome,
            "timepoint": "week 8",
            "weeks": 8.0,
            "source": "paper",
            **more,
        }
    )


@dataclass
class Trial:
    """What a study brings: its share, people, interval and arms' figures."""

    study: Study
    weight: float = 1.0
    n: int = 100
    ci: tuple[float, float] = (-1.6, -1.4)
    sd: float | None = 2.0
    events: tuple[int, int] | None = None
    bias: str | None = "low"
    estimable: bool = True


@dataclass
class World:
    """A body of evidence in the making."""

    outcome: Outcome = CONTINUOUS
    design: str = "rct"
    trials: list[Trial] = field(default_factory=list)
    others: list[Study] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    trust: list[TrustCheck] = field(default_factory=list)
    overrides: list[CertaintyOverride] = field(default_factory=list)
    risk_of_bias: list[RiskOfBias] = field(default_factory=list)
    trace: TraceBuilder = field(default_factory=TraceBuilder)

    def trial(
        self,
        study_id: str,
        *,
        weight: float = 1.0,
        n: int = 400,
        ci: tuple[float, float] = (-1.6, -1.4),
        sd: float | None = 2.0,
        events: tuple[int, int] | None = None,
        bias: str | None = "low",
        estimable: bool = True,
        **about: Any,
    ) -> World:
        about.setdefault("design", self.design)
        study = a_study(study_id, n=n, **about)
        if bias is not None:
            tool = "robins-i" if bias in ("moderate", "serious", "critical") else "rob2"
            self.risk_of_bias += bias_rows(study_id, overall=bias, tool=tool)
        self.trials.append(
            Trial(
                study=study,
                weight=weight,
                n=n,
                ci=ci,
                sd=sd,
                events=events,
                bias=bias,
                estimable=estimable,
            )
        )
        return self

    def evidence(self) -> Evidence:
        studies = [trial.study for trial in self.trials] + self.others
        return Evidence(
            name="world",
            fingerprint="0" * 64,
            question=question(self.outcome),
            studies=tuple(studies),
            results=tuple(self.results),
            risk_of_bias=tuple(self.risk_of_bias),
            trust=tuple(self.trust),
            overrides=tuple(self.overrides),
        )

    def comparison(
        self,
        *,
        estimate: float = -1.5,
        ci: tuple[float, float] = (-1.6, -1.4),
        i2: float = 0.0,
        pi: tuple[float, float] | None = None,
        measure: str | None = None,
        mid: float | None = None,
        absolute: dict[str, float] | None = None,
        directness: str = "direct",
    ) -> Comparison:
        """The comparison; `estimate`, `ci` and `pi` are natural: ratios for RR and OR."""
        measure = measure or ("MD" if self.outcome.kind == "continuous" else "RR")
        if mid is None and self.outcome.mid is not None and measure == "MD":
            mid = self.outcome.mid.value
        held = [trial for trial in self.trials if trial.estimable]
        total = sum(trial.weight for trial in held)
        effects = tuple(self._effect(trial, total) for trial in held)
        silent = tuple(self._silent(trial) for trial in self.trials if not trial.estimable)
        people_nodes = [row.nodes["n"] for row in (*effects, *silent) if "n" in row.nodes]
        people = sum(trial.n for trial in self.trials)
        nodes = {
            "people": self.trace.computed(
                "c.people", "people", people, function="sum", inputs=people_nodes
            ),
            "n": self.trace.computed(
                "c.n",
                "people with an estimate",
                sum(trial.n for trial in held),
                function="sum",
                inputs=people_nodes,
            ),
        }
        natural = self._natural(effects, estimate, ci, pi) if held else None
        return Comparison(
            id="c",
            label="Pain",
            plan=ComparisonPlan.model_validate(
                {"id": "c", "outcome": self.outcome.id, "directness": directness}
            ),
            outcome=self.outcome,
            comparator="placebo",
            design=self.trials[0].study.allocation if self.trials else a_study("x").allocation,
            measure=measure,
            k=len(effects),
            n=sum(trial.n for trial in held),
            people=people,
            studies=effects,
            not_estimable=silent,
            pooled=_pooled(effects, estimate, ci, pi, i2, measure) if held else None,
            natural=natural,
            mid=mid,
            absolute=self._absolute(natural, absolute),
            nodes=nodes,
        )

    def rate(self, *, small_study_p: float | None = None, **options: Any) -> Certainty:
        comparison = self.comparison(**options)
        test = None
        if small_study_p is not None:
            node = self.trace.computed(
                "c.egger",
                "p value",
                small_study_p,
                function="egger",
                inputs=[row.nodes["yi"] for row in comparison.studies],
            )
            test = SmallStudyTest(name="Egger's test", p=small_study_p, node=node)
        return certainty(comparison, self.evidence(), self.trace, small_study=test)

    def domain(self, name: str, **options: Any) -> DomainRating:
        return {domain.domain: domain for domain in self.rate(**options).domains}[name]

    def _bias(self, trial: Trial) -> Any:
        return assess(trial.study, self.outcome.id, self.risk_of_bias, self.trace)

    def _row(self, trial: Trial, name: str, value: float) -> str:
        cell = a_result(trial.study.id, "a", self.outcome.id)
        return self.trace.datum(
            f"results.{trial.study.id}.{name}", name, value, of=cell, column=name
        )

    def _effect(self, trial: Trial, total: float) -> StudyEffect:
        low, high = trial.ci
        nodes = {
            "study": study_cell(self.trace, trial.study).node,
            "yi": self._row(trial, "yi", (low + high) / 2),
            "vi": self._row(trial, "vi", ((high - low) / 3.92) ** 2),
            "n": participants_cell(self.trace, trial.study, trial.study.participants[0]).node,
        }
        nodes["weight"] = self.trace.computed(
            f"c.{trial.study.id}.weight",
            "weight",
            100 * trial.weight / total,
            function="weight",
            inputs=[nodes["vi"]],
        )
        arms = [self._arm(trial, number) for number in (0, 1)]
        return StudyEffect(
            study=trial.study,
            yi=(low + high) / 2,
            vi=((high - low) / 3.92) ** 2,
            ci_low=low,
            ci_high=high,
            natural=Natural(estimate=(low + high) / 2, ci_low=low, ci_high=high, nodes={}),
            n=trial.n,
            weight=100 * trial.weight / total,
            intervention=arms[0],
            comparator=arms[1],
            timepoint="week 8",
            bias=self._bias(trial),
            nodes=nodes,
        )

    def _arm(self, trial: Trial, number: int) -> ArmData:
        half = trial.n // 2
        side = "ab"[number]
        if trial.events is not None:
            count = trial.events[number]
            return ArmData(
                label=side,
                events=count,
                total=half,
                n=half,
                nodes={"events": self._row(trial, f"{side}.events", count)},
            )
        if trial.sd is None:
            return ArmData(label=side, n=half)
        nodes = {
            "sd": self._row(trial, f"{side}.sd", trial.sd),
            "n": self._row(trial, f"{side}.n", half),
        }
        return ArmData(label=side, n=half, sd=trial.sd, nodes=nodes)

    def _silent(self, trial: Trial) -> NotEstimable:
        nodes = {"study": study_cell(self.trace, trial.study).node}
        if trial.study.participants:
            cell = participants_cell(self.trace, trial.study, trial.study.participants[0])
            nodes["n"] = cell.node
        return NotEstimable(
            study=trial.study,
            n=trial.n if trial.study.participants else None,
            reason=Phrase(text="Only ranges were reported."),
            bias=self._bias(trial),
            nodes=nodes,
        )

    def _natural(
        self,
        effects: Sequence[StudyEffect],
        estimate: float,
        ci: tuple[float, float],
        pi: tuple[float, float] | None,
    ) -> Natural:
        inputs = [row.nodes["yi"] for row in effects]
        values = {"estimate": estimate, "ci_low": ci[0], "ci_high": ci[1]}
        nodes = {
            name: self.trace.computed(f"c.{name}", name, value, function="pool", inputs=inputs)
            for name, value in values.items()
        }
        low, high = pi if pi is not None else (None, None)
        return Natural(**values, pi_low=low, pi_high=high, nodes=nodes)

    def _absolute(self, natural: Natural | None, given: dict[str, float] | None) -> Absolute | None:
        if given is None or natural is None:
            return None
        nodes = {
            name: self.trace.computed(
                f"c.absolute.{name}",
                name,
                value,
                function="absolute",
                inputs=[natural.nodes["estimate"]],
            )
            for name, value in given.items()
        }
        values = {"difference": 0.0, "difference_low": 0.0, "difference_high": 0.0, **given}
        return Absolute(per=1000, intervention=None, baseline=None, nodes=nodes, **values)


def _pooled(
    effects: Sequence[StudyEffect],
    estimate: float,
    ci: tuple[float, float],
    pi: tuple[float, float] | None,
    i2: float,
    measure: str,
) -> Pooled:
    scale = np.log if measure in ("RR", "OR") else np.asarray
    centre, low, high = (float(scale(value)) for value in (estimate, *ci))
    ends = (None, None) if pi is None else tuple(float(scale(value)) for value in pi)
    return Pooled(
        k=len(effects),
        estimate=centre,
        se=(high - low) / 3.92,
        statistic=0.0,
        p=1.0,
        ci_low=low,
        ci_high=high,
        pi_low=ends[0],
        pi_high=ends[1],
        tau2=0.0,
        tau2_se=None,
        tau2_ci_low=None,
        tau2_ci_high=None,
        i2=i2,
        h2=1.0,
        q=0.0,
        q_df=max(len(effects) - 1, 0),
        q_p=1.0,
        method="REML",
        test="knha",
        level=0.95,
        df=None,
        yi=np.array([row.yi for row in effects]),
        vi=np.array([row.vi for row in effects]),
        slab=tuple(row.study.label for row in effects),
        weights=np.array([row.weight or 0.0 for row in effects]),
        rows=np.arange(len(effects)),
    )
