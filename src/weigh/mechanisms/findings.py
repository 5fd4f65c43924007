"""One finding in words: in what it was seen, what did what, how much, under which conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from weigh.evidence.cells import edge_cell
from weigh.evidence.folder import Evidence
from weigh.evidence.mechanism import MechanismEdge, MechanismLevel, Relation
from weigh.evidence.phrasing import (
    mentions,
    name_of,
    sentence,
    text_cell,
    trimmed,
    uncapitalised,
)
from weigh.evidence.question import Question
from weigh.evidence.statement import Part, Phrase, join, say
from weigh.evidence.trace import TraceBuilder
from weigh.mechanisms.graph import intervention_names, is_intervention

__all__ = ["LEVEL_WORDS", "action", "finding_words", "object_name", "remarks", "subject_name"]

LEVEL_WORDS: Mapping[MechanismLevel, str] = MappingProxyType(
    {
        "human": "in people",
        "animal": "in animal studies",
        "in-vitro": "in cell or test-tube studies",
    }
)

# In the past tense: what was seen once, and no rule; it also fits subjects of either number.
_ACTIONS: Mapping[Relation, str] = MappingProxyType(
    {
        "increases": "{subject} raised {object}",
        "decreases": "{subject} lowered {object}",
        "activates": "{subject} activated {object}",
        "inhibits": "{subject} held back {object}",
        "converts": "{subject} turned into {object}",
        "required-for": "{object} needed {subject}",
        "correlates-with": "{subject} went together with {object}",
        "no-effect": "{subject} did not change {object}",
    }
)


def finding_words(
    trace: TraceBuilder, evidence: Evidence, edge: MechanismEdge, *, contrary: bool = False
) -> Phrase:
    """The core sentence of a finding, without a full stop.

    ``In cell or test-tube studies (skin cells; 5 mM for 3 h), brine lowered the
    activity of the channel: 20% less``. With `contrary` it begins ``by contrast``.
    """
    subject = subject_name(trace, evidence.question, edge)
    object_ = object_name(trace, edge)
    setting = _setting(trace, edge)
    node = edge_cell(trace, edge)
    if edge.relation == "not-tested":
        return say(
            "whether {subject} affects {object}{setting} has not been tested, as far as this "
            "evidence base goes",
            subject=subject,
            object=object_,
            setting=setting,
            rests_on=[node],
        ).capitalised()
    if edge.relation == "result-not-seen":
        return say(
            "what {subject} does to {object} was measured {level}{setting}, but the result was "
            "not available",
            subject=subject,
            object=object_,
            level=LEVEL_WORDS[edge.level],
            setting=setting,
            rests_on=[node],
        ).capitalised()
    return say(
        "{contrast}{level}{setting}, {action}{effect}",
        contrast="by contrast, " if contrary else "",
        level=LEVEL_WORDS[edge.level],
        setting=setting,
        action=action(edge.relation, subject, object_),
        effect=_after_colon(trace, edge),
        rests_on=[node],
    ).capitalised()


def action(relation: Relation, subject: Part, object_: Part) -> Phrase:
    """Subject, verb and object of a finding."""
    return say(_ACTIONS[relation], subject=subject, object=object_)


def remarks(
    trace: TraceBuilder, question: Question, edge: MechanismEdge, common: frozenset[str]
) -> Phrase | None:
    """What else the folder says of a finding: the details, and its bearing on the question."""
    parts = []
    forms = _forms_at_head(question, edge)
    if edge.detail is not None and not (forms is not None and forms.whole):
        detail = uncapitalised(edge.detail, common)
        parts.append(sentence(say("In detail: {text}", text=_field(trace, edge, "detail", detail))))
    if edge.bearing is not None:
        parts.append(sentence(_field(trace, edge, "bearing", edge.bearing)))
    return join(parts) if parts else None


def subject_name(trace: TraceBuilder, question: Question, edge: MechanismEdge) -> Part:
    """The subject: the intervention goes by the form that was tested, where the detail names it.

    A detail that begins with the name of a form (``sea brine, 200 ml a day``) says which it was.
    """
    forms = _forms_at_head(question, edge)
    if forms is None:
        return name_of(trace, f"mechanisms.{edge.id}.subject", edge, "subject", edge.subject)
    return name_of(
        trace, f"mechanisms.{edge.id}.detail", edge, "detail", edge.detail or "", shown=forms.shown
    )


def object_name(trace: TraceBuilder, edge: MechanismEdge) -> Part:
    """The object, by the name of its node."""
    return name_of(trace, f"mechanisms.{edge.id}.object", edge, "object", edge.object)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The form, or two, that a detail begins with; `whole` where it says nothing more."""

    shown: str
    whole: bool


def _forms_at_head(question: Question, edge: MechanismEdge) -> _Forms | None:
    if edge.detail is None or not is_intervention(edge.subject, intervention_names(question)):
        return None
    names = {
        known.lower(): form.name for form in question.forms for known in (form.name, *form.synonyms)
    }
    if not names:
        return None
    # The longest name first, so that "A-2" is not read as "A".
    one = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    head = re.match(rf"({one})(?:( or | and )({one}))?(?![\w-])", edge.detail, flags=re.IGNORECASE)
    if head is None:
        return None
    first, link, second = head.groups()
    held = [names[first.lower()]] + ([names[second.lower()]] if second else [])
    # Where the object is a form itself, the detail may speak of that one.
    if any(mentions(edge.object, [name]) for name in held):
        return None
    return _Forms((link or "").join(held), head.group() == trimmed(edge.detail))


def _setting(trace: TraceBuilder, edge: MechanismEdge) -> Part:
    """System and conditions in parentheses; their own parentheses become square brackets."""
    parts = [
        _field(trace, edge, field, _inner(text))
        for field, text in (("system", edge.system), ("conditions", edge.conditions))
        if text is not None
    ]
    return say(" ({parts})", parts=join(parts, "; ")) if parts else ""


def _after_colon(trace: TraceBuilder, edge: MechanismEdge) -> Part:
    if edge.effect is None:
        return ""
    return say(": {effect}", effect=_field(trace, edge, "effect", trimmed(edge.effect)))


def _inner(text: str) -> str:
    return trimmed(text).replace("(", "[").replace(")", "]")


def _field(trace: TraceBuilder, edge: MechanismEdge, field: str, shown: str) -> Part:
    text = getattr(edge, field)
    return text_cell(trace, f"mechanisms.{edge.id}.{field}", edge, field, text, shown=shown)
