"""Effects that depend on each other: multilevel and multivariate models.

`multilevel` reads the random effects (`terms`) and the known covariance of sampling errors
(`known`), arranges the rows in independent blocks (`layout`), and searches (`search`) for the
components at which the likelihood (`likelihood`) is highest. `structures` has the covariance
structures and `parametrization` their parameters. What can be asked of a fit stands in
`profiling`, `prediction`, `random_effects`, `influence`, `comparison` and `heterogeneity`.

`sampling_covariance`, `aggregate_effects` and `correlation_effects` make what such models start
from, and `matrix_regression` goes on from pooled correlations.
"""

from __future__ import annotations

from weigh.synthesis.multilevel.aggregation import Aggregated, aggregate_effects
from weigh.synthesis.multilevel.comparison import MultilevelComparison, compare_multilevel
from weigh.synthesis.multilevel.component import Component
from weigh.synthesis.multilevel.correlation_matrices import (
    CorrelationEffects,
    MatrixRegression,
    correlation_effects,
    matrix_regression,
)
from weigh.synthesis.multilevel.criteria import Criteria
from weigh.synthesis.multilevel.fitting import multilevel
from weigh.synthesis.multilevel.heterogeneity import (
    MultilevelHeterogeneity,
    multilevel_heterogeneity,
)
from weigh.synthesis.multilevel.influence import MultilevelInfluence, multilevel_influence
from weigh.synthesis.multilevel.prediction import predict_multilevel
from weigh.synthesis.multilevel.profiling import (
    ComponentInterval,
    ComponentProfile,
    component_intervals,
    profile,
)
from weigh.synthesis.multilevel.random_effects import RandomEffects, random_effects
from weigh.synthesis.multilevel.result import Multilevel
from weigh.synthesis.multilevel.sampling import sampling_covariance

__all__ = [
    "Aggregated",
    "Component",
    "ComponentInterval",
    "ComponentProfile",
    "CorrelationEffects",
    "Criteria",
    "MatrixRegression",
    "Multilevel",
    "MultilevelComparison",
    "MultilevelHeterogeneity",
    "MultilevelInfluence",
    "RandomEffects",
    "aggregate_effects",
    "compare_multilevel",
    "component_intervals",
    "correlation_effects",
    "matrix_regression",
    "multilevel",
    "multilevel_heterogeneity",
    "multilevel_influence",
    "predict_multilevel",
    "profile",
    "random_effects",
    "sampling_covariance",
]
