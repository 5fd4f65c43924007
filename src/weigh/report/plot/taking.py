"""What a plot may be given: the analysis that it is of, and no other."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.errors import InputError

__all__ = ["require"]


def require(result: object, attributes: Sequence[str], maker: str) -> None:
    """Refuse what is not the analysis that a plot is of."""
    if not all(hasattr(result, name) for name in attributes):
        raise InputError(
            f"This plot cannot be drawn of {type(result).__name__}.",
            hint=f"Give it the result of {maker}.",
        )
