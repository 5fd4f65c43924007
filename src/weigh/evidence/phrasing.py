"""Grammar that every sentence needs, and words of the folder as marked quantities.

Steps that may not import each other (mechanisms, safety, answer) make sentences by the same rules:
a capital, one full stop, the right number of a noun, each folder text under its own node.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic import BaseModel

from weigh.evidence.document import Document
from weigh.evidence.figures import MINUS, plain
from weigh.evidence.folder import Evidence
from weigh.evidence.statement import Part, Phrase, Quantity, say
from weigh.evidence.trace import TraceBuilder

__all__ = [
    "common_words",
    "mentions",
    "name_of",
    "plural",
    "sentence",
    "slug",
    "small",
    "tally",
    "text_cell",
    "trimmed",
    "true_minus",
    "uncapitalised",
]


def sentence(part: Part) -> Phrase:
    """The words as a sentence of their own: a capital first, one full stop, true minus signs."""
    phrase = say("{words}", words=part).capitalised()
    # A minus sign is as long as a hyphen, so the marks stay true.
    phrase = replace(phrase, text=true_minus(phrase.text))
    text = phrase.text.rstrip()
    if text.endswith((".", "!", "?", ".”", ".)")):
        return phrase
    return say("{words}.", words=phrase)


def trimmed(text: str) -> str:
    """A text of the folder without the full stop at its end, to stand inside a sentence."""
    text = text.strip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def plural(number: float, one: str, many: str | None = None) -> str:
    """The noun in the right number, without the number."""
    if number == 1:
        return one
    return many if many is not None else f"{one}s"


def slug(text: str) -> str:
    """A text as part of an id: ``Heat and salt`` is ``heat-and-salt``."""
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def mentions(text: str, names: Iterable[str]) -> bool:
    """Whether one of the names stands in the text as whole words, in any case."""
    return any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags=re.IGNORECASE) for name in names
    )


def text_cell(
    trace: TraceBuilder,
    node_id: str,
    document: Document,
    column: str,
    text: str,
    *,
    source: str | None = None,
    shown: str | None = None,
) -> Quantity:
    """A text of the folder under a node of its own; its numbers are part of it.

    A hyphen before a number, as data files have it, is shown as the minus sign that it stands for.

    `shown` is how it stands in the sentence, where that differs (a capital, a full stop).
    """
    node = trace.datum(node_id, text, text, of=document, column=column, source=source)
    return Quantity(text=true_minus(shown if shown is not None else text), node=node)


def true_minus(text: str) -> str:
    """The text with a minus sign in place of each hyphen that stands for one."""
    return re.sub(r"(?<![\w)\]–-])-(?=\d)", MINUS, text)


def name_of(
    trace: TraceBuilder,
    node_id: str,
    document: Document,
    column: str,
    text: str,
    *,
    source: str | None = None,
    shown: str | None = None,
) -> Part:
    """A name inside a sentence: plain words, or under its node where it holds a digit."""
    if any(c.isdigit() for c in text):
        return text_cell(trace, node_id, document, column, text, source=source, shown=shown)
    return shown if shown is not None else text


def tally(trace: TraceBuilder, node_id: str, label: str, nodes: Sequence[str]) -> Quantity:
    """How many nodes there are, as a computed node of its own."""
    node = trace.computed(node_id, label, len(nodes), function="count", inputs=tuple(nodes))
    return Quantity(text=plain(len(nodes)), node=node)


def common_words(evidence: Evidence) -> frozenset[str]:
    """Words that the folder itself writes without a capital somewhere: they are not names."""
    documents: list[BaseModel] = [
        evidence.question,
        evidence.safety,
        evidence.background,
        *evidence.studies,
        *evidence.results,
        *evidence.mechanisms,
        *evidence.forms,
        *evidence.trust,
    ]
    return frozenset(
        word
        for document in documents
        for text in _texts(document)
        for word in re.findall(r"(?<![\w-])[a-z]+(?![\w-])", text)
    )


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


def uncapitalised(text: str, words: frozenset[str]) -> str:
    """The text with a small first letter where its first word is not a name.

    A word counts as common where `words` (from `common_words`) has it; all others keep theirs.
    """
    first = re.match(r"([A-Z][a-z]*)(?:-[a-z]+)*(?![\w-])", text)
    if first is None or first.group(1).lower() not in words | _FUNCTION_WORDS:
        return text
    return text[0].lower() + text[1:]


def small(phrase: Phrase, words: frozenset[str]) -> Phrase:
    """The phrase with a small first letter, by the same rule, to stand behind a colon."""
    return replace(phrase, text=uncapitalised(phrase.text, words))


# Words that open a sentence about a study and are never a name.
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about above adults after all also among an and any as at before both by change "
        "changes children direction during each every figures for from given groups healthy in "
        "it its mean means measured men middle more most neither no none nothing numbers of "
        "older on one only over patients people reported results scores seen several some "
        "studies than that the their there these they this those to trials two under volunteers "
        "was were what when where whether which who with within women young",
    )
)
