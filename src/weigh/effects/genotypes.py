"""Counts of genotypes: departure from Hardy-Weinberg equilibrium."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from weigh.effects.columns import Columns
from weigh.effects.continuous import no_logarithm
from weigh.effects.draft import Draft, Formula, Options, variance_by_type

__all__ = ["FORMULAS"]


def relative_excess_heterozygosity(columns: Columns, options: Options) -> Draft:
    """Log of the heterozygous count relative to what the homozygous ones lead to expect.

    References
    ----------
    Ziegler A, Steen KV, Wellek S (2011). Investigating Hardy-Weinberg equilibrium in case-control
    or cohort studies or meta-analysis. Breast Cancer Research and Treatment 128:197-201.
    """
    columns.refuse_negative("homozygous1", "heterozygous", "homozygous2")
    first, middle, last = columns.take("homozygous1 heterozygous homozygous2")
    n = first + middle + last
    vi = variance_by_type(
        columns,
        options,
        {"LS": lambda: (first + last) / (4.0 * first * last) + 1.0 / middle},
    )
    empty = (first == 0.0) | (middle == 0.0) | (last == 0.0)
    return Draft(
        yi=np.log(middle) - np.log(2.0 * np.sqrt(first * last)),
        vi=vi,
        ni=n,
        why=(no_logarithm(lambda: empty, "a genotype was not seen"),),
    )


FORMULAS: Mapping[str, Formula] = {"REH": relative_excess_heterozygosity}
