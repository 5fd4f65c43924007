"""Study by study: what was done, what was found, what to beware of, all from the folder's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from weigh.answer.cautions import cautions
from weigh.answer.study_done import study_done
from weigh.answer.study_found import study_found
from weigh.evidence.answer import StudyStory
from weigh.evidence.cells import study_cell
from weigh.evidence.comparison import Comparison, StudyBias
from weigh.evidence.folder import Evidence
from weigh.evidence.phrasing import common_words
from weigh.evidence.statement import Phrase, Statement
from weigh.evidence.study import Study
from weigh.evidence.trace import TraceBuilder

__all__ = ["tell_studies"]

_LEVELS = ("direct", "indirect", "mechanistic")


def tell_studies(
    evidence: Evidence,
    comparisons: Sequence[Comparison],
    biases: Mapping[str, StudyBias | None],
    trace: TraceBuilder,
) -> tuple[StudyStory, ...]:
    """Tell every study of the folder.

    Parameters
    ----------
    comparisons
        All comparisons, for the effects that were worked out.
    biases
        Risk of bias by study id; carried along for the page.

    Returns
    -------
    tuple of StudyStory
        Studies that fit the question first, then indirect and mechanistic ones, each by year.
    """
    common = common_words(evidence)
    ordered = sorted(
        evidence.studies,
        key=lambda study: (_LEVELS.index(study.directness.level), study.year, study.label),
    )
    return tuple(
        StudyStory(
            study=study,
            node=study_cell(trace, study).node,
            bias=biases.get(study.id),
            done=_numbered(study, "done", study_done(trace, study, common)),
            found=_numbered(
                study, "found", study_found(trace, evidence, comparisons, study, common)
            ),
            cautions=_numbered(study, "caution", cautions(trace, evidence, study, common)),
        )
        for study in ordered
    )


def _numbered(study: Study, part: str, phrases: Sequence[Phrase]) -> tuple[Statement, ...]:
    return tuple(
        Statement(id=f"story.{study.id}.{part}.{number}", phrase=phrase)
        for number, phrase in enumerate(phrases, start=1)
    )
