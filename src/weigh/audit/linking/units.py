"""Doses and times of an article beside those of a study, in one unit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from weigh.audit.claims.figures import figures_in
from weigh.evidence.article import Span
from weigh.evidence.claim import Figure, FigureKind
from weigh.evidence.study import Arm, Study

__all__ = [
    "alike",
    "arm_doses",
    "daily_doses",
    "figures_of",
    "matches_dose",
    "matches_duration",
    "micrograms",
    "study_weeks",
    "weeks_of",
]

_MICROGRAMS = {
    "mcg": 1.0, "µg": 1.0, "μg": 1.0, "ug": 1.0, "microgram": 1.0, "micrograms": 1.0,
    "mg": 1e3, "milligram": 1e3, "milligrams": 1e3, "g": 1e6, "gram": 1e6, "grams": 1e6,
    "kg": 1e9,
}  # fmt: skip
_WEEKS = {
    "second": 1 / 604_800, "sec": 1 / 604_800, "minute": 1 / 10_080, "min": 1 / 10_080,
    "hour": 1 / 168, "hr": 1 / 168, "day": 1 / 7, "night": 1 / 7, "week": 1.0, "wk": 1.0,
    "month": 52.18 / 12, "year": 52.18, "yr": 52.18, "decade": 521.8,
}  # fmt: skip


_COUNTS = (FigureKind.PARTICIPANTS, FigureKind.STUDIES)


@lru_cache(maxsize=4096)
def figures_of(text: str, offset: int = 0) -> tuple[Figure, ...]:
    """The numbers of a text, those between others included.

    A year before a verb ("Okafor 2019 was a trial") counts nothing, and "nine trials with 1,449
    people" holds two counts.
    """
    found: list[Figure] = []
    for figure in figures_in(text, offset):
        if figure.kind not in _COUNTS or not _is_year(figure):
            found.append(figure)
            continue
        year = Span(figure.span.start, figure.span.start + 4)
        found.append(
            Figure(kind=FigureKind.YEAR, span=year, text=figure.text[:4], value=figure.value)
        )
        found += figures_in(figure.text[4:], figure.span.start + 4)
    at = 0
    for figure in [*found]:
        start = figure.span.start - offset
        if start > at and _DIGIT.search(text[at:start]):
            found += figures_in(text[at:start], offset + at)
        at = max(at, figure.span.end - offset)
    if found and _DIGIT.search(text[at:]):
        found += figures_in(text[at:], offset + at)
    found = [f for f in found if not _CUT.search(text[: f.span.start - offset])]
    return tuple(sorted(found, key=lambda figure: figure.span))


#: Before the tail of a number in words ("two hundred and sixty"), which alone would mislead.
_CUT = re.compile(r"\b(?:hundred|thousand|million) and\s*$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def _is_year(figure: Figure) -> bool:
    named = figure.kind is FigureKind.STUDIES or len(figure.text.split()) > 2
    return named and 1900 <= figure.value <= 2100 and figure.text[:4] == f"{figure.value:.0f}"


def alike(one: float, other: float, *, within: float = 0.02) -> bool:
    """Whether two numbers are the same but for rounding: 2 in 100 by default."""
    return math.isclose(one, other, rel_tol=within, abs_tol=1e-9)


def weeks_of(figure: Figure) -> float | None:
    """A span of time in weeks; None where its unit is not known."""
    unit = (figure.unit or "").lower()
    scale = _WEEKS.get(unit) or _WEEKS.get(unit.removesuffix("s"))
    return None if scale is None else figure.value * scale


def micrograms(value: float, unit: str | None) -> float | None:
    """A mass in micrograms; None for capsules, units and drops."""
    scale = _MICROGRAMS.get((unit or "").lower())
    return None if scale is None else value * scale


def times_a_day(dose: Figure, figures: Sequence[Figure]) -> float:
    """How often a day something is taken, where that is said in or beside its dose; else 1."""
    for word, number in (("twice", 2.0), ("three times", 3.0)):
        if word in dose.text.lower() and dose.per == "day":
            return number
    for figure in figures:
        if figure.kind is FigureKind.FREQUENCY and figure.unit == "times":
            return figure.value if figure.per == "day" else 1.0
    return 1.0


def daily_doses(figure: Figure, figures: Sequence[Figure]) -> Iterator[float]:
    """What a dose may come to a day, in micrograms: as written, and times how often it is taken."""
    mass = micrograms(figure.value, figure.unit)
    if mass is None:
        return
    yield mass
    often = times_a_day(figure, figures)
    if often != 1.0:
        yield mass * often


def arm_doses(arm: Arm) -> Iterator[float]:
    """Every dose of an arm in micrograms: a day, each time, and the ends of its range."""
    for value in (arm.dose, arm.dose_max):
        if value:
            mass = micrograms(value, arm.unit)
            if mass is not None:
                yield mass
    for figure in figures_of(arm.schedule or ""):
        if figure.kind is FigureKind.DOSE:
            yield from daily_doses(figure, ())


def matches_dose(figure: Figure, figures: Sequence[Figure], study: Study) -> bool:
    """Whether a dose is one of the study's; a range of the study holds what lies in it."""
    given = list(daily_doses(figure, figures))
    for arm in study.arms:
        known = list(arm_doses(arm))
        if any(alike(one, other) for one in given for other in known):
            return True
        if arm.dose_max is not None and known and given:
            return min(known) <= given[-1] <= max(known)
    return False


def study_weeks(study: Study) -> tuple[float, ...]:
    """The times that a study's record gives: treatment, follow-up, and those of its schedule."""
    spans = [arm.duration_weeks for arm in study.arms if arm.duration_weeks is not None]
    spans += [study.follow_up_weeks] if study.follow_up_weeks is not None else []
    texts: Iterable[str] = [arm.schedule or "" for arm in study.arms]
    for text in (*texts, study.design_note or "", *(note.text for note in study.notes)):
        for figure in figures_of(text):
            weeks = weeks_of(figure) if figure.kind is FigureKind.DURATION else None
            if weeks is not None:
                spans.append(weeks)
    return tuple(dict.fromkeys(spans))


def matches_duration(figure: Figure, study: Study) -> bool:
    """Whether a time is one of the study's; months and weeks are rounded to each other."""
    weeks = weeks_of(figure)
    return weeks is not None and any(
        alike(weeks, known, within=0.1) for known in study_weeks(study)
    )
