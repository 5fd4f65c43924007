"""From nodes to documents: each field says what its characters mean, and each slip is told.

The nouns of `weigh.evidence` are the schema. A mapping becomes a document that knows its line; what
a field cannot be is a fault in plain words, at the line of that field.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from weigh.errors import Fault
from weigh.evidence.document import Place, Sourced
from weigh.folder.figures import slip_in_number
from weigh.folder.files import forbidden_character, name_character
from weigh.folder.naming import item_name
from weigh.folder.nearest import nearest
from weigh.folder.refusals import Location, field_path, refusal
from weigh.folder.tree import (
    FLAGS,
    NUMBER,
    WHOLE,
    Entry,
    Listing,
    Mapping,
    Node,
    Scalar,
    plain_value,
)

__all__ = ["Dialect", "Settled", "columns_of", "required_columns", "settle"]

Dialect = Literal["yaml", "json", "csv"]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Generic[Model]):
    """A document, or None where the faults leave none."""

    document: Model | None
    faults: tuple[Fault, ...]


def settle(
    model: type[Model],
    node: Node,
    *,
    file: str,
    dialect: Dialect,
    where: str | None = None,
) -> Settled[Model]:
    """Make a document of a node.

    Parameters
    ----------
    model
        What the document is.
    node
        What was written.
    file, dialect
        Name and kind of the file.
    where
        The item in the reader's words, for faults.

    Returns
    -------
    Settled
        The document may be there although a field that can be absent has a fault.
    """
    work = _Settler(file=file, dialect=dialect, where=where)
    value = work.group(model, node, ())
    document: Model | None = None
    if isinstance(value, dict):
        try:
            document = model.model_validate(value)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False):
                if problem["loc"] not in work.told:
                    told = refusal(problem, node)
                    work.fault(told.line, told.loc, told.found, told.expected, told.hint)
    return Settled(document=document, faults=tuple(work.faults))


# --- what a field may hold -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a field holds: `name`, and for lists, groups and choices of what."""

    name: Literal["text", "number", "count", "flag", "choice", "list", "group", "any"]
    items: _Kind | None = None
    model: type[BaseModel] | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field under the name that stands in files."""

    name: str
    kind: _Kind
    required: bool


@cache
def _fields(model: type[BaseModel]) -> dict[str, _Field]:
    return {
        info.alias or name: _Field(
            name=info.alias or name, kind=_kind(info.annotation), required=info.is_required()
        )
        for name, info in _declared(model)
    }


def _declared(model: type[BaseModel]) -> Iterable[tuple[str, FieldInfo]]:
    """The fields of files in reading order: what a document says, then where that comes from."""
    declared = [(name, info) for name, info in model.model_fields.items() if name != "place"]
    return sorted(declared, key=lambda field: field[0] in Sourced.model_fields)


def _kind(annotation: Any) -> _Kind:
    origin = get_origin(annotation)
    args = get_args(annotation)
    if origin is Annotated:
        return _kind(args[0])
    if origin in (Union, types.UnionType):
        return _kind(next(arg for arg in args if arg is not type(None)))
    if origin is Literal:
        return _Kind(name="choice", choices=tuple(map(str, args)))
    if origin is tuple:
        return _Kind(name="list", items=_kind(args[0]))
    if not isinstance(annotation, type):
        return _Kind(name="any")
    if issubclass(annotation, BaseModel):
        return _Kind(name="group", model=annotation)
    if issubclass(annotation, Enum):
        return _Kind(name="choice", choices=tuple(str(member.value) for member in annotation))
    if issubclass(annotation, str):
        return _Kind(name="text")
    if issubclass(annotation, bool):
        return _Kind(name="flag")
    if issubclass(annotation, int):
        return _Kind(name="count")
    return _Kind(name="number") if issubclass(annotation, float) else _Kind(name="any")


def columns_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The columns of a CSV file whose rows are these documents."""
    return tuple(_fields(model))


def required_columns(model: type[BaseModel]) -> tuple[str, ...]:
    """Those of its columns that must be in the header; cells may still be empty where allowed."""
    return tuple(name for name, held in _fields(model).items() if held.required)


# --- the walk ------------------------------------------------------------------------------------

#: Words of other places that people bring along.
_ALSO_CALLED = {
    "unclear": "RoB 1's “unclear” is written some_concerns; use no_information where the report "
    "says nothing.",
    "randomized": "A randomised trial is an rct.",
    "randomised": "A randomised trial is an rct.",
    "observational": "Say which kind: cohort, case-control, cross-sectional or before-after.",
}

#: What takes the place of a value that is a fault: nothing that could be mistaken for one.
_FAULTY = None


@dataclass(slots=True)
class _Settler:
    """One walk over one node; `told` are the paths whose faults need no second telling."""

    file: str
    dialect: Dialect
    where: str | None
    root: Node | None = None
    faults: list[Fault] = field(default_factory=list)
    told: set[Location] = field(default_factory=set)

    def fault(
        self, line: int, loc: Location, found: str, expected: str, hint: str | None = None
    ) -> None:
        self.faults.append(
            Fault(
                file=self.file,
                line=line,
                field=field_path(loc) or None,
                where=self.where or self._entry(loc),
                found=found,
                expected=expected,
                hint=hint,
            )
        )
        self.told.add(loc)

    def _entry(self, loc: Location) -> str | None:
        """The name of the entry of a list that a path leads through: ``outcomes[0]`` is sleep."""
        listed = self.root.get(str(loc[0])) if loc and isinstance(self.root, Mapping) else None
        if not isinstance(listed, Listing) or len(loc) < 2 or not isinstance(loc[1], int):
            return None
        return item_name(self.file, listed.items[loc[1]]) if loc[1] < len(listed.items) else None

    def group(self, model: type[BaseModel], node: Node, loc: Location) -> Any:
        """The values of a mapping by field, ready for the model."""
        if self.root is None:
            self.root = node
        if not isinstance(node, Mapping):
            names = ", ".join(list(_fields(model))[:4])
            self.fault(node.line, loc, _shape(node), f"a group of fields ({names} …)")
            return _FAULTY
        fields = _fields(model)
        values: dict[str, Any] = {"__place__": Place(file=self.file, line=node.line)}
        for entry in node.entries:
            known = fields.get(entry.key)
            if known is None:
                self._unknown(model, fields, entry, loc, values)
            elif not self._absent(entry.value):
                values[entry.key] = self._value(known.kind, entry.value, (*loc, entry.key))
        for name, held in fields.items():
            if held.required and name not in values and (*loc, name) not in self.told:
                line = next((e.line for e in node.entries if e.key == name), node.line)
                expected = f"{_words(held.kind)}; it is required"
                self.fault(line, (*loc, name), "nothing", expected)
        if issubclass(model, Sourced) and "source" not in values and not values.get("assumed"):
            self._no_source(node, loc)
        return values

    def _absent(self, value: Node) -> bool:
        # In a CSV file an empty cell has no entry, and `null` would be a word like another.
        return self.dialect != "csv" and isinstance(value, Scalar) and value.is_nothing

    def _unknown(
        self,
        model: type[BaseModel],
        fields: dict[str, _Field],
        entry: Entry,
        loc: Location,
        values: dict[str, Any],
    ) -> None:
        if model.model_config.get("extra") == "allow" and entry.key not in ("place", "__place__"):
            values[entry.key] = plain_value(entry.value)
            return
        near = nearest(entry.key, fields)
        if near:
            # A required field with a slip in its name is not missing besides.
            self.told.add((*loc, near))
        self.fault(
            entry.line,
            (*loc, entry.key[:60]),
            "a field that weigh does not know",
            "one of its fields" if near else f"one of {', '.join(fields)}",
            f"Did you mean {near}?" if near else None,
        )

    def _no_source(self, node: Mapping, loc: Location) -> None:
        self.fault(
            node.line,
            loc,
            "no source",
            "`source` with the id of an entry of references.json, or `assumed` set to true where "
            "no source gives it",
        )

    def _value(self, kind: _Kind, node: Node, loc: Location) -> Any:
        if kind.name == "any":
            return plain_value(node)
        if kind.name == "group" and kind.model is not None:
            return self.group(kind.model, node, loc)
        if kind.name == "list" and kind.items is not None:
            return self._list(kind, kind.items, node, loc)
        if not isinstance(node, Scalar):
            hint = None
            if kind.name in ("text", "choice") and isinstance(node, Mapping):
                hint = "If a colon belongs to the text, put the text in quotes."
            self.fault(node.line, loc, _shape(node), _words(kind), hint)
            return _FAULTY
        return self._scalar(kind, node, loc)

    def _list(self, kind: _Kind, items: _Kind, node: Node, loc: Location) -> Any:
        if not isinstance(node, Listing):
            hint = (
                "Write each item on a line of its own after a hyphen and a space, or all in [ ]."
                if self.dialect == "yaml"
                else None
            )
            found = _quoted(node) if isinstance(node, Scalar) else _shape(node)
            self.fault(node.line, loc, found, _words(kind), hint)
            return _FAULTY
        values: list[Any] = []
        for index, item in enumerate(node.items):
            here = (*loc, index)
            if self._absent(item):
                self.fault(item.line, here, "nothing", _words(items), "Fill it in or delete it.")
                values.append(_FAULTY)
            else:
                values.append(self._value(items, item, here))
        return values

    def _scalar(self, kind: _Kind, node: Scalar, loc: Location) -> Any:
        bad = forbidden_character(node.raw)
        if bad is not None:
            self.fault(
                node.line,
                loc,
                f"the invisible character {name_character(bad)}",
                "text without control characters",
            )
            return _FAULTY
        match kind.name:
            case "text":
                return node.raw
            case "choice":
                return self._choice(kind, node, loc)
            case "flag":
                if not node.quoted and node.raw in FLAGS:
                    return FLAGS[node.raw]
                self.fault(node.line, loc, _quoted(node), "true or false")
                return _FAULTY
            case _:
                return self._number(kind, node, loc)

    def _choice(self, kind: _Kind, node: Scalar, loc: Location) -> Any:
        if node.raw in kind.choices:
            return node.raw
        alike = node.raw.strip().lower().replace(" ", "_")
        same = (choice for choice in kind.choices if choice.replace("-", "_") == alike)
        near = next(same, None) or nearest(node.raw, kind.choices)
        hint = _ALSO_CALLED.get(node.raw.strip().lower())
        if hint is None and near is not None:
            hint = f"Did you mean {near}?"
        self.fault(node.line, loc, _quoted(node), _words(kind), hint)
        return _FAULTY

    def _number(self, kind: _Kind, node: Scalar, loc: Location) -> Any:
        whole = kind.name == "count"
        # Reference managers write the years of CSL-JSON in quotes.
        quoted = node.quoted and self.dialect != "json"
        if quoted and NUMBER.fullmatch(node.raw):
            kind_words = _words(kind)
            self.fault(
                node.line, loc, f"{node.raw!r} in quotes", f"{kind_words} without quotation marks"
            )
            return _FAULTY
        raw = node.raw
        if whole and self.dialect == "csv" and NUMBER.fullmatch(raw):
            # Programs that know only decimals write 12 people as 12.0.
            head, _, tail = raw.partition(".")
            raw = head if not tail.strip("0") else raw
        if whole and WHOLE.fullmatch(raw):
            return int(raw)
        if not whole and NUMBER.fullmatch(raw):
            value = float(raw)
            if value - value == 0.0:
                return value
            self.fault(node.line, loc, _quoted(node), "a number that a computer can hold")
            return _FAULTY
        slip = slip_in_number(raw, whole=whole, csv=self.dialect == "csv")
        self.fault(node.line, loc, *slip)
        return _FAULTY


def _shape(node: Node) -> str:
    if isinstance(node, Scalar):
        return _quoted(node)
    return "a list" if isinstance(node, Listing) else "a group of fields"


def _quoted(node: Scalar) -> str:
    return f"{node.raw[:60]!r}" + ("…" if len(node.raw) > 60 else "")


def _words(kind: _Kind) -> str:
    """What a kind is called in a message."""
    match kind.name:
        case "choice":
            return f"one of {', '.join(kind.choices)}" if len(kind.choices) > 1 else kind.choices[0]
        case "list":
            return "a list"
        case "group":
            return "a group of fields"
        case "number":
            return "a number"
        case "count":
            return "a whole number"
        case "flag":
            return "true or false"
        case _:
            return "text"
