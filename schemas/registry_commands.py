"""Commands to the registry: the log itself, who may act, and what organizations can do."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.access import GrantReason, LinkId, LinkReason
from schemas.reach_commands import RestoreReach
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

ShortText = Annotated[str, Meta(min_length=1, max_length=120)]
Issuer = Annotated[str, Meta(min_length=1, max_length=120)]
Number = Annotated[str, Meta(min_length=1, max_length=60)]
CreditCode = Annotated[str, Meta(pattern="^[0-9A-Z]{18}$")]
Capabilities = Annotated[tuple[Capability, ...], Meta(max_length=40)]
Hours = Annotated[tuple[Shift, ...], Meta(max_length=28)]
Leaves = Annotated[tuple[Leave, ...], Meta(max_length=20)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class OpenLog(Stored, tag="OpenLog.1"):
    """Give a log its purpose, its time source, its divisions, its first steward and its rules."""

    purpose: Purpose
    time_source: TimeSource
    area: AreaId
    divisions: Digest
    steward: AccountId
    rules: Count


class MoveLog(Stored, tag="MoveLog.1"):
    """End the log where it is: all its turns go on to another medium."""

    medium: Medium


class ChangeRules(Stored, tag="ChangeRules.1"):
    """Have a log decided by the next version of the rules from here on."""

    rules: Count


class ReceiveLog(Stored, tag="ReceiveLog.1"):
    """Let a log that has been moved go on, behind its turns, where it has arrived."""


class GrantRole(Stored, tag="GrantRole.1"):
    """Let an account act in a role, inside a division or for an organization.

    A committee's names its village, too. `reason`: of a steward's and a desk's, where somebody
    else has to confirm it.
    """

    account: AccountId
    role: Role
    division: DivisionCode | None = None
    organization: OrganizationId | None = None
    until: Instant | None = None
    village: VillageName | None = None
    reason: GrantReason | None = None


class EndGrant(Stored, tag="EndGrant.1"):
    """Take back what an account may do in a role."""

    account: AccountId
    role: Role


class MakeLink(Stored, tag="MakeLink.1"):
    """Let somebody sign in to an account that is there already, by a link that is handed over.

    `in_use`: somebody is signed in to it, as the server sees; then a second person confirms it.
    `used`: somebody ever was; then too, unless there never was anybody who could.
    """

    account: AccountId
    role: Role
    link: LinkId
    reason: LinkReason
    in_use: bool = False
    used: bool = False


class ConfirmAccess(Stored, tag="ConfirmAccess.1"):
    """Say, as a second person, that a grant or a link is meant: it does not end by itself."""

    account: AccountId
    role: Role
    link: LinkId | None = None


class UseLink(Stored, tag="UseLink.1"):
    """Somebody has signed in by such a link."""

    account: AccountId
    role: Role
    link: LinkId


class EndSessions(Stored, tag="EndSessions.1"):
    """Sign an account out wherever it is signed in, in a role."""

    account: AccountId
    role: Role


class RegisterOrganization(Stored, tag="RegisterOrganization.1"):
    """Enter an organization in the registry, with its home and what it can do.

    `insist`: it is another one than that of the same name and home, or of the same credit code.
    """

    name: ShortText
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    capabilities: Capabilities
    people: Count
    credit_code: CreditCode | None = None
    village: VillageName | None = None
    insist: bool = False


class CorrectOrganization(Stored, tag="CorrectOrganization.1"):
    """Put right what was entered of an organization; what it can deploy is stated elsewhere.

    `insist`: it is another one than that of the same name and home, or of the same credit code.
    """

    organization: OrganizationId
    name: ShortText
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    people: Count
    credit_code: CreditCode | None = None
    village: VillageName | None = None
    insist: bool = False


class RetireOrganization(Stored, tag="RetireOrganization.1"):
    """Ask an organization no more; it stays in every record."""

    organization: OrganizationId


class ReinstateOrganization(Stored, tag="ReinstateOrganization.1"):
    """Ask a retired organization again."""

    organization: OrganizationId


class MergeOrganizations(Stored, tag="MergeOrganizations.1"):
    """Two entries are one organization: the first stays, the other is retired into it."""

    organization: OrganizationId
    merged: OrganizationId


class SeparateOrganizations(Stored, tag="SeparateOrganizations.1"):
    """Undo a merger, as long as the one that stayed has not been asked since."""

    merged: OrganizationId


class RecordCertificate(Stored, tag="RecordCertificate.1"):
    """Record a verified certificate; for one that is there already, the new word counts.

    `insist`: another organization holds the certificate of that issuer and number, too.
    """

    organization: OrganizationId
    certificate: Certificate
    insist: bool = False


class WithdrawCertificate(Stored, tag="WithdrawCertificate.1"):
    """Withdraw one certificate of an organization."""

    organization: OrganizationId
    issuer: Issuer
    number: Number


class WithdrawIssuer(Stored, tag="WithdrawIssuer.1"):
    """Withdraw every certificate of an issuer."""

    issuer: Issuer


class SetCapacity(Stored, tag="SetCapacity.1"):
    """State anew how many units of which skills an organization can deploy.

    `crews_most`: of all skills together it can man so many units at once; None: all of them.
    """

    organization: OrganizationId
    capabilities: Capabilities
    crews_most: Count | None = None


class SetDuty(Stored, tag="SetDuty.1"):
    """Say whether an organization can be asked at present."""

    organization: OrganizationId
    on_duty: bool


class SetHours(Stored, tag="SetHours.1"):
    """State anew at which hours of the week an organization can be asked, and when it is away.

    Without hours it can be asked at any hour.
    """

    organization: OrganizationId
    hours: Hours
    leaves: Leaves


class RecordSafeguards(Stored, tag="RecordSafeguards.1"):
    """Record what hazardous work asks of an organization; None: nobody knows.

    `adults_only`: it sends none but adults. `insured_through`: the last day of their insurance.
    """

    organization: OrganizationId
    adults_only: bool | None = None
    insured_through: Day | None = None


class SetEnrollment(Stored, tag="SetEnrollment.1"):
    """Say whether an organization takes part in exercises beside actual work."""

    organization: OrganizationId
    enrolled: bool


RegistryCommand = (
    OpenLog
    | MoveLog
    | ReceiveLog
    | ChangeRules
    | GrantRole
    | EndGrant
    | MakeLink
    | ConfirmAccess
    | UseLink
    | EndSessions
    | RegisterOrganization
    | CorrectOrganization
    | RetireOrganization
    | ReinstateOrganization
    | MergeOrganizations
    | SeparateOrganizations
    | RecordCertificate
    | WithdrawCertificate
    | WithdrawIssuer
    | SetCapacity
    | SetDuty
    | SetHours
    | RecordSafeguards
    | SetEnrollment
    | RestoreReach
)
