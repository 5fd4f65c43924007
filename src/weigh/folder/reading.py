"""Read an evidence folder whole: every document, or every fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast, overload

from weigh.errors import EvidenceError, Fault
from weigh.evidence.background import Background, FormFact
from weigh.evidence.document import Document
from weigh.evidence.folder import Evidence
from weigh.evidence.judgement import CertaintyOverride, RiskOfBias, TrustCheck
from weigh.evidence.mechanism import MechanismEdge
from weigh.evidence.question import ComparisonPlan, Outcome, Question
from weigh.evidence.reference import Reference
from weigh.evidence.result import Result
from weigh.evidence.safety import Safety
from weigh.evidence.study import Study
from weigh.folder.checks import CHECKS
from weigh.folder.csv_file import parse_csv
from weigh.folder.figures import read_p
from weigh.folder.files import FILES, look_alikes, read_text
from weigh.folder.fingerprint import fingerprint_of
from weigh.folder.gathered import Gathered, where_mappings_begin
from weigh.folder.json_file import parse_json
from weigh.folder.naming import item_name
from weigh.folder.settle import Dialect, columns_of, required_columns, settle
from weigh.folder.tree import NUMBER, Entry, Listing, Mapping, Node, Parsed, Scalar
from weigh.folder.yaml_file import parse_yaml

__all__ = ["MOST_FAULTS", "check", "load"]

Model = TypeVar("Model", bound=Document)

#: Faults listed of one file. More have one cause, such as a column shifted by one.
MOST_FAULTS = 200

_ROWS: dict[str, type[Document]] = {
    "results.csv": Result,
    "risk_of_bias.csv": RiskOfBias,
    "trust.csv": TrustCheck,
    "mechanisms.csv": MechanismEdge,
}


def load(folder: str | Path) -> Evidence:
    """Read and check an evidence folder.

    Parameters
    ----------
    folder
        Path of the folder. It needs a ``question.yaml``; every other file may be absent.

    Returns
    -------
    Evidence
        All that it holds, each document with the file and line where it stood.

    Raises
    ------
    EvidenceError
        If anything in it cannot be right; its `faults` list everything that was found, each with
        file, line and field.
    """
    work = _Reading(Path(folder))
    gathered, faults = work.read()
    if faults or gathered.question is None:
        raise EvidenceError(str(folder), faults)
    return Evidence(
        name=Path(folder).resolve().name,
        fingerprint=fingerprint_of(work.data),
        question=gathered.question,
        studies=gathered.studies,
        results=gathered.results,
        risk_of_bias=gathered.risk_of_bias,
        trust=gathered.trust,
        overrides=gathered.overrides,
        mechanisms=gathered.mechanisms,
        forms=gathered.forms,
        safety=gathered.safety,
        background=gathered.background,
        references=gathered.references,
    )


def check(folder: str | Path) -> tuple[Fault, ...]:
    """Everything that is wrong with an evidence folder, in reading order; empty if nothing is.

    Parameters
    ----------
    folder
        Path of the folder.
    """
    _, faults = _Reading(Path(folder)).read()
    return faults


@dataclass(slots=True)
class _Reading:
    """One reading of one folder: bytes, nodes and faults so far."""

    folder: Path
    data: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, Node | None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self) -> tuple[Gathered, tuple[Fault, ...]]:
        """Read every file, then look across them."""
        wrong = _not_a_folder(self.folder)
        if wrong is not None:
            return Gathered(trees={}), (wrong,)
        for name in FILES:
            self._parse(name)
        self.faults += look_alikes(self.folder)
        gathered = self._gather()
        for look in CHECKS:
            self.faults += look(gathered)
        return gathered, tuple(_in_order(self.faults))

    def _parse(self, name: str) -> None:
        text = read_text(self.folder, name)
        if text is None:
            if name == "question.yaml":
                self.faults.append(
                    Fault(
                        file=name,
                        found="no file of this name",
                        expected="the question, which every evidence folder needs",
                        hint="`weigh new FOLDER` writes a folder to start from.",
                    )
                )
            return
        self.data[name] = text.data
        self.trees[name] = None
        self.faults += text.faults
        if text.text is None:
            return
        parsed = _parsed(name, text.text)
        self.faults += parsed.faults
        root = parsed.root
        if isinstance(root, Scalar) and root.is_nothing and not parsed.faults:
            root = None
        if root is None and not parsed.faults:
            # Comments alone: nothing is known yet, which only the question may not say.
            if name == "question.yaml":
                self.faults.append(Fault(file=name, found="only comments", expected="the question"))
            else:
                root = _nothing(name)
        self.trees[name] = root

    def _gather(self) -> Gathered:
        question = self._one("question.yaml", Question)
        outcomes: tuple[Outcome, ...]
        plans: tuple[ComparisonPlan, ...]
        if question is not None:
            outcomes, plans = question.outcomes, question.comparisons
        else:
            # What can be read of a faulty question still tells whether the rest fits it.
            outcomes = self._parts("outcomes", Outcome)
            plans = self._parts("comparisons", ComparisonPlan)
        return Gathered(
            trees=self.trees,
            begins=where_mappings_begin(self.trees),
            question=question,
            outcomes=outcomes,
            plans=plans,
            studies=self._each("studies.yaml", Study),
            results=self._each("results.csv", Result),
            risk_of_bias=self._each("risk_of_bias.csv", RiskOfBias),
            overrides=self._each("certainty.yaml", CertaintyOverride),
            trust=self._each("trust.csv", TrustCheck),
            mechanisms=self._each("mechanisms.csv", MechanismEdge),
            forms=self._each("forms.yaml", FormFact),
            safety=self._one("safety.yaml", Safety) or Safety(),
            background=self._one("background.yaml", Background) or Background(),
            references=self._each("references.json", Reference),
        )

    def _one(self, name: str, model: type[Model]) -> Model | None:
        root = self.trees.get(name)
        if root is None:
            return None
        settled = settle(model, root, file=name, dialect=_dialect(name))
        self.faults += settled.faults
        return settled.document

    def _each(self, name: str, model: type[Model]) -> tuple[Model, ...]:
        root = self.trees.get(name)
        if root is None:
            return ()
        if not isinstance(root, Listing):
            self.faults.append(
                Fault(
                    file=name,
                    line=root.line,
                    found="a group of fields" if isinstance(root, Mapping) else "a text",
                    expected="a list, each entry after a hyphen"
                    if _dialect(name) == "yaml"
                    else "a list of entries in [ ]",
                )
            )
            return ()
        documents = []
        for index, item in enumerate(root.items):
            node = self._with_p(item) if name == "results.csv" else item
            settled = settle(
                model,
                node,
                file=name,
                dialect=_dialect(name),
                where=item_name(name, item) or f"entry {index + 1}",
            )
            self.faults += settled.faults
            if settled.document is not None:
                documents.append(settled.document)
        return tuple(documents)

    def _parts(self, key: str, model: type[Model]) -> tuple[Model, ...]:
        root = self.trees.get("question.yaml")
        listed = root.get(key) if isinstance(root, Mapping) else None
        if not isinstance(listed, Listing):
            return ()
        settled = (
            settle(model, item, file="question.yaml", dialect="yaml") for item in listed.items
        )
        return tuple(each.document for each in settled if each.document is not None)

    def _with_p(self, row: Node) -> Node:
        """A row whose p value was given as printed, ``<0.001``, with its two parts apart."""
        if not isinstance(row, Mapping):
            return row
        raw = row.text("p")
        if raw is None or NUMBER.fullmatch(raw):
            return row
        parts = read_p(raw)
        if parts is None:
            if raw.lower() in ("ns", "n.s.", "not significant"):
                self.faults.append(
                    Fault(
                        file="results.csv",
                        line=row.line,
                        field="p",
                        where=item_name("results.csv", row),
                        found=f"{raw!r}",
                        expected="a p value, or an empty cell",
                        hint="“Not significant” says too little to use; write it in `note`, and "
                        ">0.05 here if the report names that limit.",
                    )
                )
                kept = tuple(entry for entry in row.entries if entry.key != "p")
                return Mapping(entries=kept, line=row.line)
            return row
        relation, number = parts
        given = row.text("p_relation")
        if given is not None and given != relation and relation != "=":
            self.faults.append(
                Fault(
                    file="results.csv",
                    line=row.line,
                    field="p_relation",
                    where=item_name("results.csv", row),
                    found=f"{given!r} here and {raw!r} in `p`",
                    expected="the same in both",
                )
            )
        new = {"p": number, "p_relation": given or relation}
        kept = tuple(entry for entry in row.entries if entry.key not in new)
        added = tuple(
            Entry(key=key, value=Scalar(raw=value, quoted=False, line=row.line), line=row.line)
            for key, value in new.items()
        )
        return Mapping(entries=kept + added, line=row.line)


def _not_a_folder(folder: Path) -> Fault | None:
    try:
        if folder.is_dir():
            next(folder.iterdir(), None)
            return None
        found = "a file" if folder.exists() else "no folder of this name"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        found = f"a folder that cannot be opened ({reason.lower()})"
    return Fault(
        file=str(folder),
        found=found,
        expected="an evidence folder with a question.yaml",
        hint="Check the path; `weigh new FOLDER` writes a folder to start from.",
    )


def _parsed(name: str, text: str) -> Parsed:
    if name in _ROWS:
        model = _ROWS[name]
        columns = columns_of(model)
        required = required_columns(model)
        return parse_csv(name, text, columns=columns, required=required)
    return parse_json(name, text) if name.endswith(".json") else parse_yaml(name, text)


def _nothing(name: str) -> Node:
    """What a file of comments says."""
    if name in ("safety.yaml", "background.yaml"):
        return Mapping(entries=(), line=1)
    return Listing(items=(), line=1)


def _dialect(name: str) -> Dialect:
    return cast("Dialect", name.rpartition(".")[2])


def _in_order(faults: list[Fault]) -> Iterator[Fault]:
    """In reading order, each once, and of one file no more than a person can use."""
    order = {name: position for position, name in enumerate(FILES)}
    counted: dict[str, int] = {}
    unique = dict.fromkeys(faults)
    for fault in sorted(unique, key=lambda f: (order.get(f.file, len(order)), f.line or 0)):
        counted[fault.file] = counted.get(fault.file, 0) + 1
        if counted[fault.file] <= MOST_FAULTS:
            yield _printable(fault)
    for name, count in counted.items():
        if count > MOST_FAULTS:
            yield Fault(
                file=name,
                found=f"{count:,} faults, of which the first {MOST_FAULTS} are listed",
                expected="none",
                hint="So many often have one cause; repair it and check again.",
            )


def _printable(fault: Fault) -> Fault:
    """The fault with what could disturb a terminal escaped: a file's text may be in its words."""
    if str(fault).isprintable():
        return fault
    return replace(
        fault,
        file=_escaped(fault.file),
        field=_escaped(fault.field),
        where=_escaped(fault.where),
        found=_escaped(fault.found),
        expected=_escaped(fault.expected),
        hint=_escaped(fault.hint),
    )


@overload
def _escaped(text: str) -> str: ...
@overload
def _escaped(text: None) -> None: ...
def _escaped(text: str | None) -> str | None:
    if text is None:
        return None
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
