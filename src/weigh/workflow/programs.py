"""Why do these programs differ? The same data under each one's conventions, and one switch a time.

The conventions themselves, with their sources, are in `weigh.synthesis.conventions`. The run is
here because it needs both the effects of studies and their pooling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from weigh.effects.columns import Columns, read_columns
from weigh.errors import InputError, NotFoundError
from weigh.evidence.measure import measure_named
from weigh.synthesis.conventions import (
    PROGRAMS,
    Conventions,
    Model,
    Program,
    program_named,
    relevant,
)
from weigh.synthesis.programs import Difference, ProgramComparison, ProgramFigures
from weigh.workflow.program_bench import COUNTS, MEANS, Bench

__all__ = ["compare_programs"]


def compare_programs(
    measure: str | None = None,
    data: Any = None,
    *,
    events1: Any = None,
    n1: Any = None,
    events2: Any = None,
    n2: Any = None,
    mean1: Any = None,
    sd1: Any = None,
    mean2: Any = None,
    sd2: Any = None,
    yi: Any = None,
    vi: Any = None,
    model: Model = "random",
    level: float = 0.95,
    programs: Sequence[str] | None = None,
) -> ProgramComparison:
    """Run the same data under the conventions of metafor, meta, RevMan and Stata.

    Each program's defaults are taken from its documentation, source or output, and each row names
    where; what could not be sourced is left out and said to be. The differences are found by
    switching one convention after another from one program to the next, in the order in which
    numbers pass through them, so that the changes of a pair add up to its whole gap.

    Parameters
    ----------
    measure
        ``"RR"``, ``"OR"``, ``"RD"`` of events; ``"MD"``, ``"SMD"`` of means; with `yi` and `vi` it
        only names the scale, and may be left out.
    data
        A data frame or mapping, whose columns the arguments may then name.
    events1, n1, events2, n2
        People with the event and people in the intervention and the comparator group.
    mean1, sd1, n1, mean2, sd2, n2
        Means, SDs and people of the two groups.
    yi, vi
        Effects on the analysis scale and their variances.
    model
        ``"random"``, or ``"common"`` (fixed) effect: Mantel-Haenszel for events, inverse variance
        otherwise.
    level
        Confidence level.
    programs
        Names of those to compare, the first being the one that the others are held against.

    Returns
    -------
    ProgramComparison
        A row for each program and a `Difference` for each convention that changes a figure;
        ``print()`` shows a table.

    Raises
    ------
    InputError
        A measure without numbers for it, or numbers that cannot be.
    NotFoundError
        A measure or program that is not among those compared.

    Examples
    --------
    >>> comparison = compare_programs(
    ...     "RR",
    ...     events1=[4, 6, 62, 180],
    ...     n1=[123, 306, 13598, 1541],
    ...     events2=[11, 29, 248, 372],
    ...     n2=[139, 303, 12867, 1451],
    ... )
    >>> [step.convention for step in comparison.between("metafor", "RevMan 5")]
    ['method', 'center']
    """
    given = {
        "events1": events1,
        "n1": n1,
        "events2": events2,
        "n2": n2,
        "mean1": mean1,
        "sd1": sd1,
        "mean2": mean2,
        "sd2": sd2,
        "yi": yi,
        "vi": vi,
    }
    if model not in ("random", "common"):
        raise NotFoundError("model", str(model), ("random", "common"))
    bench = Bench(_read(measure, data, given), _kind(measure, given), model, level)
    chosen = PROGRAMS if programs is None else tuple(map(program_named, programs))
    pairs = [(program, program.conventions(bench.kind, model)) for program in chosen]
    compared = [(program, found) for program, found in pairs if found is not None]
    if not compared:
        raise InputError(f"None of these programs has sourced defaults for a {model} effect here.")
    rows = tuple(_row(bench, program, found) for program, found in compared)
    return ProgramComparison(
        measure=measure or "GEN",
        model=model,
        level=level,
        rows=rows,
        pairs=tuple(
            step for start, end in permutations(rows, 2) for step in _steps(bench, start, end)
        ),
        notes=_notes(pairs, compared, model),
    )


def _kind(measure: str | None, given: dict[str, Any]) -> str:
    """The measure as far as formulas go: effects as given have none."""
    if given["yi"] is not None:
        return "GEN"
    if measure is None:
        raise InputError("Name a measure (RR, OR, RD, MD, SMD), or give yi= and vi=.")
    if measure not in (*COUNTS, *MEANS):
        measure_named(measure)
        raise NotFoundError("measure to compare programs by", measure, (*COUNTS, *MEANS))
    return measure


def _read(measure: str | None, data: Any, given: dict[str, Any]) -> Columns:
    """The arguments as columns of numbers."""
    if measure is not None:
        measure_named(measure)
    return read_columns(measure_named(_kind(measure, given)), data, given)


def _notes(
    pairs: list[tuple[Program, Conventions | None]],
    compared: list[tuple[Program, Conventions]],
    model: Model,
) -> tuple[str, ...]:
    notes = [
        f"{program.name}: left out for want of a source: {'; '.join(program.left_out)}."
        for program, _ in compared
        if program.left_out
    ]
    missing = [program.name for program, found in pairs if found is None]
    if missing:
        notes.append(f"Not compared under a {model} effect: {', '.join(missing)}.")
    return tuple(notes)


def _row(bench: Bench, program: Program, conventions: Conventions) -> ProgramFigures:
    figures, notes = bench.run(conventions)
    return ProgramFigures(
        program=program.name,
        call=program.call,
        conventions=conventions,
        figures=figures,
        sources=program.sources,
        left_out=program.left_out,
        notes=notes,
    )


def _steps(bench: Bench, start: ProgramFigures, end: ProgramFigures) -> list[Difference]:
    """Walk from one program to another, one convention at a time."""
    at, before = start.conventions, start.figures
    target = end.conventions
    if target.prediction is None or at.prediction is None:
        # Only one of the two gives a prediction interval: there is nothing to compare.
        at, target = replace(at, prediction=None), replace(target, prediction=None)
        before, _ = bench.run(at)
    steps = []
    for convention in relevant(bench.kind, bench.model):
        here, there = getattr(at, convention.name), getattr(target, convention.name)
        if here == there:
            continue
        at = replace(at, **{convention.name: there})
        after, _ = bench.run(at)
        step = Difference(
            start=start.program,
            end=end.program,
            convention=convention.name,
            about=convention.about,
            before=convention.options[here],
            after=convention.options[there],
            change=after.less(before),
        )
        if step.matters(before):
            steps.append(step)
        before = after
    return steps
