"""A model of dependent effects as a statistician's printout."""

from __future__ import annotations

import math

from weigh.evidence.figures import amount, p_value, plain
from weigh.evidence.printout import columns_of_text
from weigh.synthesis.multilevel.result import Multilevel

__all__ = ["summary"]


def summary(fit: Multilevel, *, digits: int = 4) -> str:
    """Lay out a fit, on the analysis scale.

    Parameters
    ----------
    fit
        A fit of `multilevel`.
    digits
        Decimals of estimates.
    """
    percent = f"{100.0 * fit.level:g}%"
    criteria = fit.criteria
    what = "Multilevel model" if fit.components else "Model without random effects"
    lines = [f"{what} (k = {fit.k}); by {fit.method}", ""]
    lines.append(
        f"log-likelihood {amount(criteria.log_likelihood, digits)}; "
        f"AIC {amount(criteria.aic, 2)}, BIC {amount(criteria.bic, 2)}, "
        f"AICc {amount(criteria.aicc, 2)}; {criteria.parameters} parameters"
    )
    if fit.components:
        lines += ["", *columns_of_text(_components(fit, percent, digits))]
    lines.append("")
    if fit.qe is not None and fit.qe_p is not None:
        left = "residual heterogeneity" if fit.is_regression else "heterogeneity"
        lines.append(
            f"Test for {left}: Q(df = {fit.qe_df}) = {amount(fit.qe, digits)}, {_p(fit.qe_p)}"
        )
    if fit.is_regression:
        first, second = fit.qm_df
        name = f"QM(df = {first})" if second is None else f"F({first}, {plain(second)})"
        lines.append(f"Test of moderators: {name} = {amount(fit.qm, digits)}, {_p(fit.qm_p)}")
    lines += ["", *columns_of_text(_coefficients(fit, percent, digits))]
    if fit.pi_low is not None and fit.pi_high is not None:
        low, high = amount(fit.pi_low, digits), amount(fit.pi_high, digits)
        lines += ["", f"{percent} prediction interval: {low} to {high}"]
    if fit.notes:
        lines += ["", *(f"Note: {note}" for note in fit.notes)]
    return "\n".join(lines)


def _components(fit: Multilevel, percent: str, digits: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "estimate", "SD", "SE", f"{percent} CI (Wald)", "groups")]
    for one in fit.components:
        variance = one.kind in ("sigma2", "tau2", "gamma2")
        interval = ""
        if one.ci_low is not None and one.ci_high is not None:
            interval = f"{amount(one.ci_low, digits)} to {amount(one.ci_high, digits)}"
        rows.append(
            (
                one.name,
                amount(one.value, digits),
                amount(math.sqrt(one.value), digits) if variance else "",
                "fixed" if one.held else "" if one.se is None else amount(one.se, digits),
                interval,
                str(one.groups),
            )
        )
    return rows


def _coefficients(fit: Multilevel, percent: str, digits: int) -> list[tuple[str, ...]]:
    own = fit.ddf is not None
    rows: list[tuple[str, ...]] = [
        ("", "estimate", "SE", "t" if own else "z", *(("df",) if own else ()), "p", f"{percent} CI")
    ]
    return rows + [
        (
            one.name,
            amount(one.estimate, digits),
            amount(one.se, digits),
            amount(one.statistic, digits),
            *((plain(round(one.df, 2)),) if one.df is not None else ()),
            p_value(one.p),
            f"{amount(one.ci_low, digits)} to {amount(one.ci_high, digits)}",
        )
        for one in fit.coefficients
    ]


def _p(value: float) -> str:
    shown = p_value(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"
