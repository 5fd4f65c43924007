"""The statistician's plots: each takes a fit or an analysis of weigh and returns a `Plot`.

A plot is drawn from the numbers of its analysis, which come with it as a table. Nothing is
estimated here: `weigh.synthesis` does that, and ``weigh.plot.baujat(weigh.baujat(fit))`` draws it.
"""

from __future__ import annotations

from weigh.report.plot.balance import balance
from weigh.report.plot.baujat import baujat
from weigh.report.plot.bubble import bubble
from weigh.report.plot.caterpillar import caterpillar
from weigh.report.plot.component_profile import component_profile
from weigh.report.plot.doi import doi
from weigh.report.plot.dose import dose_response
from weigh.report.plot.drapery import drapery
from weigh.report.plot.forest import forest
from weigh.report.plot.funnel import funnel
from weigh.report.plot.gosh import gosh
from weigh.report.plot.influential import influence
from weigh.report.plot.labbe import labbe
from weigh.report.plot.net_heat import net_heat
from weigh.report.plot.network_funnel import network_funnel
from weigh.report.plot.network_graph import network
from weigh.report.plot.network_rows import network_forest, network_split
from weigh.report.plot.picture import Plot, Table
from weigh.report.plot.profile import profile
from weigh.report.plot.quantiles import qq
from weigh.report.plot.radial import radial
from weigh.report.plot.rankogram import rankogram
from weigh.report.plot.selection import selection
from weigh.report.plot.stepwise import cumulative, leave_one_out

galbraith = radial

__all__ = [
    "Plot",
    "Table",
    "balance",
    "baujat",
    "bubble",
    "caterpillar",
    "component_profile",
    "cumulative",
    "doi",
    "dose_response",
    "drapery",
    "forest",
    "funnel",
    "galbraith",
    "gosh",
    "influence",
    "labbe",
    "leave_one_out",
    "net_heat",
    "network",
    "network_forest",
    "network_funnel",
    "network_split",
    "profile",
    "qq",
    "radial",
    "rankogram",
    "selection",
]
