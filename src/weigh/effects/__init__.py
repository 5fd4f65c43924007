"""Effect sizes from the numbers of arms, and the conversions that lead to such numbers.

`effect_size` has every measure of metafor's ``escalc``, and `convert` turns one measure into
another. The conversions of chapter 6 of the Cochrane Handbook each give their number with the
method's name, its inputs and its reference. `absolute_effect` says what an effect comes to in
people; `proportion_interval` and `rate_interval` are about single studies;
`weigh.effects.transforms` has further ways to say the same effect.
"""

from weigh.effects.absolute import (
    AbsoluteEffect,
    NumberNeeded,
    absolute_effect,
    odds_ratio_from_risk_ratio,
    risk_ratio_from_odds_ratio,
)
from weigh.effects.calculation import effect_size
from weigh.effects.change import change_sd, correlation_from_sds
from weigh.effects.combining import combine_events, combine_means
from weigh.effects.conversion import CombinedEvents, Conversion, MeanSD
from weigh.effects.difference import (
    sd_from_difference_ci,
    sd_from_difference_p,
    sd_from_difference_se,
    sd_from_difference_t,
)
from weigh.effects.exchange import convert
from weigh.effects.hedges import hedges_correction
from weigh.effects.intervals import StudyIntervals, proportion_interval, rate_interval
from weigh.effects.quantiles import mean_sd_from_quantiles
from weigh.effects.spread import sd_from_ci, sd_from_iqr, sd_from_se
from weigh.effects.stacking import stack_effects
from weigh.effects.tables import RebuiltTable, table_from_margins
from weigh.effects.wald import se_from_ci, se_from_p, se_from_statistic

__all__ = [
    "AbsoluteEffect",
    "CombinedEvents",
    "Conversion",
    "MeanSD",
    "NumberNeeded",
    "RebuiltTable",
    "StudyIntervals",
    "absolute_effect",
    "change_sd",
    "combine_events",
    "combine_means",
    "convert",
    "correlation_from_sds",
    "effect_size",
    "hedges_correction",
    "mean_sd_from_quantiles",
    "odds_ratio_from_risk_ratio",
    "proportion_interval",
    "rate_interval",
    "risk_ratio_from_odds_ratio",
    "sd_from_ci",
    "sd_from_difference_ci",
    "sd_from_difference_p",
    "sd_from_difference_se",
    "sd_from_difference_t",
    "sd_from_iqr",
    "sd_from_se",
    "se_from_ci",
    "se_from_p",
    "se_from_statistic",
    "stack_effects",
    "table_from_margins",
]
