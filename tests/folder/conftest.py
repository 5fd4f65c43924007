"""A small evidence folder without a fault, and a way to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

#: Two trials of a made-up tea; small enough to know by heart, large enough for every check.
GOOD = {
    "question.yaml": """\
id: tea-sleep
title: Does evening tea help with sleep?
searched: "2026-11-01"
population:
  name: adults who sleep badly
intervention:
  name: evening tea
comparator:
  name: hot water
forms:
  - id: green
    name: green tea
  - id: black
    name: black tea
outcomes:
  - id: sleep
    name: Sleep quality
    plain: how well people sleep
    kind: continuous
    better: higher
    importance: critical
    unit: points
    scale: [0, 10]
    mid: {value: 1, source: okafor2019}
  - id: waking
    name: Waking at night
    plain: the risk of waking at night
    kind: dichotomous
    better: lower
    importance: important
subgroups:
  - id: older
    name: people over 60
comparisons:
  - id: sleep
    outcome: sleep
    window_weeks: [4, 16]
    measure: MD
  - id: waking
    outcome: waking
""",
    "studies.yaml": """\
- id: okafor-2019
  label: Okafor 2019
  year: 2019
  source: okafor2019
  design: rct
  population: Adults who sleep badly.
  participants:
    - {count: 62, kind: randomised, used: true, source: okafor2019}
  arms:
    - {id: tea, label: Tea, role: intervention, intervention: tea, form: green, dose: 2, unit: g,
       n: 31}
    - {id: water, label: Water, role: comparator, intervention: hot water, n: 31}
- id: lindqvist-2022
  label: Lindqvist 2022
  year: 2022
  source: lindqvist2022
  design: rct
  population: Students.
  arms:
    - {id: tea, label: Tea, role: intervention, intervention: tea, form: green, dose: 2, unit: g}
    - {id: water, label: Water, role: comparator, intervention: hot water}
""",
    "results.csv": """\
study,arm,versus,outcome,timepoint,weeks,subgroup,n,mean,sd,se,ci_low,ci_high,median,q1,q3,min,max,change_mean,change_sd,events,total,measure,effect,p,p_relation,unit,source,assumed,note
okafor-2019,tea,,sleep,week 12,12,,31,6.1,2.0,,,,,,,,,,,,,,,,,points,okafor2019,,
okafor-2019,water,,sleep,week 12,12,,31,5.0,2.1,,,,,,,,,,,,,,,,,points,okafor2019,,
lindqvist-2022,tea,,waking,week 8,8,,,,,,,,,,,,,,,5,40,,,,,,lindqvist2022,,
lindqvist-2022,water,,waking,week 8,8,,,,,,,,,,,,,,,9,41,,,,,,lindqvist2022,,
""",
    "risk_of_bias.csv": """\
study,outcome,tool,version,domain,judgement,support,source
okafor-2019,*,rob2,2019,randomization_process,low,Computer list.,okafor2019
""",
    "references.json": """\
[
  {"id": "okafor2019", "type": "article-journal", "title": "Tea and sleep"},
  {"id": "lindqvist2022", "type": "article-journal", "title": "Tea in students"}
]
""",
}

_KEEP = "keep"

Spoil = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Spoil:
    """Write the good folder with changes; return its path.

    ``folder()`` is the good one. ``folder("results.csv", "old", "new")`` has one text replaced in
    one file (it must be there), ``folder("results.csv", whole="…")`` another text or bytes in its
    place, and None leaves the file out.
    """

    def write(
        name: str | None = None,
        old: str = "",
        new: str = "",
        *,
        whole: str | bytes | None = _KEEP,
    ) -> Path:
        home = tmp_path / "tea"
        home.mkdir()
        for file, text in GOOD.items():
            (home / file).write_bytes(text.encode())
        if name is None:
            return home
        if whole is None:
            (home / name).unlink()
        elif whole != _KEEP:
            (home / name).write_bytes(whole if isinstance(whole, bytes) else whole.encode())
        else:
            assert old in GOOD[name], f"{old!r} is not in {name}"
            (home / name).write_bytes(GOOD[name].replace(old, new, 1).encode())
        return home

    return write


@pytest.fixture
def add_row(folder: Spoil) -> Callable[..., Path]:
    """Add one row to the good results.csv: ``add_row(sd=0, n=31)``; return the folder's path.

    What is not named is that of the tea arm of the first trial, measured in week 8.
    """
    text = GOOD["results.csv"]
    header = text.splitlines()[0].split(",")
    usual = {
        "study": "okafor-2019",
        "arm": "tea",
        "outcome": "sleep",
        "timepoint": "week 8",
        "weeks": "8",
        "source": "okafor2019",
    }

    def add(**cells: object) -> Path:
        row = {**usual, **{name: str(cell) for name, cell in cells.items()}}
        assert set(row) <= set(header)
        line = ",".join(f'"{row[name]}"' if name in row else "" for name in header)
        return folder("results.csv", whole=f"{text}{line}\n")

    return add
