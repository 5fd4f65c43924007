"""RoB 2: each way through the flow charts, and the overall judgement."""

from __future__ import annotations

from itertools import product

import pytest
from builders import ROB2

from weigh.appraisal import rob2
from weigh.errors import InputError, NotFoundError

D1, D2, D3, D4, D5 = ROB2


def judge(domain: str, words: str) -> str:
    """Judge from ``1.1=Y 1.2=N``."""
    return rob2.judge_domain(domain, dict(pair.split("=") for pair in words.split()))


@pytest.mark.parametrize(
    ("domain", "answers", "judgement"),
    [
        (D1, "1.1=Y 1.2=Y 1.3=N", "low"),
        (D1, "1.1=NI 1.2=PY 1.3=NI", "low"),
        (D1, "1.1=PN 1.2=Y 1.3=N", "some_concerns"),
        (D1, "1.1=Y 1.2=Y 1.3=PY", "some_concerns"),
        (D1, "1.1=Y 1.2=NI 1.3=PN", "some_concerns"),
        (D1, "1.1=NI 1.2=NI 1.3=NI", "some_concerns"),
        (D1, "1.1=Y 1.2=NI 1.3=Y", "high"),
        (D1, "1.1=Y 1.2=PN 1.3=N", "high"),
        (D2, "2.1=N 2.2=PN 2.6=Y", "low"),
        (D2, "2.1=Y 2.2=N 2.3=PN 2.6=Y", "low"),
        (D2, "2.1=Y 2.2=Y 2.3=NI 2.6=Y", "some_concerns"),
        (D2, "2.1=Y 2.2=Y 2.3=Y 2.4=N 2.6=Y", "some_concerns"),
        (D2, "2.1=NI 2.2=N 2.3=Y 2.4=Y 2.5=Y 2.6=Y", "some_concerns"),
        (D2, "2.1=Y 2.2=Y 2.3=PY 2.4=NI 2.5=NI 2.6=Y", "high"),
        (D2, "2.1=N 2.2=N 2.6=N 2.7=PN", "some_concerns"),
        (D2, "2.1=N 2.2=N 2.6=NI 2.7=NI", "high"),
        (D2, "2.1=Y 2.2=Y 2.3=Y 2.4=N 2.6=N 2.7=Y", "high"),
        (D3, "3.1=Y", "low"),
        (D3, "3.1=N 3.2=Y", "low"),
        (D3, "3.1=NI 3.2=N 3.3=N", "low"),
        (D3, "3.1=N 3.2=PN 3.3=Y 3.4=N", "some_concerns"),
        (D3, "3.1=N 3.2=N 3.3=NI 3.4=NI", "high"),
        (D4, "4.1=N 4.2=N 4.3=N", "low"),
        (D4, "4.1=NI 4.2=N 4.3=Y 4.4=N", "low"),
        (D4, "4.1=N 4.2=N 4.3=Y 4.4=Y 4.5=N", "some_concerns"),
        (D4, "4.1=N 4.2=N 4.3=Y 4.4=Y 4.5=NI", "high"),
        (D4, "4.1=N 4.2=NI 4.3=N", "some_concerns"),
        (D4, "4.1=N 4.2=NI 4.3=Y 4.4=N", "some_concerns"),
        (D4, "4.1=N 4.2=NI 4.3=Y 4.4=NI 4.5=PN", "some_concerns"),
        (D4, "4.1=N 4.2=NI 4.3=Y 4.4=NI 4.5=Y", "high"),
        (D4, "4.1=PY 4.2=N 4.3=N", "high"),
        (D4, "4.1=N 4.2=PY 4.3=N", "high"),
        (D5, "5.1=Y 5.2=N 5.3=PN", "low"),
        (D5, "5.1=NI 5.2=N 5.3=N", "some_concerns"),
        (D5, "5.1=Y 5.2=NI 5.3=N", "some_concerns"),
        (D5, "5.1=Y 5.2=Y 5.3=N", "high"),
        (D5, "5.1=Y 5.2=NI 5.3=PY", "high"),
    ],
)
def test_each_path_of_the_flow_charts(domain: str, answers: str, judgement: str) -> None:
    assert judge(domain, answers) == judgement


@pytest.mark.parametrize("domain", ROB2)
def test_probably_counts_like_certainly(domain: str) -> None:
    """The tool gives "probably" the same weight, so swapping it in changes no judgement."""
    numbers = [question.id for d in rob2.DOMAINS if d.id == domain for question in d.questions]
    probably = {"Y": "PY", "N": "PN"}
    for answers in product(("Y", "N"), repeat=len(numbers)):
        sure = dict(zip(numbers, answers, strict=True))
        unsure = {number: probably[answer] for number, answer in sure.items()}

        assert rob2.judge_domain(domain, sure) == rob2.judge_domain(domain, unsure)


@pytest.mark.parametrize("domain", ROB2)
def test_a_domain_without_any_answer_is_never_low(domain: str) -> None:
    assert rob2.judge_domain(domain, {}) != "low"


def test_an_answer_that_the_question_does_not_allow_is_refused() -> None:
    with pytest.raises(InputError, match=r"question 3\.2 .* 'NI'"):
        judge(D3, "3.1=N 3.2=NI")


def test_an_unknown_question_or_domain_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r"'1\.4'"):
        judge(D1, "1.4=Y")
    with pytest.raises(NotFoundError, match="missing_outcome_data"):
        judge("missing_outcome", "3.1=Y")


def five(*levels: str) -> dict[str, str]:
    return dict(zip(ROB2, levels, strict=False))


def test_overall_is_low_only_where_all_five_are() -> None:
    assert rob2.overall(five(*["low"] * 5)) == "low"
    assert rob2.overall(five(*["low"] * 4, "some_concerns")) == "some_concerns"
    assert rob2.overall(five(*["low"] * 4)) == "no_information"


def test_one_high_domain_makes_it_high() -> None:
    assert rob2.overall(five("no_information", "some_concerns", "low", "low", "high")) == "high"


def test_many_concerns_make_it_high_only_on_request() -> None:
    two = five("some_concerns", "some_concerns", "low", "low", "low")
    three = five("some_concerns", "some_concerns", "some_concerns", "low", "low")

    assert rob2.overall(three) == "some_concerns"
    assert rob2.overall(three, high_from=3) == "high"
    assert rob2.overall(two, high_from=3) == "some_concerns"


def test_no_information_is_a_judgement_of_its_own() -> None:
    assert rob2.overall(five(*["low"] * 4, "no_information")) == "no_information"
    assert rob2.overall(five("some_concerns", *["no_information"] * 4)) == "some_concerns"
