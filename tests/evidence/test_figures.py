"""How numbers are shown."""

from __future__ import annotations

import pytest

from weigh.evidence.figures import amount, p_value, per_cent, plain, ratio


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (plain(-2.4), "−2.4"),
        (plain(200), "200"),
        (plain(200.0), "200"),
        (plain(8526), "8526"),
        (plain(28887), "28,887"),
        (plain("about 9"), "about 9"),
        (amount(-0.164), "−0.16"),
        (amount(-0.001), "0.00"),
        (amount(1234.5, 1), "1,234.5"),
        (ratio(0.9275), "0.93"),
        (ratio(12.34), "12.3"),
        (ratio(1234.0), "1,234"),
        (per_cent(97.14), "97%"),
        (per_cent(0.2), "<1%"),
        (per_cent(0.0), "0%"),
        (p_value(0.00001), "<0.001"),
        (p_value(0.0213), "0.021"),
        (p_value(0.267), "0.27"),
    ],
)
def test_rounding_rules(shown, expected):
    assert shown == expected
