"""Times of an audit: one article of 1,500 words, a page of 200,000, and 1,000 articles at once."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
import yaml

import weigh
from weigh.audit.reading import read_article
from weigh.workflow.auditing import Auditor, audit_files

ROOT = Path(__file__).parents[1]
MANY = 1_000


@pytest.fixture(scope="module")
def auditor():
    return Auditor(weigh.load(ROOT / "examples" / "vitamin-k-peripheral-neuropathy"))


@pytest.fixture(scope="module")
def paragraphs() -> list[str]:
    """Paragraphs of the labelled articles, as pages about vitamin K might have them."""
    found = []
    for path in sorted((ROOT / "tests" / "data" / "audit").glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = document["title"].split()[0].strip("?:,“”")
        for block in document["blocks"]:
            lines = block.get("paragraph") or block.get("list") or []
            words = " ".join(line[1] for line in lines)
            if words:
                found.append(words.replace(name, "Vitamin K").replace(name.lower(), "vitamin K"))
    return found


def article(paragraphs: list[str], words: int, seed: int) -> str:
    """A page of at least so many words, drawn from the paragraphs."""
    draw = random.Random(seed)
    page, count = ["Does vitamin K help with neuropathy?"], 0
    while count < words:
        page.append(draw.choice(paragraphs))
        count += len(page[-1].split())
    return "\n\n".join(page)


def test_one_article(auditor, paragraphs, report):
    """Each is a new one, so that nothing of it was read before."""
    auditor.audit(read_article(article(paragraphs, 1_500, 0), format="text"))
    pages = [article(paragraphs, 1_500, seed) for seed in range(1, 11)]
    begin = time.process_time()
    for page in pages:
        auditor.audit(read_article(page, format="text"))
    report("audit, one article of 1,500 words", (time.process_time() - begin) / len(pages))


def test_a_page_of_two_hundred_thousand_words(auditor, paragraphs, report):
    page = article(paragraphs, 200_000, 1)
    begin = time.process_time()
    auditor.audit(read_article(page, format="text"))
    report("audit, a page of 200,000 words", time.process_time() - begin)


def test_a_thousand_articles(auditor, paragraphs, report, remark, tmp_path):
    """By the clock, since processor time of other processes is not ours."""
    files = []
    for seed in range(MANY):
        files.append(tmp_path / f"{seed:04}.txt")
        files[-1].write_text(article(paragraphs, 400, seed), encoding="utf-8")
    times, made, worked = [], [], []
    processes = max(2, len(os.sched_getaffinity(0)))
    for number in (1, processes):
        begin, before = time.perf_counter(), _processor_time()
        made.append([one.counts for one in audit_files(files, auditor, processes=number)])
        times.append(time.perf_counter() - begin)
        worked.append(_processor_time() - before)
    assert made[0] == made[1]
    one, several = times
    remark(
        f"audit, {MANY:,} articles: {processes} processes take {worked[1] / worked[0]:.2f} of the "
        f"processor time of one, all workers together"
    )
    report(f"audit, {MANY:,} articles, {processes} processes", several, "one process", one)


def _processor_time() -> float:
    """Of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
