"""Inference that is robust to dependence between effects of one cluster.

`robust` tests the coefficients of a fit by a variance learned from its clusters. `rve` also fits,
with the weights of Hedges, Tipton and Johnson, which need no model of the dependence.
`wild_bootstrap` tests several coefficients at once by redrawing the clusters.
"""

from __future__ import annotations

from weigh.synthesis.robust.coefficients import RobustCoefficient
from weigh.synthesis.robust.estimation import RobustEffects, rve
from weigh.synthesis.robust.fitting import robust
from weigh.synthesis.robust.joint import RobustWald
from weigh.synthesis.robust.result import Robust
from weigh.synthesis.robust.wild import WildBootstrap, wild_bootstrap

__all__ = [
    "Robust",
    "RobustCoefficient",
    "RobustEffects",
    "RobustWald",
    "WildBootstrap",
    "robust",
    "rve",
    "wild_bootstrap",
]
