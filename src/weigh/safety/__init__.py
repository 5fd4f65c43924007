"""What might go wrong: interactions, contraindications, adverse effects, and what is not known.

`interactions` groups known interactions, and `doses` sets the dose that studies gave against the
doses at which they were seen. `harms` tells adverse effects, `bounds` what a count of none leaves
open, `gaps` what nobody watched for. `section` puts dangers first.
"""

from __future__ import annotations

from weigh.safety.bounds import upper_bound_of_zero
from weigh.safety.section import safety

__all__ = ["safety", "upper_bound_of_zero"]
