"""Figures of a pooled estimate as trace nodes: what each says of itself."""

from __future__ import annotations

import math
import re

import pytest

import weigh
from weigh.evidence.question import Model
from weigh.evidence.trace import TraceBuilder
from weigh.folder import example_folders
from weigh.synthesis import pool
from weigh.workflow.pooling import record


@pytest.fixture
def recorded():
    def make(measure: str):
        trace = TraceBuilder()
        study = trace.computed("study", "a study", 1.0, function="given", inputs=())
        model = Model(method="REML", test="z")
        pooled = pool([-0.5, -0.3, -0.1], [0.04, 0.05, 0.06], method=model.method, test=model.test)
        nodes = record(trace, "c.pooled", pooled, [study], measure)
        return pooled, {field: trace[node] for field, node in nodes.items()}

    return make


def test_the_logarithm_of_a_ratio_says_so_and_what_ratio_it_is(recorded):
    pooled, nodes = recorded("RR")
    ratio = f"{math.exp(pooled.estimate):.3g}"
    assert nodes["estimate"].label == f"pooled estimate as a log risk ratio (risk ratio {ratio})"
    # No ratio is the anti-logarithm of a standard error.
    assert nodes["se"].label == "pooled standard error as a log risk ratio"
    assert nodes["i2"].label == "pooled I² (percent)"


def test_a_difference_stands_on_its_own_scale(recorded):
    _, nodes = recorded("MD")
    assert nodes["estimate"].label == "pooled estimate"


def test_the_effect_of_one_study_says_its_scale_too():
    zinc = next(path for path in example_folders() if path.name == "zinc-common-cold")
    trace = weigh.answer_question(weigh.load(zinc)).trace
    labels = {node.label.partition(": ")[2] for node in trace.nodes.values()}
    assert any(re.fullmatch(r"effect as a log risk ratio \(risk ratio [\d.]+\)", n) for n in labels)
    assert "effect (MD)" in labels
