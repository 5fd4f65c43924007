"""How soon a comparison's card follows a setting, in a browser: ``python benchmarks/redraw.py``.

The largest shipped example is served in a process of its own and opened in Chromium. Settings are
changed as a reader changes them, and no state comes twice, so that nothing is taken from a cache;
the time runs until the new card is painted. It is the clock's, so the machine's load is printed,
and what the server and the page's thread worked for one change, which other load stretches less.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

QUESTION, COMPARISON = "zinc-common-cold", "adverse-events-treatment"
SERVE = [sys.executable, "-c", "from weigh.cli import main; main()", "serve", "--port", "0"]

CHANGE = """async ([comparison, name, value]) => {
    const card = document.getElementById(`outcome-${comparison}`);
    const field = card.querySelector(`form [name=${name}]`);
    const begun = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    await new Promise((done) => {
        const watch = new MutationObserver(() => {
            if (card.isConnected) return;
            watch.disconnect();
            done();
        });
        watch.observe(document.body, { childList: true, subtree: true });
    });
    const answered = performance.getEntriesByType("resource").at(-1);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return [performance.now() - begun, answered.responseEnd - answered.startTime];
}"""


def changes() -> Iterator[tuple[str, str]]:
    """Name and value of one field after the other; together they never come back to a state."""
    for baseline in ("0.11", "0.17", "0.23", "0.29"):
        yield "baseline", baseline
        for measure in ("OR", "RD", "RR"):
            yield "measure", measure
            for method in ("DL", "PM", "SJ", "ML", "EB", "REML"):
                yield "method", method


def worked(process: int) -> float:
    """Milliseconds of processor that a process has taken (on Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000.0 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(page: Page, most: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the painted card and, within them, to the server's answer."""
    painted, answered = [], []
    for number, (name, value) in enumerate(changes()):
        if number > most:
            break
        whole, waiting = page.evaluate(CHANGE, [COMPARISON, name, value])
        if number >= 5:  # the first ones warm up both sides
            painted.append(whole)
            answered.append(waiting)
    return painted, answered


def told(times: list[float]) -> str:
    """Median and 95th percentile."""
    high = statistics.quantiles(times, n=20)[-1]
    return f"median {statistics.median(times):.0f} ms, 95th percentile {high:.0f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=80, help="how many settings are changed")
    most = parser.parse_args().changes
    server = subprocess.Popen(SERVE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = re.findall(r"http\S+", server.stdout.readline())[0]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            page.goto(address)
            page.goto(f"{address.split('/?')[0]}/q/{QUESTION}/")
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})

            def thread() -> float:
                listed = session.send("Performance.getMetrics")["metrics"]
                return 1000.0 * next(m["value"] for m in listed if m["name"] == "TaskDuration")

            before = worked(server.pid), thread()
            painted, answered = measured(page, most)
            after = worked(server.pid), thread()
            browser.close()
    finally:
        server.terminate()
        server.wait()
    print(f"{len(painted)} changes of {COMPARISON}: {told(painted)}")
    print(f"of that until the server answered: {told(answered)}")
    ours, theirs = ((b - a) / (most + 1) for a, b in zip(before, after, strict=True))
    print(f"processor, mean of a change: server {ours:.0f} ms, page {theirs:.0f} ms")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
