"""Random effects as a user names them, read into terms: groups, levels, structure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.synthesis.formulas import formula_matrix
from weigh.synthesis.multilevel.columns import coded, column_of
from weigh.synthesis.multilevel.correlations import PHYLOGENETIC, SPATIAL
from weigh.synthesis.multilevel.relations import related, spatial_term
from weigh.synthesis.multilevel.term import Term

__all__ = ["STRUCTURES", "read_terms"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

STRUCTURES = (
    *("CS", "HCS", "UN", "ID", "DIAG", "AR", "HAR", "CAR"),
    *SPATIAL,
    *PHYLOGENETIC,
    *("GEN", "GDIAG"),
)
_NAME = r"(?:`[^`]+`|[A-Za-z_][\w.]*|factor\([A-Za-z_][\w.]*\))"
_INTERCEPT = re.compile(rf"~\s*1\s*\|\s*({_NAME}(?:\s*[/:]\s*{_NAME})*)\s*")
_GROUPS = re.compile(rf"({_NAME}(?:\s*[/:]\s*{_NAME})*)")
_WITHIN = re.compile(rf"~\s*([^|]+?)\s*\|\s*({_NAME}(?:\s*:\s*{_NAME})*)\s*")


def read_terms(
    random: Any,
    data: Any,
    rows: IntArray,
    count: int,
    *,
    struct: str | Sequence[str] = "CS",
    relations: Mapping[str, Any] | None = None,
    distance: Any = None,
) -> list[Term]:
    """Read the random effects.

    Parameters
    ----------
    random
        ``"~ 1 | district/school"`` (or ``"district/school"``) or ``"~ outcome | trial"`` over the
        columns of `data`; an
        array of groups; a mapping of names to arrays of groups; or a list of these.
    data
        Table that formulas take their columns from.
    rows, count
        Rows that are used, and how many there are.
    struct
        Structure of each ``~ inner | outer``, or of all.
    relations
        Known correlation matrices of groups, by the name of the random intercept.
    distance
        Distance matrix, or method, for structures of space and descent.

    Raises
    ------
    InputError
        A formula that cannot be read, a row without a group.
    NotFoundError
        An unknown column or structure.
    """
    if random is None:
        given: list[Any] = []
    elif isinstance(random, str | Mapping | np.ndarray) or _is_vector(random):
        given = [random]
    elif isinstance(random, Sequence):
        given = list(random)
    else:
        raise InputError(
            f"`random` is {random!r}; it is a formula such as '~ 1 | study', a mapping of names to "
            "columns, or a list of these."
        )
    if not isinstance(struct, str | Sequence):
        raise InputError(f"`struct` is {struct!r}; it is the name of a structure, or several.")
    structs = [struct] * len(given) if isinstance(struct, str) else list(struct)
    used = 0
    terms: list[Term] = []
    for one in given:
        if isinstance(one, str):
            match = _INTERCEPT.fullmatch(one.strip()) or _GROUPS.fullmatch(one.strip())
            if match:
                terms += _intercepts(match.group(1), data, rows, count)
                continue
            match = _WITHIN.fullmatch(one.strip())
            if match is None:
                raise InputError(
                    f"The random effect {one!r} cannot be read.",
                    hint="Write '~ 1 | group', '~ 1 | group/subgroup' or '~ inner | outer'.",
                )
            if used >= len(structs):
                raise InputError("There are fewer structures in `struct` than terms.")
            inner, outer = match.group(1), match.group(2)
            terms.append(_within(inner, outer, structs[used], data, rows, count, distance))
            used += 1
        elif isinstance(one, Mapping):
            terms += [_intercept(str(name), one[name], rows, count) for name in one]
        else:
            label = f"group {len(terms) + 1}" if len(given) > 1 else "group"
            terms.append(_intercept(label, one, rows, count))
    return related(terms, relations)


def _is_vector(random: Any) -> bool:
    """Whether this is one array of groups rather than a list of terms."""
    if hasattr(random, "to_numpy"):
        return True
    return (
        isinstance(random, list | tuple)
        and len(random) > 0
        and not any(isinstance(entry, str) and ("|" in entry or "/" in entry) for entry in random)
        and all(np.ndim(entry) == 0 and not isinstance(entry, Mapping) for entry in random)
    )


def _intercept(label: str, column: Any, rows: IntArray, count: int) -> Term:
    if np.ndim(column) != 1 or len(column) != count:
        raise InputError(f"The groups {label!r} have shape {np.shape(column)} for {count} effects.")
    codes, names = coded(label, column, rows)
    return Term(label, "INTERCEPT", codes, names)


def _intercepts(nested: str, data: Any, rows: IntArray, count: int) -> list[Term]:
    """Terms of ``a/b/c``: a, b within a, c within b within a; or of ``a:b``, the pairs alone."""
    parts = [part.strip() for part in re.split(r"[/:]", nested)]
    separators = re.findall(r"[/:]", re.sub(r"`[^`]*`", "", nested))
    terms: list[Term] = []
    codes: IntArray | None = None
    names: tuple[str, ...] = ()
    label = ""
    for index, part in enumerate(parts):
        column = column_of(part, data, count)
        bare = part.strip("`")
        inner, inner_names = coded(bare, column, rows)
        if codes is None:
            codes, names, label = inner, inner_names, bare
        else:
            mark = separators[index - 1]
            codes, names = _paired(codes, names, inner, inner_names, mark)
            label = f"{label}{mark}{bare}"
            if mark == ":":
                terms.pop()
        terms.append(Term(label, "INTERCEPT", codes, names))
    return terms


def _paired(
    outer: IntArray,
    outer_names: tuple[str, ...],
    inner: IntArray,
    inner_names: tuple[str, ...],
    mark: str,
) -> tuple[IntArray, tuple[str, ...]]:
    count = len(inner_names)
    both, codes = np.unique(outer * count + inner, return_inverse=True)
    names = [
        f"{outer_names[pair // count]}{mark}{inner_names[pair % count]}" for pair in both.tolist()
    ]
    return codes.astype(np.intp, copy=False), tuple(names)


def _within(
    inner: str,
    outer: str,
    struct: str,
    data: Any,
    rows: IntArray,
    count: int,
    distance: Any,
) -> Term:
    """A term ``~ inner | outer``."""
    if struct not in STRUCTURES:
        raise NotFoundError("structure", str(struct), STRUCTURES)
    outer_term = _intercepts(outer, data, rows, count)[-1]
    group, groups = outer_term.group, outer_term.groups
    label = f"{inner} | {outer_term.label}"
    if struct in ("GEN", "GDIAG"):
        matrix = formula_matrix(f"~ {inner}", data, count)
        x = matrix.x[rows]
        if not np.isfinite(x).all():
            row = int(rows[np.flatnonzero(~np.isfinite(x).all(axis=1))[0]])
            raise InputError(f"Row {row + 1} misses a variable of the random effect {label!r}.")
        return Term(label, struct, group, groups, levels=matrix.names, columns=x)
    if struct in (*SPATIAL, *PHYLOGENETIC):
        return spatial_term(inner, label, struct, group, groups, data, rows, count, distance)
    if re.fullmatch(_NAME, inner) is None:
        raise InputError(
            f"The random effect {label!r} has more than one inner variable, which the structure "
            f"{struct} cannot take.",
            hint='Take struct="GEN" for random slopes, or one column of levels.',
        )
    column = column_of(inner, data, count)
    level, levels = coded(inner, column, rows)
    position = None
    if struct == "CAR":
        try:
            position = np.asarray(column, dtype=np.float64)[rows]
        except (TypeError, ValueError) as error:
            raise InputError(f"CAR needs a time as a number in {inner!r}: {error}.") from error
    return Term(label, struct, group, groups, level, levels, position)
