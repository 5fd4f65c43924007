"""Smooth weights with a precision: metafor's figures, and areas by adaptive integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from weigh.synthesis.bias import selection_model

# Log odds ratios of Preston, Ashby and Smyth's (2004) example, nine trials with events in both
# groups or one, to six decimals, and their numbers of people.
Y = np.array(
    [
        -0.292136,
        -0.463536,
        -1.01527,
        0.182322,
        -2.134704,
        -0.182322,
        -1.290984,
        -0.869038,
        -0.336349,
    ]
)
V = np.array(
    [0.588095, 0.05619, 0.23985, 0.417949, 1.147116, 0.201515, 0.668344, 2.782465, 0.064592]
)
N = np.array([38, 675, 140, 89, 190, 170, 166, 35, 439])
PRECISIONS = {"sei": "sei", "vi": "vi", "ninv": 1.0 / N, "sqrtninv": N**-0.5}
# Kind, precision, delta, adjusted effect, log-likelihood: by metafor 3.8,
# `selmodel(rma(y, v, method="EE", ni=n), type, prec=..., alternative="less")`.
BY_METAFOR = [
    ("halfnorm", "sei", 5.84843328, -0.378832389, -5.98475895),
    ("halfnorm", "vi", 8.23168551, -0.408133371, -6.03920683),
    ("halfnorm", "ninv", 3.01545652, -0.422304068, -6.53660105),
    ("halfnorm", "sqrtninv", 3.26446799, -0.393395819, -6.37956352),
    ("negexp", "sei", 3.80207826, -0.375281769, -6.14802059),
    ("negexp", "vi", 4.11478997, -0.419183495, -6.31464929),
    ("negexp", "ninv", 1.13234329, -0.439579549, -6.77873262),
    ("negexp", "sqrtninv", 1.79777414, -0.40248595, -6.62016563),
    ("logistic", "sei", 5.03371417, -0.385992004, -6.11477052),
    ("logistic", "vi", 5.16267316, -0.427162491, -6.32635286),
    ("logistic", "ninv", 2.10789615, -0.437025769, -6.74456847),
    ("logistic", "sqrtninv", 2.64397459, -0.407435637, -6.59884164),
    ("power", "sei", 2.40898436, -0.37003462, -5.95136933),
    ("power", "vi", 3.00366311, -0.408179385, -6.08798399),
    ("power", "ninv", 1.06498767, -0.423516421, -6.57859512),
    ("power", "sqrtninv", 1.28404234, -0.38849834, -6.38104807),
]


@pytest.mark.parametrize(("kind", "precision", "delta", "effect", "log_likelihood"), BY_METAFOR)
def test_precisions_are_those_of_metafor(kind, precision, delta, effect, log_likelihood):
    found = selection_model(
        Y, V, kind=kind, precision=PRECISIONS[precision], alternative="less", method="EE"
    )

    # Its search ends up to 1e-6 of likelihood short, where delta is 3e-3 away.
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=2e-6)
    assert found.log_likelihood > log_likelihood - 1e-8
    assert found.delta[0].estimate == pytest.approx(delta, rel=3e-3)
    assert found.adjusted.estimate == pytest.approx(effect, rel=1e-3)


WEIGHTS = {
    "halfnorm": lambda p, start, delta: np.exp(-delta * (p**2 - start**2)),
    "negexp": lambda p, start, delta: np.exp(-delta * (p - start)),
    "logistic": lambda p, start, delta: (1 + np.exp(delta * start)) / (1 + np.exp(delta * p)),
    "power": lambda p, start, delta: ((1 - p) / (1 - start)) ** delta,
}


@pytest.mark.parametrize("kind", list(WEIGHTS))
@pytest.mark.parametrize("precision", ["vi", "ninv"])
def test_with_a_start_the_area_of_the_density_seen_is_right(kind, precision):
    """By hand, as adaptive sums in metafor miss the bend at the start by some 1e-5."""
    start = 0.05
    found = selection_model(
        Y,
        V,
        kind=kind,
        precision=PRECISIONS[precision],
        steps=start,
        alternative="less",
        method="EE",
    )
    measure = V if precision == "vi" else 1.0 / N
    mu, total = found.adjusted.estimate, 0.0
    for y, v, factor in zip(Y, V, measure / measure.max(), strict=True):
        s, delta = np.sqrt(v), factor * found.delta[0].estimate

        def weight(at, s=s, delta=delta):
            p = norm.cdf(at / s)
            return 1.0 if p <= start else WEIGHTS[kind](min(p, 1 - 1e-5), start, delta)

        area = quad(
            lambda at, s=s, weight=weight: weight(at) * norm.pdf(at, mu, s),
            mu - 10 * s,
            mu + 10 * s,
            points=[s * norm.ppf(start), s * norm.isf(1e-5)],
            epsabs=1e-12,
            limit=200,
        )[0]
        total += np.log(weight(y) * norm.pdf(y, mu, s) / area)
    assert found.log_likelihood == pytest.approx(total, abs=1e-8)
