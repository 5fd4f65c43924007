"""Rules on safety: SAFETY, and what a warning rests on."""

from __future__ import annotations

import re

from weigh.audit.judging.bearing import points
from weigh.audit.judging.case import Case
from weigh.audit.linking.units import study_weeks
from weigh.evidence.audit import AuditVerdict, Firing, Severity
from weigh.evidence.cells import people
from weigh.evidence.claim import ClaimDirection, CueKind
from weigh.evidence.comparison import Comparison
from weigh.evidence.statement import Quantity
from weigh.evidence.study import Study

__all__ = ["asserts_safety", "denies_interaction", "harm_shown", "safety"]

_SAFE = re.compile(
    r"\b(?:safe(?:ly)?|risk[- ]free|harmless|non-?toxic"
    r"|(?:establish\w*|confirm\w*|demonstrat\w*|prove[ns]?|show[ns]?|good|excellent|favou?rable)"
    r"\b.{0,30}\bsafety"
    r"|no (?:known |serious |reported )?(?:side effects?|adverse (?:effects?|events?|reactions?)|"
    r"risks?|toxicity)"
    r"|(?:free (?:of|from)|without) (?:side effects?|risks?|adverse (?:effects?|events?)))\b",
    re.IGNORECASE,
)
_TOLERATED = re.compile(
    r"\b(?:well[- ]tolerated|tolerat(?:ed|es|ion)|tolerability)\b", re.IGNORECASE
)
_BOUND = re.compile(
    r"\b(?:in|by|during|across) (?:the |these |this |clinical |one |a |several |all |most |our )*"
    r"(?:stud(?:y|ies)|trials?|research|participants|patients)\b|\bno adverse events were\b",
    re.IGNORECASE,
)
_INTERACTION = re.compile(
    r"\b(?:no|not|never|doesn['’]t|does not|without) (?:\w+ ){0,4}"
    r"(?:interact\w*|interfer\w*)",
    re.IGNORECASE,
)


def asserts_safety(case: Case) -> re.Match[str] | None:
    """The words by which a claim says that it is safe or well tolerated; None where it does not."""
    text = case.claim.text
    if case.direction is ClaimDirection.HARM:
        return None
    if re.search(
        r"\b(?:not|isn['’]t|may not be|un)\s*(?:be |always |necessarily |entirely )?safe\b|unsafe|"
        r"safer? (?:dose|limit|upper)|is it safe|safety (?:is|remains|has not|data|concerns)|"
        r"(?:evidence|studies|data|research) (?:\w+ )?(?:on|about|of) (?:its |the )?(?:\w+ )?"
        r"safety",
        text,
        re.IGNORECASE,
    ):
        return None
    return _SAFE.search(text) or _TOLERATED.search(text)


def denies_interaction(case: Case) -> bool:
    """Whether a claim says that there is no interaction."""
    return _INTERACTION.search(case.claim.text) is not None


def harm_shown(case: Case) -> Comparison | None:
    """A linked comparison of a harm whose interval lies on the side of harm."""
    for comparison in case.ground.answer.comparisons:
        harmful = comparison.outcome.role == "harm" and comparison.direct
        if harmful and points(comparison) == "harm" and comparison.pooled is not None:
            return comparison
    return None


def safety(case: Case) -> Firing | None:
    """SAFETY: "safe" from few people, a short time, or where harms were not counted.

    Major for "safe", minor for "well tolerated" or where the words keep to the studies. With no
    event among n people, up to 3 in n may still be harmed (rule of three). Source: ICH E1.
    """
    said = asserts_safety(case)
    if said is None or not case.ground.in_scope(case.claim, case.article):
        return None
    studies = case.studies or tuple(
        s for s in case.ground.evidence.studies if s.directness.level == "direct"
    )
    if not studies:
        return None
    cells = [cell for study in studies if (cell := people(case.trace, study)) is not None]
    nodes = [cell.node for cell in cells]
    watched = sum(_number(case, cell) for cell in cells)
    for comparison in case.ground.answer.comparisons:
        counted = comparison.outcome.role == "harm" and comparison.direct and not case.studies
        if counted and comparison.people > watched and "people" in comparison.nodes:
            watched, nodes = comparison.people, [comparison.nodes["people"]]
    longest = max((max(study_weeks(s), default=0.0) for s in studies), default=0.0)
    reported = [study for study in studies if _counts_harms(case, study)]
    few = watched < case.settings.watched
    brief = longest < case.settings.long_term_weeks
    harm = None if case.studies else harm_shown(case)
    caution = None if case.studies else _known_harm(case)
    if not few and not brief and reported and harm is None and caution is None:
        return None
    if re.search(r"\d", said.group()):
        return None
    boosted = bool(case.claim.cues_of(CueKind.BOOSTER))
    tolerated = _TOLERATED.fullmatch(said.group()) is not None
    bound = _BOUND.search(case.claim.text) is not None and not boosted
    absolute = _ABSOLUTE.search(case.claim.text) is not None
    mild = tolerated or bound or not (few or brief or not reported or harm is not None)
    severity: Severity = "minor" if mild and not boosted and not absolute else "major"
    total = case.trace.computed(
        f"audit.{case.claim.id}.watched",
        "people in the studies that bear on this",
        watched,
        function="sum",
        inputs=nodes,
    )
    start = case.claim.span.start + said.start()
    trigger = type(case.claim.span)(start, start + len(said.group()))
    why = []
    if harm is not None:
        why.append("harms came more often than with {comparator} ({evidence})")
    elif few and watched:
        why.append("{n} people are too few to find a harm that is not common")
    elif caution is not None:
        why.append("{caution}")
    if brief and longest:
        why.append("nobody was followed for {limit} weeks")
    if not longest:
        why.append("how long people were followed is not on record")
    if not reported:
        why.append("no counts of people with adverse effects are on record")
    return case.fire(
        "SAFETY",
        AuditVerdict.OVERSTATED,
        severity,
        trigger,
        "{words} says more than is known: " + ", and ".join(why),
        words=case.said(trigger),
        n=Quantity(text=f"{watched:,}", node=total),
        limit=case.threshold("long_term_weeks"),
        comparator="" if harm is None else harm.comparator,
        evidence="" if harm is None else case.about(harm),
        caution="" if caution is None else caution,
        rests_on=[total],
    )


_ABSOLUTE = re.compile(
    r"\b(?:completely|perfectly|totally|absolutely|entirely|100 ?%) safe\b|\brisk[- ]free\b"
    r"|\bwithout (?:any )?risks?\b|\bno risks?\b|\bharmless\b",
    re.IGNORECASE,
)


def _known_harm(case: Case) -> Quantity | None:
    """A harm on record that is more than a note: a word of safety leaves it out."""
    for effect in case.ground.evidence.safety.adverse_effects:
        if effect.severity != "note":
            node = f"safety.adverse_effects.{effect.id}"
            if node in case.trace:
                return Quantity(text=effect.text.rstrip("."), node=node)
    return None


def _number(case: Case, cell: Quantity) -> int:
    value = case.trace[cell.node].value
    return int(value) if isinstance(value, (int, float)) else 0


def _counts_harms(case: Case, study: Study) -> bool:
    """Whether the folder holds counts of people with an unwanted event for a study."""
    harms = {o.id for o in case.ground.evidence.question.outcomes if o.role == "harm"}
    return any(
        row.study == study.id and row.outcome in harms and row.events is not None
        for row in case.ground.evidence.results
    )
