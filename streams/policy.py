"""Who may do what: role × division subtree, default deny, pure.

Asked in decide, where it is binding. What lies outside an actor's scope does not exist for the
actor: NOT_FOUND; a role that does not suffice inside the scope is ROLE_MISSING.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import AccountId, DivisionCode, Instant, OrganizationId, Role
from streams import subjects
from streams.area import Area, Operation
from streams.entities import Grant
from streams.subjects import Subject

BY_DESK = (Role.DESK,)
BY_STEWARD = (Role.STEWARD,)
BY_ORGANIZATION = (Role.ORGANIZATION, Role.DESK)  # the desk records what it hears by phone

BY_OWNER = c.OpenLog | c.MoveLog | c.ReceiveLog | c.Tick

ROLES: dict[type, tuple[Role, ...]] = {
    c.GrantRole: BY_STEWARD,
    c.EndGrant: BY_STEWARD,
    c.RegisterOrganization: BY_STEWARD,
    c.RecordCertificate: BY_STEWARD,
    c.SetCapacity: (Role.STEWARD, Role.ORGANIZATION),
    c.SetDuty: (Role.STEWARD, Role.ORGANIZATION),
    c.OpenIncident: BY_DESK,
    c.JoinIncident: BY_DESK,
    c.CloseIncident: BY_DESK,
    c.PublishDemand: BY_DESK,
    c.AmendDemand: BY_DESK,
    c.CloseDemand: BY_DESK,
    c.ReopenDemand: BY_DESK,
    c.OpenSealedText: BY_ORGANIZATION,
    c.AcceptOffer: BY_ORGANIZATION,
    c.DeclineOffer: BY_ORGANIZATION,
    c.SetOff: BY_ORGANIZATION,
    c.Arrive: BY_ORGANIZATION,
    c.ReportDone: BY_ORGANIZATION,
    c.CannotComplete: BY_ORGANIZATION,
    c.ConfirmAssignment: BY_DESK,
    c.OpenTask: BY_DESK,
    c.DropTask: BY_DESK,
    c.ClaimTask: BY_ORGANIZATION,
    c.ReportTask: BY_ORGANIZATION,
    c.VerifyTask: BY_DESK,
}


def grants(area: Area, account: AccountId, at: Instant) -> Iterator[Grant]:
    """What an account may do now."""
    for grant in area.registry.grants.get(account) or ():
        if grant.until is None or at < grant.until:
            yield grant


def permit(
    area: Area, operation: Operation | None, actor: AccountId, command: c.Command, at: Instant
) -> Refusal | None:
    """None if the actor may send this command about this subject now, else why not."""
    if isinstance(command, BY_OWNER):
        return None if actor == OWNER else Refusal.ROLE_MISSING
    subject = subjects.subject_of(area, operation, command)
    if subject is None:
        return Refusal.NOT_FOUND
    allowed, within = ROLES[type(command)], False
    for grant in grants(area, actor, at):
        if _covers(area, grant, subject):
            if grant.role in allowed:
                return None
            within = True
    return Refusal.ROLE_MISSING if within else Refusal.NOT_FOUND


def speaks_by_phone(
    area: Area, actor: AccountId, organization: OrganizationId, at: Instant
) -> bool:
    """Whether the actor records somebody else's word: a desk that is not the organization."""
    return not any(
        grant.role is Role.ORGANIZATION and grant.organization == organization
        for grant in grants(area, actor, at)
    )


def publishes_for(area: Area, actor: AccountId, division: DivisionCode, at: Instant) -> bool:
    """Whether the actor is the township's desk or its recorded delegate (Article 7).

    A county's grant does not do, unless the county has no townships or the demand is its own.
    """
    return any(
        grant.role is Role.DESK
        and grant.division is not None
        and area.divisions.contains(grant.division, division)
        and (_is_township(area, grant.division) or grant.division == division)
        for grant in grants(area, actor, at)
    )


def _is_township(area: Area, division: DivisionCode) -> bool:
    found = area.divisions.get(division)
    return found is not None and found.level in ("township", "village")


def _covers(area: Area, grant: Grant, subject: Subject) -> bool:
    if grant.role is Role.ORGANIZATION:
        return grant.organization in subject.organizations
    return grant.division is not None and area.divisions.contains(grant.division, subject.division)


def stewards(area: Area, actor: AccountId, grant: Grant, at: Instant) -> bool:
    """Whether a grant lies inside a scope that the actor is a steward of."""
    subject = subjects.granted(area, grant)
    return subject is not None and any(
        held.role is Role.STEWARD and _covers(area, held, subject)
        for held in grants(area, actor, at)
    )
