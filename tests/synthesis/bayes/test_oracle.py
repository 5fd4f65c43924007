"""Every case of bayesmeta agrees, to the tolerances of the set's README."""

from __future__ import annotations

import math

import pytest
from shared import shared_path
from synthesis.bayes.plain_integral import plain_integrals
from synthesis.oracle_cases import Comparison, load, numbers

from weigh.synthesis.bayes import bayes, half_cauchy, half_normal

PRIORS = {"HN0.5": half_normal(0.5), "HN1.0": half_normal(1.0), "HC0.5": half_cauchy(0.5)}
DATA_SETS = ["Cochran1954", "GoralczykEtAl2011", "HinksEtAl2010", "SidikJonkman2007"]


def fit_of(case, data, **changed):
    yi, vi = data.effect(case)
    options = case["options"]
    name = options["tau_prior"]
    given = {
        "mu_prior": None if options["mu_prior"] == "flat" else (0.0, 2.0),
        "tau_prior": PRIORS.get(name, name),
        "interval": options["interval"],
    }
    return bayes(yi, vi, **(given | changed))


def judge(report, what, one, plain, ours, theirs, near, *, is_mode=False):
    """Note a figure that differs from R's, unless R's is the worse one.

    R replaces the integral over tau by a sum of normals whose distance from it is bounded at 0.001
    in terms of divergence, and finds modes by a search that stops early. Where we differ by more
    than the tolerance, `plain` says which of both is right: for a mode the higher density, for
    anything else what a plain integral gives, which ours must meet.
    """
    if ours is None or abs(ours - theirs) <= near:
        return
    if is_mode:
        if one.density(ours) < one.density(theirs):
            report.faults.append(f"{report.case} {what}: {ours}, R has the better {theirs}")
        return
    exact = plain()
    far = abs(ours - theirs) > max(0.02 * scale_of(one), 1e-3 * abs(exact))
    if far or abs(ours - exact) > 1e-7 * max(1.0, abs(exact)):
        report.faults.append(f"{report.case} {what}: {ours}, R has {theirs}, the integral {exact}")


def scale_of(one):
    low, high = one.quantile([0.1587, 0.8413])
    return 0.5 * (high - low)


def plain_figure(figure, one, integral, interval):
    """A figure by an integral of its own; a limit is right where its probability is."""
    if figure == "mean":
        return lambda: integral.mean
    if figure == "sd":
        return lambda: integral.sd
    if figure == "median":
        return lambda: integral.quantile(0.5, one.median)
    side = getattr(one, figure)
    if interval == "central":
        return lambda: integral.quantile(0.025 if figure == "ci_low" else 0.975, side)
    # Shortest: the probability inside is the level, and both ends are equally dense.
    other = one.ci_high if figure == "ci_low" else one.ci_low
    inside = abs(integral.cdf(side) - integral.cdf(other))
    even = abs(one.density(side) / one.density(other) - 1.0)
    return lambda: side if abs(inside - 0.95) < 1e-8 and even < 1e-5 else math.nan


def check(case, data, report, tau, mu):
    found, out = fit_of(case, data), case["outputs"]
    interval = case["options"]["interval"]
    names = ("mode", "median", "mean", "sd", "ci_low", "ci_high")
    summary = numbers(out["summary"])
    integrals = plain_integrals(found, case)
    quantities = [
        ("tau", found.tau, None, tau, summary[:, 0]),
        ("mu", found.mu, integrals[0], mu, summary[:, 1]),
        ("theta", found.prediction, integrals[1], mu, summary[:, 2]),
    ]
    if "theta" in out:
        theta = numbers(out["theta"])[2:]
        quantities += [
            (f"effect {i}", found.effects[i], integrals[2 + i], mu, theta[:, i])
            for i in range(found.k)
        ]
    for name, one, integral, near, theirs in quantities:
        for figure, value in zip(names, theirs, strict=True):
            ours = getattr(one, figure)
            if ours is None:
                # Infinite by the posterior's tail: R prints what a finite range of tau leaves.
                assert (case["id"].split("/")[1], figure) in (("Jeffreys", "sd"),)
            elif figure == "mode" or integral is not None:
                told = plain_figure(figure, one, integral, interval) if integral else None
                judge(
                    report, f"{name} {figure}", one, told, ours, value, near,
                    is_mode=figure == "mode",
                )  # fmt: skip
            else:
                report.close(f"{name} {figure}", ours, value, rel=0.0, absolute=near)
    if "theta" not in out:
        return
    for name, near in (("density", 1e-4), ("cdf", 1e-6)):
        grid, theirs = numbers(out["tau_grid"]), out[f"tau_{name}"]
        ours = getattr(found.tau, name)(grid)
        report.close(f"tau {name}", ours, theirs, rel=0.0, absolute=max(near, tau))
        for x, value in zip(numbers(out["mu_grid"]), numbers(out[f"mu_{name}"]), strict=True):
            exact = lambda x=x, name=name: getattr(integrals[0], name)(x)  # noqa: E731
            at_x = getattr(found.mu, name)(x)
            judge(report, f"mu {name}", found.mu, exact, at_x, value, max(1e-4, mu))
    factors = out["bayesfactor"]
    marginal = out["marginal_likelihood"]
    report.close("marginal likelihood", found.marginal_likelihood, marginal, rel=mu)
    report.close("factor of tau", found.bayes_factor_tau, factors[0], rel=mu, absolute=1e-99)
    report.close("factor of mu", found.bayes_factor_mu, factors[2], rel=mu, absolute=1e-99)
    # The likelihood of mu, with tau integrated over its prior, is its posterior under a flat one.
    flat = fit_of(case, data, mu_prior=None).mu
    if factors[3] is not None:
        least = flat.density(0.0) / flat.density(flat.mode)
        report.close("least factor of mu", least, factors[3], rel=mu, absolute=1e-8)
    judge(report, "likeliest mu", flat, None, flat.mode, out["ML"][3], mu, is_mode=True)
    for name, one, value in (("tau", found.tau, out["MAP"][1]), ("mu", found.mu, out["MAP"][3])):
        judge(report, f"{name} mode", one, None, one.mode, value, mu, is_mode=True)


@pytest.mark.shared
@pytest.mark.parametrize("name", [f"bayesmeta.{name}" for name in DATA_SETS])
def test_every_case_of_bayesmeta_agrees(name):
    data = load(shared_path("oracle", f"{name}.json"))
    # At R's default accuracy the last set is good to 1e-3.
    tau, mu = (1e-3, 1e-3) if name.endswith("SidikJonkman2007") else (1e-6, 1e-4)
    faults = []
    for case in data.cases:
        if case["kind"] == "bayesmeta":
            report = Comparison(f"{data.name} {case['id']}")
            check(case, data, report, tau, mu)
            faults += report.faults

    assert faults == []
