"""Small-study effects and publication bias: tests, adjustments, and models of selection.

None of these can show that studies are missing; they show whether the result would hold if small
studies with plain results were.
"""

from __future__ import annotations

from weigh.synthesis.bias.asymmetry import AsymmetryTest
from weigh.synthesis.bias.egger_begg import begg, egger
from weigh.synthesis.bias.fail_safe import FailSafeN, fail_safe_n
from weigh.synthesis.bias.filling import TrimAndFill, trim_and_fill
from weigh.synthesis.bias.two_groups import (
    deeks,
    harbord,
    macaskill,
    peters,
    pustejovsky,
    schwarzer,
    thompson,
)

__all__ = [
    "AsymmetryTest",
    "FailSafeN",
    "TrimAndFill",
    "begg",
    "deeks",
    "egger",
    "fail_safe_n",
    "harbord",
    "macaskill",
    "peters",
    "pustejovsky",
    "schwarzer",
    "thompson",
    "trim_and_fill",
]
