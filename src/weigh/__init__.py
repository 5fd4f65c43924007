"""weigh: does X help with Y? Answers made from the trials, every number traced to its source.

The public face. Names are imported on first use, so that ``import weigh`` costs next to nothing
and a statistician who wants `pool` alone loads no page templates.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from weigh.effects import absolute_effect as absolute_effect
    from weigh.effects import effect_size as effect_size
    from weigh.evidence.effect import to_natural as to_natural
    from weigh.folder import load as load
    from weigh.report import plot as plot
    from weigh.synthesis import bias as bias
    from weigh.synthesis import combine_exact as combine_exact
    from weigh.synthesis import compare_models as compare_models
    from weigh.synthesis import dose as dose
    from weigh.synthesis import exact_odds_ratio as exact_odds_ratio
    from weigh.synthesis import exact_rate_ratio as exact_rate_ratio
    from weigh.synthesis import glmm as glmm
    from weigh.synthesis import location_scale as location_scale
    from weigh.synthesis import mantel_haenszel as mantel_haenszel
    from weigh.synthesis import multimodel as multimodel
    from weigh.synthesis import peto as peto
    from weigh.synthesis import pool as pool
    from weigh.synthesis import pool_many as pool_many
    from weigh.synthesis import pool_single_arm as pool_single_arm
    from weigh.synthesis import prediction_bootstrap as prediction_bootstrap
    from weigh.synthesis import regress_many as regress_many
    from weigh.synthesis import subgroups as subgroups
    from weigh.synthesis import wald_test as wald_test
    from weigh.synthesis.bayes import bayes as bayes
    from weigh.synthesis.bayes import bayes_many as bayes_many
    from weigh.synthesis.diagnostic import diagnostic as diagnostic
    from weigh.synthesis.dose import dose_response as dose_response
    from weigh.synthesis.multilevel import aggregate_effects as aggregate_effects
    from weigh.synthesis.multilevel import correlation_effects as correlation_effects
    from weigh.synthesis.multilevel import matrix_regression as matrix_regression
    from weigh.synthesis.multilevel import multilevel as multilevel
    from weigh.synthesis.multilevel import sampling_covariance as sampling_covariance
    from weigh.synthesis.network import component_network as component_network
    from weigh.synthesis.network import network as network
    from weigh.synthesis.network import network_contrasts as network_contrasts
    from weigh.synthesis.network import network_counts as network_counts
    from weigh.synthesis.network import network_from_arms as network_from_arms
    from weigh.synthesis.network import network_parts as network_parts
    from weigh.synthesis.participants import two_stage as two_stage
    from weigh.synthesis.robust import robust as robust
    from weigh.synthesis.robust import rve as rve
    from weigh.synthesis.robust import wild_bootstrap as wild_bootstrap
    from weigh.synthesis.sensitivity import baujat as baujat
    from weigh.synthesis.sensitivity import blup as blup
    from weigh.synthesis.sensitivity import bootstrap as bootstrap
    from weigh.synthesis.sensitivity import cumulative as cumulative
    from weigh.synthesis.sensitivity import cumulative_many as cumulative_many
    from weigh.synthesis.sensitivity import fragility_index as fragility_index
    from weigh.synthesis.sensitivity import galbraith as galbraith
    from weigh.synthesis.sensitivity import gosh as gosh
    from weigh.synthesis.sensitivity import influence as influence
    from weigh.synthesis.sensitivity import influence_many as influence_many
    from weigh.synthesis.sensitivity import leave_one_out as leave_one_out
    from weigh.synthesis.sensitivity import leave_one_out_many as leave_one_out_many
    from weigh.synthesis.sensitivity import permutation_test as permutation_test
    from weigh.synthesis.sensitivity import radial as radial
    from weigh.synthesis.sensitivity import ranef as ranef
    from weigh.synthesis.sensitivity import rstandard as rstandard
    from weigh.synthesis.sequential import sequential as sequential
    from weigh.workflow import answer_question as answer_question
    from weigh.workflow import compare_programs as compare_programs
    from weigh.workflow.auditing import audit_article as audit_article

_HOMES = {
    "absolute_effect": "weigh.effects",
    "aggregate_effects": "weigh.synthesis.multilevel",
    "answer_question": "weigh.workflow",
    "audit_article": "weigh.workflow.auditing",
    "baujat": "weigh.synthesis.sensitivity",
    "bayes": "weigh.synthesis.bayes",
    "bayes_many": "weigh.synthesis.bayes",
    "bias": "weigh.synthesis",
    "blup": "weigh.synthesis.sensitivity",
    "bootstrap": "weigh.synthesis.sensitivity",
    "combine_exact": "weigh.synthesis",
    "compare_models": "weigh.synthesis",
    "compare_programs": "weigh.workflow",
    "component_network": "weigh.synthesis.network",
    "correlation_effects": "weigh.synthesis.multilevel",
    "cumulative": "weigh.synthesis.sensitivity",
    "cumulative_many": "weigh.synthesis.sensitivity",
    "diagnostic": "weigh.synthesis.diagnostic",
    "dose": "weigh.synthesis",
    "dose_response": "weigh.synthesis.dose",
    "effect_size": "weigh.effects",
    "exact_odds_ratio": "weigh.synthesis",
    "exact_rate_ratio": "weigh.synthesis",
    "fragility_index": "weigh.synthesis.sensitivity",
    "galbraith": "weigh.synthesis.sensitivity",
    "glmm": "weigh.synthesis",
    "gosh": "weigh.synthesis.sensitivity",
    "influence": "weigh.synthesis.sensitivity",
    "influence_many": "weigh.synthesis.sensitivity",
    "leave_one_out": "weigh.synthesis.sensitivity",
    "leave_one_out_many": "weigh.synthesis.sensitivity",
    "load": "weigh.folder",
    "location_scale": "weigh.synthesis",
    "mantel_haenszel": "weigh.synthesis",
    "matrix_regression": "weigh.synthesis.multilevel",
    "multilevel": "weigh.synthesis.multilevel",
    "multimodel": "weigh.synthesis",
    "network": "weigh.synthesis.network",
    "network_contrasts": "weigh.synthesis.network",
    "network_counts": "weigh.synthesis.network",
    "network_from_arms": "weigh.synthesis.network",
    "network_parts": "weigh.synthesis.network",
    "permutation_test": "weigh.synthesis.sensitivity",
    "peto": "weigh.synthesis",
    "plot": "weigh.report",
    "pool": "weigh.synthesis",
    "pool_many": "weigh.synthesis",
    "pool_single_arm": "weigh.synthesis",
    "prediction_bootstrap": "weigh.synthesis",
    "radial": "weigh.synthesis.sensitivity",
    "ranef": "weigh.synthesis.sensitivity",
    "regress_many": "weigh.synthesis",
    "robust": "weigh.synthesis.robust",
    "rstandard": "weigh.synthesis.sensitivity",
    "rve": "weigh.synthesis.robust",
    "sampling_covariance": "weigh.synthesis.multilevel",
    "sequential": "weigh.synthesis.sequential",
    "subgroups": "weigh.synthesis",
    "to_natural": "weigh.evidence.effect",
    "two_stage": "weigh.synthesis.participants",
    "wald_test": "weigh.synthesis",
    "wild_bootstrap": "weigh.synthesis.robust",
}

__all__ = [
    "__version__",
    "absolute_effect",
    "aggregate_effects",
    "answer_question",
    "audit_article",
    "baujat",
    "bayes",
    "bayes_many",
    "bias",
    "blup",
    "bootstrap",
    "combine_exact",
    "compare_models",
    "compare_programs",
    "component_network",
    "correlation_effects",
    "cumulative",
    "cumulative_many",
    "diagnostic",
    "dose",
    "dose_response",
    "effect_size",
    "exact_odds_ratio",
    "exact_rate_ratio",
    "fragility_index",
    "galbraith",
    "glmm",
    "gosh",
    "influence",
    "influence_many",
    "leave_one_out",
    "leave_one_out_many",
    "load",
    "location_scale",
    "mantel_haenszel",
    "matrix_regression",
    "multilevel",
    "multimodel",
    "network",
    "network_contrasts",
    "network_counts",
    "network_from_arms",
    "network_parts",
    "permutation_test",
    "peto",
    "plot",
    "pool",
    "pool_many",
    "pool_single_arm",
    "prediction_bootstrap",
    "radial",
    "ranef",
    "regress_many",
    "robust",
    "rstandard",
    "rve",
    "sampling_covariance",
    "sequential",
    "subgroups",
    "to_natural",
    "two_stage",
    "wald_test",
    "wild_bootstrap",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its room the first time that it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'weigh' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    # A name that its room does not hold is a module of the room, such as weigh.bias.
    value = getattr(home, name) if hasattr(home, name) else import_module(f"{home.__name__}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
