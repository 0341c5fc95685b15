"""Load: the units of each organization and skill that open offers and assignments hold.

Each operation has its own, so an exercise never takes anybody from actual work.
"""

from __future__ import annotations

from schemas.values import Instant, OrganizationId
from streams.area import Operation
from streams.entities import Organization
from streams.line import wake_unmet


def held(operation: Operation, organization: OrganizationId, skill: str) -> int:
    return operation.load.get((organization, skill)) or 0


def available(operation: Operation, organization: Organization, skill: str) -> int | None:
    """Units that can still be asked for, 0 after capacity was cut; None without the skill."""
    for capability in organization.capabilities:
        if capability.skill == skill:
            return max(0, capability.units - held(operation, organization.id, skill))
    return None


def take(operation: Operation, organization: OrganizationId, skill: str, units: int) -> None:
    key = (organization, skill)
    operation.load.put(key, held(operation, organization, skill) + units)


def free(
    operation: Operation, organization: OrganizationId, skill: str, units: int, at: Instant
) -> None:
    """Give units back; as many lines that lack the skill are looked at again."""
    take(operation, organization, skill, -units)
    wake_unmet(operation, skill, units, at)
