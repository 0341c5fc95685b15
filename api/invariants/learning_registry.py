"""What each fact of the registry changes: who may act, and what organizations can do."""

from __future__ import annotations

from collections.abc import Callable

from api.invariants.entries import Grant, Organization
from api.invariants.ledger import Ledger
from api.invariants.record import Fact


def _opened(ledger: Ledger, fact: Fact) -> None:
    ledger.purpose = fact["purpose"]


def _granted(ledger: Ledger, fact: Fact) -> None:
    names = ("role", "division", "organization", "village", "until", "confirm_by")
    held = ledger.grants.setdefault(fact["account"], [])
    held.append(Grant(**{name: fact[name] for name in names}))


def _confirmed(ledger: Ledger, fact: Fact) -> None:
    for grant in ledger.grants.get(fact["account"], ()):
        waits = grant.confirm_by is not None and fact["at"] < grant.confirm_by
        if fact["link"] is None and grant.role == fact["role"] and waits:
            grant.confirm_by = None


def _grant_ended(ledger: Ledger, fact: Fact) -> None:
    for grant in ledger.grants.get(fact["account"], ()):
        grant.ended = grant.ended or grant.role == fact["role"]


def _registered(ledger: Ledger, fact: Fact) -> None:
    units = {one["skill"]: one["units"] for one in fact["capabilities"]}
    ledger.organizations[fact["organization"]] = Organization(units, fact["home"], fact["village"])


def _corrected(ledger: Ledger, fact: Fact) -> None:
    organization = ledger.organizations[fact["organization"]]
    organization.home, organization.village = fact["home"], fact["village"]


def _capacity(ledger: Ledger, fact: Fact) -> None:
    organization = ledger.organizations[fact["organization"]]
    organization.units = {one["skill"]: one["units"] for one in fact["capabilities"]}
    organization.most = fact["crews_most"]


def _certified(ledger: Ledger, fact: Fact) -> None:
    word = fact["certificate"]
    organization = ledger.organizations[fact["organization"]]
    organization.certificates[word["issuer"], word["number"]] = word


def _uncertified(ledger: Ledger, fact: Fact) -> None:
    known = ledger.organizations[fact["organization"]].certificates
    known.pop((fact["issuer"], fact["number"]), None)


def _issuer_withdrawn(ledger: Ledger, fact: Fact) -> None:
    for organization in ledger.organizations.values():
        known = organization.certificates
        for key in [key for key in known if key[0] == fact["issuer"]]:
            del known[key]


def _safeguards(ledger: Ledger, fact: Fact) -> None:
    organization = ledger.organizations[fact["organization"]]
    organization.adults_only = fact["adults_only"]
    organization.insured_through = fact["insured_through"]


def _enrollment(ledger: Ledger, fact: Fact) -> None:
    ledger.organizations[fact["organization"]].enrolled = fact["enrolled"]


def _retired(ledger: Ledger, fact: Fact) -> None:
    ledger.organizations[fact.get("merged") or fact["organization"]].retired = True


def _reinstated(ledger: Ledger, fact: Fact) -> None:
    ledger.organizations[fact.get("merged") or fact["organization"]].retired = False


REGISTRY: dict[str, Callable[[Ledger, Fact], None]] = {
    "LogOpened": _opened,
    "RoleGranted": _granted,
    "GrantEnded": _grant_ended,
    "AccessConfirmed": _confirmed,
    "OrganizationRegistered": _registered,
    "OrganizationCorrected": _corrected,
    "CapacitySet": _capacity,
    "CertificateRecorded": _certified,
    "CertificateWithdrawn": _uncertified,
    "IssuerWithdrawn": _issuer_withdrawn,
    "SafeguardsRecorded": _safeguards,
    "EnrollmentSet": _enrollment,
    "OrganizationRetired": _retired,
    "OrganizationReinstated": _reinstated,
    "OrganizationsMerged": _retired,
    "OrganizationsSeparated": _reinstated,
}
