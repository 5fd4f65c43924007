"""Whether this machine can write PDF: the library Pango comes with the system, not with Python."""

from __future__ import annotations

import os

import pytest

from weigh.errors import OutOfReachError
from weigh.report.exports import printed
from weigh.workflow.exporting import EXPORTS


def _prints() -> bool:
    try:
        printed._library()
    except OutOfReachError:
        return False
    return True


PRINTS = _prints()
#: The forms that this machine can write.
FORMS = tuple(form for form in EXPORTS if form != "pdf" or PRINTS)


def need_pango() -> None:
    """Skip without Pango, as tests in a browser do without one; fail where there must be one."""
    if not PRINTS:
        if {os.environ.get("CI"), os.environ.get("WEIGH_REQUIRE_BROWSER")} & {"1", "true"}:
            pytest.fail("Pango is not installed; scripts/browser.sh installs it")
        pytest.skip("Pango is not installed; scripts/browser.sh installs it")
