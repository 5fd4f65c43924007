"""Rows in independent blocks, blocks in batches of one shape, and terms that link too many.

Rows that no random effect and no sampling covariance links are independent, so that the covariance
matrix falls into blocks. Blocks of similar size are stacked (with rows of nothing to fill up), and
a whole stack goes through linear algebra at once. A term whose groups cut across all blocks, such
as crossed random effects, would join them into one; where that costs more it is kept apart as
columns, and comes in by the identity of Woodbury.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from weigh.synthesis.multilevel.known import Known
from weigh.synthesis.multilevel.term import Term

__all__ = ["Batch", "Layout", "independent_rows", "lay_out", "rows_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# What a further batch costs, counted in multiplications: some dozens of calls.
_OVERHEAD = 60_000.0
# Below this size of block nothing is gained by keeping a term apart.
_SMALL = 40
# Structures whose effects are told apart by row and not by level, and so cannot be kept apart.
_BY_ROW = ("SPEXP", "SPGAU", "SPLIN", "SPRAT", "SPSPH", "PHYBM", "PHYPL", "PHYPD", "GEN", "GDIAG")


@dataclass(frozen=True, slots=True)
class Batch:
    """Blocks of one shape.

    Parameters
    ----------
    rows : (b, m)
        Rows of each block; the number of rows where there is none.
    present : (b, m)
        Whether there is one.
    v : (b, m, m)
        Sampling covariance, with the identity where there is no row.
    z : (b, m, c)
        Columns of the terms that are kept apart, those that the block has.
    columns : (b, c)
        Which columns these are.
    """

    rows: IntArray
    present: BoolArray
    v: FloatArray
    z: FloatArray
    columns: IntArray


@dataclass(frozen=True, slots=True)
class Layout:
    """All batches, the block of each row, and the terms that are kept apart.

    `apart` holds for each such term its index, the first of its columns, and for each of these
    columns a row that it belongs to; `width` is the number of columns.
    """

    batches: tuple[Batch, ...]
    block: IntArray
    apart: tuple[tuple[int, int, IntArray], ...]
    width: int


def lay_out(known: Known, terms: Sequence[Term]) -> Layout:
    """Arrange the rows of a model.

    Parameters
    ----------
    known
        Sampling covariance.
    terms
        Random effects.
    """
    n = known.diagonal.size
    links = [_link(term) for term in terms]
    block = _components(known, links)
    apart = _kept_apart(known, terms, links, np.bincount(block))
    if apart:
        block = _components(known, [link for t, link in enumerate(links) if t not in apart])
    columns = np.zeros((n, len(apart)), dtype=np.intp)
    kept: list[tuple[int, int, IntArray]] = []
    width = 0
    for index, t in enumerate(apart):
        codes, first = _effects(terms[t])
        columns[:, index] = codes + width
        kept.append((t, width, first))
        width += first.size
    return Layout(_batches(known, block, columns), block, tuple(kept), width)


def independent_rows(known: Known, terms: Sequence[Term]) -> tuple[IntArray, ...]:
    """Rows in sets that are independent of each other, all terms taken together."""
    return rows_of(_components(known, [_link(term) for term in terms]))


def rows_of(block: IntArray) -> tuple[IntArray, ...]:
    """Rows of each block."""
    order = np.argsort(block, kind="stable")
    ends = np.cumsum(np.bincount(block)).tolist()
    return tuple(order[a:b] for a, b in pairwise([0, *ends]))


def _link(term: Term) -> IntArray:
    """What rows must share for the term to make them dependent."""
    if term.relation is not None:
        off = term.relation != 0.0
        _, part = csgraph.connected_components(sparse.csr_array(off), directed=False)
        return np.asarray(part, dtype=np.intp)[term.group]
    if term.structure in ("ID", "DIAG"):
        return _effects(term)[0]
    return term.group


def _effects(term: Term) -> tuple[IntArray, IntArray]:
    """Index of each row's random effect, and a row that has each."""
    codes = term.group
    if term.level is not None:
        codes = term.group * (int(term.level.max()) + 1) + term.level
    _, first, dense = np.unique(codes, return_index=True, return_inverse=True)
    return dense.astype(np.intp, copy=False), first


def _components(known: Known, links: Sequence[IntArray]) -> IntArray:
    """Index of the block of each row."""
    n = known.diagonal.size
    if not links and not known.i.size:
        return np.arange(n)
    if not known.i.size:
        # Nested groupings, by far the commonest, are settled without a search.
        coarse = min(links, key=lambda link: int(link.max()))
        if all(_within(link, coarse) for link in links):
            return coarse
    i = [np.arange(n)] * len(links)
    offset, j = n, []
    for link in links:
        j.append(link + offset)
        offset += int(link.max()) + 1
    rows = np.concatenate([*i, known.i])
    columns = np.concatenate([*j, known.j])
    graph = sparse.coo_array((np.ones(rows.size), (rows, columns)), shape=(offset, offset))
    _, part = csgraph.connected_components(graph, directed=False)
    _, block = np.unique(part[:n], return_inverse=True)
    return block.astype(np.intp, copy=False)


def _within(fine: IntArray, coarse: IntArray) -> bool:
    """Whether rows of one fine group are always of one coarse group."""
    home = np.zeros(int(fine.max()) + 1, dtype=np.intp)
    home[fine] = coarse
    return bool(np.array_equal(home[fine], coarse))


def _kept_apart(
    known: Known, terms: Sequence[Term], links: Sequence[IntArray], sizes: IntArray
) -> tuple[int, ...]:
    """Terms that are cheaper kept apart, by their index; `sizes` are those of blocks by all."""
    if sizes.max() <= _SMALL:
        return ()
    able = [t for t, term in enumerate(terms) if term.structure not in _BY_ROW][:6]
    widths = {t: _effects(terms[t])[1].size for t in able}
    best: tuple[float, tuple[int, ...]] = (_cost(sizes, 0, 0), ())
    for chosen in product((False, True), repeat=len(able)):
        apart = tuple(t for t, kept in zip(able, chosen, strict=True) if kept)
        width = sum(widths[t] for t in apart)
        if not apart or width >= known.diagonal.size:
            continue
        rest = [link for t, link in enumerate(links) if t not in apart]
        cost = _cost(np.bincount(_components(known, rest)), width, len(apart))
        if cost < best[0]:
            best = (cost, apart)
    return best[1]


def _cost(sizes: IntArray, width: int, terms: int) -> float:
    """Multiplications of one evaluation, roughly; many small blocks go slower for each of them."""
    m = sizes.astype(np.float64)
    return float((4.0 * m**3 + 40.0 * m**2 * (1 + terms)).sum()) + 8.0 * float(width) ** 3


def _batches(known: Known, block: IntArray, columns: IntArray) -> tuple[Batch, ...]:
    sizes = np.bincount(block)
    order = np.argsort(block, kind="stable")
    start = np.concatenate([[0], np.cumsum(sizes)])
    made = []
    place = np.zeros((block.size, 3), dtype=np.intp)  # batch, block within it, row within that
    for number, blocks in enumerate(_alike(sizes)):
        m = int(sizes[blocks].max())
        offset = np.arange(m)
        present = offset[None, :] < sizes[blocks][:, None]
        at = np.minimum(start[blocks][:, None] + offset[None, :], block.size - 1)
        rows = np.where(present, order[at], block.size)
        here = rows[present]
        place[here, 0] = number
        place[here, 1], place[here, 2] = np.nonzero(present)
        made.append((rows, present))
    batches = []
    diagonal = np.append(known.diagonal, 1.0)
    for number, (rows, present) in enumerate(made):
        b, m = rows.shape
        v = np.zeros((b, m, m))
        v[:, np.arange(m), np.arange(m)] = diagonal[rows]
        if known.i.size:
            mine = place[known.i, 0] == number
            i, j = known.i[mine], known.j[mine]
            v[place[i, 1], place[i, 2], place[j, 2]] = known.value[mine]
        z, which = _columns(rows, present, columns)
        batches.append(Batch(rows, present, v, z, which))
    return tuple(batches)


def _alike(sizes: IntArray) -> list[IntArray]:
    """Blocks in groups of similar size: a further group must save more than it costs."""
    order = np.argsort(-sizes, kind="stable")
    ordered = sizes[order].astype(np.float64)
    distinct, first = np.unique(-ordered, return_index=True)
    groups: list[list[int]] = []
    for value, begin in zip(-distinct, first.tolist(), strict=True):
        if groups:
            largest = float(ordered[groups[-1][0]])
            count = float((ordered == value).sum())
            if count * (largest**3 - value**3) < _OVERHEAD:
                groups[-1].append(begin)
                continue
        groups.append([begin])
    starts = [group[0] for group in groups] + [order.size]
    return [order[a:b] for a, b in pairwise(starts)]


def _columns(rows: IntArray, present: BoolArray, columns: IntArray) -> tuple[FloatArray, IntArray]:
    """Columns of the terms kept apart that each block has."""
    b, m = rows.shape
    terms = columns.shape[1]
    if terms == 0:
        return np.zeros((b, m, 0)), np.zeros((b, 0), dtype=np.intp)
    if m == 1:
        which = columns[rows[:, 0]]
        return np.ones((b, 1, terms)), which
    found = [np.unique(columns[rows[at][present[at]]]) for at in range(b)]
    c = max(each.size for each in found)
    which = np.zeros((b, c), dtype=np.intp)
    z = np.zeros((b, m, c))
    for at, each in enumerate(found):
        which[at, : each.size] = each
        for index, row in enumerate(rows[at][present[at]]):
            z[at, index, np.searchsorted(each, columns[row])] = 1.0
    return z, which
