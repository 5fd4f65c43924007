"""The body of evidence behind one comparison: who brings how much of the information.

Every GRADE domain asks what share of the evidence something holds for. The share is of the weight
in the pooled estimate; where nothing could be estimated, of the people; where some study does not
say how many people it had, of the studies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from weigh.evidence.cells import people, study_cell
from weigh.evidence.comparison import Comparison, StudyBias
from weigh.evidence.figures import per_cent, plain
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["Body", "Member", "gather"]

Basis = Literal["weight", "people", "studies"]

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# What a share is of, after "carry 40% of", "hold 40% of", "are 40% of".
_OF: dict[Basis, tuple[str, str]] = {
    "weight": ("carry", "the weight"),
    "people": ("hold", "the people"),
    "studies": ("are", "the studies"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One study with its share of the information (0 to 1); `because` are the share's nodes."""

    study: Study
    share: float
    bias: StudyBias | None
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A comparison's studies with their shares, and the trace that figures about them go to.

    `members` are the studies that shares are taken over: those with an estimate or, where there is
    none, all that measured the outcome.
    """

    comparison: Comparison
    evidence: Evidence
    trace: TraceBuilder
    members: tuple[Member, ...]
    basis: Basis

    @property
    def base(self) -> str:
        """The head of this comparison's node ids."""
        return f"certainty.{self.comparison.id}"

    @property
    def estimable(self) -> bool:
        """True where something could be pooled, or one study gives an effect."""
        return self.comparison.pooled is not None

    @property
    def size(self) -> int:
        """People behind the estimate; where there is none, all who were measured."""
        return self.comparison.n if self.estimable else self.comparison.people

    def share(self, members: Iterable[Member]) -> float:
        """Share of the information that some members bring, 0 to 1."""
        return sum(member.share for member in members)

    def studies_nodes(self) -> tuple[str, ...]:
        """A node for every study that measured the outcome."""
        return tuple(study_cell(self.trace, s).node for s in self.comparison.all_studies)

    def share_cell(
        self, name: str, label: str, members: Sequence[Member], because: Iterable[str] = ()
    ) -> Quantity:
        """The share of some members in percent, with a node that rests on all shares."""
        value = 100.0 * self.share(members)
        node = self.trace.computed(
            f"{self.base}.{name}",
            label,
            value,
            function="share of information (percent)",
            inputs=[node for member in self.members for node in member.because] + list(because),
            parameters={"basis": self.basis},
        )
        return Quantity(text=per_cent(value), node=node)

    def carry(self, share: Quantity, *, rest: bool = False) -> Phrase:
        """``carry 40% of the weight``; with `rest`, as a further item of such a list."""
        verb, of = _OF[self.basis]
        return (
            say("{share}", share=share)
            if rest
            else say("{verb} {share} of {of}", verb=verb, share=share, of=of)
        )

    def size_cell(self) -> Quantity:
        """How many people the evidence has, by `size`."""
        nodes = self.comparison.nodes
        node = nodes.get("n" if self.estimable else "people")
        if node is None or node not in self.trace:
            node = self.trace.computed(
                f"{self.base}.size",
                "people behind the evidence",
                self.size,
                function="sum",
                inputs=self._people_nodes(),
            )
        return Quantity(text=plain(self.size), node=node)

    def studies_cell(self) -> Quantity:
        """How many studies the shares are taken over, as a word up to ten."""
        number = len(self.members)
        node = self.trace.computed(
            f"{self.base}.studies",
            "studies",
            number,
            function="count",
            inputs=[study_cell(self.trace, member.study).node for member in self.members],
        )
        text = _WORDS[number] if number < len(_WORDS) else plain(number)
        return Quantity(text=text, node=node)

    def all_studies(self) -> Phrase:
        """``both studies``, ``all three studies``: those that shares are taken over."""
        cell = self.studies_cell()
        if len(self.members) == 2:
            return say("{both} studies", both=Quantity(text="both", node=cell.node))
        return say("all {k} studies", k=cell)

    def only_study(self) -> str:
        """What to call the one study that shares are taken over."""
        alone = len(self.comparison.all_studies) == 1
        return "only study" if alone else "only study with an estimate"

    def _people_nodes(self) -> tuple[str, ...]:
        if self.estimable:
            return tuple(row.nodes["n"] for row in self.comparison.studies)
        found = [people(self.trace, row.study) for row in self.comparison.not_estimable]
        nodes = tuple(cell.node for cell in found if cell is not None)
        return nodes or self.studies_nodes()


def gather(comparison: Comparison, evidence: Evidence, trace: TraceBuilder) -> Body:
    """Work out each study's share of the information behind a comparison."""
    members, basis = (
        _by_weight(comparison, trace) if comparison.studies else _by_people(comparison, trace)
    )
    return Body(comparison=comparison, evidence=evidence, trace=trace, members=members, basis=basis)


def _by_weight(comparison: Comparison, trace: TraceBuilder) -> tuple[tuple[Member, ...], Basis]:
    rows = comparison.studies
    total = sum(row.weight or 0.0 for row in rows)
    if total > 0.0 and all(row.weight is not None for row in rows):
        return tuple(
            Member(
                study=row.study,
                share=(row.weight or 0.0) / total,
                bias=row.bias,
                because=(row.nodes["weight"],),
            )
            for row in rows
        ), "weight"
    # Without weights every study counts by its people.
    counts = [(row.study, row.n, row.bias, row.nodes.get("n")) for row in rows]
    return _by_count(counts, trace)


def _by_people(comparison: Comparison, trace: TraceBuilder) -> tuple[tuple[Member, ...], Basis]:
    counts = []
    for row in comparison.not_estimable:
        cell = people(trace, row.study)
        node = row.nodes.get("n") or (cell.node if cell else None)
        counts.append((row.study, row.n, row.bias, node))
    return _by_count(counts, trace)


def _by_count(
    counts: Sequence[tuple[Study, int | None, StudyBias | None, str | None]], trace: TraceBuilder
) -> tuple[tuple[Member, ...], Basis]:
    total = sum(n or 0 for _, n, _, _ in counts)
    by_people = total > 0 and all(n is not None and node is not None for _, n, _, node in counts)
    members = tuple(
        Member(
            study=study,
            share=(n or 0) / total if by_people else 1.0 / len(counts),
            bias=bias,
            because=(node if by_people and node else study_cell(trace, study).node,),
        )
        for study, n, bias, node in counts
    )
    return members, "people" if by_people else "studies"
