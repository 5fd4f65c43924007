"""Small sets of studies for the tests of sensitivity."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

__all__ = ["DOSE", "VI", "YI", "study_sets"]

YI = np.array([0.1, 0.9, 1.7, 0.4, -0.8, 0.6])
VI = np.array([0.05, 0.04, 0.05, 0.1, 0.02, 0.2])
DOSE = np.array([1.0, 2.0, 4.0, 3.0, 0.0, 7.0])


@st.composite
def study_sets(draw, min_size=3, max_size=9):
    """Effects of ordinary size with variances within a factor of a thousand."""
    k = draw(st.integers(min_size, max_size))
    yi = draw(st.lists(st.integers(-300, 300), min_size=k, max_size=k))
    log_vi = draw(st.lists(st.floats(-3, 0), min_size=k, max_size=k))
    return np.array(yi) / 100.0, 10.0 ** np.array(log_vi)
