"""How often intervals hold what they are intervals for, by simulation.

    python scripts/simulate_coverage.py [--replications 10000] [--seed 20140218]

Studies are drawn from the normal-normal model, 10,000 sets for each number of studies, share of
heterogeneity and mix of sizes; all sets of one kind are pooled in one call. Where all trials are of
one size, coverage is an integral over the variance of the effects, and stands beside what was
simulated. Writes the tables into ``docs/explanation/coverage.md``, between its marks.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import integrate, stats
from scipy.special import ndtr

from weigh import bayes_many, pool_many
from weigh.synthesis.bayes import half_normal

PAGE = Path(__file__).parents[1] / "docs/explanation/coverage.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"

STUDIES = (3, 5, 10, 20)
# Share of the variance of a study's effect that lies between studies, in percent.
SHARES = (0, 50, 90)
# Variance of a log odds ratio from a trial of 160 people, half of whom have the event: 16 / 160.
TYPICAL = 0.1
MEAN = 0.3


def alike(k: int) -> np.ndarray:
    """All trials of one size."""
    return np.full(k, TYPICAL)


def one_large(k: int) -> np.ndarray:
    """One trial ten times as large as each of the others, as in IntHout and others (2014)."""
    return np.r_[TYPICAL / 10.0, np.full(k - 1, TYPICAL)]


MIXES: dict[str, Callable[[int], np.ndarray]] = {
    "all trials of one size": alike,
    "one trial ten times as large as the others": one_large,
}

# Name, and what `pool_many` is asked for.
CONFIDENCE = {
    "DL, normal": {"method": "DL", "test": "z"},
    "REML, normal": {"method": "REML", "test": "z"},
    "REML, Knapp-Hartung": {"method": "REML", "test": "knha"},
    "REML, its ad hoc rule": {"method": "REML", "test": "adhoc"},
    "REML, Kenward-Roger": {"method": "REML", "test": "kr"},
}
PREDICTION = {
    "REML, `normal`": {"method": "REML", "prediction": "normal"},
    "REML, `t`": {"method": "REML", "prediction": "t"},
    "REML, `riley`": {"method": "REML", "prediction": "riley"},
    "Knapp-Hartung, `riley`": {"method": "REML", "test": "knha", "prediction": "riley"},
    "REML, `kr-riley`": {"method": "REML", "prediction": "kr-riley"},
}
PRIORS = {"half-normal 0.5": half_normal(0.5), "half-normal 1": half_normal(1.0)}

Row = dict[str, float]


def drawn(
    rng: np.random.Generator, v: np.ndarray, tau2: float, sets: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, variances and groups of some sets."""
    effects = MEAN + rng.normal(size=(sets, v.size)) * np.sqrt(v + tau2)
    group = np.repeat(np.arange(sets), v.size)
    return effects.ravel(), np.tile(v, sets), group


def holds(low: np.ndarray, high: np.ndarray) -> float:
    """Share of intervals, in percent, that hold the mean."""
    return 100.0 * float(np.mean((low <= MEAN) & (high >= MEAN)))


def holds_new(low: np.ndarray, high: np.ndarray, tau: float) -> float:
    """Probability, in percent, that the true effect of another study lies inside."""
    if tau == 0.0:
        return holds(low, high)
    return 100.0 * float(np.mean(ndtr((high - MEAN) / tau) - ndtr((low - MEAN) / tau)))


def exact(k: int, tau2: float, interval: str) -> float:
    """Coverage in percent where all trials are of one size.

    The variance of the effects about their mean is then all that tau2 is estimated from, and
    independent of the mean.
    """
    spread = TYPICAL + tau2

    def inside(chi2: float) -> float:
        variance = spread * chi2 / (k - 1)
        found = max(variance - TYPICAL, 0.0)
        squared = (found + TYPICAL) / k
        if interval == "mean":
            return 2.0 * float(ndtr(1.959964 * math.sqrt(squared / (spread / k)))) - 1.0
        df = {"t": k - 1, "riley": max(k - 2, 1)}.get(interval, math.inf)
        reach = stats.norm.ppf(0.975) if math.isinf(df) else stats.t.ppf(0.975, df)
        half = float(reach) * math.sqrt(found + squared)
        return 2.0 * float(ndtr(half / math.sqrt(tau2 + spread / k))) - 1.0

    density = stats.chi2(k - 1).pdf
    # The integrand has a corner where tau2 leaves 0.
    corner = (k - 1) * TYPICAL / spread
    parts = [(0.0, corner), (corner, math.inf)]
    found = [
        integrate.quad(lambda x: inside(x) * density(x), *ends, epsabs=1e-10)[0] for ends in parts
    ]
    return 100.0 * float(sum(found))


def by_integration(k: int, tau2: float) -> Row:
    """Exact coverage of the intervals that have one, next to their simulated kin."""
    return {
        "mean: *REML, normal, by integration*": exact(k, tau2, "mean"),
        "mean: *REML, Knapp-Hartung, by theory*": 95.0,
        **{
            f"new: *REML, `{name}`, by integration*": exact(k, tau2, name)
            for name in ("normal", "t", "riley")
        },
    }


def calibrated(sets: int, seed: int) -> Iterator[list[str]]:
    """Lines on posterior intervals where tau is drawn from the prior itself: 95 by construction."""
    columns: list[Row] = []
    for k in STUDIES:
        rng = np.random.default_rng([seed, k])
        tau = np.abs(rng.normal(scale=0.5, size=sets))
        v = one_large(k)
        y = MEAN + rng.normal(size=(sets, k)) * np.sqrt(v + tau[:, None] ** 2)
        group = np.repeat(np.arange(sets), k)
        found = bayes_many(y.ravel(), np.tile(v, sets), group, tau_prior=half_normal(0.5))
        inside = ndtr((found.new_high - MEAN) / tau) - ndtr((found.new_low - MEAN) / tau)
        columns.append(
            {
                "mean": holds(found.mu_low, found.mu_high),
                "new": 100.0 * float(np.mean(inside)),
                "tau": 100.0 * float(np.mean((found.tau_low <= tau) & (tau <= found.tau_high))),
            }
        )
    yield ["k", *(str(k) for k in STUDIES)]
    for name, words in (
        ("mean", "the mean effect"),
        ("new", "the effect of another study"),
        ("tau", "tau"),
    ):
        yield [words, *(f"{column[name]:.1f}" for column in columns)]


def cells(sets: int, seed: int, mix: Callable[[int], np.ndarray]) -> Iterator[Row]:
    """Coverage in one kind of sets after another, by interval."""
    for share in SHARES:
        tau2 = TYPICAL * share / (100.0 - share)
        tau = math.sqrt(tau2)
        for k in STUDIES:
            rng = np.random.default_rng([seed, share, k])
            y, v, group = drawn(rng, mix(k), tau2, sets)
            found: Row = {"I²": share, "k": k}
            for name, options in CONFIDENCE.items():
                batch = pool_many(y, v, group, **options)
                found[f"mean: {name}"] = holds(batch.ci_low, batch.ci_high)
            for name, options in PREDICTION.items():
                batch = pool_many(y, v, group, **options)
                found[f"new: {name}"] = holds_new(batch.pi_low, batch.pi_high, tau)
            for name, prior in PRIORS.items():
                posterior = bayes_many(y, v, group, tau_prior=prior)
                found[f"mean: Bayes, {name}"] = holds(posterior.mu_low, posterior.mu_high)
                found[f"new: Bayes, {name}"] = holds_new(posterior.new_low, posterior.new_high, tau)
            if mix is alike:
                found |= by_integration(k, tau2)
            yield found


def table(rows: list[Row], what: str) -> list[str]:
    """One row an interval, one column a kind of sets."""
    names = list(dict.fromkeys(name for row in rows for name in row if name.startswith(what)))
    cells_of = {name: [f"{row[name]:.1f}" if name in row else "" for row in rows] for name in names}
    kinds = [f"{row['I²']:.0f} %, {row['k']:.0f}" for row in rows]
    return ruled(
        [["I², k", *kinds], *([name.removeprefix(f"{what}: "), *cells_of[name]] for name in names)]
    )


def ruled(rows: list[list[str]]) -> list[str]:
    """Lines of a Markdown table, numbers to the right."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "| --- |" + " ---: |" * (len(rows[0]) - 1), *lines[1:]]


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20140218)
    asked = parser.parse_args()
    begin = time.process_time()
    lines: list[str] = []
    for title, mix in MIXES.items():
        rows = list(cells(asked.replications, asked.seed, mix))
        for what, of in (("mean", "the mean effect"), ("new", "the effect of another study")):
            lines += [f"### {title.capitalize()}: {of}", "", *table(rows, what), ""]
    lines += [
        "### The prior put to the test: tau drawn from half-normal 0.5, one large trial",
        "",
        *ruled(list(calibrated(asked.replications, asked.seed))),
        "",
    ]
    error = 100.0 * math.sqrt(0.95 * 0.05 / asked.replications)
    minutes = (time.process_time() - begin) / 60.0
    lines.append(
        f"{asked.replications:,} sets in each column, seed {asked.seed}; the Monte Carlo standard "
        f"error of a coverage of 95 percent is {error:.2f} points, of 80 percent "
        f"{error * math.sqrt(0.8 * 0.2 / (0.95 * 0.05)):.2f}. {minutes:.0f} minutes of one "
        "processor."
    )
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    text = "\n".join(lines)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
