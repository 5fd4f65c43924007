"""A fitted model of dependent effects, and what can be asked of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.evidence.pooled import Coder, Coefficient
from weigh.synthesis.multilevel.criteria import Criteria
from weigh.synthesis.multilevel.model import Solved

__all__ = ["Component", "Multilevel"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One variance or correlation of the random effects.

    Parameters
    ----------
    name
        ``sigma2[district]``, ``tau2[AL]``, ``rho[AL, PD]``.
    kind
        ``sigma2`` of random intercepts; ``tau2`` and ``rho`` of the first ``~ inner | outer``,
        ``gamma2`` and ``phi`` of the second.
    term
        The random effect that it belongs to.
    levels
        Inner levels that it is of.
    groups
        Number of groups of the random effect.
    value
        Estimate, or what it was held at.
    se, ci_low, ci_high
        From the curvature of the likelihood; the interval is cut off where the component ends.
        None where the component is held fixed, or is at the end of its range, where the curvature
        says nothing. `Multilevel.confint` has the profile likelihood.
    held
        Whether it was held fixed.
    """

    name: str
    kind: str
    term: str
    levels: tuple[str, ...]
    groups: int
    value: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    held: bool

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "name": self.name,
            "term": self.term,
            "groups": self.groups,
            "value": self.value,
            "se": self.se,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "held": self.held,
        }


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
        solved = self.solved
        at, likelihood = solved.maximum.point.at, solved.likelihood
        n = self.k
        whole = np.zeros((n + 1, n + 1))
        for part, m in zip(likelihood.parts, likelihood.covariances(at), strict=True):
            rows = part.batch.rows
            whole[rows[:, :, None], rows[:, None, :]] = m
        whole = whole[:n, :n]
        if likelihood.width:
            z = self._kept_apart()
            whole = whole + z @ likelihood.kept_apart(at) @ z.T
        return whole * solved.model.unit**2

    def _kept_apart(self) -> FloatArray:
        """Columns of the random effects that link too many rows to be in blocks, (k, columns)."""
        likelihood = self.solved.likelihood
        z = np.zeros((self.k + 1, likelihood.width))
        for part in likelihood.parts:
            batch = part.batch
            for column in range(batch.z.shape[2]):
                rows, which = batch.rows, batch.columns[:, column][:, None]
                np.add.at(z, (rows, np.broadcast_to(which, rows.shape)), batch.z[:, :, column])
        return z[: self.k]

    @property
    def W(self) -> FloatArray:
        """Weights of the effects: the inverse of `M`, (k, k)."""
        m = self.M
        out = np.zeros_like(m)
        for block in self.blocks:
            place = np.ix_(block, block)
            out[place] = np.linalg.inv(m[place])
        return out

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
        return self.components[self._place(name)]

    def _place(self, name: str) -> int:
        from weigh.errors import NotFoundError

        found = [index for index, one in enumerate(self.components) if one.name == name]
        if not found:
            found = [index for index, one in enumerate(self.components) if one.kind == name]
        if len(found) != 1:
            raise NotFoundError("component", name, [one.name for one in self.components])
        return found[0]

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
