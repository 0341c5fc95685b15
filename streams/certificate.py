"""Certificates: verified grades of organizations, by standard, issuer and number.

The latest word on a number counts, be it higher or lower; a number names one certificate, and so
one organization, unless a steward insists that two hold it. Grades are of organizations registered
with civil affairs (应急〔2024〕83号, Article 2); a person's grade or a city's own is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from schemas.codes import SKILLS
from schemas.commands import RecordCertificate, WithdrawCertificate, WithdrawIssuer
from schemas.refusals import Refusal
from schemas.registry_facts import CertificateRecorded, CertificateWithdrawn, IssuerWithdrawn
from schemas.values import Certificate, DivisionCode, OrganizationId, RegistrationClass
from streams.area import Area, Registry
from streams.cause import Cause, Decision, Refused
from streams.days import start_of
from streams.entities import HeldCertificate, Organization
from streams.orderings import spelled
from streams.organization import may_be_able, stayed_of
from streams.policy import steward_of

CertificateFact = CertificateRecorded | CertificateWithdrawn | IssuerWithdrawn


def record(area: Area, command: RecordCertificate, cause: Cause) -> Decision:
    certificate = command.certificate
    skill = SKILLS.get(certificate.skill)
    if skill is None:
        return Refused(Refusal.SKILL_UNKNOWN)
    if not skill.graded:
        return Refused(Refusal.SKILL_GRADE_UNFIT)
    if certificate.standard != skill.standard:
        return Refused(Refusal.STANDARD_UNFIT)
    if not _valid(certificate):
        return Refused(Refusal.VALIDITY_UNFIT)
    holder = area.registry.organizations[command.organization]
    if holder.registration_class is not RegistrationClass.REGISTERED:
        return Refused(Refusal.CLASS_UNFIT, (holder.id,))
    if _distrusted(area, certificate.issuer, cause):
        return Refused(Refusal.ISSUER_WITHDRAWN)
    other = _other_holder(area.registry, certificate, holder.id)
    if other is not None and not command.insist:
        return Refused(Refusal.CERTIFICATE_EXISTS, (other,))
    return [
        CertificateRecorded(organization=command.organization, certificate=certificate, at=cause.at)
    ]


def _other_holder(
    registry: Registry, certificate: Certificate, own: OrganizationId
) -> OrganizationId | None:
    """Who has that issuer's number on record, where this organization has not: the first one.

    What was withdrawn names nobody: an entry for the wrong one is put right by that.
    """
    name = (spelled(certificate.issuer), spelled(certificate.number))
    holders = [stayed_of(registry, key) for key in registry.certified.of(name)]
    return None if own in holders else next(iter(holders), None)


def _distrusted(area: Area, issuer: str, cause: Cause) -> bool:
    """Whether the issuer was withdrawn, and the actor is none of those who may do that."""
    if spelled(issuer) not in area.registry.withdrawn:
        return False
    return not steward_of(area, cause.actor, DivisionCode(area.id), cause.at)


def _valid(certificate: Certificate) -> bool:
    """Both are days of the calendar, and the first is not behind the last."""
    try:
        last = start_of(certificate.valid_through)
        first = last if certificate.valid_from is None else start_of(certificate.valid_from)
    except ValueError:
        return False
    return first <= last


def withdraw(area: Area, command: WithdrawCertificate, cause: Cause) -> Decision:
    holder = area.registry.organizations[command.organization]
    named = [item for item in holder.certificates if _names(item, command.issuer, command.number)]
    if not named:
        return Refused(Refusal.CERTIFICATE_UNKNOWN)
    if named[0].withdrawn:
        return []
    return [
        CertificateWithdrawn(
            organization=holder.id, issuer=command.issuer, number=command.number, at=cause.at
        )
    ]


def withdraw_issuer(area: Area, command: WithdrawIssuer, cause: Cause) -> Decision:
    """Every certificate of an issuer that has turned out to be none."""
    holders = sum(
        any(_good_of(item, command.issuer) for item in organization.certificates)
        for organization in area.registry.organizations.rows.values()
    )
    if not holders:
        return Refused(Refusal.CERTIFICATE_UNKNOWN)
    return [IssuerWithdrawn(issuer=command.issuer, organizations=holders, at=cause.at)]


def _names(held: HeldCertificate, issuer: str, number: str) -> bool:
    same = spelled(held.certificate.issuer) == spelled(issuer)
    return same and spelled(held.certificate.number) == spelled(number)


def _good_of(held: HeldCertificate, issuer: str) -> bool:
    return spelled(held.certificate.issuer) == spelled(issuer) and not held.withdrawn


def evolve(area: Area, fact: CertificateFact) -> None:
    match fact:
        case CertificateRecorded():
            holder = _recorded(area.registry.organizations[fact.organization], fact.certificate)
            area.registry.organizations.put(holder.id, holder)
            may_be_able(area, holder, fact.at)
        case CertificateWithdrawn():
            holder = area.registry.organizations[fact.organization]
            _withdraw(area, holder, lambda held: _names(held, fact.issuer, fact.number))
        case IssuerWithdrawn():
            area.registry.withdrawn.put(spelled(fact.issuer), fact.at)
            for holder in list(area.registry.organizations.rows.values()):
                _withdraw(area, holder, lambda held: _good_of(held, fact.issuer))
        case _:
            assert_never(fact)


def _recorded(holder: Organization, certificate: Certificate) -> Organization:
    others = (
        held
        for held in holder.certificates
        if not _names(held, certificate.issuer, certificate.number)
    )
    latest = HeldCertificate(certificate=certificate)
    return replace(holder, certificates=(*others, latest))


def _withdraw(
    area: Area, holder: Organization, concerns: Callable[[HeldCertificate], bool]
) -> None:
    held = tuple(
        replace(item, withdrawn=True) if concerns(item) else item for item in holder.certificates
    )
    if held != holder.certificates:
        area.registry.organizations.put(holder.id, replace(holder, certificates=held))
