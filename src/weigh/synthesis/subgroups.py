"""Effects pooled in subgroups of studies, and whether the subgroups differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, MissingExtraError, NotFoundError, StatisticsError
from weigh.evidence.figures import amount, p_value, plain
from weigh.evidence.pooled import Pooled
from weigh.evidence.printout import columns_of_text
from weigh.stats.tails import chi2_tail
from weigh.synthesis.grouping import label_array
from weigh.synthesis.inputs import check_effects, is_missing
from weigh.synthesis.interaction import Interaction, interaction_test
from weigh.synthesis.pooling import pool
from weigh.synthesis.subgroup_words import write_up
from weigh.synthesis.tau2 import COMMON_EFFECT

__all__ = ["Subgroups", "subgroups"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subgroups:
    """Pooled effects of subgroups and of all studies, and the test of their differences.

    Parameters
    ----------
    labels, fits
        The subgroups in order of first appearance, and the pooled effect of each.
    overall
        The pooled effect of all studies together.
    interaction
        Test of the differences between subgroups under the model of `fits`; None where one has a
        standard error of 0, and `notes` says so.
    interaction_common
        The same under a common effect in each subgroup: Q of all studies less that within
        subgroups.
    q_within, q_within_df, q_within_p
        Differences between studies that the subgroups leave, under a common effect in each.
    common_tau2
        Whether all subgroups share one between-study variance.
    notes
        Cautions in plain words.
    """

    labels: tuple[str, ...]
    fits: tuple[Pooled, ...]
    overall: Pooled
    interaction: Interaction | None
    interaction_common: Interaction
    q_within: float
    q_within_df: int
    q_within_p: float
    common_tau2: bool
    notes: tuple[str, ...] = ()

    def __getitem__(self, label: str) -> Pooled:
        """The pooled effect of a subgroup."""
        if label not in self.labels:
            raise NotFoundError("subgroup", str(label), self.labels)
        return self.fits[self.labels.index(label)]

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "groups": [
                {"group": label, **fit.to_dict()}
                for label, fit in zip(self.labels, self.fits, strict=True)
            ],
            "overall": self.overall.to_dict(),
            "interaction": None if self.interaction is None else self.interaction.to_dict(),
            "interaction_common": self.interaction_common.to_dict(),
            "q_within": self.q_within,
            "q_within_df": self.q_within_df,
            "q_within_p": self.q_within_p,
            "common_tau2": self.common_tau2,
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a subgroup and the last for all studies.

        Parameters
        ----------
        backend
            ``"pandas"``, ``"polars"`` or ``"pyarrow"``, whichever is installed.
        """
        rows = [fit.to_dict() for fit in (*self.fits, self.overall)]
        columns: dict[str, list[Any]] = {"group": [*self.labels, "all"]}
        columns |= {name: [row[name] for row in rows] for name in rows[0]}
        try:
            return nw.from_dict(columns, backend=backend).to_native()
        except ImportError:
            raise MissingExtraError("A data frame of subgroups", backend) from None

    def summary(self, *, digits: int = 4) -> str:
        """The subgroups as a statistician's printout, on the analysis scale.

        Parameters
        ----------
        digits
            Decimals of estimates.
        """
        percent = f"{100.0 * self.overall.level:g}%"
        head = ("", "k", "estimate", "SE", f"{percent} CI", "p", "tau²", "I²")
        rows = [
            (
                label,
                str(fit.k),
                amount(fit.estimate, digits),
                amount(fit.se, digits),
                f"{amount(fit.ci_low, digits)} to {amount(fit.ci_high, digits)}",
                p_value(fit.p),
                amount(fit.tau2, digits),
                f"{amount(fit.i2, 2)}%",
            )
            for label, fit in zip((*self.labels, "all"), (*self.fits, self.overall), strict=True)
        ]
        lines = columns_of_text([head, *rows])
        tests = [("common effect", self.interaction_common)]
        if self.overall.method not in COMMON_EFFECT and self.interaction is not None:
            tests.append(("random effects", self.interaction))
        lines += [""]
        for model, test in tests:
            lines.append(f"Test for subgroup differences ({model}): {_named(test, digits)}")
        lines += ["", *(f"Note: {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines)

    def report(self, *, measure: str | None = None) -> str:
        """A paragraph on methods and one on results, with the numbers.

        Parameters
        ----------
        measure
            Name of the measure, such as ``RR``: ratios are then given as ratios. Without it the
            numbers stay on the analysis scale.
        """
        return write_up(
            self.labels,
            self.fits,
            self.overall,
            self.interaction,
            common_tau2=self.common_tau2,
            notes=self.notes,
            measure=measure,
        )


def subgroups(
    yi: Any,
    vi: Any,
    group: Any,
    *,
    common_tau2: bool = False,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    prediction: str | None = None,
    slab: Sequence[Any] | None = None,
) -> Subgroups:
    """Pool effects in subgroups of studies, and test whether the subgroups differ.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Study effects on the analysis scale (log for ratio measures) and their sampling variances.
        Rows where either is missing are left out, with a note.
    group : (k,) array_like
        The subgroup of each study. A study without one (None, NaN or an empty text) counts in
        `overall` alone.
    common_tau2
        Whether the subgroups share one between-study variance, estimated over all of them as in a
        regression on the subgroup. Else each has its own, which needs several studies in each.
    method, test, level, prediction, slab
        As in `pool`, without GENQ and GENQM.

    Returns
    -------
    Subgroups
        With a tau2 of each subgroup's own, or without tau2, the test of interaction is Q between
        the pooled effects, by their standard errors. With a common tau2 it is the joint test of a
        regression on the subgroup, an F test unless `test` is ``"z"``; each subgroup keeps its own
        Knapp-Hartung factor, where the regression has one for all.

    Raises
    ------
    InputError
        Lengths that differ, a method or test that subgroups have not.
    StatisticsError
        Fewer than two subgroups; a variance that is not positive.

    References
    ----------
    :cite:t:`borenstein2009`, chapter 19; :cite:t:`higgins2024`, section 10.11.

    Examples
    --------
    >>> found = subgroups([0.1, 0.3, 0.6, 0.5], [0.02, 0.02, 0.02, 0.03], ["a", "a", "b", "b"])
    >>> found.labels, round(found["b"].estimate, 3), round(found.interaction.p, 3)
    (('a', 'b'), 0.56, 0.015)
    """
    if method in ("GENQ", "GENQM"):
        raise InputError(
            f"Method {method} needs weights of your own; pool each subgroup by itself."
        )
    if common_tau2 and test == "kr":
        raise InputError(
            "Kenward and Roger allow for tau2 being estimated, which a subgroup with a common one "
            "does not.",
            hint="Take test='knha', or a tau2 of its own for each subgroup.",
        )
    overall = pool(yi, vi, method=method, test=test, level=level, prediction=prediction, slab=slab)
    every = check_effects(yi, vi, slab)
    given = _labels(group, np.size(yi))[every.rows]
    known = np.array([label is not None for label in given])
    y, v, names = every.y[known], every.v[known], np.array(every.slab, dtype=object)[known]
    codes = given[known]
    labels = tuple(dict.fromkeys(codes))
    if len(labels) < 2:
        raise StatisticsError(
            f"Subgroups need at least two groups with a study; there {_are(len(labels))}."
        )
    notes = list(every.notes)
    if not known.all():
        notes.append(
            f"{int(np.count_nonzero(~known))} of {known.size} studies have no subgroup and count "
            "in the overall result alone."
        )
    common = method in COMMON_EFFECT
    joint = None if common or not common_tau2 else _joint(y, v, codes, method, test, level)
    tau2 = None if joint is None else joint.tau2
    fits = tuple(
        pool(
            y[codes == label],
            v[codes == label],
            method=method,
            test=test,
            level=level,
            prediction=prediction,
            slab=names[codes == label].tolist(),
            tau2=tau2,
        )
        for label in labels
    )
    apart = [pool(y[codes == label], v[codes == label], method="EE") for label in labels]
    q_within, df = float(sum(fit.q for fit in apart)), int(y.size - len(labels))
    if any(fit.k == 1 for fit in fits) and tau2 is None and not common:
        notes.append("A subgroup with one study has no tau2 of its own; it was set to 0.")
    return Subgroups(
        labels=labels,
        fits=fits,
        overall=overall,
        interaction=_between(fits, joint, notes),
        interaction_common=interaction_test(apart),
        q_within=q_within,
        q_within_df=df,
        q_within_p=float(chi2_tail(q_within, df)) if df else 1.0,
        common_tau2=joint is not None,
        notes=tuple(notes),
    )


def _joint(
    y: FloatArray, v: FloatArray, codes: npt.NDArray[Any], method: str, test: str, level: float
) -> Pooled:
    """The regression on the subgroup; the rules on an interval have no counterpart in one."""
    tested = "knha" if test in ("adhoc-ci", "iqwig") else test
    return pool(y, v, mods={"group": codes.tolist()}, method=method, test=tested, level=level)


def _between(
    fits: tuple[Pooled, ...], joint: Pooled | None, notes: list[str]
) -> Interaction | None:
    if joint is None:
        if all(fit.se > 0.0 for fit in fits):
            return interaction_test(fits)
    elif joint.qm is not None and joint.qm_df is not None and joint.qm_p is not None:
        df, residual = joint.qm_df
        return Interaction(statistic=joint.qm, df=df, df_residual=residual, p=joint.qm_p)
    notes.append(
        "The effects within a subgroup are all alike, so the Knapp-Hartung standard error is 0 and "
        "the subgroups cannot be compared under random effects."
    )
    return None


def _labels(group: Any, count: int) -> npt.NDArray[np.object_]:
    """Labels as text; None where there is none."""
    given = label_array(group, "group").tolist()
    if len(given) != count:
        raise InputError(f"`group` has {len(given)} entries for {count} effects.")
    labels = np.empty(count, dtype=object)
    for index, label in enumerate(given):
        missing = is_missing(label) or str(label).strip() in ("", "<NA>", "NaT")
        labels[index] = None if missing else str(label)
    return labels


def _are(count: int) -> str:
    return "is one" if count == 1 else "is none"


def _named(test: Interaction, digits: int) -> str:
    df = f"df = {plain(test.df)}"
    if test.df_residual is not None:
        df = f"df = {plain(test.df)}, {plain(round(test.df_residual, 2))}"
    p = p_value(test.p)
    shown = f"p {p}" if p.startswith("<") else f"p = {p}"
    letter = "Q" if test.df_residual is None else "F"
    return f"{letter}({df}) = {amount(test.statistic, digits)}, {shown}"
