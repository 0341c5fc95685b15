"""Subjects: what a command is about, as far as it decides who may send it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from schemas import commands as c
from schemas.values import DemandId, DivisionCode, OrganizationId
from streams.area import Area, Operation
from streams.entities import Grant


class Subject(NamedTuple):
    """Where a command's subject lies, and which organizations it belongs to."""

    division: DivisionCode
    organizations: tuple[OrganizationId, ...] = ()


def subject_of(area: Area, operation: Operation | None, command: c.Command) -> Subject | None:
    """What a command is about, or None where there is no such thing."""
    plain = PLAIN.get(type(command))
    if plain is not None:
        return plain(area, command)
    return None if operation is None else IN_OPERATION[type(command)](area, operation, command)


def granted(area: Area, grant: Grant) -> Subject | None:
    """Where a grant applies."""
    if grant.organization is not None:
        return _organization(area, grant.organization)
    return Subject(grant.division or DivisionCode(area.id))


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


def _organization(area: Area, key: OrganizationId) -> Subject | None:
    found = area.registry.organizations.get(key)
    return None if found is None else Subject(found.home, (key,))


def _of_organization(area: Area, command: c.SetDuty) -> Subject | None:
    return _organization(area, command.organization)


def _granting(area: Area, command: c.GrantRole) -> Subject | None:
    if command.organization is not None:
        return _organization(area, command.organization)
    return Subject(command.division or DivisionCode(area.id))


def _ending(area: Area, command: c.EndGrant) -> Subject | None:
    """The first grant of the role; whether all of them may be ended is the room's own rule."""
    for grant in area.registry.grants.get(command.account) or ():
        if grant.role is command.role:
            return granted(area, grant)
    return None


def _incident(_area: Area, operation: Operation, command: c.CloseIncident) -> Subject | None:
    incident = operation.incidents.get(command.incident)
    return None if incident is None else Subject(incident.division)


def _demand(_area: Area, operation: Operation, command: c.OpenSealedText) -> Subject | None:
    """It is its township's, and known to those organizations that are at work on it."""
    demand = operation.demands.get(command.demand)
    if demand is None:
        return None
    return Subject(demand.place.division, _at_work(operation, demand.id))


def _at_work(operation: Operation, demand: DemandId) -> tuple[OrganizationId, ...]:
    places = operation.assignments_of.within(demand)
    found = (operation.assignments[place[-1]] for place in places)
    return tuple(assignment.organization for assignment in found if assignment.live)


def _offer(_area: Area, operation: Operation, command: c.AcceptOffer) -> Subject | None:
    offer = operation.offers.get(command.offer)
    if offer is None:
        return None
    return Subject(operation.demands[offer.demand].place.division, (offer.organization,))


def _assignment(_area: Area, operation: Operation, command: c.Arrive) -> Subject | None:
    found = operation.assignments.get(command.assignment)
    if found is None:
        return None
    return Subject(operation.demands[found.demand].place.division, (found.organization,))


def _task(_area: Area, operation: Operation, command: c.ReportTask) -> Subject | None:
    task = operation.tasks.get(command.task)
    if task is None:
        return None
    return Subject(task.division, () if task.organization is None else (task.organization,))


def _claim(area: Area, operation: Operation, command: c.ClaimTask) -> Subject | None:
    """Any organization of the task's county may claim it."""
    task = operation.tasks.get(command.task)
    claimant = area.registry.organizations.get(command.organization)
    if task is None or claimant is None:
        return None
    if not same_county(area, claimant.home, task.division):
        return None
    return Subject(task.division, (command.organization,))


PLAIN: dict[type, Callable[[Area, Any], Subject | None]] = {
    c.RegisterOrganization: lambda _, command: Subject(command.home),
    c.RecordCertificate: _of_organization,
    c.SetCapacity: _of_organization,
    c.SetDuty: _of_organization,
    c.GrantRole: _granting,
    c.EndGrant: _ending,
    c.OpenIncident: lambda _, command: Subject(command.division),
    c.JoinIncident: lambda _, command: Subject(command.division),
    c.PublishDemand: lambda _, command: Subject(command.place.division),
}

IN_OPERATION: dict[type, Callable[[Area, Operation, Any], Subject | None]] = {
    c.CloseIncident: _incident,
    c.AmendDemand: _demand,
    c.CloseDemand: _demand,
    c.ReopenDemand: _demand,
    c.OpenSealedText: _demand,
    c.AcceptOffer: _offer,
    c.DeclineOffer: _offer,
    c.SetOff: _assignment,
    c.Arrive: _assignment,
    c.ReportDone: _assignment,
    c.CannotComplete: _assignment,
    c.ConfirmAssignment: _assignment,
    c.OpenTask: _task,
    c.DropTask: _task,
    c.ClaimTask: _claim,
    c.ReportTask: _task,
    c.VerifyTask: _task,
}
