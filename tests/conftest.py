"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# No deadline: two tests share a core when the suite runs in parallel, and a slow moment is no bug.
# The blob lets a failure on another machine be replayed exactly.
settings.register_profile("weigh", deadline=None, print_blob=True)
settings.load_profile("weigh")
