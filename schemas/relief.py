"""Relief: another organization takes a crew's place at its line, and the crew goes only then."""

from __future__ import annotations

from schemas.values import (
    AssignmentId,
    Instant,
    OfferId,
    OrganizationId,
    Sealed,
    Stored,
)
from schemas.villages import VillageName


class ReliefView(Stored):
    """What a row says of a crew's relief. `due_at`: since when its desk is asked for it.

    `offer`: whom a desk has asked last; `successor`: the crew that has said yes, while it is there.
    """

    offer: OfferId | None
    successor: AssignmentId | None
    due_at: Instant | None


class RelieveCrew(Stored, tag="RelieveCrew.1"):
    """A desk asks another organization to take a crew's place, with a reason."""

    assignment: AssignmentId
    organization: OrganizationId
    reason: Sealed


class KeepCrewOn(Stored, tag="KeepCrewOn.1"):
    """It has been there for long, and goes on for now."""

    assignment: AssignmentId


class ReliefAsked(Stored, tag="ReliefAsked.1"):
    """Somebody is asked by `offer` to take the place of a crew, which stays until then."""

    assignment: AssignmentId
    offer: OfferId
    at: Instant


class ReliefDue(Stored, tag="ReliefDue.1"):
    """It has been on the scene for so long that its desk is asked to have it relieved."""

    assignment: AssignmentId
    at: Instant


class CrewKeptOn(Stored, tag="CrewKeptOn.1"):
    """It goes on; its desk is asked again at `until`."""

    assignment: AssignmentId
    until: Instant
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


ReliefCommand = RelieveCrew | KeepCrewOn
ReliefFact = ReliefAsked | ReliefDue | CrewKeptOn
