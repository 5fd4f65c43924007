"""Pooling effects over studies, on plain arrays: yi, vi and nothing else.

`pool` gives one pooled effect or one regression, `pool_many` many at once, `pool_single_arm` what
arms without a comparator show, apart from effects; `mantel_haenszel` and `peto` pool counts
directly, `glmm` through their own distributions, `exact_odds_ratio` and `exact_rate_ratio` without
approximation. `location_scale` lets moderators change tau2. `tau2_interval`, `fit_statistics`,
`predict`, `variance_inflation` and `wald_test` say more about a fit, `compare_models` about two,
and `multimodel` about all. `bias` is about missing studies and `sensitivity` about single ones;
`bayes`, `diagnostic`, `dose`, `participants`, `robust` and `sequential` are rooms of their own.
"""

from __future__ import annotations

from weigh.synthesis.batch import PooledBatch, pool_many
from weigh.synthesis.cochran import cochran_rates
from weigh.synthesis.contrasts import WaldTest, wald_test
from weigh.synthesis.counts import mantel_haenszel, peto
from weigh.synthesis.exact import ExactRatio, exact_odds_ratio, exact_rate_ratio
from weigh.synthesis.exact_combining import CombinedExact, combine_exact
from weigh.synthesis.fit_statistics import FitStatistics, fit_statistics
from weigh.synthesis.glmm import glmm
from weigh.synthesis.heterogeneity import (
    HeterogeneityFromQ,
    between_share,
    heterogeneity_from_q,
)
from weigh.synthesis.interaction import Interaction, interaction_test
from weigh.synthesis.location_scale import LocationScale, location_scale
from weigh.synthesis.model_comparison import ModelComparison, compare_models
from weigh.synthesis.multimodel import MultiModel, multimodel
from weigh.synthesis.pooling import pool
from weigh.synthesis.prediction import Predictions, predict, variance_inflation
from weigh.synthesis.prediction_bootstrap import PredictionBootstrap, prediction_bootstrap
from weigh.synthesis.regression_batch import RegressionBatch, regress_many
from weigh.synthesis.single_arm import SingleArm, pool_single_arm
from weigh.synthesis.subgroups import Subgroups, subgroups
from weigh.synthesis.tau2_intervals import HeterogeneityIntervals, tau2_interval

__all__ = [
    "CombinedExact",
    "ExactRatio",
    "FitStatistics",
    "HeterogeneityFromQ",
    "HeterogeneityIntervals",
    "Interaction",
    "LocationScale",
    "ModelComparison",
    "MultiModel",
    "PooledBatch",
    "PredictionBootstrap",
    "Predictions",
    "RegressionBatch",
    "SingleArm",
    "Subgroups",
    "WaldTest",
    "between_share",
    "cochran_rates",
    "combine_exact",
    "compare_models",
    "exact_odds_ratio",
    "exact_rate_ratio",
    "fit_statistics",
    "glmm",
    "heterogeneity_from_q",
    "interaction_test",
    "location_scale",
    "mantel_haenszel",
    "multimodel",
    "peto",
    "pool",
    "pool_many",
    "pool_single_arm",
    "predict",
    "prediction_bootstrap",
    "regress_many",
    "subgroups",
    "tau2_interval",
    "variance_inflation",
    "wald_test",
]
