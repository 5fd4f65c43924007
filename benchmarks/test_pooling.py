"""Times of pooling: one set, many sets, ragged sets."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.synthesis import pool, pool_many

# rma() takes milliseconds at k = 10 and a good part of a second at k = 500.
LOOPS_IN_R = {10: 100, 50: 40, 500: 2}


def one_set(k: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    vi = np.exp(rng.normal(-2.0, 0.7, size=k))
    return rng.normal(0.3, np.sqrt(vi + 0.1)), vi


def many_sets(groups: int, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(groups)
    group = np.repeat(np.arange(groups), rng.choice(sizes, size=groups))
    vi = np.exp(rng.normal(-2.0, 0.7, size=group.size))
    tau2 = rng.choice([0.0, 0.02, 0.1, 0.5], size=groups)[group]
    return rng.normal(0.3, np.sqrt(vi + tau2)), vi, group


@pytest.mark.parametrize("k", [10, 50, 500])
@pytest.mark.parametrize("method", ["REML", "DL", "PM"])
def test_one_set_with_all_statistics(method, k, r, race, tmp_path):
    yi, vi = one_set(k)
    np.savetxt(tmp_path / "set.csv", np.column_stack([yi, vi]), delimiter=",", fmt="%.17g")
    r.read(tmp_path / "set.csv")
    exact = r.ask(
        f"""sprintf("%.15g", rma(d[[1]], d[[2]], method="{method}",
        control=list(threshold=1e-10, tol=1e-12))$beta[1])"""
    )

    assert pool(yi, vi, method=method).estimate == pytest.approx(exact, rel=1e-6)
    race(
        f"pool, {method}, k = {k}, with tau2 interval",
        lambda: pool(yi, vi, method=method),
        f"""rma(d[[1]], d[[2]], method="{method}")""",
        peer="rma()",
        goal=20,
        loops=50,
        loops_in_r=LOOPS_IN_R[k],
    )


@pytest.mark.parametrize("method", ["REML", "DL", "PM"])
def test_ten_thousand_sets_of_ten(method, r, race, tmp_path):
    """R is given 500 of them, each of which costs it the same."""
    yi, vi, group = many_sets(10_000, np.array([10]))
    np.savetxt(
        tmp_path / "sets.csv",
        np.column_stack([yi, vi, group])[:5000],
        delimiter=",",
        fmt="%.17g",
    )
    r.read(tmp_path / "sets.csv")
    loop = f"""e <- sapply(s, function(x) tryCatch(rma(x[[1]], x[[2]],
        method="{method}")$beta[1], error=function(e) NA))"""
    first = r.ask(f"""s <- split(d, d[[3]]); {loop}; sprintf("%.15g", e[1])""")

    batch = pool_many(yi, vi, group, method=method)
    assert batch.estimate[0] == pytest.approx(first, rel=1e-4)
    race(
        f"pool_many, {method}, 10,000 sets of 10",
        lambda: pool_many(yi, vi, group, method=method),
        loop,
        peer="rma()",
        goal=1000,
        repeats=3,
        share=0.05,
    )


PYMARE = {
    "REML": "VarianceBasedLikelihoodEstimator(method='reml')",
    "ML": "VarianceBasedLikelihoodEstimator(method='ml')",
    "DL": "DerSimonianLaird()",
}


@pytest.mark.parametrize("method", list(PYMARE))
def test_ten_thousand_sets_beside_pymare(method, best, report, run_python, tmp_path):
    yi, vi, group = many_sets(10_000, np.array([10]))
    np.save(tmp_path / "sets.npy", np.stack([yi.reshape(-1, 10).T, vi.reshape(-1, 10).T]))
    theirs = run_python(
        "pymare",
        f"""
import json, time
import numpy as np
from pymare import Dataset
from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator
y, v = np.load("sets.npy")
data = Dataset(y=y, v=v)
times = []
for _ in range(9):
    begin = time.process_time()
    fit = {PYMARE[method]}.fit_dataset(data).summary()
    fit.get_fe_stats()
    times.append(time.process_time() - begin)
print(json.dumps({{"time": sorted(times)[4], "estimate": float(fit.fe_params[0][0])}}))
""",
        tmp_path,
    )

    batch = pool_many(yi, vi, group, method=method)
    assert batch.estimate[0] == pytest.approx(theirs["estimate"], rel=1e-2)
    ours = best(lambda: pool_many(yi, vi, group, method=method), repeats=5)
    report(f"pool_many, {method}, 10,000 sets of 10", ours, "PyMARE", theirs["time"], goal=1)


def test_one_set_beside_statsmodels(best, report, run_python, tmp_path):
    yi, vi = one_set(10)
    np.save(tmp_path / "set.npy", np.stack([yi, vi]))
    theirs = run_python(
        "statsmodels",
        """
import json, time
import numpy as np
from statsmodels.stats.meta_analysis import combine_effects
y, v = np.load("set.npy")
times = []
for _ in range(20):
    begin = time.process_time()
    fit = combine_effects(y, v, method_re="iterated")
    fit.summary_frame()
    times.append(time.process_time() - begin)
print(json.dumps({"time": sorted(times)[len(times) // 2], "estimate": float(fit.mean_effect_re)}))
""",
        tmp_path,
    )

    assert pool(yi, vi, method="PM").estimate == pytest.approx(theirs["estimate"], rel=1e-4)
    ours = best(lambda: pool(yi, vi, method="PM"), loops=50)
    report("pool, PM, k = 10", ours, "statsmodels", theirs["time"])


def test_ragged_sets_cost_little_more_than_even_ones(best, report):
    even = many_sets(10_000, np.array([10]))
    for sizes in (np.arange(5, 16), np.arange(1, 20), np.array([2, 5, 10, 40])):
        ragged = many_sets(10_000, sizes)
        share = ragged[0].size / even[0].size
        ours = best(lambda data=ragged: pool_many(*data), repeats=5)
        alike = best(lambda: pool_many(*even), repeats=5) * share
        report(
            f"pool_many, REML, 10,000 sets of {sizes.min()} to {sizes.max()}",
            ours,
            "as many, in sets of 10",
            alike,
            goal=0.5,
        )


def exponent(sizes: list[int], times: list[float]) -> float:
    """The power of k that the time grows by, from a straight line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def test_cost_grows_with_the_number_of_studies(best, report, remark):
    sizes = [1000, 10_000, 100_000, 1_000_000]
    sets = [one_set(k) for k in sizes]
    times = [best(lambda data=data: pool(*data), repeats=3) for data in sets]
    for k, seconds in zip(sizes, times, strict=True):
        report(f"pool, REML, k = {k:,}", seconds)
    # From ten thousand on, where what does not hang on k no longer counts.
    remark(f"pool, REML: time grows by k to the power {exponent(sizes[1:], times[1:]):.2f}")


def test_cost_of_the_peer_grows_with_the_number_of_studies(r, remark, tmp_path):
    sizes = [250, 500, 1000]
    times = []
    for k in sizes:
        np.savetxt(tmp_path / "set.csv", np.column_stack(one_set(k)), delimiter=",", fmt="%.17g")
        r.read(tmp_path / "set.csv")
        times.append(min(r.once("rma(d[[1]], d[[2]])") for _ in range(3)))
    remark(f"rma(), REML: time grows by k to the power {exponent(sizes, times):.2f} (250 to 1,000)")


def test_how_far_a_batch_is_from_reading_its_data_once(best, report):
    """One sum over the effects and variances, as laid out for the batch, is the floor."""
    yi, vi, group = many_sets(100_000, np.array([10]))
    floor = best(lambda: (np.add.reduce(yi), np.add.reduce(vi)))

    ours = best(lambda: pool_many(yi, vi, group, method="DL"), repeats=3)
    report("pool_many, DL, 100,000 sets of 10", floor, "(one read of the data) against", ours)
