"""Whoever is asked can do it: the skill, the grade in force that day, and what hazard requires."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.invariants.law import Breaches, Invariant
from api.invariants.ledger import Ledger
from api.invariants.record import Fact

CHINA = timedelta(hours=8)


def _day(at: int) -> str:
    return (datetime.fromtimestamp(at / 1000, UTC) + CHINA).date().isoformat()


def _graded(certificate: Fact, skill: str, grade: int, day: str) -> bool:
    """Grade 1 is the highest; a certificate is in force on its first and its last day."""
    starts = certificate["valid_from"]
    in_force = (starts is None or starts <= day) and day <= certificate["valid_through"]
    return bool(certificate["skill"] == skill and certificate["grade"] <= grade and in_force)


def _asked(ledger: Ledger, fact: Fact) -> Breaches:
    line = ledger.lines[fact["line"]]
    organization, day = ledger.organizations[fact["organization"]], _day(ledger.turn.at)
    if organization.retired:
        yield f"organization {fact['organization']} is asked, and is retired"
    if fact["quantity"] > organization.units.get(line.skill, 0):
        yield f"organization {fact['organization']} is asked for more than it has"
    held = organization.certificates.values()
    grade = line.grade
    if grade is not None and not any(_graded(one, line.skill, grade, day) for one in held):
        yield f"organization {fact['organization']} is asked without the grade in force"
    insured = organization.insured_through
    ended = insured is not None and insured < day
    if line.hazardous and (ended or organization.adults_only is False):
        yield f"organization {fact['organization']} is asked for hazardous work, and is not fit"


QUALIFIED = Invariant(
    "qualified",
    "被请求的组织当时具备所需技能、有效证书与安全条件。",
    "Whoever is asked has the skill, the grade and the safeguards, at that time.",
    {"OfferSent": (_asked,)},
)
