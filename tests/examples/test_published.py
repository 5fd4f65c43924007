"""The rows of the examples give the pools that were published, under the models named there.

Rounded as they were printed: two figures after the point, whole percents of I². For the
standardised difference of lipoic acid at 24 months the notes print three.
"""

from __future__ import annotations

from typing import Any

import pytest
from examples.reading import document, table

from weigh.effects import effect_size
from weigh.evidence.measure import to_natural
from weigh.evidence.pooled import Pooled
from weigh.synthesis import mantel_haenszel, pool

COMPARISONS = [
    (name, plan["id"])
    for name in ("alpha-lipoic-acid-diabetic-polyneuropathy", "zinc-common-cold")
    for plan in document(name, "question.yaml")["comparisons"]
    if any("published" in model for model in plan.get("also", []))
]


def rows_of(name: str, plan: dict[str, Any]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """The exported rows of a comparison, intervention before comparator, study by study."""
    low, high = plan.get("window_weeks", (0, float("inf")))
    studies: dict[str, dict[str, dict[str, str]]] = {}
    for row in table(name, "results.csv"):
        if (
            row["source"] == "p70"
            and row["outcome"] == plan["outcome"]
            and low <= float(row.get("weeks", low)) <= high
        ):
            studies.setdefault(row["study"], {})[row["arm"]] = row
    return [
        (next(row for arm, row in arms.items() if arm != "placebo"), arms["placebo"])
        for arms in studies.values()
    ]


def pooled(name: str, plan: dict[str, Any], model: dict[str, Any]) -> Pooled:
    pairs = rows_of(name, plan)

    def column(side: int, *fields: str) -> list[float]:
        return [float(next(pair[side][f] for f in fields if f in pair[side])) for pair in pairs]

    if plan["measure"] == "RR":
        counts = {
            "events1": column(0, "events"),
            "n1": column(0, "total"),
            "events2": column(1, "events"),
            "n2": column(1, "total"),
        }
        if model["method"] == "MH":
            # The review's program adds to the cells of a study with a zero before pooling.
            return mantel_haenszel(**counts, measure="RR", add=(0.5, 0.5), to=("only0", "only0"))
        effects = effect_size("RR", **counts)
    else:
        effects = effect_size(
            plan["measure"],
            mean1=column(0, "change_mean", "mean"),
            sd1=column(0, "change_sd", "sd"),
            n1=column(0, "n"),
            mean2=column(1, "change_mean", "mean"),
            sd2=column(1, "change_sd", "sd"),
            n2=column(1, "n"),
        )
    return pool(effects.yi, effects.vi, method=model["method"], test=model["test"])


@pytest.mark.parametrize(("name", "comparison"), COMPARISONS)
def test_the_rows_give_the_published_pool(name: str, comparison: str) -> None:
    plan = next(
        plan for plan in document(name, "question.yaml")["comparisons"] if plan["id"] == comparison
    )
    model = next(model for model in plan["also"] if "published" in model)
    published = model["published"]
    measure = plan["measure"]
    half = 0.0005 if published["estimate"] == -0.065 else 0.005

    fit = pooled(name, plan, model)

    for ours, printed in (
        (fit.estimate, published["estimate"]),
        (fit.ci_low, published["ci_low"]),
        (fit.ci_high, published["ci_high"]),
    ):
        assert to_natural(ours, measure) == pytest.approx(printed, abs=half)
    if "i2" in published:
        assert fit.i2 == pytest.approx(published["i2"], abs=0.5)


def test_all_published_pools_of_both_questions_are_held() -> None:
    assert len(COMPARISONS) == 9


def test_the_interval_on_catching_a_cold_holds_no_effect_or_not_by_the_model() -> None:
    name = "zinc-common-cold"
    plan = next(
        p for p in document(name, "question.yaml")["comparisons"] if p["id"] == "prevention"
    )

    by_method = {model["method"]: pooled(name, plan, model) for model in plan["also"]}

    assert by_method["DL"].ci_high > 0.0
    assert by_method["MH"].ci_high < 0.0


def test_what_another_trial_would_find_on_duration_includes_no_benefit() -> None:
    name = "zinc-common-cold"
    plan = next(p for p in document(name, "question.yaml")["comparisons"] if p["id"] == "duration")

    fit = pooled(name, plan, {"method": "REML", "test": "knha"})

    assert fit.pi_low == pytest.approx(-7.774, abs=0.01)
    assert fit.pi_high == pytest.approx(2.996, abs=0.01)
