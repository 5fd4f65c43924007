"""Times of models of dependent effects: three levels, many clusters, crossed effects, outcomes."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import numpy as np

from weigh.synthesis.multilevel import multilevel, sampling_covariance

FIXTURE = Path(__file__).parents[1] / "tests" / "reference" / "oracle"


def konstantopoulos() -> dict[str, list[float]]:
    """The schools of Konstantopoulos (2011), in their districts."""
    raw = json.loads((FIXTURE / "dat.konstantopoulos2011.json").read_text(encoding="utf-8"))
    names = [column["name"] for column in raw["columns"]]
    return {name: [row[index] for row in raw["rows"]] for index, name in enumerate(names)}


def clustered(k: int, clusters: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(k)
    study, species = rng.integers(0, clusters, k), rng.integers(0, 60, k)
    vi = rng.uniform(0.01, 0.2, k)
    yi = 0.3 + rng.normal(0, 0.3, clusters)[study] + rng.normal(0, 0.15, 60)[species]
    yi += rng.normal(0, np.sqrt(0.04 + vi))
    return {"yi": yi, "vi": vi, "study": study, "species": species, "effect": np.arange(k)}


def write(path: Path, table: dict[str, np.ndarray]) -> None:
    columns = np.column_stack([np.asarray(column, dtype=float) for column in table.values()])
    np.savetxt(path, columns, delimiter=",")


def test_three_levels(r, race, tmp_path):
    table = konstantopoulos()
    data = {name: np.array(table[name]) for name in ("yi", "vi", "district", "school")}
    write(tmp_path / "d.csv", data)
    r.read(tmp_path / "d.csv")
    model = "rma.mv(V1, V2, random = ~ 1 | V3/V4, data=d)"

    def ours():
        return multilevel(data["yi"], data["vi"], random="~ 1 | district/school", data=data)

    theirs = r.ask(f"sprintf('%.9g', as.numeric(logLik({model})))")
    assert ours().log_likelihood >= theirs - 1e-7
    race("multilevel, Konstantopoulos, 3 levels", ours, model, peer="rma.mv()", goal=10, loops=20)


def test_profile_intervals_of_three_levels(r, race, tmp_path):
    table = konstantopoulos()
    data = {name: np.array(table[name]) for name in ("yi", "vi", "district", "school")}
    write(tmp_path / "d.csv", data)
    r.read(tmp_path / "d.csv")
    r.ask("fit <- rma.mv(V1, V2, random = ~ 1 | V3/V4, data=d); 0")
    fit = multilevel(data["yi"], data["vi"], random="~ 1 | district/school", data=data)
    race("its profile intervals", fit.confint, "confint(fit)", peer="confint()", repeats=3)


def test_five_hundred_effects_in_a_hundred_clusters(r, race, tmp_path):
    data = clustered(500, 100)
    write(tmp_path / "d.csv", data)
    r.read(tmp_path / "d.csv")

    def ours():
        return multilevel(data["yi"], data["vi"], random="~ 1 | study/effect", data=data)

    race(
        "multilevel, 500 effects in 100 clusters",
        ours,
        "rma.mv(V1, V2, random = ~ 1 | V3/V5, data=d, sparse=TRUE)",
        peer="rma.mv(sparse=TRUE)",
        loops=5,
        repeats=3,
    )


def test_five_thousand_effects(best, report, remark):
    data = clustered(5000, 500)
    call = {"data": data}
    nested = {"random": "~ 1 | study/effect"}
    crossed = {"random": ["~ 1 | study", "~ 1 | species", "~ 1 | effect"]}
    outcome = data["effect"] % 4
    table = data | {"outcome": [f"o{index}" for index in outcome]}
    several = {"random": "~ outcome | study", "struct": "UN", "data": table}
    for name, given in (
        ("nested (goal 10 s)", call | nested),
        ("crossed", call | crossed),
        ("4 outcomes, UN", several),
    ):
        took = best(lambda given=given: multilevel(data["yi"], data["vi"], **given), repeats=3)
        report(f"multilevel, 5,000 effects, 500 clusters, {name}", took)

    def correlated():
        v = sampling_covariance(
            "vi", cluster="study", obs="effect", rho=0.5, data=data, sparse=True
        )
        return multilevel(data["yi"], v, **call, **nested)

    report("the same nested, errors correlated by 0.5", best(correlated, repeats=3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    remark(f"memory of this process so far (goal 1 GB): {peak:.2f} GB")
