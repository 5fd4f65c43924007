"""What a L'Abbé plot refuses; how it looks stands in `test_charts`."""

from __future__ import annotations

import pytest

from weigh.errors import InputError
from weigh.report.plot import labbe


def test_words_among_the_counts_are_refused():
    with pytest.raises(InputError, match="must be numbers"):
        labbe(["many"], [10], [2], [12])
