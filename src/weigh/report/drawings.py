"""Every figure of an answer, drawn, with a file name, a key for its ids and the nodes it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weigh.evidence.answer import Answer
from weigh.evidence.statement import Quantity, say
from weigh.report.figures.bias import Judged, draw_bias
from weigh.report.figures.forest import draw_forest
from weigh.report.figures.mechanisms import draw_mechanisms
from weigh.report.figures.ranges import draw_ranges
from weigh.report.figures.sheet import Sheet
from weigh.report.reported import ReportedStudy
from weigh.report.rows import Rows
from weigh.report.wording import long_date

__all__ = ["Drawing", "credit", "draw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A figure: `name` is that of its file, `width` in CSS pixels, `sheet` what it was drawn on."""

    name: str
    svg: str
    width: int
    nodes: tuple[str, ...]
    sheet: Sheet

    @property
    def alt(self) -> str:
        """Title and finding, for those who do not see it."""
        assert self.sheet.finished is not None
        _, title, finding = self.sheet.finished
        return f"{title.rstrip('.')}. {finding}"

    def png(self, dpi: float = 144.0) -> bytes:
        """The same figure as a PNG file."""
        assert self.sheet.finished is not None
        height, title, finding = self.sheet.finished
        return self.sheet.png(height, dpi=dpi, title=title, description=finding)


def credit(answer: Answer) -> str:
    """What a picture is of, so that it stays citable when it travels alone."""
    return (
        f"{answer.question.title} Searched {long_date(answer.searched)}. weigh {answer.version}, "
        f"evidence folder {answer.fingerprint[:12]}."
    )


def draw(
    answer: Answer,
    rows: Mapping[str, Rows],
    reports: Mapping[str, Sequence[ReportedStudy]],
) -> dict[str, Drawing]:
    """Draw every figure that there is something to draw of.

    That is, for each comparison, ``forest-<id>`` and (of figures that no effect could be computed
    from) ``reported-<id>``; ``forms-<id>`` for each network of forms; ``doses-<id>`` for each
    curve of doses; then ``risk-of-bias`` and ``mechanisms``.

    Parameters
    ----------
    rows, reports
        Rows of each comparison, and what the reports of its studies without an estimate give, by
        its id.
    """
    line = credit(answer)
    drawings: dict[str, Drawing] = {}

    def keep(name: str, drawn: tuple[str, Sheet]) -> None:
        svg, sheet = drawn
        drawings[name] = Drawing(
            name=name, svg=svg, width=int(sheet.width), nodes=sheet.nodes, sheet=sheet
        )

    for comparison in answer.comparisons:
        name = f"forest-{comparison.id}"
        keep(name, draw_forest(comparison, rows[comparison.id], key=f"plot-{name}", credit=line))
        given = reports.get(comparison.id)
        if given:
            name = f"reported-{comparison.id}"
            keep(name, draw_ranges(comparison, given, key=f"plot-{name}", credit=line))
    # Loaded only where there is something to draw, as few folders call for these.
    for network in answer.form_networks:
        from weigh.report.figures.forms import draw_form_network

        name = f"forms-{network.id}"
        keep(name, draw_form_network(network, key=f"plot-{name}", credit=line))
    for view in answer.doses:
        from weigh.report.figures.doses import draw_doses

        name = f"doses-{view.id}"
        keep(name, draw_doses(view, key=f"plot-{name}", credit=line))
    judged = [
        Judged(
            study=say("{label}", label=Quantity(text=story.study.label, node=story.node)),
            bias=story.bias,
        )
        for story in answer.stories
        if story.bias is not None
    ]
    if judged:
        keep("risk-of-bias", draw_bias(judged, key="plot-risk-of-bias", credit=line))
    if answer.mechanisms.edges:
        intervention = answer.question.intervention
        forms = [name for f in answer.question.forms for name in (f.name, *f.synonyms)]
        drawn = draw_mechanisms(
            answer.mechanisms,
            starts=(intervention.name, *intervention.synonyms, *forms),
            ends=answer.question.mechanism_targets,
            key="plot-mechanisms",
            credit=line,
        )
        keep("mechanisms", drawn)
    return drawings
