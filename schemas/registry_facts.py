"""Facts of the registry: the log itself, who may act, and what organizations can do."""

from __future__ import annotations

from schemas.access import GrantReason, LinkId, LinkReason
from schemas.values import (
    AccountId,
    AreaId,
    Capability,
    Certificate,
    Count,
    Day,
    DivisionCode,
    Instant,
    Leave,
    Medium,
    OrganizationId,
    Place,
    Purpose,
    RegistrationClass,
    Role,
    Shift,
    Stored,
    TimeSource,
)
from schemas.villages import VillageName


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


class RulesChanged(Stored, tag="RulesChanged.1"):
    """The first turn by another version of the rules; what was decided before stays as it was."""

    rules: int
    before: int
    at: Instant


class RoleGranted(Stored, tag="RoleGranted.1"):
    """`confirm_by`: it ends then, unless a second person has confirmed it."""

    account: AccountId
    role: Role
    division: DivisionCode | None
    organization: OrganizationId | None
    until: Instant | None
    at: Instant
    by: AccountId
    village: VillageName | None = None
    reason: GrantReason | None = None
    confirm_by: Instant | None = None


class GrantEnded(Stored, tag="GrantEnded.1"):
    account: AccountId
    role: Role
    at: Instant


class LinkMade(Stored, tag="LinkMade.1"):
    """Whoever made it could sign in as the account from now on.

    `confirm_by`: what began by it ends then, unless a second person has confirmed it.
    """

    account: AccountId
    role: Role
    link: LinkId
    reason: LinkReason
    at: Instant
    by: AccountId
    confirm_by: Instant | None = None


class AccessConfirmed(Stored, tag="AccessConfirmed.1"):
    """A second person stands by a grant, or by a link."""

    account: AccountId
    role: Role
    link: LinkId | None
    at: Instant


class LinkUsed(Stored, tag="LinkUsed.1"):
    account: AccountId
    role: Role
    link: LinkId
    at: Instant


class SessionsEnded(Stored, tag="SessionsEnded.1"):
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
    credit_code: str | None
    village: VillageName | None
    at: Instant


class OrganizationCorrected(Stored, tag="OrganizationCorrected.1"):
    organization: OrganizationId
    name: str
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    people: Count
    credit_code: str | None
    village: VillageName | None
    at: Instant


class OrganizationRetired(Stored, tag="OrganizationRetired.1"):
    """It is asked no more; what it is at work on goes on."""

    organization: OrganizationId
    at: Instant


class OrganizationReinstated(Stored, tag="OrganizationReinstated.1"):
    organization: OrganizationId
    at: Instant


class OrganizationsMerged(Stored, tag="OrganizationsMerged.1"):
    """`merged` is retired into `organization`, and its accounts answer for that one too."""

    organization: OrganizationId
    merged: OrganizationId
    at: Instant


class OrganizationsSeparated(Stored, tag="OrganizationsSeparated.1"):
    organization: OrganizationId
    merged: OrganizationId
    at: Instant


class CertificateRecorded(Stored, tag="CertificateRecorded.1"):
    organization: OrganizationId
    certificate: Certificate
    at: Instant


class CertificateWithdrawn(Stored, tag="CertificateWithdrawn.1"):
    organization: OrganizationId
    issuer: str
    number: str
    at: Instant


class IssuerWithdrawn(Stored, tag="IssuerWithdrawn.1"):
    """Every certificate of the issuer is withdrawn, of so many organizations."""

    issuer: str
    organizations: Count
    at: Instant


class CapacitySet(Stored, tag="CapacitySet.1"):
    """`crews_most`: units of all skills together that it can man at once; None: all of them."""

    organization: OrganizationId
    capabilities: tuple[Capability, ...]
    crews_most: Count | None
    at: Instant


class DutySet(Stored, tag="DutySet.1"):
    organization: OrganizationId
    on_duty: bool
    at: Instant


class HoursSet(Stored, tag="HoursSet.1"):
    """When it can be asked by itself; without hours, at any."""

    organization: OrganizationId
    hours: tuple[Shift, ...]
    leaves: tuple[Leave, ...]
    at: Instant


class SafeguardsRecorded(Stored, tag="SafeguardsRecorded.1"):
    """What hazardous work asks of it, as far as it is known, on whose word it stands."""

    organization: OrganizationId
    adults_only: bool | None
    insured_through: Day | None
    account: AccountId
    at: Instant


class EnrollmentSet(Stored, tag="EnrollmentSet.1"):
    """Whether it takes part in exercises beside actual work."""

    organization: OrganizationId
    enrolled: bool
    at: Instant


class ReachRestored(Stored, tag="ReachRestored.1"):
    """Some channel reaches it again."""

    organization: OrganizationId
    at: Instant


RegistryFact = (
    LogOpened
    | LogMoved
    | LogArrived
    | RulesChanged
    | RoleGranted
    | GrantEnded
    | LinkMade
    | AccessConfirmed
    | LinkUsed
    | SessionsEnded
    | OrganizationRegistered
    | OrganizationCorrected
    | OrganizationRetired
    | OrganizationReinstated
    | OrganizationsMerged
    | OrganizationsSeparated
    | CertificateRecorded
    | CertificateWithdrawn
    | IssuerWithdrawn
    | CapacitySet
    | DutySet
    | HoursSet
    | SafeguardsRecorded
    | EnrollmentSet
    | ReachRestored
)
