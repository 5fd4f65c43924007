"""`weigh.robust`: a fit's coefficients with a variance learned from clusters."""

from __future__ import annotations

from typing import Any

import numpy as np

from weigh.evidence.pooled import Pooled
from weigh.synthesis.inputs import check_choice, check_level
from weigh.synthesis.robust.coefficients import TESTS, tested
from weigh.synthesis.robust.model import Clustered, MarginalFit, clustered_of
from weigh.synthesis.robust.result import JOINT, Robust, waldly
from weigh.synthesis.robust.sandwich import TYPES, Sandwich, sandwich

__all__ = ["robust", "robustly"]

# Below this Satterthwaite's t is no good approximation, whatever the data.
TRUSTED_DF = 4.0


def robust(
    fit: Pooled | MarginalFit,
    cluster: Any,
    small_sample: bool = True,
    *,
    type: str | None = None,  # the literature's word
    test: str | None = None,
    level: float | None = None,
) -> Robust:
    """Test a fit's coefficients by a variance that is robust to dependence within clusters.

    The estimates stay as they are. Their covariance is learned from how the effects of whole
    clusters lie about the fit, so that it is right even where the model of their dependence is
    wrong: several effects of one sample, several trials of one team.

    Parameters
    ----------
    fit
        A fit of `weigh.pool`, with or without moderators and weights of one's own, or one with a
        covariance matrix of its effects: `M`, and their weights `W`.
    cluster : (n,) array_like
        A label for each row of the input, or for each effect that the fit used. Effects of
        different clusters are taken for independent.
    small_sample
        True: CR2 with Satterthwaite's degrees of freedom and HTZ as joint test, which hold with few
        clusters. False: CR1p with t and F of J - p degrees of freedom for J clusters and p
        coefficients, which need some forty.
    type
        Sandwich, in place of that: ``"CR0"``, ``"CR1"``, ``"CR1p"``, ``"CR1S"``, ``"CR2"``,
        ``"CR3"``; see `weigh.synthesis.robust.sandwich`.
    test
        Test of each coefficient, in place of that: ``"z"``; ``"naive-t"``: t with J - 1 degrees of
        freedom; ``"naive-tp"``: t with J - p; ``"Satterthwaite"``; ``"saddlepoint"``.
    level
        Confidence level; that of the fit if not given.

    Returns
    -------
    Robust
        The coefficients with their tests and intervals, their joint test, and `wald` for others.

    Raises
    ------
    InputError
        Labels that are missing or do not match; a fit of counts; clusters that depend on each
        other under the model, where the correction needs them not to.
    StatisticsError
        A single cluster, or too few for the coefficients.
    NotFoundError
        An unknown sandwich or test.

    References
    ----------
    :cite:t:`hedges2010`; :cite:t:`tipton2015`; :cite:t:`pustejovsky2018`. CR1p with J - p is what
    metafor's ``robust`` does, CR2 with Satterthwaite what it does with ``clubSandwich=TRUE``.

    Examples
    --------
    >>> from weigh import pool
    >>> fit = pool([0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.7], [0.02, 0.03, 0.02, 0.04, 0.03, 0.05, 0.02])
    >>> found = robust(fit, ["a", "a", "b", "b", "c", "d", "e"])
    >>> round(found.se, 3), round(found.df, 2)
    (0.089, 3.33)
    """
    model = clustered_of(fit, cluster)
    made = sandwich(model, type or ("CR2" if small_sample else "CR1p"))
    return robustly(
        model,
        made,
        test=test or ("Satterthwaite" if small_sample else "naive-tp"),
        level=model.level if level is None else check_level(level),
    )


def robustly(
    model: Clustered, made: Sandwich, *, test: str, level: float, notes: tuple[str, ...] = ()
) -> Robust:
    """Test the coefficients of a regression in clusters; arguments as in `robust`, checked.

    `notes` are cautions that come first.
    """
    check_choice("type of sandwich", made.type, TYPES)
    check_choice("test", test, TESTS)
    every = np.eye(model.p)
    coefficients = tested(
        model, made, every, model.names, test=test, level=level, values=np.zeros(model.p)
    )
    which = [index for index, name in enumerate(model.names) if name != "intercept"] or [0]
    joint = waldly(
        model,
        made,
        every[which],
        np.zeros(len(which)),
        test=JOINT[test],
        each=test,
        level=level,
    )
    sizes = np.array([part.rows.size for part in model.parts])
    return Robust(
        k=model.k,
        clusters=model.clusters,
        sizes=(float(sizes.min()), float(np.median(sizes)), float(sizes.max())),
        type=made.type,
        test=test,
        level=level,
        coefficients=coefficients,
        vb=np.ldexp(made.vb, 2 * model.exponent),
        joint=joint,
        notes=(*notes, *_cautions(model, made, coefficients), *joint.notes),
        model=model,
        made=made,
    )


def _cautions(model: Clustered, made: Sandwich, coefficients: Any) -> tuple[str, ...]:
    notes = []
    nothing = [one.name for one in coefficients if not one.se > 0.0]
    if nothing:
        notes.append(
            f"The robust standard error of {', '.join(nothing)} is 0, so there is no test of it."
        )
    unknown = [one.name for one in coefficients if one.se > 0.0 and one.p is None]
    if unknown:
        notes.append(
            f"Only clusters that are fitted exactly speak to {', '.join(unknown)}, and there is no "
            "test."
        )
    few = [one for one in coefficients if one.df is not None and one.df < TRUSTED_DF]
    if few and made.type in ("CR2", "CR3"):
        names = ", ".join(f"{one.name} ({one.df:.1f})" for one in few)
        notes.append(
            f"Fewer than {TRUSTED_DF:g} degrees of freedom for {names}: its p value may be far "
            "too small, whatever the correction."
        )
    if made.exact:
        what = "1 cluster" if made.exact == 1 else f"{made.exact} clusters"
        notes.append(
            f"The model fits {what} exactly in some direction, and such residuals say nothing of "
            "the variance."
        )
    if made.type in ("CR0", "CR1", "CR1p", "CR1S") and model.clusters < 40:
        notes.append(
            f"{made.type} is too small with few clusters, and there are {model.clusters}; "
            "small_sample=True corrects for that."
        )
    return tuple(notes)
