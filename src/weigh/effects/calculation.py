"""From numbers of arms to effect sizes: the one call that all measures share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from weigh.effects import (
    binary,
    biserial,
    continuous,
    correlation,
    genotypes,
    given,
    matched,
    means,
    overlap,
    paired,
    proportions,
    rates,
    reliability,
)
from weigh.effects.columns import read_columns
from weigh.effects.draft import Correction, Formula, Increment, Options, To
from weigh.effects.working import work_out
from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.measure import measure_named

__all__ = ["effect_size"]

_FORMULAS: Mapping[str, Formula] = {
    **binary.FORMULAS,
    **biserial.FORMULAS,
    **continuous.FORMULAS,
    **correlation.FORMULAS,
    **genotypes.FORMULAS,
    **given.FORMULAS,
    **matched.FORMULAS,
    **means.FORMULAS,
    **overlap.FORMULAS,
    **paired.FORMULAS,
    **proportions.FORMULAS,
    **rates.FORMULAS,
    **reliability.FORMULAS,
}

# Measures for which what is added to cells may go into the effect or the variance alone.
_ADDS_APART = frozenset(
    {"RR", "OR", "OR2D", "OR2DL", "OR2DN", "RD", "MPORM", "IRR", "IRD", "IRSD"}
    | {"PR", "PLN", "PLO", "IR", "IRLN", "IRS"}
)

# Arguments that are not columns of numbers.
_CHOICES = frozenset(
    {"measure", "data", "slab", "add", "to", "drop00", "increment", "add_yi", "add_vi"}
    | {"vtype", "correct", "standardizer"}
)


def effect_size(
    measure: str,
    data: Any = None,
    *,
    events1: Any = None,
    n1: Any = None,
    events2: Any = None,
    n2: Any = None,
    nonevents1: Any = None,
    nonevents2: Any = None,
    time1: Any = None,
    time2: Any = None,
    mean1: Any = None,
    sd1: Any = None,
    mean2: Any = None,
    sd2: Any = None,
    mean_pre: Any = None,
    mean_post: Any = None,
    sd_pre: Any = None,
    sd_post: Any = None,
    change_mean: Any = None,
    change_sd: Any = None,
    both: Any = None,
    first_only: Any = None,
    second_only: Any = None,
    neither: Any = None,
    share_both: Any = None,
    events: Any = None,
    nonevents: Any = None,
    n: Any = None,
    time: Any = None,
    mean: Any = None,
    sd: Any = None,
    r: Any = None,
    r2: Any = None,
    predictors: Any = None,
    d: Any = None,
    t: Any = None,
    f: Any = None,
    p: Any = None,
    auc: Any = None,
    ties: Any = None,
    alpha: Any = None,
    items: Any = None,
    scale_min: Any = None,
    scale_max: Any = None,
    homozygous1: Any = None,
    heterozygous: Any = None,
    homozygous2: Any = None,
    yi: Any = None,
    vi: Any = None,
    sei: Any = None,
    ci_low: Any = None,
    ci_high: Any = None,
    slab: Any = None,
    add: float | None = None,
    to: To = "only0",
    drop00: bool = False,
    increment: Increment = "cells",
    add_yi: bool = True,
    add_vi: bool = True,
    vtype: str | Sequence[str] = "LS",
    correct: Correction = True,
    standardizer: Literal["pre", "post"] = "pre",
) -> EffectSizes:
    """Effect sizes and their sampling variances from the numbers of a study's arms.

    Parameters
    ----------
    measure
        What to work out, by the names of ``escalc`` in metafor: ``RR``, ``SMD``, ... Which
        arguments a measure is made from stands in `weigh.evidence.effect.MEASURES`.
    data
        A data frame of pandas, polars or pyarrow, or a mapping of columns. Arguments may then be
        names of its columns.
    events1, n1, events2, n2, nonevents1, nonevents2
        People with the event, people in the group, people without the event. Group 1 is the
        intervention, group 2 the comparator.
    time1, time2
        Person-time; with it, `events1` and `events2` count events and not people.
    mean1, sd1, n1, mean2, sd2, n2
        Means and SDs of scores, people. In their stead some measures accept `d` (difference in
        pooled SDs), `t`, `p` (two-sided, with the sign of the effect) or `r` (point-biserial).
    mean_pre, mean_post, sd_pre, sd_post, n, r
        One group measured twice: means and SDs before and after, people, and the correlation of
        the two scores. Effects are after less before. `change_mean` and `change_sd` can stand in.
    both, first_only, second_only, neither
        Matched pairs: pairs where both, only the first, only the second or neither has the event.
    share_both
        Share of people with both events among all (``MPORM``).
    events, n, nonevents, time
        One group: people with the event out of `n`, or events in a person-time.
    mean, sd
        One group: mean and SD of its `n` people.
    r, t, p, predictors, r2, f
        A (partial) correlation or its t statistic or p value; predictors in the regression; the
        share of variance that they explain, or its F statistic.
    auc, ties
        Area under the curve, and the share of ties.
    alpha, items
        Cronbach's alpha and the number of items.
    scale_min, scale_max
        Lowest and highest score that the scale can take.
    homozygous1, heterozygous, homozygous2
        Counts of genotypes.
    yi, vi, sei, ci_low, ci_high
        Effects as they were reported (``GEN``, ``HR``, ``HD``; on the log scale for ``HR``) with
        variance, standard error or 95 % interval.
    slab
        Names of the studies.
    add, to, drop00
        Zero cells: what is added (left out: 0.5, and 0 for measures that bear a zero: AS, PHI,
        ZPHI, RTET, ZTET, IRSD, PAS, PFT, IRS, IRFT); where: ``only0`` (every cell of tables with
        a zero cell), ``all`` (of all tables), ``if0all`` (of all tables if any has a zero cell),
        ``none``; and whether tables with no events, or nothing but events, give no effect.
    increment
        Which cells get it: ``cells``, all; ``events-and-people``, the events and the people of
        each group, so that those without the event stay as they are (R's meta for RR and PLN);
        ``opposite-arm``, with two groups, each in proportion to one over the size of the opposite
        group, as :cite:t:`sweeting2004` propose.
    add_yi, add_vi
        Whether what is added goes into the effect and into its variance. RevMan, for one, keeps
        it out of a risk difference and puts it into the variance.
    vtype
        Kind of sampling variance, one for all rows or one for each: ``LS`` large-sample, ``UB``
        unbiased, ``AV`` with averages over the studies, ``HO`` equal variances, ... as in
        metafor; ``DF`` and ``UB2`` of standardized differences are those of R's meta. An error
        lists those that the measure has.
    correct
        Bias correction: True (exact), ``"approximate"`` (Hedges' short formula) or False.
    standardizer
        For ``SMCR`` and ``SMCRH``: which SD divides the change, ``pre`` or ``post``.

    Returns
    -------
    EffectSizes
        One entry a row. A row without an effect has NaN and a reason.

    Raises
    ------
    NotFoundError
        An unknown measure, column, kind of variance or rule for zero cells.
    InputError
        Numbers that cannot be: an SD below zero, more events than people, columns of different
        length. The message names argument and row, counted from 0.

    References
    ----------
    :cite:t:`viechtbauer2010` for the names; the formulas' sources stand with each formula.

    Examples
    --------
    >>> import weigh
    >>> es = weigh.effect_size("RR", events1=[4, 6], n1=[123, 306], events2=[11, 29], n2=[139, 303])
    >>> [round(y, 4) for y in es.yi.tolist()]
    [-0.8893, -1.5854]
    """
    given = {name: value for name, value in locals().items() if name not in _CHOICES}
    columns = read_columns(measure_named(measure), data, given, slab, as_floats=False)
    options = Options(
        add=add,
        to=to,
        drop00=drop00,
        increment=increment,
        add_yi=add_yi,
        add_vi=add_vi,
        vtype=vtype if isinstance(vtype, str) else tuple(vtype),
        correct=correct,
        standardizer=standardizer,
    )
    if not (add_yi and add_vi) and measure not in _ADDS_APART:
        raise InputError(
            f"add_yi= and add_vi= say nothing for {measure}: its effect and its variance are made "
            "from the same cells."
        )
    return work_out(columns, options, _FORMULAS[measure])
