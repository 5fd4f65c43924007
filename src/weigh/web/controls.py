"""The form on a comparison's card with which a reader sets things for themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup as Html

from weigh.evidence.comparison import Comparison
from weigh.evidence.question import Model
from weigh.report.wording import METHODS, TESTS, capital
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
                left_out=reading.again.left_out if here and reading.again else (),
                decision=reading.again.decision if here and reading.again else None,
            )
        )

    return form


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
