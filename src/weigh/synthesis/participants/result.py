"""The result of `weigh.two_stage`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import MissingExtraError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.figures import amount, p_value
from weigh.evidence.pooled import Pooled
from weigh.stats.tails import two_sided_quantile
from weigh.synthesis.records import as_record

__all__ = ["TwoStage"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoStage:
    """Studies pooled from their participants, in two stages, on the analysis scale.

    Parameters
    ----------
    model, measure
        Model of the outcome, and what it estimates: ``MD``, ``OR``, ``IRR``, ``HR``.
    arms
        The comparator's arm and the intervention's.
    adjusted, modifier
        Covariates, and the one whose interaction was asked for; ``sex[male]`` where it is a
        category against the other.
    studies
        Names of the studies.
    n1, n2
        Participants of each in the intervention's and the comparator's arm, with nothing missing.
    yi, vi
        Each study's effect and its variance; NaN with a reason in `reasons`.
    interaction_yi, interaction_vi, modifier_mean
        Each study's interaction, a unit of the modifier, and the mean of its modifier.
    pooled
        The effect of the treatment, as pooled; with a modifier too it is without the interaction.
    interaction
        The interaction within studies, as pooled: how the effect differs between participants.
    across
        Effects regressed on the studies' mean modifier: how it differs between studies. For
        comparison only, as studies with other participants differ in other ways too.
    notes
        Who was left out.
    """

    model: str
    measure: str
    arms: tuple[str, str]
    adjusted: tuple[str, ...]
    modifier: str | None
    studies: tuple[str, ...]
    n1: npt.NDArray[np.int_]
    n2: npt.NDArray[np.int_]
    yi: FloatArray
    vi: FloatArray
    reasons: tuple[str | None, ...]
    interaction_yi: FloatArray | None
    interaction_vi: FloatArray | None
    modifier_mean: FloatArray | None
    interaction_reasons: tuple[str | None, ...] | None
    pooled: Pooled
    interaction: Pooled | None
    across: Pooled | None
    level: float
    notes: tuple[str, ...] = ()

    @property
    def effects(self) -> EffectSizes:
        """Each study's effect, to be put below those of studies without participants' data."""
        return EffectSizes(
            yi=self.yi.copy(),
            vi=self.vi.copy(),
            measure=self.measure,
            ni=(self.n1 + self.n2).astype(np.float64),
            slab=self.studies,
            reasons=self.reasons,
            notes=self.notes,
            conventions=(f"participants, {self.model} model",),
        )

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON: what is undefined is None."""
        fits = {"pooled": self.pooled, "interaction": self.interaction, "across": self.across}
        return as_record(self) | {
            name: None if fit is None else fit.to_dict() for name, fit in fits.items()
        }

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a study; with reasons where one has no effect."""
        se = np.sqrt(self.vi)
        half = two_sided_quantile(self.level) * se
        columns: dict[str, Any] = {
            "study": list(self.studies),
            "n1": self.n1,
            "n2": self.n2,
            "yi": self.yi,
            "sei": se,
            "ci_low": self.yi - half,
            "ci_high": self.yi + half,
        }
        if self.interaction_yi is not None and self.interaction_vi is not None:
            columns["interaction"] = self.interaction_yi
            columns["interaction_se"] = np.sqrt(self.interaction_vi)
            columns["modifier_mean"] = self.modifier_mean
        if any(self.reasons):
            columns["reason"] = [reason or "" for reason in self.reasons]
        try:
            return nw.from_dict(columns, backend=backend).to_native()
        except ImportError:
            raise MissingExtraError("A data frame of studies", backend) from None

    def summary(self, *, digits: int = 4) -> str:
        """The analysis as a printout, on the analysis scale."""
        people = int(self.n1.sum() + self.n2.sum())
        by = f", adjusted for {', '.join(self.adjusted)}" if self.adjusted else ""
        lines = [
            f"{people:,} participants, {self.arms[1]} against {self.arms[0]}: {self.measure} by "
            f"{self.model} models{by}",
            "",
            self.pooled.summary(digits=digits),
        ]
        if self.interaction is not None:
            fit = self.interaction
            interval = f"{amount(fit.ci_low, digits)} to {amount(fit.ci_high, digits)}"
            lines += [
                "",
                f"Interaction with {self.modifier}, within studies (k = {fit.k}): "
                f"{amount(fit.estimate, digits)}, {100.0 * fit.level:g}% CI {interval}, "
                f"{_p(fit.p)}",
            ]
        if self.across is not None:
            slope = self.across.coefficients[-1]
            lines.append(
                f"Across studies, for comparison only: {amount(slope.estimate, digits)}, "
                f"{_p(slope.p)}"
            )
        if self.notes:
            lines += ["", *(f"Note: {note}" for note in self.notes)]
        return "\n".join(lines)


def _p(value: float) -> str:
    shown = p_value(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"
