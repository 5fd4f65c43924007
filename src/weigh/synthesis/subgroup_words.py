"""A subgroup analysis written up: a paragraph on methods and one on results."""

from __future__ import annotations

from weigh.evidence.figures import amount, p_value, plain, ratio
from weigh.evidence.measure import measure_named, to_natural
from weigh.evidence.pooled import Pooled
from weigh.synthesis.interaction import Interaction

__all__ = ["write_up"]


def write_up(
    labels: tuple[str, ...],
    fits: tuple[Pooled, ...],
    overall: Pooled,
    interaction: Interaction | None,
    *,
    common_tau2: bool,
    notes: tuple[str, ...],
    measure: str | None,
) -> str:
    """Write up a subgroup analysis.

    Parameters
    ----------
    labels, fits, overall, interaction, common_tau2, notes
        As in `weigh.synthesis.subgroups.Subgroups`.
    measure
        Name of the measure, such as ``RR``, or None to stay on the analysis scale.
    """
    noun = "effect" if measure is None else measure_named(measure).words
    results = [
        f"{_effect(fit, measure)} in {label} ({_studies(fit.k)})"
        for label, fit in zip(labels, fits, strict=True)
    ]
    parts = [
        f"Methods. {_methods(fits, overall, common_tau2=common_tau2)}",
        f"Results. The pooled {noun} was {'; '.join(results)}. {_difference(interaction)}",
    ]
    if notes:
        parts.append(f"Cautions. {' '.join(notes)}")
    return "\n\n".join(parts)


def _methods(fits: tuple[Pooled, ...], overall: Pooled, *, common_tau2: bool) -> str:
    text = f"The effects of {_studies(sum(fit.k for fit in fits))} were pooled in {len(fits)} "
    text += "subgroups"
    if overall.method in ("EE", "FE"):
        text += " by a model without variation between studies"
    else:
        shared = "one between-study variance for all of them"
        own = "a between-study variance of its own for each"
        text += f" by a random-effects model with {shared if common_tau2 else own}"
        text += f", estimated by {overall.method}"
    return f"{text}. {_test_words(common_tau2=common_tau2)}"


def _test_words(*, common_tau2: bool) -> str:
    if common_tau2:
        return "Subgroups were compared by the joint test of a regression on the subgroup."
    return "Subgroups were compared by the Q statistic between their pooled effects."


def _effect(fit: Pooled, measure: str | None) -> str:
    low, high = _show(fit.ci_low, measure), _show(fit.ci_high, measure)
    return f"{_show(fit.estimate, measure)} ({100.0 * fit.level:g}% CI {low} to {high})"


def _show(value: float, measure: str | None) -> str:
    if measure is None:
        return amount(value)
    natural = float(to_natural(value, measure))
    return ratio(natural) if measure_named(measure).is_log else amount(natural)


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"


def _difference(interaction: Interaction | None) -> str:
    if interaction is None:
        return "The subgroups could not be compared."
    letter = "Q" if interaction.df_residual is None else "F"
    df = plain(interaction.df)
    if interaction.df_residual is not None:
        df += f" and {plain(round(interaction.df_residual, 2))}"
    unit = "degree" if df == "1" else "degrees"
    p = p_value(interaction.p)
    shown = f"p {p}" if p.startswith("<") else f"p = {p}"
    return (
        f"Test for subgroup differences: {letter} = {amount(interaction.statistic)} on {df} {unit} "
        f"of freedom, {shown}."
    )
