"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# No deadline: two tests share a core when the suite runs in parallel, and a slow moment is no bug.
# The same examples at each run, so that a red run means a changed program. To look for new ones:
# make explore.
settings.register_profile("weigh", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True, max_examples=1000)
settings.load_profile("weigh")
