"""Treatments made of components whose effects add up; also for networks in parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError, StatisticsError
from weigh.evidence.figures import amount, p_value
from weigh.evidence.printout import columns_of_text
from weigh.stats.design import Design
from weigh.stats.tails import two_sided_p, two_sided_quantile
from weigh.synthesis.inputs import check_choice, check_level, check_number
from weigh.synthesis.network.decomposition import QTest, q_test
from weigh.synthesis.network.frames import Backend, as_columns, as_frame, records
from weigh.synthesis.network.rows import METHODS, Rows, make_rows
from weigh.synthesis.network.splitting import Part
from weigh.synthesis.network.trials import Trials, check_trials, refuse_extreme
from weigh.synthesis.tau2 import COMMON_EFFECT, estimate_tau2

__all__ = ["ComponentNetwork", "component_network", "fit_components"]

FloatArray = npt.NDArray[np.float64]

# What a direction has of itself outside the span of the trials, before it counts as outside.
_OUTSIDE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComponentNetwork:
    """Additive effects of components.

    Parameters
    ----------
    components
        Names, interactions as ``"A * B"``.
    treatments
        The combinations that trials compare.
    inactive
        The component without effect, such as placebo; None where there is none.
    method, model, level
        As asked for; ``"common"`` or ``"random"``.
    estimate, se
        (c,) effect of each component; NaN where the trials cannot tell it from others.
    tau2
        Between-study variance of the additive model.
    additive
        Sum of squares that the additive model leaves.
    standard
        The same of the network in which combinations may have any effect.
    difference
        Their difference, the test that effects add up.
    parts
        Treatments that trials connect; more than one in a disconnected network.
    notes
        Cautions in plain words.
    """

    components: tuple[str, ...]
    treatments: tuple[str, ...]
    inactive: str | None
    method: str
    model: str
    level: float
    estimate: FloatArray
    se: FloatArray
    tau2: float
    additive: QTest
    standard: QTest
    difference: QTest
    parts: tuple[tuple[str, ...], ...]
    separator: str
    matrix: FloatArray
    beta: FloatArray
    covariance: FloatArray
    span: FloatArray
    notes: tuple[str, ...] = ()

    def compare(self, first: str, second: str | None = None) -> Part:
        """A combination of components against another, or against none.

        Parameters
        ----------
        first, second
            Components joined by the separator, in any order, whether or not a trial had them so.

        Raises
        ------
        StatisticsError
            The trials cannot tell.
        """
        direction = self._row(first) - (0.0 if second is None else self._row(second))
        if not _inside(direction, self.span):
            against = "" if second is None else f" against {second}"
            raise StatisticsError(f"The trials cannot tell the effect of {first}{against}.")
        se = float(np.sqrt(direction @ self.covariance @ direction))
        estimate = float(direction @ self.beta)
        return _part(estimate, se, self.level)

    def _row(self, combination: str) -> FloatArray:
        parts = split_components(str(combination), self.separator)
        known = {name for name in self.components if " * " not in name} | {self.inactive}
        for part in parts:
            if part not in known:
                raise NotFoundError("component", part, [name for name in known if name])
        return component_row(parts, self.components)

    def _columns(self) -> dict[str, list[Any]]:
        with np.errstate(invalid="ignore"):
            half = float(two_sided_quantile(self.level)) * self.se
            p = two_sided_p(self.estimate / self.se)
        return as_columns(
            {
                "component": self.components,
                "estimate": self.estimate,
                "se": self.se,
                "ci_low": self.estimate - half,
                "ci_high": self.estimate + half,
                "p": p,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "method": self.method,
            "model": self.model,
            "level": self.level,
            "inactive": self.inactive,
            "treatments": list(self.treatments),
            "parts": [list(part) for part in self.parts],
            "tau2": self.tau2,
            "additive": self.additive.to_dict(),
            "standard": self.standard.to_dict(),
            "difference": self.difference.to_dict(),
            "components": records(self._columns()),
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a component."""
        return as_frame(self._columns(), backend)

    def summary(self, *, digits: int = 3) -> str:
        """The components as a printout."""
        rows = [("component", "estimate", "SE", f"{100.0 * self.level:g}% CI", "p")]
        for one in records(self._columns()):
            if one["estimate"] is None:
                rows.append((one["component"], "cannot be told", "", "", ""))
                continue
            limits = f"{amount(one['ci_low'], digits)} to {amount(one['ci_high'], digits)}"
            numbers = (amount(one["estimate"], digits), amount(one["se"], digits))
            rows.append((one["component"], *numbers, limits, p_value(one["p"])))
        lines = [
            f"Additive network of components, {self.method}: {len(self.components)} components in "
            f"{len(self.treatments)} treatments",
            "",
            *columns_of_text(rows),
            "",
            f"tau² = {amount(self.tau2, digits + 1)}",
            f"additive model: {self.additive}",
            f"do effects add up: {self.difference}",
        ]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])


def component_network(
    study: Any,
    treat1: Any,
    treat2: Any,
    yi: Any,
    vi: Any,
    *,
    inactive: str | None = None,
    separator: str = "+",
    interactions: Iterable[Sequence[str]] = (),
    method: str = "REML",
    tau2: float | None = None,
    level: float = 0.95,
) -> ComponentNetwork:
    """Estimate what each component of combined treatments adds.

    The network may be in parts: components that they share connect them.

    Parameters
    ----------
    study, treat1, treat2, yi, vi, method, tau2, level
        As in `network`.
    inactive
        A component without effect, such as placebo.
    separator
        What stands between components in the name of a treatment.
    interactions
        Sets of components that together may do more, or less, than their sum.

    Returns
    -------
    ComponentNetwork

    References
    ----------
    :cite:t:`rucker2020`.

    Examples
    --------
    >>> fit = component_network(["1", "2", "3"], ["A", "A + B", "B"], ["P", "A", "P"],
    ...                         [1.0, 0.4, 0.5], [0.1, 0.1, 0.1], inactive="P", method="EE")
    >>> [round(float(x), 2) for x in fit.estimate]
    [1.0, 0.45]
    """
    trials = check_trials(study, treat1, treat2, yi, vi)
    return fit_components(
        trials,
        inactive=inactive,
        separator=separator,
        interactions=interactions,
        method=method,
        tau2=tau2,
        level=level,
    )


def fit_components(
    trials: Trials,
    *,
    inactive: str | None,
    separator: str,
    interactions: Iterable[Sequence[str]],
    method: str,
    tau2: float | None,
    level: float,
) -> ComponentNetwork:
    """Fit the additive model to trials that are checked."""
    check_choice("method for networks", method, METHODS)
    level = check_level(level)
    if not isinstance(separator, str):
        raise InputError(f"`separator` is {separator!r}; it is a text such as '+'.")
    if not separator.strip():
        raise InputError("`separator` is empty; it stands between components, such as '+'.")
    if tau2 is not None and check_number(tau2, "tau2") < 0.0:
        raise InputError(f"`tau2` is {tau2}; a between-study variance is 0 or above.")
    made = [split_components(name, separator) for name in trials.treatments]
    known = sorted({part for parts in made for part in parts}, key=str.casefold)
    if inactive is not None and inactive not in known:
        raise NotFoundError("component", inactive, known)
    names = [name for name in known if name != inactive]
    for pair in interactions:
        for part in pair:
            if part not in names:
                raise NotFoundError("component", part, names)
        names.append(" * ".join(pair))
    matrix = np.array([component_row(parts, names) for parts in made])
    refuse_extreme(trials)
    rows = make_rows(trials.trials, trials.n)
    x = rows.x @ matrix
    span = _span(x)
    additive, value = _additive(rows, x @ span.T, method, tau2)
    standard = _standard(rows)
    root = 1.0 / np.sqrt(rows.v + value)
    inverse = np.linalg.inv((root[:, None] * x @ span.T).T @ (root[:, None] * x @ span.T))
    covariance = span.T @ inverse @ span
    beta = covariance @ (x.T @ (root**2 * rows.y))
    told = np.array([_inside(unit, span) for unit in np.eye(len(names))])
    parts = _parts(trials)
    notes = list(trials.notes)
    if not told.all():
        lost = ", ".join(name for name, good in zip(names, told, strict=True) if not good)
        notes.append(f"The trials cannot tell these components from others: {lost}.")
    if len(parts) > 1:
        notes.append(
            f"The network has {len(parts)} parts; only components that they share connect them."
        )
    return ComponentNetwork(
        components=tuple(names),
        treatments=trials.treatments,
        inactive=inactive,
        method=method,
        model="common" if method in COMMON_EFFECT else "random",
        level=level,
        estimate=np.where(told, beta, np.nan),
        se=np.where(told, np.sqrt(np.maximum(covariance.diagonal(), 0.0)), np.nan),
        tau2=value,
        additive=additive,
        standard=standard,
        difference=q_test(additive.q - standard.q, additive.df - standard.df),
        parts=parts,
        separator=separator,
        matrix=matrix,
        beta=beta,
        covariance=covariance,
        span=span,
        notes=tuple(notes),
    )


def split_components(treatment: str, separator: str) -> tuple[str, ...]:
    """Names of the components of a treatment."""
    parts = tuple(part.strip() for part in treatment.split(separator))
    if not all(parts):
        raise InputError(f"The treatment {treatment!r} has a component without a name.")
    return parts


def component_row(parts: Sequence[str], names: Sequence[str]) -> FloatArray:
    """Which components, and interactions, a treatment has."""
    return np.array([float(all(one in parts for one in name.split(" * "))) for name in names])


def _span(x: FloatArray) -> FloatArray:
    """Orthonormal rows that span what trials tell of components."""
    _, size, right = np.linalg.svd(x, full_matrices=False)
    if not size.size or size[0] == 0.0:
        raise StatisticsError(
            "No trial compares treatments that differ in a component, so there is nothing to "
            "estimate."
        )
    return np.asarray(right[size > 1e-10 * size[0]])


def _inside(direction: FloatArray, span: FloatArray) -> bool:
    left = direction - span.T @ (span @ direction)
    return bool(np.linalg.norm(left) <= _OUTSIDE * max(float(np.linalg.norm(direction)), 1e-300))


def _additive(rows: Rows, x: FloatArray, method: str, tau2: float | None) -> tuple[QTest, float]:
    design = Design(rows.y, rows.v, x)
    df = rows.y.size - x.shape[1]
    test = q_test(float(design.q(np.zeros(1))[0][0]), df)
    if tau2 is not None:
        return test, float(tau2)
    if method in COMMON_EFFECT or df == 0:
        return test, 0.0
    return test, float(estimate_tau2(design, method).value[0])


def _standard(rows: Rows) -> QTest:
    """Sum of squares of a network that may be in parts."""
    basis = _span(rows.x)
    x = rows.x @ basis.T
    return q_test(float(Design(rows.y, rows.v, x).q(np.zeros(1))[0][0]), rows.y.size - x.shape[1])


def _parts(trials: Trials) -> tuple[tuple[str, ...], ...]:
    graph: nx.Graph[int] = nx.Graph()
    for trial in trials.trials:
        nx.add_star(graph, trial.arms)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    return tuple(tuple(trials.treatments[arm] for arm in sorted(part)) for part in parts)


def _part(estimate: float, se: float, level: float) -> Part:
    z = float(two_sided_quantile(level))
    statistic = estimate / se
    return Part(
        estimate=estimate,
        se=se,
        ci_low=estimate - z * se,
        ci_high=estimate + z * se,
        statistic=statistic,
        p=float(two_sided_p(statistic)),
    )
