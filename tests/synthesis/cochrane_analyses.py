"""The pairwise analyses of 322 Cochrane reviews, as the reference fits were made from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shared import shared_path

from weigh.effects import effect_size

# Method and test of each reference fit.
MODELS = [("EE", "z"), ("DL", "z"), ("REML", "z"), ("REML", "knha"), ("PM", "knha")]


def usable_effects() -> Any:
    """Effects of every usable row, by the rules that the reference was made with."""
    pandas = pytest.importorskip("pandas")
    rows = pandas.read_parquet(shared_path("data", "cochrane-analyses", "rows.parquet"))
    parts = []
    for measure, part in rows[rows.measure.fillna("") != ""].groupby("measure"):
        if measure in ("MD", "SMD"):
            names = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
            found = effect_size(measure, part, **{name: name for name in names})
        else:
            names = ("events1", "n1", "events2", "n2")
            rules = {"to": "none"} if measure == "RD" else {"drop00": True}
            found = effect_size(measure, part, **{name: name for name in names}, **rules)
        parts.append(
            pandas.DataFrame(
                {
                    "key": part.review.to_numpy() + "/" + part.analysis.to_numpy(),
                    "yi": np.asarray(found.yi),
                    "vi": np.asarray(found.vi),
                }
            )
        )
    every = pandas.concat(parts)
    return every[np.isfinite(every.yi) & np.isfinite(every.vi) & (every.vi > 0)]
