"""Which test holds which kind of R's reference cases, read off the tests themselves.

The data sets of a kind are those that the parameters of its test name, so that a data set which a
test passes over shows here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Test:
    """A test function that holds cases of some kinds.

    `copied` names a file in the repository with the cases copied whole, and `reads` the one data
    set that the test opens by name; otherwise the data sets are its parameters.
    """

    module: str
    function: str
    kinds: tuple[str, ...]
    copied: str | None = None
    reads: str | None = None

    __test__ = False  # not for pytest to collect

    @property
    def path(self) -> str:
        """Where the test stands, from the root of the checkout."""
        return f"tests/{self.module.replace('.', '/')}.py"

    def data_sets(self, kind: str) -> set[str] | None:
        """Data sets that the test is run on for a kind; None where it has copies of the cases."""
        if self.copied is not None:
            return None
        if self.reads is not None:
            return {self.reads}
        function = getattr(import_module(self.module), self.function)
        values = [value for mark in function.pytestmark for value in _values(mark)]
        pairs = [value for value in values if isinstance(value, tuple)]
        if pairs:
            return {_name(name) for tested, name in pairs if tested == kind}
        return {_name(value) for value in values}


def _values(mark: Any) -> Iterator[Any]:
    if mark.name == "parametrize":
        yield from mark.args[1]


def _name(value: Any) -> str:
    return value.stem if isinstance(value, Path) else str(value)


SYNTHESIS = (
    "rma.uni",
    "rma.uni.reg",
    "model.matrix",
    "confint",
    "rma.mh",
    "rma.peto",
    "predict",
    "vif",
)
SENSITIVITY = (
    "leave1out",
    "cumul",
    "influence",
    "blup",
    "ranef",
    "rstandard",
    "weights",
    "gosh",
    "permutest",
)
META = (
    "meta.metabin",
    "meta.metacont",
    "meta.metacor",
    "meta.metagen",
    "meta.metainc",
    "meta.metamean",
    "meta.metaprop",
    "meta.metarate",
    "meta.propci",
)
NETWORK = (
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
COPIES = "conversions.json"

TESTS = (
    Test(
        module="synthesis.test_oracle",
        function="test_every_covered_case_agrees_with_r",
        kinds=SYNTHESIS,
    ),
    Test(
        module="synthesis.test_meta_oracle",
        function="test_every_case_of_meta_agrees",
        kinds=META,
    ),
    Test(
        module="synthesis.sensitivity.test_sensitivity_oracle",
        function="test_every_covered_case_agrees_with_r",
        kinds=SENSITIVITY,
    ),
    Test(
        module="synthesis.bias.test_oracle",
        function="test_cases_of_the_reference_agree",
        kinds=("regtest", "ranktest", "trimfill", "fsn"),
    ),
    Test(
        module="synthesis.bias.test_oracle",
        function="test_asymmetry_tests_of_meta_agree",
        kinds=("meta.metabias",),
    ),
    Test(
        module="synthesis.bias.test_oracle",
        function="test_adjustments_of_the_reference_agree",
        kinds=("tes", "hc", "limitmeta"),
    ),
    Test(
        module="synthesis.bias.test_copas",
        function="test_cases_of_the_reference_agree",
        kinds=("copas",),
    ),
    Test(
        module="synthesis.bias.test_selection_oracle",
        function="test_no_selection_model_is_less_likely_than_that_of_metafor",
        kinds=("selmodel",),
    ),
    Test(
        module="synthesis.bias.test_combining",
        function="test_every_case_of_metap_agrees",
        kinds=("metap",),
        reads="dat.metap",
    ),
    Test(module="synthesis.test_glmm", function="test_agrees_with_metafor", kinds=("rma.glmm",)),
    Test(
        module="synthesis.bayes.test_oracle",
        function="test_every_case_of_bayesmeta_agrees",
        kinds=("bayesmeta",),
    ),
    Test(
        module="synthesis.diagnostic.test_oracle",
        function="test_every_case_of_mada_agrees",
        kinds=("dta.glmer", "mada.madad", "mada.madauni", "mada.phm", "mada.reitsma"),
    ),
    Test(
        module="synthesis.dose.test_oracle",
        function="test_every_case_of_dosresmeta_agrees",
        kinds=("dosres.covar", "dosresmeta"),
    ),
    Test(
        module="synthesis.sequential.test_oracle",
        function="test_every_case_of_rtsa_agrees",
        kinds=("RTSA", "RTSA.boundaries", "RTSA.ris"),
    ),
    Test(
        module="synthesis.network.test_oracle",
        function="test_every_case_of_netmeta_agrees",
        kinds=NETWORK,
    ),
    Test(
        module="synthesis.multilevel.test_oracle",
        function="test_every_model_agrees_with_metafor",
        kinds=("rma.mv",),
    ),
    Test(
        module="synthesis.multilevel.test_oracle",
        function="test_what_follows_from_a_model_agrees_with_metafor",
        kinds=(
            "anova.mv",
            "confint.mv",
            "mv.influence",
            "mv.ranef",
            "predict.mv",
            "profile.mv",
        ),
    ),
    Test(
        module="synthesis.multilevel.test_oracle",
        function="test_what_models_start_from_agrees_with_metafor",
        kinds=("aggregate", "data", "data.long", "matreg", "rcalc", "vcalc"),
    ),
    Test(
        module="synthesis.test_location_scale",
        function="test_agrees_with_metafor",
        kinds=("rma.ls",),
    ),
    Test(
        module="synthesis.robust.test_oracle",
        function="test_every_case_of_clusters_agrees_with_r",
        kinds=(
            "clubSandwich.Wald",
            "clubSandwich.coef_test",
            "clubSandwich.vcov",
            "robumeta",
            "robust",
            "robust.CR2",
        ),
    ),
    Test(
        module="effects.test_oracle",
        function="test_pooled_double_arcsines_come_back_as_in_metafor",
        kinds=("predict.transf",),
    ),
    Test(
        module="effects.test_oracle",
        function="test_effects_from_test_statistics_are_those_of_metafor",
        kinds=("escalc.from",),
        copied=COPIES,
    ),
    Test(
        module="effects.test_quantiles",
        function="test_means_and_sds_are_those_of_metafor",
        kinds=("conv.fivenum",),
        copied=COPIES,
    ),
    Test(
        module="effects.test_conversions",
        function="test_printed_odds_ratios_give_the_variances_of_metafor",
        kinds=("conv.wald",),
        copied=COPIES,
    ),
    Test(
        module="effects.test_conversions",
        function="test_tables_are_rebuilt_as_in_metafor",
        kinds=("conv.2x2",),
        copied=COPIES,
    ),
    Test(
        module="effects.test_hedges",
        function="test_it_is_that_of_metafor",
        kinds=("hedges.J",),
        copied=COPIES,
    ),
    Test(
        module="effects.test_transforms",
        function="test_transformations_are_those_of_metafor",
        kinds=("transf",),
        copied=COPIES,
    ),
)

# Kinds of models that weigh does not have yet.
NOT_BUILT: Mapping[str, tuple[str, ...]] = {}


def covered() -> dict[str, Test]:
    """The test of each kind that has one."""
    return {kind: test for test in TESTS for kind in test.kinds}


def not_built() -> dict[str, str]:
    """The subject of each kind that has no test yet."""
    return {kind: subject for subject, kinds in NOT_BUILT.items() for kind in kinds}


def count_cases(folder: Path) -> dict[str, Counter[str]]:
    """Cases of each kind in each data set of a folder, counted in the files themselves."""
    return {
        path.stem: Counter(
            case["kind"] for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
        )
        for path in sorted(folder.glob("*.json"))
        if path.stem != "index"
    }


def faults(counted: Mapping[str, Counter[str]]) -> list[str]:
    """What the ledger does not know: a kind, or a data set that the test of a kind passes over."""
    tests, later = covered(), not_built()
    found = []
    for kind in sorted(set().union(*counted.values())):
        having = {name for name, kinds in counted.items() if kinds[kind]}
        if kind in tests:
            run = tests[kind].data_sets(kind)
            missed = set() if run is None else having - run
            if missed:
                found.append(f"{kind}: {tests[kind].path} passes over {', '.join(sorted(missed))}")
        elif kind not in later:
            cases = sum(kinds[kind] for kinds in counted.values())
            found.append(f"{kind}: an unknown kind, with {cases} cases")
    return found


def tables(counted: Mapping[str, Counter[str]]) -> str:
    """What is covered and what is not, by kind and by data set, as Markdown."""
    tests, later = covered(), not_built()
    kinds = sum(counted.values(), Counter())
    total, held = kinds.total(), sum(count for kind, count in kinds.items() if kind in tests)
    lines = [
        f"{held:,} of {total:,} cases, {len(tests.keys() & kinds)} of {len(kinds)} kinds, over "
        f"{len(counted)} data sets.",
        "",
        "| kind | cases | data sets | test |",
        "| --- | ---: | ---: | --- |",
    ]
    for kind in sorted(tests.keys() & kinds):
        having = sum(1 for found in counted.values() if found[kind])
        lines.append(f"| `{kind}` | {kinds[kind]} | {having} | `{tests[kind].path}` |")
    if NOT_BUILT:
        lines += ["", "Not built yet:", "", "| subject | kinds | cases |", "| --- | --- | ---: |"]
    for subject, names in NOT_BUILT.items():
        shown = ", ".join(f"`{name}`" for name in names)
        lines.append(f"| {subject} | {shown} | {sum(kinds[name] for name in names)} |")
    lines += ["", "| data set | covered | not built yet |", "| --- | ---: | --- |"]
    for name, found in sorted(counted.items()):
        rest = ", ".join(f"`{kind}` {found[kind]}" for kind in sorted(found) if kind in later)
        inside = sum(count for kind, count in found.items() if kind in tests)
        lines.append(f"| {name} | {inside} of {found.total()} | {rest or 'none'} |")
    return "\n".join(lines) + "\n"
