"""Names from a folder and names from an article itself."""

from __future__ import annotations

from pathlib import Path

from plain_articles import article_of

from weigh.audit.claims.vocabulary import Term, TermKind, Vocabulary, stem
from weigh.audit.claims.words import words_in
from weigh.folder import load

EXAMPLES = Path(__file__).parents[3] / "examples"


def named(vocabulary: Vocabulary, text: str) -> dict[str, str]:
    """The ids found in a text with the words that name them."""
    words = words_in(text)
    return {
        m.term.id: " ".join(w.text for w in words[m.first : m.last])
        for m in vocabulary.mentions(words)
    }


def test_a_folder_names_intervention_forms_people_outcomes_and_drugs():
    vocabulary = Vocabulary.of(load(EXAMPLES / "vitamin-k-peripheral-neuropathy"))
    kinds = {term.kind for term in vocabulary.terms}

    assert not vocabulary.own
    assert kinds == set(TermKind)
    assert "intervention" in named(vocabulary, "Vitamin K eases pain.")
    assert "population" in named(vocabulary, "Some people have peripheral neuropathy.")


def test_hyphens_plurals_and_capitals_make_no_difference():
    terms = (Term(kind=TermKind.FORM, id="mk7", names=("MK-7", "vitamin K2-7", "menaquinone-7")),)
    vocabulary = Vocabulary(terms)

    for spelling in ("MK-7", "mk7 is not, but MK 7 is", "Vitamin K2-7", "menaquinone 7"):
        assert "mk7" in named(vocabulary, spelling)
    assert named(vocabulary, "vitamin K1") == {}


def test_the_longer_name_wins_within_a_kind():
    vocabulary = Vocabulary(
        (
            Term(kind=TermKind.INTERVENTION, id="k", names=("vitamin K",)),
            Term(kind=TermKind.INTERVENTION, id="kd", names=("vitamin K and D",)),
        )
    )

    assert list(named(vocabulary, "Vitamin K and D together")) == ["kd"]


def test_an_article_names_its_own_topic():
    article = article_of(
        "Does ginger help with nausea?\n\nGinger is a root. Ginger tea may ease nausea in "
        "pregnancy. Ginger capsules are sold everywhere. Pregnancy nausea is common."
    )
    vocabulary = Vocabulary.from_article(article)

    assert vocabulary.own
    assert [t.id for t in vocabulary.of_kind(TermKind.INTERVENTION)] == ["ginger"]
    assert "nausea" in [t.id for t in vocabulary.of_kind(TermKind.OUTCOME)]


def test_an_article_without_a_title_or_words_has_names_enough():
    assert Vocabulary.from_article(article_of("", title="")).terms == ()


def test_the_plural_is_taken_off_and_nothing_else():
    assert [stem(w) for w in ("cramps", "studies", "classes", "virus", "basis", "gas")] == [
        "cramp",
        "study",
        "class",
        "virus",
        "basis",
        "gas",
    ]
