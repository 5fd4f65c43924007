"""The models that R's robust cases rest on, made by their calls with R's own variance components.

So a difference lies in the sandwich, and not in a search for a maximum of the likelihood. `fit_of`
makes the same models by `weigh.multilevel`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from synthesis.oracle_cases import DataSet, UnknownCaseError, numbers

from weigh.synthesis import pool
from weigh.synthesis.multilevel import Multilevel, multilevel

Array = np.ndarray

# The correlation of sampling errors within a study that R's `V` of Riley's data was made with: with
# it, and with no other, the variances of the case mv/outcome/UN give its coefficients.
RILEY = 0.6


@dataclass(frozen=True)
class WorkingModel:
    """What `weigh.robust` needs of a fit with a covariance matrix."""

    yi: Array
    design: Array
    names: tuple[str, ...]
    M: Array
    W: Array
    rows: Array
    level: float = 0.95


def labels_of(data: DataSet, case: dict[str, Any]) -> Array:
    """Cluster of each row: `cluster=y$district`, or a row each."""
    if "cluster=seq_len(" in case["call"]:
        return np.arange(len(next(iter(data.columns.values()))))
    column = re.search(r"cluster=\w+\$([\w.]+)", case["call"])
    return np.array([str(label) for label in data.columns[column.group(1)]])


def model_of(data: DataSet, case: dict[str, Any]) -> tuple[Any, bool]:
    """The fit that a case rests on, and whether its variance components are R's own.

    Where R's are not among the reference it is `fit_of`.
    """
    call = case["call"]
    effects = data.effects[re.search(r"data=(\w+)\)", call).group(1)]
    yi, vi = numbers(effects["yi"]), numbers(effects["vi"])
    if "rma.mv(" not in call:
        return pool(yi, vi), False
    random, fixed = _random(data, call, len(yi)), _fixed(data, call, len(yi))
    rows = np.flatnonzero(np.isfinite(yi) & np.isfinite(vi) & np.isfinite(fixed[1]).all(axis=1))
    sampling = _sampling(data, call, vi)[np.ix_(rows, rows)]
    parts = [part[np.ix_(rows, rows)] for part in random]
    y, x = yi[rows], fixed[1][rows]
    stated = _components(data, call)
    if stated is None:
        return fit_of(data, case), False
    covariance = sampling + sum(w * part for w, part in zip(stated, parts, strict=True))
    return WorkingModel(y, x, fixed[0], covariance, np.linalg.inv(covariance), rows), True


def fit_of(data: DataSet, case: dict[str, Any]) -> Multilevel:
    """The same model fitted here."""
    call = case["call"]
    effects = data.effects[re.search(r"data=(\w+)\)", call).group(1)]
    yi, vi = numbers(effects["yi"]), numbers(effects["vi"])
    k = len(yi)
    random = re.findall(r"~ \w+ \| [\w/]+", call)
    names = {name for term in random for name in re.findall(r"\w+", term)} - {"1"}
    table = {name: _column(data, name, k).tolist() for name in names}
    fixed, x = _fixed(data, call, k)
    found = re.search(r'struct="(\w+)"', call)
    return multilevel(
        yi,
        _sampling(data, call, vi),
        random=random,
        struct=found.group(1) if found else "CS",
        mods=None if fixed == ("intercept",) else dict(zip(fixed, x.T.tolist(), strict=True)),
        intercept=False,
        data=table,
    )


def _column(data: DataSet, name: str, k: int) -> Array:
    # An identifier of the effects that R's script made: as many levels as effects.
    if name not in data.columns or name == "obs":
        return np.arange(k)
    return np.array([str(value) for value in data.columns[name]])


def _random(data: DataSet, call: str, k: int) -> list[Array]:
    """Matrices that the variance components multiply."""
    if 'struct="UN"' in call:
        outcome, study = (_column(data, name, k) for name in ("outcome", "study"))
        same = study[:, None] == study
        first, second = (outcome == level for level in sorted(set(outcome)))
        return [
            same * np.outer(first, first),
            same * np.outer(second, second),
            same * (np.outer(first, second) | np.outer(second, first)),
        ]
    found = []
    for term in re.findall(r"~ 1 \| ([\w/]+)", call):
        names = term.split("/")
        for depth in range(1, len(names) + 1):
            columns = [_column(data, name, k) for name in names[:depth]]
            same = np.logical_and.reduce([each[:, None] == each for each in columns])
            found.append(same.astype(float))
    return found


def _fixed(data: DataSet, call: str, k: int) -> tuple[tuple[str, ...], Array]:
    mods = re.search(r"mods = ~ ([\w .-]+?), random", call)
    if mods is None:
        return ("intercept",), np.ones((k, 1))
    if mods.group(1) == "outcome - 1":
        outcome = _column(data, "outcome", k)
        levels = sorted(set(outcome))
        return tuple(levels), np.column_stack([(outcome == one).astype(float) for one in levels])
    if re.fullmatch(r"[\w.]+", mods.group(1)):
        return ("intercept", mods.group(1)), np.column_stack(
            [np.ones(k), data.column(mods.group(1))]
        )
    raise UnknownCaseError(call)


def _sampling(data: DataSet, call: str, vi: Array) -> Array:
    if "vcalc(" in call:
        rho = float(re.search(r"rho=([\d.]+)", call).group(1))
        study = _column(data, re.search(r"cluster=(\w+)", call).group(1), len(vi))
    elif "(yi, V," in call:
        rho, study = RILEY, _column(data, "study", len(vi))
    else:
        return np.diag(vi)
    together = rho * (study[:, None] == study) * np.sqrt(np.outer(vi, vi))
    together[np.diag_indices_from(together)] = vi
    return together


def _components(data: DataSet, call: str) -> Array | None:
    """R's variance components of the same model, where the reference has it."""
    model = re.search(r"rma\.mv\(.*?data=\w+\)(?=[,)])", call)
    plain = (model.group(0) if model else call).replace(" ", "")
    for case in data.cases:
        if not case["id"].startswith("mv/"):
            continue
        stated = case["call"].replace(" ", "").replace(',method="REML"', "")
        if stated == plain:
            out = case["outputs"]
            if "sigma2" in out:
                return numbers(out["sigma2"])
            tau2, rho = numbers(out["tau2"]), numbers(out["rho"])
            return np.append(tau2, rho[0] * np.sqrt(tau2.prod()))
    return None
