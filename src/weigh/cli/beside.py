"""What ``weigh pool`` says beside the fit: a robust test, and that single arms are no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weigh.cli.tables import Table
from weigh.cli.talk import Talk

if TYPE_CHECKING:
    from weigh.evidence.pooled import Pooled

__all__ = ["caution_of", "document_of", "show_robust"]


def caution_of(measure: str | None) -> str | None:
    """What must be said of a measure of single arms; None for all others."""
    from weigh.evidence.measure import measure_named
    from weigh.synthesis.single_arm import caution_for

    return None if measure is None else caution_for(measure_named(measure))


def document_of(
    fit: Pooled, table: Table, measure: str | None, cluster: str | None
) -> dict[str, Any]:
    """The parts of the document of ``weigh pool --json`` that hang on what was asked for."""
    from weigh.synthesis.robust import robust

    document: dict[str, Any] = {}
    caution = caution_of(measure)
    if caution is not None:
        document |= {"design": "single-arm", "controlled": False, "measure": measure}
    if cluster is not None:
        document["robust"] = robust(fit, table.texts(cluster)).to_dict()
    notes = () if caution is None else (caution,)
    return {**document, "notes": [*notes, *fit.notes]}


def show_robust(talk: Talk, fit: Pooled, table: Table, cluster: str) -> None:
    """Print the coefficients with a variance that is robust to dependence within clusters."""
    from weigh.synthesis.robust import robust

    talk.result(f"\n{robust(fit, table.texts(cluster)).summary()}")
