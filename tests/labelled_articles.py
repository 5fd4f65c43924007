"""Articles of our own with a label on each sentence, and how well the finder does on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from weigh.audit.claims import Vocabulary, find_claims
from weigh.evidence.article import Article, Block, BlockKind, Sentence, Span
from weigh.evidence.claim import CausalClass, Claim, ClaimType

FOLDER = Path(__file__).parent / "data" / "audit"
_KINDS = {
    "heading": BlockKind.HEADING,
    "paragraph": BlockKind.PARAGRAPH,
    "list": BlockKind.LIST_ITEM,
    "table": BlockKind.TABLE_CELL,
    "question": BlockKind.QUESTION,
}


@dataclass(frozen=True)
class Label:
    """What a person said of a sentence; `type` is None where it is not check-worthy."""

    span: Span
    type: ClaimType | None
    strength: CausalClass | None


@dataclass(frozen=True)
class Labelled:
    name: str
    use: str
    article: Article
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Score:
    """Counts over labelled sentences and found claims."""

    worthy: int
    found: int
    flagged: int
    unlabelled: int
    strengths: int
    right_strength: int
    right_type: int
    others: int
    others_flagged: int

    def __add__(self, other: Score) -> Score:
        mine, theirs = vars(self), vars(other)
        return Score(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def recall(self) -> float:
        return self.found / self.worthy

    @property
    def unlabelled_share(self) -> float:
        return self.unlabelled / self.flagged

    @property
    def others_flagged_share(self) -> float:
        return self.others_flagged / self.others

    @property
    def strength_accuracy(self) -> float:
        return self.right_strength / self.strengths

    @property
    def type_accuracy(self) -> float:
        return self.right_type / self.strengths


def labelled_articles(use: str) -> list[Labelled]:
    """Every article of ``tests/data/audit`` that is for development, or that is held back."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return [labelled for labelled in found if labelled.use == use]


def score(labelled: Labelled, claims: Sequence[Claim] | None = None) -> Score:
    """Hold the finder's claims against the labels: a label is found when a claim overlaps it."""
    article = labelled.article
    if claims is None:
        claims = find_claims(article, Vocabulary.from_article(article))
    spans = [(place, claim) for claim in claims for place in claim.places]
    worthy = [label for label in labelled.labels if label.type is not None]
    others = [label for label in labelled.labels if label.type is None]
    met = {
        label: [claim for place, claim in spans if place.overlaps(label.span)] for label in worthy
    }
    found = [label for label in worthy if met[label]]
    missed = [
        place for place, _ in spans if not any(place.overlaps(label.span) for label in worthy)
    ]
    return Score(
        worthy=len(worthy),
        found=len(found),
        flagged=len(spans),
        unlabelled=len(missed),
        strengths=len(found),
        right_strength=sum(
            max((c.strength for c in met[label]), key=lambda s: s.rank) is label.strength
            for label in found
        ),
        right_type=sum(any(c.is_about(label.type) for c in met[label]) for label in found),
        others=len(others),
        others_flagged=sum(any(place.overlaps(o.span) for place, _ in spans) for o in others),
    )


def _read(path: Path) -> Labelled:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = document["title"] + "\n\n"
    blocks = [Block(kind=BlockKind.TITLE, span=Span(0, len(document["title"])))]
    sentences: list[Sentence] = []
    labels: list[Label] = []
    headings: tuple[str, ...] = ()
    for kind, row, lines in _lines(document["blocks"]):
        start = len(text)
        spans = []
        for label, words in lines:
            span = Span(len(text), len(text) + len(words))
            text += words + " "
            spans.append(span)
            labels.append(_label(span, label))
        if kind is BlockKind.HEADING:
            headings = (text[start:].strip(),)
        blocks.append(
            Block(
                kind=kind,
                span=Span(start, len(text) - 1),
                headings=() if kind is BlockKind.HEADING else headings,
                row=row,
            )
        )
        sentences += [Sentence(span=span, block=len(blocks) - 1) for span in spans]
        text += "\n\n"
    article = Article(
        source=path.name,
        format="text",
        sha256="",
        title=document["title"],
        text=text,
        language="en",
        blocks=tuple(blocks),
        sentences=tuple(sentences),
    )
    return Labelled(path.stem, document["use"], article, tuple(labels))


def _lines(
    blocks: Sequence[dict[str, Any]],
) -> Iterator[tuple[BlockKind, str | None, list[tuple[str, str]]]]:
    for block in blocks:
        ((name, body),) = block.items()
        kind = _KINDS[name]
        if isinstance(body, str):
            yield kind, None, [("-", body)]
        elif name == "table":
            for row in body:
                for cell in row["cells"]:
                    yield kind, row["row"], [tuple(cell)]
        elif name == "list":
            for item in body:
                yield kind, None, [tuple(item)]
        else:
            yield kind, None, [tuple(line) for line in body]


def _label(span: Span, label: str) -> Label:
    if label == "-":
        return Label(span, None, None)
    type_, strength = label.split()
    return Label(span, ClaimType(type_), CausalClass(strength))
