"""A Word document under way: headings, sentences with their references, tables, figures."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from weigh.evidence.statement import Phrase, Statement
from weigh.report.drawings import Drawing

__all__ = ["Paper", "numbers_words"]

Words = str | Phrase | Statement


class Paper:
    """Writes into a document of python-docx.

    Parameters
    ----------
    document
        What is written into; its first section is upright.
    width
        Of figures.
    cited
        Numbers of the references that a sentence rests on.
    """

    def __init__(
        self, document: Any, width: Any, cited: Callable[[Phrase | Statement], Sequence[int]]
    ) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import Pt

        self._document = document
        self._width = width
        self._cited = cited
        self._cell = document.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
        self._cell.base_style = document.styles["Normal"]
        self._cell.font.size = Pt(8.5)
        self._cell.paragraph_format.space_after = Pt(2)

    def heading(self, words: str, level: int) -> None:
        """A heading; 0 is the title."""
        self._document.add_heading(words, level)

    def text(self, words: str, *, bold: bool = False) -> None:
        """A paragraph."""
        self._document.add_paragraph().add_run(words).bold = bold or None

    def said(self, statements: Iterable[Words]) -> None:
        """A paragraph for each sentence."""
        for statement in statements:
            self.text(self.told(statement))

    def bullets(self, statements: Iterable[Words]) -> None:
        """A list."""
        for statement in statements:
            self._document.add_paragraph(self.told(statement), style="List Bullet")

    def told(self, words: Words) -> str:
        """The words with the numbers of their references behind them."""
        if isinstance(words, str):
            return words
        numbers = self._cited(words)
        return f"{words.text} [{numbers_words(numbers)}]" if numbers else words.text

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row is repeated on each page; a line of a cell is a paragraph.

        Columns with long cells are wider, by the square root of their length.
        """
        if not rows:
            return
        from docx.oxml import OxmlElement

        table = self._document.add_table(rows=1, cols=len(heads), style="Light Grid")
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        longest = [max(map(len, column)) ** 0.5 for column in zip(heads, *rows, strict=True)]
        page = self._document.sections[-1]
        room = page.page_width - page.left_margin - page.right_margin
        widths = [int(room * length / sum(longest)) for length in longest]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for index, row in enumerate((heads, *rows)):
            added = table.add_row() if index else table.rows[0]
            if index:
                added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, width, words in zip(added.cells, widths, row, strict=True):
                cell.width = width
                for line, told in enumerate(words.split("\n")):
                    paragraph = cell.add_paragraph() if line else cell.paragraphs[0]
                    paragraph.style = self._cell
                    paragraph.add_run(told)
        self._document.add_paragraph()

    def figure(self, drawing: Drawing | None) -> None:
        """A figure with its alternative text."""
        if drawing is None:
            return
        shape = self._document.add_picture(io.BytesIO(drawing.png()), width=self._width)
        properties = shape._inline.docPr
        properties.set("descr", drawing.alt)
        properties.set("name", drawing.name)

    def turn(self) -> None:
        """Go on with a new page, lying where the last one was upright and upright where it lay."""
        from docx.enum.section import WD_ORIENT

        last = self._document.sections[-1]
        new = self._document.add_section()
        new.page_width, new.page_height = last.page_height, last.page_width
        lies = new.page_width > new.page_height
        new.orientation = WD_ORIENT.LANDSCAPE if lies else WD_ORIENT.PORTRAIT


def numbers_words(numbers: Sequence[int]) -> str:
    """Rising numbers as a list of references has them: ``1, 3–5``."""
    starts = [0, *(i for i, (a, b) in enumerate(pairwise(numbers), start=1) if b > a + 1)]
    runs = [numbers[a:b] for a, b in pairwise((*starts, len(numbers)))]
    return ", ".join(
        f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )
