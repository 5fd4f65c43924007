"""What the hierarchical model says, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.evidence.figures import amount
from weigh.evidence.printout import columns_of_text
from weigh.synthesis.bayes.posterior import Posterior

__all__ = ["Bayes"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bayes:
    """Posteriors of the normal-normal hierarchical model.

    Parameters
    ----------
    k
        Number of studies.
    mu, tau
        The average effect, and the standard deviation of effects between studies.
    prediction
        The effect in a new study like these.
    effects
        The true effect of each study, drawn towards the others.
    marginal_likelihood
        Probability density of the effects seen; None where a prior has no finite integral.
    bayes_factor_mu, bayes_factor_tau
        How much likelier the effects are with mu = 0, and with tau = 0, than under the model: below
        1 they speak against it. None where a prior leaves them undefined.
    quadrature_error
        Posterior probability that moved when the step of the integral was last halved.
    nodes
        Number of nodes of that integral.
    tau_prior, mu_prior
        Prior of tau in words; mean and standard deviation of mu's, None for the uniform one.
    level, interval
        Probability of the intervals, and their kind.
    yi, vi, slab
        The studies.
    notes
        What a reader should know.
    """

    k: int
    mu: Posterior
    tau: Posterior
    prediction: Posterior
    effects: tuple[Posterior, ...]
    marginal_likelihood: float | None
    bayes_factor_mu: float | None
    bayes_factor_tau: float | None
    quadrature_error: float
    nodes: int
    tau_prior: str
    mu_prior: tuple[float, float] | None
    level: float
    interval: str
    yi: FloatArray
    vi: FloatArray
    slab: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def p_above(self, x: float) -> float:
        """Probability that the average effect exceeds a value, on the analysis scale."""
        return self.mu.p_above(x)

    def p_new_above(self, x: float) -> float:
        """Probability that the effect in a new study exceeds a value, on the analysis scale."""
        return self.prediction.p_above(x)

    def to_dict(self) -> dict[str, Any]:
        """The figures, ready for JSON: None for what is undefined."""
        return {
            "k": self.k,
            **{name: getattr(self, name).to_dict() for name in ("mu", "tau", "prediction")},
            "effects": [
                {"study": name, **one.to_dict()}
                for name, one in zip(self.slab, self.effects, strict=True)
            ],
            "marginal_likelihood": self.marginal_likelihood,
            "bayes_factor_mu": self.bayes_factor_mu,
            "bayes_factor_tau": self.bayes_factor_tau,
            "quadrature_error": self.quadrature_error,
            "nodes": self.nodes,
            "tau_prior": self.tau_prior,
            "mu_prior": None if self.mu_prior is None else list(self.mu_prior),
            "level": self.level,
            "interval": self.interval,
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame: a row for each study's effect, then mu, the new effect and tau.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        names = ("mode", "median", "mean", "sd", "ci_low", "ci_high")
        rows = dict(self._rows())
        columns: dict[str, Any] = {"quantity": list(rows)}
        columns |= {name: [getattr(row, name) for row in rows.values()] for name in names}
        return nw.from_dict(columns, backend=backend).to_native()

    def _rows(self) -> list[tuple[str, Posterior]]:
        shrunk = [(f"effect of {n}", one) for n, one in zip(self.slab, self.effects, strict=True)]
        return [*shrunk, ("mu", self.mu), ("new effect", self.prediction), ("tau", self.tau)]

    def summary(self, *, digits: int = 4) -> str:
        """The posteriors as a statistician's printout, on the analysis scale.

        Parameters
        ----------
        digits
            Decimals of estimates.
        """
        prior = "uniform (improper)" if self.mu_prior is None else _normal(self.mu_prior)
        percent = f"{100.0 * self.level:g}%"
        rows: list[tuple[str, ...]] = [
            ("", "median", "mean", "sd", f"{percent} low", f"{percent} high")
        ]
        for name, one in self._rows()[::-1]:
            figures = (one.median, one.mean, one.sd, one.ci_low, one.ci_high)
            told = ["undefined" if x is None else amount(x, digits) for x in figures]
            rows.append((name, *told))
        lines = [
            f"Bayesian random-effects model (k = {self.k})",
            "",
            f"Prior of mu: {prior}",
            f"Prior of tau: {self.tau_prior}",
            "",
            *columns_of_text(rows),
            "",
            f"Intervals: {self.interval}, {percent}",
        ]
        if self.bayes_factor_mu is not None:
            lines.append(f"Bayes factor, mu = 0: {self.bayes_factor_mu:.4g}")
        if self.bayes_factor_tau is not None:
            lines.append(f"Bayes factor, tau = 0: {self.bayes_factor_tau:.4g}")
        if self.notes:
            lines += ["", *(f"Note: {note}" for note in self.notes)]
        return "\n".join(lines)

    def report(self) -> str:
        """A paragraph on methods and one on results, on the analysis scale."""
        prior = (
            "an improper uniform prior"
            if self.mu_prior is None
            else f"a prior that is {_normal(self.mu_prior)}"
        )
        percent = f"{100.0 * self.level:g}%"
        studies = "1 study was" if self.k == 1 else f"{self.k} studies were"
        methods = (
            f"The effects of {studies} pooled by a Bayesian normal-normal hierarchical model, with "
            f"{prior} for the average effect and a prior for the standard deviation between "
            f"studies (tau) that is {self.tau_prior}. Posteriors were computed by numerical "
            f"integration over tau; intervals are {self.interval} {percent} credible intervals."
        )
        mu, tau, new = self.mu, self.tau, self.prediction
        above, new_above = (f"{100.0 * one.p_above(0.0):.1f}%" for one in (mu, new))
        results = (
            f"The posterior median of the average effect is {_told(mu)}, and its probability of "
            f"being above 0 is {above}. Tau is {_told(tau)}. The effect in a new study is "
            f"{_told(new)}, above 0 with probability {new_above}."
        )
        return f"{methods}\n\n{results}"


def _normal(prior: tuple[float, float]) -> str:
    return f"normal with mean {prior[0]:g} and standard deviation {prior[1]:g}"


def _told(one: Posterior) -> str:
    return f"{amount(one.median)} ({amount(one.ci_low)} to {amount(one.ci_high)})"
