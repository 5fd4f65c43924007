"""Doses on a curve: what the effect is at each dose, over studies that tried several.

`dose_response` fits the curve and `DoseResponse` is what it gives. `columns` reads the rows,
`counts` and `means` say how the effects of one study hang together, `shapes` has the curves,
`likelihood` and `moments` the differences between studies, `curve` what follows at each dose.
"""

from __future__ import annotations

from weigh.synthesis.dose.counts import EffectiveCounts, effective_counts
from weigh.synthesis.dose.curve import DoseCurve
from weigh.synthesis.dose.fitting import dose_response
from weigh.synthesis.dose.goodness import ChiSquared, GoodnessOfFit
from weigh.synthesis.dose.means import MeanDifferences, mean_differences
from weigh.synthesis.dose.result import DoseResponse
from weigh.synthesis.dose.shapes import Shape, percentile_knots

__all__ = [
    "ChiSquared",
    "DoseCurve",
    "DoseResponse",
    "EffectiveCounts",
    "GoodnessOfFit",
    "MeanDifferences",
    "Shape",
    "dose_response",
    "effective_counts",
    "mean_differences",
    "percentile_knots",
]
