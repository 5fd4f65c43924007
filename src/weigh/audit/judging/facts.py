"""Rules on facts: NUMBER and DESIGN. What is told of a study is held against its record."""

from __future__ import annotations

from weigh.audit.judging.case import Case
from weigh.audit.judging.checks import Check
from weigh.evidence.audit import AuditVerdict, Firing

__all__ = ["all_checks", "design", "number"]


def all_checks(case: Case) -> tuple[Check, ...]:
    """Every fact of the claim that the folder speaks to."""
    return case.checks


def number(case: Case) -> Firing | None:
    """NUMBER: a count, dose, time, year or effect that is not the one on record.

    Source: the comparison of facts of SciFact, refuting evidence.
    """
    return _contradicted(case, "NUMBER")


def design(case: Case) -> Firing | None:
    """DESIGN: a study called randomised, controlled, blind, observational or large that is not.

    Source: Lazarus et al. 2015, misdescribed design.
    """
    return _contradicted(case, "DESIGN")


def _contradicted(case: Case, rule: str) -> Firing | None:
    wrong = [check for check in all_checks(case) if check.rule == rule and not check.agrees]
    if not wrong:
        return None
    check = wrong[0]
    if case.studies:
        template = "{words} is not what the record of {study} says ({what}): {known}"
    else:
        template = "{words} is not what is on record ({what}): {known}"
    return case.fire(
        rule,
        AuditVerdict.CONTRADICTED,
        "major",
        check.span,
        template,
        words=case.said(check.span),
        study=case.named(case.studies[:1]) if case.studies else "",
        what=check.what,
        known=check.known,
    )
