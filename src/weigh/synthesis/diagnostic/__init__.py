"""Accuracy of a test over studies: sensitivity and specificity pooled together.

`diagnostic` reads the counts and fits the model that is asked for; `Diagnostic` is what it gives.
`tables` holds the counts, `studies` what each study found, `bivariate`, `moments` and `counts` the
estimates, `regions` and `curve` what follows from them on the plane of sensitivity and false
positives, `ratios` and `hazards` the older models with one number a study.
"""

from __future__ import annotations

from weigh.synthesis.diagnostic.curve import SummaryCurve
from weigh.synthesis.diagnostic.hazards import ProportionalHazards
from weigh.synthesis.diagnostic.pooling import diagnostic
from weigh.synthesis.diagnostic.ratios import PooledRatio
from weigh.synthesis.diagnostic.result import Diagnostic
from weigh.synthesis.diagnostic.studies import AccuracyOfStudies

__all__ = [
    "AccuracyOfStudies",
    "Diagnostic",
    "PooledRatio",
    "ProportionalHazards",
    "SummaryCurve",
    "diagnostic",
]
