"""An answer is asked: its own sentences reply, or nothing does."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import weigh
from weigh.folder import example_folders
from weigh.workflow.asking import Asker

FOLDERS = {path.name: path for path in example_folders()}


@pytest.fixture(scope="module")
def asked():
    return {name: Asker(weigh.answer_question(weigh.load(p))) for name, p in FOLDERS.items()}


def _words(asker, question):
    return [reply.statement.text for reply in asker.ask(question).replies]


@pytest.mark.parametrize(
    ("folder", "question", "wanted"),
    [
        ("vitamin-k-peripheral-neuropathy", "Does vitamin K help with numbness?", "numbness"),
        ("vitamin-k-peripheral-neuropathy", "can I take it with warfarin", "warfarin"),
        ("vitamin-k-peripheral-neuropathy", "who paid for the studies?", "Synergia"),
        ("zinc-common-cold", "does zinc prevent colds", "risk of catching a cold"),
        ("zinc-common-cold", "does it shorten a cold?", "how long a cold lasts"),
        ("zinc-common-cold", "zinc and antibiotics", "antibiotics"),
    ],
)
def test_a_question_finds_the_sentence_that_replies(asked, folder, question, wanted):
    replies = _words(asked[folder], question)
    assert any(wanted in reply for reply in replies[:2])


@pytest.mark.parametrize("question", ["Does it cure cancer?", "the capital of France", "", "??"])
def test_what_the_answer_does_not_speak_of_has_no_reply(asked, question):
    for asker in asked.values():
        assert _words(asker, question) == []


@given(st.text(max_size=200))
def test_whatever_is_asked_only_sentences_of_the_answer_reply(question):
    asker = _zinc()
    own = {statement.id for statement in asker._statements}
    assert {reply.statement.id for reply in asker.ask(question).replies} <= own


@lru_cache
def _zinc():
    return Asker(weigh.answer_question(weigh.load(FOLDERS["zinc-common-cold"])))


@pytest.mark.parametrize(
    ("folder", "question", "wanted"),
    [
        # The 2 of "K2" is not that of "trial 2".
        ("zinc-common-cold", "K2-7", False),
        ("vitamin-k-peripheral-neuropathy", "K2-7", True),
        ("vitamin-k-peripheral-neuropathy", "TNF-α", True),
        ("zinc-common-cold", '"zinc', True),
    ],
)
def test_digits_alone_are_no_reply(asked, folder, question, wanted):
    assert bool(asked[folder].ask(question).replies) is wanted
