"""How much a result rests on single studies, on chance and on its assumptions.

Every analysis takes a fit of `weigh.pool` and fits its model again: without a study, to some of the
studies, to permuted or resampled ones. All refits of an analysis run at once.
"""

from __future__ import annotations

from weigh.synthesis.sensitivity.deletion import Influence, Residuals, influence, rstandard
from weigh.synthesis.sensitivity.omission import (
    Cumulative,
    LeaveOneOut,
    cumulative,
    leave_one_out,
)
from weigh.synthesis.sensitivity.permutation import PermutationTest, permutation_test
from weigh.synthesis.sensitivity.shrinkage import StudyEffects, blup, ranef
from weigh.synthesis.sensitivity.subsets import Gosh, gosh

__all__ = [
    "Cumulative",
    "Gosh",
    "Influence",
    "LeaveOneOut",
    "PermutationTest",
    "Residuals",
    "StudyEffects",
    "blup",
    "cumulative",
    "gosh",
    "influence",
    "leave_one_out",
    "permutation_test",
    "ranef",
    "rstandard",
]
