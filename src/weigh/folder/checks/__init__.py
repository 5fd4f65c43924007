"""What cannot be right across the cells, rows and files of an evidence folder.

`names` are ids that are given twice or point nowhere; `plans` what the question asks for but cannot
be made; `people` counts that do not add up; `rows` figures that cannot stand in one row of
``results.csv``, and `repeats` rows that say one thing twice; `units` what is measured in two units;
`judgements` words that a tool does not have. Each takes all that was read and yields faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from weigh.errors import Fault
from weigh.folder.checks.judgements import check_judgements
from weigh.folder.checks.names import check_names
from weigh.folder.checks.people import check_people
from weigh.folder.checks.plans import check_plans
from weigh.folder.checks.repeats import check_repeats
from weigh.folder.checks.rows import check_rows
from weigh.folder.checks.units import check_units
from weigh.folder.gathered import Gathered

__all__ = ["CHECKS"]

CHECKS: tuple[Callable[[Gathered], Iterator[Fault]], ...] = (
    check_names,
    check_plans,
    check_people,
    check_rows,
    check_repeats,
    check_units,
    check_judgements,
)
