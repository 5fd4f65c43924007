"""How the fits of 322 Cochrane reviews agree with R's, and the criterion where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from shared import shared_path
from synthesis.cochrane_analyses import MODELS

from weigh.synthesis import pool_many

COMPARED = ("k", "estimate", "se", "p", "ci_low", "ci_high", "tau2", "i2", "h2", "q", "q_p")
CLOSE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Apart:
    """One fit that differs: both tau2 and the restricted log-likelihood at both."""

    key: str
    method: str
    test: str
    k: int
    tau2: float
    theirs: float
    height: float
    their_height: float


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One model: fits by R, those that agree, those that do not, those that R has not.

    `at_zero` counts the fits that agree where ours has a tau2 of 0 and R's stops a little above.
    """

    method: str
    test: str
    fits: int
    apart: tuple[Apart, ...]
    at_zero: int
    without_r: int


def restricted_height(yi: np.ndarray, vi: np.ndarray, tau2: float) -> float:
    """Restricted log-likelihood at tau2, without its constant."""
    w = 1.0 / (vi + tau2)
    mean = np.sum(w * yi) / np.sum(w)
    return float(0.5 * (np.sum(np.log(w)) - np.log(np.sum(w)) - np.sum(w * (yi - mean) ** 2)))


def agreement(analyses: Any, method: str, test: str) -> Agreement:
    """Compare one model over all analyses that R has fitted."""
    import pandas as pd

    every = pd.read_parquet(shared_path("data", "cochrane-analyses", "reference.parquet"))
    reference = every[(every.method == method) & (every.test == test)]
    keys = reference.review + "/" + reference.analysis
    found = pool_many(analyses.yi, analyses.vi, analyses.key, method=method, test=test)
    ours = found.to_frame().set_index("group").loc[keys]
    se = ours.se.to_numpy()
    # What R leaves of tau2 above 0 is judged against the sampling variances.
    typical = analyses.groupby("key").vi.median().loc[keys].to_numpy()
    slack = {"tau2": 1e-9 * typical, "i2": 1e-6, "q": 1e-12, "q_p": 1e-12, "h2": 1e-12, "p": 1e-12}
    differs = np.zeros(len(keys), dtype=bool)
    for name in COMPARED:
        a, b = ours[name].to_numpy(float), reference[name].to_numpy(float)
        size = np.abs(b)
        if name in ("estimate", "ci_low", "ci_high"):
            size = np.maximum(size, se)
        # Effects that are all alike have no Knapp-Hartung test: 0/0.
        differs |= ~(np.abs(a - b) <= CLOSE * size + slack.get(name, 0.0)) & (se > 0.0)
    theirs = reference.tau2.to_numpy()
    return Agreement(
        method=method,
        test=test,
        fits=len(keys),
        apart=tuple(
            _apart(analyses, keys.iloc[at], method, test, ours.tau2.iloc[at], theirs[at])
            for at in np.flatnonzero(differs)
        ),
        at_zero=int(np.count_nonzero((ours.tau2.to_numpy() == 0.0) & (theirs > 0.0) & ~differs)),
        without_r=len(set(every.review + "/" + every.analysis) - set(keys)),
    )


def _apart(analyses: Any, key: str, method: str, test: str, tau2: float, theirs: float) -> Apart:
    group = analyses[analyses.key == key]
    yi, vi = group.yi.to_numpy(), group.vi.to_numpy()
    return Apart(
        key=key,
        method=method,
        test=test,
        k=yi.size,
        tau2=tau2,
        theirs=theirs,
        height=restricted_height(yi, vi, tau2),
        their_height=restricted_height(yi, vi, theirs),
    )


def tables(found: list[Agreement]) -> str:
    """All models, and every fit that differs, as Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: list[Agreement]) -> Iterator[str]:
    fits = sum(one.fits for one in found)
    apart = [each for one in found for each in one.apart]
    agree = fits - len(apart)
    yield (
        f"{agree:,} of {fits:,} fits agree ({100.0 * agree / fits:.3f} percent); {len(apart)} do "
        "not."
    )
    yield ""
    yield "| model | fits by R | agree | differ | tau² 0 here, just above 0 in R | none by R |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for one in found:
        yield (
            f"| {one.method}, `{one.test}` | {one.fits:,} | {one.fits - len(one.apart):,} | "
            f"{len(one.apart)} | {one.at_zero} | {one.without_r} |"
        )
    yield ""
    yield (
        "| analysis | k | model | tau² here | log-likelihood | tau² in R | log-likelihood | "
        "higher here by |"
    )
    yield "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |"
    for each in apart:
        yield (
            f"| {each.key} | {each.k} | {each.method}, `{each.test}` | {each.tau2:.6g} | "
            f"{each.height:.6f} | {each.theirs:.6g} | {each.their_height:.6f} | "
            f"{each.height - each.their_height:.6f} |"
        )


def all_models(analyses: Any) -> list[Agreement]:
    """Every model of the reference."""
    return [agreement(analyses, method, test) for method, test in MODELS]
