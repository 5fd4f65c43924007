"""An answer in other forms: references, tables with a README, linked data.

Each is a function from an answer to text or bytes; the same answer gives the same bytes. `EXPORTS`
lists them by name, for the command line and the web app alike.
"""

from __future__ import annotations

from weigh.report.exports.catalogue import EXPORTS, Export, export

__all__ = ["EXPORTS", "Export", "export"]
