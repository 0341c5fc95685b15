"""Organizations: who they are, what they can do, and whether they can be asked."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.codes import SKILLS
from schemas.commands import RecordCertificate, RegisterOrganization, SetCapacity, SetDuty
from schemas.refusals import Refusal
from schemas.registry_facts import (
    CapacitySet,
    CertificateRecorded,
    DutySet,
    OrganizationRegistered,
)
from schemas.values import Capability, OrganizationId
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.entities import Organization
from streams.line import wake_unmet

OrganizationFact = OrganizationRegistered | CertificateRecorded | CapacitySet | DutySet


def register(area: Area, command: RegisterOrganization, cause: Cause) -> Decision:
    if area.divisions.get(command.home) is None:
        return Refused(Refusal.DIVISION_UNKNOWN)
    if not _known(command.capabilities):
        return Refused(Refusal.SKILL_UNKNOWN)
    key = OrganizationId(cause.new_id())
    if key in area.registry.organizations:
        return Refused(Refusal.KEY_EXPIRED, (key,))
    return [
        OrganizationRegistered(
            organization=key,
            name=command.name,
            registration_class=command.registration_class,
            home=command.home,
            place=command.place,
            capabilities=command.capabilities,
            people=command.people,
            at=cause.at,
        )
    ]


def record_certificate(_area: Area, command: RecordCertificate, cause: Cause) -> Decision:
    certificate = command.certificate
    skill = SKILLS.get(certificate.skill)
    if skill is None:
        return Refused(Refusal.SKILL_UNKNOWN)
    if not skill.graded:
        return Refused(Refusal.SKILL_GRADE_UNFIT)
    if certificate.valid_until is not None and certificate.valid_until <= certificate.valid_from:
        return Refused(Refusal.VALIDITY_UNFIT)
    return [
        CertificateRecorded(organization=command.organization, certificate=certificate, at=cause.at)
    ]


def set_capacity(_area: Area, command: SetCapacity, cause: Cause) -> Decision:
    if not _known(command.capabilities):
        return Refused(Refusal.SKILL_UNKNOWN)
    return [
        CapacitySet(
            organization=command.organization, capabilities=command.capabilities, at=cause.at
        )
    ]


def set_duty(_area: Area, command: SetDuty, cause: Cause) -> Decision:
    return [DutySet(organization=command.organization, on_duty=command.on_duty, at=cause.at)]


def _known(capabilities: tuple[Capability, ...]) -> bool:
    """Every skill is in the list, and none is named twice."""
    skills = [item.skill for item in capabilities]
    return all(skill in SKILLS for skill in skills) and len(dict.fromkeys(skills)) == len(skills)


def evolve(area: Area, fact: OrganizationFact) -> None:
    """Keep the registry; whatever may make somebody available wakes the lines that lack it."""
    table = area.registry.organizations
    match fact:
        case OrganizationRegistered():
            table.put(fact.organization, _registered(fact))
        case CertificateRecorded():
            known = table[fact.organization]
            certificates = (*known.certificates, fact.certificate)
            table.put(known.id, replace(known, certificates=certificates))
        case CapacitySet():
            known = table[fact.organization]
            table.put(known.id, replace(known, capabilities=fact.capabilities))
        case DutySet():
            known = table[fact.organization]
            table.put(known.id, replace(known, on_duty=fact.on_duty))
        case _:
            assert_never(fact)
    _wake(area, table[fact.organization], fact)


def _registered(fact: OrganizationRegistered) -> Organization:
    return Organization(
        id=fact.organization,
        name=fact.name,
        registration_class=fact.registration_class,
        home=fact.home,
        place=fact.place,
        capabilities=fact.capabilities,
        people=fact.people,
    )


def _wake(area: Area, organization: Organization, fact: OrganizationFact) -> None:
    for operation in area.operations.rows.values():
        for capability in organization.capabilities:
            wake_unmet(operation, capability.skill, capability.units, fact.at)
