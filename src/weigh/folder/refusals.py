"""What the nouns refuse, in plain words: limits, patterns, and rules over several fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from weigh.folder.tree import NUMBER, Listing, Mapping, Node, Scalar

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Location", "Refusal", "field_path", "refusal"]

#: Keys and positions from the top of a document to a value in it.
Location: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a value is refused, where it stands in the document and on which line."""

    line: int
    loc: Location
    found: str
    expected: str
    hint: str | None = None


def field_path(loc: Location) -> str:
    """``("arms", 0, "dose")`` as ``arms[0].dose``."""
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def refusal(problem: ErrorDetails, root: Node) -> Refusal:
    """Explain one finding of the schema.

    Parameters
    ----------
    problem
        What pydantic found.
    root
        The node that the document was made from.
    """
    loc = problem["loc"]
    if problem["type"] == "missing":
        # Of a list with a fixed number of entries, named by the first that is not there.
        loc = loc[:-1]
    line, value = _place(root, loc)
    found = _shown(value)
    limits: dict[str, Any] = problem.get("ctx", {})
    match problem["type"]:
        case "string_pattern_mismatch":
            expected, hint = _PATTERNS.get(limits.get("pattern", ""), ("another text", None))
            return Refusal(line=line, loc=loc, found=found, expected=expected, hint=hint)
        case "string_too_short":
            return Refusal(
                line=line, loc=loc, found="an empty text", expected="some text, or no such field"
            )
        case "string_too_long":
            expected = f"at most {limits['max_length']} characters"
            return Refusal(line=line, loc=loc, found=found, expected=expected)
        case "greater_than":
            return Refusal(
                line=line, loc=loc, found=found, expected=f"a number above {limits['gt']:g}"
            )
        case "greater_than_equal":
            return Refusal(line=line, loc=loc, found=found, expected=f"{limits['ge']:g} or more")
        case "less_than":
            return Refusal(
                line=line, loc=loc, found=found, expected=f"a number below {limits['lt']:g}"
            )
        case "less_than_equal":
            return Refusal(line=line, loc=loc, found=found, expected=f"{limits['le']:g} or less")
        case "too_short":
            expected = f"at least {limits['min_length']}"
            return Refusal(line=line, loc=loc, found=_length(value), expected=expected)
        case "missing" | "too_long":
            # The window and the scale have two entries.
            return Refusal(
                line=line,
                loc=loc,
                found=_length(value),
                expected="two numbers: the lowest and the highest",
            )
        case "value_error" if problem["msg"].endswith(_NO_CRITICAL):
            line, _ = _place(root, ("outcomes",))
            return Refusal(
                line=line,
                loc=("outcomes",),
                found="no outcome with `importance: critical`",
                expected="at least one, as the verdict rests on it",
            )
        case _:
            said = problem["msg"].removeprefix("Value error, ")
            found, _, expected = said.partition("; ")
            return Refusal(
                line=line, loc=loc, found=found, expected=expected or "a value that fits"
            )


#: The end of what `weigh.evidence.question` says of a question without a critical outcome.
_NO_CRITICAL = "the verdict rests on at least one"

_PATTERNS: dict[str, tuple[str, str | None]] = {
    r"\S": ("some text, or no such field", None),
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": (
        "an id: letters a to z, digits, hyphens and underscores, with no space",
        None,
    ),
    r"^(\*|[A-Za-z0-9][A-Za-z0-9_-]*)$": ("the id of an outcome, or * for all of them", None),
    r"^\d{4}-\d{2}-\d{2}$": ("a date written as year-month-day: 2026-11-23", None),
}


def _place(root: Node, loc: Location) -> tuple[int, Node]:
    """The line of the value at a path, and the deepest node on the way to it."""
    node, line = root, root.line
    for step in loc:
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = next((entry for entry in node.entries if entry.key == step), None)
            if entry is None:
                break
            node, line = entry.value, entry.line
        elif isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            break
    return line, node


def _shown(value: Node) -> str:
    if isinstance(value, Scalar):
        return (
            f"{value.raw[:60]!r}" if value.quoted or not NUMBER.fullmatch(value.raw) else value.raw
        )
    return _length(value)


def _length(value: Node) -> str:
    if isinstance(value, Listing):
        return {0: "an empty list", 1: "a list of 1"}.get(
            len(value.items), f"a list of {len(value.items)}"
        )
    return "nothing" if not isinstance(value, Mapping) else "a group of fields"
