"""Effect sizes from the numbers of arms, and the conversions that lead to such numbers."""

from weigh.effects.calculation import effect_size
from weigh.effects.hedges import hedges_correction

__all__ = ["effect_size", "hedges_correction"]
