"""Small-study effects and publication bias: tests, adjustments, and models of selection.

None of these can show that studies are missing; they show whether the result would hold if small
studies with plain results were.
"""

from __future__ import annotations

from weigh.synthesis.bias.asymmetry import AsymmetryTest
from weigh.synthesis.bias.asymmetry_batch import AsymmetryBatch, begg_many, egger_many
from weigh.synthesis.bias.combining import CombinedP, combine_p
from weigh.synthesis.bias.copas import CopasModel, CopasSelection, copas
from weigh.synthesis.bias.doi import DoiPlot, lfk_index
from weigh.synthesis.bias.egger_begg import begg, egger
from weigh.synthesis.bias.excess import ExcessSignificance, excess_significance
from weigh.synthesis.bias.fail_safe import FailSafeN, fail_safe_n
from weigh.synthesis.bias.filling import TrimAndFill, trim_and_fill
from weigh.synthesis.bias.filling_batch import TrimAndFillBatch, trim_and_fill_many
from weigh.synthesis.bias.henmi import HenmiCopas, henmi_copas
from weigh.synthesis.bias.limits import LimitMetaAnalysis, limit_meta_analysis
from weigh.synthesis.bias.p_curve import PCurve, p_curve
from weigh.synthesis.bias.p_uniform import PUniform, p_uniform
from weigh.synthesis.bias.p_uniform_star import PUniformStar, p_uniform_star
from weigh.synthesis.bias.pet_peese import PetPeese, pet_peese
from weigh.synthesis.bias.selection_model import selection_model
from weigh.synthesis.bias.selection_result import SelectionModel
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
    "AsymmetryBatch",
    "AsymmetryTest",
    "CombinedP",
    "CopasModel",
    "CopasSelection",
    "DoiPlot",
    "ExcessSignificance",
    "FailSafeN",
    "HenmiCopas",
    "LimitMetaAnalysis",
    "PCurve",
    "PUniform",
    "PUniformStar",
    "PetPeese",
    "SelectionModel",
    "TrimAndFill",
    "TrimAndFillBatch",
    "begg",
    "begg_many",
    "combine_p",
    "copas",
    "deeks",
    "egger",
    "egger_many",
    "excess_significance",
    "fail_safe_n",
    "harbord",
    "henmi_copas",
    "lfk_index",
    "limit_meta_analysis",
    "macaskill",
    "p_curve",
    "p_uniform",
    "p_uniform_star",
    "pet_peese",
    "peters",
    "pustejovsky",
    "schwarzer",
    "selection_model",
    "thompson",
    "trim_and_fill",
    "trim_and_fill_many",
]
