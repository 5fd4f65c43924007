"""Rules on how large an effect is said to be: SIZE, SMALL, RELATIVE."""

from __future__ import annotations

from weigh.audit.claims.figures import figures_in
from weigh.audit.claims.lexicon import lexicon
from weigh.audit.judging.bearing import against_mid, below_mid, points
from weigh.audit.judging.case import Case
from weigh.evidence.audit import AuditVerdict, Firing
from weigh.evidence.claim import ClaimDirection, CueKind, FigureKind, Level
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import amount, plain, ratio
from weigh.evidence.statement import Phrase, Quantity, say

__all__ = ["relative", "size", "small"]


def _words(sense: str) -> frozenset[str]:
    """The words of size of one sense, from the lexicon."""
    entries = (e for e in lexicon().entries if e.kind is CueKind.SIZE and e.sense == sense)
    return frozenset(word.removeprefix("=") for entry in entries for word in entry.words)


_LARGE = _words("large")
_UNSIZED = _words("unsized")
_TOLD = (FigureKind.EFFECT, FigureKind.PERCENT, FigureKind.SCORE, FigureKind.TIMES)
_RATIOS = frozenset({"RR", "OR", "IRR", "HR", "ROM"})


def effect_of(case: Case, comparison: Comparison) -> Phrase | None:
    """The effect with its interval, absolute where it can be; None where none was computed."""
    shown = comparison.absolute
    if shown is not None and shown.per is not None:
        lower = shown.difference < 0
        nodes = shown.nodes
        return say(
            "{n} {way} in {per} people",
            n=Quantity(text=plain(abs(round(shown.difference))), node=nodes["difference"]),
            way="fewer" if lower else "more",
            per=Quantity(text=f"{shown.per:,}", node=nodes["difference"]),
        )
    natural = comparison.natural
    if natural is None:
        return None
    show = ratio if comparison.measure in _RATIOS else amount
    low, high = show(natural.ci_low), show(natural.ci_high)
    return say(
        "{estimate} {unit}(interval {range})",
        estimate=Quantity(text=show(natural.estimate), node=natural.nodes["estimate"]),
        unit=f"{comparison.outcome.unit} " if comparison.outcome.unit else "",
        range=say(
            "{low} to {high}",
            low=Quantity(text=low, node=natural.nodes["ci_low"]),
            high=Quantity(text=high, node=natural.nodes["ci_high"]),
        ),
    )


def size(case: Case) -> Firing | None:
    """SIZE: "significantly reduces" without saying by how much, where the folder knows.

    An unsized verb alone is noted and not held against the page. Sources: HealthNewsReview
    criterion 2; Lazarus et al. 2015.
    """
    best = case.best
    if best is None or not case.is_efficacy or case.level < Level.PROBABLE:
        return None
    if case.direction is ClaimDirection.NO_EFFECT or case.claim.negated:
        return None
    effect = effect_of(case, best)
    if effect is None:
        return None
    block = case.article.words_of(case.article.blocks[case.claim.block].span)
    if any(figure.kind in _TOLD for figure in figures_in(block)):
        return None
    unit = best.outcome.unit or "?"
    if any(unit.startswith(f.unit or "?!") for f in figures_in(block)):
        return None
    cues = [c for c in case.claim.cues_of(CueKind.SIZE) if c.lemma in _UNSIZED]
    trigger = cues[0].span if cues else case.claim.span
    return case.fire(
        "SIZE",
        AuditVerdict.OVERSTATED if cues else None,
        "minor" if cues else None,
        trigger,
        "{words} gives no size; the effect on {outcome} was {effect}",
        words=case.said(trigger) if cues else "The claim",
        outcome=case.outcome(best.outcome),
        effect=effect,
    )


def small(case: Case) -> Firing | None:
    """SMALL: "dramatic" or "powerful" for an effect below what matters, or that may be.

    Source: GRADE guidelines 26, on words of size.
    """
    best = case.best
    counted = [cue.span.start for cue in case.claim.cues_of(CueKind.STUDIES, CueKind.DESIGN)]
    cues = [
        cue
        for cue in case.claim.cues_of(CueKind.SIZE)
        # "large trials" are no large effect
        if cue.lemma in _LARGE and not any(0 < at - cue.span.end < 3 for at in counted)
    ]
    if best is None or not cues or not case.is_efficacy or case.level < Level.CONDITIONAL:
        return None
    shown = against_mid(best)
    if shown is None:
        if points(best) == "benefit":
            return None
        reason = "; the evidence does not show an effect of any sure size"
    else:
        _, low, high, mid = shown
        inside = low < mid and high > -mid  # the interval holds effects too small to matter
        if not inside:
            return None
        reason = (
            "; the effect is smaller than what matters to people"
            if below_mid(best)
            else "; it may be smaller than what matters to people"
        )
    return case.fire(
        "SMALL",
        AuditVerdict.OVERSTATED,
        "major",
        cues[0].span,
        "{words} is a word of size that the evidence does not bear ({evidence}){reason}",
        words=case.said(cues[0].span),
        evidence=case.about(best),
        reason=reason,
    )


def relative(case: Case) -> Firing | None:
    """RELATIVE: a percentage or "times" without the risk it is of, where event data exist.

    Source: HealthNewsReview criterion 2.
    """
    figures = case.figures_of(FigureKind.PERCENT, FigureKind.TIMES)
    best = case.best
    if not figures or best is None or best.absolute is None or best.absolute.per is None:
        return None
    if not case.is_efficacy:
        return None
    block = case.article.words_of(case.article.blocks[case.claim.block].span)
    based = [f for f in figures_in(block) if f.kind is FigureKind.FREQUENCY and f.unit != "times"]
    if based:
        return None
    effect = effect_of(case, best)
    assert effect is not None
    return case.fire(
        "RELATIVE",
        AuditVerdict.OVERSTATED,
        "minor",
        figures[0].span,
        "{words} does not say of how many; in these trials it was {effect}",
        words=case.said(figures[0].span),
        effect=effect,
    )
