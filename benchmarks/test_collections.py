"""Times and failures on collections: every Cochrane analysis at hand, 100,000 random sets."""

from __future__ import annotations

import numpy as np
from synthesis.cochrane_analyses import MODELS, usable_effects
from synthesis.random_sets import Judge, random_sets

from weigh.synthesis import pool_many

# One in so many analyses is given to R, which takes them one by one.
EVERY = 20
FAILURES = "sapply(s, function(x) tryCatch(rma(x[[1]], x[[2]])$tau2, error=function(e) NA))"


def test_every_analysis_of_the_cochrane_reviews(r, race, remark, tmp_path):
    """Five models of each, with all statistics; R is given one analysis in twenty."""
    effects = usable_effects()
    keys, group = np.unique(effects.key.to_numpy(str), return_inverse=True)
    several = np.bincount(group)[group] > 1
    yi, vi, group = effects.yi.to_numpy()[several], effects.vi.to_numpy()[several], group[several]
    number = np.unique(group).size
    some = group % EVERY == 0
    np.savetxt(
        tmp_path / "rows.csv", np.column_stack([yi, vi, group])[some], delimiter=",", fmt="%.17g"
    )
    r.read(tmp_path / "rows.csv")
    r.ask("s <- split(d, d[[3]]); 0")
    fits = "; ".join(
        f"try(rma(x[[1]], x[[2]], method='{method}', test='{test}'), silent=TRUE)"
        for method, test in MODELS
    )

    batches = [pool_many(yi, vi, group, method=method, test=test) for method, test in MODELS]
    assert all(np.isfinite(batch.estimate).all() for batch in batches)
    remark(f"Cochrane reviews: {number:,} of {keys.size:,} analyses have two studies or more")
    race(
        f"pool_many, {number:,} Cochrane analyses, 5 models",
        lambda: [pool_many(yi, vi, group, method=method, test=test) for method, test in MODELS],
        f"for (x in s) {{ {fits} }}",
        peer="rma()",
        repeats=3,
        share=np.unique(group[some]).size / number,
    )


def test_a_hundred_thousand_random_sets(r, race, remark, tmp_path):
    """REML finds the optimum of each; R is given 4,000 to count where it stops with an error."""
    sets = random_sets(100_000, 100_000)
    judge = Judge(sets)

    batch = pool_many(sets.yi, sets.vi, sets.group)
    found, expected = judge.score(batch.tau2)
    inner = batch.tau2 > 0.0
    top = judge.height(batch.tau2)
    assert np.all(np.isfinite(batch.estimate) & np.isfinite(batch.se) & (batch.tau2 >= 0.0))
    assert np.all(np.abs(found / expected - 1.0)[inner] < 1e-12)
    assert np.all(found[~inner] <= expected[~inner])
    for share in np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 9)]):
        assert np.all(judge.height(share * judge.far) <= top + 1e-12)

    part = sets.first(4000)
    rows = np.column_stack([part.yi, part.vi, part.group])
    np.savetxt(tmp_path / "sets.csv", rows, delimiter=",", fmt="%.17g")
    r.read(tmp_path / "sets.csv")
    tau2 = np.array(
        r.ask(
            f"""s <- split(d, d[[3]]); e <- {FAILURES};
            paste0("[", paste(ifelse(is.na(e), -1, sprintf("%.15g", e)), collapse=","), "]")"""
        )
    )
    lower = Judge(part).height(np.where(tau2 < 0.0, 0.0, tau2)) < top[:4000] - 1e-3
    remark(
        f"100,000 random sets: all at the optimum by a judge in long double, {np.mean(~inner):.0%} "
        "of them at 0"
    )
    remark(
        f"The first 4,000 of them: rma() stops with an error on {np.sum(tau2 < 0.0)}, and is more "
        f"than 0.001 below the highest log-likelihood on {np.sum(lower & (tau2 >= 0.0))}"
    )
    race(
        "pool_many, REML, 100,000 random sets of 2 to 40",
        lambda: pool_many(sets.yi, sets.vi, sets.group),
        f"e <- {FAILURES.replace('(s,', '(s[1:500],')}",
        peer="rma()",
        repeats=3,
        share=0.005,
    )
