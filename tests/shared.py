"""Where the large reference sets are, if this checkout has them beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_path(*parts: str) -> Path:
    """Return ``../shared/<parts>``, or skip the test with the reason that it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"reference set {'/'.join(parts)} is not beside this checkout")
    return path
