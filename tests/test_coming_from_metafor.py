"""Pages with examples: their Python runs as printed, and their R numbers are those of R."""

from __future__ import annotations

import doctest
import json
import math
import re
from pathlib import Path

import pytest
from shared import shared_path

import weigh

ROOT = Path(__file__).parents[1]
PAGES = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in (
        "how-to/coming-from-metafor.md",
        "how-to/coming-from-meta.md",
        "how-to/participants-and-single-arms.md",
        "how-to/coming-from-netmeta.md",
        "explanation/dependent-effects.md",
        "explanation/why-programs-differ.md",
    )
}
METAFOR = PAGES["how-to/coming-from-metafor.md"]
META = PAGES["how-to/coming-from-meta.md"]
NETMETA = PAGES["how-to/coming-from-netmeta.md"]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A case by its id, of dat.bcg if its data set is not named.
R = re.compile(r"^% oracle: (?:([\w.]+) )?(\S+)\n\n```r\n(.*?)^```", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"-?\d")


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_of_the_page_give_what_it_prints(name):
    """One session for the whole page, because each block goes on from those before."""
    source = "\n".join(
        # Output may hold empty lines, which doctest takes for its end.
        re.sub(r"\n(?=\n)", "\n<BLANKLINE>", block)
        for block in PYTHON.findall(PAGES[name])
    )
    example = doctest.DocTestParser().get_doctest(source, {}, name, name, 0)
    runner = doctest.DocTestRunner(verbose=False)

    runner.run(example)

    assert runner.tries > 3
    assert runner.failures == 0, "the differences are printed above"


@pytest.mark.parametrize(("name", "case", "block"), R.findall(METAFOR + META + NETMETA))
def test_each_number_of_r_is_that_of_the_reference_results(name, case, block):
    path = shared_path("oracle", f"{name or 'dat.bcg'}.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    found = (
        data["effects"][case.removeprefix("effects/")]
        if case.startswith("effects/")
        else next(each["outputs"] for each in data["cases"] if each["id"] == case)
    )
    shown = [line.removeprefix("#> ") for line in block.splitlines() if line.startswith("#> ")]

    assert shown
    for part in "  ".join(shown).split("  "):
        name, *numbers = part.split()
        values = part_of(found, name)
        assert numbers
        for text, value in zip(numbers, values, strict=False):
            assert NUMBER.match(text)
            assert float(text) == pytest.approx(value, abs=half_a_unit(text)), f"{case} {name}"


def part_of(found, name):
    """Return a part of R's result by its dotted name, as a list."""
    for step in [name] if name in found else name.split("."):
        found = found[step]
    return found if isinstance(found, list) else [found]


def half_a_unit(text):
    """Half a unit in the last place printed, and a little for rounding."""
    digits, _, power = text.partition("e")
    places = len(digits.partition(".")[2])
    return 0.5001 * math.pow(10.0, (int(power) if power else 0) - places)


def test_every_call_that_the_pages_name_exists():
    named = set(re.findall(r"\bweigh\.([a-z_]+(?:\.[a-z_]+)?)\(", METAFOR + META + NETMETA))

    for name in named:
        found = weigh
        for step in name.split("."):
            found = getattr(found, step)
        assert callable(found), name

    assert len(named) > 20
