"""R's calls of rma.mv in the reference set, made with weigh."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from synthesis.oracle_cases import Comparison, DataSet, UnknownCaseError, number, numbers

from weigh import effect_size
from weigh.synthesis.multilevel import Multilevel, multilevel

OPTIONS = {"method", "test", "dfs", "struct", "sigma2", "rho", "phi", "random", "mods", "data"}
IGNORED = {"sparse", "control"}


def having(folder_paths: list[Path], kinds: tuple[str, ...]) -> list[Path]:
    """Data sets with a case of some kinds."""
    found = []
    for path in folder_paths:
        text = path.read_text(encoding="utf-8")
        if any(f'"kind": "{kind}"' in text or f'"kind":"{kind}"' in text for kind in kinds):
            found.append(path)
    return found


def split(text: str) -> list[str]:
    """Arguments of an R call, at the commas outside brackets and quotes."""
    parts, depth, quoted, start = [], 0, "", 0
    for index, sign in enumerate(text):
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "\"'":
            quoted = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [*parts, text[start:].strip()]


def arguments(call: str) -> tuple[list[str], dict[str, str]]:
    """Positional and named arguments of one R call."""
    inside = call[call.index("(") + 1 : call.rindex(")")]
    places, names = [], {}
    for part in split(inside):
        named = re.match(r"(\w+)\s*=(?!=)\s*(.*)", part)
        if named:
            names[named[1]] = named[2]
        else:
            places.append(part)
    return places, names


def inner_calls(call: str, function: str) -> list[str]:
    """Calls of a function within an R call."""
    found, at = [], 0
    while (begin := call.find(f"{function}(", at)) >= 0:
        depth, end = 0, begin + len(function)
        while True:
            depth += {"(": 1, ")": -1}.get(call[end], 0)
            end += 1
            if depth == 0:
                break
        found.append(call[begin:end])
        at = end
    return found


def plain(text: str) -> Any:
    """A number, text or vector of R."""
    text = text.strip()
    if text.startswith("c("):
        return [plain(part) for part in split(text[2:-1])]
    if text == "NA":
        return None
    if re.fullmatch(r"[\d.]+/[\d.]+", text):
        above, below = text.split("/")
        return float(above) / float(below)
    return ast.literal_eval(text)


def formula(text: str, columns: list[str]) -> str:
    """An R formula as weigh reads it."""
    out = re.sub(r"factor\((\w+)\)", r"C(\1)", text)
    out = re.sub(r"I\((\w+)\s*-\s*(\d+)\)", r"I(\1 - \2)", out)
    for name in columns:
        if "." in name:
            out = re.sub(rf"(?<![\w.`]){re.escape(name)}(?![\w.])", f"`{name}`", out)
    return out


def table_of(data: DataSet, case: Mapping[str, Any], name: str) -> pd.DataFrame:
    """The data frame that a call names, with yi and vi."""
    if name.startswith("transform(w"):
        w = table_of(data, case, "w")
        return w.assign(comp=w["treatment.1"] + " " + w["treatment.2"])
    if name == "w":
        return pd.DataFrame(data.by_id["contrasts"]["outputs"])
    if name == "d2":
        made = data.by_id["rcalc"]["outputs"]
        return pd.DataFrame({"yi": made["yi"], "var1.var2": made["pair"], "study": made["study"]})
    if name == "long":
        both = [data.effects["sens"], data.effects["spec"]]
        count = len(both[0]["yi"])
        return pd.DataFrame(
            {
                "yi": np.column_stack([numbers(e["yi"]) for e in both]).ravel(),
                "vi": np.column_stack([numbers(e["vi"]) for e in both]).ravel(),
                "out": ["sens", "spec"] * count,
                "id": np.repeat(np.arange(count), 2),
            }
        )
    frame = pd.DataFrame(data.columns)
    if name == "arm":
        es = effect_size("PLO", events=frame["xi"], n=frame["ni"], to="all")
        treatments = ["no_contact", "self_help", "ind_counseling", "grp_counseling"]
        trt = pd.Categorical(frame["trt"], categories=treatments)
        return frame.assign(yi=es.yi, vi=es.vi, trt=trt)
    if "effect" in case:
        effect = data.effects[case["effect"]]
        frame = frame.assign(yi=numbers(effect["yi"]), vi=numbers(effect["vi"]))
        if "obs" not in frame:
            frame = frame.assign(obs=np.arange(1, len(frame) + 1))
        if data.name == "robumeta.corrdat":
            frame["esid2"] = np.arange(1, len(frame) + 1)
        if data.name == "dat.mccurdy2020":
            frame["condition"] = pd.Categorical(frame["condition"], categories=["read", "generate"])
        if data.name.startswith("synthetic.long"):
            frame["es"] = np.arange(1, len(frame) + 1)
    return frame


def covariance_of(data: DataSet, text: str, frame: pd.DataFrame) -> Any:
    """What a call has for V."""
    if text in frame.columns:
        return frame[text].to_numpy(dtype=float)
    if text == "V":
        for name, key in (("V", "V"), ("rcalc", "V")):
            if name in data.by_id and key in data.by_id[name]["outputs"]:
                return numbers(data.by_id[name]["outputs"][key])
        if data.name == "dat.riley2003":
            return correlated(frame, "study", 0.6)
    if text.startswith("vcalc("):
        _, names = arguments(text)
        return correlated(frame, names["cluster"], float(names["rho"]))
    raise UnknownCaseError(f"{data.name}: V = {text}")


def correlated(frame: pd.DataFrame, cluster: str, rho: float) -> np.ndarray:
    """Sampling covariance with one correlation within clusters, plainly."""
    sd = np.sqrt(frame["vi"].to_numpy(dtype=float))
    group = frame[cluster].to_numpy()
    same = group[:, None] == group[None, :]
    v = np.where(same, rho * np.outer(sd, sd), 0.0)
    np.fill_diagonal(v, sd**2)
    return v


def randoms(text: str) -> list[str]:
    """Random effects of an R call."""
    inside = text[len("list(") : -1] if text.startswith("list(") else text
    return split(inside)


def fit_call(data: DataSet, case: Mapping[str, Any], call: str, **changed: Any) -> Multilevel:
    """Make one call of rma.mv with weigh."""
    places, names = arguments(call)
    unknown = set(names) - OPTIONS - IGNORED - {"dist"}
    if unknown:
        raise UnknownCaseError(f"{data.name} {case['id']}: {sorted(unknown)}")
    frame = table_of(data, case, names["data"])
    given: dict[str, Any] = {"data": frame}
    columns = list(frame.columns)
    if "mods" in names:
        given["mods"] = formula(names["mods"], columns)
    if "random" in names:
        given["random"] = [
            re.sub(r"(?<![\w`])((?:\w+\.)+\w+)", r"`\1`", one) for one in randoms(names["random"])
        ]
    for option in ("method", "test", "dfs", "struct", "sigma2", "rho", "phi"):
        if option in names:
            given[option] = plain(names[option])
    if "dist" in names:
        made = data.by_id["dmat"]["outputs"]
        labels = made["names"]
        given["dist"] = pd.DataFrame(numbers(made["dmat"]), index=labels, columns=labels)
    yi = frame[places[0]].to_numpy(dtype=float)
    return multilevel(yi, covariance_of(data, places[1], frame), **(given | changed))


def bare(name: str) -> str:
    """A coefficient's name without what R and formulaic put around it."""
    name = {"intercept": "intrcpt"}.get(name, name)
    name = name.replace("factor(", "C(").replace("`", "")
    return re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", name).replace(" ", "")


def order_of(fit: Multilevel, theirs: Mapping[str, Any]) -> list[int]:
    """Where each coefficient of R stands among ours."""
    ours = [bare(name) for name in fit.names]
    return [ours.index(bare(name)) for name in theirs["names"]]


def compare(data: DataSet, case: Mapping[str, Any]) -> list[str]:
    """What differs between R's fit and ours."""
    fit = fit_call(data, case, case["call"])
    theirs, seen = case["outputs"], Comparison(f"{data.name} {case['id']}")
    seen.same("k", fit.k, theirs["k"])
    ours = fit.criteria
    r = theirs["fit_stats"][fit.method]
    gain = ours.log_likelihood - r["ll"]
    if gain < -1e-7:
        seen.faults.append(f"{seen.case}: log-likelihood below R's by {-gain:g}")
    seen.close("QE", fit.qe, theirs["QE"], rel=1e-8)
    seen.close("QEp", fit.qe_p, theirs["QEp"], rel=1e-6, absolute=1e-300)
    seen.same("parameters", ours.parameters, round((r["AIC"] + 2.0 * r["ll"]) / 2.0))
    flat = gain > 1e-6
    if flat:
        # Ours is the higher likelihood, so that R's estimates are no reference.
        return seen.faults
    order = order_of(fit, theirs)
    beta = fit.estimates[order]
    se = np.sqrt(np.diagonal(fit.vb))[order]
    bound = 1e-5 * se
    for index, value in enumerate(beta):
        seen.close("beta", value, theirs["beta"][index], rel=1e-5, absolute=float(bound[index]))
    seen.close("se", se, theirs["se"], rel=1e-5)
    if "vb" in theirs:
        vb = fit.vb[np.ix_(order, order)]
        seen.close("vb", vb, theirs["vb"], rel=2e-5, absolute=2e-5 * float(se.max()) ** 2)
    coefficients = [fit.coefficients[index] for index in order]
    for key, values in (
        ("pval", [c.p for c in coefficients]),
        ("ci_lb", [c.ci_low for c in coefficients]),
        ("ci_ub", [c.ci_high for c in coefficients]),
    ):
        bound = 1e-3 if key == "pval" else 2e-5 * float(se.max())
        rel = 1e-3 if key == "pval" else 1e-5
        seen.close(key, values, theirs[key], rel=rel, absolute=bound if key != "pval" else 1e-300)
    if theirs["ddf"][0] is not None:
        seen.close("ddf", [fit.ddf[index] for index in order], theirs["ddf"], rel=0.0)
    seen.close("QM", fit.qm, theirs["QM"], rel=5e-5)
    seen.close("QMdf", [fit.qm_df[0], number(fit.qm_df[1])], theirs["QMdf"], rel=0.0)
    for which, one in (("ML", fit.full), ("REML", fit.restricted)):
        for key, value in (
            ("ll", one.log_likelihood),
            ("dev", one.deviance),
            ("AIC", one.aic),
            ("BIC", one.bic),
            ("AICc", one.aicc),
        ):
            absolute = 1e-6 if which == fit.method else 1e-4
            seen.close(
                f"{which} {key}",
                value,
                theirs["fit_stats"][which][key],
                rel=1e-7,
                absolute=absolute,
            )
    for kind in ("sigma2", "tau2", "rho", "gamma2", "phi"):
        if kind in theirs:
            values = [one.value for one in fit.components if one.kind == kind]
            if not values and kind in ("rho", "phi"):
                continue
            seen.close(kind, values, theirs[kind], rel=1e-4, absolute=1e-6)
    return seen.faults
