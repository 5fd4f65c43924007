"""Which studies of a folder a page leaves out, and which of them found no benefit: P-OMIT."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weigh.audit.linking import Ground
from weigh.audit.page.looking import Look
from weigh.audit.page.speaking import Voice
from weigh.evidence.audit import JudgedClaim, LinkKind, PageFinding, PageStatus
from weigh.evidence.comparison import Comparison, StudyEffect
from weigh.evidence.phrasing import plural
from weigh.evidence.study import Study

__all__ = ["direct_studies", "named_studies", "omitted", "unfavourable"]


def direct_studies(ground: Ground) -> tuple[Study, ...]:
    """Studies that fit the question, oldest first."""
    fitting = [s for s in ground.evidence.studies if s.directness.level == "direct"]
    return tuple(sorted(fitting, key=lambda study: (study.year, study.id)))


def named_studies(look: Look, judged: Sequence[JudgedClaim], ground: Ground) -> frozenset[str]:
    """Ids of the studies that the page speaks of: by a claim that surely does, or by name."""
    found = {
        link.id for one in judged for link in one.links if link.kind is LinkKind.STUDY and link.firm
    }
    return frozenset(found | {s.id for s in ground.evidence.studies if _is_named(look, s)})


def _is_named(look: Look, study: Study) -> bool:
    """Whether the study's label stands on the page: its name with its year, or an acronym."""
    name = re.sub(r"\b(?:18|19|20)\d\d\b", "", study.label).strip()
    if not look.names_of(name):
        return False
    return name.isupper() or look.names_of(str(study.year))


def unfavourable(ground: Ground) -> dict[str, tuple[Comparison, StudyEffect]]:
    """Studies whose own effect does not show the benefit: by id, for outcomes of benefit.

    An interval that holds no effect, or lies on the side of harm. A study that shows a benefit on
    one such outcome is not among them.
    """
    found: dict[str, tuple[Comparison, StudyEffect]] = {}
    helped: set[str] = set()
    for comparison in ground.answer.comparisons:
        if not comparison.direct or comparison.outcome.role == "harm":
            continue
        better = 1.0 if comparison.outcome.better == "higher" else -1.0
        for row in comparison.studies:
            ends = sorted(better * (end - comparison.null) for end in (row.ci_low, row.ci_high))
            if ends[0] > 0:
                helped.add(row.study.id)
            else:
                found.setdefault(row.study.id, (comparison, row))
    return {name: held for name, held in found.items() if name not in helped}


def omitted(
    look: Look, voice: Voice, judged: Sequence[JudgedClaim], ground: Ground | None
) -> PageFinding:
    """P-OMIT: studies of the folder that the page leaves out, chiefly null or negative ones."""
    title = "Studies left out"
    if ground is None:
        return voice.find(
            "P-OMIT", title, PageStatus.NOT_APPLICABLE, (), "no evidence folder was given"
        )
    if not ground.covers(look.article):
        return voice.find(
            "P-OMIT", title, PageStatus.NOT_APPLICABLE, (),
            "the page is about something else than the evidence folder",
        )  # fmt: skip
    known = direct_studies(ground)
    named = named_studies(look, judged, ground)
    left = [study for study in known if study.id not in named]
    against = [study for study in left if study.id in unfavourable(ground)]
    if not left:
        return voice.find(
            "P-OMIT", title, PageStatus.MET, (),
            "it speaks of every study of this evidence base that fits the question",
        )  # fmt: skip
    total = voice.count("studies", "studies that fit the question", len(known))
    if against:
        return voice.find(
            "P-OMIT", title, PageStatus.NOT_MET, (),
            "of {k} studies that fit the question it leaves out {n}, among them {m} that did not "
            "show a benefit: {studies}",
            k=total, n=voice.count("omitted", "studies left out", len(left)),
            m=voice.count("omitted.null", "of these, without a benefit", len(against)),
            studies=voice.studies("omit", against),
        )  # fmt: skip
    return voice.find(
        "P-OMIT", title, PageStatus.PARTLY if len(left) < len(known) else PageStatus.NOT_MET, (),
        "of {k} {fit} the question it does not name {studies}", k=total,
        fit=plural(len(known), "study that fits", "studies that fit"),
        studies=voice.studies("omit", left),
    )  # fmt: skip
