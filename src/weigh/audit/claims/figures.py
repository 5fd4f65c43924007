"""The numbers of a sentence: what each counts, its unit, its range, and what it is taken per."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from weigh.audit.claims.wordlists import one_of
from weigh.evidence.article import Span
from weigh.evidence.claim import Figure, FigureKind

__all__ = ["figures_in"]

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_FRACTIONS = {
    "half": 50.0, "one half": 50.0, "a third": 100 / 3, "one third": 100 / 3,
    "two thirds": 200 / 3, "a quarter": 25.0, "one quarter": 25.0, "three quarters": 75.0,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_WORD = (
    rf"(?:{_either((*_ONES, *_TENS))})(?:[- ](?:{_either((*_ONES, *_SCALES))}))*"
    r"|a (?:hundred|thousand|dozen|million)"
)
_DIGITS = r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.,])\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS}|\b(?:{_WORD})\b)"
_UPPER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:{_WORD})\b)"
_RANGE = rf"(?P<low>{_NUMBER})(?:\s*(?:-|–|—|to|and)\s*(?P<high>{_UPPER}))?"
_DASH = r"[\s\u00a0‐‑-]?"
_GAPS = r"(?:\s+(?!of\b|in\b|and\b|or\b|to\b)[\w'’-]+){0,4}?"
_PER = (
    r"(?:\s*(?:/|per|a|an|each|every|once a|twice a)\s*"
    r"(?P<per>day|dose|week|month|night|hour|kg|year)"
    r"|\s*(?P<rate>(?:once |twice |three times )?(?:daily|nightly|weekly)"
    r"|(?:once|twice|three times) (?:a|per) day))?"
)


@cache
def _patterns() -> tuple[tuple[FigureKind, re.Pattern[str]], ...]:
    """What each kind of number looks like."""
    time, people = one_of("time"), one_of("people")
    mass = rf"(?:billion cfu|international units?|{one_of('mass')})"
    ratio = "(?-i:RR|OR|HR|MD|SMD)|relative risk|risk ratio|odds ratio|hazard ratio|mean difference"
    enrolled = "sample of|sample size of|total of|involving|included|enrolled|recruited"
    written = (
        (FigureKind.P_VALUE, r"\bp\s*[<=>≤]\s*(?P<low>0?\.\d+)"),
        (FigureKind.EFFECT, rf"\b(?:{ratio})\s*(?:of|was|=|:)?\s*(?P<low>[-−]?\d+(?:\.\d+)?)"),
        (FigureKind.PERCENT, rf"{_RANGE}\s*(?P<unit>%|percent\b|per cent\b)"),
        (
            FigureKind.FREQUENCY,
            rf"(?P<low>{_NUMBER})\s+(?:in|out of)\s+(?:every\s+)?(?P<base>{_UPPER})(?!\d)",
        ),
        (FigureKind.DOSE, rf"{_RANGE}{_DASH}(?P<unit>{mass})\b{_PER}"),
        (FigureKind.SCORE, rf"{_RANGE}{_DASH}(?P<unit>points?)\b"),
        (FigureKind.DURATION, rf"{_RANGE}{_DASH}(?P<unit>{time})\b(?!\s*old)"),
        (FigureKind.TIMES, rf"{_RANGE}{_DASH}(?P<unit>times|fold)\b(?!\s+(?:a|per|daily))"),
        (FigureKind.STUDIES, rf"(?P<low>{_NUMBER}){_GAPS}\s+(?P<unit>{one_of('study-words')})\b"),
        (FigureKind.PARTICIPANTS, r"\bn\s*=\s*(?P<low>\d[\d,]*)"),
        (FigureKind.PARTICIPANTS, rf"(?P<low>{_NUMBER}){_GAPS}\s+(?P<unit>{people})\b"),
        (
            FigureKind.PARTICIPANTS,
            rf"(?:{enrolled})\s+(?P<low>{_NUMBER})\b(?!\s*(?:%|percent|{time}|{mass}))",
        ),
        (
            FigureKind.YEAR,
            rf"(?<![\d.,])(?P<low>(?:19|20)\d\d)(?![\d.,]*\d|\s*(?:{mass}|{people})\b)",
        ),
    )
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in written)


_TWICE = re.compile(r"\b(?P<word>twice|double|triple|half)\s+(?:as|the)\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?P<word>two thirds|two-thirds|one third|a third|one-third|three quarters|three-quarters|"
    r"a quarter|half)\s+(?:of|the)\b",
    re.IGNORECASE,
)
_WORD_RATES = re.compile(
    r"\b(?P<word>once|twice|three times)\s+(?P<per>daily|a day|per day|weekly|a week|a night)\b",
    re.IGNORECASE,
)
_TIMES = {"once": 1.0, "twice": 2.0, "three times": 3.0, "double": 2.0, "triple": 3.0, "half": 0.5}


def figures_in(text: str, offset: int = 0) -> tuple[Figure, ...]:
    """Every number that counts something; one that is part of a name (B12, K2-7) is none.

    Parameters
    ----------
    text
        The words of one claim.
    offset
        Where they start in the article, added to each span.
    """
    found: list[Figure] = []
    taken: list[Span] = []
    for figure in sorted(_all(text), key=lambda f: _ORDER[f.kind]):
        if not any(figure.span.overlaps(span) for span in taken):
            taken.append(figure.span)
            found.append(figure)
    found.sort(key=lambda figure: figure.span)
    return tuple(
        Figure(
            kind=f.kind,
            span=Span(f.span.start + offset, f.span.end + offset),
            text=f.text,
            value=f.value,
            high=f.high,
            unit=f.unit,
            per=f.per,
        )
        for f in found
    )


_ORDER = {
    kind: rank
    for rank, kind in enumerate(
        (
            FigureKind.P_VALUE, FigureKind.EFFECT, FigureKind.PERCENT, FigureKind.DOSE,
            FigureKind.FREQUENCY, FigureKind.SCORE, FigureKind.DURATION, FigureKind.TIMES,
            FigureKind.STUDIES, FigureKind.PARTICIPANTS, FigureKind.YEAR, FigureKind.OTHER,
        )
    )
}  # fmt: skip


def _all(text: str) -> Iterator[Figure]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            groups = match.groupdict()
            low = _value(groups["low"])
            if low is None or (kind is FigureKind.YEAR and not 1900 <= low <= 2100):
                continue
            if kind is FigureKind.PARTICIPANTS and low < 2 and not groups["low"][:1].isdigit():
                continue
            high = _value(groups["high"]) if groups.get("high") else None
            unit = groups.get("unit")
            per = groups.get("per") or _per(groups.get("rate"))
            if kind is FigureKind.FREQUENCY:
                base = _value(groups["base"])
                if not base or low >= base or base > 100_000:
                    continue
                unit = f"in {base:g}"
            yield _figure(kind, match, text, low, high, unit, per)
    for pattern, kind in ((_TWICE, FigureKind.TIMES), (_WORD_RATES, FigureKind.FREQUENCY)):
        for match in pattern.finditer(text):
            per = _per(match.groupdict().get("per"))
            yield _figure(kind, match, text, _TIMES[match["word"].lower()], None, "times", per)
    for match in _SHARE.finditer(text):
        share = _FRACTIONS[match["word"].lower().replace("-", " ")]
        yield _figure(FigureKind.PERCENT, match, text, share, None, "%", None)


def _figure(
    kind: FigureKind,
    match: re.Match[str],
    text: str,
    value: float,
    high: float | None,
    unit: str | None,
    per: str | None,
) -> Figure:
    return Figure(
        kind=kind,
        span=Span(match.start(), match.end()),
        text=text[match.start() : match.end()],
        value=value,
        high=high,
        unit=unit.lower() if unit and unit != "IU" else unit,
        per=per.lower() if per else None,
    )


def _per(rate: str | None) -> str | None:
    if rate is None:
        return None
    rate = rate.lower()
    return "week" if "week" in rate else "night" if "night" in rate else "day"


def _value(written: str | None) -> float | None:
    """The number that digits or words stand for, None where they stand for none."""
    if written is None:
        return None
    digits = written.replace(",", "").replace("−", "-")
    if digits.lstrip("-")[:1] in "0123456789.":
        return float(digits)
    total, current = 0.0, 0.0
    for word in re.split(r"[- ]+", written.lower()):
        if word == "a":
            current = 1
        elif word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0.0
        else:
            current += _ONES.get(word, _TENS.get(word, 0))
    return total + current
