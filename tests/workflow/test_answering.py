"""The whole way, on the shipped examples: what the answer says, and that it says no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from orphans import orphan_numbers, wording_faults

import weigh
from weigh.evidence.answer import Answer
from weigh.evidence.statement import Statement
from weigh.folder import example_folders

FOLDERS = {folder.name: folder for folder in example_folders()}
#: Words that say more than evidence of any certainty bears (ux: words for certainty).
FORBIDDEN = re.compile(
    r"\b(significant(ly)?|proven|proves|promising|trend towards|is effective|are effective"
    r"|works for|is safe|breakthrough)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", params=sorted(FOLDERS))
def answer(request: pytest.FixtureRequest) -> Answer:
    return weigh.answer_question(weigh.load(FOLDERS[request.param]))


@pytest.fixture(scope="module")
def vitamin_k() -> Answer:
    return weigh.answer_question(weigh.load(FOLDERS["vitamin-k-peripheral-neuropathy"]))


def statements(answer: Answer) -> Iterator[Statement]:
    """Every statement of an answer, wherever it stands."""
    held: list[object] = [answer]
    while held:
        thing = held.pop()
        if isinstance(thing, Statement):
            yield thing
        elif isinstance(thing, tuple):
            held.extend(thing)
        elif hasattr(type(thing), "__slots__") and not isinstance(thing, (str, int, float)):
            fields = getattr(type(thing), "__dataclass_fields__", {})
            held.extend(getattr(thing, name) for name in fields if name != "trace")


def texts(answer: Answer) -> str:
    return "\n".join(statement.text for statement in statements(answer))


def test_no_number_in_any_statement_is_an_orphan(answer):
    faults = [fault for s in statements(answer) for fault in orphan_numbers(s, answer.trace)]

    assert faults == []


def test_every_statement_reads_as_a_sentence(answer):
    faults = {s.id: wording_faults(s.text) for s in statements(answer)}

    assert {name: found for name, found in faults.items() if found} == {}


def test_no_statement_of_an_effect_says_more_than_evidence_can(answer):
    own = [c.statement.text for c in answer.comparisons] + [
        s.text
        for s in (*answer.summary, *answer.key_points, *answer.conclusion, answer.verdict.sentence)
    ]

    assert [text for text in own if FORBIDDEN.search(re.sub(r"“[^”]*”", "", text))] == []


def test_one_id_is_one_sentence(answer):
    said: dict[str, str] = {}
    for s in statements(answer):
        assert said.setdefault(s.id, s.text) == s.text


def test_the_summary_is_short_and_the_key_points_are_five_to_eight(answer):
    assert sum(len(s.text.split()) for s in answer.summary) <= 80
    assert 4 <= len(answer.key_points) <= 8


def test_every_reference_that_a_number_rests_on_is_in_the_list(answer):
    known = {reference.id for reference in answer.references}
    used = {
        source
        for s in statements(answer)
        for node in s.because
        for source in answer.trace.sources(node)
    }

    assert used <= known


def test_the_same_folder_gives_the_same_bytes(answer):
    again = weigh.answer_question(weigh.load(FOLDERS[answer.question.id]))

    assert json.dumps(answer.to_dict()) == json.dumps(again.to_dict())


def test_answer_json_holds_the_fields_of_the_contract(answer):
    document = json.loads(json.dumps(answer.to_dict(), allow_nan=False))

    assert {
        "question",
        "searched",
        "version",
        "fingerprint",
        "verdict",
        "summary",
        "key_points",
        "background",
        "mechanisms",
        "comparisons",
        "forms",
        "safety",
        "subgroups",
        "gaps",
        "faq",
        "references",
        "disclaimer",
        "trace",
    } <= document.keys()
    assert {"direction", "certainty", "sentence"} <= document["verdict"].keys()
    for comparison in document["comparisons"]:
        assert {
            "id",
            "outcome",
            "comparator",
            "subgroup",
            "design",
            "measure",
            "k",
            "n",
            "pooled",
            "studies",
            "absolute",
            "certainty",
            "statement",
        } <= comparison.keys()
        assert {"rating", "start", "domains"} <= comparison["certainty"].keys()
        for study in comparison["studies"]:
            assert {"id", "yi", "vi", "ci_low", "ci_high", "weight", "n"} <= study.keys()
    for node in document["trace"]["nodes"].values():
        assert node["kind"] in ("datum", "computed")


def test_vitamin_k_has_one_randomised_pilot_and_says_where_its_reports_disagree(vitamin_k):
    text = vitamin_k.discrepancies[0].text

    assert text.startswith("Reports of Mehta 2021 disagree")
    assert "20" in text
    assert "70" in text
    assert any("1 randomised trial" in s.text for s in vitamin_k.counts)
    assert any("pilot" in s.text for story in vitamin_k.stories for s in story.cautions)


def test_vitamin_k_names_the_tie_to_the_maker_and_the_single_team(vitamin_k):
    (line,) = vitamin_k.independence

    assert line.text == (
        "3 studies, all from 1 research team; 3 have authors or funding tied to Synergia Life "
        "Sciences."
    )


def test_vitamin_k_puts_the_danger_with_anticoagulants_first_with_its_doses(vitamin_k):
    first = vitamin_k.safety.interactions[0]
    told = " ".join(s.text for s in first.statements)

    assert first.severity == "danger"
    assert "warfarin" in first.headline
    assert "10 mcg a day" in told
    assert "20 times the lowest dose" in told
    assert any("warfarin" in s.text for s in vitamin_k.summary)


def test_vitamin_k_mechanisms_stay_in_cells_and_animals(vitamin_k):
    assert {path.weakest_level for path in vitamin_k.mechanisms.paths} <= {"animal", "in-vitro"}
    assert not any(
        "helps people" in s.text and "do not show" not in s.text
        for s in vitamin_k.mechanisms.statements
    )


def test_the_cramp_trial_is_indirect_and_its_printed_interval_is_flagged(vitamin_k):
    (cramps,) = [c for c in vitamin_k.comparisons if c.id == "leg-cramps"]
    flags = [s.text for s in vitamin_k.integrity if "Tan 2024" in s.text]

    assert not cramps.direct
    assert cramps.statement.text.startswith("Indirect evidence: ")
    assert any("−2.86 to −2.49" in text and "−3.19 to −2.15" in text for text in flags)


def test_vitamin_k_says_that_nothing_could_be_pooled_and_why(vitamin_k):
    (gap,) = [s.text for s in vitamin_k.gaps if s.text.startswith("Nothing could be pooled")]

    assert "no standard deviations" in gap


def test_the_faq_answers_the_questions_that_such_a_page_is_asked(vitamin_k):
    asked = {entry.id for entry in vitamin_k.faq}

    assert {
        f"faq.{key}"
        for key in ("form", "people", "works", "residual", "compare", "risks", "food", "time")
    } <= asked


def test_nothing_about_an_example_stands_in_the_package():
    """Words about an intervention come from its folder; another folder gives another page.

    The audit reads articles on anything, so its lexicons know words of health in general (a
    vitamin, warfarin as a drug that interacts); what belongs to the examples alone they do not.
    """
    from pathlib import Path

    package = Path(weigh.__file__).parent
    named = re.compile(r"vitamin|neuropath|lipoic|zinc|warfarin|menaquin", re.IGNORECASE)
    own = re.compile(r"lipoic|menaquin|\bmk-?[47]\b|k2-7|gas6|synergia|sydney", re.IGNORECASE)
    lexicons = [p for p in (package / "audit").rglob("*.yaml") if own.search(p.read_text("utf-8"))]
    assert lexicons == []
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in sorted(package.rglob("*"))
        if path.suffix in (".py", ".html", ".js", ".yaml", ".csv")
        and not {"examples", "audit"} & set(path.parts)
        for line in path.read_text(encoding="utf-8").splitlines()
        if named.search(line)
    ]
    names = "vitamin-k-peripheral-neuropathy", "alpha-lipoic-acid", "zinc-common-cold"

    assert [line for line in found if not any(name in line for name in names)] == []
