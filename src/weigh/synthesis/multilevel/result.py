"""A fitted model of dependent effects, and what can be asked of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.pooled import Coder, Coefficient
from weigh.synthesis.multilevel.component import Component
from weigh.synthesis.multilevel.criteria import Criteria
from weigh.synthesis.multilevel.model import Solved

if TYPE_CHECKING:
    from weigh.synthesis.multilevel.comparison import MultilevelComparison
    from weigh.synthesis.multilevel.heterogeneity import MultilevelHeterogeneity
    from weigh.synthesis.multilevel.influence import MultilevelInfluence
    from weigh.synthesis.multilevel.profiling import ComponentInterval, ComponentProfile
    from weigh.synthesis.multilevel.random_effects import RandomEffects
    from weigh.synthesis.prediction import Predictions

__all__ = ["Multilevel"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multilevel:
    """A multilevel or multivariate model of dependent effects, on the analysis scale.

    Methods for variances that are robust to a wrong model find here what they need: `yi`, `design`,
    `V`, the marginal covariance `M` and the weights `W`, its inverse, `coefficients`, `residuals`
    and `vb`; and `blocks`, the rows that are independent of all others, so that nothing of the
    size of n² need be made.

    Parameters
    ----------
    k
        Number of effects used.
    coefficients
        Of the mean: estimate, standard error, test, interval, and its own degrees of freedom.
    names, design, vb
        Names of the coefficients, model matrix (k × p), covariance of the coefficients.
    components
        Variances and correlations of the random effects.
    pi_low, pi_high
        Where the true effect of a further one is expected; for one pooled effect whose random
        effects are the same at all levels, else None.
    full, restricted
        Likelihood and information criteria, by either likelihood.
    qe, qe_df, qe_p
        Test of whether the effects differ beyond their sampling errors; None where `V` has no
        inverse.
    qm, qm_df, qm_p
        Joint test of the moderators (of the one coefficient where it is alone); two degrees of
        freedom make it an F test.
    method, test, level, dfs
        As asked for.
    ddf
        Degrees of freedom of each coefficient; None for normal tests.
    yi, slab, rows
        Effects used, their names, and their rows in the input, counted from 0.
    blocks
        Rows of the effects used, counted from 0, in sets that are independent of each other.
    coder
        Makes rows of the model matrix from named moderators.
    solved
        The model and its solution, for what is computed later.
    notes
        Cautions in plain words.
    """

    k: int
    coefficients: tuple[Coefficient, ...]
    names: tuple[str, ...]
    design: FloatArray
    vb: FloatArray
    components: tuple[Component, ...]
    pi_low: float | None
    pi_high: float | None
    full: Criteria
    restricted: Criteria
    qe: float | None
    qe_df: int
    qe_p: float | None
    qm: float
    qm_df: tuple[int, float | None]
    qm_p: float
    method: str
    test: str
    level: float
    dfs: str | tuple[float, ...]
    ddf: tuple[float, ...] | None
    yi: FloatArray
    slab: tuple[str, ...]
    rows: IntArray
    blocks: tuple[IntArray, ...] = field(repr=False)
    coder: Coder | None
    solved: Solved = field(repr=False)
    notes: tuple[str, ...]

    @property
    def V(self) -> FloatArray:  # the field's own letter
        """Sampling covariance of the effects, (k, k)."""
        model = self.solved.model
        return model.known.dense() * model.unit**2

    @property
    def M(self) -> FloatArray:
        """Marginal covariance of the effects: sampling and random effects together, (k, k)."""
        out = np.zeros((self.k, self.k))
        for block in self.blocks:
            out[np.ix_(block, block)] = self.marginal(block)
        return out

    @property
    def W(self) -> FloatArray:
        """Weights of the effects: the inverse of `M`, (k, k)."""
        out = np.zeros((self.k, self.k))
        for block in self.blocks:
            out[np.ix_(block, block)] = np.linalg.inv(self.marginal(block))
        return out

    def marginal(self, rows: IntArray) -> FloatArray:
        """Marginal covariance of some effects, by their places among those used."""
        model = self.solved.model
        return model.marginal(self.solved.maximum.point.at, rows) * model.unit**2

    @property
    def estimates(self) -> FloatArray:
        """Coefficients as an array."""
        return np.array([each.estimate for each in self.coefficients])

    @property
    def fitted(self) -> FloatArray:
        """Fitted values: what the moderators predict, (k,)."""
        product: FloatArray = self.design @ self.estimates
        return product

    @property
    def residuals(self) -> FloatArray:
        """Effects less fitted values, (k,)."""
        return self.yi - self.fitted

    @property
    def sigma2(self) -> tuple[float, ...]:
        """Variances of the random intercepts, in their order."""
        return self._values("sigma2")

    @property
    def tau2(self) -> tuple[float, ...]:
        """Variances of the first ``~ inner | outer``."""
        return self._values("tau2")

    @property
    def rho(self) -> tuple[float, ...]:
        """Correlations of the first ``~ inner | outer``."""
        return self._values("rho")

    @property
    def gamma2(self) -> tuple[float, ...]:
        """Variances of the second ``~ inner | outer``."""
        return self._values("gamma2")

    @property
    def phi(self) -> tuple[float, ...]:
        """Correlations of the second ``~ inner | outer``."""
        return self._values("phi")

    def _values(self, kind: str) -> tuple[float, ...]:
        return tuple(one.value for one in self.components if one.kind == kind)

    @property
    def pooled(self) -> Coefficient:
        """The one pooled effect.

        Raises
        ------
        InputError
            A regression, which has several coefficients.
        """
        if self.is_regression:
            raise InputError(
                f"This model has coefficients ({', '.join(self.names)}) and no one pooled effect.",
                hint="Look in fit.coefficients.",
            )
        return self.coefficients[0]

    @property
    def log_likelihood(self) -> float:
        """The likelihood that `method` names."""
        return self.criteria.log_likelihood

    @property
    def criteria(self) -> Criteria:
        """Likelihood and information criteria by the likelihood that `method` names."""
        return self.restricted if self.method == "REML" else self.full

    @property
    def is_regression(self) -> bool:
        """Whether there is more than one pooled effect."""
        return self.names != ("intercept",)

    def component(self, name: str) -> Component:
        """One component by its name; by its kind where there is one of it."""
        return self.components[self.place(name)]

    def place(self, name: str) -> int:
        """Place of a component among all, by its name, or its kind where there is one of it."""
        found = [index for index, one in enumerate(self.components) if one.name == name]
        if not found:
            found = [index for index, one in enumerate(self.components) if one.kind == name]
        if len(found) != 1:
            raise NotFoundError("component", name, [one.name for one in self.components])
        return found[0]

    def confint(
        self,
        names: str | Sequence[str] | None = None,
        *,
        kind: str = "profile",
        level: float | None = None,
    ) -> tuple[ComponentInterval, ...]:
        """Intervals of components; see `weigh.synthesis.multilevel.component_intervals`."""
        from weigh.synthesis.multilevel.profiling import component_intervals

        return component_intervals(self, names, kind=kind, level=level)

    def profile(
        self, name: str, *, at: Any = None, points: int = 41, level: float | None = None
    ) -> ComponentProfile:
        """The likelihood along a component; see `weigh.synthesis.multilevel.profile`."""
        from weigh.synthesis.multilevel.profiling import profile

        return profile(self, name, at=at, points=points, level=level)

    def predict(
        self,
        mods: Any = None,
        *,
        tau2_levels: Sequence[Any] | str | None = None,
        gamma2_levels: Sequence[Any] | str | None = None,
        level: float | None = None,
    ) -> Predictions:
        """Predict for moderators; see `weigh.synthesis.multilevel.predict_multilevel`."""
        from weigh.synthesis.multilevel.prediction import predict_multilevel

        return predict_multilevel(
            self, mods, tau2_levels=tau2_levels, gamma2_levels=gamma2_levels, level=level
        )

    def ranef(self, *, level: float | None = None) -> tuple[RandomEffects, ...]:
        """Predict the random effects; see `weigh.synthesis.multilevel.random_effects`."""
        from weigh.synthesis.multilevel.random_effects import random_effects

        return random_effects(self, level=level)

    def influence(self, cluster: Any = None, *, reestimate: bool = True) -> MultilevelInfluence:
        """Leave out each effect or cluster; see `multilevel_influence`."""
        from weigh.synthesis.multilevel.influence import multilevel_influence

        return multilevel_influence(self, cluster, reestimate=reestimate)

    def compare(self, small: Multilevel) -> MultilevelComparison:
        """Test this model against a smaller one; see `compare_multilevel`."""
        from weigh.synthesis.multilevel.comparison import compare_multilevel

        return compare_multilevel(small, self)

    def heterogeneity(self) -> MultilevelHeterogeneity:
        """I² by random effect and by coefficient; see `multilevel_heterogeneity`."""
        from weigh.synthesis.multilevel.heterogeneity import multilevel_heterogeneity

        return multilevel_heterogeneity(self)

    def summary(self, *, digits: int = 4) -> str:
        """The fit as a statistician's printout, on the analysis scale.

        Parameters
        ----------
        digits
            Decimals of estimates.
        """
        from weigh.synthesis.multilevel.printout import summary

        return summary(self, digits=digits)

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: finite numbers, or None for what is undefined."""
        criteria = self.criteria
        head: dict[str, Any] = {"k": self.k}
        if not self.is_regression:
            (one,) = self.coefficients
            head |= {
                "estimate": one.estimate,
                "se": one.se,
                "statistic": one.statistic,
                "p": one.p,
                "ci_low": one.ci_low,
                "ci_high": one.ci_high,
                "pi_low": self.pi_low,
                "pi_high": self.pi_high,
            }
        return head | {
            "coefficients": [each.to_dict() for each in self.coefficients],
            "components": [each.to_dict() for each in self.components],
            **{
                kind: list(self._values(kind))
                for kind in ("sigma2", "tau2", "rho", "gamma2", "phi")
                if self._values(kind)
            },
            "log_likelihood": criteria.log_likelihood,
            "deviance": criteria.deviance,
            "aic": criteria.aic,
            "bic": criteria.bic,
            "aicc": criteria.aicc,
            "parameters": criteria.parameters,
            "qe": self.qe,
            "qe_df": self.qe_df,
            "qe_p": self.qe_p,
            "qm": self.qm,
            "qm_df": list(self.qm_df),
            "qm_p": self.qm_p,
            "method": self.method,
            "test": self.test,
            "level": self.level,
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame: a row a coefficient, then a row a component.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        rows: list[tuple[str, str, float, float | None, float | None, float | None]] = [
            ("coefficient", each.name, each.estimate, each.se, each.ci_low, each.ci_high)
            for each in self.coefficients
        ]
        rows += [
            ("component", each.name, each.value, each.se, each.ci_low, each.ci_high)
            for each in self.components
        ]
        names = ("part", "name", "estimate", "se", "ci_low", "ci_high")
        columns = {
            name: [math.nan if value is None else value for value in column]
            for name, column in zip(names, zip(*rows, strict=True), strict=True)
        }
        return nw.from_dict(columns, backend=backend).to_native()
