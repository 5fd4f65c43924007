"""The league table: every treatment against every other."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError, NotFoundError
from weigh.evidence.figures import amount, p_value
from weigh.evidence.printout import columns_of_text
from weigh.stats.tails import t_quantile, two_sided_p, two_sided_quantile
from weigh.synthesis.network.frames import Backend, as_columns, as_frame, records
from weigh.synthesis.network.rows import Estimates
from weigh.synthesis.records import as_record

__all__ = ["Against", "League", "against_frame", "against_lines", "make_league"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One treatment against another.

    Parameters
    ----------
    treat1, treat2
        The effect is that of the first against the second.
    estimate, se, statistic, p, ci_low, ci_high
        On the analysis scale.
    pi_low, pi_high
        Where the effect in another trial is to be expected; None under a common effect, and where
        heterogeneity has no degrees of freedom.
    """

    treat1: str
    treat2: str
    estimate: float
    se: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None

    def to_dict(self) -> dict[str, Any]:
        """The parts, ready for JSON."""
        return as_record(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class League:
    """All comparisons of a network, as (n, n) matrices: row against column.

    Parameters
    ----------
    treatments
        Names of rows and columns.
    model
        ``"common"`` or ``"random"``.
    level
        Confidence level.
    estimate, se, p, ci_low, ci_high
        On the analysis scale; the diagonal is 0, and 1 for `p`.
    pi_low, pi_high
        Prediction intervals; None where there are none.
    """

    treatments: tuple[str, ...]
    model: str
    level: float
    estimate: FloatArray
    se: FloatArray
    p: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray | None
    pi_high: FloatArray | None

    def __getitem__(self, pair: tuple[str, str]) -> Against:
        """The first treatment against the second."""
        if not (isinstance(pair, tuple) and len(pair) == 2):
            raise InputError(f"A comparison is two treatments, not {pair!r}.")
        for name in pair:
            if str(name) not in self.treatments:
                raise NotFoundError("treatment in the network", str(name), self.treatments)
        i, j = (self.treatments.index(str(name)) for name in pair)
        if i == j:
            raise InputError(f"{pair[0]!r} cannot be compared with itself.")
        se = float(self.se[i, j])
        return Against(
            treat1=self.treatments[i],
            treat2=self.treatments[j],
            estimate=float(self.estimate[i, j]),
            se=se,
            statistic=float(self.estimate[i, j]) / se,
            p=float(self.p[i, j]),
            ci_low=float(self.ci_low[i, j]),
            ci_high=float(self.ci_high[i, j]),
            pi_low=None if self.pi_low is None else float(self.pi_low[i, j]),
            pi_high=None if self.pi_high is None else float(self.pi_high[i, j]),
        )

    def against(self, reference: str) -> tuple[Against, ...]:
        """Every other treatment against one."""
        return tuple(self[name, reference] for name in self.treatments if name != str(reference))

    def _columns(self) -> dict[str, list[Any]]:
        first, second = np.triu_indices(len(self.treatments), 1)
        columns: dict[str, Any] = {
            "treat1": [self.treatments[i] for i in first],
            "treat2": [self.treatments[j] for j in second],
        }
        for name in ("estimate", "se", "p", "ci_low", "ci_high", "pi_low", "pi_high"):
            matrix = getattr(self, name)
            columns[name] = [None] * first.size if matrix is None else matrix[first, second]
        return as_columns(columns)

    def to_dict(self) -> dict[str, Any]:
        """Each pair once, ready for JSON."""
        return {
            "treatments": list(self.treatments),
            "model": self.model,
            "level": self.level,
            "comparisons": records(self._columns()),
        }

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return a data frame, one row a pair of treatments."""
        return as_frame(self._columns(), backend)

    def table(
        self,
        *,
        order: Sequence[str] | None = None,
        scale: Callable[[float], float] | None = None,
        digits: int = 2,
    ) -> list[list[str]]:
        """The league table in words: treatments on the diagonal, effects in the other cells.

        Parameters
        ----------
        order
            Treatments from first to last, such as `Ranking.order`; by default alphabetical.
        scale
            Where each number is to be shown, such as `math.exp` for ratios.
        digits
            Decimals.

        Returns
        -------
        list of list of str
            The cell in row i and column j is the effect of the treatment named in row i against
            that named in column j, with its interval.
        """
        names = list(self.treatments if order is None else map(str, order))
        if sorted(names) != sorted(self.treatments):
            raise InputError(
                f"`order` has {', '.join(names)}; it must hold each treatment once: "
                f"{', '.join(self.treatments)}."
            )
        shown = scale or float
        table = []
        for name in names:
            row = []
            for other in names:
                if name == other:
                    row.append(name)
                    continue
                cell = self[name, other]
                low, middle, high = (
                    amount(shown(value), digits)
                    for value in (cell.ci_low, cell.estimate, cell.ci_high)
                )
                row.append(f"{middle} ({low} to {high})")
            table.append(row)
        return table

    def to_html(self, **options: Any) -> str:
        """The table as an HTML ``<table>``; options as in `table`."""
        rows = []
        for i, row in enumerate(self.table(**options)):
            cells = [
                f'<th scope="row">{html.escape(cell)}</th>'
                if i == j
                else f"<td>{html.escape(cell)}</td>"
                for j, cell in enumerate(row)
            ]
            rows.append(f"<tr>{''.join(cells)}</tr>")
        caption = (
            f"Effect of the treatment named in the row against that named in the column, "
            f"{self.model} effects, with {100.0 * self.level:g}% confidence interval"
        )
        return f"<table><caption>{caption}</caption>\n{chr(10).join(rows)}\n</table>"

    def summary(self, **options: Any) -> str:
        """The table as text; options as in `table`."""
        return "\n".join(columns_of_text([tuple(row) for row in self.table(**options)]))


def make_league(
    treatments: tuple[str, ...], estimates: Estimates, *, model: str, level: float, df: int
) -> League:
    """All comparisons of estimates.

    Parameters
    ----------
    df
        Degrees of freedom of heterogeneity, which prediction intervals take for their t.
    """
    estimate, se = estimates.differences, estimates.se
    half = two_sided_quantile(level) * se
    off = ~np.eye(len(treatments), dtype=bool)
    p = np.ones_like(se)
    p[off] = two_sided_p(estimate[off] / se[off])
    low = high = None
    if model == "random" and df >= 1:
        wide = t_quantile(float(df), 0.5 + 0.5 * level) * np.sqrt(se**2 + estimates.tau2)
        np.fill_diagonal(wide, 0.0)
        low, high = estimate - wide, estimate + wide
    return League(
        treatments=treatments,
        model=model,
        level=level,
        estimate=estimate,
        se=se,
        p=p,
        ci_low=estimate - half,
        ci_high=estimate + half,
        pi_low=low,
        pi_high=high,
    )


def against_lines(found: Sequence[Against], reference: str, level: float, digits: int) -> list[str]:
    """Treatments against a reference as the lines of a printout."""
    rows = [(f"against {reference}", "estimate", "SE", f"{100.0 * level:g}% CI", "p")]
    for one in found:
        limits = f"{amount(one.ci_low, digits)} to {amount(one.ci_high, digits)}"
        numbers = (amount(one.estimate, digits), amount(one.se, digits))
        rows.append((one.treat1, *numbers, limits, p_value(one.p)))
    return columns_of_text(rows)


def against_frame(found: Sequence[Against], backend: Backend) -> Any:
    """Treatments against a reference as a data frame, one row each."""
    rows = [one.to_dict() for one in found]
    return as_frame({name: [row[name] for row in rows] for name in rows[0]}, backend)
