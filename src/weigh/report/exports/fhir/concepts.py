"""Small parts of FHIR resources: codes of HL7 Terminology, references, narratives.

The code systems are those that FHIR R5 binds to its resources for evidence. Where they have no code
for what is meant, the concept is given in words alone, as their extensible bindings allow.
"""

from __future__ import annotations

import hashlib
import math
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

__all__ = [
    "Addresses",
    "Json",
    "concept",
    "finite",
    "narrative",
    "quantity",
    "resource_id",
    "span",
    "text_only",
]

Json = dict[str, Any]

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
#: Makes ids of resources from names: the same name, the same id.
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://weigh.readthedocs.io/fhir")

_DISPLAYS = {
    "variable-role": {
        "population": "population",
        "exposure": "exposure",
        "referenceExposure": "reference exposure",
        "measuredVariable": "measured variable",
    },
    "directness": {"exact": "Exact match", "low": "Low quality match"},
    "synthesis-type": {
        "std-MA": "summary data meta-analysis",
        "NotApplicable": "not applicable",
    },
    "statistic-type": {
        "C93152": "Relative Risk",
        "C16932": "Odds Ratio",
        "0000424": "Risk Difference",
        "0000457": "Mean Difference",
        "0000100": "Standardized Mean Difference",
        "C44256": "Proportion",
        "C53319": "Mean",
    },
    "attribute-estimate-type": {
        "0000419": "Cochran's Q statistic",
        "C53324": "Confidence interval",
        "0000420": "I-squared",
        "C44185": "P-value",
        "0000421": "Tau squared",
        "C48918": "Variance",
    },
    "certainty-type": {
        "Overall": "Overall certainty",
        "RiskOfBias": "Risk of bias",
        "Inconsistency": "Inconsistency",
        "Indirectness": "Indirectness",
        "Imprecision": "Imprecision",
        "PublicationBias": "Publication bias",
        "DoseResponseGradient": "Dose response gradient",
        "PlausibleConfounding": "Plausible confounding",
        "LargeEffect": "Large effect",
    },
    "certainty-rating": {
        "high": "High quality",
        "moderate": "Moderate quality",
        "low": "Low quality",
        "very-low": "Very low quality",
        "no-concern": "no serious concern",
        "no-change": "no change to rating",
        "downcode1": "reduce rating: -1",
        "downcode2": "reduce rating: -2",
        "downcode3": "reduce rating: -3",
        "upcode1": "increase rating: +1",
        "upcode2": "increase rating: +2",
    },
}


def concept(system: str, code: str) -> Json:
    """A concept of one of HL7's own code systems, by the end of the system's address."""
    display = _DISPLAYS[system][code]
    coding = {"system": _TERMINOLOGY + system, "code": code, "display": display}
    return {"coding": [coding], "text": display}


def text_only(words: str) -> Json:
    """A concept in words."""
    return {"text": words}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of resources inside a bundle: the same answer and name give the same address."""

    fingerprint: str

    def __call__(self, kind: str, name: str) -> str:
        """The address of the resource of a kind."""
        return f"urn:uuid:{uuid.uuid5(_SPACE, f'{self.fingerprint}/{kind}/{name}')}"

    def to(self, kind: str, name: str) -> Json:
        """A reference to it."""
        return {"reference": self(kind, name)}


def resource_id(name: str) -> str:
    """A name as FHIR lets an id be: 64 letters, digits, dashes and dots at most."""
    if re.fullmatch(r"[A-Za-z0-9.-]{1,64}", name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)[:47]}-{digest}"


def narrative(paragraphs: Iterable[str]) -> Json:
    """What a person reads of a resource, as XHTML."""
    told = "".join(f"<p>{escape(words)}</p>" for words in paragraphs)
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{told}</div>',
    }


def finite(value: float | None) -> bool:
    """Whether there is a number that JSON can hold."""
    return value is not None and math.isfinite(value)


def quantity(value: float, unit: str | None = None) -> Json:
    """A number with its unit."""
    return {"value": value, **({"unit": unit} if unit else {})}


def span(low: float, high: float) -> Json:
    """The two ends of an interval."""
    return {"low": {"value": low}, "high": {"value": high}}
