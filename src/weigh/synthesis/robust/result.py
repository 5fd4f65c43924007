"""The result of `weigh.robust`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, MissingExtraError
from weigh.evidence.figures import amount, p_value, plain
from weigh.evidence.printout import columns_of_text
from weigh.synthesis.combinations import combinations_of, in_words, tested_against
from weigh.synthesis.inputs import check_level
from weigh.synthesis.records import as_record
from weigh.synthesis.robust.coefficients import RobustCoefficient, tested
from weigh.synthesis.robust.joint import RobustWald, jointly_tested
from weigh.synthesis.robust.model import Clustered
from weigh.synthesis.robust.sandwich import Sandwich

__all__ = ["Robust"]

FloatArray = npt.NDArray[np.float64]

# The joint test that goes with each test of a coefficient.
JOINT = {
    "z": "chi-sq",
    "naive-t": "Naive-F",
    "naive-tp": "Naive-Fp",
    "Satterthwaite": "HTZ",
    "saddlepoint": "HTZ",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Robust:
    """Coefficients of a fit with a variance that is robust to dependence within clusters.

    Parameters
    ----------
    k, clusters
        Number of effects and of clusters.
    sizes
        Smallest, median and largest number of effects in a cluster.
    type, test, level
        The sandwich, the test of each coefficient, the confidence level.
    coefficients
        Each coefficient by itself; one pooled effect is one coefficient.
    vb
        (p, p) robust covariance of the coefficients.
    joint
        All coefficients but the intercept together; the intercept where it is alone.
    notes
        Cautions.
    """

    k: int
    clusters: int
    sizes: tuple[float, float, float]
    type: str
    test: str
    level: float
    coefficients: tuple[RobustCoefficient, ...]
    vb: FloatArray
    joint: RobustWald
    notes: tuple[str, ...] = ()
    model: Clustered = field(repr=False)
    made: Sandwich = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.model.names

    @property
    def estimate(self) -> float:
        """The pooled effect."""
        return self._only.estimate

    @property
    def se(self) -> float:
        """Robust standard error of the pooled effect."""
        return self._only.se

    @property
    def df(self) -> float | None:
        """Degrees of freedom of its test."""
        return self._only.df

    @property
    def p(self) -> float | None:
        """P value of the pooled effect."""
        return self._only.p

    @property
    def ci_low(self) -> float | None:
        """Lower limit of its confidence interval."""
        return self._only.ci_low

    @property
    def ci_high(self) -> float | None:
        """Upper limit of its confidence interval."""
        return self._only.ci_high

    @property
    def _only(self) -> RobustCoefficient:
        if len(self.coefficients) > 1:
            raise InputError(
                f"This regression has {len(self.coefficients)} coefficients, and no one estimate.",
                hint="Take one of `coefficients`, or a combination by `wald`.",
            )
        return self.coefficients[0]

    def wald(
        self,
        which: str | int | Sequence[str | int] | None = None,
        *,
        contrast: Any = None,
        value: float | Sequence[float] = 0.0,
        test: str | None = None,
        level: float | None = None,
    ) -> RobustWald:
        """Test coefficients, or linear combinations of them, together and one by one.

        Parameters
        ----------
        which, contrast, value
            As in `weigh.wald_test`; by default all coefficients but the intercept.
        test
            ``"chi-sq"``; ``"Naive-F"``: F with J - 1 denominator degrees of freedom for J
            clusters; ``"Naive-Fp"``: with J - p; ``"HTZ"``, ``"HTA"``, ``"HTB"``: Hotelling's T²
            with degrees of freedom from the working model; ``"EDF"``, ``"EDT"``: from independent
            t statistics. By default the one that goes with the test of the coefficients.
        level
            Confidence level of the intervals of single combinations; that of the fit if not given.

        Returns
        -------
        RobustWald
            Undefined, with a note, where the robust covariance is singular or worth too few
            degrees of freedom.

        References
        ----------
        :cite:t:`tipton2015f`, who recommend ``HTZ``.
        """
        rows = combinations_of(self.names, which, contrast)
        level = self.level if level is None else check_level(level)
        values = tested_against(value, rows)
        return waldly(
            self.model,
            self.made,
            rows,
            values,
            test=JOINT[self.test] if test is None else test,
            each=self.test,
            level=level,
        )

    def to_dict(self) -> dict[str, Any]:
        """The statistics, ready for JSON: what is undefined is None.

        One pooled effect has its parts at the top as well; `qm` is the statistic of `joint`.
        """
        one = {} if len(self.coefficients) > 1 else self.coefficients[0].to_dict()
        one.pop("name", None)
        return {
            "k": self.k,
            "clusters": self.clusters,
            "sizes": list(self.sizes),
            "type": self.type,
            "test": self.test,
            "level": self.level,
            **one,
            "coefficients": [each.to_dict() for each in self.coefficients],
            "vb": self.vb.tolist(),
            "qm": self.joint.statistic,
            "qm_df": [self.joint.df, self.joint.df_residual],
            "qm_p": self.joint.p,
            "joint": self.joint.to_dict(),
            "notes": list(self.notes),
        }

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """Return a data frame, one row a coefficient."""
        records = [as_record(one) for one in self.coefficients]
        columns = {
            name: [
                np.nan if record[name] is None and name != "name" else record[name]
                for record in records
            ]
            for name in records[0]
        }
        try:
            return nw.from_dict(columns, backend=backend).to_native()
        except ImportError:
            raise MissingExtraError("A data frame of coefficients", backend) from None

    def summary(self, *, digits: int = 4) -> str:
        """The coefficients as a statistician's printout, on the analysis scale.

        Parameters
        ----------
        digits
            Decimals of estimates.
        """
        low, median, high = (plain(size) for size in self.sizes)
        each = f"{low} each" if low == high else f"{low} to {high} each, median {median}"
        lines = [
            f"Cluster-robust inference, {self.type}, {self.test} tests",
            f"{self.k} effects in {self.clusters} clusters ({each})",
            "",
            *columns_of_text(_rows(self.coefficients, self.test, self.level, digits)),
        ]
        if len(self.coefficients) > 1 and self.joint.statistic is not None:
            lines += ["", _joint_line(self.joint, digits)]
        if self.notes:
            lines += ["", *(f"Note: {note}" for note in self.notes)]
        return "\n".join(lines)


def _rows(
    coefficients: Sequence[RobustCoefficient], test: str, level: float, digits: int
) -> list[tuple[str, ...]]:
    def shown(value: float | None) -> str:
        return "" if value is None else amount(value, digits)

    has_df = any(one.df is not None for one in coefficients)
    head = ("", "estimate", "SE", "z" if test == "z" else "t", *(("df",) if has_df else ()), "p")
    rows = [(*head, f"{100.0 * level:g}% CI")]
    for one in coefficients:
        df = ("" if one.df is None else amount(one.df, 2),) if has_df else ()
        interval = "" if one.ci_low is None else f"{shown(one.ci_low)} to {shown(one.ci_high)}"
        rows.append(
            (
                one.name,
                shown(one.estimate),
                shown(one.se),
                shown(one.statistic),
                *df,
                "" if one.p is None else p_value(one.p),
                interval,
            )
        )
    return rows


def _joint_line(joint: RobustWald, digits: int) -> str:
    residual = "" if joint.df_residual is None else f", {amount(joint.df_residual, 2)}"
    assert joint.statistic is not None
    assert joint.p is not None
    shown = p_value(joint.p)
    p = f"p {shown}" if shown.startswith("<") else f"p = {shown}"
    value = amount(joint.statistic, digits)
    return f"Test of moderators ({joint.test}): F({joint.df}{residual}) = {value}, {p}"


def waldly(
    model: Clustered,
    made: Sandwich,
    rows: FloatArray,
    values: FloatArray,
    *,
    test: str,
    each: str,
    level: float,
) -> RobustWald:
    """Make the joint test of combinations, and the test of each."""
    excess = rows @ model.beta - np.ldexp(values, -model.exponent)
    found = jointly_tested(model, made, rows, excess, test)
    return RobustWald(
        test=test,
        statistic=found.f,
        delta=found.delta,
        df=len(rows),
        df_residual=found.df,
        p=found.p,
        contrasts=tested(
            model,
            made,
            rows,
            tuple(in_words(model.names, row) for row in rows),
            test=each,
            level=level,
            values=values,
        ),
        level=level,
        notes=() if found.note is None else (found.note,),
    )
