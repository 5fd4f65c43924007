"""A judgement changed: proposed, looked at, saved whole or not at all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from weigh.errors import ChangedError, EvidenceError, InputError
from weigh.folder import check, example_folders, fingerprint, load
from weigh.folder.judging import HISTORY, BiasEdit, CertaintyEdit, history, propose, save

TODAY = date(2026, 11, 25)
VITAMIN_K = next(p for p in example_folders() if p.name == "vitamin-k-peripheral-neuropathy")

BIAS = BiasEdit(
    study="mehta-2021",
    domain="randomization_process",
    judgement="low",
    reason="The authors sent us the list, made by a computer, with sealed envelopes.",
    by="R. Reviewer",
    source="mehta2021",
)
CERTAINTY = CertaintyEdit(
    comparison="leg-cramps",
    domain="indirectness",
    levels=-1,
    reason='One step is enough: cramps are "near" to it.',
    by="R. Reviewer",
)


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(VITAMIN_K, tmp_path / "vitamin-k"))


def judgement_of(folder, domain="randomization_process"):
    rows = load(folder).risk_of_bias
    return next(r for r in rows if r.study == "mehta-2021" and r.domain == domain)


def test_a_proposal_writes_nothing_and_shows_what_would_follow(folder):
    before = fingerprint(folder)
    proposal = propose(folder, BIAS, today=TODAY)
    assert fingerprint(folder) == before
    assert not (folder / HISTORY).exists()
    assert (proposal.before, proposal.after) == ("some_concerns", "low")
    row = next(
        r
        for r in proposal.evidence.risk_of_bias
        if (r.study, r.domain) == ("mehta-2021", "randomization_process")
    )
    assert row.judgement == "low"


def test_a_row_is_replaced_and_every_other_line_stays_as_it_was(folder):
    before = (folder / "risk_of_bias.csv").read_text().splitlines()
    save(propose(folder, BIAS, today=TODAY), today=TODAY)
    after = (folder / "risk_of_bias.csv").read_text().splitlines()
    assert len(before) == len(after)
    assert [one for one, other in zip(before, after, strict=True) if one != other] == [before[1]]
    row = judgement_of(folder)
    assert (row.judgement, row.support) == ("low", BIAS.reason)
    assert row.note == "Judged by R. Reviewer, 2026-11-25."
    assert check(folder) == ()


def test_a_judgement_that_was_not_there_is_added(folder):
    (folder / "risk_of_bias.csv").unlink()
    save(propose(folder, BIAS, today=TODAY), today=TODAY)
    assert judgement_of(folder).judgement == "low"


def test_a_certainty_is_added_and_changed_again_with_comments_kept(folder):
    note = "# Kept.\n"
    save(propose(folder, CERTAINTY, today=TODAY), today=TODAY)
    path = folder / "certainty.yaml"
    path.write_text(note + path.read_text() + note)
    again = CertaintyEdit(**{**_values(CERTAINTY), "levels": 0, "reason": "No step."})
    save(propose(folder, again, today=TODAY), today=TODAY)
    assert path.read_text().startswith(note)
    assert path.read_text().endswith(note)
    [override] = load(folder).overrides
    assert (override.levels, override.reason, override.by) == (0, "No step.", "R. Reviewer")


def _values(edit):
    return {name: getattr(edit, name) for name in edit.__slots__}


def test_what_was_changed_by_whom_and_why_is_kept(folder):
    save(propose(folder, BIAS, today=TODAY), today=TODAY)
    save(propose(folder, CERTAINTY, today=TODAY), today=TODAY)
    first, second = history(folder)
    assert (first["by"], first["from"], first["to"]) == ("R. Reviewer", "some_concerns", "low")
    assert first["reason"] == BIAS.reason
    assert (second["what"], second["from"], second["to"]) == (
        "leg-cramps, indirectness",
        None,
        "-1",
    )
    assert fingerprint(folder) == load(folder).fingerprint
    assert check(folder) == ()


def test_a_folder_that_was_changed_meanwhile_is_never_overwritten(folder):
    proposal = propose(folder, BIAS, today=TODAY)
    path = folder / "risk_of_bias.csv"
    path.write_text(path.read_text().replace("some_concerns", "high", 1))
    held = path.read_text()
    with pytest.raises(ChangedError, match="was changed on disk since you looked at it"):
        save(proposal, today=TODAY)
    assert path.read_text() == held
    assert not (folder / HISTORY).exists()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"reason": " "}, InputError, "A judgement needs a reason; found none."),
        ({"by": ""}, InputError, "A judgement needs a name; found none."),
        ({"study": "nobody"}, EvidenceError, "nobody"),
        ({"judgement": "excellent"}, EvidenceError, "excellent"),
        ({"source": "nowhere"}, EvidenceError, "nowhere"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(folder, change, error, words):
    before = fingerprint(folder)
    with pytest.raises(error) as told:
        propose(folder, BiasEdit(**{**_values(BIAS), **change}), today=TODAY)
    assert words in str(told.value)
    assert fingerprint(folder) == before


SAVER = """
import sys
from datetime import date
from pathlib import Path
from weigh.folder.judging import BiasEdit, propose, save
print("ready", flush=True)
turn = 0
while True:
    turn += 1
    edit = BiasEdit(study="mehta-2021", domain="randomization_process", by="R.",
                    judgement=("low", "high")[turn % 2], reason=f"Turn {turn}.", source="mehta2021")
    today = date(2026, 11, 25)
    save(propose(Path(sys.argv[1]), edit, today=today), today=today)
"""


def test_killed_at_any_moment_the_folder_holds_the_old_state_or_the_new_one(folder, tmp_path):
    own = {**os.environ, "TMPDIR": str(tmp_path)}  # what a killed process leaves behind
    chance = random.Random(7)
    for _ in range(50):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(folder)], stdout=subprocess.PIPE, text=True, env=own
        )
        assert saver.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.12))
        saver.send_signal(signal.SIGKILL)
        saver.wait()
        saver.stdout.close()
        assert check(folder) == ()
        assert judgement_of(folder).judgement in ("some_concerns", "low", "high")
        done = history(folder)
        if done:
            assert done[-1]["to"] == judgement_of(folder).judgement
            assert done[-1]["reason"] == judgement_of(folder).support
