"""No orphan numbers: every figure in a statement stands inside a mark that leads to a source."""

from __future__ import annotations

import re

from weigh.evidence.statement import Phrase, Statement
from weigh.evidence.trace import Trace, TraceBuilder

#: A run of digits with what belongs to it: 12, 10,000, 0.05, .05, 95%.
_FIGURE = re.compile(r"[.]?\d[\d.,]*%?")

#: Words that make a number of what stands before their hyphen: an 8-week trial, 7-fold.
_COUNTED = re.compile(r"-(?:week|day|month|year|hour|point|fold|person|arm|centre|to-)")

#: Names that end in a number which counts nothing.
_NAMED = re.compile(r"\b(?:[Tt]ype|[Pp]hase|RoB|ROBINS-I V|[Ff]actor|[Oo]mega)[ -]\d+\b")


def figures(text: str) -> list[tuple[int, int]]:
    """Return where numbers stand; digits inside names (K2-7, B12, 12-lipoxygenase) are none."""
    named = [match.span() for match in _NAMED.finditer(text)]
    found = []
    for match in _FIGURE.finditer(text):
        start, end = match.span()
        end -= len(match.group()) - len(match.group().rstrip(".,"))
        if any(low <= start < high for low, high in named):
            continue
        before = re.search(r"[^\s()\[\]/=<>≤≥:;,“”–−+±~]*$", text[:start])
        if before is not None and any(c.isalpha() for c in before.group()):
            continue  # the digits go on from a letter: B12, K2-7, Gas6
        after = re.match(r"-[A-Za-z]+", text[end:])
        if after is not None and _COUNTED.match(text[end:]) is None:
            continue  # 12-lipoxygenase
        found.append((start, end))
    return found


def orphan_numbers(statement: Statement | Phrase, trace: Trace | TraceBuilder) -> list[str]:
    """Return each number without a way back to a source, and each mark that leads nowhere.

    A mark's node must be in the trace and rest on data that have a source or are marked assumed.
    Data of the question itself (ids that begin with ``question.``) are asked and not found, and
    need no source. An empty list means that the statement is sound.
    """
    known = trace.build() if isinstance(trace, TraceBuilder) else trace
    text = statement.text
    faults = [
        f"{text[start:end]!r} at {start} stands outside every mark in {text!r}"
        for start, end in figures(text)
        if not any(mark.start <= start and end <= mark.end for mark in statement.marks)
    ]
    faults += [
        f"a mark of {mark.node!r} lies outside {text!r}"
        for mark in statement.marks
        if not 0 <= mark.start < mark.end <= len(text)
    ]
    for node in statement.because:
        if node not in known:
            faults.append(f"{node!r} is not in the trace")
            continue
        data = known.data(node)
        if not data:
            faults.append(f"{node!r} rests on no datum")
        faults += [
            f"{datum.id!r} (under {node!r}) has no source and is not marked assumed"
            for datum in data
            if datum.source is None and not datum.assumed and not datum.id.startswith("question.")
        ]
    return faults


#: What a proof-reader would strike, wherever it stands.
_STRUCK = re.compile(r"\.\.|  | [,;:]| \.(?!\d)|\(\(|\.\)\.|[;:,]\.|\( | \)|\(\)")

#: Words that the page never says in its own voice.
_BANNED = re.compile(r"\b(proven|promising|significant|significantly|safe|subjects|trend)\b")


def wording_faults(text: str) -> list[str]:
    """Return what a proof-reader would strike: doubled stops and spaces, a small first letter.

    Words inside quotation marks are the source's own, and may be of any kind.
    """
    if not text:
        return ["an empty statement"]
    faults = [f"{match.group()!r} in {text!r}" for match in _STRUCK.finditer(text)]
    if text[0] != text[0].upper():
        faults.append(f"no capital first: {text!r}")
    if not text.endswith((".", "?", "!", ".”", ".)")):
        faults.append(f"no full stop: {text!r}")
    own = re.sub(r"“[^”]*”", "", text)
    return faults + [f"{match.group()!r} in {text!r}" for match in _BANNED.finditer(own)]
