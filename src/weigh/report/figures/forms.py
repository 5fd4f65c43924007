"""The network in which trials compare forms of the intervention, as a picture."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.form_network import FormGraph, FormNetwork
from weigh.report.figures.sheet import Sheet
from weigh.report.plot.network_graph import network

__all__ = ["draw_form_network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A network as the plot takes it."""

    k: int
    reference: str
    held: FormGraph
    notes: tuple[str, ...] = ()

    def graph(self) -> FormGraph:
        """Treatments and how many trials compare them."""
        return self.held


def draw_form_network(view: FormNetwork, *, key: str, credit: str) -> tuple[str, Sheet]:
    """Draw which forms trials compare, with each other and with what.

    Parameters
    ----------
    key
        Stands before every id inside.
    credit
        What the picture is of, printed at its foot.
    """
    held = view.graph
    names = [name.casefold() for name in held.treatments]
    others = [held.treatments[names.index(name)] for name in view.through if name in names]
    drawn = _Drawn(k=int(view.k.text), reference=(others or list(held.treatments))[0], held=held)
    title = f"{view.comparison.label}: forms that trials compare"
    plot = network(drawn, title=title, foot=(credit,))
    return plot.svg(key=key), plot.sheet
