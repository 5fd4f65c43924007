"""The command line: results to stdout, talk to stderr, one place that turns errors into words.

`app` lists the commands; each group of them is a module (`folders`, `answers`, `explain`, `diff`,
`statistics`) that parses, calls one function of the rooms below and shows what it returns. `talk`
is how they speak, `running` how they start and end.
"""

from __future__ import annotations

from weigh.cli.running import main

__all__ = ["main"]
