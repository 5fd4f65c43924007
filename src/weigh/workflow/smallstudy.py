"""Small-study effects: a test where there are studies enough for one to mean anything."""

from __future__ import annotations

import math

import numpy as np

from weigh.appraisal import SmallStudyTest
from weigh.evidence.comparison import Comparison
from weigh.evidence.trace import TraceBuilder
from weigh.synthesis.bias import egger

__all__ = ["FEWEST", "small_study_test"]

#: Below ten studies the test has too little power to tell chance from bias (Sterne et al. 2011,
#: Cochrane Handbook 13.3.5.4).
FEWEST = 10


def small_study_test(comparison: Comparison, trace: TraceBuilder) -> SmallStudyTest | None:
    """Egger's test of a comparison with at least ten studies; None with fewer.

    In its classical form (Egger et al. 1997): effects regressed on their standard errors, weighted
    by inverse variances, with a multiplicative dispersion.
    """
    if comparison.k < FEWEST:
        return None
    test = egger(
        np.array([row.yi for row in comparison.studies]),
        np.array([row.vi for row in comparison.studies]),
        model="lm",
    )
    if not math.isfinite(test.p):
        return None
    node = trace.computed(
        f"{comparison.id}.egger.p",
        "small-study effects: p value",
        test.p,
        function="Egger's regression test",
        inputs=[row.nodes[name] for row in comparison.studies for name in ("yi", "vi")],
        method="Egger et al. 1997",
    )
    return SmallStudyTest(name="Egger's test", p=test.p, node=node)
