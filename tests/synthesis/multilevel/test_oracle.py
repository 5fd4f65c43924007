"""Models of dependent effects agree with metafor's, or have a higher likelihood."""

from __future__ import annotations

import pytest
from synthesis.multilevel.oracle_models import compare, having
from synthesis.oracle_cases import load, sources

MODELS = ("rma.mv",)


@pytest.mark.parametrize("path", having(sources(), MODELS), ids=lambda path: path.stem)
def test_every_model_agrees_with_metafor(path):
    """Cases of rma.mv: log-likelihood never below R's, estimates and tests the same."""
    data = load(path)

    cases = [case for case in data.cases if case["kind"] in MODELS]

    assert [fault for case in cases for fault in compare(data, case)] == []
    assert cases
