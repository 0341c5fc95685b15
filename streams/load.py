"""Load: what holds the units of each organization and skill: its word, and open offers.

Each operation has its own, so an exercise never takes anybody from actual work. Units held by an
unanswered offer count as free for whatever is more urgent; units that somebody has committed are
never free for anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from schemas.values import AssignmentId, Instant, OrganizationId
from streams import force
from streams.area import Operation
from streams.entities import Assignment, Organization
from streams.force import ALL, NOTHING, Held
from streams.remembered import Able, Load, Rest


def held(operation: Operation, organization: OrganizationId, skill: str) -> Load:
    """What holds units of a skill; with `ALL`, of all skills together."""
    return operation.load.get((organization, skill)) or NOTHING


def all_held(operation: Operation, organization: OrganizationId, skill: str) -> Held:
    """What holds its units of a skill and of all together, and how often it was asked."""
    together = held(operation, organization, ALL)
    asks = operation.asks.get(organization)
    unheard = organization in operation.unheard
    return Held(held(operation, organization, skill), together, asks, unheard)


class Ask(NamedTuple):
    """So many units of a skill that are asked for at a priority; fewer than none: no longer."""

    skill: str
    priority: int
    units: int


def held_if(
    operation: Operation, organization: OrganizationId, skill: str, asks: Iterable[Ask]
) -> Held:
    """What would hold its units if it were asked for something else than it is."""
    held = all_held(operation, organization, skill)
    own, together = list(held.load.asked), list(held.together.asked)
    for ask in asks:
        together[ask.priority - 1] += ask.units
        own[ask.priority - 1] += ask.units if ask.skill == skill else 0
    changed = (replace(held.load, asked=tuple(own)), replace(held.together, asked=tuple(together)))
    return Held(*changed, held.asks, held.unheard)


def uncommitted(operation: Operation, organization: Organization, skill: str) -> int:
    """Units that an organization may still give its word for, whatever it is asked for."""
    own = organization.units(skill) or 0
    left = max(0, own - held(operation, organization.id, skill).committed)
    crews = crews_left(operation, organization)
    return left if crews is None else min(left, crews)


def crews_left(operation: Operation, organization: Organization) -> int | None:
    """Units of all skills together that it can still man; None where it has named no limit."""
    if organization.crews_most is None:
        return None
    return max(0, organization.crews_most - held(operation, organization.id, ALL).committed)


def available(
    operation: Operation, organization: Organization, skill: str, priority: int, at: Instant
) -> int:
    """Units that may be asked for at a priority: not committed, nor asked for as urgently, nor
    resting."""
    held = all_held(operation, organization.id, skill)
    return force.free(organization, skill, held, priority, at)


def ask(
    operation: Operation, organization: OrganizationId, skill: str, priority: int, quantity: int
) -> None:
    """So many units more, or fewer, are held by open offers of a priority."""
    for key in (skill, ALL):
        load = held(operation, organization, key)
        asked = list(load.asked)
        asked[priority - 1] += quantity
        operation.load.put((organization, key), replace(load, asked=tuple(asked)))


def commit(operation: Operation, organization: OrganizationId, skill: str, quantity: int) -> None:
    """So many units more, or fewer, are given away."""
    for key in (skill, ALL):
        load = held(operation, organization, key)
        committed = load.committed + quantity
        operation.load.put((organization, key), replace(load, committed=committed))


def rest(
    operation: Operation, organization: OrganizationId, skill: str, rest: Rest, at: Instant
) -> None:
    """Units of a crew rest; whoever is rested by now is forgotten."""
    for key in (skill, ALL):
        load = held(operation, organization, key)
        others = tuple(other for other in load.resting if other.until > at)
        operation.load.put((organization, key), replace(load, resting=(*others, rest)))


def wake(
    operation: Operation, organization: OrganizationId, skill: str, crew: AssignmentId
) -> None:
    """A crew does not rest: it is back at work."""
    for key in (skill, ALL):
        load = held(operation, organization, key)
        others = tuple(other for other in load.resting if other.crew != crew)
        if others != load.resting:
            operation.load.put((organization, key), replace(load, resting=others))


def came_free(operation: Operation, organization: OrganizationId, skill: str, at: Instant) -> None:
    """Units of a skill came free: so did, where few can be manned at once, those of all others."""
    if operation.registry.organizations[organization].crews_most is None:
        may_serve(operation, organization, skill, at)
    else:
        _may_serve_with_all(operation, organization, at)


def heard(operation: Operation, before: Assignment, after: Assignment, at: Instant) -> None:
    """A crew may be heard of again, be out, or go on: its organization is asked as before."""
    if (before.unheard and not after.unheard) or (before.leaving and not after.leaving):
        _may_serve_with_all(operation, after.organization, at)


def _may_serve_with_all(operation: Operation, organization: OrganizationId, at: Instant) -> None:
    for capability in operation.registry.organizations[organization].capabilities:
        may_serve(operation, organization, capability.skill, at)


def may_serve(operation: Operation, organization: OrganizationId, skill: str, at: Instant) -> None:
    """An organization may have become able: the lines that lack the skill are tried with it.

    Nothing is noted where no line lacks it, which is nearly always so, nor where all that do are
    about to be looked at anyway.
    """
    if (organization, skill) in operation.able:
        return
    unmet = (operation.lines[place[-1]].wake_at for place in operation.unmet.within(skill))
    if any(wake_at is not None and wake_at > at for wake_at in unmet):
        able = Able(organization=organization, skill=skill, at=at)
        operation.able.put((organization, skill), able)
