"""Times of effect sizes: a million rows."""

from __future__ import annotations

import numpy as np
import pytest

from weigh.effects import effect_size

ROWS = 1_000_000
TWO_GROUPS = {"events1": "ai", "n1": "n1i", "events2": "ci", "n2": "n2i"}
ONE_GROUP = {"events1": "xi", "n1": "ni"}
MEANS = {"mean1": "m1i", "sd1": "sd1i", "n1": "n1i", "mean2": "m2i", "sd2": "sd2i", "n2": "n2i"}
CORRELATION = {"r": "ri", "n1": "ni"}
# Arguments of a measure: the column that each takes, and its name in R.
MEASURES = (
    dict.fromkeys(("OR", "RR", "RD", "AS", "PETO"), TWO_GROUPS)
    | dict.fromkeys(("PR", "PLO", "PFT"), ONE_GROUP)
    | dict.fromkeys(("MD", "SMD", "ROM"), MEANS)
    | {"ZCOR": CORRELATION}
)
SLOW_IN_R = ("RD", "PR", "PLO", "MD", "SMD", "ROM")
OURS = {"xi": "events", "ni": "n"}


@pytest.fixture(scope="module")
def columns(r, tmp_path_factory) -> dict[str, np.ndarray]:
    """Columns of whole numbers and of fractions, the same in R; a zero cell in 1 row of 120."""
    rng = np.random.default_rng(1)
    n1, n2 = rng.integers(20, 200, size=(2, ROWS))
    made = {
        "n1": n1,
        "n2": n2,
        "events1": rng.binomial(n1, 0.1),
        "events2": rng.binomial(n2, 0.15),
        "mean1": rng.uniform(5.0, 15.0, ROWS),
        "mean2": rng.uniform(5.0, 15.0, ROWS),
        "sd1": rng.uniform(1.0, 2.0, ROWS),
        "sd2": rng.uniform(1.0, 2.0, ROWS),
        "r": rng.uniform(-0.9, 0.9, ROWS),
    }
    folder = tmp_path_factory.mktemp("rows")
    for name, values in made.items():
        kind = "integer" if values.dtype.kind == "i" else "double"
        values.astype(np.int32 if kind == "integer" else float).tofile(folder / name)
        path = (folder / name).as_posix()
        r.ask(f"{name} <- readBin('{path}', '{kind}', n={ROWS}); 0")
    return made


@pytest.mark.parametrize("measure", list(MEASURES))
def test_a_million_effect_sizes(measure, columns, r, race):
    names = MEASURES[measure]
    given = {OURS.get(theirs, ours): columns[ours] for ours, theirs in names.items()}
    arguments = ", ".join(f"{theirs}={ours}" for ours, theirs in names.items())
    call = f'e <- escalc("{measure}", {arguments})'
    # Ours corrects a ratio of means for bias unless told not to; this release of metafor does not.
    options = {"correct": False} if measure == "ROM" else {}
    total = r.ask(f"""{call}; sprintf("[%.15g, %.15g]", sum(e$yi), sum(e$vi))""")

    found = effect_size(measure, **given, **options)
    assert [found.yi.sum(), found.vi.sum()] == pytest.approx(total, rel=1e-8)
    race(
        f"effect_size, {measure}, {ROWS:,} rows",
        lambda: effect_size(measure, **given, **options),
        call,
        peer="escalc()",
        goal=8,
        repeats=3 if measure in SLOW_IN_R else 5,
    )
