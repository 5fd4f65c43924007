"""Names for things that the nouns know by a code: measures, methods, designs, tools, domains.

Labels of columns and figures only. No sentence about an effect is made here; those come ready in
the answer.
"""

from __future__ import annotations

from datetime import date

from weigh.evidence.certainty import CertaintyLevel
from weigh.evidence.comparison import Comparison
from weigh.evidence.figures import amount, ratio
from weigh.evidence.statement import Phrase, Quantity, say
from weigh.evidence.study import Allocation, Design

__all__ = [
    "CERTAINTY_MEANS",
    "DESIGNS",
    "DOMAINS",
    "GRADE_DOMAINS",
    "MEASURES",
    "PREDICTIONS",
    "RATIOS",
    "STUDIES",
    "TOOLS",
    "capital",
    "domain_words",
    "effect",
    "interval",
    "long_date",
    "model_words",
    "studies_words",
]

RATIOS = frozenset({"RR", "OR", "HR", "IRR", "ROM"})

MEASURES = {
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "MC": "mean change from the start",
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
}

METHODS = {
    "EE": "common effect, inverse variance",
    "FE": "fixed effects, inverse variance",
    "DL": "random effects, DerSimonian–Laird",
    "HE": "random effects, Hedges",
    "HS": "random effects, Hunter–Schmidt",
    "HSk": "random effects, Hunter–Schmidt (corrected)",
    "SJ": "random effects, Sidik–Jonkman",
    "ML": "random effects, maximum likelihood",
    "REML": "random effects, restricted maximum likelihood (REML)",
    "EB": "random effects, empirical Bayes",
    "PM": "random effects, Paule–Mandel",
    "PMM": "random effects, Paule–Mandel (median unbiased)",
    "MH": "common effect, Mantel–Haenszel",
    "PETO": "common effect, Peto",
    "COCHRAN": "common effect, Cochran",
}

TESTS = {
    "z": "normal interval",
    "t": "t interval",
    "knha": "Knapp–Hartung interval",
    "adhoc": "Knapp–Hartung interval, never narrower than the normal one",
    "adhoc-ci": "the wider of the Knapp–Hartung and the normal interval",
    "iqwig": "Knapp–Hartung interval, by the rule of IQWiG",
    "kr": "Kenward–Roger interval",
}

#: Conventions of the prediction interval, as the pooling names them.
PREDICTIONS = {
    "normal": "normal distribution",
    "t": "t distribution, one degree of freedom fewer than studies",
    "riley": "t distribution, two degrees of freedom fewer than studies",
    "simple": "from the between-study variance alone",
    "kr": "t distribution by Kenward and Roger",
    "kr-riley": "t distribution by Kenward and Roger, less one degree of freedom",
    "nagashima": "bootstrap by Nagashima and others",
}

#: Models without between-study variance.
COMMON_EFFECT = frozenset({"EE", "FE", "MH", "PETO", "COCHRAN"})

DESIGNS = {
    Design.RCT: "randomised trial",
    Design.CROSSOVER_RCT: "randomised crossover trial",
    Design.CLUSTER_RCT: "cluster-randomised trial",
    Design.NON_RANDOMISED: "non-randomised study",
    Design.COHORT: "cohort study",
    Design.CASE_CONTROL: "case-control study",
    Design.CROSS_SECTIONAL: "cross-sectional study",
    Design.BEFORE_AFTER: "before-after study without a control group",
    Design.CASE_SERIES: "case series",
}

STUDIES = {
    Allocation.RANDOMISED: ("randomised trial", "randomised trials"),
    Allocation.NON_RANDOMISED: ("non-randomised study", "non-randomised studies"),
    Allocation.UNCONTROLLED: ("study without a control group", "studies without a control group"),
}

TOOLS = {
    "rob2": "RoB 2",
    "rob1": "Cochrane risk of bias tool (first version)",
    "robins-i": "ROBINS-I",
}

DOMAINS = {
    "randomization_process": "randomisation process",
    "deviations_from_intended_interventions": "deviations from the intended interventions",
    "missing_outcome_data": "missing outcome data",
    "measurement_of_outcome": "measurement of the outcome",
    "selection_of_reported_result": "selection of the reported result",
    "confounding": "confounding",
    "selection_of_participants": "selection of participants",
    "classification_of_interventions": "classification of interventions",
    "missing_data": "missing data",
}

GRADE_DOMAINS = {
    "risk_of_bias": "Risk of bias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "Publication bias",
    "large_effect": "Large effect",
    "dose_response": "Dose–response",
    "opposing_residual_confounding": "Opposing residual confounding",
}

#: What a rating says, in a sentence for people who meet it for the first time.
CERTAINTY_MEANS = {
    CertaintyLevel.HIGH: "More research is very unlikely to change this.",
    CertaintyLevel.MODERATE: "More research could change this.",
    CertaintyLevel.LOW: "More research is likely to change this.",
    CertaintyLevel.VERY_LOW: "What is known is too little or too weak to tell.",
    CertaintyLevel.NO_EVIDENCE: "No study gives anything to go by.",
}

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def capital(text: str) -> str:
    """The same with a capital first letter."""
    return text[:1].upper() + text[1:]


def domain_words(domain: str) -> str:
    """A domain of a risk-of-bias tool in words; one that we have no words for keeps its own."""
    return DOMAINS.get(domain, domain.replace("_", " "))


def long_date(iso: str) -> str:
    """``23 November 2026``."""
    day = date.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def model_words(method: str, test: str) -> str:
    """``random effects, DerSimonian–Laird; normal interval``."""
    words = METHODS.get(method, method)
    return f"{words}; {TESTS.get(test, test)}"


def studies_words(comparison: Comparison) -> Phrase:
    """``3 randomised trials``: those with an estimate, or all where none has one."""
    estimable = comparison.k > 0
    count = comparison.k if estimable else len(comparison.all_studies)
    singular, plural = STUDIES[comparison.design]
    return say(
        "{count} {kind}",
        count=Quantity(text=str(count), node=comparison.nodes["k" if estimable else "all"]),
        kind=singular if count == 1 else plural,
    )


def effect(measure: str, value: float) -> str:
    """An effect on the natural scale, with the decimals of its measure."""
    if measure in RATIOS:
        return ratio(value)
    return amount(value, 3 if measure == "RD" else 2)


def interval(low: str | Quantity, high: str | Quantity) -> Phrase:
    """``0.85 to 1.01``."""
    return say("{low} to {high}", low=low, high=high)
