"""RoB 1 (2011): from the domains of Cochrane's first tool to a study.

The tool has no overall judgement of its own; this is the convention of the Cochrane Handbook 5.1,
table 8.7.a, with every domain that was judged counted as a key domain. Its "unclear" is written
``no_information`` or ``some_concerns`` in the folder.
"""

from __future__ import annotations

from collections.abc import Mapping

from weigh.evidence.comparison import Judgement

__all__ = ["overall"]


def overall(domains: Mapping[str, Judgement]) -> Judgement:
    """High where any domain is high, low where all are low, else unclear (``some_concerns``).

    ``no_information`` where no domain was judged at all.
    """
    judged = set(domains.values())
    if not judged - {"no_information"}:
        return "no_information"
    if "high" in judged:
        return "high"
    return "low" if judged == {"low"} else "some_concerns"
