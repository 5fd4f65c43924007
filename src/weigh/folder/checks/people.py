"""Counts of people that do not add up."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.errors import Fault
from weigh.evidence.result import Result
from weigh.evidence.study import Design, Participants, Study
from weigh.folder.gathered import Gathered

__all__ = ["check_people"]

#: Counts from before or at the moment of allotment, which the arms cannot exceed.
_BEFORE = ("randomised", "enrolled", "screened")


def check_people(gathered: Gathered) -> Iterator[Fault]:
    """Counts of one study that disagree with each other, with its arms or with its results."""
    for study in gathered.studies:
        yield from _one_count_used(gathered, study)
        yield from _arms_within_study(gathered, study)
    studies = {study.id: study for study in gathered.studies}
    for row in gathered.results:
        if row.study in studies:
            yield from _row_within_arm(gathered, row, studies[row.study])


def _one_count_used(gathered: Gathered, study: Study) -> Iterator[Fault]:
    used = [entry for entry in study.participants if entry.used]
    for entry in used[1:]:
        yield gathered.fault(
            entry,
            "used",
            f"a second count marked `used` ({entry.count}; the first is {used[0].count})",
            "one count that the answer goes by",
            where=study.id,
            path=f"participants[{study.participants.index(entry)}].used",
        )
    for kind in dict.fromkeys(entry.kind for entry in study.participants):
        entries = [entry for entry in study.participants if entry.kind == kind]
        counts = list(dict.fromkeys(entry.count for entry in entries))
        if len(counts) < 2:
            continue
        told = " and ".join(map(str, counts))
        chosen = [entry for entry in entries if entry.used]
        if not chosen and not used:
            yield gathered.fault(
                entries[0],
                "kind",
                f"{told} people {kind}, and none of the counts marked `used`",
                "`used: true` at the one that the answer goes by, with a `reason`",
                "Both stay on the page as a discrepancy between reports.",
                where=study.id,
                path=_path(study, entries[0]),
            )
        elif chosen and chosen[0].reason is None:
            yield gathered.fault(
                chosen[0],
                "used",
                f"{chosen[0].count} chosen among {told} people {kind} without a `reason`",
                "a `reason` beside `used: true`",
                where=study.id,
                path=f"{_path(study, chosen[0])}.reason",
            )


def _path(study: Study, entry: Participants) -> str:
    return f"participants[{study.participants.index(entry)}]"


def _arms_within_study(gathered: Gathered, study: Study) -> Iterator[Fault]:
    whole = _allotted(study)
    sizes = [arm.n for arm in study.arms if arm.n is not None]
    if whole is None or not sizes:
        return
    # In a crossover trial the same people are in every arm.
    crossover = study.design is Design.CROSSOVER_RCT
    together = max(sizes) if crossover else sum(sizes)
    if together <= whole.count:
        return
    told = f"arms of {' and '.join(map(str, sizes))} people"
    if not crossover and len(sizes) > 1:
        told += f", together {together}"
    yield gathered.fault(
        study,
        "arms",
        told,
        f"no more than the {whole.count} {whole.kind} (`participants`)",
        "If two reports give different counts, list both under `participants` and mark one `used`.",
        where=study.id,
    )


def _allotted(study: Study) -> Participants | None:
    """The count that the arms are parts of: the one used, or the only one there is."""
    before = [entry for entry in study.participants if entry.kind in _BEFORE]
    used = [entry for entry in before if entry.used]
    if len(used) == 1:
        return used[0]
    if any(entry.used for entry in study.participants):
        return None
    for kind in _BEFORE:
        entries = [entry for entry in before if entry.kind == kind]
        if entries:
            return entries[0] if len(entries) == 1 else None
    return None


def _row_within_arm(gathered: Gathered, row: Result, study: Study) -> Iterator[Fault]:
    arms = {arm.id: arm for arm in study.arms}
    names = [name for name in (row.arm, row.versus) if name is not None]
    if any(name not in arms for name in names):
        return
    sizes = [arms[name].n for name in names]
    if any(size is None for size in sizes):
        return
    limit = sum(size for size in sizes if size is not None)
    # A report may count other people than the one that the arms come from; both are kept.
    given_by = {arms[name].source or study.source for name in names}
    if row.source is not None and row.source not in given_by:
        own = [entry.count for entry in study.participants if entry.source == row.source]
        limit = max(own, default=limit)
    what = "the arm's" if row.versus is None else "the two arms'"
    for column in ("n", "total"):
        count = getattr(row, column)
        if count is not None and count > limit:
            yield gathered.fault(
                row,
                column,
                f"{count} people",
                f"no more than {what} {limit} in studies.yaml",
                "If this report counts other people, list its count under `participants` there.",
                where=f"{row.study}, {row.arm}, {row.outcome} at {row.timepoint}",
            )
