"""Ids: each given once, and each one that is referred to given somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from weigh.errors import Fault
from weigh.evidence.study import Allocation
from weigh.folder.gathered import Gathered
from weigh.folder.naming import Walked, item_name, walk
from weigh.folder.nearest import nearest
from weigh.folder.tree import Listing, Mapping, Node

__all__ = ["check_names"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Something with ids: the words for it, and the file and path that give them."""

    one: str
    many: str
    file: str
    path: str


_OUTCOME = _Kind(one="outcome", many="outcomes", file="question.yaml", path="outcomes[].id")
_FORM = _Kind(one="form", many="forms", file="question.yaml", path="forms[].id")
_SUBGROUP = _Kind(one="subgroup", many="subgroups", file="question.yaml", path="subgroups[].id")
_PLAN = _Kind(one="comparison", many="comparisons", file="question.yaml", path="comparisons[].id")
_STUDY = _Kind(one="study", many="studies", file="studies.yaml", path="id")
_REFERENCE = _Kind(one="reference", many="references", file="references.json", path="id")
_FINDING = _Kind(one="finding", many="findings", file="mechanisms.csv", path="id")
_SAFETY = tuple(
    _Kind(one=f"entry of {part}", many=part, file="safety.yaml", path=f"{part}[].id")
    for part in ("interactions", "contraindications", "adverse_effects")
)

_KINDS = (_OUTCOME, _FORM, _SUBGROUP, _PLAN, _STUDY, _REFERENCE, _FINDING, *_SAFETY)

#: Where ids are referred to, besides `source`, which is a reference everywhere.
_USES: dict[tuple[str, str], _Kind] = {
    ("question.yaml", "forms[].part_of"): _FORM,
    ("question.yaml", "comparisons[].outcome"): _OUTCOME,
    ("question.yaml", "comparisons[].forms[]"): _FORM,
    ("question.yaml", "comparisons[].subgroup"): _SUBGROUP,
    ("question.yaml", "comparisons[].studies[]"): _STUDY,
    ("studies.yaml", "reports[]"): _REFERENCE,
    ("studies.yaml", "arms[].form"): _FORM,
    ("results.csv", "study"): _STUDY,
    ("results.csv", "outcome"): _OUTCOME,
    ("results.csv", "subgroup"): _SUBGROUP,
    ("risk_of_bias.csv", "study"): _STUDY,
    ("risk_of_bias.csv", "outcome"): _OUTCOME,
    ("trust.csv", "study"): _STUDY,
    ("certainty.yaml", "comparison"): _PLAN,
    ("forms.yaml", "form"): _FORM,
    ("safety.yaml", "interactions[].forms[]"): _FORM,
    ("safety.yaml", "adverse_effects[].study"): _STUDY,
}


def check_names(gathered: Gathered) -> Iterator[Fault]:
    """Ids given twice, ids that nothing has, and arms that a study does not have."""
    walked = {file: list(walk(root)) for file, root in gathered.trees.items() if root is not None}
    for kind in _KINDS:
        given = [at for at in walked.get(kind.file, ()) if at.pattern == kind.path]
        yield from _twice(kind, given)
    yield from _unknown(gathered, walked)
    yield from _arms(gathered)


def _twice(kind: _Kind, given: Sequence[Walked]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for at in given:
        name = at.scalar.raw
        if name in first:
            yield Fault(
                file=kind.file,
                line=at.line,
                field=at.field,
                found=f"the id {name!r} a second time",
                expected=f"an id of its own for each {kind.one}",
                hint=f"It is given on line {first[name]} already.",
            )
        else:
            first[name] = at.line


def _unknown(gathered: Gathered, walked: dict[str, list[Walked]]) -> Iterator[Fault]:
    known = {kind: _given(kind, gathered, walked) for kind in _KINDS}
    missing: dict[str, list[tuple[str, Walked]]] = {}
    for file, places in walked.items():
        if file == "references.json":
            continue
        for at in places:
            kind = _USES.get((file, at.pattern))
            if kind is None and at.pattern.rpartition(".")[2] == "source":
                kind = _REFERENCE
            if kind is None or at.scalar.is_nothing:
                continue
            if file == "risk_of_bias.csv" and at.scalar.raw == "*":
                continue
            names = known[kind]
            if names is None or at.scalar.raw in names:
                continue
            if kind.file not in gathered.trees:
                missing.setdefault(kind.file, []).append((file, at))
                continue
            yield _not_there(kind, file, at, names)
    for file, uses in missing.items():
        yield _no_file(file, uses)


def _given(
    kind: _Kind, gathered: Gathered, walked: dict[str, list[Walked]]
) -> dict[str, None] | None:
    """The ids of a kind, in order; None where they cannot be known, and nothing can be missed."""
    if kind.file == "question.yaml" and kind.file not in gathered.trees:
        return None
    if kind.file in gathered.trees and not _readable(kind, gathered.trees[kind.file]):
        return None
    names = [at.scalar.raw for at in walked.get(kind.file, ()) if at.pattern == kind.path]
    if kind is _PLAN:
        # Where the question plans no comparison, there is one for each outcome. A comparison of
        # studies that are not randomised has the class of their design behind its name.
        names = names or list(_given(_OUTCOME, gathered, walked) or ())
        suffixes = [f"-{a.value}" for a in Allocation if a is not Allocation.RANDOMISED]
        names += [name + suffix for name in names for suffix in suffixes]
    return dict.fromkeys(names)


def _readable(kind: _Kind, root: Node | None) -> bool:
    """Whether the list that gives the ids is a list, or is rightly absent."""
    key, nested, _ = kind.path.partition("[]")
    if not nested:
        return isinstance(root, Listing)
    listed = root.get(key) if isinstance(root, Mapping) else None
    return isinstance(root, Mapping) and (listed is None or isinstance(listed, Listing))


def _not_there(kind: _Kind, file: str, at: Walked, names: Collection[str]) -> Fault:
    raw = at.scalar.raw
    near = nearest(raw, names)
    if near:
        hint = f"Did you mean {near}?"
    elif 0 < len(names) <= 12:
        hint = f"There {'is' if len(names) == 1 else 'are'} {', '.join(names)}."
    else:
        hint = f"Add it to {kind.file}, or correct the id."
    return Fault(
        file=file,
        line=at.line,
        field=at.field,
        where=item_name(file, at.entry),
        found=f"{raw[:80]!r}, which is no {kind.one} of {kind.file}",
        expected=f"the id of one of its {kind.many}",
        hint=hint,
    )


def _no_file(file: str, uses: Sequence[tuple[str, Walked]]) -> Fault:
    used_in, first = uses[0]
    names = len({at.scalar.raw for _, at in uses})
    rest = "" if names == 1 else f" and {names - 1} more"
    return Fault(
        file=file,
        found="no file of this name",
        expected=f"it, with an entry for {first.scalar.raw!r}{rest}",
        hint=f"{used_in} refers to it on line {first.line}.",
    )


def _arms(gathered: Gathered) -> Iterator[Fault]:
    studies = gathered.trees.get("studies.yaml")
    if not isinstance(studies, Listing):
        return
    arms: dict[str, list[str]] = {}
    for study in studies.items:
        if not isinstance(study, Mapping):
            continue
        listed = study.get("arms")
        ids: list[str] = []
        for index, arm in enumerate(listed.items if isinstance(listed, Listing) else ()):
            name = arm.text("id") if isinstance(arm, Mapping) else None
            if name is None:
                continue
            if name in ids:
                yield Fault(
                    file="studies.yaml",
                    line=arm.line,
                    field=f"arms[{index}].id",
                    where=item_name("studies.yaml", study),
                    found=f"the id {name!r} a second time",
                    expected="an id of its own for each arm of the study",
                )
            ids.append(name)
        arms.setdefault(study.text("id") or "", ids)
    results = gathered.trees.get("results.csv")
    for row in results.items if isinstance(results, Listing) else ():
        if isinstance(row, Mapping) and (row.text("study") or "") in arms:
            yield from _arms_of_row(row, arms[row.text("study") or ""])


def _arms_of_row(row: Mapping, known: Sequence[str]) -> Iterator[Fault]:
    for column in ("arm", "versus"):
        name = row.text(column)
        if name is None or name in known:
            continue
        near = nearest(name, known)
        listed = (
            f"Its arms are {', '.join(dict.fromkeys(known))}." if known else "It lists no arms yet."
        )
        yield Fault(
            file="results.csv",
            line=row.line,
            field=column,
            where=item_name("results.csv", row),
            found=f"{name[:80]!r}, which is no arm of {row.text('study')} in studies.yaml",
            expected="the id of one of its arms",
            hint=f"Did you mean {near}?" if near else listed,
        )
    if row.text("versus") is not None and row.text("versus") == row.text("arm"):
        yield Fault(
            file="results.csv",
            line=row.line,
            field="versus",
            where=item_name("results.csv", row),
            found=f"{row.text('versus')!r}, the arm of this row itself",
            expected="another arm, or an empty cell",
            hint="A row with `versus` holds the difference between two arms.",
        )
