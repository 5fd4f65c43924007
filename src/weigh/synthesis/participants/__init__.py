"""Studies pooled from a table of their participants.

`two_stage` analyses each study by a model of its own and pools what comes out.
"""

from __future__ import annotations

from weigh.synthesis.participants.result import TwoStage
from weigh.synthesis.participants.two_stage import two_stage

__all__ = ["TwoStage", "two_stage"]
