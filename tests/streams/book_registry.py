"""What the laws' books learn from the registry: who is there, with what, and when it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas import registry_facts as r
from schemas.turns import Turn
from tests.streams.book_entries import Team

if TYPE_CHECKING:
    from tests.streams.books import Books


def registered(books: Books, fact: r.OrganizationRegistered, turn: Turn) -> None:
    team = Team(place=fact.place, registration=fact.registration_class.value)
    team.units = {item.skill: item.units for item in fact.capabilities}
    books.teams[fact.organization] = team


def corrected(books: Books, fact: r.OrganizationCorrected, turn: Turn) -> None:
    team = books.teams[fact.organization]
    team.place, team.registration = fact.place, fact.registration_class.value


def capacity(books: Books, fact: r.CapacitySet, turn: Turn) -> None:
    team = books.teams[fact.organization]
    team.units = {item.skill: item.units for item in fact.capabilities}
    team.most, team.stated = fact.crews_most, turn.sequence


def hours(books: Books, fact: r.HoursSet, turn: Turn) -> None:
    team = books.teams[fact.organization]
    team.hours, team.leaves = fact.hours, fact.leaves


def safeguards(books: Books, fact: r.SafeguardsRecorded, turn: Turn) -> None:
    team = books.teams[fact.organization]
    team.adults, team.insured = fact.adults_only, fact.insured_through
    for ask in books.open_asks.values():
        if ask.team == fact.organization:
            ask.unproved = books.lines[ask.line].hazardous and team.unknown is not None


def enrollment(books: Books, fact: r.EnrollmentSet, turn: Turn) -> None:
    books.teams[fact.organization].enrolled = fact.enrolled


def duty(books: Books, fact: r.DutySet, turn: Turn) -> None:
    team = books.teams[fact.organization]
    team.on_duty, team.stated = fact.on_duty, turn.sequence


def certificate(books: Books, fact: r.CertificateRecorded, turn: Turn) -> None:
    word = fact.certificate
    books.teams[fact.organization].certificates[word.issuer, word.number] = (word, False)


def withdrawn(books: Books, fact: r.CertificateWithdrawn | r.IssuerWithdrawn, turn: Turn) -> None:
    number = getattr(fact, "number", None)
    named = getattr(fact, "organization", None)
    for key, team in books.teams.items():
        for (issuer, own), (word, _) in list(team.certificates.items()):
            if issuer == fact.issuer and number in (None, own) and named in (None, key):
                team.certificates[issuer, own] = (word, True)


def restored(books: Books, fact: r.ReachRestored, turn: Turn) -> None:
    books.teams[fact.organization].restored = turn.sequence


def reinstated(books: Books, fact: r.OrganizationReinstated, turn: Turn) -> None:
    books.teams[fact.organization].retired = False


LEARNERS: dict[type, Any] = {
    r.OrganizationRegistered: registered,
    r.OrganizationCorrected: corrected,
    r.CapacitySet: capacity,
    r.DutySet: duty,
    r.HoursSet: hours,
    r.SafeguardsRecorded: safeguards,
    r.EnrollmentSet: enrollment,
    r.ReachRestored: restored,
    r.CertificateRecorded: certificate,
    r.CertificateWithdrawn: withdrawn,
    r.IssuerWithdrawn: withdrawn,
}
