"""Which comparisons of a folder a claim of benefit or harm is about.

Outcomes are told apart by the words that only some of them have, families of synonyms included. A
claim that names no outcome ("zinc works for colds") is about the outcomes that decide the question;
one that names something the folder has no outcome for is about none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from weigh.audit.claims.vocabulary import TermKind
from weigh.audit.linking.names import Names
from weigh.audit.linking.terms import families_in, terms
from weigh.audit.linking.units import weeks_of
from weigh.evidence.answer import Answer
from weigh.evidence.claim import Claim, ClaimDirection, ClaimType, CueKind, FigureKind
from weigh.evidence.comparison import Comparison
from weigh.evidence.question import Outcome, Question

__all__ = ["Outcomes"]

#: Words of benefit that name no outcome of their own.
_GENERAL = frozenset(
    terms(
        "symptom symptoms condition disease disorder illness problem health healthy people person "
        "patients patient adults individuals sufferers treatment treating therapy therapeutic "
        "relief benefit benefits effect effects effective efficacy activity evidence clinical "
        "study studies trial trials research result results potential support supporting improve "
        "reduce reduction significantly option answer yes good help against managing management "
        "supplement supplements supplementation form forms certain various including especially "
        "particularly chronic body well way natural remedy adjunctive direct demonstrated shown "
        "promising promise ability work works impact compare compared comparing test tested "
        "last lasts lasting years year months long term longterm permanent permanently "
        "examine examined randomised randomized controlled double blind"
    )
)
_FAMILY = 1.0
_WORD = 0.6
_HARMS = frozenset({"harm", "serious", "stopping", "interaction"})


class Outcomes:
    """The outcomes of a question, ready to be recognised in a claim."""

    def __init__(self, answer: Answer, names: Names) -> None:
        self._answer = answer
        self._names = names
        question = answer.question
        self._topic = _topic(question)
        people = (question.population.name, *question.population.synonyms)
        self._condition = frozenset(term for text in people for term in terms(text))
        self._kin = frozenset(families_in(question.population.name))
        self._features = {o.id: self._of_outcome(o) for o in question.outcomes}
        spread = Counter(f for features in self._features.values() for f in features)
        number = max(len(question.outcomes), 1)
        #: A word that every outcome has tells none of them; one that a single outcome has, it.
        self._telling = {f: 1.0 - (n - 1) / number for f, n in spread.items()}
        self._control = frozenset(
            term
            for text in (question.comparator.name, *question.comparator.synonyms)
            for term in terms(text)
        )
        self._groups = {g.id: frozenset(terms(g.name)) for g in question.subgroups}

    def _of_outcome(self, outcome: Outcome) -> frozenset[str]:
        text = f"{outcome.name} . {outcome.plain} . {outcome.instrument or ''} . " + " ".join(
            f"{verb} ." for verb in (*outcome.verbs, *outcome.ways) if verb not in _PLAIN_VERBS
        )
        words = set(terms(text)) - self._topic - _GENERAL - _COMMON
        kin = set(families_in(text)) - self._kin
        return frozenset(words) | {f"#{name}" for name in kin}

    @property
    def topic(self) -> frozenset[str]:
        """Words of the question itself, which all its folder shares."""
        return self._topic

    @property
    def words(self) -> frozenset[str]:
        """Words by which outcomes are known, families of synonyms left out."""
        return frozenset(f for features in self._features.values() for f in features if f[0] != "#")

    def links(self, claim: Claim, text: str) -> Iterator[tuple[Comparison, float, tuple[str, ...]]]:
        """Yield the comparisons that a claim is about, each with a score and what matched."""
        scored = self.scores(claim, text)
        if not scored:
            return
        best = max(score for score, _ in scored.values())
        groups = self._groups_named(text)
        for comparison in self._answer.comparisons:
            score, matched = scored.get(comparison.outcome.id, (0.0, ()))
            if score < 0.6 * best or score <= 0:
                continue
            if comparison.subgroup is not None:
                if comparison.subgroup not in groups:
                    continue
                score *= 1.1
            if not comparison.direct and not matched:
                continue
            yield comparison, min(1.0, score * self._in_time(claim, comparison)), matched

    def scores(self, claim: Claim, text: str) -> dict[str, tuple[float, tuple[str, ...]]]:
        """How much a claim is about each outcome, 0 to 1, by the outcome's id."""
        harmful = claim.type is ClaimType.SAFETY and claim.direction is not ClaimDirection.BENEFIT
        harmful = harmful or claim.direction is ClaimDirection.HARM
        question = self._answer.question
        features = set(terms(text)) | {f"#{name}" for name in families_in(text)}
        exact = set(self._names.ids(text, TermKind.OUTCOME))
        scored: dict[str, tuple[float, tuple[str, ...]]] = {}
        for outcome in question.outcomes:
            if (outcome.role == "harm") != harmful and outcome.id not in exact:
                continue
            shared = features & self._features[outcome.id]
            score = sum(
                self._telling[f] * (_FAMILY if f[0] == "#" else _WORD) for f in sorted(shared)
            )
            if outcome.id in exact:
                score += 0.8
            if score > 0.3:
                named = tuple(sorted(f.removeprefix("#") for f in shared)) or (outcome.name,)
                scored[outcome.id] = (min(1.0, 0.45 + 0.35 * score), named)
        if scored or not self._is_general(claim, text):
            return scored
        deciding = [
            o
            for o in question.outcomes
            if o.importance == "critical" and (o.role == "harm") == harmful
        ]
        return {outcome.id: (0.5, ()) for outcome in deciding}

    def _is_general(self, claim: Claim, text: str) -> bool:
        """Whether a claim names nothing but the intervention and the condition."""
        bag = set(terms(text))
        if "answer" in bag and bag & {"yes", "ye"}:
            return True  # the page's own answer to the question
        words = claim.object if claim.relation and (claim.object or claim.subject) else text
        named = self._speaks_of_condition(words)
        words = _without(words, [hit.words for hit in self._names.find(words)])
        left = [w for w in terms(words) if w not in _GENERAL and w not in self._topic]
        cues = {
            stem
            for cue in claim.cues
            if cue.kind is not CueKind.MECHANISM
            for stem in terms(cue.text)
        }
        left = [w for w in left if w not in cues | self._control and not w[0].isdigit()]
        return len(left) <= (2 if named else 0)

    def _speaks_of_condition(self, text: str) -> bool:
        return bool(self._names.find(text, TermKind.POPULATION)) or bool(
            set(terms(text)) & (self._condition - _GENERAL)
        )

    def _groups_named(self, text: str) -> set[str]:
        named = set(self._names.ids(text, TermKind.POPULATION))
        words = set(terms(text))
        residual = "residual" in families_in(text)
        for group in self._answer.question.subgroups:
            telling = self._groups[group.id] - self._topic - _GENERAL
            if group.topic == "residual":
                if residual:
                    named.add(group.id)
            elif telling and telling <= words | {"type", "2", "1"}:
                named.add(group.id)
        return named

    def _in_time(self, claim: Claim, comparison: Comparison) -> float:
        window = comparison.plan.window_weeks
        spans = [w for f in claim.figures_of(FigureKind.DURATION) if (w := weeks_of(f)) is not None]
        if comparison.outcome.unit and any(
            comparison.outcome.unit.startswith(f.unit or "?")
            for f in claim.figures_of(FigureKind.DURATION)
        ):
            return 1.0
        if window is None or not spans:
            return 1.0
        low, high = window
        return 1.0 if any(0.75 * low <= span <= 1.25 * high for span in spans) else 0.7


_PLAIN_VERBS = frozenset({"lower", "raise", "higher"})
_COMMON = frozenset(
    terms(
        "long number risk people score total scale level average time develop study end start any"
    )
)


def _topic(question: Question) -> frozenset[str]:
    """Words of the question itself: whom, with what."""
    texts: Sequence[str] = (
        question.population.name,
        *question.population.synonyms,
        question.intervention.name,
        *question.intervention.synonyms,
        *(form.name for form in question.forms),
    )
    words = frozenset(term for text in texts for term in terms(text))
    return words - frozenset(terms("pain"))


def _without(text: str, names: Sequence[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text
