"""RoB 2 (2019): from answers to signalling questions to domains, and from domains to a study.

The questions are in our own words and carry the tool's numbers, so that they can be held against
the official text. The algorithms are those of the tool's flow charts for the effect of assignment
to the intervention (Sterne et al. 2019, BMJ 366:l4898; Higgins et al., full guidance of 22 August
2019, figures and tables of sections 4 to 8; Cochrane Handbook chapter 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from weigh.errors import InputError, NotFoundError
from weigh.evidence.comparison import Judgement

__all__ = [
    "DOMAINS",
    "MANY_CONCERNS",
    "Answer",
    "Domain",
    "Question",
    "judge_domain",
    "overall",
]

Answer = Literal["Y", "PY", "PN", "N", "NI", "NA"]

_YES = frozenset({"Y", "PY"})
_NO = frozenset({"N", "PN"})

_ALWAYS: tuple[Answer, ...] = ("Y", "PY", "PN", "N", "NI")
_IF_ASKED: tuple[Answer, ...] = ("NA", "Y", "PY", "PN", "N", "NI")

#: From so many domains with some concerns on, the caution goes with the overall judgement that a
#: reviewer may find the risk high. The tool speaks of "multiple domains in a way that substantially
#: lowers confidence" and leaves that to people, and so do we: the count never raises the judgement
#: unless the caller asks for it. Three of five is our reading of "multiple".
MANY_CONCERNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A signalling question: the tool's number, our words, and what may be answered."""

    id: str
    text: str
    answers: tuple[Answer, ...] = _ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain of the tool, with its questions in order."""

    id: str
    label: str
    questions: tuple[Question, ...]


DOMAINS: tuple[Domain, ...] = (
    Domain(
        id="randomization_process",
        label="Randomization",
        questions=(
            Question(id="1.1", text="Did chance alone decide the order of allocation?"),
            Question(
                id="1.2", text="Was the next allocation hidden until the person was enrolled?"
            ),
            Question(id="1.3", text="Do differences at the start point to a failed randomization?"),
        ),
    ),
    Domain(
        id="deviations_from_intended_interventions",
        label="Deviations from the intended interventions",
        questions=(
            Question(id="2.1", text="Did the people in the trial know what they were given?"),
            Question(id="2.2", text="Did those who treated them know it?"),
            Question(
                id="2.3",
                text="Did care depart from the plan because people were in a trial?",
                answers=_IF_ASKED,
            ),
            Question(
                id="2.4", text="Could those departures have moved the outcome?", answers=_IF_ASKED
            ),
            Question(id="2.5", text="Were they alike in the groups?", answers=_IF_ASKED),
            Question(id="2.6", text="Does the analysis fit the effect of being assigned?"),
            Question(
                id="2.7",
                text="If not: could leaving the assigned groups have moved the result much?",
                answers=_IF_ASKED,
            ),
        ),
    ),
    Domain(
        id="missing_outcome_data",
        label="Missing outcome data",
        questions=(
            Question(id="3.1", text="Is the outcome known for all people, or nearly all?"),
            Question(
                id="3.2",
                text="If not: is there evidence that the gaps did not bias the result?",
                answers=("NA", "Y", "PY", "PN", "N"),
            ),
            Question(
                id="3.3",
                text="Could whether it is missing depend on its true value?",
                answers=_IF_ASKED,
            ),
            Question(id="3.4", text="Is it likely that it did?", answers=_IF_ASKED),
        ),
    ),
    Domain(
        id="measurement_of_outcome",
        label="Measurement of the outcome",
        questions=(
            Question(id="4.1", text="Was the outcome measured in an unsuitable way?"),
            Question(id="4.2", text="Could it have been measured differently in the groups?"),
            Question(
                id="4.3",
                text="Did those who assessed it know who had which intervention?",
                answers=_IF_ASKED,
            ),
            Question(
                id="4.4", text="Could knowing that have changed the assessment?", answers=_IF_ASKED
            ),
            Question(id="4.5", text="Is it likely that it did?", answers=_IF_ASKED),
        ),
    ),
    Domain(
        id="selection_of_reported_result",
        label="Selection of the reported result",
        questions=(
            Question(id="5.1", text="Was the analysis fixed before anyone saw unblinded results?"),
            Question(id="5.2", text="Was the result picked from several measurements?"),
            Question(id="5.3", text="Was the result picked from several analyses?"),
        ),
    ),
)

_BY_ID = {domain.id: domain for domain in DOMAINS}


def judge_domain(domain: str, answers: Mapping[str, Answer]) -> Judgement:
    """Follow the tool's flow chart for one domain.

    Parameters
    ----------
    domain
        Id of one of `DOMAINS`.
    answers
        Answers by the number of the question. A question that the chart does not reach may be left
        out or answered ``NA``; one that it does reach counts as ``NI`` where it is left out.

    Returns
    -------
    Judgement
        ``low``, ``some_concerns`` or ``high``: what the tool proposes; a reviewer may change it
        with a reason.

    Raises
    ------
    NotFoundError
        If there is no such domain or question.
    InputError
        If an answer is not among those that the question allows.
    """
    if domain not in _BY_ID:
        raise NotFoundError("RoB 2 domain", domain, _BY_ID)
    allowed = {question.id: question.answers for question in _BY_ID[domain].questions}
    for number, answer in answers.items():
        if number not in allowed:
            raise NotFoundError(f"signalling question of {domain}", number, allowed)
        if answer not in allowed[number]:
            raise InputError(
                f"Signalling question {number} of RoB 2 has the answer {answer!r}, which it does "
                f"not allow.",
                hint=f"Answer it with one of {', '.join(allowed[number])}.",
            )
    return _CHARTS[domain](_Answers(answers))


@dataclass(frozen=True, slots=True)
class _Answers:
    given: Mapping[str, Answer]

    def yes(self, number: str) -> bool:
        return self.given.get(number) in _YES

    def no(self, number: str) -> bool:
        return self.given.get(number) in _NO

    def unknown(self, number: str) -> bool:
        return not self.yes(number) and not self.no(number)


def _randomization(a: _Answers) -> Judgement:
    if a.no("1.2"):
        return "high"
    if a.unknown("1.2"):
        return "high" if a.yes("1.3") else "some_concerns"
    return "some_concerns" if a.no("1.1") or a.yes("1.3") else "low"


def _deviations(a: _Answers) -> Judgement:
    return _worst((_departures(a), _analysis(a)))


def _departures(a: _Answers) -> Judgement:
    if (a.no("2.1") and a.no("2.2")) or a.no("2.3"):
        return "low"
    if a.unknown("2.3") or a.no("2.4"):
        return "some_concerns"
    return "some_concerns" if a.yes("2.5") else "high"


def _analysis(a: _Answers) -> Judgement:
    if a.yes("2.6"):
        return "low"
    return "some_concerns" if a.no("2.7") else "high"


def _missing(a: _Answers) -> Judgement:
    if a.yes("3.1") or a.yes("3.2") or a.no("3.3"):
        return "low"
    return "some_concerns" if a.no("3.4") else "high"


def _measurement(a: _Answers) -> Judgement:
    if a.yes("4.1") or a.yes("4.2"):
        return "high"
    if a.no("4.3") or a.no("4.4"):
        # Nobody could be swayed; what remains is whether the groups were measured alike.
        return "low" if a.no("4.2") else "some_concerns"
    return "some_concerns" if a.no("4.5") else "high"


def _selection(a: _Answers) -> Judgement:
    if a.yes("5.2") or a.yes("5.3"):
        return "high"
    return "low" if a.yes("5.1") and a.no("5.2") and a.no("5.3") else "some_concerns"


_CHARTS = {
    "randomization_process": _randomization,
    "deviations_from_intended_interventions": _deviations,
    "missing_outcome_data": _missing,
    "measurement_of_outcome": _measurement,
    "selection_of_reported_result": _selection,
}


def _worst(judgements: tuple[Judgement, ...]) -> Judgement:
    for level in ("high", "some_concerns"):
        if level in judgements:
            return level
    return "low"


def overall(domains: Mapping[str, Judgement], *, high_from: int | None = None) -> Judgement:
    """Overall risk of bias of a result, from its domains.

    Low where all five domains are low, high where any is high, else some concerns.

    Parameters
    ----------
    domains
        Judgements by domain. One that is missing, or is ``no_information``, keeps the overall
        judgement from being low.
    high_from
        So many domains with some concerns make the risk high. None, the default: never; the tool
        leaves it to judgement (see `MANY_CONCERNS`).

    Returns
    -------
    Judgement
        ``no_information`` where nothing is of concern but some domain was not judged.
    """
    judged = [domains.get(domain.id, "no_information") for domain in DOMAINS]
    judged += [level for name, level in domains.items() if name not in _BY_ID]
    concerns = judged.count("some_concerns")
    if "high" in judged or (high_from is not None and concerns >= high_from):
        return "high"
    if concerns:
        return "some_concerns"
    return "no_information" if "no_information" in judged else "low"
