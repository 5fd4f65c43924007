"""Random effects as a user names them, read into terms: groups, levels, structure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.synthesis.formulas import formula_matrix
from weigh.synthesis.multilevel.correlations import PHYLOGENETIC, SPATIAL

__all__ = ["STRUCTURES", "Term", "read_terms"]

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


@dataclass(frozen=True, slots=True)
class Term:
    """One random effect: which rows share it, and how its values within a group go together.

    Parameters
    ----------
    label
        As a reader would name it: ``district/school``, ``outcome | trial``.
    structure
        ``"INTERCEPT"``, or one of `STRUCTURES`.
    group : (n,)
        Index of each row's group: rows of different groups are independent by this term.
    groups
        Names of the groups.
    level : (n,) or None
        Index of each row's inner level.
    levels
        Names of the inner levels, or of the variables with random slopes.
    position : (n,) or None
        Time, for CAR.
    distance : (n, n) or None
        Distances, for structures of space and descent.
    columns : (n, r) or None
        Variables with random slopes.
    relation : (groups, groups) or None
        Known correlations of the groups.
    """

    label: str
    structure: str
    group: IntArray
    groups: tuple[str, ...]
    level: IntArray | None = None
    levels: tuple[str, ...] = ()
    position: FloatArray | None = None
    distance: FloatArray | None = None
    columns: FloatArray | None = None
    relation: FloatArray | None = None

    def take(self, rows: IntArray) -> Term:
        """The part of some rows; groups without any are left out, levels stay."""
        kept, group = np.unique(self.group[rows], return_inverse=True)
        return replace(
            self,
            group=group.astype(np.intp, copy=False),
            groups=tuple(self.groups[index] for index in kept),
            level=None if self.level is None else self.level[rows],
            position=None if self.position is None else self.position[rows],
            distance=None if self.distance is None else self.distance[np.ix_(rows, rows)],
            columns=None if self.columns is None else self.columns[rows],
            relation=None if self.relation is None else self.relation[np.ix_(kept, kept)],
        )


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
    else:
        given = list(random)
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
    return _related(terms, relations)


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


def _column(name: str, data: Any, count: int) -> Any:
    name = name.strip().strip("`")
    factor = re.fullmatch(r"factor\((.+)\)", name)
    if factor:
        name = factor.group(1)
    if data is None:
        raise InputError(
            f"The random effects name the column {name!r}, and there is no table to take it from.",
            hint="Give the table as data=...",
        )
    known = [str(key) for key in (data if isinstance(data, Mapping) else data.columns)]
    if name not in known:
        raise NotFoundError("column", name, known)
    column = data[name]
    if len(column) != count:
        raise InputError(f"Column {name!r} has {len(column)} values for {count} effects.")
    return column


def _coded(name: str, column: Any, rows: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    """Index and names of the levels of a column, in their order."""
    categories = getattr(getattr(column, "dtype", None), "categories", None)
    values = np.asarray(column)[rows]
    if values.dtype == object or values.dtype.kind in "fcmM":
        missing = np.array([value is None or value != value for value in values.tolist()])
        if missing.any():
            raise InputError(
                f"{name!r}, row {int(rows[np.flatnonzero(missing)[0]]) + 1}: the group is missing, "
                "and an effect without a group belongs nowhere.",
                hint="Leave out the row, or give it a group of its own.",
            )
    if values.dtype == object:
        values = np.array([str(value) for value in values.tolist()])
    names, codes = np.unique(values, return_inverse=True)
    shown = [_shown(value) for value in names.tolist()]
    if categories is not None:
        order = {str(category): index for index, category in enumerate(categories)}
        if all(name in order for name in shown):
            rank = np.argsort([order[name] for name in shown])
            place = np.empty_like(rank)
            place[rank] = np.arange(rank.size)
            codes, shown = place[codes], [shown[index] for index in rank]
    return codes.astype(np.intp, copy=False), tuple(shown)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _intercept(label: str, column: Any, rows: IntArray, count: int) -> Term:
    if np.ndim(column) != 1 or len(column) != count:
        raise InputError(f"The groups {label!r} have shape {np.shape(column)} for {count} effects.")
    codes, names = _coded(label, column, rows)
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
        column = _column(part, data, count)
        bare = part.strip("`")
        inner, inner_names = _coded(bare, column, rows)
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
        return _spatial(inner, label, struct, group, groups, data, rows, count, distance)
    if re.fullmatch(_NAME, inner) is None:
        raise InputError(
            f"The random effect {label!r} has more than one inner variable, which the structure "
            f"{struct} cannot take.",
            hint='Take struct="GEN" for random slopes, or one column of levels.',
        )
    column = _column(inner, data, count)
    level, levels = _coded(inner, column, rows)
    position = None
    if struct == "CAR":
        try:
            position = np.asarray(column, dtype=np.float64)[rows]
        except (TypeError, ValueError) as error:
            raise InputError(f"CAR needs a time as a number in {inner!r}: {error}.") from error
    return Term(label, struct, group, groups, level, levels, position)


def _spatial(
    inner: str,
    label: str,
    struct: str,
    group: IntArray,
    groups: tuple[str, ...],
    data: Any,
    rows: IntArray,
    count: int,
    distance: Any,
) -> Term:
    """A term whose correlations fall with distance: from a matrix, or between coordinates."""
    if isinstance(distance, Mapping):
        distance = distance.get(label, distance.get(inner))
    if isinstance(distance, list | tuple) and len(distance) == 1:
        distance = distance[0]
    if hasattr(distance, "columns"):
        names = [str(name) for name in distance.columns]
        level, levels = _coded(inner, _column(inner, data, count), rows)
        lost = [name for name in levels if name not in names]
        if lost:
            raise NotFoundError("row of the distance matrix", lost[0], names)
        place = np.array([names.index(name) for name in levels])[level]
        matrix = np.asarray(distance, dtype=np.float64)
        apart = matrix[np.ix_(place, place)]
    elif distance is not None and not isinstance(distance, str):
        matrix = np.asarray(distance, dtype=np.float64)
        if matrix.shape != (count, count):
            raise InputError(
                f"The distance matrix has shape {matrix.shape} for {count} effects.",
                hint="Give one with a row an effect, or a data frame with the names of the levels.",
            )
        apart = matrix[np.ix_(rows, rows)]
    else:
        if struct in PHYLOGENETIC:
            raise InputError(f"The structure {struct} needs a distance matrix: dist=...")
        columns = [_column(name, data, count) for name in inner.split("+")]
        points = np.column_stack([np.asarray(column, dtype=np.float64)[rows] for column in columns])
        apart = _distances(points, distance or "euclidean")
    if not np.isfinite(apart).all() or (apart < 0.0).any() or not np.allclose(apart, apart.T):
        raise InputError(
            f"The distances of {label!r} must be numbers, 0 or above, and the same both ways."
        )
    return Term(label, struct, group, groups, distance=apart)


def _distances(points: FloatArray, method: str) -> FloatArray:
    difference = np.abs(points[:, None, :] - points[None, :, :])
    if method == "euclidean":
        return np.asarray(np.sqrt((difference**2).sum(axis=2)))
    if method == "manhattan":
        total: FloatArray = difference.sum(axis=2)
        return total
    if method == "maximum":
        largest: FloatArray = difference.max(axis=2)
        return largest
    raise NotFoundError("distance", method, ("euclidean", "manhattan", "maximum"))


def _related(terms: list[Term], relations: Mapping[str, Any] | None) -> list[Term]:
    """Put in known correlation matrices."""
    if not relations:
        return terms
    by_label = {term.label: index for index, term in enumerate(terms)}
    for name, given in relations.items():
        if name not in by_label or terms[by_label[name]].structure != "INTERCEPT":
            known = [term.label for term in terms if term.structure == "INTERCEPT"]
            raise NotFoundError("random intercept", str(name), known)
        term = terms[by_label[name]]
        matrix = _relation(term, given)
        terms[by_label[name]] = replace(term, relation=matrix)
    return terms


def _relation(term: Term, given: Any) -> FloatArray:
    names = None
    if hasattr(given, "columns"):
        names = [str(name) for name in given.columns]
    elif isinstance(given, Mapping):
        names = [str(name) for name in given]
        given = [[row[other] for other in given] for row in given.values()]
    matrix = np.asarray(given, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"The correlation matrix of {term.label!r} has shape {matrix.shape}.")
    if names is not None:
        lost = [name for name in term.groups if name not in names]
        if lost:
            raise NotFoundError(f"row of the matrix of {term.label!r}", lost[0], names)
        place = [names.index(name) for name in term.groups]
        matrix = matrix[np.ix_(place, place)]
    if matrix.shape[0] != len(term.groups):
        raise InputError(
            f"The correlation matrix of {term.label!r} has {matrix.shape[0]} rows for "
            f"{len(term.groups)} groups.",
            hint="Give a data frame whose columns name the groups.",
        )
    if not np.allclose(matrix, matrix.T, rtol=1e-8):
        raise InputError(f"The correlation matrix of {term.label!r} is not symmetric.")
    sd = np.sqrt(np.diagonal(matrix))
    if not (sd > 0.0).all():
        raise InputError(f"The correlation matrix of {term.label!r} has a diagonal that is not 1.")
    # A covariance matrix is turned into correlations, so that the variance means the same in all.
    return np.asarray(matrix / np.outer(sd, sd))
