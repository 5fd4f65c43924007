"""Small-study effects in a network: the comparison-adjusted funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.synthesis.bias import AsymmetryTest, egger
from weigh.synthesis.network.evidence import direct_evidence
from weigh.synthesis.network.frames import Backend, as_frame
from weigh.synthesis.network.rows import Estimates
from weigh.synthesis.network.trials import Trials

__all__ = ["AdjustedFunnel", "adjusted_funnel"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdjustedFunnel:
    """Contrasts less the effect of their comparison.

    Parameters
    ----------
    study, treat1, treat2
        (m,) names; of the two treatments the first stands earlier in `order`.
    yi, adjusted, sei
        (m,) effects of the first against the second, the same less the pooled effect of all trials
        of the comparison, and standard errors.
    order
        The treatments in the order that was asked for.
    test
        Egger's test on the adjusted effects; None with fewer than three contrasts or where they
        all have one standard error.
    model
        ``"common"`` or ``"random"``.
    """

    study: tuple[str, ...]
    treat1: tuple[str, ...]
    treat2: tuple[str, ...]
    yi: FloatArray
    adjusted: FloatArray
    sei: FloatArray
    order: tuple[str, ...]
    test: AsymmetryTest | None
    model: str

    def _columns(self) -> dict[str, list[Any]]:
        return {
            "study": list(self.study),
            "treat1": list(self.treat1),
            "treat2": list(self.treat2),
            "yi": self.yi.tolist(),
            "adjusted": self.adjusted.tolist(),
            "sei": self.sei.tolist(),
        }

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return {
            "order": list(self.order),
            "model": self.model,
            "test": None if self.test is None else self.test.to_dict(),
            **self._columns(),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a contrast."""
        return as_frame(self._columns(), backend)


def adjusted_funnel(
    trials: Trials, estimates: Estimates, order: Sequence[str], *, model: str
) -> AdjustedFunnel:
    """The comparison-adjusted funnel.

    Parameters
    ----------
    order
        All treatments in an order that means something, such as from old to new, so that small
        trials would be wrong in one direction; or one or more of them: then only contrasts with
        those are taken, the others against them.

    References
    ----------
    :cite:t:`chaimani2012`.
    """
    if isinstance(order, str):
        order = (order,)
    wanted = [str(name) for name in order]
    for name in wanted:
        if name not in trials.treatments:
            raise NotFoundError("treatment in the network", name, trials.treatments)
    if not wanted or len(set(wanted)) != len(wanted):
        raise InputError("`order` names treatments once each, and at least one.")
    whole = len(wanted) == trials.n
    last = [name for name in trials.treatments if name not in wanted]
    full = [*last, *wanted]
    place = np.array([full.index(name) for name in trials.treatments])
    edges = trials.edges
    turn = place[edges.first] > place[edges.second]
    first = np.where(turn, edges.second, edges.first)
    second = np.where(turn, edges.first, edges.second)
    y = np.where(turn, -edges.y, edges.y)
    pooled = direct_evidence(trials, estimates).estimate[first, second]
    chosen = {trials.treatments.index(name) for name in wanted}
    use = np.array(
        [whole or bool({int(a), int(b)} & chosen) for a, b in zip(first, second, strict=True)]
    )
    sei = np.sqrt(edges.v)[use]
    adjusted = (y - pooled)[use]
    test = None
    if adjusted.size > 2 and float(np.ptp(sei)) > 0.0:
        test = egger(adjusted, sei**2)
    names = trials.treatments
    return AdjustedFunnel(
        study=tuple(trials.trials[i].name for i in edges.trial[use]),
        treat1=tuple(names[i] for i in first[use]),
        treat2=tuple(names[i] for i in second[use]),
        yi=y[use],
        adjusted=adjusted,
        sei=sei,
        order=tuple(full),
        test=test,
        model=model,
    )
