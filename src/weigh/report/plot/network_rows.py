"""Forest plots of networks: treatments against the reference, and direct against indirect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from weigh.errors import InputError
from weigh.evidence.figures import amount, per_cent
from weigh.report.plot.foot import p_words, small
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.showing import View, view_of
from weigh.report.plot.strip import Column, Mark, Row, Strip, shares
from weigh.report.plot.strip_drawing import draw_strip

__all__ = ["network_forest", "network_split"]


class Interval(Protocol):
    """An estimate with its interval."""

    @property
    def estimate(self) -> float: ...
    @property
    def ci_low(self) -> float: ...
    @property
    def ci_high(self) -> float: ...


class Cell(Interval, Protocol):
    """One treatment against another."""

    @property
    def treat1(self) -> str: ...
    @property
    def pi_low(self) -> float | None: ...
    @property
    def pi_high(self) -> float | None: ...


class NetworkFit(Protocol):
    """The result of `weigh.network`."""

    @property
    def k(self) -> int: ...
    @property
    def reference(self) -> str: ...
    @property
    def measure(self) -> str | None: ...
    @property
    def method(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def level(self) -> float: ...
    @property
    def tau2(self) -> float: ...
    @property
    def i2(self) -> float | None: ...
    @property
    def treatments(self) -> tuple[str, ...]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...

    def graph(self) -> Any:
        """Treatments and how many trials compare them."""
        ...

    def against_reference(self) -> Sequence[Any]:
        """Every other treatment against the reference."""
        ...

    def ranking(self, *, draws: int) -> Any:
        """Treatments ranked."""
        ...


def network_forest(
    fit: NetworkFit,
    *,
    measure: str | None = None,
    sort: str = "p_score",
    prediction: bool = False,
    favours: tuple[str, str] | None = None,
    title: str | None = None,
) -> Plot:
    """Every treatment against the reference, from the whole network.

    Parameters
    ----------
    fit
        Of `weigh.network` or `weigh.network_from_arms`.
    measure
        Name of the measure where the fit does not know it; without it the numbers stay on the
        analysis scale.
    sort
        ``"p_score"``, ``"effect"`` or ``"name"``.
    prediction
        Whether to add where the effect in a further trial is expected.
    favours
        What lies to the left and to the right of no effect.
    title
        Printed above.

    Returns
    -------
    Plot
        Its `data` has a row for each treatment. The area of a square follows the precision of its
        estimate.
    """
    view = view_of(measure or fit.measure)
    cells = list(fit.against_reference())
    p_score = dict(zip(fit.treatments, fit.ranking(draws=1).p_score, strict=True))
    keys = {
        "p_score": lambda cell: -p_score[cell.treat1],
        "effect": lambda cell: cell.estimate,
        "name": lambda cell: 0,
    }
    if sort not in keys:
        raise InputError(f"sort is {sort!r}; it is one of {', '.join(keys)}.")
    cells.sort(key=keys[sort])
    direct = {
        frozenset((one, two)): k for one, two, k in fit.graph().edges if fit.reference in (one, two)
    }
    digits = _digits(view, cells)
    sized = shares([(cell.ci_high - cell.ci_low) ** -2 for cell in cells])
    rows: list[Row] = []
    for cell, share in zip(cells, sized, strict=True):
        k = direct.get(frozenset((cell.treat1, fit.reference)), 0)
        rows.append(
            Row(
                name=cell.treat1,
                kind="study",
                cells=(str(k), amount(float(p_score[cell.treat1])), _shown(view, cell, digits)),
                mark=_mark(cell),
                share=share,
            )
        )
        if prediction and cell.pi_low is not None and cell.pi_high is not None:
            ends = f"[{view.text(cell.pi_low, digits)} to {view.text(cell.pi_high, digits)}]"
            rows.append(
                Row(
                    name="in a further trial",
                    kind="prediction",
                    cells=("", "", ends),
                    mark=Mark(estimate=cell.estimate, low=cell.pi_low, high=cell.pi_high),
                    indent=True,
                )
            )
    strip = Strip(
        title=title or f"{_capital(view.words)} against {fit.reference}, from {fit.k} trials",
        first="Treatment",
        columns=(
            Column(head="Direct trials"),
            Column(head="P-score"),
            _effect_column(view, fit.level),
        ),
        rows=tuple(rows),
        view=view,
        sides=favours,
        foot=(
            _model(fit),
            "Direct trials: those that compare with the reference themselves. P-score: mean "
            "certainty of being better than another treatment, 0 to 1.",
        ),
    )
    sheet, height, _ = draw_strip(strip)
    first = min(cells, key=lambda cell: -p_score[cell.treat1])
    return Plot(
        title=strip.title,
        description=(
            f"By P-score {max(p_score, key=lambda name: p_score[name])} ranks first. Of those "
            f"compared with {fit.reference} the first is {first.treat1}, {_a(view)} "
            f"{_shown(view, first, digits)}."
        ),
        data=Table(
            {
                "treatment": [cell.treat1 for cell in cells],
                **_natural(view, cells),
                "p_score": [float(p_score[cell.treat1]) for cell in cells],
            }
        ),
        sheet=sheet,
        height=height,
        notes=fit.notes,
    )


class Splitted(Protocol):
    """The result of `Network.split`."""

    @property
    def mixed(self) -> Sequence[Any]: ...
    @property
    def method(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def level(self) -> float: ...


def network_split(
    split: Splitted,
    *,
    measure: str | None = None,
    favours: tuple[str, str] | None = None,
    title: str | None = None,
) -> Plot:
    """Direct, indirect and all evidence of each comparison that has both.

    Parameters
    ----------
    split
        Of `weigh.network(...).split()`.
    measure, favours, title
        As in `network_forest`.

    Returns
    -------
    Plot
        Its `data` has a row for each estimate.

    Raises
    ------
    InputError
        No comparison has both kinds of evidence.

    References
    ----------
    :cite:t:`dias2010`.
    """
    if not split.mixed:
        raise InputError("No comparison has both direct and indirect evidence.")
    view = view_of(measure)
    digits = _digits(view, [one.network for one in split.mixed])
    rows: list[Row] = []
    listed: list[tuple[str, str, Any]] = []
    for one in split.mixed:
        pair = f"{one.treat1} against {one.treat2}"
        told = f"{pair} ({p_words(one.difference.p)})"
        rows.append(Row(name=told, kind="heading"))
        for name, part, share in (
            (f"Direct, {_trials(one.k)}", one.direct, per_cent(100.0 * one.share)),
            ("Indirect", one.indirect, per_cent(100.0 * (1.0 - one.share))),
            ("All", one.network, ""),
        ):
            listed.append((pair, name.split(",")[0].lower(), part))
            rows.append(
                Row(
                    name=name,
                    kind="summary" if name == "All" else "study",
                    cells=(share, _shown(view, part, digits)),
                    mark=_mark(part),
                    indent=True,
                )
            )
    strip = Strip(
        title=title or f"Direct against indirect evidence: {view.words}",
        first="Evidence",
        columns=(
            Column(head="Share"),
            _effect_column(view, split.level),
        ),
        rows=tuple(rows),
        view=view,
        sides=favours,
        foot=(
            f"{_capital(split.model)} effects. p: test that direct and indirect evidence agree.",
        ),
    )
    sheet, height, _ = draw_strip(strip)
    worst = min(split.mixed, key=lambda one: one.difference.p)
    return Plot(
        title=strip.title,
        description=(
            f"Of {len(split.mixed)} comparisons with both kinds of evidence, "
            f"{worst.treat1} against {worst.treat2} agrees least, {p_words(worst.difference.p)}."
        ),
        data=Table(
            {
                "comparison": [pair for pair, _, _ in listed],
                "evidence": [name for _, name, _ in listed],
                **_natural(view, [part for _, _, part in listed]),
            }
        ),
        sheet=sheet,
        height=height,
    )


def _digits(view: View, parts: Sequence[Interval]) -> int:
    return view.digits(np.array([part.ci_high - part.ci_low for part in parts]))


def _shown(view: View, part: Interval, digits: int) -> str:
    return view.interval_text(part.estimate, part.ci_low, part.ci_high, digits)


def _mark(part: Interval) -> Mark:
    return Mark(estimate=part.estimate, low=part.ci_low, high=part.ci_high)


def _effect_column(view: View, level: float) -> Column:
    return Column(head=f"{_short(view)} [{100 * level:g}% CI]", right=False)


def _natural(view: View, parts: Sequence[Interval]) -> dict[str, Any]:
    """Columns of the table, on the scale that people read."""
    return {
        "estimate": view.natural([part.estimate for part in parts]),
        "low": view.natural([part.ci_low for part in parts]),
        "high": view.natural([part.ci_high for part in parts]),
    }


def _short(view: View) -> str:
    return "Effect" if view.measure is None else view.measure.name


def _a(view: View) -> str:
    return f"{view.a_words} of"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _trials(k: int) -> str:
    return "one trial" if k == 1 else f"{k} trials"


def _model(fit: NetworkFit) -> str:
    if fit.model == "common":
        return f"Common-effect network ({fit.method})."
    i2 = "" if fit.i2 is None else f"; I² = {fit.i2:.0f}%"
    return (
        f"Random-effects network ({fit.method}): tau² = {small(fit.tau2)}, the same for all "
        f"comparisons{i2}."
    )
