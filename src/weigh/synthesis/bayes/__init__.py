"""Bayesian pooling without sampling: the normal-normal hierarchical model by quadrature.

`bayes` for one set of studies, `bayes_many` for many; priors of tau by name, with a scale
(`half_normal`, `half_cauchy`, `half_t`, `exponential`) or from other meta-analyses (`turner`,
`rhodes`).
"""

from __future__ import annotations

from weigh.synthesis.bayes.batch import BayesBatch, bayes_many
from weigh.synthesis.bayes.empirical import rhodes, turner
from weigh.synthesis.bayes.model import bayes
from weigh.synthesis.bayes.posterior import Posterior
from weigh.synthesis.bayes.priors import (
    TauPrior,
    exponential,
    half_cauchy,
    half_normal,
    half_t,
)
from weigh.synthesis.bayes.result import Bayes

__all__ = [
    "Bayes",
    "BayesBatch",
    "Posterior",
    "TauPrior",
    "bayes",
    "bayes_many",
    "exponential",
    "half_cauchy",
    "half_normal",
    "half_t",
    "rhodes",
    "turner",
]
