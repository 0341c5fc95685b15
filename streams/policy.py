"""Who may do what: role × division subtree, default deny, pure.

Asked in decide, where it is binding. What lies outside an actor's scope does not exist for the
actor: NOT_FOUND; a role that does not suffice inside the scope is ROLE_MISSING.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import AccountId, DemandId, DivisionCode, Instant, OrganizationId, Role
from streams.area import Area, Operation
from streams.entities import Grant

BY_DESK = (Role.DESK,)
BY_STEWARD = (Role.STEWARD,)
BY_ORGANIZATION = (Role.ORGANIZATION, Role.DESK)  # the desk records what it hears by phone

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


class Subject(NamedTuple):
    """Where a command's subject lies, and which organizations it belongs to."""

    division: DivisionCode
    organizations: tuple[OrganizationId, ...] = ()


def grants(area: Area, account: AccountId, at: Instant) -> Iterator[Grant]:
    """What an account may do now."""
    for grant in area.registry.grants.get(account) or ():
        if grant.until is None or at < grant.until:
            yield grant


def permit(
    area: Area, operation: Operation | None, actor: AccountId, command: c.Command, at: Instant
) -> Refusal | None:
    """None if the actor may send this command about this subject now, else why not."""
    if isinstance(command, c.OpenLog | c.Tick):
        return None if actor == OWNER else Refusal.ROLE_MISSING
    subject = subject_of(area, operation, command)
    held = [grant for grant in grants(area, actor, at) if _covers(area, grant, subject)]
    if subject is None or not held:
        return Refusal.NOT_FOUND
    allowed = ROLES[type(command)]
    return None if any(grant.role in allowed for grant in held) else Refusal.ROLE_MISSING


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


def _covers(area: Area, grant: Grant, subject: Subject | None) -> bool:
    if subject is None:
        return False
    if grant.role is Role.ORGANIZATION:
        return grant.organization in subject.organizations
    return grant.division is not None and area.divisions.contains(grant.division, subject.division)


def subject_of(area: Area, operation: Operation | None, command: c.Command) -> Subject | None:
    """What a command is about, or None where there is no such thing."""
    match command:
        case c.RegisterOrganization():
            return Subject(command.home)
        case c.RecordCertificate() | c.SetCapacity() | c.SetDuty():
            return _organization(area, command.organization)
        case c.GrantRole():
            return _granted(area, command)
        case c.EndGrant():
            return _ended(area, command)
        case c.OpenIncident() | c.JoinIncident():
            return Subject(command.division)
        case c.PublishDemand():
            return Subject(command.place.division)
        case _:
            return None if operation is None else _in_operation(area, operation, command)


def _organization(area: Area, key: OrganizationId) -> Subject | None:
    found = area.registry.organizations.get(key)
    return None if found is None else Subject(found.home, (key,))


def _granted(area: Area, command: c.GrantRole) -> Subject | None:
    if command.organization is not None:
        return _organization(area, command.organization)
    return Subject(command.division or DivisionCode(area.id))


def _ended(area: Area, command: c.EndGrant) -> Subject | None:
    """The first grant of the role; whether all of them may be ended is the room's own rule."""
    for grant in area.registry.grants.get(command.account) or ():
        if grant.role is command.role:
            return granted(area, grant)
    return None


def granted(area: Area, grant: Grant) -> Subject | None:
    """Where a grant applies."""
    if grant.organization is not None:
        return _organization(area, grant.organization)
    return Subject(grant.division or DivisionCode(area.id))


def stewards(area: Area, actor: AccountId, grant: Grant, at: Instant) -> bool:
    """Whether a grant lies inside a scope that the actor is a steward of."""
    subject = granted(area, grant)
    return any(
        held.role is Role.STEWARD and _covers(area, held, subject)
        for held in grants(area, actor, at)
    )


def _in_operation(area: Area, operation: Operation, command: c.Command) -> Subject | None:
    match command:
        case c.CloseIncident():
            incident = operation.incidents.get(command.incident)
            return None if incident is None else Subject(incident.division)
        case c.AmendDemand() | c.CloseDemand() | c.ReopenDemand() | c.OpenSealedText():
            demand = operation.demands.get(command.demand)
            return None if demand is None else _demand(operation, command.demand)
        case c.AcceptOffer() | c.DeclineOffer():
            offer = operation.offers.get(command.offer)
            if offer is None:
                return None
            place = operation.demands[offer.demand].place
            return Subject(place.division, (offer.organization,))
        case c.OpenTask() | c.DropTask() | c.ClaimTask() | c.ReportTask() | c.VerifyTask():
            return _task(area, operation, command)
        case c.SetOff() | c.Arrive() | c.ReportDone() | c.CannotComplete() | c.ConfirmAssignment():
            assignment = operation.assignments.get(command.assignment)
            if assignment is None:
                return None
            place = operation.demands[assignment.demand].place
            return Subject(place.division, (assignment.organization,))
        case _:
            return None


def _demand(operation: Operation, key: DemandId) -> Subject:
    """A demand belongs to its township, and to the organizations at work on it."""
    at_work = (operation.assignments[place[-1]] for place in operation.assignments_of.within(key))
    workers = tuple(found.organization for found in at_work if found.live)
    return Subject(operation.demands[key].place.division, workers)


def _task(
    area: Area,
    operation: Operation,
    command: c.OpenTask | c.DropTask | c.ClaimTask | c.ReportTask | c.VerifyTask,
) -> Subject | None:
    task = operation.tasks.get(command.task)
    if task is None:
        return None
    if not isinstance(command, c.ClaimTask):
        return Subject(task.division, () if task.organization is None else (task.organization,))
    claimant = area.registry.organizations.get(command.organization)
    if claimant is None or not same_county(area, claimant.home, task.division):
        return None
    return Subject(task.division, (command.organization,))


def same_county(area: Area, one: DivisionCode, other: DivisionCode) -> bool:
    """Whether two divisions lie in the same county."""
    return county_of(area, one) == county_of(area, other)


def county_of(area: Area, division: DivisionCode) -> DivisionCode:
    """The county that holds a division; the division itself where there is none above."""
    for code in area.divisions.ancestors(division):
        found = area.divisions.get(code)
        if found is not None and found.level == "county":
            return DivisionCode(code)
    return division
