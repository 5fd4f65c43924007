"""The table of contents: which sections an answer has, in the order of the page, by stable id."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.answer import Answer

__all__ = ["Section", "contents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: its id, which links from elsewhere may rely on, and its heading."""

    id: str
    title: str


def contents(answer: Answer) -> tuple[Section, ...]:
    """The sections that the page has; one with nothing to say is left out."""
    listed = (
        ("summary", "Quick summary", True),
        ("key-points", "Key points", bool(answer.key_points)),
        ("background", "Background", bool(answer.background)),
        ("trials", "What the studies show", True),
        ("findings", "Summary of findings", bool(answer.comparisons or answer.not_measured)),
        ("forms", "Forms compared", bool(answer.forms.rows)),
        ("doses", "Doses on a curve", bool(answer.doses)),
        ("times", "Several time points together", bool(answer.times)),
        ("mechanisms", "How it might work", _has_mechanisms(answer)),
        ("risks", "Risks and interactions", True),
        ("groups", "Who was studied, and who was not", bool(answer.subgroups or answer.residual)),
        ("flips", "What would change this answer", bool(answer.flips or answer.flips_statements)),
        ("gaps", "What is not known", bool(answer.gaps)),
        ("alternatives", "What else is done", bool(answer.alternatives)),
        ("other-views", "What others concluded", bool(answer.other_views)),
        ("conclusion", "Conclusion", bool(answer.conclusion)),
        ("questions", "Questions and answers", bool(answer.faq)),
        ("references", "References", bool(answer.references)),
        ("methods", "Methods", True),
        ("disclaimer", "Disclaimer", True),
        ("sources", "Where each number comes from", True),
    )
    return tuple(Section(id=name, title=title) for name, title, there in listed if there)


def _has_mechanisms(answer: Answer) -> bool:
    held = answer.mechanisms
    return bool(held.edges or held.paths or held.statements)
