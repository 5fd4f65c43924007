"""Every number of some sentences, and of the page that they stand on, leads back to its source."""

from __future__ import annotations

import json
from collections.abc import Iterable

from orphans import orphan_numbers, wording_faults
from report.reading import broken_links, orphans

from weigh.evidence.answer import Answer
from weigh.evidence.statement import Statement
from weigh.report import Rendered, render


def page_that_leads_back(answer: Answer, statements: Iterable[Statement | None]) -> Rendered:
    """The page of an answer, once its numbers, links and some of its sentences are looked at."""
    page = render(answer)
    for said in statements:
        assert said is not None
        assert orphan_numbers(said, answer.trace) == []
        assert wording_faults(said.text) == []
    assert orphans(page.html, json.loads(page.json)["trace"]["nodes"]) == []
    assert broken_links(page.html) == []
    return page
