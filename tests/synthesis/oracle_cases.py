"""The reference results of R: data sets, effects and cases, read once.

Whole data sets stand beside the checkout (``../shared/oracle``); a few trimmed ones travel with the
tests (``tests/reference/oracle``), so that they say something wherever they run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from shared import SHARED

HERE = Path(__file__).resolve().parents[1] / "reference" / "oracle"
BESIDE = SHARED / "oracle"


def sources() -> list[Path]:
    """Every data set there is; those beside the checkout come before the trimmed copies."""
    beside = sorted(BESIDE.glob("*.json")) if BESIDE.exists() else []
    return [path for path in [*beside, *sorted(HERE.glob("*.json"))] if path.stem != "index"]


def number(value: Any) -> float:
    """A number of the files: null is NaN, and infinities are words."""
    return float("nan") if value is None else float(value)


def numbers(values: Any) -> np.ndarray:
    """An array of the files, of any depth; a number alone becomes an array of one."""
    if isinstance(values, list):
        return np.array([numbers(v) if isinstance(v, list) else number(v) for v in values])
    return np.array([number(values)])


@dataclass
class DataSet:
    """One file: columns by name, effects by id, cases in order."""

    name: str
    columns: dict[str, list[Any]]
    effects: dict[str, dict[str, Any]]
    cases: list[dict[str, Any]]
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)

    def effect(self, case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        """Yi and vi that a case runs on."""
        effect = self.effects[case["effect"]]
        return numbers(effect["yi"]), numbers(effect["vi"])

    def column(self, name: str) -> np.ndarray:
        """A column of numbers."""
        return numbers(self.columns[name])


@lru_cache(maxsize=2)
def load(path: Path) -> DataSet:
    """Read one file."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    names = [column["name"] for column in raw["columns"]]
    columns = {name: [row[index] for row in raw["rows"]] for index, name in enumerate(names)}
    cases = raw["cases"]
    return DataSet(
        raw["dataset"], columns, raw["effects"], cases, {case["id"]: case for case in cases}
    )


class UnknownCaseError(Exception):
    """A case of a covered kind that no check here knows what to do with."""


@dataclass
class Comparison:
    """What differs between R and weigh in one case."""

    case: str
    faults: list[str] = field(default_factory=list)

    def close(
        self,
        name: str,
        ours: Any,
        theirs: Any,
        *,
        rel: float,
        absolute: float = 0.0,
        r_may_fail: bool = False,
    ) -> None:
        """Note a difference beyond the tolerance; NaN and None equal nothing but each other.

        With `r_may_fail` entries that R has not are no difference: its iterations stop on some
        subsets of studies that weigh fits.
        """
        a = np.atleast_1d(np.asarray(np.nan if ours is None else ours, dtype=float))
        b = numbers(theirs) if isinstance(theirs, list) else np.array([number(theirs)])
        if a.shape != b.shape:
            self.faults.append(f"{self.case} {name}: shape {a.shape}, R has {b.shape}")
            return
        both = np.isnan(b) if r_may_fail else np.isnan(a) & np.isnan(b)
        with np.errstate(invalid="ignore"):
            good = both | (a == b) | (np.abs(a - b) <= rel * np.abs(b) + absolute)
        if not good.all():
            at = int(np.flatnonzero(~good.ravel())[0])
            self.faults.append(
                f"{self.case} {name}[{at}]: {a.ravel()[at]!r}, R has {b.ravel()[at]!r}"
            )

    def same(self, name: str, ours: Any, theirs: Any) -> None:
        """Note a difference of any kind."""
        if ours != theirs:
            self.faults.append(f"{self.case} {name}: {ours!r}, R has {theirs!r}")
