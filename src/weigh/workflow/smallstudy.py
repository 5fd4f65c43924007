"""Small-study effects: a test where there are studies enough for one to mean anything."""

from __future__ import annotations

import math

import numpy as np

from weigh.appraisal import SmallStudyTest
from weigh.evidence.comparison import Comparison
from weigh.evidence.trace import TraceBuilder
from weigh.synthesis import pool

__all__ = ["FEWEST", "small_study_test"]

#: Below ten studies the test has too little power to tell chance from bias (Sterne et al. 2011,
#: Cochrane Handbook 13.3.5.4).
FEWEST = 10


def small_study_test(comparison: Comparison, trace: TraceBuilder) -> SmallStudyTest | None:
    """Egger's test of a comparison with at least ten studies; None with fewer.

    The classical form (Egger et al. 1997): effects regressed on their standard errors, weighted by
    inverse variances, with a multiplicative dispersion, which is what the Knapp-Hartung standard
    error is in a model without tau2.
    """
    if comparison.k < FEWEST:
        return None
    yi = np.array([row.yi for row in comparison.studies])
    vi = np.array([row.vi for row in comparison.studies])
    fit = pool(yi, vi, mods=np.sqrt(vi), method="EE", test="knha")
    p = fit.coefficients[-1].p
    if not math.isfinite(p):
        return None
    node = trace.computed(
        f"{comparison.id}.egger.p",
        "small-study effects: p value",
        p,
        function="Egger's regression test",
        inputs=[row.nodes[name] for row in comparison.studies for name in ("yi", "vi")],
        method="Egger et al. 1997",
    )
    return SmallStudyTest(name="Egger's test", p=p, node=node)
