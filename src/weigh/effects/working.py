"""A formula put to work: part by part for many rows, what is not finite taken out and explained."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from weigh.effects.columns import BoolArray, Columns, FloatArray, listed
from weigh.effects.draft import Draft, Formula, Note, Options, in_sentences, rows_have
from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes

__all__ = ["work_out"]

# Rows that are worked out together: their intermediate columns (some twenty of 8 bytes a row) then
# stay in a processor's cache, which makes a million rows about twice as fast.
_PART = 32_768


def work_out(columns: Columns, options: Options, formula: Formula) -> EffectSizes:
    """Effects of all rows by a formula."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if columns.rows <= _PART or _needs_all_rows(columns, options):
            found = _in_one(columns, options, formula)
        else:
            try:
                found = _in_parts(columns, options, formula)
            except InputError:
                # Once more in one piece, so that the message counts rows from the first.
                found = _in_one(columns, options, formula)
    return EffectSizes(
        yi=found.yi,
        vi=found.vi,
        measure=columns.measure.name,
        ni=found.ni,
        slab=columns.slab,
        reasons=(None,) * columns.rows if found.reasons is None else found.reasons,
        notes=in_sentences(found.notes),
        conventions=(f"sampling variance {', '.join(options.kinds)}", *found.conventions),
        backend=columns.backend,
    )


Reasons = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What a formula gives for some rows, with nothing infinite left in it.

    `reasons` is None where every row has an effect.
    """

    yi: FloatArray
    vi: FloatArray
    ni: FloatArray | None
    reasons: Reasons | None
    notes: tuple[Note, ...]
    conventions: tuple[str, ...]


def _in_one(columns: Columns, options: Options, formula: Formula) -> _Piece:
    """All rows at once, in arrays that share nothing with those of the user."""
    columns = columns.part(0, columns.rows)
    piece = _piece(columns, options, formula)
    return replace(
        piece,
        yi=_own(columns, piece.yi),
        vi=_own(columns, piece.vi),
        ni=None if piece.ni is None else _own(columns, piece.ni),
    )


def _in_parts(columns: Columns, options: Options, formula: Formula) -> _Piece:
    """All rows, a part at a time; each is copied into place and its memory used again."""
    yi, vi, ni = np.empty((3, columns.rows))
    reasons: list[str | None] = []
    notes: list[Note] = []
    for start in range(0, columns.rows, _PART):
        stop = min(start + _PART, columns.rows)
        piece = _piece(columns.part(start, stop), options.part(start, stop), formula)
        yi[start:stop], vi[start:stop] = piece.yi, piece.vi
        if piece.ni is not None:
            ni[start:stop] = piece.ni
        if piece.reasons is not None:
            reasons.extend([None] * (start - len(reasons)))
            reasons.extend(piece.reasons)
        notes.extend(piece.notes)
    reasons.extend([None] * (columns.rows - len(reasons) if reasons else 0))
    return _Piece(
        yi=yi,
        vi=vi,
        ni=None if piece.ni is None else ni,
        reasons=tuple(reasons) if reasons else None,
        notes=tuple(notes),
        conventions=piece.conventions,
    )


def _needs_all_rows(columns: Columns, options: Options) -> bool:
    """Whether a row's result hangs on other rows: averages over studies, zero cells anywhere.

    A wrong number of kinds of variance is to be found out with all rows, too.
    """
    if options.to == "if0all" or (
        not isinstance(options.vtype, str) and len(options.vtype) != columns.rows
    ):
        return True
    return any(
        kind.startswith("AV") or (kind == "HO" and columns.measure.name in ("MN", "POMPMN"))
        for kind in options.kinds
    )


def _piece(columns: Columns, options: Options, formula: Formula) -> _Piece:
    draft = formula(columns, options)
    if _is_complete(draft):
        return _Piece(
            yi=draft.yi,
            vi=draft.vi,
            ni=draft.ni,
            reasons=None,
            notes=draft.notes,
            conventions=draft.conventions,
        )
    fine = np.isfinite(draft.yi) & np.isfinite(draft.vi) & (draft.vi >= 0.0)
    yi, vi = draft.yi, draft.vi
    reasons: Reasons | None = None
    if not fine.all():
        yi, vi = _finite_parts(columns, draft, fine)
        reasons = _reasons(columns, draft, fine)
    flat = int(np.count_nonzero(fine & (draft.vi == 0.0)))
    return _Piece(
        yi=yi,
        vi=vi,
        ni=draft.ni,
        reasons=reasons,
        notes=(*draft.notes, Note(kind="flat", counts=(flat,), say=_say_flat)),
        conventions=draft.conventions,
    )


def _is_complete(draft: Draft) -> bool:
    """Whether it is clear at a glance that every row has an effect and a variance above zero.

    A sum is finite only if all of its parts are, and NaN is the lowest of what it is in.
    """
    lowest = np.minimum.reduce(draft.vi, initial=np.inf)
    return bool(
        lowest > 0.0
        and np.maximum.reduce(draft.vi, initial=lowest) < np.inf
        and np.isfinite(np.add.reduce(draft.yi))
    )


def _say_flat(rows: int) -> str:
    return f"{rows_have(rows)} a sampling variance of zero, which no model can weigh."


def _own(columns: Columns, values: FloatArray) -> FloatArray:
    """The values, copied where they are an argument of the user's: what we give is read-only."""
    given = any(np.may_share_memory(values, array) for array in columns.arrays.values())
    return values.copy() if given else values


def _finite_parts(columns: Columns, draft: Draft, fine: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Effects and variances without what is not finite.

    Half an answer stays where an input is missing or the measure says so (a correlation of three
    people has no variance); a value that came out infinite or undefined takes the other with it.
    """
    half = np.zeros(columns.rows, dtype=np.bool_)
    for array in columns.arrays.values():
        half |= np.isnan(array)
    for why in draft.why:
        if why.keeps_effect:
            half |= why.rows()
    half &= ~(np.isinf(draft.yi) | np.isinf(draft.vi))
    yi = np.where(fine | half, draft.yi, np.nan)
    vi = np.where((fine | half) & (draft.vi >= 0.0), draft.vi, np.nan)
    return yi, vi


def _reasons(columns: Columns, draft: Draft, fine: BoolArray) -> Reasons:
    """For each row without an effect, why it has none."""
    texts = np.full(columns.rows, None, dtype=object)
    rest = ~fine
    for why in draft.why:
        here = rest & why.rows()
        texts[here] = why.text
        rest &= ~here
    names = np.array(list(columns.arrays))
    absent = np.array([np.isnan(array[rest]) for array in columns.arrays.values()]).T
    patterns, which = np.unique(absent, axis=0, return_inverse=True)
    words = np.empty(len(patterns), dtype=object)
    for number, pattern in enumerate(patterns):
        missing = names[pattern].tolist()
        if missing:
            words[number] = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        else:
            words[number] = "the effect or its variance is not finite"
    texts[rest] = words[which.ravel()]
    return tuple(texts.tolist())
