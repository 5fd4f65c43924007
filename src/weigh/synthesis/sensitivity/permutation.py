"""Tests that rest on rearranging the studies rather than on a distribution."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, StatisticsError
from weigh.evidence.pooled import Pooled
from weigh.synthesis.inputs import check_choice
from weigh.synthesis.moderators import INTERCEPT
from weigh.synthesis.records import as_record
from weigh.synthesis.sensitivity.refits import Model, Refits, model_of, refit

__all__ = ["PermutationTest", "permutation_test"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_ALTERNATIVES = ("two-sided", "greater", "less")
# Statistics that differ by less than this share are equal: arrangements that mirror each other give
# the same number but for rounding.
_TIE = 1e-8
# A Knapp-Hartung statistic beyond this comes from residuals that are rounding: the fit is perfect.
_PERFECT = 1e12
# Arrangements worked through at a time.
_CHUNK = 4096
# An exact test of more arrangements than this would take minutes.
_MOST = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PermutationTest:
    """P values from rearranged studies.

    Parameters
    ----------
    names
        Names of the coefficients.
    statistic, p
        (p,) test statistics of the fit, and how often an arrangement gives one at least as far
        from 0 (or as high, or as low).
    omnibus, omnibus_p
        Of a regression: the joint test of its moderators, and the share of arrangements where it
        is at least as large.
    exact
        Whether all arrangements were worked through.
    arrangements
        How many there were, the one observed among them.
    alternative
        ``two-sided``, ``greater`` or ``less``.
    seed
        Of random arrangements; None for an exact test.
    """

    names: tuple[str, ...]
    statistic: FloatArray
    p: FloatArray
    omnibus: float | None
    omnibus_p: float | None
    exact: bool
    arrangements: int
    alternative: str
    seed: int | None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


def permutation_test(
    fit: Pooled,
    iterations: int = 10_000,
    seed: int = 0,
    *,
    exact: bool | None = None,
    alternative: str = "two-sided",
) -> PermutationTest:
    """Test a pooled effect by flipping signs, or a regression by permuting its moderators.

    Were there no effect (and were effects symmetric about 0), each study could as well have come
    out with the other sign; were there no relation with the moderators, any study could have had
    any row of them. The model is fitted to every such arrangement.

    Parameters
    ----------
    fit
        Any fit of `weigh.pool`.
    iterations
        How many arrangements at most. Where there are no more than that the test is exact;
        otherwise this many are drawn, the one observed counted as the first, so that p is never 0.
    seed
        Of the draws.
    exact
        True forces all arrangements, False random ones.
    alternative
        ``"two-sided"``, ``"greater"`` or ``"less"``.

    Returns
    -------
    PermutationTest
        With k studies an exact p value is no smaller than 1 / 2^(k - 1): below six studies it
        cannot fall under 0.05.

    Raises
    ------
    InputError
        An exact test of too many arrangements.
    StatisticsError
        A single study.

    References
    ----------
    :cite:t:`follmann1999`; for regressions, :cite:t:`higgins2004`; counting the arrangement
    observed, :cite:t:`phipson2010`.

    Examples
    --------
    >>> from weigh import pool
    >>> found = permutation_test(pool([0.1, 0.3, 0.8, 0.4], [0.02, 0.03, 0.05, 0.02]))
    >>> found.exact, found.arrangements, found.p.tolist()
    (True, 16, [0.125])
    """
    check_choice("alternative", alternative, _ALTERNATIVES)
    model = model_of(fit, "A permutation test")
    if model.k < 2:
        raise StatisticsError("One study has no other arrangement than its sign; take its own p.")
    if iterations < 1:
        raise InputError(f"`iterations` is {iterations}; at least one is needed.")
    flips = model.p == 1 and bool((model.x == 1.0).all())
    count = 2**model.k if flips else _orders(model.x)
    if exact is None:
        exact = count <= min(iterations, _MOST)
    if exact and count > _MOST:
        raise InputError(
            f"An exact test of {model.k} studies has {count:.3g} arrangements, too many to go "
            f"through (the most is {_MOST:,}).",
            hint="Leave out exact=True: a seeded sample of arrangements then takes its place.",
        )
    observed = _Statistics.of(fit, model)
    tally = _Tally(observed, alternative)
    if exact:
        chunks = _all_flips(model) if flips else _all_orders(model)
    else:
        tally.add(observed.z[None, :], np.array([observed.joint]))
        chunks = (_random_flips if flips else _random_orders)(model, iterations - 1, seed)
    for found in chunks:
        tally.add(_tests(found, model), _joint(found, observed.tested, model))
    notes = _notes(tally, model, exact=exact, flips=flips)
    return PermutationTest(
        names=fit.names,
        statistic=observed.z,
        p=tally.p,
        omnibus=None if flips else observed.joint,
        omnibus_p=None if flips else tally.joint_p,
        exact=exact,
        arrangements=count if exact else iterations,
        alternative=alternative,
        seed=None if exact else seed,
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class _Statistics:
    """What is compared: the tests of the coefficients, and their joint test."""

    z: FloatArray
    joint: float
    tested: IndexArray

    @classmethod
    def of(cls, fit: Pooled, model: Model) -> _Statistics:
        rows = np.arange(model.k)[None, :]
        tested = np.array([i for i, name in enumerate(fit.names) if name != INTERCEPT] or [0])
        found = refit(model, rows)
        return cls(_tests(found, model)[0], float(_joint(found, tested, model)[0]), tested)


def _tests(found: Refits, model: Model) -> FloatArray:
    """Test statistics of the coefficients; infinite where the fit is perfect."""
    z = found.statistic
    if model.test != "knha":
        return z
    return np.where(np.abs(z) > _PERFECT, np.copysign(np.inf, z), z)


def _joint(found: Refits, tested: IndexArray, model: Model) -> FloatArray:
    """Wald statistic of the coefficients tested, an F statistic with a t test."""
    if model.p == 1:
        return np.square(_tests(found, model)[:, 0])
    beta = found.beta[:, tested]
    vb = found.vb[:, tested[:, None], tested]
    # Moderators that explain every effect leave a Knapp-Hartung covariance of 0.
    perfect = (vb == 0.0).all(axis=(1, 2))
    vb = np.where(perfect[:, None, None], np.eye(tested.size), vb)
    q: FloatArray = np.einsum("np,np->n", beta, np.linalg.solve(vb, beta[..., None])[..., 0])
    q = np.where(perfect & (q > 0.0), np.inf, q)
    if model.test == "knha":
        q = np.where(q > _PERFECT**2, np.inf, q)
    return q if model.test == "z" else q / tested.size


class _Tally:
    """Counts arrangements that are as extreme as the one observed."""

    def __init__(self, observed: _Statistics, alternative: str) -> None:
        self.observed = observed
        self.alternative = alternative
        self.extreme = np.zeros(observed.z.size)
        self.joint_extreme = 0.0
        self.usable = 0

    def add(self, z: FloatArray, joint: FloatArray) -> None:
        # A statistic of 0/0 comes from effects that are all 0; it is as little extreme as can be.
        z, own = (
            np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
            for values in (z, self.observed.z)
        )
        tie = np.where(np.isfinite(own), _TIE * np.abs(own), 0.0)
        if self.alternative == "two-sided":
            as_far = np.abs(z) >= np.abs(own) - tie
        elif self.alternative == "greater":
            as_far = z >= own - tie
        else:
            as_far = z <= own + tie
        self.extreme += as_far.sum(axis=0)
        self.joint_extreme += float((joint >= self.observed.joint * (1.0 - 2.0 * _TIE)).sum())
        self.usable += z.shape[0]

    @property
    def p(self) -> FloatArray:
        return self.extreme / self.usable

    @property
    def joint_p(self) -> float:
        return self.joint_extreme / self.usable


def _flipped(model: Model, signs: FloatArray) -> Refits:
    rows = np.broadcast_to(np.arange(model.k), signs.shape)
    return refit(model, rows, y=signs * model.y)


def _signs(bits: npt.NDArray[np.int64]) -> FloatArray:
    """Minus for a bit that is set."""
    return np.where(bits == 1, -1.0, 1.0)


def _all_flips(model: Model) -> Any:
    """Every choice of signs; the second half mirrors the first, and is its negative."""
    half = 2 ** (model.k - 1)
    for start in range(0, half, _CHUNK):
        number = np.arange(start, min(start + _CHUNK, half))
        found = _flipped(model, _signs(number[:, None] >> np.arange(model.k) & 1))
        yield found
        yield Refits(-found.beta, found.vb, found.tau2, found.q, found.scale, found.i2, found.h2)


def _random_flips(model: Model, count: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    for start in range(0, count, _CHUNK):
        shape = (min(_CHUNK, count - start), model.k)
        yield _flipped(model, _signs(rng.integers(0, 2, size=shape)))


def _kinds(x: FloatArray) -> IndexArray:
    """Number the distinct rows of a model matrix, in order of first appearance."""
    known: dict[tuple[float, ...], int] = {}
    return np.array([known.setdefault(tuple(row), len(known)) for row in x.tolist()])


def _orders(x: FloatArray) -> int:
    """How many orders of the rows of a model matrix differ from each other."""
    total = math.factorial(x.shape[0])
    for repeats in Counter(_kinds(x).tolist()).values():
        total //= math.factorial(repeats)
    return total


def _permuted(model: Model, orders: IndexArray) -> Refits:
    rows = np.broadcast_to(np.arange(model.k), orders.shape)
    return refit(model, rows, x_rows=orders)


def _all_orders(model: Model) -> Any:
    """Every order of the rows of the model matrix that gives another matrix."""
    kinds = _kinds(model.x)
    example = np.array([int(np.flatnonzero(kinds == kind)[0]) for kind in range(kinds.max() + 1)])
    arrangements = _multiset_orders(Counter(kinds.tolist()), model.k)
    for chunk in iter(lambda: list(itertools.islice(arrangements, _CHUNK)), []):
        yield _permuted(model, example[np.array(chunk)])


def _multiset_orders(left: Counter[int], length: int) -> Any:
    """Distinct orders of things of which some are alike."""
    order: list[int] = [0] * length

    def place(position: int) -> Any:
        if position == length:
            yield tuple(order)
            return
        for kind in sorted(left):
            if left[kind]:
                left[kind] -= 1
                order[position] = kind
                yield from place(position + 1)
                left[kind] += 1

    return place(0)


def _random_orders(model: Model, count: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    for start in range(0, count, _CHUNK):
        shape = (min(_CHUNK, count - start), model.k)
        orders = np.broadcast_to(np.arange(model.k), shape)
        yield _permuted(model, rng.permuted(orders, axis=1))


def _notes(tally: _Tally, model: Model, *, exact: bool, flips: bool) -> tuple[str, ...]:
    notes = []
    if exact and 1.0 / tally.usable * (2.0 if flips else 1.0) > 0.05:
        notes.append(
            f"With {tally.usable} arrangements no p value can be below 0.05, whatever the effects."
        )
    if not flips and model.weights is not None:
        notes.append("Weights of one's own stay with their effects.")
    return tuple(notes)
