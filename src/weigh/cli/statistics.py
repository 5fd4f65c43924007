"""``weigh effects`` and ``weigh pool``: the statistics alone, on a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from weigh.cli.folders import SCHEMA, AsJson
from weigh.cli.talk import Talk, shown_path, talk_of, words

if TYPE_CHECKING:
    from weigh.evidence.effect import EffectSizes
    from weigh.evidence.measure import Measure
    from weigh.evidence.pooled import Pooled

__all__ = ["effects", "pool"]

TableFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A table: CSV with a header, JSON or Parquet, by its suffix; - reads standard input.",
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", "-f", help="csv, json or parquet, whatever the suffix.", show_default=False
    ),
]


def effects(
    context: typer.Context,
    file: TableFile,
    measure: Annotated[
        str,
        typer.Option("--measure", "-m", help="RR, OR, RD, MD, SMD, …", show_default=False),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=COLUMN for a column that is called otherwise, such as mean1=treated_mean. "
            "May be given several times.",
            show_default=False,
        ),
    ] = None,
    slab: Annotated[
        str | None, typer.Option(help="Column with the names of the studies.", show_default=False)
    ] = None,
    add: Annotated[
        float | None,
        typer.Option(help="What zero cells are corrected by; 0.5 unless said otherwise."),
    ] = None,
    to: Annotated[
        str, typer.Option(help="Which tables are corrected: only0, all, if0all or none.")
    ] = "only0",
    drop00: Annotated[
        bool, typer.Option("--drop00", help="Leave out tables with no event in both groups.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the effects as CSV.", show_default=False),
    ] = None,
    form: Format = None,
    as_json: AsJson = False,
) -> None:
    """Work out effect sizes from the numbers of arms.

    Columns are taken by name: events1 n1 events2 n2, or mean1 sd1 n1 mean2 sd2 n2, and so on by
    measure. Group 1 is the intervention.
    """
    from weigh.cli.table_files import read_table
    from weigh.effects import effect_size
    from weigh.evidence.measure import measure_named
    from weigh.folder import write_text_atomically

    talk = talk_of(context, as_json=as_json)
    chosen = measure_named(measure)
    table = read_table(file, form)
    renamed = _renamed(column or (), chosen)
    here = [name for name in chosen.inputs if name in table.columns]
    if set(chosen.inputs) - set(here) - set(renamed):
        # Something else may stand in for what is not there, where the measure allows it.
        here += [name for name in chosen.accepts if name in table.columns]
    wanted = {**{name: name for name in here}, **renamed}
    numbers = table.numbers(list(dict.fromkeys(wanted.values())))
    arms: dict[str, Any] = {name: numbers[source] for name, source in wanted.items()}
    rule: Any = to  # refused by name below if it is none
    made = effect_size(
        chosen.name,
        slab=table.names(slab),
        add=add,
        to=rule,
        drop00=drop00,
        **arms,
    )
    if out is not None:
        write_text_atomically(out, _csv(made))
    if as_json:
        talk.document(_effects_document(made))
    else:
        _show_effects(talk, made)
        _cautions(talk, made.notes)
        if out is not None:
            talk.tell(f"Written: {out}")
            talk.next_step(f"weigh pool {shown_path(out)} --yi yi --vi vi", "pools them")


def _renamed(given: Iterable[str], measure: Measure) -> dict[str, str]:
    """``NAME=COLUMN`` options as a mapping."""
    from weigh.errors import InputError, NotFoundError

    known = (*measure.inputs, *measure.accepts)
    renamed = {}
    for pair in given:
        name, equals, column = (part.strip() for part in pair.partition("="))
        if not (name and equals and column):
            raise InputError(
                f"`--column {pair}` does not say which column stands for what.",
                hint="Write it as NAME=COLUMN, such as mean1=treated_mean.",
            )
        if name not in known:
            error = NotFoundError(f"input of {measure.name}", name, known)
            error.hint = error.hint or f"It is made from {', '.join(known)}."
            raise error
        renamed[name] = column
    return renamed


def _effects_document(made: EffectSizes) -> dict[str, Any]:
    """The document of ``weigh effects --json``; effects are on the analysis scale."""
    from weigh.evidence.measure import measure_named

    measure = measure_named(made.measure)
    low, high = made.ci()
    rows = [
        {
            "study": None if made.slab is None else made.slab[row],
            "yi": _plain(made.yi[row]),
            "vi": _plain(made.vi[row]),
            "sei": _plain(made.sei[row]),
            "ci_low": _plain(low[row]),
            "ci_high": _plain(high[row]),
            "ni": None if made.ni is None else _plain(made.ni[row]),
            "reason": made.reasons[row],
        }
        for row in range(len(made))
    ]
    return {
        "schema": SCHEMA,
        "measure": made.measure,
        "words": measure.words,
        "scale": measure.scale,
        "controlled": measure.controlled,
        "k": made.k,
        "rows": rows,
        "notes": list(made.notes),
        "conventions": list(made.conventions),
    }


def _plain(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _show_effects(talk: Talk, made: EffectSizes) -> None:
    names = made.slab or tuple(str(row + 1) for row in range(len(made)))
    width = max([len("study"), *map(len, names)])
    low, high = made.ci()
    talk.result(f"{'study':<{width}}  {'yi':>10}  {'vi':>10}  {'95% CI':>22}")
    for row, name in enumerate(names):
        if made.usable[row]:
            interval = f"{low[row]:.4f} to {high[row]:.4f}"
            figures = f"{made.yi[row]:>10.4f}  {made.vi[row]:>10.4f}  {interval:>22}"
        else:
            figures = f"no effect: {made.reasons[row] or 'numbers are missing'}"
        talk.result(f"{name:<{width}}  {figures}")
    talk.tell(f"{words(made.k, 'effect')} of {words(len(made), 'row')}, as {made.measure}.")


def _csv(made: EffectSizes) -> str:
    """The effects as a table that ``weigh pool`` reads."""
    import csv
    import io

    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["study", "yi", "vi", "sei", "ni", "reason"])
    for row in range(len(made)):
        name = made.slab[row] if made.slab is not None else row + 1
        ni = None if made.ni is None else _plain(made.ni[row])
        values = [_plain(made.yi[row]), _plain(made.vi[row]), _plain(made.sei[row]), ni]
        exact = ["" if value is None else repr(value) for value in values]
        writer.writerow([name, *exact, made.reasons[row] or ""])
    return written.getvalue()


def pool(
    context: typer.Context,
    file: TableFile,
    yi: Annotated[str, typer.Option(help="Column with the effects, on the analysis scale.")] = "yi",
    vi: Annotated[
        str, typer.Option(help="Column with their variances: squared standard errors.")
    ] = "vi",
    method: Annotated[str, typer.Option(help="EE FE DL HE HS HSk SJ ML REML EB PM PMM.")] = "REML",
    test: Annotated[
        str,
        typer.Option(
            help="Test and interval of the effect: z, t, knha, adhoc, adhoc-ci, iqwig or kr."
        ),
    ] = "z",
    mods: Annotated[
        str | None,
        typer.Option(
            help="Columns of moderators, between commas, or a formula such as '~ dose + C(form)'.",
            show_default=False,
        ),
    ] = None,
    subgroup: Annotated[
        str | None,
        typer.Option(help="Column with the subgroup of each study.", show_default=False),
    ] = None,
    common_tau2: Annotated[
        bool, typer.Option("--common-tau2", help="One tau2 for all subgroups, not one each.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Column with the sample or study that each effect is from: tests that are robust "
            "to dependence within these are given too.",
            show_default=False,
        ),
    ] = None,
    prediction: Annotated[
        str | None,
        typer.Option(
            help="Prediction interval: normal, t, riley, simple, kr, kr-riley or nagashima.",
            show_default=False,
        ),
    ] = None,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    slab: Annotated[
        str | None, typer.Option(help="Column with the names of the studies.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Draw a forest plot, or with a moderator a bubble plot, as .svg or .png.",
            show_default=False,
        ),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(
            "--measure",
            "-m",
            help="What the effects are, such as RR: the plot then shows ratios. Of a measure of "
            "single arms it is said that they are no effect.",
            show_default=False,
        ),
    ] = None,
    form: Format = None,
    as_json: AsJson = False,
) -> None:
    """Pool effects over studies.

    With --mods they are regressed on moderators, with --subgroup pooled in each subgroup, and the
    subgroups compared. The numbers are on the scale of the effects: log
    for ratio measures.
    """
    from weigh.cli.beside import caution_of, document_of, show_robust
    from weigh.cli.subgroups import pool_subgroups
    from weigh.cli.table_files import read_table
    from weigh.errors import InputError
    from weigh.synthesis import pool as pool_effects

    talk = talk_of(context, as_json=as_json)
    table = read_table(file, form)
    numbers = table.numbers([yi, vi])
    y, v = ([math.nan if value is None else value for value in numbers[name]] for name in (yi, vi))
    if subgroup is not None or common_tau2:
        if subgroup is None or mods is not None or cluster is not None:
            raise InputError(
                "Subgroups are a model of their own, without moderators or clusters, and "
                "--common-tau2 is about them.",
                hint="Give --subgroup COLUMN and no --mods.",
            )
        pool_subgroups(
            talk,
            table,
            y,
            v,
            subgroup,
            common_tau2=common_tau2,
            method=method,
            test=test,
            level=level,
            prediction=prediction,
            slab=table.names(slab),
            plot=plot,
            measure=measure,
            as_json=as_json,
        )
        return
    formula = mods is not None and mods.lstrip().startswith("~")
    names = [name.strip() for name in mods.split(",") if name.strip()] if mods else []
    if formula:
        names = list(table.columns)
    columns = {name: table.numbers_or_texts(name) for name in names}
    fit = pool_effects(
        y,
        v,
        method=method,
        test=test,
        mods=mods if formula else columns or None,
        data=columns if formula else None,
        prediction=prediction,
        level=level,
        slab=table.names(slab),
    )
    if plot is not None:
        _draw(fit, plot, measure)
    if as_json:
        document = {**fit.to_dict(), "schema": SCHEMA, "slab": list(fit.slab)}
        talk.document({**document, **document_of(fit, table, measure, cluster)})
        return
    _show_pooled(talk, fit)
    if cluster is not None:
        show_robust(talk, fit, table, cluster)
    caution = caution_of(measure)
    _cautions(talk, fit.notes if caution is None else (caution, *fit.notes))
    talk.tell("Ratio measures are on the log scale here; exp() brings them back.")
    if plot is not None:
        talk.tell(f"Written: {plot}")


def _draw(fit: Pooled, path: Path, measure: str | None) -> None:
    """Draw a fit as its kind is drawn."""
    from weigh.report.plot import bubble, forest

    drawn = bubble(fit, measure=measure) if fit.is_regression else forest(fit, measure=measure)
    drawn.save(path)


def _show_pooled(talk: Talk, fit: Pooled) -> None:
    told = fit.to_dict()
    talk.result(f"{words(told['k'], 'study', 'studies')}, method {fit.method}, test {fit.test}")
    if fit.is_regression:
        for coefficient in told["coefficients"]:
            talk.result(f"{coefficient['name']}: {_estimate(coefficient, fit.level)}")
        talk.result(f"moderators: Q = {_figure(told['qm'])}, p = {_p(told['qm_p'])}")
    else:
        talk.result(f"effect: {_estimate(told, fit.level)}")
    if told["pi_low"] is not None:
        talk.result(f"prediction interval: {_figure(told['pi_low'])} to {_figure(told['pi_high'])}")
    tau2 = f"tau2: {_figure(told['tau2'])}"
    if told["tau2_ci_low"] is not None:
        tau2 += f" ({_figure(told['tau2_ci_low'])} to {_figure(told['tau2_ci_high'])})"
    talk.result(f"{tau2}, I2: {_figure(told['i2'], 1)}%")
    talk.result(f"Q({told['q_df']}) = {_figure(told['q'], 2)}, p = {_p(told['q_p'])}")


def _estimate(told: Mapping[str, Any], level: float) -> str:
    interval = f"{_figure(told['ci_low'])} to {_figure(told['ci_high'])}"
    return f"{_figure(told['estimate'])} ({100 * level:g}% CI {interval}), p = {_p(told['p'])}"


def _figure(value: float | None, digits: int = 4) -> str:
    return "undefined" if value is None else f"{value:.{digits}f}"


def _p(value: float | None) -> str:
    from weigh.evidence.figures import p_value

    return "undefined" if value is None else p_value(value)


def _cautions(talk: Talk, notes: tuple[str, ...]) -> None:
    for note in notes:
        talk.tell(f"Note: {note}")
