"""A made-up answer with one of everything, and its page."""

from __future__ import annotations

import pytest
from report.sample import sample_answer

from weigh.evidence.answer import Answer
from weigh.report import Rendered, render


@pytest.fixture(scope="session")
def answer() -> Answer:
    return sample_answer()


@pytest.fixture(scope="session")
def rendered(answer: Answer) -> Rendered:
    return render(answer)
