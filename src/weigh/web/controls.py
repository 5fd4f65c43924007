"""The form on a comparison's card with which a reader sets things for themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from markupsafe import Markup as Html

from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import plain
from weigh.evidence.question import Model, Question
from weigh.evidence.reader import ReaderSettings
from weigh.report.wording import METHODS, TESTS, capital
from weigh.web.addresses import query_of
from weigh.web.reading import Reading
from weigh.web.rendering import template

__all__ = ["controls"]

_BIAS = {
    "low": "low risk of bias only",
    "some_concerns": "up to some concerns",
    "high": "every study that somebody assessed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """Something that a reader has set: what, to what, and the address without it."""

    label: str
    words: str
    query: str


def controls(reading: Reading) -> Callable[[Comparison], Html]:
    """The form of each comparison; that of the reading's own shows what is set."""

    def form(comparison: Comparison) -> Html:
        here = comparison.id == reading.comparison_id
        settings = reading.settings if here else type(reading.settings)()
        held = reading.held
        folder_own = next(c for c in held.answer.comparisons if c.id == comparison.id)
        fields = held.evidence.question
        model = Model.model_fields
        return Html(
            template(
                "controls.html",
                reading=reading,
                comparison=comparison,
                own=folder_own,
                settings=settings,
                told=_told(settings, folder_own, fields),
                method_words=METHODS.get(folder_own.plan.model.method, ""),
                test_words=TESTS.get(folder_own.plan.model.test, ""),
                studies=folder_own.all_studies,
                methods=_choices(
                    _names(get_args(model["method"].annotation), METHODS), settings.method
                ),
                tests=_choices(_names(get_args(model["test"].annotation), TESTS), settings.test),
                measures=_choices({name: name for name in _measures(folder_own)}, settings.measure),
                biases=_choices(_BIAS, settings.bias),
                subgroups=_choices({g.id: g.name for g in fields.subgroups}, settings.subgroup),
                forms=_choices({f.id: f.name for f in fields.forms}, settings.form),
                weeks=""
                if settings.weeks is None
                else f"{settings.weeks[0]:g}-{settings.weeks[1]:g}",
                own_weeks=_window(folder_own),
                own_mid=""
                if folder_own.outcome.mid is None
                else plain(folder_own.outcome.mid.value),
                mid_unit=_mid_unit(folder_own),
                left_out=_left_out(reading, folder_own) if here else (),
                decision=reading.again.decision if here and reading.again else None,
                verdict=held.answer.verdict,
            )
        )

    return form


def _window(comparison: Comparison) -> str:
    window = comparison.plan.window_weeks
    return "" if window is None else f"{window[0]:g}-{window[1]:g}"


def _mid_unit(comparison: Comparison) -> str:
    if comparison.outcome.kind == "dichotomous":
        return ", as a risk"
    return f", in {comparison.outcome.unit}" if comparison.outcome.unit else ""


def _left_out(reading: Reading, comparison: Comparison) -> tuple[str, ...]:
    """Studies that the settings took away, save those that the reader named."""
    if reading.again is None:
        return ()
    labels = {study.id: study.label for study in comparison.all_studies}
    away = [study for study in reading.again.left_out if study not in reading.settings.without]
    return tuple(labels.get(study, study) for study in away)


_LABELS = {
    "method": "estimator",
    "test": "interval",
    "measure": "measure",
    "weeks": "weeks",
    "subgroup": "people",
    "form": "form",
    "without": "left out",
    "bias": "risk of bias",
    "baseline": "risk without it",
    "mid": "smallest difference that matters",
}


def _told(settings: ReaderSettings, comparison: Comparison, question: Question) -> list[_Set]:
    """What is set, in words, each with the address that gives it back to the folder."""
    told = []
    for name in settings.named:
        rest = settings.without_setting(name)
        query = f"{urlencode({'c': comparison.id})}&{query_of(rest)}" if rest else ""
        words = _words(name, getattr(settings, name), comparison, question)
        told.append(_Set(label=_LABELS[name], words=words, query=query))
    return told


def _words(name: str, value: Any, comparison: Comparison, question: Question) -> str:
    named: dict[str, dict[str, str]] = {
        "method": METHODS,
        "test": TESTS,
        "bias": _BIAS,
        "subgroup": {g.id: g.name for g in question.subgroups},
        "form": {f.id: f.name for f in question.forms},
    }
    if name == "without":
        labels = {study.id: study.label for study in comparison.all_studies}
        return ", ".join(labels.get(study, study) for study in value)
    if name == "weeks":
        return f"{value[0]:g} to {value[1]:g}"
    if isinstance(value, float):
        return plain(value)
    return named.get(name, {}).get(value, str(value))


def _measures(comparison: Comparison) -> tuple[str, ...]:
    if comparison.measure in ("MC", "PR"):
        return ()
    return ("RR", "OR", "RD") if comparison.outcome.kind == "dichotomous" else ("MD", "SMD")


def _names(codes: tuple[str, ...], words: dict[str, str]) -> dict[str, str]:
    return {code: f"{code}: {words[code]}" if code in words else code for code in codes}


def _choices(words: dict[str, str], chosen: str | None) -> list[_Choice]:
    return [
        _Choice(value=value, words=capital(text), chosen=value == chosen)
        for value, text in words.items()
    ]
