"""Load: what holds the units of each organization and skill: its word, and open offers.

Each operation has its own, so an exercise never takes anybody from actual work. Units held by an
unanswered offer count as free for whatever is more urgent; units that somebody has committed are
never free for anybody else.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.values import Instant, OrganizationId
from streams.area import Operation
from streams.entities import Organization
from streams.gates import NOTHING
from streams.remembered import Able, Load


def held(operation: Operation, organization: OrganizationId, skill: str) -> Load:
    return operation.load.get((organization, skill)) or NOTHING


def uncommitted(operation: Operation, organization: Organization, skill: str) -> int:
    """Units that an organization may still give its word for, whatever it is asked for."""
    own = organization.units(skill) or 0
    return max(0, own - held(operation, organization.id, skill).committed)


def available(operation: Operation, organization: Organization, skill: str, priority: int) -> int:
    """Units that may be asked for at a priority: not committed, nor asked for as urgently."""
    asked = held(operation, organization.id, skill).asked
    return max(0, uncommitted(operation, organization, skill) - sum(asked[:priority]))


def ask(
    operation: Operation, organization: OrganizationId, skill: str, priority: int, quantity: int
) -> None:
    """So many units more, or fewer, are held by open offers of a priority."""
    load = held(operation, organization, skill)
    asked = list(load.asked)
    asked[priority - 1] += quantity
    operation.load.put((organization, skill), replace(load, asked=tuple(asked)))


def commit(operation: Operation, organization: OrganizationId, skill: str, quantity: int) -> None:
    """So many units more, or fewer, are given away."""
    load = held(operation, organization, skill)
    committed = load.committed + quantity
    operation.load.put((organization, skill), replace(load, committed=committed))


def came_free(operation: Operation, organization: OrganizationId, skill: str, at: Instant) -> None:
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
