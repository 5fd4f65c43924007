"""Step functions whose weights may not rise with the p value.

Each weight is the one before it times a ratio between 0 and 1, so that the search has bounds only.
Where data would have the weights rise, a ratio stands at 1 and the neighbours share one weight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weigh.synthesis.bias.selection_likelihood import StepLikelihood
from weigh.synthesis.bias.selection_search import Top

__all__ = ["DecreasingLikelihood"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# Ratios as near to 1 as this are ties: the bound, but for the last digits of a search.
_TIE = 1e-6


class DecreasingLikelihood:
    """The likelihood of a step function by the ratios of neighbouring weights.

    Parameters
    ----------
    steps
        The step function.
    """

    __slots__ = ("steps",)

    def __init__(self, steps: StepLikelihood) -> None:
        self.steps = steps

    @property
    def y(self) -> FloatArray:
        """Effects."""
        return self.steps.y

    @property
    def v(self) -> FloatArray:
        """Sampling variances."""
        return self.steps.v

    @property
    def x(self) -> FloatArray:
        """Model matrix."""
        return self.steps.x

    def __call__(
        self, beta: FloatArray, tau2: float, delta: FloatArray
    ) -> tuple[float, FloatArray]:
        """Return the log-likelihood and its gradient by beta, tau2 and the ratios `delta`."""
        ratios = delta
        value, gradient = self.steps(beta, tau2, np.asarray(np.cumprod(ratios), dtype=float))
        ahead, by_weight = gradient[: -ratios.size], gradient[-ratios.size :]
        by_ratio = np.empty(ratios.size)
        for index in range(ratios.size):
            others = ratios.copy()
            others[index] = 1.0
            # A ratio acts on its own weight and all that follow.
            by_ratio[index] = by_weight[index:] @ np.cumprod(others)[index:]
        return value, np.concatenate([ahead, by_ratio])

    def as_steps(self, top: Top) -> tuple[StepLikelihood, Top, IndexArray]:
        """The step function with tied neighbours as one interval, and where each interval went.

        Standard errors are those of this function: ties that the bound enforces are held.
        """
        new = np.concatenate([[True], top.delta[1:] < 1.0 - _TIE])
        level = np.cumsum(new) - 1
        merged = StepLikelihood(
            self.y,
            self.v,
            self.x,
            level[self.steps.group],
            self.steps.cuts[new[1:]],
            self.steps.sign,
        )
        weights = np.cumprod(np.where(new, top.delta, 1.0))[new]
        return merged, Top(top.value, top.beta, top.tau2, weights), level
