"""Facts of the registry: the log itself, who may act, and what organizations can do."""

from __future__ import annotations

from schemas.values import (
    AccountId,
    AreaId,
    Capability,
    Certificate,
    Count,
    DivisionCode,
    Instant,
    Medium,
    OrganizationId,
    Place,
    Purpose,
    RegistrationClass,
    Role,
    Stored,
    TimeSource,
)


class LogOpened(Stored, tag="LogOpened.1"):
    area: AreaId
    purpose: Purpose
    time_source: TimeSource
    divisions: str
    rules: int
    at: Instant


class LogMoved(Stored, tag="LogMoved.1"):
    """The last turn where it is; the turns so far are carried over, this one too."""

    area: AreaId
    medium: Medium
    at: Instant


class LogArrived(Stored, tag="LogArrived.1"):
    """The first turn on the medium that the log has moved to."""

    area: AreaId
    medium: Medium
    at: Instant


class RoleGranted(Stored, tag="RoleGranted.1"):
    account: AccountId
    role: Role
    division: DivisionCode | None
    organization: OrganizationId | None
    until: Instant | None
    at: Instant


class GrantEnded(Stored, tag="GrantEnded.1"):
    account: AccountId
    role: Role
    at: Instant


class OrganizationRegistered(Stored, tag="OrganizationRegistered.1"):
    organization: OrganizationId
    name: str
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    capabilities: tuple[Capability, ...]
    people: Count
    at: Instant


class CertificateRecorded(Stored, tag="CertificateRecorded.1"):
    organization: OrganizationId
    certificate: Certificate
    at: Instant


class CapacitySet(Stored, tag="CapacitySet.1"):
    organization: OrganizationId
    capabilities: tuple[Capability, ...]
    at: Instant


class DutySet(Stored, tag="DutySet.1"):
    organization: OrganizationId
    on_duty: bool
    at: Instant


RegistryFact = (
    LogOpened
    | LogMoved
    | LogArrived
    | RoleGranted
    | GrantEnded
    | OrganizationRegistered
    | CertificateRecorded
    | CapacitySet
    | DutySet
)
