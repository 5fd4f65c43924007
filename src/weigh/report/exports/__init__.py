"""An answer in other forms: references, tables with a README, linked data.

Each is a function from an answer to text or bytes; the same answer gives the same bytes. `EXPORTS`
lists them by name; `weigh.workflow.exporting` adds those that need more than the answer.
"""

from __future__ import annotations

from weigh.report.exports.catalogue import EXPORTS, Export

__all__ = ["EXPORTS", "Export"]
