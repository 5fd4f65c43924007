"""The locks in requirements/ are complete, agree with each other, and name no place."""

from __future__ import annotations

import re
import tomllib
from itertools import chain, pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(lock: Path) -> dict[str, str]:
    """Return the version of each package that a lock names."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    found = [PINNED.match(line) for line in lines]
    return {match["name"]: match["version"] for match in found if match}


def test_there_is_a_lock_for_each_job():
    assert [lock.stem for lock in LOCKS] == [
        "bench",
        "build",
        "dev",
        "docs",
        "lowest",
        "run",
        "test",
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_nothing_but_exact_versions_and_hashes(lock):
    """No address, host, index option or path of a machine: those would tie it to one place."""
    first, *lines = lock.read_text(encoding="utf-8").splitlines()

    assert first.startswith("# ")
    assert [line for line in lines if not PINNED.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_each_pin_is_followed_by_a_hash(lock):
    lines = lock.read_text(encoding="utf-8").splitlines()

    followed = [HASH.match(after) for line, after in pairwise(lines) if PINNED.match(line)]

    assert all(followed)
    assert followed


def test_a_package_has_one_version_in_all_locks_and_on_every_python():
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        if lock.stem == "lowest":
            continue  # old on purpose
        for line in lock.read_text(encoding="utf-8").splitlines():
            if match := PINNED.match(line):
                versions.setdefault(match["name"], set()).add(match["version"])

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_lowest_holds_the_lower_bound_of_each_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [
        *project["dependencies"],
        *chain.from_iterable(project["optional-dependencies"].values()),
    ]
    held = pins(ROOT / "requirements" / "lowest.txt")

    missed = [
        need.name
        for need in map(Requirement, needs)
        for bound in need.specifier
        if bound.operator == ">="
        and not held[canonicalize_name(need.name)].startswith(bound.version)
    ]

    assert missed == []


def test_the_locks_satisfy_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {
        "run": project["project"]["dependencies"],
        "build": project["build-system"]["requires"],
        "test": [
            need for needs in project["project"]["optional-dependencies"].values() for need in needs
        ],
    }

    unmet = [
        str(need)
        for lock, needs in asked.items()
        for need in map(Requirement, needs)
        if not need.specifier.contains(
            pins(ROOT / "requirements" / f"{lock}.txt").get(canonicalize_name(need.name), "0")
        )
    ]

    assert unmet == []
