"""An answer as HL7 FHIR R5: a bundle of the resources for evidence-based medicine.

`concepts` has the code systems of HL7 Terminology that are used, `sources` writes citations,
`findings` evidence and its variables, `bundle` the report and the whole.
"""

from __future__ import annotations

from weigh.report.exports.fhir.bundle import fhir

__all__ = ["fhir"]
