"""Effects that depend on each other: multilevel and multivariate models.

`multilevel` reads the random effects (`terms`) and the known covariance of sampling errors
(`known`), arranges the rows in independent blocks (`layout`), and searches (`search`) for the
components at which the likelihood (`likelihood`) is highest. `structures` has the covariance
structures and `parametrization` their parameters.
"""

from __future__ import annotations

from weigh.synthesis.multilevel.criteria import Criteria
from weigh.synthesis.multilevel.fitting import multilevel
from weigh.synthesis.multilevel.result import Component, Multilevel

__all__ = ["Component", "Criteria", "Multilevel", "multilevel"]
