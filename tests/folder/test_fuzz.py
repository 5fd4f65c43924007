"""Whatever a file holds, the outcome is the evidence or a list of faults, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.errors import EvidenceError, Fault
from weigh.evidence.folder import Evidence
from weigh.folder import check, example_folders, load
from weigh.folder.files import FILES

SEEDS = {
    path.name: path.read_bytes()
    for path in reversed([p for folder in example_folders() for p in folder.iterdir()])
    if path.name in FILES
}
names = st.sampled_from(sorted(FILES))
snippets = st.sampled_from(
    [
        *rb"""\n|,|"|: |- |[|]|{|}|&a |*a|!!x |#|null|1e999|-0|true|'|---|\u0000""".split(b"|"),
        *(b"\n", b"\t", b"\xff", b"\0", b"\x85", b"|\n", "\u202e".encode()),
    ]
)


def outcome(files: dict[str, bytes]) -> Evidence | tuple[Fault, ...]:
    with tempfile.TemporaryDirectory() as home:
        for name, data in files.items():
            (Path(home) / name).write_bytes(data)
        faults = check(home)
        if not faults:
            return load(home)
        assert all(str(fault).isprintable() for fault in faults)
        with pytest.raises(EvidenceError):
            load(home)
        return faults


@settings(max_examples=150)
@given(names, st.binary(max_size=300))
def test_random_bytes_in_any_file_are_faults(name, data):
    outcome({"question.yaml": SEEDS["question.yaml"], name: data})


@settings(max_examples=150)
@given(names, st.text(max_size=300))
def test_random_text_in_any_file_is_a_fault(name, text):
    outcome({"question.yaml": SEEDS["question.yaml"], name: text.encode("utf-8", "surrogatepass")})


@settings(max_examples=100)
@given(st.data())
def test_a_real_file_with_a_random_slip_is_read_or_told(data):
    name = data.draw(st.sampled_from(sorted(SEEDS)))
    seed = SEEDS[name][:4000]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(seed)))
        gone = data.draw(st.integers(0, 5))
        seed = seed[:at] + data.draw(snippets) + seed[at + gone :]

    outcome({"question.yaml": SEEDS["question.yaml"], name: seed})
