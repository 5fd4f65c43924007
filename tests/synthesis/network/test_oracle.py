"""R's netmeta says the same of networks: estimates, ranks, splits, designs, evidence and hat."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, load, numbers, sources

from weigh.synthesis.network import (
    Network,
    component_network,
    network,
    network_contrasts,
    network_counts,
)
from weigh.synthesis.network.hypergeometric import ArmCounts, approximate

KINDS = (
    "netmeta.pairwise",
    "netmeta",
    "netrank",
    "netsplit",
    "decomp.design",
    "netmeasures",
    "netcontrib",
    "netmeta.hat",
    "netmetabin",
    "netcomb",
)
PATHS = [path for path in sources() if any(case["kind"] in KINDS for case in load(path).cases)]
# Common and DL effects are closed forms; REML and ML of metafor end at a step of 1e-5 or so.
CLOSED, SEARCHED = 1e-8, 1e-5
# What R gives for an effect of 0 is rounding, or the step of its search.
ZERO = {CLOSED: 1e-10, SEARCHED: 1e-7}


@lru_cache(maxsize=4)
def fitted(path, method: str, better: str = "lower") -> Network:
    contrasts = load(path).by_id["pairwise"]["outputs"]
    yi, sei = (numbers(contrasts[name]) for name in ("TE", "seTE"))
    names = [contrasts[name] for name in ("studlab", "treat1", "treat2")]
    first = contrasts["treat1"][0]
    return network(*names, yi, sei**2, reference=first, method=method, better=better)


def places(fit: Network, names) -> list[int]:
    return [fit.treatments.index(str(name)) for name in names]


def cell(fit: Network, name: str, sep: str = ":") -> tuple[int, int]:
    first, second = (fit.treatments.index(part) for part in name.split(sep))
    return first, second


OURS = {"event": "events", "n": "n", "mean": "mean", "sd": "sd"}


def arms_of(data: DataSet) -> dict[str, Any]:
    """The arms that R's call takes, one by one; in wide data each stands in its own columns."""
    call = data.by_id["pairwise"]["options"]["call"]
    words = re.search(r"(?:treat=)?(list\([^)]*\)|\w+), (?:event|n)=", call).group(1)
    fields = {"treatment": words}
    for theirs in OURS:
        found = re.search(rf"\b{theirs}=(list\([^)]*\)|\w+)", call)
        if found:
            fields[OURS[theirs]] = found.group(1)
    columns = {what: re.sub(r"^list\(|\)$", "", text).split(",") for what, text in fields.items()}
    label = re.search(r"studlab=(\w+)", call)
    rows = len(next(iter(data.columns.values())))
    study = data.columns[label.group(1)] if label else list(range(1, rows + 1))
    arms: dict[str, list[Any]] = {what: [] for what in ("study", *columns)}
    for row in range(rows):
        for arm in range(len(columns["treatment"])):
            values = {what: data.columns[names[arm]][row] for what, names in columns.items()}
            if values["treatment"] not in (None, ""):
                arms["study"].append(study[row])
                for what, value in values.items():
                    arms[what].append(np.nan if value is None else value)
    return arms


def _pairwise(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    ours = network_contrasts(**arms_of(data), measure=case["options"]["sm"])
    yi = {}
    for study, one, two, y, v in zip(
        ours.study, ours.treat1, ours.treat2, ours.yi, ours.vi, strict=True
    ):
        yi[study, one, two], yi[study, two, one] = (y, v), (-y, v)
    kept = 0
    for at, study in enumerate(theirs["studlab"]):
        key = (str(study), str(theirs["treat1"][at]), str(theirs["treat2"][at]))
        if theirs["TE"][at] is None:
            seen.same(f"{key}", key in yi, False)
            continue
        kept += 1
        y, v = yi[key]
        seen.close(f"{key} TE", y, theirs["TE"][at], rel=1e-10, absolute=1e-14)
        seen.close(f"{key} seTE", np.sqrt(v), theirs["seTE"][at], rel=1e-10)
    seen.same("contrasts", ours.yi.size, kept)
    return seen.faults


def _netmeta(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    method = case["options"]["method_tau"]
    fit = fitted(path, method)
    rel = CLOSED if method == "DL" else SEARCHED
    order = places(fit, theirs["trts"])
    grid, off = np.ix_(order, order), ~np.eye(len(order), dtype=bool)

    def matrix(name, ours, tolerance):
        values = numbers(theirs[name])
        seen.close(
            name,
            ours[grid][off],
            [None if np.isnan(x) else x for x in values[off]],
            rel=tolerance,
            absolute=ZERO[tolerance],
        )

    for model, tolerance in (("common", CLOSED), ("random", rel)):
        league = fit.league(model)
        matrix(f"TE_{model}", league.estimate, tolerance)
        matrix(f"seTE_{model}", league.se, tolerance)
        share = fit.direct(model).share
        own = [share[cell(fit, name)] for name in theirs["prop_direct_names"]]
        seen.close(
            f"prop_direct_{model}",
            own,
            theirs[f"prop_direct_{model}"],
            rel=tolerance,
            absolute=1e-12,
        )
    for name, ours in (
        ("lower_random", league.ci_low),
        ("upper_random", league.ci_high),
        ("pval_random", league.p),
        ("lower_predict", league.pi_low),
        ("upper_predict", league.pi_high),
    ):
        matrix(name, ours, rel)
    direct = fit.direct("random")
    matrix("TE_direct_random", direct.estimate, rel)
    matrix("seTE_direct_random", direct.se, rel)
    matrix("TE_indirect_random", direct.indirect, rel)
    matrix("seTE_indirect_random", direct.indirect_se, rel)
    seen.close("tau2", fit.tau2, theirs["tau2"], rel=rel, absolute=1e-6 * (rel == SEARCHED))
    seen.close("Q", fit.q, theirs["Q"], rel=CLOSED)
    seen.close("pval_Q", fit.q_p, theirs["pval_Q"], rel=CLOSED)
    seen.close("I2", fit.i2 / 100.0, theirs["I2"], rel=CLOSED)
    limits = fit.i2_interval
    seen.close("lower_I2", limits[0] / 100.0, theirs["lower_I2"], rel=CLOSED)
    seen.close("upper_I2", limits[1] / 100.0, theirs["upper_I2"], rel=CLOSED)
    parts = fit.inconsistency()
    for name, ours in (("het", parts.within), ("inc", parts.between)):
        seen.close(f"Q_{name}", ours.q, theirs[f"Q_{name}"], rel=CLOSED)
        seen.close(f"pval_Q_{name}", ours.p, theirs[f"pval_Q_{name}"], rel=CLOSED)
        seen.same(f"df_Q_{name}", ours.df, theirs[f"df_Q_{name}"])
    seen.same("df_Q", fit.q_df, theirs["df_Q"])
    seen.same("k", fit.k, theirs["k"])
    seen.same("n", len(fit.treatments), theirs["n"])
    seen.same("m", fit.trials.edges.y.size, theirs["m"])
    seen.same("d", len(parts.designs), theirs["d"])
    return seen.faults


def _netrank(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    fit = fitted(path, "REML")
    better = "lower" if case["options"]["small_values"] == "desirable" else "higher"
    order = places(fit, theirs["trts"])
    for model, rel in (("common", CLOSED), ("random", SEARCHED)):
        ours = fit.ranking(model, better=better, draws=1).p_score[order]
        seen.close(model, ours, theirs[f"pscore_{model}"], rel=rel, absolute=ZERO[rel])
    return seen.faults


def _netsplit(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    fit = fitted(path, "REML")
    splits = {"random": fit.split(), "common": fit.split(model="common")}
    parts = {
        "random": ("random", "network"),
        "direct_random": ("random", "direct"),
        "indirect_random": ("random", "indirect"),
        "compare_random": ("random", "difference"),
        "compare_common": ("common", "difference"),
    }
    for at, name in enumerate(theirs["comparison"]):
        pair = tuple(name.split(":"))
        one = splits["random"][pair]
        seen.same(f"{name} k", one.k, theirs["k"][at])
        seen.close(f"{name} share", one.share, theirs["prop_random"][at], rel=SEARCHED)
        for table, (model, source) in parts.items():
            rel = CLOSED if model == "common" else SEARCHED
            part = getattr(splits[model][pair], source)
            for column, field in (
                ("TE", "estimate"),
                ("seTE", "se"),
                ("lower", "ci_low"),
                ("upper", "ci_high"),
                ("statistic", "statistic"),
                ("p", "p"),
            ):
                seen.close(
                    f"{name} {table} {column}",
                    None if part is None else getattr(part, field),
                    theirs[table][column][at],
                    rel=rel,
                    absolute=10.0 * ZERO[rel],
                )
        found = theirs["direct_random"]
        if one.direct is not None:
            seen.close(f"{name} Q", one.q, found["Q"][at], rel=CLOSED, absolute=1e-12)
            # meta leaves metafor's search at its default of 1e-5.
            theirs_tau2 = found["tau2"][at]
            seen.close(f"{name} tau2", one.tau2, theirs_tau2, rel=1e-4, absolute=1e-5)
            i2 = None if one.i2 is None else one.i2 / 100.0
            seen.close(f"{name} I2", i2, found["I2"][at], rel=CLOSED)
    return seen.faults


def _decomp_design(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    parts = fitted(path, "REML").inconsistency()
    for at, ours in enumerate((parts.total, parts.within, parts.between)):
        name = theirs["Q_decomp"]["rownames"][at]
        seen.close(name, ours.q, theirs["Q_decomp"]["Q"][at], rel=CLOSED)
        seen.same(f"{name} df", ours.df, theirs["Q_decomp"]["df"][at])
        seen.close(f"{name} p", ours.p, theirs["Q_decomp"]["pval"][at], rel=CLOSED)
    random = theirs["Q_inc_random"]
    seen.close("random", parts.between_random.q, random["Q"], rel=CLOSED)
    seen.same("random df", [parts.between_random.df], random["df"])
    seen.close("random p", parts.between_random.p, random["pval"], rel=CLOSED)
    seen.close("tau within", np.sqrt(parts.tau2_within), random["tau.within"], rel=CLOSED)
    designs = {frozenset(one.treatments): one.within for one in parts.designs}
    for at, name in enumerate(theirs["Q_het_design"]["design"]):
        ours = designs[frozenset(name.split(":"))]
        # R rounds to 15 decimals.
        expected = theirs["Q_het_design"]
        seen.close(f"{name}", ours.q, expected["Q"][at], rel=CLOSED, absolute=1e-13)
        seen.same(f"{name} df", ours.df, expected["df"][at])
        seen.close(f"{name} p", ours.p, expected["pval"][at], rel=CLOSED)
    return seen.faults


def _netmeasures(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    evidence = fitted(path, "REML").evidence()
    pairs = zip(evidence.treat1, evidence.treat2, strict=True)
    place = {frozenset(pair): at for at, pair in enumerate(pairs)}
    order = [place[frozenset(name.split(":"))] for name in theirs["names"]]
    for name, ours in (
        ("proportion", evidence.direct),
        ("meanpath", evidence.mean_path),
        ("minpar", evidence.parallelism),
    ):
        seen.close(name, ours[order], theirs[name], rel=SEARCHED, absolute=1e-12)
    return seen.faults


def _netcontrib(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    fit = fitted(path, "REML")
    for model in ("random", "common"):
        ours = fit.contributions(model=model)
        rows = {frozenset(pair): at for at, pair in enumerate(ours.comparisons)}
        columns = {frozenset(pair): at for at, pair in enumerate(ours.sources)}
        order = np.ix_(
            [rows[frozenset(name.split(":"))] for name in theirs["rows"]],
            [columns[frozenset(name.split(":"))] for name in theirs["cols"]],
        )
        seen.close(model, ours.matrix[order], theirs[model], rel=SEARCHED, absolute=1e-6)
    return seen.faults


def _hat(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    fit = fitted(path, "REML")
    ours = fit.hat()
    # R turns contrasts so that the first treatment comes first in the alphabet.
    order = places(fit, load(path).by_id["netmeta/REML"]["outputs"]["trts"])
    turn = np.array(
        [
            np.sign(order.index(fit.treatments.index(b)) - order.index(fit.treatments.index(a)))
            for a, b in zip(ours.treat1, ours.treat2, strict=True)
        ]
    )
    turned = turn[:, None] * turn
    own = turned * ours.matrix
    seen.close("H_random", own, theirs["H_random"], rel=SEARCHED, absolute=1e-7)
    common = turned * fit.hat("common").matrix
    seen.close("H_common", common, theirs["H_common"], rel=CLOSED, absolute=1e-10)
    seen.close("w_random", ours.weights, theirs["w_random"], rel=SEARCHED)
    laplacian = ours.laplacian[np.ix_(order, order)]
    seen.close("L", laplacian, theirs["L"], rel=SEARCHED, absolute=1e-7)
    return seen.faults


def _netmetabin(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    arms, by_mantel = arms_of(data), case["options"]["method"] == "MH"
    method = "MH" if by_mantel else "NCH-approximate"
    fit = network_counts(**arms, reference=arms["treatment"][0], method=method)
    order = [fit.treatments.index(str(name)) for name in theirs["trts"]]
    grid = np.ix_(order, order)
    # R's search for the likelihood stops early: see the test below.
    rel, absolute = (CLOSED, 1e-12) if by_mantel else (1e-2, 0.01)
    league = fit.league()
    seen.close("TE", league.estimate[grid], theirs["TE_common"], rel=rel, absolute=absolute)
    seen.close("seTE", league.se[grid], theirs["seTE_common"], rel=min(rel, 1e-3))
    shares = [
        fit.direct_share[tuple(fit.treatments.index(part) for part in name.split(":"))]
        for name in theirs["prop_direct_names"]
    ]
    seen.close("prop", shares, theirs["prop_direct_common"], rel=rel, absolute=1e-12)
    for name, ours in (("k", fit.k), ("n", len(order)), ("d", fit.designs)):
        seen.same(name, ours, theirs[name])
    if by_mantel:
        seen.close("Q_inc", fit.inconsistency.q, theirs["Q_inc"], rel=CLOSED)
        seen.same("df_Q_inc", fit.inconsistency.df, theirs["df_Q_inc"])
        seen.close("pval_Q_inc", fit.inconsistency.p, theirs["pval_Q_inc"], rel=CLOSED)
    return seen.faults


def _netcomb(path, data: DataSet, case: dict) -> list[str]:
    seen, theirs = Comparison(f"{data.name} {case['id']}"), case["outputs"]
    contrasts = data.by_id["pairwise"]["outputs"]
    names = [contrasts[name] for name in ("studlab", "treat1", "treat2")]
    yi, sei = (numbers(contrasts[name]) for name in ("TE", "seTE"))
    # R takes moments for tau2, whatever the network took.
    for model, method in (("random", "DL"), ("common", "EE")):
        fit = component_network(*names, yi, sei**2, inactive="Placebo", method=method)
        order = [fit.components.index(name) for name in theirs["comps"]]
        seen.close(model, fit.estimate[order], theirs[f"comp_{model}"], rel=CLOSED)
        seen.close(f"se {model}", fit.se[order], theirs[f"se_comp_{model}"], rel=CLOSED)
        if model == "random":
            seen.close("tau", np.sqrt(fit.tau2), theirs["tau"], rel=CLOSED)
    for name, ours in (("additive", fit.additive), ("diff", fit.difference)):
        seen.close(f"Q_{name}", ours.q, theirs[f"Q_{name}"], rel=CLOSED)
        seen.same(f"df_Q_{name}", ours.df, theirs[f"df_Q_{name}"])
        seen.close(f"pval_Q_{name}", ours.p, theirs[f"pval_Q_{name}"], rel=CLOSED)
    seen.close("Q_standard", fit.standard.q, theirs["Q_standard"], rel=CLOSED)
    return seen.faults


CHECKS = dict(
    zip(
        KINDS,
        (
            _pairwise,
            _netmeta,
            _netrank,
            _netsplit,
            _decomp_design,
            _netmeasures,
            _netcontrib,
            _hat,
            _netmetabin,
            _netcomb,
        ),
        strict=True,
    )
)
CASES = list(
    dict.fromkeys(
        (kind, path.stem)
        for path in PATHS
        for kind in KINDS
        if any(case["kind"] == kind for case in load(path).cases)
    )
)


SPARSE = [path for path in PATHS if any(case["kind"] == "netmetabin" for case in load(path).cases)]


@pytest.mark.parametrize("path", SPARSE, ids=lambda path: path.stem)
def test_no_likelihood_of_counts_is_below_that_of_r(path):
    """R's optim stops where the gradient is not yet 0; ours is the higher maximum."""
    data = load(path)
    theirs = data.by_id["netmetabin/NCH"]["outputs"]
    arms = arms_of(data)
    fit = network_counts(**arms, reference=arms["treatment"][0], method="NCH-approximate")
    order = [list(map(str, theirs["trts"])).index(name) for name in fit.treatments]
    effects = numbers(theirs["TE_common"])[order, order[0]]
    value = 0.0
    for study in dict.fromkeys(map(str, arms["study"])):
        rows = [row for row, name in enumerate(arms["study"]) if str(name) == study]
        trial = [(str(arms["treatment"][row]), arms["events"][row], arms["n"][row]) for row in rows]
        trial.sort(key=lambda arm: fit.treatments.index(arm[0]))
        events, n = (np.array([arm[part] for arm in trial], dtype=float) for part in (1, 2))
        none = not 0.0 < events.sum() < n.sum()
        if none or any(f"design {' : '.join(arm[0] for arm in trial)}:" in x for x in fit.notes):
            continue
        counts = ArmCounts(
            arms=tuple(fit.treatments.index(arm[0]) for arm in trial), events=events, n=n
        )
        value += approximate(counts, effects)[0]

    assert fit.log_likelihood >= value - 1e-9


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_every_case_of_netmeta_agrees(case):
    kind, name = case
    path = next(path for path in PATHS if path.stem == name)
    data = load(path)
    if kind not in CHECKS:
        raise UnknownCaseError(kind)
    faults = [
        fault
        for one in data.cases
        if one["kind"] == kind
        for fault in CHECKS[kind](path, data, one)
    ]

    assert faults == []
