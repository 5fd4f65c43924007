"""How a rule speaks: words of the article and of the folder, each number on its node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.audit.judging.bearing import rating_of
from weigh.audit.judging.settings import Settings
from weigh.evidence.article import Article, Span
from weigh.evidence.audit import AuditVerdict, Firing, Severity
from weigh.evidence.cells import edge_cell, study_cell
from weigh.evidence.claim import Claim
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.phrasing import name_of, plural, sentence
from weigh.evidence.question import Concept, Outcome, Subgroup
from weigh.evidence.statement import Part, Phrase, Quantity, Statement, listing, say
from weigh.evidence.study import Allocation, Study
from weigh.evidence.trace import Datum, TraceBuilder

__all__ = ["Speaker"]


@dataclass(frozen=True)
class Speaker:
    """A claim on its page, with the trace that takes the nodes of what is said of it."""

    claim: Claim
    article: Article
    settings: Settings
    trace: TraceBuilder

    def said(self, span: Span) -> Part:
        """Words of the article in quotation marks; with a digit they stand on a node."""
        words = self.article.words_of(span)
        if not any(c.isdigit() for c in words):
            return f"“{words}”"
        node = self.trace.add(
            Datum(
                id=f"article.{self.claim.id}.{span.start}-{span.end}",
                label="words of the article",
                value=words,
                file=self.article.source,
                line=None,
                column=f"characters {span.start} to {span.end}",
                source=None,
            )
        )
        return say("“{words}”", words=Quantity(text=words, node=node))

    def threshold(self, name: str) -> Quantity:
        """A setting as a node."""
        value = getattr(self.settings, name)
        node = self.trace.computed(
            f"audit.settings.{name}",
            name.replace("_", " "),
            value,
            function="setting",
            inputs=(),
        )
        return Quantity(text=plain(value), node=node)

    def count(self, name: str, label: str, number: int, inputs: Sequence[str]) -> Quantity:
        """A number that a rule counted, as a node."""
        node = self.trace.computed(
            f"audit.{self.claim.id}.{name}",
            label,
            number,
            function="count",
            inputs=tuple(i for i in inputs if i in self.trace),
        )
        return Quantity(text=plain(number), node=node)

    def fire(
        self,
        rule: str,
        verdict: AuditVerdict | None,
        severity: Severity | None,
        trigger: Span,
        template: str,
        /,
        *,
        rests_on: Sequence[str] = (),
        **parts: Part,
    ) -> Firing:
        """What a rule found, with its reason as one sentence."""
        phrase = sentence(say(template, rests_on=rests_on, **parts))
        return Firing(
            rule=rule,
            verdict=verdict,
            severity=severity,
            trigger=trigger,
            reason=Statement(id=f"audit.{self.claim.id}.{rule.lower()}", phrase=phrase),
        )

    def outcome(self, outcome: Outcome) -> Part:
        """An outcome in plain words, on a node where they hold a digit."""
        node = f"question.outcomes.{outcome.id}.plain"
        return name_of(self.trace, node, outcome, "plain", outcome.plain)

    def group(self, group: Subgroup) -> Part:
        """A subgroup in words, on a node where they hold a digit."""
        node = f"question.subgroups.{group.id}.name"
        return name_of(self.trace, node, group, "name", group.name)

    def concept(self, role: str, concept: Concept) -> Part:
        """The question's ``population`` or ``intervention`` in words."""
        node = f"question.{role}.name"
        return name_of(self.trace, node, concept, "name", concept.name)

    def named(self, studies: Sequence[Study]) -> Phrase:
        """Studies by their labels; from four on by their number."""
        cells = [study_cell(self.trace, study) for study in studies]
        if len(cells) <= 3:
            return listing(cells)
        number = self.count(
            f"studies.{len(cells)}", "linked studies", len(cells), [c.node for c in cells]
        )
        return say("the {n} linked studies", n=number)

    def findings_named(self, edges: Sequence[MechanismEdge]) -> Phrase:
        """Mechanism findings by their ends: ``vitamin K → Gas6``; at most three."""
        cells = [
            Quantity(text=f"{edge.subject} → {edge.object}", node=edge_cell(self.trace, edge))
            for edge in {(edge.subject, edge.object): edge for edge in edges[::-1]}.values()
        ]
        return listing(cells[::-1][:3])

    def about(self, comparison: Comparison) -> Phrase:
        """A comparison's evidence: ``1 randomised trial, 20 people, certainty: very low``."""
        studies = comparison.all_studies
        node = comparison.nodes.get("all") or comparison.nodes.get("k")
        kinds = {
            Allocation.RANDOMISED: ("randomised trial", "randomised trials"),
            Allocation.NON_RANDOMISED: ("non-randomised study", "non-randomised studies"),
            Allocation.UNCONTROLLED: (
                "study without a control group",
                "studies without a control group",
            ),
        }
        noun = plural(len(studies), *kinds[comparison.design])
        number: Part = (
            Quantity(text=plain(len(studies)), node=node) if node else plain(len(studies))
        )
        told = say("{k} {noun}", k=number, noun=noun)
        if comparison.people and "people" in comparison.nodes:
            people = Quantity(text=plain(comparison.people), node=comparison.nodes["people"])
            told = say("{told}, {people} people", told=told, people=people)
        if comparison.certainty is not None:
            certainty = Quantity(text=rating_of(comparison).words, node=comparison.certainty.node)
            told = say("{told}, certainty: {certainty}", told=told, certainty=certainty)
        return told
