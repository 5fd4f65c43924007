"""Effect sizes of several calls put into one set."""

from __future__ import annotations

import numpy as np

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.measure import Measure, measure_named

__all__ = ["stack_effects"]


def stack_effects(*sets: EffectSizes, measure: str | None = None) -> EffectSizes:
    """Put effect sizes of several calls below each other, if they can be pooled together.

    Parameters
    ----------
    sets
        What several calls of `effect_size` gave.
    measure
        What all of them estimate, where their measures differ: ``"SMD"`` for some from means and
        some from odds ratios (``OR2DL``).

    Returns
    -------
    EffectSizes
        Their rows in order. Names are those of the sets; where a set has none its rows are counted.

    Raises
    ------
    InputError
        Effects of a treatment against a comparator beside changes or quantities of single arms,
        which say different things even where their units are the same; other scales.

    Examples
    --------
    >>> import weigh
    >>> first = weigh.effect_size("MD", mean1=[3], sd1=[1], n1=[20], mean2=[4], sd2=[1], n2=[20])
    >>> later = weigh.effect_size("MD", mean1=[5], sd1=[2], n1=[30], mean2=[7], sd2=[2], n2=[30])
    >>> stack_effects(first, later).yi.tolist()
    [-1.0, -2.0]
    """
    if not sets:
        raise InputError("There are no effect sizes to put together.")
    known = [measure_named(one.measure) for one in sets]
    _refuse_mixture(known)
    common = _common(known, measure)
    names: list[str] = []
    for one in sets:
        start = len(names)
        names += one.slab or [str(start + row + 1) for row in range(len(one))]
    sizes = [one.ni for one in sets]
    ni = [size for size in sizes if size is not None]
    return EffectSizes(
        yi=np.concatenate([one.yi for one in sets]),
        vi=np.concatenate([one.vi for one in sets]),
        measure=common.name,
        ni=np.concatenate(ni) if len(ni) == len(sets) else None,
        slab=tuple(names) if any(one.slab is not None for one in sets) else None,
        reasons=tuple(reason for one in sets for reason in one.reasons),
        notes=tuple(dict.fromkeys(note for one in sets for note in one.notes)),
        conventions=tuple(dict.fromkeys(name for one in sets for name in one.conventions)),
        backend=next((one.backend for one in sets if one.backend is not None), None),
    )


def _refuse_mixture(known: list[Measure]) -> None:
    compared = [one.name for one in known if one.controlled is True]
    alone = [one.name for one in known if one.controlled is False]
    if compared and alone:
        raise InputError(
            f"{compared[0]} compares a treatment with a comparator and {alone[0]} is of single "
            "arms, which have none: what would have happened anyway is part of it. They cannot be "
            "put together.",
            hint="Pool the first with weigh.pool and the second with weigh.pool_single_arm.",
        )


def _common(known: list[Measure], measure: str | None) -> Measure:
    """The one measure that all effects are said to be of."""
    names = list(dict.fromkeys(one.name for one in known))
    if measure is None:
        if len(names) > 1:
            raise InputError(
                f"These are effects by different measures: {', '.join(names)}.",
                hint="If they estimate the same, say what: measure='SMD'.",
            )
        return known[0]
    common = measure_named(measure)
    for one in known:
        if one.scale != common.scale:
            raise InputError(
                f"{one.name} has its effects on the {one.scale} scale and {common.name} on the "
                f"{common.scale} scale; they are not of one kind."
            )
        if one.controlled is not None and one.controlled is not common.controlled:
            what = "compares two groups" if one.controlled else "is of single arms"
            raise InputError(f"{one.name} {what}, and {common.name} would hide that.")
    return common
