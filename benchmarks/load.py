"""Fifty readers at once for a minute, against `weigh serve` on this machine.

Run by hand: ``python benchmarks/load.py`` (``--readers``, ``--seconds``). It starts a server of its
own on a free port, lets each reader walk through answers as people do (a page, a setting, a study,
a plot, a question to the answer), and prints errors and the 50th, 95th and 99th percentile of how
long answers took to arrive. Then, with the server at rest, it times the two things that a reader
waits for: an answer page that nobody asked for yet, and a card under a setting nobody tried yet.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

QUESTIONS = {
    "zinc-common-cold": ("prevention", "duration", "adverse-events-treatment"),
    "alpha-lipoic-acid-diabetic-polyneuropathy": (),
    "vitamin-k-peripheral-neuropathy": (),
}
METHODS = ("DL", "PM", "ML", "EB", "HE", "SJ", "HS", "EE", "REML")
TESTS = ("z", "t", "knha")


@dataclass(slots=True)
class Seen:
    """What the readers saw: seconds by kind of request, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float) -> None:
        with self.lock:
            self.took.setdefault(kind, []).append(seconds)


def walk(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Kinds and addresses of what one reader asks for, one after the other."""
    while True:
        question = chance.choice(list(QUESTIONS))
        yield "list", "/"
        yield "answer", f"/q/{question}/"
        if QUESTIONS[question]:
            comparison = chance.choice(QUESTIONS[question])
            query = f"c={comparison}&method={chance.choice(METHODS)}&test={chance.choice(TESTS)}"
            yield "setting", f"/q/{question}/c/{comparison}/card?{query}"
            yield "data", f"/q/{question}/c/{comparison}.json?{query}"
            yield "plot", f"/q/{question}/c/{comparison}/plots/balance.svg"
        yield "ask", f"/q/{question}/ask?q=who+paid+for+it"
        yield "data", f"/q/{question}/studies.json"
        yield "answer", f"/q/{question}.json"


def read(port: int, token: str, until: float, number: int, pause: float, seen: Seen) -> None:
    """Be one reader: ask, look for a moment, ask again."""
    chance = random.Random(number)
    time.sleep(chance.random() * pause)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for kind, path in walk(chance):
        if time.monotonic() > until:
            break
        begun = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                seen.errors.append(f"{reply.status} {path}")
        except OSError as error:
            seen.errors.append(f"{error!r} {path}")
            connection.close()
        seen.note(kind, time.perf_counter() - begun)
        time.sleep(pause * (0.5 + chance.random()))
    connection.close()


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def told(name: str, values: list[float]) -> str:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    times = (f"{n} {1000 * quantile(values, share):6.0f} ms" for n, share in shares.items())
    return "   ".join([f"{name:10} {len(values):6} requests", *times])


def started() -> tuple[subprocess.Popen[str], int, str]:
    """A server of its own, its port and its token."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from weigh.cli import main; main()", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r":(\d+)/\?token=(\S+)", line)
    assert found, line
    return process, int(found[1]), found[2]


def alone(port: int, token: str, path: str) -> float:
    """Seconds until one answer is there, with nobody else asking."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    reply = connection.getresponse()
    reply.read()
    took = time.perf_counter() - begun
    assert reply.status == 200, (reply.status, path)
    connection.close()
    return took


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--readers", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--pause", type=float, default=1.0, help="seconds that a reader looks")
    chosen = options.parse_args()
    process, port, token = started()
    try:
        # Each page is asked for once by a server that has just been started.
        cold = [alone(port, token, f"/q/{question}/") for question in QUESTIONS]
        print("cold page ", " ".join(f"{1000 * took:.0f} ms" for took in cold))
        cards = [
            alone(port, token, f"/q/zinc-common-cold/c/{c}/card?c={c}&method={m}&test={t}")
            for c, m, t in itertools.product(QUESTIONS["zinc-common-cold"], METHODS, TESTS)
        ]
        print(told("new card", cards))
        seen, until = Seen(), time.monotonic() + chosen.seconds
        readers = [
            threading.Thread(target=read, args=(port, token, until, n, chosen.pause, seen))
            for n in range(chosen.readers)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        for kind, values in sorted(seen.took.items()):
            print(told(kind, values))
        everything = [value for values in seen.took.values() for value in values]
        print(told("all", everything))
        print(f"errors: {len(seen.errors)}", *seen.errors[:5], sep="\n")
        return 1 if seen.errors else 0
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    raise SystemExit(main())
