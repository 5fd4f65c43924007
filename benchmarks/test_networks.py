"""Times of networks: the diabetes trials, and thirty treatments in two hundred trials."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np

from weigh.synthesis.network import Network, network

# netmeta() of R on the diabetes trials, as measured where R has the package.
NETMETA = 5.6
SENN = Path(__file__).parents[1] / "tests" / "reference" / "oracle" / "dat.senn2013.json"


def senn() -> tuple[list[str], list[str], list[str], np.ndarray, np.ndarray]:
    cases = json.loads(SENN.read_text(encoding="utf-8"))["cases"]
    found = next(case for case in cases if case["id"] == "pairwise")["outputs"]
    names = [list(map(str, found[name])) for name in ("studlab", "treat1", "treat2")]
    return *names, np.array(found["TE"]), np.array(found["seTE"]) ** 2


def large() -> tuple[list[str], list[str], list[str], np.ndarray, np.ndarray]:
    """Thirty treatments in two hundred trials, a fifth of them with three arms."""
    rng = np.random.default_rng(1)
    rows = []
    for trial in range(200):
        size = 2 if rng.random() < 0.8 else 3
        arms = [trial, trial + 1] if trial < 29 else rng.choice(30, size, replace=False)
        level, variance = rng.normal(0.0, 0.3, len(arms)), rng.uniform(0.01, 0.1, len(arms))
        for i, j in combinations(range(len(arms)), 2):
            y, v = level[i] - level[j], variance[i] + variance[j]
            rows.append((f"s{trial}", f"T{arms[i]}", f"T{arms[j]}", y, v))
    study, one, two, yi, vi = zip(*rows, strict=True)
    return list(study), list(one), list(two), np.array(yi), np.array(vi)


def everything(contrasts: tuple, reference: str) -> Network:
    """What netmeta() gives in one call, and the ranking, decomposition and split besides."""
    fit = network(*contrasts, reference=reference)
    for model in ("common", "random"):
        fit.league(model)
        fit.direct(model)
        fit.hat(model)
    fit.ranking()
    fit.inconsistency()
    fit.split()
    fit.evidence()
    return fit


def test_the_diabetes_network(best, report):
    contrasts = senn()

    ours = best(lambda: everything(contrasts, "placebo"))
    report("network, Senn 2013, all results", ours, "netmeta, as noted", NETMETA, goal=100)
    report("network, Senn 2013, the fit", best(lambda: network(*contrasts, reference="placebo")))


def test_thirty_treatments_in_two_hundred_trials(best, report):
    contrasts = large()

    ours = best(lambda: everything(contrasts, "T0"), repeats=3)
    report("network, 30 treatments, 200 trials, all results (goal 1 s)", ours)
    fit = network(*contrasts, reference="T0")
    report("its contributions by shortest paths", best(fit.contributions, repeats=3))
