"""Whether an effect differs between groups of people: one test, and the sentence for it."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import p_value
from weigh.evidence.phrasing import sentence, tally
from weigh.evidence.statement import Quantity, Statement, say
from weigh.evidence.trace import TraceBuilder
from weigh.stats.tails import chi2_tail

__all__ = ["difference_between", "group_test"]


def group_test(trace: TraceBuilder, name: str, compared: Sequence[Comparison]) -> Statement:
    """Test pooled comparisons of one outcome in several groups against each other, in words."""
    estimates = [c.pooled.estimate for c in compared if c.pooled is not None]
    variances = [c.pooled.se**2 for c in compared if c.pooled is not None]
    q, p = difference_between(estimates, variances)
    nodes = [c.nodes[f"pooled.{field}"] for c in compared for field in ("estimate", "se")]
    node = trace.computed(
        name,
        "p value of the test for a difference between subgroups",
        p,
        function="weigh.answer.between_groups.difference_between",
        inputs=nodes,
        parameters={"q": q, "df": len(estimates) - 1},
        method="Cochran's Q between subgroups (Cochrane Handbook 10.11.3.1)",
    )
    number = tally(
        trace, f"{name}.groups", "subgroups compared", [c.nodes["label"] for c in compared]
    )
    return Statement(
        id=name,
        phrase=sentence(
            say(
                "for {outcome}, a test for a difference between the {n} groups gives p {p}; a high "
                "value does not show that the effects are the same",
                outcome=compared[0].outcome.plain,
                n=number,
                p=Quantity(text=_p_words(p), node=node),
            )
        ),
    )


def difference_between(
    estimates: Sequence[float], variances: Sequence[float]
) -> tuple[float, float]:
    """Test whether subgroup estimates differ more than chance allows.

    Parameters
    ----------
    estimates, variances
        One pooled estimate a subgroup with its squared standard error, on the analysis scale, from
        studies that no two subgroups share.

    Returns
    -------
    q, p
        Cochran's Q between subgroups, and its chi-squared tail on one fewer degrees of freedom
        than there are subgroups.

    References
    ----------
    :cite:t:`higgins2024`, section 10.11.3.1.

    Examples
    --------
    >>> q, p = difference_between([0.0, 2.0], [0.5, 0.5])
    >>> round(q, 3), round(p, 4)
    (4.0, 0.0455)
    """
    weights = [1.0 / variance for variance in variances]
    mean = sum(w * y for w, y in zip(weights, estimates, strict=True)) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, estimates, strict=True))
    return q, float(chi2_tail(q, len(estimates) - 1))


def _p_words(p: float) -> str:
    shown = p_value(p)
    return shown if shown.startswith("<") else f"= {shown}"
