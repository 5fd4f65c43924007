"""``weigh pool --subgroup``: effects pooled in subgroups, shown, drawn or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from weigh.cli.folders import SCHEMA
from weigh.cli.tables import Table
from weigh.cli.talk import Talk
from weigh.report.plot import forest
from weigh.synthesis import subgroups

__all__ = ["pool_subgroups"]


def pool_subgroups(
    talk: Talk,
    table: Table,
    yi: list[float],
    vi: list[float],
    column: str,
    *,
    plot: Path | None,
    measure: str | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Pool in the subgroups that a column names, and say what came out.

    Parameters
    ----------
    talk, table
        Where to say it, and the file.
    yi, vi, column
        Effects and variances, NaN where a cell is empty, and the column with the subgroups.
    plot, measure, as_json
        As the options of ``weigh pool``.
    settings
        The other arguments of `weigh.subgroups`.
    """
    found = subgroups(yi, vi, table.texts(column), **settings)
    if plot is not None:
        forest(found, measure=measure).save(plot)
    if as_json:
        talk.document({**found.to_dict(), "schema": SCHEMA})
        return
    for line in found.summary().splitlines():
        talk.result(line)
    talk.tell("Ratio measures are on the log scale here; exp() brings them back.")
    if plot is not None:
        talk.tell(f"Written: {plot}")
