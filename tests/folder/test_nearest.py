"""A suggestion is worth having, and never worth waiting for."""

from __future__ import annotations

import time

from weigh.folder import check
from weigh.folder.nearest import nearest


def test_the_nearest_name_is_found_in_any_case():
    assert nearest("Weaks", ("week", "weeks", "mean")) == "weeks"
    assert nearest("colour", ("week", "weeks", "mean")) is None


def test_no_time_is_spent_on_what_nobody_could_have_meant():
    begin = time.perf_counter()

    assert nearest("x" * 10_000_000, ("weeks",)) is None
    assert nearest("weeks", [f"week{i}" for i in range(100_000)]) is None
    assert time.perf_counter() - begin < 1.0


def test_thousands_of_slips_are_told_in_seconds(folder):
    """One wrong name in a table is a wrong name in each of its rows."""
    home = folder()
    row = "okafr-{},tee,,sleap,week 12,{},,31,6,2,,,,,,,,,,,,,,,,,pints,okafr2019,,\n"
    rows = "".join(row.format(i, i + 13) for i in range(3000))
    (home / "results.csv").write_text((home / "results.csv").read_text() + rows)
    study = "- {{id: s{}, label: x, year: 0, source: nobody, design: rct, population: x}}\n"
    (home / "studies.yaml").write_text("".join(study.format(i) for i in range(3000)))
    begin = time.perf_counter()

    assert len(check(home)) > 400
    assert time.perf_counter() - begin < 20.0
