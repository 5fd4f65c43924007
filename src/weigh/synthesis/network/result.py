"""The result of `weigh.network`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.figures import amount, p_value
from weigh.synthesis.heterogeneity import heterogeneity_from_q
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.network.asymmetry import AdjustedFunnel, adjusted_funnel
from weigh.synthesis.network.components import ComponentNetwork, fit_components
from weigh.synthesis.network.confidence import Confidence, judge, study_contributions
from weigh.synthesis.network.contributions import (
    Contributions,
    Hat,
    contribute,
    hat_matrix,
)
from weigh.synthesis.network.decomposition import Inconsistency, decompose
from weigh.synthesis.network.evidence import Direct, Evidence, direct_evidence, measure_evidence
from weigh.synthesis.network.frames import Backend
from weigh.synthesis.network.graph import NetworkGraph, graph_of
from weigh.synthesis.network.heat import NetHeat, net_heat
from weigh.synthesis.network.league import (
    Against,
    League,
    against_frame,
    against_lines,
    make_league,
)
from weigh.synthesis.network.ranking import Ranking, rank_treatments
from weigh.synthesis.network.rows import Estimates, Rows
from weigh.synthesis.network.splitting import Split, split_evidence
from weigh.synthesis.network.trials import Trials

__all__ = ["Network"]

FloatArray = npt.NDArray[np.float64]
_MODELS = ("common", "random")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Treatments compared through all trials at once.

    Parameters
    ----------
    trials, rows
        The trials, and the same as independent rows.
    sizes
        People in each treatment over all trials, in the order of `treatments`; None where arms
        were not given.
    reference, method, level, better, measure
        As asked for.
    common, random
        Effects of all treatments against the first of `treatments` with their covariance; `random`
        is None for a method without between-study variance.
    tau2, tau2_se, tau2_ci_low, tau2_ci_high
        Between-study variance, the same for all comparisons; its interval by the generalized Q
        statistic.
    q, q_df, q_p
        Cochran's Q of the network: heterogeneity and inconsistency together.
    notes
        Cautions in plain words.
    """

    trials: Trials
    rows: Rows
    sizes: FloatArray | None
    reference: str
    method: str
    level: float
    better: Literal["lower", "higher"]
    measure: str | None
    common: Estimates
    random: Estimates | None
    tau2: float
    tau2_se: float | None
    tau2_ci_low: float | None
    tau2_ci_high: float | None
    q: float
    q_df: int
    q_p: float | None
    notes: tuple[str, ...] = ()

    @property
    def treatments(self) -> tuple[str, ...]:
        """Names of the treatments in alphabetical order."""
        return self.trials.treatments

    @property
    def k(self) -> int:
        """Number of trials."""
        return len(self.trials.trials)

    @property
    def i2(self) -> float | None:
        """Share of the variation that is not chance, in percent, from Q; None without a Q."""
        return None if self.q_df == 0 else heterogeneity_from_q(self.q, self.q_df).i2[0]

    @property
    def i2_interval(self) -> tuple[float | None, float | None]:
        """Limits of I2 in percent, by its test; None below two degrees of freedom."""
        return (None, None) if self.q_df == 0 else heterogeneity_from_q(self.q, self.q_df).i2[1:]

    @property
    def model(self) -> str:
        """The model that methods take unless told otherwise."""
        return "common" if self.random is None else "random"

    def estimates(self, model: str | None = None) -> Estimates:
        """Effects and covariance under ``"common"`` or ``"random"`` effects."""
        if model is None:
            return self.common if self.random is None else self.random
        check_choice("model of a network", model, _MODELS)
        if model == "common":
            return self.common
        if self.random is None:
            raise InputError(
                f"This network was fitted by {self.method}, without random effects.",
                hint="Fit it with method='REML' or 'DL'.",
            )
        return self.random

    def graph(self) -> NetworkGraph:
        """Treatments and how many trials compare them."""
        return graph_of(self.trials, self.sizes)

    def league(self, model: str | None = None) -> League:
        """Every treatment against every other."""
        return make_league(
            self.treatments,
            self.estimates(model),
            model=model or self.model,
            level=self.level,
            df=self.q_df,
        )

    def against_reference(self, model: str | None = None) -> tuple[Against, ...]:
        """Every other treatment against the reference."""
        return self.league(model).against(self.reference)

    def ranking(
        self,
        model: str | None = None,
        *,
        better: str | None = None,
        draws: int = 10_000,
        seed: int = 0,
    ) -> Ranking:
        """Treatments ranked: P-scores, SUCRA and probabilities of ranks.

        Parameters
        ----------
        model
            ``"common"`` or ``"random"``.
        better
            Whether ``"lower"`` or ``"higher"`` effects are the better ones.
        draws, seed
            Rankings drawn for the probabilities with more than three treatments.
        """
        better = better or self.better
        check_choice("direction of effects", better, ("lower", "higher"))
        return rank_treatments(
            self.treatments,
            self.estimates(model),
            better=better,
            model=model or self.model,
            draws=draws,
            seed=seed,
        )

    def inconsistency(self) -> Inconsistency:
        """Cochran's Q within and between designs, and the design-by-treatment interaction."""
        return decompose(self.trials, self.rows)

    def split(self, method: str = "back-calculation", *, model: str | None = None) -> Split:
        """Direct against indirect evidence of each comparison.

        Parameters
        ----------
        method
            ``"back-calculation"``: the network's estimate less the direct one. ``"designs"``: the
            network of the trials that do not compare the two, with a tau2 of its own.
        model
            ``"common"`` or ``"random"``.
        """
        check_choice("way to split evidence", method, ("back-calculation", "designs"))
        return split_evidence(
            self.trials,
            self.estimates(model),
            method=method,
            model=model or self.model,
            tau2_method=self.method,
            level=self.level,
        )

    def direct(self, model: str | None = None) -> Direct:
        """Direct and indirect evidence as matrices."""
        return direct_evidence(self.trials, self.estimates(model))

    def evidence(self, model: str | None = None) -> Evidence:
        """Share of direct evidence, length and number of the paths behind each comparison."""
        return measure_evidence(self.trials, self.estimates(model))

    def hat(self, model: str | None = None) -> Hat:
        """The hat matrix of the contrasts, their weights and the Laplacian."""
        return hat_matrix(self.trials, self.estimates(model))

    def contributions(
        self, method: str = "shortest-path", *, model: str | None = None
    ) -> Contributions:
        """What each direct comparison contributes to each estimate.

        Parameters
        ----------
        method
            ``"shortest-path"`` or ``"random-walk"``.
        model
            ``"common"`` or ``"random"``.
        """
        check_choice("way to contributions", method, ("shortest-path", "random-walk"))
        return contribute(
            self.trials, self.estimates(model), method=method, model=model or self.model
        )

    def heat(self, model: str | None = None) -> NetHeat:
        """Which designs disagree, and whose detachment settles it."""
        self.estimates(model)
        return net_heat(self.trials, self.rows, model=model or self.model)

    def funnel(self, order: Sequence[str] | str, *, model: str | None = None) -> AdjustedFunnel:
        """The comparison-adjusted funnel with Egger's test.

        Parameters
        ----------
        order
            All treatments, such as from old to new; or some, such as placebo alone: then only
            contrasts with those are taken, and the others stand first.
        model
            ``"common"`` or ``"random"``.
        """
        return adjusted_funnel(self.trials, self.estimates(model), order, model=model or self.model)

    def confidence(
        self,
        *,
        important: float,
        risk_of_bias: Mapping[str, str] | None = None,
        indirectness: Mapping[str, str] | None = None,
        reporting_bias: Mapping[tuple[str, str], str] | None = None,
        model: str | None = None,
    ) -> Confidence:
        """Confidence in each comparison by the six domains of CINeMA; see `confidence.judge`.

        Parameters
        ----------
        important
            The smallest effect that matters, on the analysis scale.
        risk_of_bias, indirectness
            Judgement of each trial by its name: ``"low"``, ``"some-concerns"`` or ``"high"``.
        reporting_bias
            Concerns about comparisons: ``"no"``, ``"some"`` or ``"major"``, by pair.
        model
            ``"common"`` or ``"random"``.
        """
        estimates = self.estimates(model)
        contributions = self.contributions(model=model)
        return judge(
            self.trials,
            shares=study_contributions(self.trials, estimates, contributions),
            league=self.league(model),
            split=self.split(model=model),
            inconsistency=self.inconsistency(),
            important=important,
            risk_of_bias=risk_of_bias,
            indirectness=indirectness,
            reporting_bias=reporting_bias,
        )

    def components(
        self,
        inactive: str | None = None,
        *,
        separator: str = "+",
        interactions: Iterable[Sequence[str]] = (),
        method: str | None = None,
    ) -> ComponentNetwork:
        """The same trials as an additive network of components; see `component_network`."""
        return fit_components(
            self.trials,
            inactive=inactive,
            separator=separator,
            interactions=interactions,
            method=method or self.method,
            tau2=None,
            level=self.level,
        )

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: what is undefined is None."""
        return {
            "k": self.k,
            "treatments": list(self.treatments),
            "reference": self.reference,
            "method": self.method,
            "model": self.model,
            "measure": self.measure,
            "level": self.level,
            "tau2": self.tau2,
            "tau2_se": self.tau2_se,
            "tau2_ci_low": self.tau2_ci_low,
            "tau2_ci_high": self.tau2_ci_high,
            "q": self.q,
            "q_df": self.q_df,
            "q_p": self.q_p,
            "i2": self.i2,
            "against_reference": [one.to_dict() for one in self.against_reference()],
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a treatment against the reference."""
        return against_frame(self.against_reference(), backend)

    def summary(self, *, digits: int = 3) -> str:
        """The network as a printout, on the analysis scale."""
        n = len(self.treatments)
        kind = "Common-effect" if self.random is None else "Random-effects"
        lines = [
            f"{kind} network meta-analysis, {self.method}: {n} treatments, {self.k} trials, "
            f"{len(self.trials.designs())} designs",
            "",
        ]
        against = self.against_reference()
        lines += [*against_lines(against, self.reference, self.level, digits), ""]
        if self.random is not None:
            lines.append(f"tau² = {amount(self.tau2, digits + 1)}")
        if self.i2 is not None:
            lines.append(f"I² = {amount(self.i2, 1)}%")
        if self.q_p is not None:
            lines.append(f"Q({self.q_df}) = {amount(self.q)}, p {_equals(self.q_p)}")
        lines += [f"Note: {note}" for note in self.notes]
        return "\n".join(lines)


def _equals(p: float) -> str:
    shown = p_value(p)
    return shown if shown[:1] in "<>" else f"= {shown}"
