"""What each measure of effect is: its words, its scale, its null value, what it is made from.

Names follow `escalc` of the R package metafor, which meta-analysts know. The formulas are in
`weigh.effects`; the way back to the natural scale is here, because whoever shows a pooled estimate
needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.scales import Scale, from_scale, to_scale

__all__ = [
    "MEASURES",
    "Family",
    "Measure",
    "Scale",
    "from_natural",
    "measure_named",
    "to_natural",
]

FloatArray = npt.NDArray[np.float64]

Family = Literal[
    "two groups, counts",
    "matched pairs, counts",
    "two groups, events over time",
    "two groups, means",
    "one group, paired means",
    "two variables",
    "one group, counts",
    "one group, events over time",
    "one group, mean",
    "reliability",
    "overlap of two groups",
    "genotypes",
    "as given",
]

_CONTROLLED: Mapping[Family, bool] = MappingProxyType(
    {
        "two groups, counts": True,
        "two groups, events over time": True,
        "two groups, means": True,
        "overlap of two groups": True,
        "one group, paired means": False,
        "one group, counts": False,
        "one group, events over time": False,
        "one group, mean": False,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure of effect.

    Parameters
    ----------
    name
        As in ``escalc`` of metafor: ``RR``, ``SMD``.
    words
        What it is called on the natural scale, to stand inside a sentence: ``risk ratio``.
    scale
        How the analysis scale is made from the natural one; ``identity`` where they are the same.
    null
        No effect, on the analysis scale; None for quantities of one group, which have none.
    family
        What kind of numbers it is made from.
    inputs
        The arguments of `weigh.effect_size` that it is made from.
    accepts
        Other arguments that can stand in for some of these.
    """

    name: str
    words: str
    scale: Scale
    null: float | None
    family: Family
    inputs: tuple[str, ...]
    accepts: tuple[str, ...] = ()

    @property
    def is_log(self) -> bool:
        """Whether the analysis scale is the logarithm of the natural one."""
        return self.scale == "log"

    @property
    def controlled(self) -> bool | None:
        """Whether it compares two groups; False for one group alone, before and after or once.

        None where that is not in the measure: matched pairs, effects as given.
        """
        return _CONTROLLED.get(self.family)

    @property
    def null_natural(self) -> float | None:
        """No effect on the natural scale: 1 for ratios, 0 for differences."""
        if self.null is None:
            return None
        return float(to_natural(self.null, self.name))


def _family(
    family: Family,
    inputs: str,
    rows: Mapping[str, tuple[str, Scale, float | None]],
    accepts: str = "",
) -> dict[str, Measure]:
    """Measures that are made from the same inputs."""
    return {
        name: Measure(
            name=name,
            words=words,
            scale=scale,
            null=null,
            family=family,
            inputs=tuple(inputs.split()),
            accepts=tuple(accepts.split()),
        )
        for name, (words, scale, null) in rows.items()
    }


_TABLE: dict[str, Measure] = {
    **_family(
        "two groups, counts",
        "events1 n1 events2 n2",
        {
            "RR": ("risk ratio", "log", 0.0),
            "OR": ("odds ratio", "log", 0.0),
            "RD": ("risk difference", "identity", 0.0),
            "PETO": ("Peto odds ratio", "log", 0.0),
            "AS": ("difference of arcsine square roots of risks", "identity", 0.0),
            "PHI": ("phi coefficient", "identity", 0.0),
            "ZPHI": ("phi coefficient", "fisher-z", 0.0),
            "YUQ": ("Yule's Q", "identity", 0.0),
            "YUY": ("Yule's Y", "identity", 0.0),
            "RTET": ("tetrachoric correlation", "identity", 0.0),
            "ZTET": ("tetrachoric correlation", "fisher-z", 0.0),
            "PBIT": ("standardized mean difference from a probit", "identity", 0.0),
            "OR2D": ("standardized mean difference from an odds ratio", "identity", 0.0),
            "OR2DL": (
                "standardized mean difference from an odds ratio (logistic)",
                "identity",
                0.0,
            ),
            "OR2DN": ("standardized mean difference from an odds ratio (normal)", "identity", 0.0),
        },
        accepts="nonevents1 nonevents2",
    ),
    **_family(
        "matched pairs, counts",
        "both first_only second_only neither",
        {
            "MPRD": ("matched-pairs marginal risk difference", "identity", 0.0),
            "MPRR": ("matched-pairs marginal risk ratio", "log", 0.0),
            "MPOR": ("matched-pairs marginal odds ratio", "log", 0.0),
            "MPORC": ("conditional odds ratio of matched pairs", "log", 0.0),
            "MPPETO": ("conditional Peto odds ratio of matched pairs", "log", 0.0),
        },
        accepts="events1 n1 events2 n2 nonevents1 nonevents2",
    ),
    **_family(
        "matched pairs, counts",
        "events1 n1 events2 n2 r",
        {"MPORM": ("marginal odds ratio of matched pairs from marginal counts", "log", 0.0)},
        accepts="nonevents1 nonevents2 share_both",
    ),
    **_family(
        "two groups, events over time",
        "events1 time1 events2 time2",
        {
            "IRR": ("incidence rate ratio", "log", 0.0),
            "IRD": ("incidence rate difference", "identity", 0.0),
            "IRSD": ("difference of square roots of incidence rates", "identity", 0.0),
        },
    ),
    **_family(
        "two groups, means",
        "mean1 sd1 n1 mean2 sd2 n2",
        {
            "MD": ("mean difference", "identity", 0.0),
            "SMDH": (
                "standardized mean difference with unequal variances",
                "identity",
                0.0,
            ),
            "SMD1H": (
                "standardized mean difference by the comparator's SD, unequal variances",
                "identity",
                0.0,
            ),
            "ROM": ("ratio of means", "log", 0.0),
            "CVR": ("ratio of coefficients of variation", "log", 0.0),
        },
    ),
    **_family(
        "two groups, means",
        "mean1 sd1 n1 mean2 sd2 n2 scale_min scale_max",
        {"POMPMD": ("mean difference in percent of the scale's range", "identity", 0.0)},
    ),
    **_family(
        "two groups, means",
        "mean1 sd1 n1 mean2 sd2 n2",
        {
            "SMD": ("standardized mean difference", "identity", 0.0),
            "RPB": ("point-biserial correlation", "identity", 0.0),
            "ZPB": ("point-biserial correlation", "fisher-z", 0.0),
            "RBIS": ("biserial correlation", "identity", 0.0),
            "ZBIS": ("biserial correlation", "fisher-z", 0.0),
            "D2OR": ("odds ratio from a standardized mean difference", "log", 0.0),
            "D2ORL": ("odds ratio from a standardized mean difference (logistic)", "log", 0.0),
            "D2ORN": ("odds ratio from a standardized mean difference (normal)", "log", 0.0),
        },
        accepts="d t p r",
    ),
    **_family(
        "two groups, means",
        "mean1 n1 mean2 sd2 n2",
        {"SMD1": ("standardized mean difference by the comparator's SD", "identity", 0.0)},
        accepts="sd1",
    ),
    **_family(
        "two groups, means",
        "sd1 n1 sd2 n2",
        {"VR": ("ratio of standard deviations", "log", 0.0)},
        accepts="mean1 mean2",
    ),
    **_family(
        "overlap of two groups",
        "mean1 sd1 n1 mean2 sd2 n2",
        {
            "CLESN": ("probability of superiority (normal)", "identity", 0.5),
            "AUCN": ("area under the curve (normal)", "identity", 0.5),
        },
        accepts="d t p auc",
    ),
    **_family(
        "overlap of two groups",
        "auc n1 n2",
        {
            "CLES": ("probability of superiority", "identity", 0.5),
            "AUC": ("area under the curve", "identity", 0.5),
        },
        accepts="ties",
    ),
    **_family(
        "one group, paired means",
        "mean_pre mean_post sd_pre sd_post n r",
        {
            "MC": ("mean change", "identity", 0.0),
        },
        accepts="change_mean change_sd",
    ),
    **_family(
        "one group, paired means",
        "mean_pre mean_post sd_pre sd_post n r scale_min scale_max",
        {"POMPMC": ("mean change in percent of the scale's range", "identity", 0.0)},
    ),
    **_family(
        "one group, paired means",
        "mean_pre mean_post sd_pre sd_post n r",
        {"SMCC": ("mean change in SDs of the change", "identity", 0.0)},
        accepts="change_mean change_sd d t p",
    ),
    **_family(
        "one group, paired means",
        "mean_pre mean_post sd_pre n r",
        {"SMCR": ("mean change in SDs of the scores", "identity", 0.0)},
        accepts="sd_post",
    ),
    **_family(
        "one group, paired means",
        "mean_pre mean_post sd_pre sd_post n r",
        {
            "SMCRH": ("mean change in SDs of the scores, unequal variances", "identity", 0.0),
            "SMCRP": ("mean change in pooled SDs", "identity", 0.0),
            "SMCRPH": ("mean change in pooled SDs, unequal variances", "identity", 0.0),
            "CLESCN": ("probability of superiority of paired scores", "identity", 0.5),
            "AUCCN": ("area under the curve of paired scores", "identity", 0.5),
            "ROMC": ("ratio of means of paired scores", "log", 0.0),
            "CVRC": ("ratio of coefficients of variation of paired scores", "log", 0.0),
        },
    ),
    **_family(
        "one group, paired means",
        "sd_pre sd_post n r",
        {"VRC": ("ratio of standard deviations of paired scores", "log", 0.0)},
        accepts="mean_pre mean_post",
    ),
    **_family(
        "two variables",
        "r n",
        {
            "COR": ("correlation", "identity", 0.0),
            "UCOR": ("correlation without bias", "identity", 0.0),
            "ZCOR": ("correlation", "fisher-z", 0.0),
        },
        accepts="t p",
    ),
    **_family(
        "two variables",
        "t predictors n",
        {
            "PCOR": ("partial correlation", "identity", 0.0),
            "ZPCOR": ("partial correlation", "fisher-z", 0.0),
        },
        accepts="r p",
    ),
    **_family(
        "two variables",
        "t predictors n r2",
        {
            "SPCOR": ("semi-partial correlation", "identity", 0.0),
            "ZSPCOR": ("semi-partial correlation", "fisher-z", 0.0),
        },
        accepts="r p",
    ),
    **_family(
        "two variables",
        "r2 predictors n",
        {
            "R2": ("explained share of variance, predictors at random", "identity", 0.0),
            "ZR2": ("explained share of variance, predictors at random", "fisher-z-of-root", 0.0),
            "R2F": ("explained share of variance, predictors fixed", "identity", 0.0),
            "ZR2F": ("explained share of variance, predictors fixed", "fisher-z-of-root", 0.0),
        },
        accepts="f p",
    ),
    **_family(
        "one group, counts",
        "events n",
        {
            "PR": ("proportion", "identity", None),
            "PLN": ("proportion", "log", None),
            "PLO": ("proportion", "logit", None),
            "PRZ": ("proportion", "probit", None),
            "PAS": ("proportion", "arcsine", None),
            "PFT": ("proportion", "double-arcsine", None),
        },
        accepts="nonevents",
    ),
    **_family(
        "one group, events over time",
        "events time",
        {
            "IR": ("incidence rate", "identity", None),
            "IRLN": ("incidence rate", "log", None),
            "IRS": ("incidence rate", "square-root", None),
            "IRFT": ("incidence rate", "freeman-tukey", None),
        },
    ),
    **_family(
        "one group, mean",
        "mean sd n",
        {
            "MN": ("mean", "identity", None),
            "SMN": ("mean in SDs", "identity", None),
            "MNLN": ("mean", "log", None),
            "CVLN": ("coefficient of variation", "log", None),
        },
    ),
    **_family(
        "one group, mean",
        "mean sd n scale_min scale_max",
        {"POMPMN": ("mean in percent of the scale's range", "identity", None)},
    ),
    **_family(
        "one group, mean",
        "sd n",
        {"SDLN": ("standard deviation", "log", None)},
        accepts="mean",
    ),
    **_family(
        "reliability",
        "alpha items n",
        {
            "ARAW": ("Cronbach's alpha", "identity", None),
            "AHW": ("Cronbach's alpha", "cube-root-of-complement", None),
            "ABT": ("Cronbach's alpha", "log-of-complement", None),
        },
    ),
    **_family(
        "genotypes",
        "homozygous1 heterozygous homozygous2",
        {"REH": ("relative excess heterozygosity", "log", 0.0)},
    ),
    **_family(
        "as given",
        "yi vi",
        {
            "GEN": ("effect", "identity", 0.0),
            "HD": ("hazard difference", "identity", 0.0),
            "HR": ("hazard ratio", "log", 0.0),
        },
        accepts="sei ci_low ci_high n",
    ),
}

MEASURES: Mapping[str, Measure] = MappingProxyType(_TABLE)
"""Every measure by its name."""


def measure_named(name: str) -> Measure:
    """Return the measure with this name, or an error that suggests the nearest."""
    try:
        return MEASURES[name]
    except KeyError:
        raise NotFoundError("measure", name, MEASURES) from None


def to_natural(values: npt.ArrayLike, measure: str, *, n: npt.ArrayLike | None = None) -> Any:
    """Values on the natural scale of a measure: ratios rather than their logarithms.

    Parameters
    ----------
    values
        On the analysis scale: effects, pooled estimates, ends of intervals.
    measure
        Name of the measure, such as ``RR``.
    n
        For the double arcsine of a proportion (``PFT``) the sample sizes, and for the
        Freeman-Tukey transformed rate (``IRFT``) the person-times: one for each value, or all
        those that were pooled, whose harmonic mean is then taken (Miller 1978).

    Returns
    -------
    float or array, as `values`
        What lies outside the range that the transformation can reach becomes the end of it: a
        proportion of 0 or 1, a rate of 0. Cronbach's alpha may come out below 0, as it can be
        (metafor stops at 0 there).

    Examples
    --------
    >>> to_natural(0.0, "RR")
    1.0
    """
    known = measure_named(measure)
    x = np.asarray(values, dtype=np.float64)
    y = from_scale(known.scale, x, _size(known, x, n))
    return float(y) if y.ndim == 0 else y


def from_natural(values: npt.ArrayLike, measure: str, *, n: npt.ArrayLike | None = None) -> Any:
    """Values on the analysis scale of a measure: the way back from `to_natural`.

    For a printed risk ratio its logarithm, for a proportion its logit or arcsine. A value that has
    no place on the analysis scale becomes infinite or NaN.
    """
    known = measure_named(measure)
    y = np.asarray(values, dtype=np.float64)
    x = to_scale(known.scale, y, _size(known, y, n))
    return float(x) if x.ndim == 0 else x


def _size(measure: Measure, x: FloatArray, n: npt.ArrayLike | None) -> FloatArray:
    """Sample sizes or person-times for the scales that hang on them."""
    if measure.scale not in ("double-arcsine", "freeman-tukey"):
        return np.asarray(np.nan)
    if n is None:
        sizes = "sample sizes" if measure.scale == "double-arcsine" else "person-times"
        raise InputError(
            f"{measure.name} cannot change scale without the {sizes}.", hint="Give them as n=."
        )
    size = np.asarray(n, dtype=np.float64)
    if size.shape == x.shape:
        return size
    known = size[np.isfinite(size)]
    return np.asarray(known.size / np.sum(1.0 / known))
