"""Which study of a folder some words speak of: by author, year, size, design, dose, registration.

Two of author, year and size together are firm, as is a registration number, or a year that only one
study has with something else that fits it. A year or a size alone is a candidate, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weigh.audit.linking.pages import page_of
from weigh.audit.linking.terms import folded, stems
from weigh.audit.linking.units import figures_of, matches_dose, matches_duration
from weigh.evidence.article import Article, BlockKind
from weigh.evidence.claim import Claim, Figure, FigureKind
from weigh.evidence.folder import Evidence
from weigh.evidence.study import Allocation, Study

__all__ = ["Mention", "Studies", "reviews_named"]

_POINTS = {
    "registration": 5.0, "name": 4.0, "author": 3.0, "year": 2.0, "people": 2.0, "design": 0.7,
    "dose": 0.7, "duration": 0.5, "population": 0.4,
}  # fmt: skip
_FULL = 5.0
#: What a year that is not the study's takes away.
_OTHER_YEAR = 2.5
#: Words by which a sentence goes on about the study of the sentence before.
_GOES_ON = frozenset(
    stems(
        "study trial patients participants volunteers subjects researchers authors scores symptoms "
        "results group groups placebo it they there everyone people treatment"
    )
)
#: How far back a sentence may refer within its block.
_BACK = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A study that words speak of, what matched, how surely, and whether it may contradict."""

    study: Study
    matched: tuple[str, ...]
    score: float
    firm: bool


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a study can be told by."""

    study: Study
    authors: tuple[re.Pattern[str], ...]
    name: re.Pattern[str] | None
    registration: str
    counts: frozenset[int]
    people: frozenset[str]


def reviews_named(evidence: Evidence, text: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The reviews that words name by their label and year, by their place in the folder."""
    words = set(stems(text))
    found = []
    for number, review in enumerate(evidence.background.reviews):
        label = stems(re.sub(r"\(.*?\)", "", review.label))
        years = [stem for stem in label if re.fullmatch(r"(?:18|19|20)\d\d", stem)]
        if label and len(label) > 1 and years and set(label) <= words:
            found.append((number, label))
    return tuple(found)


class Studies:
    """The studies of a folder, ready to be recognised."""

    def __init__(self, evidence: Evidence) -> None:
        self._identities = tuple(_identity(evidence, study) for study in evidence.studies)
        years = [study.year for study in evidence.studies]
        self._once = {year for year in years if years.count(year) == 1}
        self._shared = frozenset(
            stems(
                " ".join(
                    (
                        evidence.question.population.name,
                        *evidence.question.population.synonyms,
                        evidence.question.intervention.name,
                    )
                )
            )
        )

    def mentioned(self, claim: Claim, article: Article) -> tuple[Mention, ...]:
        """The studies that a claim speaks of, best first; none where it names none."""
        for window in _windows(claim, article):
            found = self._in(window)
            if found:
                return found
        return ()

    def _in(self, text: str) -> tuple[Mention, ...]:
        figures = figures_of(text)
        words = frozenset(stems(text))
        plain = folded(text)
        found = [
            mention
            for identity in self._identities
            if (mention := self._match(identity, text, plain, words, figures)) is not None
        ]
        found.sort(key=lambda m: -m.score)
        if not found:
            return ()
        best = found[0].score
        close = [m for m in found if m.score >= best - 0.9]
        if {"name", "registration"} & set(close[0].matched):
            close = [m for m in close if {"name", "registration"} & set(m.matched)]
        if close[0].firm:
            # A candidate does not cast doubt on a study that is named; another named one does.
            close = [m for m in close if m.firm]
        if len(close) > 1 and close[1].score >= best - 0.3:
            # Two that fit as well: both are shown and neither may contradict.
            return tuple(
                Mention(study=m.study, matched=m.matched, score=m.score, firm=False) for m in close
            )
        return tuple(close)

    def _match(
        self,
        identity: _Identity,
        text: str,
        plain: str,
        words: frozenset[str],
        figures: Sequence[Figure],
    ) -> Mention | None:
        study = identity.study
        years = {int(f.value) for f in figures if f.kind is FigureKind.YEAR}
        people = {int(f.value) for f in figures if f.kind is FigureKind.PARTICIPANTS}
        matched = []
        if identity.registration and identity.registration in plain:
            matched.append("registration")
        if identity.name is not None and identity.name.search(text):
            matched.append("name")
        if any(pattern.search(text) for pattern in identity.authors):
            matched.append("author")
        if study.year in years:
            matched.append("year")
        elif years and not set(matched) & {"registration", "name", "author"}:
            return None
        if people & identity.counts:
            matched.append("people")
        if not matched:
            return None
        matched += _fitting(identity, words, figures, self._shared)
        firm = _is_firm(matched, unique=study.year in self._once)
        score = sum(_POINTS[name] for name in matched)
        if years and study.year not in years:
            score -= _OTHER_YEAR
        return Mention(
            study=study, matched=tuple(matched), score=min(score / _FULL, 2.0), firm=firm
        )


def _is_firm(matched: Sequence[str], *, unique: bool) -> bool:
    if "registration" in matched or "name" in matched:
        return True
    if len({"author", "year", "people"} & set(matched)) >= 2:
        return True
    return "year" in matched and unique and len(matched) >= 2


def _fitting(
    identity: _Identity, words: frozenset[str], figures: Sequence[Figure], shared: frozenset[str]
) -> Iterator[str]:
    study = identity.study
    named = {
        Allocation.RANDOMISED: {"random", "placebo", "blind", "rct"},
        Allocation.UNCONTROLLED: {"open", "uncontrol", "observ", "pilot", "preliminari"},
        Allocation.NON_RANDOMISED: {"observ", "cohort", "section", "survey"},
    }[study.allocation]
    if words & named or any(word.startswith("random") for word in words & named):
        yield "design"
    if any(matches_dose(f, figures, study) for f in figures if f.kind is FigureKind.DOSE):
        yield "dose"
    if any(matches_duration(f, study) for f in figures if f.kind is FigureKind.DURATION):
        yield "duration"
    if len((identity.people - shared) & words) >= 2:
        yield "population"


def _identity(evidence: Evidence, study: Study) -> _Identity:
    named = re.sub(r"\b(?:18|19|20)\d\d\b", "", study.label).strip()
    families = {study.label.split()[0]} if re.match(r"[A-Z][a-z]", study.label) else set()
    for report in (study.source, *study.reports[:1]):
        try:
            reference = evidence.reference(report)
        except KeyError:
            continue
        for author in reference.author[:1]:
            if author.family:
                families.add(author.family)
    acronym = re.fullmatch(r"[A-Z][A-Z\d]+(?:[ -][IVX\d]+)?(?: [a-z]+ \d)?", named)
    counts = {entry.count for entry in study.participants}
    counts |= {arm.n for arm in study.arms if arm.n is not None}
    return _Identity(
        study=study,
        authors=tuple(
            re.compile(rf"(?<!\w){re.escape(family)}(?!\w)") for family in sorted(families)
        ),
        name=re.compile(rf"(?<!\w){re.escape(named)}(?!\w)(?![ -](?:\d\d?|[IVX]+)\b)")
        if acronym
        else None,
        registration=folded(study.registration or ""),
        counts=frozenset(counts),
        people=frozenset(stem for stem in stems(study.population) if len(stem) > 3),
    )


def _windows(claim: Claim, article: Article) -> Iterator[str]:
    """The claim's sentence with the lead of its block, then the sentences before it."""
    block = article.blocks[claim.block]
    lead = re.match(r"[^:.]{3,90}:", article.words_of(block.span))
    head = lead.group() if lead and block.kind is not BlockKind.TITLE else ""
    heading = " ".join(block.headings[-1:]) if re.search(r"\d", " ".join(block.headings)) else ""
    sentence = article.words_of(claim.sentence)
    yield f"{head} {sentence}" if not sentence.startswith(head) else sentence
    if heading:
        yield f"{heading} {sentence}"
    if not _GOES_ON & set(stems(sentence)):
        return
    for before in page_of(article).before(claim.sentence, claim.block)[-1 : -_BACK - 1 : -1]:
        yield f"{head} {article.words_of(before.span)}"
