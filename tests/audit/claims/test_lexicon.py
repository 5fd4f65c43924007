"""Every entry of the lexicons fires on its example and leaves its counter-example alone."""

from __future__ import annotations

import pytest

from weigh.audit.claims.lexicon import Entry, lexicon, matches
from weigh.evidence.claim import CausalClass, CueKind

ENTRIES = lexicon().entries


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.kind.value}: {e.words[0]}")
def test_an_entry_fires_on_its_example_and_not_on_its_counter_example(entry: Entry) -> None:
    assert any(hit.entry is entry for hit in matches(entry.example))
    assert not any(hit.entry is entry for hit in matches(entry.counter))


def test_every_kind_of_cue_has_a_lexicon():
    assert {entry.kind for entry in ENTRIES} == set(CueKind)


def test_every_relation_has_a_causal_class():
    relational = {CueKind.CAUSAL, CueKind.CORRELATIONAL, CueKind.SOFT}
    assert all(entry.class_ is not None for entry in ENTRIES if entry.kind in relational)
    correlational = [e for e in ENTRIES if e.kind is CueKind.CORRELATIONAL]
    assert all(entry.class_ is CausalClass.CORRELATIONAL for entry in correlational)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("It was well-tolerated.", CueKind.SAFETY, "=well tolerated"),
        ("It was well tolerated.", CueKind.SAFETY, "=well tolerated"),
        ("A randomised trial was run.", CueKind.DESIGN, "=randomized"),
        ("It lowers pain.", CueKind.CAUSAL, "lower/v"),
        ("Coffee worsened the pain.", CueKind.CAUSAL, "worsen/v"),
    ],
)
def test_hyphens_spellings_and_forms_make_no_difference(text, kind, words):
    assert any(hit.kind is kind and hit.pattern == words for hit in matches(text))


def test_a_noun_is_no_verb():
    assert not any(hit.pattern == "increase/v" for hit in matches("The increase was small."))
    assert any(hit.pattern == "increase/v" for hit in matches("Statins increase the risk."))
