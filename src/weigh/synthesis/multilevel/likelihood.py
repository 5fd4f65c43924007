"""The likelihood of a model with given components, its derivatives, and the mean at its best.

With M the marginal covariance, W its inverse and P = W - W X (X'WX)^-1 X'W, the derivative of the
restricted log-likelihood by a component is -1/2 tr(P M_j) + 1/2 y'P M_j P y, and the second one
1/2 tr(P M_j P M_k) - y'P M_j P M_k P y, beside the part that comes from components in which M is
not linear; for the full likelihood the traces are of W. M is block diagonal but for terms kept
apart (Z) and the mean (X), which enter alike: P = A - A E T E'A, where A is the inverse of the
blocks, E = [Z X] and T is small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weigh.synthesis.multilevel.blocks import inverses, scatter
from weigh.synthesis.multilevel.known import Known
from weigh.synthesis.multilevel.layout import Batch, Layout, lay_out
from weigh.synthesis.multilevel.parametrization import Parametrization, structure_of
from weigh.synthesis.multilevel.structures import Constant, Structure
from weigh.synthesis.multilevel.term import Term

__all__ = ["Likelihood", "Point", "likelihood_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Part:
    """A batch with what does not change: effects, model matrix, structures of its terms."""

    batch: Batch
    right: FloatArray  # [Z X y], (b, m, c + p + 1)
    place: IntArray  # where columns of E stand among all, (b, c + p)
    structures: tuple[tuple[int, int, Structure], ...]  # first and last parameter, structure
    which: IntArray  # parameters of these
    kernels: FloatArray | None  # derivatives by these, where they are the same everywhere


@dataclass(slots=True)
class Point:
    """The likelihood at one place.

    Parameters
    ----------
    value
        Log-likelihood; -inf where the covariance matrix is not positive definite.
    beta, vb
        Coefficients and their covariance.
    rss
        Weighted residual sum of squares.
    log_det
        Log determinant of the covariance matrix.
    at
        The place.
    expected
        Second derivatives that are expected with these components, once `derivatives` is called;
        None where the covariance is not linear in all parameters.
    """

    value: float
    beta: FloatArray
    vb: FloatArray
    rss: float
    log_det: float
    at: FloatArray
    _likelihood: Likelihood
    expected: FloatArray | None = None
    _inverses: list[FloatArray] = field(default_factory=list)
    _gathered: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    _inner: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))

    def derivatives(self) -> tuple[FloatArray, FloatArray]:
        """Gradient and second derivatives of the log-likelihood by the parameters."""
        return self._likelihood.derivatives(self)


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The full or restricted likelihood of a model.

    Parameters
    ----------
    restricted
        REML if True, ML if False.
    n, p
        Numbers of effects and coefficients.
    size
        Number of parameters.
    parts
        Batches.
    width
        Number of columns of the terms kept apart.
    apart
        For each of these terms its first and last parameter, its columns and its structure.
    """

    restricted: bool
    n: int
    p: int
    size: int
    parts: tuple[_Part, ...]
    layout: Layout
    width: int
    apart: tuple[tuple[int, int, int, int, Structure], ...]

    def covariances(self, at: FloatArray) -> list[FloatArray]:
        """Blocks of the covariance matrix, without the terms kept apart."""
        made = []
        for part in self.parts:
            m = part.batch.v
            if part.kernels is not None:
                flat = at[part.which] @ part.kernels.reshape(part.which.size, -1)
                made.append(m + flat.reshape(m.shape))
                continue
            for first, last, structure in part.structures:
                m = m + structure.value(at[first:last])
            made.append(m)
        return made

    def kept_apart(self, at: FloatArray) -> FloatArray:
        """Covariance matrix of the random effects of the terms kept apart."""
        g = np.zeros((self.width, self.width))
        for first, last, begin, end, structure in self.apart:
            g[begin:end, begin:end] = structure.value(at[first:last])[0]
        return g

    def at(self, at: FloatArray) -> Point:
        """Evaluate the likelihood."""
        side = self.width + self.p + 1
        gathered = np.zeros((side, side))
        log_det, made = 0.0, []
        for part, m in zip(self.parts, self.covariances(at), strict=True):
            found = inverses(m)
            if found is None:
                return self._nowhere(at)
            a, log = found
            log_det += log
            made.append(a)
            local = np.swapaxes(part.right, 1, 2) @ (a @ part.right)
            if self.width == 0:
                gathered += local.sum(axis=0)
            else:
                scatter(gathered, part.place, local)
        q = self.width
        inner: FloatArray = np.zeros((q, q))
        rest = gathered[q:, q:]
        if q:
            g = self.kept_apart(at)
            system = np.eye(q) + g @ gathered[:q, :q]
            sign, log = np.linalg.slogdet(system)
            if not sign > 0.0:
                return self._nowhere(at)
            log_det += float(log)
            turned = np.linalg.solve(system, g)
            inner = np.asarray(0.5 * (turned + turned.T), dtype=np.float64)
            rest = rest - gathered[q:, :q] @ inner @ gathered[:q, q:]
        solved = inverses(rest[None, :-1, :-1])
        if solved is None:
            return self._nowhere(at)
        vb, pull = solved[0][0], rest[:-1, -1]
        beta = vb @ pull
        rss = float(rest[-1, -1] - pull @ beta)
        free = self.n - (self.p if self.restricted else 0)
        twice = free * math.log(2.0 * math.pi) + log_det + rss
        if self.restricted:
            twice += solved[1]
        if not math.isfinite(twice):
            return self._nowhere(at)
        return Point(-0.5 * twice, beta, vb, rss, log_det, at, self, None, made, gathered, inner)

    def _nowhere(self, at: FloatArray) -> Point:
        none = np.zeros((self.p, self.p))
        return Point(-math.inf, none[0], none, math.nan, math.nan, at, self)

    def derivatives(self, point: Point) -> tuple[FloatArray, FloatArray]:
        """Gradient and second derivatives at a point."""
        q, p, side = self.width, self.p, self.width + self.p
        if q == 0:
            traced = point.vb if self.restricted else np.zeros((p, p))
            return self._collected(point, point.vb, traced, point.beta)
        c = point._gathered[:side, :side]
        # Weights of E in Py = A (y - E w), and T in P; for the full likelihood that in W.
        w = np.concatenate([np.zeros(q), point.beta])
        t = np.zeros((side, side))
        t[:q, :q] = point._inner
        traced = t
        w[:q] = point._inner @ (point._gathered[:q, -1] - c[:q, q:] @ point.beta)
        u = np.vstack([-point._inner @ c[:q, q:], np.eye(p)])
        t = t + u @ point.vb @ u.T
        return self._collected(point, t, t if self.restricted else traced, w)

    def _collected(
        self, point: Point, t: FloatArray, traced: FloatArray, w: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        collect = _Collected(self, point, t, traced, w)
        for part, inverse in zip(self.parts, point._inverses, strict=True):
            collect.add(part, inverse)
        return collect.finish()


@dataclass(slots=True)
class _Collected:
    """Sums over batches that make gradient and second derivatives."""

    likelihood: Likelihood
    point: Point
    t: FloatArray
    traced: FloatArray
    w: FloatArray
    gradient: FloatArray = field(init=False)
    second: FloatArray = field(init=False)
    traces: FloatArray = field(init=False)
    # For each parameter of the blocks: E'A M_j A E, and E'A M_j P y.
    crossed: FloatArray = field(init=False)
    pulled: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        size, side = self.likelihood.size, self.likelihood.width + self.likelihood.p
        self.gradient = np.zeros(size)
        self.second, self.traces = np.zeros((size, size)), np.zeros((size, size))
        self.crossed = np.zeros((size, side, side))
        self.pulled = np.zeros((size, side))

    def add(self, part: _Part, a: FloatArray) -> None:
        """Add what the blocks of one batch give."""
        if not part.structures:
            return
        likelihood = self.likelihood
        whole = likelihood.width == 0
        e, y = part.right[:, :, :-1], part.right[:, :, -1:]
        if whole:
            traced, w = self.traced, self.w[:, None]
        else:
            rows, columns = part.place[:, :, None], part.place[:, None, :]
            traced = self.traced[rows, columns]
            w = self.w[part.place][:, :, None]
        ae = a @ e
        r = a @ (y - e @ w)
        weights = -0.5 * (a - ae @ traced @ np.swapaxes(ae, 1, 2) - r @ np.swapaxes(r, 1, 2))
        which = part.which
        m = self._slopes(part, weights) if part.kernels is None else part.kernels
        size = which.size
        self.gradient[which] += m.reshape(size, -1) @ weights.ravel()
        am = a @ m
        traces = 0.5 * am.reshape(size, -1) @ np.swapaxes(am, 2, 3).reshape(size, -1).T
        me = m @ ae
        if likelihood.restricted or not whole:
            left = me @ traced
            traces -= left.reshape(size, -1) @ (a @ me).reshape(size, -1).T
        mr = (m @ r)[..., 0]
        second = traces - mr.reshape(size, -1) @ (am @ r).reshape(size, -1).T
        if size == likelihood.size:
            self.second += second
            self.traces += traces
        else:
            self.second[np.ix_(which, which)] += second
        crossed = np.swapaxes(ae, 1, 2) @ me
        pulled = (np.swapaxes(ae, 1, 2) @ mr[..., None])[..., 0]
        if whole:
            self.crossed[which] += crossed.sum(axis=1)
            self.pulled[which] += pulled.sum(axis=1)
        else:
            for index, j in enumerate(which):
                scatter(self.crossed[j], part.place, crossed[index])
                np.add.at(self.pulled[j], part.place, pulled[index])

    def _slopes(self, part: _Part, weights: FloatArray) -> FloatArray:
        """Derivatives of the covariance, and what its own bend adds to the second derivatives."""
        slopes = []
        for first, last, structure in part.structures:
            at = self.point.at[first:last]
            slopes.append(structure.slopes(at))
            self.second[first:last, first:last] += structure.bend(at, weights)
        return np.concatenate(slopes)

    def finish(self) -> tuple[FloatArray, FloatArray]:
        """Gradient and second derivatives, the terms kept apart included."""
        if not self.likelihood.size:
            return self.gradient, self.second
        if self.likelihood.restricted or self.likelihood.width:
            turned = self.traced @ self.crossed
            flat = turned.reshape(turned.shape[0], -1)
            back = np.swapaxes(turned, 1, 2).reshape(turned.shape[0], -1)
            crossed = 0.5 * flat @ back.T
            self.second += crossed
            self.traces += crossed
        if all(part.kernels is not None for part in self.likelihood.parts):
            # All is linear in the parameters, so that these are what to expect.
            self.point.expected = None if self.likelihood.width else -self.traces
        self.second += self.pulled @ self.t @ self.pulled.T
        if self.likelihood.width:
            self._apart()
        return self.gradient, 0.5 * (self.second + self.second.T)

    def _apart(self) -> None:
        likelihood, q = self.likelihood, self.likelihood.width
        side = q + likelihood.p
        c = self.point._gathered[:side, :side]
        z = self.point._gathered[:q, -1] - c[:q] @ self.w
        shown = np.eye(side)[:, :q]
        # AE r = P Z and AE k = W Z or P Z, as the likelihood has its traces of either.
        r, k = shown - self.t @ c[:, :q], shown - self.traced @ c[:, :q]
        s, traced = c[:q] @ r, c[:q] @ k
        weights = -0.5 * (traced - np.outer(z, z))
        slopes = np.zeros((likelihood.size, q, q))
        mine: list[int] = []
        for first, last, begin, end, structure in likelihood.apart:
            at = self.point.at[first:last]
            part = weights[None, begin:end, begin:end]
            slopes[first:last, begin:end, begin:end] = structure.slopes(at)[:, 0]
            self.second[first:last, first:last] += structure.bend(at, part)
            mine += range(first, last)
        g = slopes[mine]
        size = len(mine)
        self.gradient[mine] += g.reshape(size, -1) @ weights.ravel()
        gs = g @ traced
        flat, back = gs.reshape(size, -1), np.swapaxes(gs, 1, 2).reshape(size, -1)
        gz = g @ z
        self.second[np.ix_(mine, mine)] += 0.5 * flat @ back.T - gz @ s @ gz.T
        local = [j for j in range(likelihood.size) if j not in mine]
        if local:
            seen = k.T @ self.crossed[local] @ k
            mixed = 0.5 * seen.reshape(len(local), -1) @ g.reshape(size, -1).T
            mixed -= self.pulled[local] @ r @ gz.T
            self.second[np.ix_(local, mine)] += mixed
            self.second[np.ix_(mine, local)] += mixed.T


def likelihood_of(
    y: FloatArray,
    x: FloatArray,
    known: Known,
    terms: Sequence[Term],
    components: Sequence[Parametrization],
    *,
    restricted: bool,
) -> Likelihood:
    """Lay out a model for its likelihood.

    Parameters
    ----------
    y, x
        Effects and a model matrix with orthonormal columns, so that the restricted likelihood is
        that of the effects whatever the units of moderators.
    known
        Sampling covariance.
    terms, components
        Random effects, and how each is parametrized.
    restricted
        REML if True, ML if False.
    """
    layout = lay_out(known, terms)
    n, p = x.shape
    spans, total = [], 0
    for component in components:
        spans.append((total, total + component.size))
        total += component.size
    kept = {t for t, _, _ in layout.apart}
    extended = np.vstack([np.column_stack([x, y]), np.zeros((1, p + 1))])
    parts = []
    for batch in layout.batches:
        right = np.concatenate([batch.z, extended[batch.rows]], axis=2)
        whole = np.broadcast_to(np.arange(p) + layout.width, (batch.rows.shape[0], p))
        structures = tuple(
            (*spans[t], structure_of(term, components[t], batch.rows, batch.present))
            for t, term in enumerate(terms)
            if t not in kept
        )
        place = np.concatenate([batch.columns, whole], axis=1)
        which = [j for first, last, _ in structures for j in range(first, last)]
        kernels = [one.kernel for _, _, one in structures if isinstance(one, Constant)]
        same = len(kernels) == len(structures) > 0
        parts.append(
            _Part(
                batch,
                right,
                place,
                structures,
                np.array(which, dtype=np.intp),
                np.stack(kernels) if same else None,
            )
        )
    apart = []
    for t, begin, first in layout.apart:
        structure = structure_of(
            terms[t], components[t], first[None, :], np.ones((1, first.size), dtype=np.bool_)
        )
        apart.append((*spans[t], begin, begin + first.size, structure))
    return Likelihood(restricted, n, p, total, tuple(parts), layout, layout.width, tuple(apart))
