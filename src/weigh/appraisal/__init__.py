"""How far the evidence can be trusted: single studies, and all of them together.

`trust` checks whether a study can be believed at all, `assess` reads its risk of bias, and
`certainty` rates a comparison by GRADE. Wording of effects is next door, in `weigh.answer`.
"""

from __future__ import annotations

from weigh.appraisal.bias import assess
from weigh.appraisal.grade import certainty
from weigh.appraisal.publication_bias import SmallStudyTest
from weigh.appraisal.trustworthiness import Finding, trust

__all__ = ["Finding", "SmallStudyTest", "assess", "certainty", "trust"]
