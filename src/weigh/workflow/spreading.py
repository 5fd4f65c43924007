"""Batches spread over the processes of this machine, or over a Dask cluster.

`weigh.pool_many` and its fellows work through thousands of sets in one process. Where that is not
enough, groups are dealt out whole, in chunks; a pooled effect then has the same bits as in one
process, as the batches promise that a group does not see the others.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from typing import Any, TypeVar

import numpy as np

from weigh.errors import InputError, MissingExtraError
from weigh.synthesis.grouping import group_rows

__all__ = ["spread"]

Batch = TypeVar("Batch")

# Rows of a chunk: tens of milliseconds of work, far above what it costs to send them.
_ROWS = 200_000


def spread(
    function: Callable[..., Batch],
    yi: Any,
    vi: Any,
    group: Any,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    rows: int = _ROWS,
    **options: Any,
) -> Batch:
    """Run a batch function chunk by chunk on several processes.

    Parameters
    ----------
    function
        `weigh.pool_many`, or another function of the same kind that gives one entry a group.
    yi, vi, group : (n,) array_like
        Its effects, sampling variances and groups.
    workers
        Number of local processes; by default one for each processor.
    cluster
        Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``, in place of local processes.
        Its workers need weigh installed. Needs ``pip install weigh[cluster]``.
    rows
        About how many effects a chunk holds. No group is cut in two.
    options
        Passed on to `function`; the same for all groups.

    Returns
    -------
    object
        What `function` gives for all groups at once: to the last bit, but for the regressions,
        where rounding hangs on the groups beside a group (1e-12). Notes are those of the chunks.

    Raises
    ------
    InputError
        Lengths that differ, numbers of workers or rows below 1, or a function that gives entries
        for single rows, as their numbers would be those in a chunk.
    MissingExtraError
        A cluster without the package that talks to it.

    Examples
    --------
    >>> from weigh.synthesis import pool_many
    >>> batch = spread(pool_many, [0.1, 0.3, 0.2], [0.02, 0.03, 0.02], ["a", "a", "b"], workers=1)
    >>> batch.k.tolist()
    [2, 1]
    """
    if rows < 1 or (workers is not None and workers < 1):
        raise InputError(f"`rows` is {rows} and `workers` {workers}; both are at least 1.")
    y, v, labels = np.asarray(yi), np.asarray(vi), np.asarray(group)
    if not y.shape == v.shape == labels.shape:
        raise InputError(f"`yi`, `vi`, `group` have shapes {y.shape}, {v.shape}, {labels.shape}.")
    groups = group_rows(labels, y.size)
    # A group belongs to the chunk that its first row would fall in.
    chunk = groups.start // rows
    cuts = np.append(groups.start[np.flatnonzero(np.diff(chunk)) + 1], y.size)
    parts = np.split(groups.order, cuts[:-1])
    work = partial(function, **options)
    if len(parts) < 2 or (workers == 1 and cluster is None):
        found = [work(y[part], v[part], labels[part]) for part in parts]
    elif cluster is not None:
        found = _on_cluster(work, y, v, labels, parts, cluster)
    else:
        # Spawned, not forked: a fork of a process with threads may never come to an end.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            jobs = [pool.submit(work, y[part], v[part], labels[part]) for part in parts]
            found = [job.result() for job in jobs]
    if not hasattr(found[0], "k") or np.size(found[0].k) != _groups_in(parts[0], labels):
        raise InputError(
            f"{getattr(function, '__name__', function)} does not give one entry a group.",
            hint="Spread pool_many, regress_many, egger_many, begg_many or trim_and_fill_many.",
        )
    return found[0] if len(found) == 1 else _joined(found)


def _groups_in(part: Any, labels: Any) -> int:
    """Return how many groups these rows belong to."""
    return int(np.unique(labels[part].astype(str)).size)


def _on_cluster(
    work: Callable[..., Batch], y: Any, v: Any, labels: Any, parts: list[Any], address: str
) -> list[Batch]:
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtraError("Spreading work over a Dask cluster", "cluster") from error
    with Client(address) as client:
        jobs = [client.submit(work, y[part], v[part], labels[part], pure=False) for part in parts]
        found: list[Batch] = client.gather(jobs)
        return found


def _joined(parts: list[Batch]) -> Batch:
    """One batch of several: arrays one after the other, the notes that differ, the rest alike."""
    first: Any = parts[0]
    values: dict[str, Any] = {}
    for field in fields(first):
        each = [getattr(part, field.name) for part in parts]
        if isinstance(each[0], np.ndarray):
            values[field.name] = np.concatenate(each)
        elif field.name == "notes":
            values[field.name] = tuple(dict.fromkeys(note for notes in each for note in notes))
        elif hasattr(each[0], "__dataclass_fields__"):
            values[field.name] = _joined(each)
        else:
            values[field.name] = each[0]
    return type(first)(**values)  # type: ignore[no-any-return]
