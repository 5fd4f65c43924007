"""No words of any plot touch or leave the drawing, however many studies and however long names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from report.figures.geometry import outside, overlaps, texts
from report.plot.making import some

import weigh
from weigh.evidence.pooled import Pooled
from weigh.report.figures.lettering import text_width
from weigh.report.plot import Plot
from weigh.synthesis.dose import DoseResponse
from weigh.synthesis.multilevel import Multilevel
from weigh.synthesis.network import Network

QUIETLY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(
    ["S", "Study", "A study of very many authors with a long name", "Straße Ünïcode", "WWWWWWWWWW"]
)
SIZES = st.sampled_from([1e-6, 0.01, 1.0, 300.0, 1e5])


def with_moderator(fit: Pooled) -> Pooled:
    return weigh.pool(fit.yi, fit.vi, mods={"dose": np.arange(fit.k) * 7.5}, slab=fit.slab)


def events(k: int) -> list[np.ndarray]:
    rng = np.random.default_rng(k)
    n = rng.integers(5, 4000, 2 * k)
    return [rng.binomial(n[:k], 0.2), n[:k], rng.binomial(n[k:], 0.3), n[k:]]


def ring(fit: Pooled) -> Network:
    """Treatments named as the studies, compared with usual care and each with the next."""
    k = min(fit.k, 30)
    names, y, v = list(fit.slab[:k]), fit.yi[:k], fit.vi[:k]
    care = "The usual care"
    rows = [(f"a{i}", names[i], care, y[i], v[i]) for i in range(k)]
    if k > 2:
        rows += [
            (f"b{i}", names[i], names[i - 1], 0.7 * (y[i] - y[i - 1]), v[i] + v[i - 1])
            for i in range(k)
        ]
    study, one, two, yi, vi = zip(*rows, strict=True)
    return weigh.network(study, one, two, yi, vi, reference=care, method="DL")


def doses(fit: Pooled) -> DoseResponse:
    """Two doses beside the reference in every study."""
    k = min(fit.k, 30)
    size = float(np.abs(fit.yi).max()) + float(np.sqrt(fit.vi).max())
    rows = [
        (dose, part * fit.yi[i] / size, min(fit.vi[i] / size**2, 1.0) * (part > 0.0), fit.slab[i])
        for i in range(k)
        for dose, part in ((0.0, 0.0), (2.0 + i % 4, 0.5), (9.0 + i % 3, 1.0))
    ]
    dose, yi, vi, study = zip(*rows, strict=True)
    return weigh.dose_response(dose, yi, vi, study=study, covariance="independent", shape="linear")


TERM = "sigma2[a group with a rather long name]"


def pairs(fit: Pooled) -> Multilevel:
    """Studies in pairs."""
    names = fit.slab[::2]
    groups = [f"{names[i // 2]} {i // 2}" for i in range(fit.k)]
    return weigh.multilevel(fit.yi, fit.vi, random={TERM[7:-1]: groups})


PLOTS = {
    "forest": (1, lambda fit: weigh.plot.forest(fit)),
    "forest, sorted": (1, lambda fit: weigh.plot.forest(fit, sort="effect", measure="RR")),
    "forest, grouped": (
        2,
        lambda fit: weigh.plot.forest(fit, subgroups=[f"group {i % 3}" for i in range(fit.k)]),
    ),
    "forest, columns": (
        1,
        lambda fit: weigh.plot.forest(
            fit,
            columns={
                "A heading of several words": list(range(fit.k)),
                "Sponsor": [f"{name} and partners, a company" for name in fit.slab],
            },
            favours=("favours the new treatment", "favours the old and well-known one"),
        ),
    ),
    "forest, models": (
        2,
        lambda fit: weigh.plot.forest(
            fit, also={"Common effect": weigh.pool(fit.yi, fit.vi, method="EE"), "Again": fit}
        ),
    ),
    "forest, narrow": (
        1,
        lambda fit: weigh.plot.forest(
            fit,
            columns={"Dose in milligrams a day": list(range(fit.k))},
            favours=("favours the new treatment", "favours the old and well-known one"),
            narrow=True,
        ),
    ),
    "leave_one_out": (
        3,
        lambda fit: weigh.plot.leave_one_out(weigh.leave_one_out(fit), fit=fit, measure="OR"),
    ),
    "cumulative": (
        2,
        lambda fit: weigh.plot.cumulative(weigh.cumulative(fit, np.arange(fit.k)), fit=fit),
    ),
    "funnel": (1, lambda fit: weigh.plot.funnel(fit, name="outside")),
    "funnel, precision": (2, lambda fit: weigh.plot.funnel(fit, y="precision", contours=())),
    "radial": (2, lambda fit: weigh.plot.radial(weigh.radial(fit))),
    "balance": (2, lambda fit: weigh.plot.balance(fit)),
    "baujat": (3, lambda fit: weigh.plot.baujat(weigh.baujat(fit))),
    "influence": (3, lambda fit: weigh.plot.influence(weigh.influence(fit), fit=fit)),
    "bubble": (4, lambda fit: weigh.plot.bubble(with_moderator(fit))),
    "drapery": (1, lambda fit: weigh.plot.drapery(fit)),
    "qq": (3, lambda fit: weigh.plot.qq(weigh.rstandard(fit))),
    "profile": (2, lambda fit: weigh.plot.profile(fit)),
    "doi": (3, lambda fit: weigh.plot.doi(weigh.bias.lfk_index(fit.yi, fit.vi))),
    "labbe": (1, lambda fit: weigh.plot.labbe(*events(fit.k), slab=fit.slab)),
    "dose_response": (3, lambda fit: weigh.plot.dose_response(doses(fit), measure="RR")),
    "caterpillar": (3, lambda fit: weigh.plot.caterpillar(pairs(fit).ranef()[0])),
    "component_profile": (
        3,
        lambda fit: weigh.plot.component_profile(pairs(fit).profile(TERM, points=5)),
    ),
    "network": (2, lambda fit: weigh.plot.network(ring(fit))),
    "network_forest": (2, lambda fit: weigh.plot.network_forest(ring(fit), prediction=True)),
    "network_split": (3, lambda fit: weigh.plot.network_split(ring(fit).split())),
    "network_funnel": (
        2,
        lambda fit: weigh.plot.network_funnel(ring(fit).funnel("The usual care")),
    ),
    "net_heat": (5, lambda fit: weigh.plot.net_heat(ring(fit).heat("common"))),
    "rankogram": (2, lambda fit: weigh.plot.rankogram(ring(fit).ranking(draws=200))),
    "gosh": (
        3,
        lambda fit: weigh.plot.gosh(weigh.gosh(fit, subsets=200, seed=1), study=fit.slab[0]),
    ),
}


def test_every_plot_is_tried_here():
    made = {name.split(",")[0] for name in PLOTS} | {"Plot", "Table", "galbraith", "selection"}

    assert made == set(weigh.plot.__all__)


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("k", [1, 2, 5, 40, 200])
def test_no_words_touch_and_none_leave_the_drawing(name, k):
    least, draw = PLOTS[name]

    plot: Plot = draw(some(max(k, least)))

    assert overlaps(plot.svg()) == []
    assert outside(plot.svg()) == []


@pytest.mark.parametrize("name", PLOTS)
@QUIETLY
@given(k=st.integers(1, 25), label=NAMES, size=SIZES, seed=st.integers(0, 10**6))
def test_nor_with_other_names_ranges_and_numbers_of_studies(name, k, label, size, seed):
    least, draw = PLOTS[name]
    # A logarithm beyond the hundreds is no ratio of anything.
    ratios = name in ("forest, sorted", "leave_one_out")

    plot = draw(some(max(k, least), seed=seed, name=label, size=min(size, 1.0) if ratios else size))

    assert overlaps(plot.svg()) == []
    assert outside(plot.svg()) == []


@pytest.mark.parametrize("kind", ["step", "beta", "halfnorm", "negexp", "logistic", "power"])
def test_nor_in_the_weights_of_a_selection_model(kind):
    fit = some(40)
    steps = [0.025, 0.05, 0.5] if kind == "step" else None
    plot = weigh.plot.selection(weigh.bias.selection_model(fit.yi, fit.vi, kind=kind, steps=steps))

    assert overlaps(plot.svg()) == []
    assert outside(plot.svg()) == []


@given(
    text=st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "S", "Zs")), min_size=1),
    size=st.sampled_from([11.0, 12.0, 15.0]),
    bold=st.booleans(),
)
def test_the_room_kept_for_words_is_the_room_that_a_picture_of_pixels_gives_them(text, size, bold):
    """At the default of 144 dots to the inch; a glyph's hinting moves it by parts of a pixel."""
    renderer = RendererAgg(10, 10, 144)
    look = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")

    width, _, _ = renderer.get_text_width_height_descent(text, look, ismath=False)

    assert width / 2.0 <= 1.03 * text_width(text, size, bold=bold) + 2.0


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("size", [0.01, 1.0])
def test_every_axis_has_two_ticks_or_more(name, size):
    least, draw = PLOTS[name]
    svg = draw(some(max(9, least), size=size)).svg()

    scales = [text for text in texts(svg) if text.get("data-scale") == "axis"]
    across = {text.get("x") for text in scales if text.get("text-anchor") == "middle"}
    up = {text.get("y") for text in scales if text.get("text-anchor") == "end"}

    if name == "network":  # a graph has no axis
        assert not across | up
        return
    assert len(across) >= 2
    rows = name.startswith(("forest", "leave_one_out", "cumulative", "balance", "cater", "net"))
    rows = rows and name != "network_funnel"
    assert len(up) == 0 if rows else len(up) >= 2


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_numbers_give_the_same_bytes(name):
    _, draw = PLOTS[name]

    first, second = draw(some(9)), draw(some(9))

    assert first.svg() == second.svg() == first.svg()
    assert first.png(72) == second.png(72)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_tells_what_is_to_be_seen(name):
    _, draw = PLOTS[name]

    plot = draw(some(9))

    assert f'<title id="plot-title">{plot.title.replace("&", "&amp;")}</title>' in plot.svg()
    assert plot.description.endswith(".")
    assert plot.description[0].isupper() or plot.description[0].isdigit()
    assert plot.description.replace("<", "&lt;").replace("&lt;", "&lt;") in plot.svg()
    assert " a effect" not in plot.description
    assert len(plot.data) > 0
