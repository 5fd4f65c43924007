"""How much a result rests on single studies, on chance and on its assumptions.

Every analysis takes a fit of `weigh.pool` and fits its model again: without a study, to some of the
studies, to permuted or resampled ones (`fragility_index` takes counts). All refits of an analysis
run at once.
"""

from __future__ import annotations

from weigh.synthesis.sensitivity.coordinates import (
    BaujatPoints,
    RadialPoints,
    baujat,
    galbraith,
    radial,
)
from weigh.synthesis.sensitivity.deletion import Influence, Residuals, influence, rstandard
from weigh.synthesis.sensitivity.deletion_batch import InfluenceBatch, influence_many
from weigh.synthesis.sensitivity.fragility import FragilityIndex, FragilityStep, fragility_index
from weigh.synthesis.sensitivity.omission import (
    Cumulative,
    LeaveOneOut,
    cumulative,
    leave_one_out,
)
from weigh.synthesis.sensitivity.omission_batch import (
    CumulativeBatch,
    LeaveOneOutBatch,
    cumulative_many,
    leave_one_out_many,
)
from weigh.synthesis.sensitivity.permutation import PermutationTest, permutation_test
from weigh.synthesis.sensitivity.resampling import BootstrapIntervals, bootstrap
from weigh.synthesis.sensitivity.shrinkage import StudyEffects, blup, ranef
from weigh.synthesis.sensitivity.subsets import Gosh, gosh

__all__ = [
    "BaujatPoints",
    "BootstrapIntervals",
    "Cumulative",
    "CumulativeBatch",
    "FragilityIndex",
    "FragilityStep",
    "Gosh",
    "Influence",
    "InfluenceBatch",
    "LeaveOneOut",
    "LeaveOneOutBatch",
    "PermutationTest",
    "RadialPoints",
    "Residuals",
    "StudyEffects",
    "baujat",
    "blup",
    "bootstrap",
    "cumulative",
    "cumulative_many",
    "fragility_index",
    "galbraith",
    "gosh",
    "influence",
    "influence_many",
    "leave_one_out",
    "leave_one_out_many",
    "permutation_test",
    "radial",
    "ranef",
    "rstandard",
]
